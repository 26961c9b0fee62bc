// Collects what many callers want in one turn of the event loop, and does it for all of them at its end.

import { environment } from './environment.ts'

/**
 * Work done in batches, one for each turn of the event loop. Everything added in a turn is handled in order at its end: code and
 * pages that the first entry has loaded into the processor's caches serve the others, and costs that are paid once a turn are
 * paid once. Nothing waits longer than the turn.
 */
export interface TurnBatch<T> {
  readonly add: (one: T) => void
  /** Handles waiting entries at once, without waiting for the end of the turn. */
  readonly now: () => void
}

/** Creates a batch. `work` gets the entries added since its last call, in order. It must not throw: one failure would abort the rest of the batch. */
export function createTurnBatch<T>(work: (all: readonly T[]) => void, afterTurn = environment.afterTurn): TurnBatch<T> {
  let waiting: T[] = []
  const now = () => {
    const all = waiting
    if (all.length === 0) return
    waiting = []
    work(all)
  }
  return {
    add(one) {
      if (waiting.push(one) === 1) afterTurn(now)
    },
    now,
  }
}
