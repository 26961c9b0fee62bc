// Reads by id: all of one turn of the event loop together, at its end.

import type { Environment } from '../../environment.ts'
import { createTurnBatch } from '../../per-turn.ts'
import type { Ref, Store, Stored } from '../contract/index.ts'
import type { Reads } from './read.ts'

interface Wanted {
  readonly ref: Ref
  readonly groups: boolean
  readonly resolve: (stored: Stored | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Creates `get` of a store whose reads in one turn are as of one moment. `now` runs a read. */
export function createBatchedGet(
  reads: Reads,
  now: <T>(read: () => T) => T,
  { afterTurn }: Pick<Environment, 'afterTurn'>,
): Store['get'] {
  const wanted = createTurnBatch<Wanted>((all) => {
    for (const { ref, groups, resolve, reject } of all) {
      try {
        resolve(now(() => reads.get(ref, groups)))
      } catch (error) {
        reject(error)
      }
    }
  }, afterTurn)
  return (ref, options) =>
    new Promise((resolve, reject) => {
      wanted.add({ ref, groups: options?.groups === true, resolve, reject })
    })
}
