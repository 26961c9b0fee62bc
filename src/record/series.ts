// Counts as points for charts.

import { type Count, quantile } from './counts.ts'
import { ANSWER_CLASSES, type AnswerClass, REQUEST_KINDS, type RequestKind } from './line.ts'

/** What happened in one step of time. */
export interface SeriesPoint {
  /** Where the step begins, milliseconds since 1970. */
  readonly at: number
  /** Requests by how they were answered. */
  readonly outcomes: { readonly [outcome in AnswerClass]: number }
  /** Requests by what they asked. */
  readonly asks: { readonly [asks in RequestKind]: number }
  /** Times to answer below which half, and 99 of 100, stayed: upper bounds, in microseconds. Absent where nothing was answered. */
  readonly medianUs?: number
  readonly p99Us?: number
}

/** Most points of one series. */
export const MOST_POINTS = 2_000

/** Points from a moment to another, one for each step, also where nothing happened. Times in milliseconds. */
export function seriesOf(
  counts: readonly Count[],
  { from, until, step }: { readonly from: number; readonly until: number; readonly step: number },
): readonly SeriesPoint[] {
  const first = from - (from % step)
  const length = Math.min(MOST_POINTS, Math.max(0, Math.ceil((until - first) / step)))
  const groups: Count[][] = Array.from({ length }, () => [])
  for (const count of counts) groups[Math.floor((count.minute - first) / step)]?.push(count)
  return groups.map((group, at) => pointOf(first + at * step, group))
}

/** What some counts come to, as one point at a moment, milliseconds since 1970. */
export function pointOf(at: number, group: readonly Count[]): SeriesPoint {
  const sum = (some: (count: Count) => boolean) => group.filter(some).reduce((all, { n }) => all + n, 0)
  const buckets = group.reduce<readonly number[]>(
    (all, count) => count.buckets.map((n, bucket) => n + (all[bucket] ?? 0)),
    [],
  )
  const medianUs = quantile(buckets, 0.5)
  const p99Us = quantile(buckets, 0.99)
  return {
    at,
    outcomes: tableOf(ANSWER_CLASSES, (outcome) => sum((count) => count.outcome === outcome)),
    asks: tableOf(REQUEST_KINDS, (asks) => sum((count) => count.asks === asks)),
    ...(medianUs === undefined ? {} : { medianUs }),
    ...(p99Us === undefined ? {} : { p99Us }),
  }
}

function tableOf<Name extends string>(names: readonly Name[], value: (name: Name) => number) {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as { readonly [name in Name]: number }
}
