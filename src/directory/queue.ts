import { unavailable } from '../protocol/index.ts'
import { Conflict, type Ref } from '../store/index.ts'
import { createLanes } from './lane.ts'
import { missing } from './missing.ts'

/** Lets many write one resource at a time without losing anything or anybody. */
export interface Queue {
  /** Work that rests on the version it has read: one after the other, and anew whenever somebody else was quicker. */
  inTurn<T>(ref: Ref, work: () => Promise<T>): Promise<T>
  /** Work that rests on no version (edits of members): beside everything else, as long as nobody else starves by it. */
  freely<T>(ref: Ref, work: () => Promise<T>): Promise<T>
}

/** How often a write is computed anew when somebody else was quicker; writers in this process queue up and seldom need it. */
const ATTEMPTS = 8
/** After so many attempts in vain those who need no turn have to take one too. */
const PATIENCE = 2

/** Makes the queue of a process. Other processes and threads are seen by their versions only. */
export function createQueue(): Queue {
  const lanes = createLanes()
  /** Resources with a writer that has lost to others again and again. */
  const pressed = new Set<string>()

  async function attempt<T>(ref: Ref, key: string, work: () => Promise<T>): Promise<T> {
    try {
      for (let count = 1; ; count++) {
        try {
          return await work()
        } catch (error) {
          if (!(error instanceof Conflict)) throw error
          // What is missing may also be another resource that was to be changed along with this one.
          if (error.reason === 'missing' && error.what === ref.id) throw missing(ref)
          if (count === ATTEMPTS) throw unavailable(1)
          if (count === PATIENCE) pressed.add(key)
          if (count > PATIENCE) await new Promise((resolve) => setTimeout(resolve, 2 ** count))
        }
      }
    } finally {
      pressed.delete(key)
    }
  }

  function inTurn<T>(ref: Ref, work: () => Promise<T>): Promise<T> {
    const key = `${ref.tenant} ${ref.id}`
    return lanes(key, () => attempt(ref, key, work))
  }

  return {
    inTurn,
    async freely(ref, work) {
      if (pressed.has(`${ref.tenant} ${ref.id}`)) return inTurn(ref, work)
      try {
        return await work()
      } catch (error) {
        // It rested on a version after all, or the resource went while it was at it.
        if (error instanceof Conflict) return inTurn(ref, work)
        throw error
      }
    },
  }
}
