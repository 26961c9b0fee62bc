// The databases that tests of embedding run on: memory, SQLite, and PostgreSQL in its project.

import { memoryStore, type Store } from '../../src/store/index.ts'
import { sqliteStore } from '../../src/store/sqlite/sqlite.ts'
import { emptyPlace, onPostgres } from '../database-under-test.ts'

/** A database of a test's own: its store, and how to end it. */
export interface Opened {
  readonly store: Store
  /** Opens it once more, as another process would; absent where no other process can. */
  readonly again?: () => Promise<Store>
  readonly end: () => Promise<void>
}

async function openPlace(): Promise<Opened> {
  const place = await emptyPlace()
  const store = await place.open()
  return {
    store,
    again: place.open,
    async end() {
      await store.close()
      await place.remove()
    },
  }
}

async function opened(store: Store): Promise<Opened> {
  return { store, end: () => store.close() }
}

/** Opens a store in memory, for what is the same on every database. */
export const inMemory = () => opened(memoryStore())

/** Each database by its name, and how to open an empty one. */
export const DATABASES: readonly (readonly [name: string, open: () => Promise<Opened>])[] = onPostgres
  ? [['PostgreSQL', openPlace]]
  : [
      ['memory', inMemory],
      ['SQLite in memory', () => opened(sqliteStore(':memory:') as Store)],
      ['SQLite', openPlace],
    ]
