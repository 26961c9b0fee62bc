import type { ScimError } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import { COMMITS, DONE, SEALED, STOP } from './messages.ts'
import { overTime } from './over-time.ts'

/**
 * Lets a thread be stopped from outside. The main thread names the call that is to stop in a word that both see, and the
 * thread looks at it wherever it could go on for long. What is handed to the writer is waited for: from then on the answer counts.
 */
export interface Guard {
  /** The call that the thread is at work on from now on. */
  readonly enter: (call: { readonly id: number; readonly method: string; readonly path: string }) => void
  /** It is answered, or its answer has begun. */
  readonly leave: () => void
  /** Throws when the present call is to stop. Cheap: one look at shared memory. */
  readonly check: () => void
  /** Whether nothing has been handed to the writer that is still to be answered. */
  readonly reads: () => boolean
  /** The same store, looked at from here: each call of it is a place to stop, and commits are counted. */
  readonly watch: (store: Store) => Store
}

/** Makes the guard of a thread. */
export function createGuard(words: Int32Array, seconds: number): Guard {
  let present: { readonly id: number; readonly method: string; readonly path: string } | undefined

  function stopped(): ScimError {
    return overTime(present?.method ?? '', present?.path ?? '', seconds, Atomics.load(words, DONE))
  }

  function check(): void {
    if (present !== undefined && Atomics.load(words, STOP) === present.id) throw stopped()
  }

  /** One more commit is under way. Never begins when the main thread has sealed this one, since nobody would hear of it. */
  function begin(): void {
    check()
    for (;;) {
      const under = Atomics.load(words, COMMITS)
      if (under === SEALED) throw stopped()
      if (Atomics.compareExchange(words, COMMITS, under, under + 1) === under) return
    }
  }

  return {
    enter(call) {
      present = call
      Atomics.store(words, DONE, 0)
    },
    leave() {
      present = undefined
    },
    check,
    reads: () => Atomics.load(words, COMMITS) === 0,
    watch(store) {
      const checked =
        <Given extends unknown[], Result>(work: (...given: Given) => Promise<Result>) =>
        (...given: Given): Promise<Result> => {
          check()
          return work(...given).catch((error) => {
            // What was given up in the database fails there, and is told as what it is.
            check()
            throw error
          })
        }
      return {
        ...store,
        get: checked(store.get),
        secret: checked(store.secret),
        find: checked(store.find),
        names: checked(store.names),
        membersAmong: checked(store.membersAmong),
        memberCount: checked(store.memberCount),
        holders: checked(store.holders),
        async commit(writes, inside) {
          begin()
          try {
            const written = await store.commit(writes, inside)
            Atomics.add(words, DONE, 1)
            return written
          } finally {
            Atomics.sub(words, COMMITS, 1)
          }
        },
      }
    },
  }
}
