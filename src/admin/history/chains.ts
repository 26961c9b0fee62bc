// Places of a log by what they are about, as chains in typed arrays: twelve bytes a place, the newest first.

/** Chains of places by key. Keys are told apart by a hash of 32 bits: what a chain gives has to be looked at. */
export interface Chains {
  readonly add: (key: string, place: number) => void
  /** Places under a key before a place, newest first; some may belong to another key. */
  readonly before: (key: string, place: number) => Generator<number>
  readonly size: () => number
  /** The oldest place that is kept whole. */
  readonly since: () => number
  /** Drops the older half. */
  readonly halve: () => void
}

const NONE = -1

/** Creates empty chains; `since` is the first place that will be added. */
export function createChains(since: number): Chains {
  const heads = new Map<number, number>()
  let places = new Float64Array(1_024)
  let earlier = new Int32Array(1_024)
  let size = 0
  let first = since
  const grow = () => {
    const more = new Float64Array(places.length * 2)
    more.set(places)
    places = more
    const links = new Int32Array(earlier.length * 2)
    links.set(earlier)
    earlier = links
  }
  return {
    add(key, place) {
      if (size === places.length) grow()
      const hash = hashOf(key)
      places[size] = place
      earlier[size] = heads.get(hash) ?? NONE
      heads.set(hash, size)
      size++
    },
    *before(key, place) {
      let last = Number.POSITIVE_INFINITY
      for (let at = heads.get(hashOf(key)) ?? NONE; at !== NONE; at = earlier[at] ?? NONE) {
        const found = places[at] ?? 0
        // A line may say of one key more than once.
        if (found < place && found !== last) yield found
        last = found
      }
    },
    size: () => size,
    since: () => first,
    halve() {
      const gone = Math.floor(size / 2)
      // All of a place goes, or nothing of it.
      first = (places[gone - 1] ?? first - 1) + 1
      places.copyWithin(0, gone, size)
      earlier.copyWithin(0, gone, size)
      size -= gone
      for (let at = 0; at < size; at++) earlier[at] = Math.max(NONE, (earlier[at] ?? NONE) - gone)
      for (const [hash, head] of heads) {
        if (head < gone) heads.delete(hash)
        else heads.set(hash, head - gone)
      }
    },
  }
}

/** FNV-1a over the UTF-16 units. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
