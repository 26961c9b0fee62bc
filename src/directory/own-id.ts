// Checks the ids and dates that the host gives its resources.

import { ConfigError, LIMITS } from '../protocol/index.ts'
import type { Change } from '../store/index.ts'

/**
 * What is wrong with a host's own id, in words; undefined if nothing is. It stands in URLs as it is, in filters and references: letters, digits,
 * and `-`, `_`, `.`, `~`, `@`, `:` after the first character, 1 to 128 of them. RFC 7643 §3.1, RFC 3986 §3.3.
 */
export function faultOfId(id: unknown): string | undefined {
  if (typeof id !== 'string') return `an id is a string, not ${id === null ? 'null' : typeof id}`
  if (id === '') return 'an id is not empty'
  if (id.length > LIMITS.ID_LENGTH) return `an id has at most ${LIMITS.ID_LENGTH} characters; this one has ${id.length}`
  // RFC 7643 §3.1 keeps the word for references in a bulk request.
  if (/^bulkid/i.test(id)) return `an id does not begin with "bulkId", which Bulk requests use: ${id}`
  if (/^[A-Za-z0-9_-][A-Za-z0-9._~@:-]*$/.test(id)) return undefined
  return `an id has letters, digits, "-" and "_", and after the first character also ".", "~", "@" and ":": ${JSON.stringify(id)}`
}

/** The very id. Throws ConfigError when it is none. */
export function requireId(id: string): string {
  const fault = faultOfId(id)
  if (fault !== undefined) throw new ConfigError('id', fault)
  return id
}

/** By how much the clocks of two machines may differ. */
const SKEW_MS = 60_000

/** When a resource came to be, in milliseconds since 1970, and never after now. Throws ConfigError for what is no moment up to now. */
export function requireCreated(created: number, now: number): number {
  if (Number.isSafeInteger(created) && created >= 0 && created <= now + SKEW_MS) return Math.min(created, now)
  throw new ConfigError('created', `must be a moment between 1970 and now in whole milliseconds; it is ${created}`)
}

/** Whether a line of the log creates a resource that the host had before. */
export function isKnown({ op, paths }: Pick<Change, 'op' | 'paths'>): boolean {
  return op === 'create' && paths.some(({ path }) => path === 'id')
}
