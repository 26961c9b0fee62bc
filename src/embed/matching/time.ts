// Reads moments as apps have them.

import { ConfigError } from '../../protocol/index.ts'

/** A moment: a Date, a text like `2026-05-01T09:00:00Z`, or milliseconds since 1970. */
export type Time = Date | string | number

/** Milliseconds since 1970. Throws ConfigError for what is no moment. */
export function readTime(time: Time): number {
  const at = time instanceof Date ? time.getTime() : typeof time === 'string' ? Date.parse(time) : time
  if (typeof at === 'number' && Number.isFinite(at)) return Math.trunc(at)
  throw new ConfigError(
    'created',
    `must be a Date, a text like 2026-05-01T09:00:00Z or milliseconds since 1970, not ${JSON.stringify(time)}`,
  )
}
