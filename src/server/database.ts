import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { ConfigError } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import { makeFolder } from './folder.ts'
import { SETTINGS, type Settings, wrongDatabase } from './settings.ts'

/** An open database. */
export interface Database {
  readonly store: Store
  /** Gives threads a way to the one writer of a SQLite file. Absent where threads can't share the database, or need none. */
  readonly writerPort?: () => MessagePort
  /** The node of a cluster that a tenant lives on, as far as it is known. */
  readonly nodeOf?: (tenant: string) => string | undefined
  /** How the connections of a PostgreSQL database are doing. */
  readonly pool?: { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number }
}

/** How a database is opened. */
export interface OpenOptions {
  /** Told how many commits shared a transaction. */
  readonly batch?: (commits: number) => void
  /** On SQLite: told why the thread that writes has ended by itself. */
  readonly died?: (cause: Error) => void
  /** On SQLite: a thread of its own writes, so that commits don't hold up this one. */
  readonly threads?: boolean
  /** An empty database is made, or given its tables, when there is none; else that is refused. */
  readonly create?: boolean
}

/** Opens the database that the settings name, and brings its tables up to date. */
export async function openDatabase(settings: Settings, options: OpenOptions = {}): Promise<Database> {
  const { database, postgres } = settings
  const { batch = () => undefined, died = () => undefined, threads = false, create = true } = options
  try {
    if (postgres !== undefined) {
      const { postgresStore } = await import('../store/postgres/postgres.ts')
      const store = await postgresStore({ ...postgres, batch, create })
      return { store, pool: store.pool, nodeOf: store.nodeOf }
    }
    const there = database === ':memory:' ? undefined : statSync(database, { throwIfNoEntry: false })
    if (there?.isDirectory())
      throw new ConfigError(SETTINGS.database.flag, `${database} is a folder; name a file in it`)
    if (database !== ':memory:' && there === undefined) {
      if (!create) throw noDatabase(database)
      // Personal data: nobody else on the machine needs to look into it.
      await makeFolder(dirname(database))
    }
    const { sqliteStore } = await import('../store/sqlite/sqlite.ts')
    // A database in memory belongs to one thread.
    if (database === ':memory:' || !threads) return { store: sqliteStore(database, { batch }) }
    const store = sqliteStore(database, { threads, batch, died })
    return { store, writerPort: () => store.writerPort() }
  } catch (error) {
    throw wrongDatabase(database, error)
  }
}

function noDatabase(database: string): ConfigError {
  const how = 'start the server once (lockstep serve), or name another file'
  return new ConfigError(SETTINGS.database.flag, `There is no database ${database}; ${how}`)
}
