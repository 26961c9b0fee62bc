// Commits lists of writes in memory, one after the other.

import {
  type Affected,
  type Store,
  StoreUnavailable,
  type WholeChange,
  type Write,
  type Written,
} from '../contract/index.ts'
import { mixesTenants, tenantOf } from '../rules.ts'
import { isThenable, type Watchers } from '../watchers.ts'
import { createWithin } from './within.ts'
import { applyWrite, type Tenants } from './write.ts'

/** Commits, and runs other work in between. */
export interface Committer {
  readonly commit: Store<undefined>['commit']
  /** Runs work after all commits that were called before, and before those that are called later. */
  readonly inOrder: <T>(work: () => T | Promise<T>) => Promise<T>
  readonly close: () => void
}

/** A list of writes that was carried out and can be taken back. */
interface Applied {
  readonly written: readonly Written[]
  readonly changes: readonly WholeChange[]
  readonly affected: readonly Affected[]
  readonly undo: () => void
}

/** Creates the committer of a store. */
export function createCommitter(tenants: Tenants, watchers: Watchers, now: () => number): Committer {
  let queue: Promise<unknown> = Promise.resolve()
  let closed = false

  function inOrder<T>(work: () => T | Promise<T>): Promise<T> {
    const run = queue.then(work)
    queue = run.catch(() => {})
    return run
  }

  async function commit(...[writes, inside]: Parameters<Committer['commit']>): Promise<readonly Written[]> {
    if (closed) throw new StoreUnavailable('The store is closed', 1_000)
    const mixed = mixesTenants(writes)
    if (mixed !== undefined) throw mixed
    let done: Applied | undefined = apply(tenants, writes, now())
    if (inside === undefined) return settle(done)
    const { changes } = done
    const all: Write[] = [...writes]
    const name = writes[0] === undefined ? '' : tenantOf(writes[0])
    /** Carries everything out for a moment where it has been taken back. */
    const see = <T>(read: () => T): T => {
      if (done !== undefined) return read()
      const again = apply(tenants, all, now())
      try {
        return read()
      } finally {
        again.undo()
      }
    }
    const within = createWithin({
      see: (read) => see(() => read(name === '' ? tenants.everywhere : tenants.named.get(name))),
      write(more) {
        if (done === undefined) {
          apply(tenants, [...all, ...more], now()).undo()
        } else {
          const { undo, ...first } = done
          const second = apply(tenants, more, now())
          const undoAll = () => {
            second.undo()
            undo()
          }
          done = { ...first, undo: undoAll }
        }
        all.push(...more)
      },
      now,
    })
    let pending: void | Promise<void>
    try {
      pending = inside(undefined, changes, within)
    } catch (error) {
      done.undo()
      throw error
    }
    if (!isThenable(pending)) return settle(done)
    // What is not decided yet must not be visible. Commits take turns, so that the result is the same again.
    done.undo()
    done = undefined
    await pending
    const { written, affected } = apply(tenants, all, now())
    return settle({ written: written.slice(0, writes.length), affected })
  }

  function settle({ written, affected }: Pick<Applied, 'written' | 'affected'>): readonly Written[] {
    // Before the next read: whatever a watcher does cannot change the commit.
    watchers.notify(affected)
    return written
  }

  return {
    commit: (writes, inside) => inOrder(() => commit(writes, inside)),
    inOrder,
    close() {
      closed = true
    },
  }
}

/** Carries out the writes one by one; when one fails, takes back those before it. */
function apply(tenants: Tenants, writes: readonly Write[], now: number): Applied {
  const undos: (() => void)[] = []
  const changes: WholeChange[] = []
  const affected: Affected[] = []
  const undo = () => {
    for (const one of undos.toReversed()) one()
  }
  try {
    const written = writes.map((write, at) => applyWrite(tenants, write, at, now, { undos, changes, affected }))
    return { written, changes, affected, undo }
  } catch (error) {
    undo()
    throw error
  }
}
