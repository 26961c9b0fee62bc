/** A token bucket for each key. */
export interface Buckets {
  /** Takes one; 0 when there was one, else how many seconds until there is. */
  take(key: string): number
}

/** Most keys that are remembered; those longest unused are forgotten, which is as if they were full. */
const KEYS = 10_000

/** Makes buckets that fill by `perSecond` up to `burst`. */
export function createBuckets(options: {
  readonly perSecond: number
  readonly burst: number
  readonly now?: () => number
}): Buckets {
  const { perSecond, burst } = options
  // A clock that nobody sets: one set back would lock everybody out.
  const now = options.now ?? (() => performance.now())
  const buckets = new Map<string, { left: number; at: number }>()
  return {
    take(key) {
      const time = now()
      const bucket = buckets.get(key) ?? { left: burst, at: time }
      bucket.left = Math.min(burst, bucket.left + ((time - bucket.at) / 1000) * perSecond)
      bucket.at = time
      buckets.delete(key)
      buckets.set(key, bucket)
      if (buckets.size > KEYS) {
        const [oldest] = buckets.keys()
        if (oldest !== undefined) buckets.delete(oldest)
      }
      if (bucket.left < 1) return Math.max(1, Math.ceil((1 - bucket.left) / perSecond))
      bucket.left--
      return 0
    },
  }
}
