import { Conflict, type Ref, type Store, StoreUnavailable } from '../store/index.ts'
import { createLanes } from './lanes.ts'
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
/** After so many attempts in vain those who need no turn have to take one too, and all of them one that other processes heed. */
const PATIENCE = 2
/** How often somebody else may be quicker who has taken no such turn yet. */
const ATTEMPTS_IN_TURN = 24
/** For how long writers of a resource take their turn at once after one of them had to. */
const CROWDED_MS = 2_000
/** Resources of which that is kept. */
const MOST_CROWDED = 1_000

/** Makes the queue of a process. Other processes and threads are seen by their versions, and in the turns of the store where it has such. */
export function createQueue({ runExclusive }: Pick<Store<never>, 'runExclusive'>): Queue {
  const lanes = createLanes()
  /** Resources with a writer that has lost to others again and again. */
  const pressed = new Set<string>()
  /** Until when writers of a resource take the store's turn at once. */
  const crowded = new Map<string, number>()

  /** Tries until nobody else was quicker; undefined when that was often enough. */
  async function attempt<T>(
    ref: Ref,
    work: () => Promise<T>,
    attempts: number,
  ): Promise<{ readonly done: T } | undefined> {
    for (let count = 1; count <= attempts; count++) {
      try {
        return { done: await work() }
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        // What is missing may also be another resource that was to be changed along with this one.
        if (error.reason === 'missing' && error.what === ref.id) throw missing(ref)
      }
      if (count < attempts) await new Promise((resolve) => setTimeout(resolve, 2 ** Math.min(count, ATTEMPTS)))
    }
    return undefined
  }

  async function inLane<T>(ref: Ref, key: string, work: () => Promise<T>): Promise<T> {
    const until = crowded.get(key) ?? 0
    const alone = runExclusive !== undefined && until > Date.now()
    const first = alone ? undefined : await attempt(ref, work, PATIENCE)
    if (first !== undefined) {
      if (until > 0) crowded.delete(key)
      return first.done
    }
    pressed.add(key)
    try {
      let found: { readonly done: T } | undefined
      if (runExclusive === undefined) {
        found = await attempt(ref, work, ATTEMPTS - PATIENCE)
      } else {
        if (crowded.size >= MOST_CROWDED) crowded.clear()
        crowded.set(key, Date.now() + CROWDED_MS)
        found = await runExclusive(ref, () => attempt(ref, work, ATTEMPTS_IN_TURN))
      }
      if (found !== undefined) return found.done
    } finally {
      pressed.delete(key)
    }
    const message = `${ref.type} ${ref.id} is changed by too many at the same time; others were quicker again and again`
    throw new StoreUnavailable(message, 1_000, { busy: true })
  }

  function inTurn<T>(ref: Ref, work: () => Promise<T>): Promise<T> {
    const key = `${ref.tenant} ${ref.id}`
    return lanes(key, () => inLane(ref, key, work))
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
