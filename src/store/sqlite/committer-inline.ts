import { ConfigError } from '../../protocol/index.ts'
import { StoreUnavailable, type WholeChange, type Written } from '../contract/index.ts'
import { isAsync, isThenable } from '../watchers.ts'
import { unavailable } from './connection.ts'
import type { AnyWrite } from './work.ts'
import type { Job, Outcome, Writer } from './writer.ts'

/** Hands lists of writes to a writer, wherever that is. */
export interface Committer<Tx = unknown> {
  readonly commit: (
    writes: readonly AnyWrite[],
    inside?: (tx: Tx, changes: readonly WholeChange[]) => void | Promise<void>,
  ) => Promise<readonly Written[]>
  /** Ends when all that was handed in is answered. */
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly job: Job
  readonly resolve: (written: readonly Written[]) => void
  readonly reject: (error: unknown) => void
}

/** Pause between two portions of cleaning up. */
const SWEEP_MS = 20

/** What a commit after `close` gets. */
export function closedStore(): StoreUnavailable {
  return new StoreUnavailable('the store is closed', 1_000)
}

/** A committer on the calling thread: what one turn of the event loop hands in is one transaction. `committed` is told how much it was. */
export function createInlineCommitter<Tx>(writer: Writer, db: Tx, committed: (commits: number) => void): Committer<Tx> {
  let waiting: Waiting[] = []
  let closed = false
  let sweeping: NodeJS.Timeout | undefined

  /** Cleans up in small portions, with a pause for everybody else after each. */
  function sweepLater(): void {
    sweeping ??= setTimeout(() => {
      sweeping = undefined
      try {
        if (writer.sweep()) sweepLater()
      } catch {
        // The rows are in nobody's way; the next start looks after them.
      }
    }, SWEEP_MS)
    sweeping.unref()
  }

  function commitAll(batch: readonly Waiting[]): readonly Outcome[] {
    try {
      return writer.commit(batch.map(({ job }) => job))
    } catch (error) {
      // Nobody waits for good, whatever happens; a host may have closed its connection.
      return batch.map(() => ({ error: unavailable(error) }))
    }
  }

  function drain(): void {
    const batch = waiting
    waiting = []
    if (batch.length === 0) return
    const outcomes = commitAll(batch)
    for (const [at, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[at]
      if (outcome !== undefined && 'written' in outcome) resolve(outcome.written)
      else reject(outcome?.error)
    }
    // Callers go on when this turn ends; whoever they read from must have heard by then.
    committed(batch.length)
    if (batch.some(({ job }) => job.writes.some(leavesRows))) sweepLater()
  }

  sweepLater()
  return {
    commit(writes, inside) {
      if (closed) return Promise.reject(closedStore())
      // Before it is called: what it does after its first `await` would be outside of every transaction.
      if (isAsync(inside)) return Promise.reject(asynchronous())
      return new Promise((resolve, reject) => {
        const run = inside && ((changes: readonly WholeChange[]) => refusePromise(inside(db, changes)))
        if (waiting.length === 0) setImmediate(drain)
        waiting.push({ job: run === undefined ? { writes } : { writes, inside: run }, resolve, reject })
      })
    },
    async close() {
      closed = true
      drain()
      clearTimeout(sweeping)
    },
  }
}

/** Whether a write leaves rows behind that are to be deleted later. */
function leavesRows(write: AnyWrite): boolean {
  return (
    write.write === 'tenant' ||
    write.write === 'indexed' ||
    (write.write === 'item' && write.set?.expires !== undefined)
  )
}

// A transaction on this one connection can't stay open across turns of the event loop.
function refusePromise(result: unknown): void {
  if (isThenable(result)) {
    // A query builder would only now be carried out.
    if (result instanceof Promise) result.catch(() => {})
    throw asynchronous()
  }
}

function asynchronous(): ConfigError {
  return new ConfigError(
    'hooks.commit',
    'must be synchronous on SQLite: use the connection it is handed and return nothing',
  )
}
