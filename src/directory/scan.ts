// Walks over all resources of some types in the background, and writes to them while others do.

import type { Environment } from '../environment.ts'
import { Conflict, type Query, type Store, type Stored, StoreUnavailable, type Write } from '../store/index.ts'

/** Walks over all resources of some types in the background, and writes to them while others do. */
export interface Scan {
  /** All resources of these types, in chunks. */
  readonly all: (tenant: string, typeNames: readonly string[]) => AsyncIterable<readonly Stored[]>
  /** Writes what each resource needs; those that are changed or deleted meanwhile are read again. Returns how many were written. */
  readonly persist: (
    chunk: readonly Stored[],
    writeOf: (stored: Stored) => Write | undefined,
    /** Goes into each commit. */
    guard?: Write,
  ) => Promise<number>
}

const CHUNK = 500
/** Resources written in one transaction, and the longest rest after it. */
const PIECE = 100
const REST_MS = 100
/** How often a chunk is read again because another writer changes it at the same time. */
const ATTEMPTS = 20

/** Creates the way through a store. It rests as long as it works: others wait for the lock of the database meanwhile. */
export function createScan(
  store: Pick<Store, 'find' | 'get' | 'commit'>,
  environment: Pick<Environment, 'now' | 'wait'>,
): Scan {
  return {
    async *all(tenant, typeNames) {
      for (const type of typeNames) {
        let after: { id: string } | undefined
        for (;;) {
          const query: Query = {
            tenant,
            types: [{ type }],
            base: '',
            endpoints: {},
            page: { after, limit: CHUNK },
            total: false,
            groups: false,
          }
          const page = await store.find(query)
          yield page.resources
          if (page.next === undefined) break
          after = { id: page.next.id }
        }
      }
    },

    async persist(chunk, writeOf, guard) {
      let left = chunk
      let count = 0
      for (let attempt = 1; ; attempt++) {
        // Fewer each time, so that a resource that is written again and again holds up only itself.
        const size = Math.max(1, PIECE >> (attempt - 1))
        const moved: Stored[] = []
        for (let at = 0; at < left.length; at += size) {
          const piece = left.slice(at, at + size)
          const writes = piece.flatMap((stored) => writeOf(stored) ?? [])
          if (writes.length === 0) continue
          const began = environment.now()
          try {
            await store.commit(guard === undefined ? writes : [guard, ...writes])
            count += writes.length
            await environment.wait(Math.min(environment.now() - began, REST_MS))
          } catch (error) {
            const again = error instanceof Conflict && (error.reason === 'version' || error.reason === 'missing')
            if (!again || error.what === 'tenant') throw error
            moved.push(...piece)
          }
        }
        if (moved.length === 0) return count
        if (attempt === ATTEMPTS) {
          const message = `others change ${moved.length} resources that are to be changed, again and again`
          throw new StoreUnavailable(message, 1_000, { busy: true })
        }
        const read = await Promise.all(moved.map((stored) => store.get(stored)))
        left = read.filter((stored) => stored !== undefined)
      }
    },
  }
}
