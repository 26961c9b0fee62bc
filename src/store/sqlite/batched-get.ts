import { createTurnBatch } from '../../per-turn.ts'
import type { Ref, Store, Stored } from '../contract/index.ts'
import type { Reads } from './read.ts'

interface Wanted {
  readonly ref: Ref
  readonly groups: boolean
  readonly resolve: (stored: Stored | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Makes the reading by id of a store whose reads in one turn are as of one moment. `atOnce` is how it reads. */
export function createBatchedGet(reads: Reads, atOnce: <T>(read: () => T) => T): Store['get'] {
  const wanted = createTurnBatch<Wanted>((all) => {
    for (const { ref, groups, resolve, reject } of all) {
      try {
        resolve(atOnce(() => reads.get(ref, groups)))
      } catch (error) {
        reject(error)
      }
    }
  })
  return (ref, asked) =>
    new Promise((resolve, reject) => {
      wanted.add({ ref, groups: asked?.groups === true, resolve, reject })
    })
}
