/**
 * One step of what is done for many at about the same time. All who come in one turn of the event loop go through it one after the
 * other at the end of the turn: code and pages that the first has brought into the processor's caches are there for the others, and
 * what costs once a turn is paid once. Nobody waits for company.
 */
export interface Stage<T> {
  readonly add: (one: T) => void
  /** Does now what waits, without waiting for the end of the turn. */
  readonly now: () => void
}

/** Makes a stage. `work` gets whoever has come since it last did, in order; what it throws is nobody's fault there but its own. */
export function createStage<T>(work: (all: readonly T[]) => void): Stage<T> {
  let waiting: T[] = []
  const now = () => {
    const all = waiting
    if (all.length === 0) return
    waiting = []
    work(all)
  }
  return {
    add(one) {
      if (waiting.push(one) === 1) setImmediate(now)
    },
    now,
  }
}
