import { type ResourceType, resolve } from '../protocol/index.ts'
import { isUrn, mapNames } from './parts.ts'
import type { Quirk } from './quirk.ts'

/** An extension's URN with a slip in its punctuation: `…:enterprise:2.0User` for `…:enterprise:2.0:User`. */
export const misspeltUrn: Quirk = {
  name: 'misspelt-urn',
  register: ['Q14', 'Q20'],
  source: 'MicrosoftDocs/entra-docs, use-scim-to-provision-users-and-groups.md: an example request',
  deviates: [],
  inbound(message) {
    const { type } = message
    if (type === undefined) return message
    return mapNames(message, (name) => (isUrn(name) ? corrected(name, type) : name))
  },
}

function corrected(name: string, type: ResourceType): string {
  if (resolve(name, type) !== undefined) return name
  const known = [type.schema, ...type.extensions.map((extension) => extension.schema)].map((schema) => schema.id)
  const lower = name.toLowerCase()
  if (known.some((urn) => lower.startsWith(urn.toLowerCase()))) return name
  const whole = known.find((urn) => letters(urn) === letters(name))
  if (whole !== undefined) return whole
  const colon = name.lastIndexOf(':')
  const urn = known.find((one) => letters(one) === letters(name.slice(0, colon)))
  return urn === undefined ? name : urn + name.slice(colon)
}

function letters(urn: string): string {
  return urn.toLowerCase().replace(/[^a-z0-9]/g, '')
}
