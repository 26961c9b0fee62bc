import { createTurns } from '../../turns.ts'
import { StoreUnavailable } from '../contract.ts'

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
}

interface Waiting {
  readonly key: string
  readonly go: () => void
}

/** Makes the shares. Keys that wait take turns; the one with the least under way comes first. */
export function createShares({ places, each, patienceMs, refusal }: ShareOptions): Shares {
  const turns = createTurns<Waiting>()
  const running = new Map<string, number>()
  let all = 0

  const mayRun = (key: string) => {
    const count = running.get(key) ?? 0
    return count < each ? count : undefined
  }

  function begin(key: string): void {
    all++
    running.set(key, (running.get(key) ?? 0) + 1)
  }

  function end(key: string): void {
    all--
    const left = (running.get(key) ?? 1) - 1
    if (left === 0) running.delete(key)
    else running.set(key, left)
    while (all < places) {
      const next = turns.next(mayRun)
      if (next === undefined) return
      begin(next.key)
      next.go()
    }
  }

  function wait(key: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = {
        key,
        go() {
          clearTimeout(late)
          resolve()
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
    if (all < places && mayRun(key) !== undefined) begin(key)
    else await wait(key)
    return () => end(key)
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
