// Stops what an offload thread is doing, from outside, by words of shared memory.

import type { ScimError } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import { COMMITS, DONE, SEALED, STOP } from './messages.ts'
import { overTime } from './over-time.ts'

/**
 * Lets a thread be stopped from outside. The main thread writes the number of the call that is to stop into a word of shared memory, and
 * the thread checks it wherever work could take long. A commit that the writer has received is waited for: from then on its result counts.
 */
export interface Guard {
  /** Begins a call. */
  readonly enter: (call: { readonly id: number; readonly method: string; readonly path: string }) => void
  /** Ends the call: it is answered, or its answer has begun. */
  readonly leave: () => void
  /** Throws if the present call is to stop. Cheap: one read of shared memory. */
  readonly check: () => void
  /** Whether no commit is in flight. */
  readonly reads: () => boolean
  /** The same store, where each call is a place to stop, and commits are counted. */
  readonly watch: (store: Store) => Store
}

/** Creates the guard of a thread. */
export function createGuard(words: Int32Array, seconds: number): Guard {
  let present: { readonly id: number; readonly method: string; readonly path: string } | undefined

  function stopped(): ScimError {
    return overTime(present?.method ?? '', present?.path ?? '', seconds, Atomics.load(words, DONE))
  }

  function check(): void {
    if (present !== undefined && Atomics.load(words, STOP) === present.id) throw stopped()
  }

  /** Counts one more commit in flight. Throws if the main thread has sealed this thread: the result would be lost. */
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
            // A statement cancelled in the database fails there; the error must say that the call was stopped.
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
        memberPage: checked(store.memberPage),
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
