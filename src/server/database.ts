import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type SqliteStore, sqliteStore } from '../store/sqlite.ts'
import { type Settings, wrongDatabase } from './settings.ts'

/** Opens the database that the settings name, made when it isn't there. `batch` is told how many commits shared a transaction. */
export async function openDatabase({ database }: Settings, batch: (commits: number) => void): Promise<SqliteStore> {
  try {
    // A database in memory belongs to one thread.
    if (database === ':memory:') return sqliteStore(database, { batch })
    // Personal data: nobody else on the machine needs to look into it.
    await mkdir(dirname(database), { recursive: true, mode: 0o700 })
    return sqliteStore(database, { threads: true, batch })
  } catch (error) {
    throw wrongDatabase(database, error)
  }
}
