// Limits of requests in time, as buckets of tokens.

import type { Clock } from './clock.ts'
import type { RateLimit } from './profile.ts'
import type { Type } from './schema.ts'

/** A request, as far as limits look at it. */
export interface Counted {
  readonly method: string
  readonly type: Type | undefined
  readonly bytes: number
}

/** Takes a token of every limit that counts a request. Returns how long to wait when one is empty, in milliseconds. */
export function createRates(clock: Clock): (limits: readonly RateLimit[], request: Counted) => number | undefined {
  const left = new Map<RateLimit, { tokens: number; at: number }>()
  return (limits, { method, type, bytes }) => {
    const counting = limits.filter(
      (one) =>
        one.methods?.includes(method) !== false &&
        (one.type === undefined || one.type === type) &&
        bytes > (one.overBytes ?? -1),
    )
    const now = clock.now()
    for (const limit of counting) {
      const held = left.get(limit) ?? { tokens: limit.burst, at: now }
      held.tokens = Math.min(limit.burst, held.tokens + ((now - held.at) * limit.perMinute) / 60_000)
      held.at = now
      left.set(limit, held)
    }
    const empty = counting.find((limit) => (left.get(limit)?.tokens ?? 0) < 1)
    if (empty !== undefined) return Math.ceil(((1 - (left.get(empty)?.tokens ?? 0)) * 60_000) / empty.perMinute)
    for (const limit of counting) {
      const held = left.get(limit)
      if (held !== undefined) held.tokens -= 1
    }
    return undefined
  }
}
