// The delay before a retry: exponential with full jitter.

import type { Environment } from '../environment.ts'

/** Answers that say: not now. RFC 6585 §4, RFC 9110 §15.6.4. */
export const NOT_NOW: ReadonlySet<number> = new Set([429, 503])
/** Answers after which what may be repeated is repeated. */
export const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 500, 502, 504])

/** How often something is tried, and how long is waited between two attempts. */
export interface Attempts {
  /** Attempts, the first one included. */
  readonly attempts: number
  /** First upper bound of the time between two attempts; it doubles with each. */
  readonly backoffMs: number
  /** Longest wait for the next attempt. */
  readonly waitMs: number
}

/**
 * Milliseconds to wait before the next attempt: anything up to a bound that doubles with each, so that clients that failed
 * together don't come back together ("full jitter").
 */
export function backoffMs(
  attempt: number,
  firstMs: number,
  mostMs: number,
  environment: Pick<Environment, 'random'>,
): number {
  return Math.floor(fraction(environment) * Math.min(mostMs, firstMs * 2 ** (attempt - 1)))
}

/**
 * The wait that a `Retry-After` header asks for, seconds or a date; undefined when it is neither. RFC 9110 §10.2.3.
 * @example
 * retryAfterMs('120', Date.now()) // 120000
 */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim()
  if (!text) return undefined
  // Some send fractions of a second, which the RFC does not know.
  if (/^\d{1,9}(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000)
  const at = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

function fraction({ random }: Pick<Environment, 'random'>): number {
  const bytes = random(new Uint8Array(4))
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32
}
