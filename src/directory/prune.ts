// Shortens the log of a tenant: old lines go, once they have been written elsewhere if that is wanted.

import { type Change, Conflict, type PathChange, type Store, type Write } from '../store/index.ts'
import type { DirectoryDeps } from './context.ts'
import { changesFrom } from './log-begin.ts'

/** Lines read, written elsewhere, and cut in one transaction. */
const CHUNK = 1_000

/** The item that says when the logs of all tenants are shortened next: it is due then. */
export const PRUNED_DAILY = { tenant: '', queue: 'log-pruning', key: 'daily' } as const

/** What is to be cut, and where to. */
export interface PruneOptions {
  /** Lines from before this time are cut, in milliseconds since 1970. */
  readonly before: number
  /** Who had it done, for the note in the log. */
  readonly actor: string
  /** Called with the lines of each cut before they are gone. What it throws ends the cutting. */
  readonly keep?: ((lines: readonly Change[]) => Promise<void>) | undefined
  readonly signal?: AbortSignal | undefined
}

/** What was cut. */
export interface Pruned {
  readonly tenant: string
  readonly lines: number
  /** The first place that is still there, or will be the next one. */
  readonly begins: number
  /** The reader of the log that has not come far enough for more to be cut; absent when none was in the way. */
  readonly heldBy?: string
}

/** Shortens logs. */
export interface Pruning {
  /**
   * Cuts the lines of a tenant's log from before a time, from the first one on, and never past a reader. Each chunk is complete by itself:
   * if interrupted, run it again to resume. If lines were cut, a note says how many.
   */
  pruneLog(tenant: string, options: PruneOptions): Promise<Pruned>
}

/** Creates what shortens logs. */
export function createPruning<Tx>(deps: Pick<DirectoryDeps<Tx>, 'store' | 'environment'>): Pruning {
  const { store, environment } = deps
  return {
    async pruneLog(tenant, options) {
      const { begins = 1 } = (await store.tenant(tenant)) ?? {}
      const progress: Progress = { place: begins - 1, lines: 0 }
      const note = async () => {
        const { lines, place } = progress
        if (lines === 0) return
        await store.commit([noteOf(tenant, options.actor, lines, place, environment.now()), scrub(tenant)])
      }
      try {
        await cutOld(store, tenant, options, progress)
      } catch (error) {
        // What is gone is noted all the same; the first error says why it ended.
        await note().catch(() => {})
        throw error
      }
      await note()
      const { lines, place, heldBy } = progress
      return { tenant, lines, begins: place + 1, ...(heldBy === undefined ? {} : { heldBy }) }
    },
  }
}

/** How far a log has been cut. */
interface Progress {
  place: number
  lines: number
  heldBy?: string
}

/** Cuts chunk after chunk. */
async function cutOld(
  store: Store,
  tenant: string,
  { before, keep, signal }: PruneOptions,
  progress: Progress,
): Promise<void> {
  while (progress.heldBy === undefined) {
    signal?.throwIfAborted()
    // Another process may be cutting, too.
    const found = await changesFrom(store, tenant, progress.place, CHUNK)
    const young = found.findIndex(({ at }) => at >= before)
    let old = young < 0 ? found : found.slice(0, young)
    const slowest = (await store.cursors(tenant)).toSorted((a, b) => a.place - b.place)[0]
    if (slowest !== undefined && slowest.place < (old.at(-1)?.place ?? 0)) {
      progress.heldBy = slowest.reader
      old = old.filter((line) => line.place <= slowest.place)
    }
    const last = old.at(-1)
    if (last === undefined) return
    await keep?.(old)
    try {
      await store.commit([{ write: 'trim', tenant, upTo: last.place }])
    } catch (error) {
      // A reader went back just now.
      if (!(error instanceof Conflict && error.reason === 'reader')) throw error
      progress.heldBy = error.what
      return
    }
    progress.place = last.place
    progress.lines += old.length
    if (old.length < CHUNK) return
  }
}

function noteOf(tenant: string, actor: string, lines: number, upTo: number, at: number): Write {
  const paths: PathChange[] = [
    { path: 'verb', new: 'log pruned' },
    { path: 'lines', new: lines },
    { path: 'upTo', new: upTo },
  ]
  return { write: 'note', ref: { tenant, type: 'Tenant', id: tenant }, at, log: { actor, paths } }
}

/** What was cut leaves the files of the store soon after. */
function scrub(tenant: string): Write {
  return { write: 'amend', tenant, lines: [] }
}
