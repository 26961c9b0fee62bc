// Collects the numbers of all workers in rounds, with a time limit for each.

import type { Numbers } from '../monitoring/metrics.ts'

/** How long to wait for the numbers of workers: a busy worker is left out. */
const NUMBERS_MS = 2_000

/** Rounds of collecting numbers. */
export interface Rounds {
  /** Collects the numbers of so many workers. `ask` is called with the number of the round. */
  readonly collect: (workers: number, ask: (round: number) => void) => Promise<readonly Numbers[]>
  /** Takes the numbers of one worker; those of a round that is over are dropped. */
  readonly receive: (round: number, numbers: Numbers) => void
}

/** Creates the rounds. */
export function createRounds(): Rounds {
  const open = new Map<number, { readonly got: Numbers[]; waiting: number; readonly done: () => void }>()
  let last = 0
  return {
    async collect(workers, ask) {
      const round = ++last
      const got: Numbers[] = []
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, NUMBERS_MS)
        const done = () => {
          clearTimeout(late)
          resolve()
        }
        open.set(round, { got, waiting: workers, done })
        ask(round)
      })
      open.delete(round)
      return got
    },
    receive(round, numbers) {
      const collecting = open.get(round)
      if (collecting === undefined) return
      collecting.got.push(numbers)
      collecting.waiting--
      if (collecting.waiting <= 0) collecting.done()
    },
  }
}
