// Token buckets that limit how often something may happen, by key.

/** A token bucket for each key. */
export interface Buckets {
  /** Takes one token. Returns 0, or if there is none the seconds until there is one. */
  take(key: string): number
}

/** Most keys to remember; those unused for longest are forgotten, which means that they are full again. */
const KEYS = 10_000

/** Creates buckets that fill by `perSecond` up to `burst`. */
export function createBuckets(options: {
  readonly perSecond: number
  readonly burst: number
  readonly now?: () => number
}): Buckets {
  const { perSecond, burst } = options
  // A monotonic clock: one that is set back would lock every client out.
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
