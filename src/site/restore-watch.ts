// Notices that a SQLite database is older than what its hub has done: that a backup was restored.

import { readFile, rename, writeFile } from 'node:fs/promises'
import { isObject } from '../protocol/index.ts'
import { Conflict, type Store } from '../store/index.ts'

/** Counts what the hub does, in the database and in a file beside it. A restored backup has counted less than the file. */
export interface RestoreWatch {
  /** Whether the database is older than the file says, or came without the file it had. */
  readonly isRestored: () => Promise<boolean>
  /** Counts on: after something was sent. */
  readonly count: () => Promise<void>
}

const ITEM = { tenant: '', queue: 'hub/restores', key: 'count' } as const
/** Attempts while other processes count too. */
const TRIES = 20

/** Where the count of a database is kept beside it. */
export function countFileOf(database: string): string {
  return `${database}.hub`
}

/** Watches a database by a file. `report`: called with what kept the file from being written; without it, a restore is not noticed. */
export function watchRestores(
  store: Pick<Store, 'items' | 'commit'>,
  file: string,
  report: (error: unknown) => void,
): RestoreWatch {
  // Only once it was written: a folder that can't be written must not look like a restore at each start.
  let isKept = false
  let isReported = false
  return {
    async isRestored() {
      // In this order: another process may count on meanwhile, first in the database.
      const inFile = await readCountFile(file)
      const { count, kept } = await readCount(store)
      isKept = inFile !== undefined
      if (inFile === undefined) return kept
      return inFile > count
    },
    async count() {
      const now = await countOn(store, isKept)
      try {
        const part = `${file}.${now}`
        await writeFile(part, `${now}\n`, { mode: 0o600 })
        await rename(part, file)
        isKept = true
      } catch (error) {
        if (!isReported) report(error)
        isReported = true
        isKept = false
      }
    },
  }
}

/** Adds one to the count in the database. The file never gets ahead of it. */
async function countOn(store: Pick<Store, 'items' | 'commit'>, kept: boolean): Promise<number> {
  for (let tries = 1; ; tries++) {
    const [item] = await store.items(ITEM.tenant, ITEM.queue, { keys: [ITEM.key] })
    const count = countIn(item?.value) + 1
    const only = item === undefined ? { ifAbsent: true } : { ifValue: item.value }
    try {
      await store.commit([{ write: 'item', item: ITEM, set: { value: { count, kept } }, ...only }])
      return count
    } catch (error) {
      if (!(error instanceof Conflict) || tries === TRIES) throw error
    }
  }
}

async function readCount(store: Pick<Store, 'items'>): Promise<{ readonly count: number; readonly kept: boolean }> {
  const [item] = await store.items(ITEM.tenant, ITEM.queue, { keys: [ITEM.key] })
  return { count: countIn(item?.value), kept: isObject(item?.value) && item.value.kept === true }
}

function countIn(value: unknown): number {
  return isObject(value) && typeof value.count === 'number' ? value.count : 0
}

async function readCountFile(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  const count = Number(text?.trim() || Number.NaN)
  return Number.isSafeInteger(count) ? count : undefined
}
