// A queue in which keys take turns.

/**
 * Entries that wait, in one line for each key (a tenant). Keys take turns, so that a key with a thousand entries delays another
 * by a single entry; within a key the first comes first.
 */
export interface Turns<T> {
  /** How many wait. */
  readonly size: () => number
  /** Adds an entry at the end of its key's line. False, and nothing is kept, when that line or all lines together are full. */
  readonly add: (key: string, one: T) => boolean
  /**
   * Takes out the next entry. With `load` the key with the smallest load goes first, and keys with the same load take
   * turns; a key without a load (`undefined`) has to wait.
   */
  readonly next: (load?: (key: string) => number | undefined) => T | undefined
  /** Removes an entry that no longer needs to wait. */
  readonly remove: (key: string, one: T) => void
}

/** Creates the lines. `most`: entries of all keys together, `mostOfOne`: of one key. Default: no limits. */
export function createTurns<T>(limits: { readonly most?: number; readonly mostOfOne?: number } = {}): Turns<T> {
  const { most = Number.POSITIVE_INFINITY, mostOfOne = Number.POSITIVE_INFINITY } = limits
  // In the order of their turns: a key that had its turn goes to the end.
  const lines = new Map<string, Set<T>>()
  let size = 0

  function take(key: string, line: Set<T>, one: T): void {
    line.delete(one)
    size--
    if (line.size === 0) lines.delete(key)
  }

  return {
    size: () => size,
    add(key, one) {
      const line = lines.get(key)
      if (size >= most || (line?.size ?? 0) >= mostOfOne) return false
      if (line === undefined) lines.set(key, new Set([one]))
      else line.add(one)
      size++
      return true
    },
    next(load = () => 0) {
      let least: number | undefined
      let chosen: string | undefined
      for (const key of lines.keys()) {
        const has = load(key)
        if (has === undefined || (least !== undefined && has >= least)) continue
        least = has
        chosen = key
        if (has === 0) break
      }
      const line = chosen === undefined ? undefined : lines.get(chosen)
      const [one] = line ?? []
      if (chosen === undefined || line === undefined || one === undefined) return undefined
      lines.delete(chosen)
      lines.set(chosen, line)
      take(chosen, line, one)
      return one
    },
    remove(key, one) {
      const line = lines.get(key)
      if (line?.has(one)) take(key, line, one)
    },
  }
}
