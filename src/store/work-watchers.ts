// Notifies those who wait for work in this process which queues a commit has written to.

import { checkWork, type Store, type Work, type Write } from './contract/index.ts'
import { guard, isAsync, type ReportError } from './watchers.ts'

/** The watchers of work of one store, and the commit that notifies them. */
export interface WorkWatchers<Tx> {
  readonly commit: Store<Tx>['commit']
  readonly watchWork: Work['watchWork']
}

/** The function inside a commit, with what it writes checked and noted. */
function noting<Tx>(inside: NonNullable<Parameters<Store<Tx>['commit']>[1]>, all: Write[]): typeof inside {
  const noted: typeof inside = (tx, changes, within) =>
    inside(tx, changes, {
      ...within,
      write(writes) {
        checkWork(writes)
        all.push(...writes)
        return within.write(writes)
      },
    })
  // Refused by stores that can't wait, before it has done anything.
  return isAsync(inside) ? async (...given) => noted(...given) : noted
}

/** Wraps a store's commit: refuses work that is past a limit, and calls the watchers of work once a commit is done. */
export function createWorkWatchers<Tx>(commit: Store<Tx>['commit'], report?: ReportError): WorkWatchers<Tx> {
  const watchers = new Set<{ readonly call: (queues: ReadonlySet<string>) => void }>()

  function notify(writes: readonly Write[]): void {
    const queues = new Set<string>()
    for (const write of writes) if (write.write === 'item' || write.write === 'mark') queues.add(write.item.queue)
    if (queues.size === 0) return
    for (const entry of [...watchers]) if (watchers.has(entry)) guard(() => entry.call(queues), report)
  }

  return {
    commit(writes, inside) {
      try {
        checkWork(writes)
      } catch (error) {
        return Promise.reject(error)
      }
      const all: Write[] = [...writes]
      const done = commit(writes, inside && noting(inside, all))
      if (watchers.size > 0) done.then(() => notify(all)).catch(() => {})
      return done
    },
    watchWork(watcher) {
      const entry = { call: watcher }
      watchers.add(entry)
      return () => {
        watchers.delete(entry)
      }
    },
  }
}
