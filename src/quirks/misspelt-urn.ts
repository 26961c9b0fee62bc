// Quirk: an extension's URN with wrong punctuation.

import { type ResourceType, resolve } from '../protocol/index.ts'
import type { Quirk } from './quirk.ts'
import { isUrn, mapNames } from './toolkit.ts'

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
  const { folded, byLetters } = urnsOf(type)
  const lower = name.toLowerCase()
  if (folded.some((urn) => lower.startsWith(urn))) return name
  const whole = byLetters.get(letters(name))
  if (whole !== undefined) return whole
  const colon = name.lastIndexOf(':')
  const urn = byLetters.get(letters(name.slice(0, colon)))
  return urn === undefined ? name : urn + name.slice(colon)
}

interface Urns {
  readonly folded: readonly string[]
  readonly byLetters: ReadonlyMap<string, string>
}

const known = new WeakMap<ResourceType, Urns>()

/** The URNs of a type, read once for all names that are held against them. */
function urnsOf(type: ResourceType): Urns {
  let urns = known.get(type)
  if (urns === undefined) {
    const ids = [type.schema, ...type.extensions.map(({ schema }) => schema)].map(({ id }) => id)
    // The first one counts where two have the same letters.
    urns = {
      folded: ids.map((id) => id.toLowerCase()),
      byLetters: new Map(ids.toReversed().map((id) => [letters(id), id])),
    }
    known.set(type, urns)
  }
  return urns
}

function letters(urn: string): string {
  return urn.toLowerCase().replace(/[^a-z0-9]/g, '')
}
