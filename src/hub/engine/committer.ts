// Joins the commits of many deliveries: one runs at a time, and what comes meanwhile goes into the next.

import type { Store, Write } from '../../store/index.ts'

/** Commits writes under the fence of one turn. */
export interface Committer {
  /** Resolves when these writes are on disk. They stay together. After the first failure everything is refused with its error. */
  readonly commit: (writes: readonly Write[]) => Promise<void>
  /** Puts writes into the next commit, whenever that is. */
  readonly along: (writes: readonly Write[]) => void
  /** The state of the unit has changed: it goes into the next commit. */
  readonly touch: () => void
  /** Commits what still waits to go along. */
  readonly flush: () => Promise<void>
}

interface Waiting {
  readonly writes: readonly Write[]
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Most writes in one commit: the contract allows 2,000 items, and small commits let others between them. */
const JOINED = 200
/** Most writes that wait to go along: beyond that, they are committed by themselves. */
const ALONG = 100

/** What a committer works with. */
export interface CommitterDeps {
  readonly store: Pick<Store, 'commit'>
  readonly fence: Write
  /** The write of the unit's state as of now. */
  readonly state: () => Write
  /** Called once, with the error of the first commit that fails: the turn is over. */
  readonly failed: (error: unknown) => void
}

/** Opens the committer of a turn. */
export function createCommitter({ store, fence, state, failed }: CommitterDeps): Committer {
  let waiting: Waiting[] = []
  const along: Write[] = []
  let touched = false
  let running: Promise<void> | undefined
  let failure: { readonly error: unknown } | undefined

  async function run(): Promise<void> {
    while (waiting.length > 0 && failure === undefined) {
      let count = 0
      let taken = 0
      for (const one of waiting) {
        if (taken > 0 && count + one.writes.length > JOINED) break
        count += one.writes.length
        taken++
      }
      const now = waiting.slice(0, taken)
      waiting = waiting.slice(taken)
      const extra = along.splice(0, Math.max(0, JOINED - count))
      if (touched) extra.push(state())
      touched = false
      try {
        await store.commit([fence, ...now.flatMap((one) => one.writes), ...extra])
        for (const one of now) one.done()
      } catch (error) {
        failure = { error }
        for (const one of [...now, ...waiting]) one.failed(error)
        waiting = []
        failed(error)
      }
    }
    running = undefined
  }

  function commit(writes: readonly Write[]): Promise<void> {
    if (failure !== undefined) return Promise.reject(failure.error)
    return new Promise((done, failed) => {
      waiting.push({ writes, done, failed })
      // Deliveries that come back together are committed together.
      running ??= Promise.resolve().then(run)
    })
  }

  return {
    commit,
    along(writes) {
      along.push(...writes)
      if (along.length >= ALONG && running === undefined && failure === undefined) void commit([]).catch(() => {})
    },
    touch() {
      touched = true
    },
    async flush() {
      while (along.length > 0) await commit([])
    },
  }
}
