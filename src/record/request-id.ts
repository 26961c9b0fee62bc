// Makes the ids of requests: short, in the order of time, different in each process.

import type { Environment } from '../environment.ts'

/** Crockford's alphabet: no letters that are taken for digits, or that make words. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'

/** How a request id looks. */
export const REQUEST_ID: RegExp = /^r_[0-9abcdefghjkmnpqrstvwxyz]{13}$/

/** Pairs of letters, so that four of them take two look-ups. */
const PAIRS: readonly string[] = Array.from(
  { length: 1024 },
  (_, n) => `${LETTERS[n >> 5] ?? ''}${LETTERS[n & 31] ?? ''}`,
)

/**
 * Creates the maker of ids: nine letters for the millisecond, two for this process, two that count. It takes the time from `now`, which
 * the caller has at hand, and costs about 40 ns.
 */
export function createRequestIds({ random }: Pick<Environment, 'random'>): (now: number) => string {
  const [high = 0, low = 0] = random(new Uint8Array(2))
  const own = PAIRS[((high << 8) | low) & 1023] ?? ''
  let millisecond = -1
  let beginning = ''
  let counted = 0
  return (now) => {
    if (now !== millisecond) {
      millisecond = now
      beginning = `r_${timeText(now)}${own}`
    }
    counted = (counted + 1) & 1023
    return beginning + PAIRS[counted]
  }
}

function timeText(ms: number): string {
  let rest = ms
  let text = ''
  for (let at = 0; at < 9; at++) {
    text = (LETTERS[rest % 32] ?? '') + text
    rest = Math.floor(rest / 32)
  }
  return text
}
