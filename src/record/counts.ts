// Counts requests by minute, connection, kind and class of answer, with their time to answer.

import type { AnswerClass, RequestKind } from './line.ts'

/** Upper bounds of the time to answer, in microseconds; beyond the last one there is one bucket more. */
export const BOUNDS: readonly number[] = [
  500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000,
]
/** How many buckets there are. */
export const BUCKETS: number = BOUNDS.length + 1

/** What is counted by itself. */
export interface CountKey {
  /** Milliseconds since 1970, at the full minute. */
  readonly minute: number
  readonly tenant: string
  /** `''`: no token let the request in. */
  readonly connection: string
  readonly asks: RequestKind
  readonly outcome: AnswerClass
}

/** How many requests of one minute were alike. */
export interface Count extends CountKey {
  readonly n: number
  /** Their time to answer together, in microseconds. */
  readonly us: number
  /** How many of them took so long, by {@link BOUNDS}. */
  readonly buckets: readonly number[]
  /** When the last of them was answered, milliseconds since 1970. */
  readonly last: number
}

/** Two counts of the same key as one. */
export function addCounts(a: Count, b: Count): Count {
  return {
    ...a,
    n: a.n + b.n,
    us: a.us + b.us,
    buckets: a.buckets.map((n, at) => n + (b.buckets[at] ?? 0)),
    last: Math.max(a.last, b.last),
  }
}

/** Counts with those of the same key as one. */
export function mergeCounts(counts: readonly Count[]): readonly Count[] {
  const merged = new Map<string, Count>()
  for (const count of counts) {
    const key = keyOf(count)
    const before = merged.get(key)
    merged.set(key, before === undefined ? count : addCounts(before, count))
  }
  return [...merged.values()]
}

/** The key of a count as a text. */
export function keyOf({ minute, tenant, connection, asks, outcome }: CountKey): string {
  return `${minute} ${tenant} ${connection} ${asks} ${outcome}`
}

/** The counts of all tenants together. */
export function sumOfAll(counts: readonly Count[]): readonly Count[] {
  return mergeCounts(counts.map((count) => ({ ...count, tenant: '', connection: '' })))
}

/**
 * The time to answer below which a share of the requests stayed, in microseconds: the upper bound of its bucket. `undefined` where
 * nothing was counted.
 */
export function quantile(buckets: readonly number[], share: number): number | undefined {
  const all = buckets.reduce((sum, n) => sum + n, 0)
  if (all === 0) return undefined
  let seen = 0
  for (let at = 0; at < buckets.length; at++) {
    seen += buckets[at] ?? 0
    if (seen >= all * share) return BOUNDS[Math.min(at, BOUNDS.length - 1)]
  }
  return BOUNDS.at(-1)
}
