// Queues writes of one resource, and repeats those that lost to another writer.

import type { Environment } from '../environment.ts'
import { Conflict, type Ref, type Store, StoreUnavailable } from '../store/index.ts'
import { createKeyedMutex } from './keyed-mutex.ts'
import { missing } from './missing.ts'

/** Lets many write one resource at the same time without losing a write. */
export interface Queue {
  /** Work that depends on the version it has read: one after the other, and repeated when another writer was faster. */
  inTurn<T>(ref: Ref, work: () => Promise<T>): Promise<T>
  /** Work that depends on no version (edits of members): beside everything else, unless another writer would starve. */
  freely<T>(ref: Ref, work: () => Promise<T>): Promise<T>
}

/** How often a write is computed again after losing to another writer; writers in this process queue up and seldom need it. */
const ATTEMPTS = 8
/** After so many failed attempts all writers of the resource queue up, across processes too. */
const PATIENCE = 2
/** How often a write may still lose to writers that have not queued up yet. */
const ATTEMPTS_IN_TURN = 24
/** For how long writers of a resource queue up across processes at once after one of them had to. */
const CROWDED_MS = 2_000
/** Resources for which that is remembered. */
const MOST_CROWDED = 1_000

/** Creates the queue of a process. Writes of other processes show in versions, and are kept apart by `runExclusive` of stores that have it. */
export function createQueue(
  { runExclusive }: Pick<Store<never>, 'runExclusive'>,
  { now, wait }: Pick<Environment, 'now' | 'wait'>,
): Queue {
  const lanes = createKeyedMutex()
  /** Resources with a writer that has lost too often. */
  const pressed = new Set<string>()
  /** Until when writers of a resource run exclusively from the start. */
  const crowded = new Map<string, number>()

  /** Tries until no other writer was faster; undefined after the last attempt. */
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
        // What is missing may also be another resource of the same commit.
        if (error.reason === 'missing' && error.what === ref.id) throw missing(ref)
      }
      if (count < attempts) await wait(2 ** Math.min(count, ATTEMPTS))
    }
    return undefined
  }

  async function inLane<T>(ref: Ref, key: string, work: () => Promise<T>): Promise<T> {
    const until = crowded.get(key) ?? 0
    const alone = runExclusive !== undefined && until > now()
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
        crowded.set(key, now() + CROWDED_MS)
        found = await runExclusive(ref, () => attempt(ref, work, ATTEMPTS_IN_TURN))
      }
      if (found !== undefined) return found.done
    } finally {
      pressed.delete(key)
    }
    const message = `${ref.type} ${ref.id} is being changed by too many writers at the same time; try again`
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
        // It depended on a version after all, or the resource was deleted meanwhile.
        if (error instanceof Conflict) return inTurn(ref, work)
        throw error
      }
    },
  }
}
