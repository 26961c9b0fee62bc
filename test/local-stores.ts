// The stores that need no server, each opened empty: memory and SQLite.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '../src/store/index.ts'
import { type SqliteOptions, sqliteStore } from '../src/store/sqlite/sqlite.ts'

/** Opens a store in memory. */
export async function openMemory() {
  const store = memoryStore()
  return { store, close: () => store.close() }
}

/** Opens SQLite without a file. */
export async function openSqliteInMemory() {
  const store = sqliteStore(':memory:')
  return { store, close: () => store.close() }
}

/** Opens SQLite on a file, which goes when it is closed. */
export const openSqliteFile = (options: SqliteOptions) => async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-'))
  const store = sqliteStore(join(folder, 'scim.db'), options)
  return {
    store,
    async close() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}
