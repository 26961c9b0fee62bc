// Commits on the calling thread, one transaction for each turn of the event loop.

import type { Environment } from '../../environment.ts'
import { ConfigError } from '../../protocol/index.ts'
import { StoreUnavailable, type WholeChange, type Within, type Written } from '../contract/index.ts'
import { isAsync, isThenable } from '../watchers.ts'
import { unavailable } from './connection.ts'
import type { AnyWrite } from './work.ts'
import type { Job, Outcome, Writer } from './writer.ts'

/** Hands lists of writes to a writer, on this thread or another. */
export interface Committer<Tx = unknown> {
  readonly commit: (
    writes: readonly AnyWrite[],
    inside?: (tx: Tx, changes: readonly WholeChange[], within: Within) => void | Promise<void>,
  ) => Promise<readonly Written[]>
  /** Resolves when every commit has its answer. */
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly job: Job
  readonly resolve: (written: readonly Written[]) => void
  readonly reject: (error: unknown) => void
}

/** Pause between two portions of garbage collection. */
const GARBAGE_MS = 20

/** What a commit after `close` gets. */
export function closedStore(): StoreUnavailable {
  return new StoreUnavailable('The store is closed', 1_000)
}

/** What a committer on the calling thread works with. */
export interface InlineCommitterDeps<Tx> {
  readonly writer: Writer
  /** What hooks get. */
  readonly db: Tx
  /** Called after each transaction, with the number of commits in it. */
  readonly committed: (commits: number) => void
  readonly environment: Pick<Environment, 'afterTurn' | 'setTimer'>
}

/** A committer on the calling thread: the commits of one turn of the event loop are one transaction. */
export function createInlineCommitter<Tx>(deps: InlineCommitterDeps<Tx>): Committer<Tx> {
  const { writer, db, committed, environment } = deps
  let waiting: Waiting[] = []
  let closed = false
  let cancel: (() => void) | undefined

  /** Collects garbage in small portions, with a pause for everyone else after each. */
  function collectLater(): void {
    cancel ??= environment.setTimer(
      GARBAGE_MS,
      () => {
        cancel = undefined
        try {
          if (writer.collectGarbage()) collectLater()
        } catch {
          // The rows are in no one's way; the next start deletes them.
        }
      },
      { background: true },
    )
  }

  function commitAll(batch: readonly Waiting[]): readonly Outcome[] {
    try {
      return writer.commit(batch.map(({ job }) => job))
    } catch (error) {
      // A host may have closed its connection. No caller may wait forever.
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
    // Callers continue when this turn ends; by then the watchers must have been notified.
    committed(batch.length)
    if (batch.some(({ job }) => job.writes.some(leavesRows))) collectLater()
  }

  collectLater()
  return {
    commit(writes, inside) {
      if (closed) return Promise.reject(closedStore())
      // Refused before it is called: what it does after its first `await` would be outside of every transaction.
      if (isAsync(inside)) return Promise.reject(asynchronous())
      return new Promise((resolve, reject) => {
        const run =
          inside && ((changes: readonly WholeChange[], within: Within) => refusePromise(inside(db, changes, within)))
        if (waiting.length === 0) environment.afterTurn(drain)
        waiting.push({ job: run === undefined ? { writes } : { writes, inside: run }, resolve, reject })
      })
    },
    async close() {
      closed = true
      drain()
      cancel?.()
    },
  }
}

/** Whether a write leaves rows behind that are deleted later. */
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
    // A query builder would only now be executed, by its `then`.
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
