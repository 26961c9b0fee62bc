// Quirk: URNs of SCIM 1 and its drafts.

import { ENTERPRISE_USER, type ResourceType } from '../protocol/index.ts'
import type { Quirk } from './quirk.ts'
import { outsideStrings } from './quoted.ts'
import { isUrn, mapFilter, mapNames } from './toolkit.ts'

/** URNs of SCIM 1 and of its drafts: `urn:scim:schemas:extension:enterprise:1.0` for the enterprise extension. */
export const legacyUrn: Quirk = {
  name: 'legacy-urn',
  register: ['Q17'],
  source: 'OneLogin developer documentation, "Define Your SCIM User Schema"; goauthentik/authentik issue 11249',
  deviates: [],
  inbound(message) {
    const { type } = message
    if (type === undefined) return message
    const renamed = mapNames(message, (name) => (isUrn(name) && LEGACY.test(name) ? rename(name, type) : name))
    return mapFilter(renamed, (filter) =>
      LEGACY.test(filter) ? outsideStrings(filter, (piece) => rename(piece, type)) : filter,
    )
  },
}

const LEGACY = /urn:scim:schemas:/i
/** The URN as a whole; what follows a further colon is an attribute. */
const CORE = /urn:scim:schemas:core(?::(?:user|group))?:[12]\.[01](?::(?:User|Group)(?![\w.]))?/gi
const ENTERPRISE = /urn:scim:schemas:extension:(?:enterprise)(?::user)?:[12]\.[01](?::User(?![\w.]))?/gi

function rename(text: string, type: ResourceType): string {
  return text.replace(ENTERPRISE, ENTERPRISE_USER).replace(CORE, type.schema.id)
}
