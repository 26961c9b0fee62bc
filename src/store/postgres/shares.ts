import { createTurns } from '../../turns.ts'
import { StoreUnavailable } from '../contract/index.ts'

/** Lets work run a few at a time. */
export interface Shares {
  readonly run: <T>(key: string, work: () => Promise<T>) => Promise<T>
  /** Takes a place; the way to give it back. */
  readonly take: (key: string) => Promise<() => void>
}

/** Of what there are shares. */
export interface ShareOptions {
  /** How many may run at a time, and how many of one key: while that is less than all, no key keeps another one waiting for good. */
  readonly places: number
  readonly each: number
  /** How long one waits for its turn before it is told to come again. */
  readonly patienceMs: number
  /** What that one is told. */
  readonly refusal: string
  /** What several keys have in common and may hang by, a node of a cluster for instance, and how many places those have together. */
  readonly groups?: { readonly of: (key: string) => string | undefined; readonly each: number }
}

interface Waiting {
  readonly key: string
  readonly go: () => void
}

/** Where one has taken its place; its group as it was then. */
interface Place {
  readonly key: string
  readonly group: string | undefined
}

/** Makes the shares. Keys that wait take turns; the one with the least under way comes first. */
export function createShares({ places, each, patienceMs, refusal, groups }: ShareOptions): Shares {
  const turns = createTurns<Waiting>()
  const running = new Map<string, number>()
  const grouped = new Map<string, number>()
  let all = 0

  const mayRun = (key: string) => {
    const group = groups?.of(key)
    if (group !== undefined && (grouped.get(group) ?? 0) >= (groups?.each ?? places)) return undefined
    const count = running.get(key) ?? 0
    return count < each ? count : undefined
  }

  function begin(key: string): Place {
    const group = groups?.of(key)
    all++
    count(running, key, 1)
    if (group !== undefined) count(grouped, group, 1)
    return { key, group }
  }

  function end({ key, group }: Place): void {
    all--
    count(running, key, -1)
    if (group !== undefined) count(grouped, group, -1)
    while (all < places) {
      const next = turns.next(mayRun)
      if (next === undefined) return
      next.go()
    }
  }

  function wait(key: string): Promise<Place> {
    return new Promise((resolve, reject) => {
      const waiting = {
        key,
        go() {
          clearTimeout(late)
          resolve(begin(key))
        },
      }
      const late = setTimeout(() => {
        turns.remove(key, waiting)
        reject(new StoreUnavailable(refusal, 1_000, { busy: true }))
      }, patienceMs)
      turns.add(key, waiting)
    })
  }

  async function take(key: string): Promise<() => void> {
    const place = all < places && mayRun(key) !== undefined ? begin(key) : await wait(key)
    return () => end(place)
  }

  return {
    take,
    async run(key, work) {
      const giveBack = await take(key)
      try {
        return await work()
      } finally {
        giveBack()
      }
    },
  }
}

function count(counts: Map<string, number>, key: string, by: number): void {
  const left = (counts.get(key) ?? 0) + by
  if (left > 0) counts.set(key, left)
  else counts.delete(key)
}
