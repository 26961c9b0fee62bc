// Versions of settings, connections, schemas and types: told by ETag, and asked for by If-Match.

import { sha256Hex } from '../access/index.ts'
import { Refused } from './refusals.ts'

/** The entity tag of what a route shows: two that are alike have the same. RFC 9110 §8.8.3. */
export function tagOf(shown: unknown): string {
  return `"${sha256Hex(JSON.stringify(shown, inOrder) ?? '').slice(0, 22)}"`
}

/** The same object has its members in another order once it was stored. */
function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Refuses a change of something that has been changed since it was read. Between this look and the write somebody else may still be
 * quicker: it is for people who have a form open, not for programs that race.
 */
export async function requireMatch(ifMatch: string | undefined, present: () => Promise<unknown>): Promise<void> {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  const tag = tagOf(await present())
  const given = ifMatch.split(',').map((one) => one.trim().replace(/^W\//, ''))
  if (given.includes(tag)) return
  throw new Refused(
    412,
    'ERR_CHANGED',
    'This was changed after you had read it; read it again, and make your change once more',
  )
}
