// Lets work run a few at a time, and of each key fewer still, so that one key never starves another.

import type { Environment } from '../../environment.ts'
import { createTurns } from '../../turns.ts'
import { StoreUnavailable } from '../contract/index.ts'

/** Lets work run a few at a time. */
export interface Shares {
  readonly run: <T>(key: string, work: () => Promise<T>) => Promise<T>
  /** Takes a place; call the result to give it back. */
  readonly take: (key: string) => Promise<() => void>
}

/** How many places there are, and for which keys. */
export interface ShareOptions {
  readonly environment: Pick<Environment, 'setTimer'>
  /** How many may run at a time, and how many of one key. */
  readonly places: number
  readonly each: number
  /** How long a key waits before it is refused. */
  readonly patienceMs: number
  /** Why it is refused. */
  readonly refusal: string
  /** What several keys have in common and may all wait for, such as a node of a cluster, and how many places those have together. */
  readonly groups?: { readonly of: (key: string) => string | undefined; readonly each: number } | undefined
}

interface Waiting {
  readonly key: string
  readonly go: () => void
}

/** A place that is taken, with the group that the key had then. */
interface TakenPlace {
  readonly key: string
  readonly group: string | undefined
}

/** Creates the shares. Keys that wait take turns; the one with the least under way comes first. */
export function createShares({ environment, places, each, patienceMs, refusal, groups }: ShareOptions): Shares {
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

  function begin(key: string): TakenPlace {
    const group = groups?.of(key)
    all++
    count(running, key, 1)
    if (group !== undefined) count(grouped, group, 1)
    return { key, group }
  }

  function end({ key, group }: TakenPlace): void {
    all--
    count(running, key, -1)
    if (group !== undefined) count(grouped, group, -1)
    while (all < places) {
      const next = turns.next(mayRun)
      if (next === undefined) return
      next.go()
    }
  }

  function wait(key: string): Promise<TakenPlace> {
    return new Promise((resolve, reject) => {
      const waiting = {
        key,
        go() {
          cancel()
          resolve(begin(key))
        },
      }
      const cancel = environment.setTimer(patienceMs, () => {
        turns.remove(key, waiting)
        reject(new StoreUnavailable(refusal, 1_000, { busy: true }))
      })
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
