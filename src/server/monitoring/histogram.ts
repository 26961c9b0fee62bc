// Counts values by size, in the form that Prometheus reads.

/** Counts of values up to each bound, with their sum. */
export interface Histogram {
  readonly bounds: readonly number[]
  readonly counts: number[]
  sum: number
}

/** A measured number with its labels. */
export interface Measured {
  readonly value: number
  readonly labels: { readonly [name: string]: string | number }
}

/** One line of a metric: those of a histogram have names of their own. */
export interface Sample extends Measured {
  readonly metricName?: string
}

/** Creates an empty histogram with these upper bounds. */
export function createHistogram(bounds: readonly number[]): Histogram {
  return { bounds, counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 }
}

/** Counts one value. */
export function countIn(into: Histogram, value: number): void {
  const { bounds, counts } = into
  let at = 0
  while (at < bounds.length && value > (bounds[at] ?? 0)) at++
  counts[at] = (counts[at] ?? 0) + 1
  into.sum += value
}

/** A histogram in the form of Prometheus: counts up to each bound, the sum, the count. */
export function samples(
  name: string,
  { bounds, counts, sum }: Histogram,
  labels: Measured['labels'],
): readonly Sample[] {
  let total = 0
  const buckets = counts.map((count, index) => {
    total += count
    return { metricName: `${name}_bucket`, value: total, labels: { ...labels, le: bounds[index] ?? '+Inf' } }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, value: sum, labels },
    { metricName: `${name}_count`, value: total, labels },
  ]
}
