// Joins the commits of many deliveries: one runs at a time, and what comes meanwhile goes into the next.

import type { Environment } from '../../environment.ts'
import type { Store, Write } from '../../store/index.ts'

/** Commits writes under the fence of one turn. */
export interface Committer {
  /**
   * Resolves when these writes are on disk. They stay together. After the first failure everything is refused with its error. `urgent`:
   * they go before others, and without them.
   */
  readonly commit: (writes: readonly Write[], urgent?: boolean) => Promise<void>
  /** Puts writes into the next commit, whenever that is. */
  readonly along: (writes: readonly Write[]) => void
  /** The state of the unit has changed: it goes into the next commit. */
  readonly touch: () => void
  /** Commits what still waits to go along. */
  readonly flush: () => Promise<void>
}

interface Waiting {
  readonly writes: readonly Write[]
  readonly urgent: boolean
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Most writes in one commit: the contract allows 2,000 items, and small commits let others between them. */
const JOINED = 200
/** Most writes that wait to go along: beyond that, they are committed by themselves. */
const ALONG = 100
/** Deliveries that go on in one turn of the event loop, so that requests to the directory, and leavers, come between. */
const RESUMED = 4

/** What a committer works with. */
export interface CommitterDeps {
  readonly store: Pick<Store, 'commit'>
  readonly environment: Pick<Environment, 'afterTurn'>
  readonly fence: Write
  /** The write of the unit's state as of now. */
  readonly state: () => Write
  /** Called once, with the error of the first commit that fails: the turn is over. */
  readonly failed: (error: unknown) => void
}

/** Opens the committer of a turn. */
export function createCommitter({ store, environment, fence, state, failed }: CommitterDeps): Committer {
  let waiting: Waiting[] = []
  const along: Write[] = []
  let touched = false
  let running: Promise<void> | undefined
  let failure: { readonly error: unknown } | undefined

  /** What goes into the next commit. */
  function take(): { readonly now: readonly Waiting[]; readonly count: number } {
    const urgent = waiting.filter((one) => one.urgent)
    const candidates = urgent.length > 0 ? urgent : waiting
    let count = 0
    let taken = 0
    for (const one of candidates) {
      if (taken > 0 && count + one.writes.length > JOINED) break
      count += one.writes.length
      taken++
    }
    const now = candidates.slice(0, taken)
    waiting = waiting.filter((one) => !now.includes(one))
    return { now, count }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0 && failure === undefined) {
      const { now, count } = take()
      const extra = now[0]?.urgent === true ? [] : along.splice(0, Math.max(0, JOINED - count))
      if (touched) extra.push(state())
      touched = false
      try {
        await store.commit([fence, ...now.flatMap((one) => one.writes), ...extra])
        void resume(now)
      } catch (error) {
        failure = { error }
        for (const one of [...now, ...waiting]) one.failed(error)
        waiting = []
        failed(error)
      }
    }
    running = undefined
  }

  async function resume(those: readonly Waiting[]): Promise<void> {
    for (const [at, one] of those.entries()) {
      if (at > 0 && at % RESUMED === 0) await new Promise<void>(environment.afterTurn)
      one.done()
    }
  }

  function commit(writes: readonly Write[], urgent = false): Promise<void> {
    if (failure !== undefined) return Promise.reject(failure.error)
    return new Promise((done, failed) => {
      waiting.push({ writes, urgent, done, failed })
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
