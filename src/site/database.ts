// Opens the database that the settings name, for a whole process or for a thread beside it.

import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { ConfigError } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import type { Interrupt } from '../store/postgres/postgres.ts'
import { makeFolder } from './folder.ts'
import { reasonOf } from './reason.ts'
import { SETTINGS, type Settings } from './settings.ts'

/** The settings that name a database. */
export type DatabaseSettings = Pick<Settings, 'database' | 'postgres'>

/** An open database. */
export interface Database {
  readonly store: Store
  /** Opens a channel from a thread to the one writer of a SQLite file. Absent if threads can't share the database, or need no writer. */
  readonly writerPort?: () => MessagePort
  /** The node of a cluster that holds a tenant, as far as it is known. */
  readonly nodeOf?: (tenant: string) => string | undefined
  /** The state of the connections to a PostgreSQL database. */
  readonly pool?: { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number }
  /** Cancels statements of a thread on PostgreSQL. */
  readonly interrupt?: Interrupt
}

/** How a process opens a database. */
export interface OpenOptions {
  /** Called with the number of commits that shared a transaction. */
  readonly batch?: (commits: number) => void
  /** On SQLite: called when the thread that writes has ended by itself. */
  readonly died?: (cause: Error) => void
  /** On SQLite: writes in a thread of its own, so that commits don't block this one. */
  readonly threads?: boolean
  /** Whether to make a missing database, or the tables of an empty one. Default true; otherwise that is refused. */
  readonly create?: boolean
}

/** How a thread opens the database of its process. */
export interface ThreadOptions {
  /** On SQLite: the channel to the writer of the process. */
  readonly port: MessagePort | undefined
  /** On SQLite: asks for another channel once the writer has ended. */
  readonly nextPort: () => Promise<MessagePort>
  /** Runs within long reads; an error that it throws ends them. */
  readonly check: () => void
  /** How long a request of the thread may take, in seconds. */
  readonly seconds: number
}

/** Connections of a thread to PostgreSQL: one for its request, one to poll for changes, one spare for a cluster node that hangs. */
const THREAD_CONNECTIONS = 3
/** Shortest time limit for a statement in a thread, in milliseconds: writes may wait for locks. */
const STATEMENT_MS = 30_000

/** Opens the database that the settings name, and brings its tables up to date. Throws {@link ConfigError}. */
export async function openDatabase(settings: DatabaseSettings, options: OpenOptions = {}): Promise<Database> {
  const { database, postgres } = settings
  const { batch = () => undefined, died = () => undefined, threads = false, create = true } = options
  try {
    if (postgres !== undefined) {
      const { postgresStore } = await import('../store/postgres/postgres.ts')
      const store = await postgresStore({ ...postgres, batch, create })
      return { store, pool: store.pool, nodeOf: store.nodeOf }
    }
    if (database !== ':memory:') await prepareFile(database, create)
    const { sqliteStore } = await import('../store/sqlite/sqlite.ts')
    // A database in memory belongs to one thread.
    if (database === ':memory:' || !threads) return { store: sqliteStore(database, { batch }) }
    const store = sqliteStore(database, { threads, batch, died })
    return { store, writerPort: () => store.writerPort() }
  } catch (error) {
    throw wrongDatabase(database, error)
  }
}

/** Opens the same database in a thread beside the one that serves. */
export async function openInThread(
  { database, postgres }: DatabaseSettings,
  { port, nextPort, check, seconds }: ThreadOptions,
): Promise<Database> {
  if (postgres !== undefined) {
    const { postgresStore } = await import('../store/postgres/postgres.ts')
    // The thread polls for changes; the connection that listens belongs to the main thread.
    const statementTimeoutMs = Math.max(STATEMENT_MS, (seconds + 1) * 1_000)
    const store = await postgresStore({
      ...postgres,
      connections: THREAD_CONNECTIONS,
      listen: false,
      statementTimeoutMs,
    })
    return { store, interrupt: store.interrupt }
  }
  const { sqliteStore } = await import('../store/sqlite/sqlite.ts')
  let first = port
  const writer = () => {
    const given = first
    first = undefined
    return given ?? nextPort()
  }
  return { store: sqliteStore(database, port === undefined ? { check } : { writer, check }) }
}

async function prepareFile(file: string, create: boolean): Promise<void> {
  const there = statSync(file, { throwIfNoEntry: false })
  if (there?.isDirectory()) throw new ConfigError(SETTINGS.database.flag, `${file} is a folder; name a file in it`)
  if (there !== undefined) return
  if (!create) {
    const how = 'start the server once (lockstep serve), or name another file'
    throw new ConfigError(SETTINGS.database.flag, `There is no database ${file}; ${how}`)
  }
  // Personal data: no other user of the machine needs to read it.
  await makeFolder(dirname(file))
}

/** Says that a database can't be opened, and why. */
export function wrongDatabase(database: string, cause: unknown): ConfigError {
  // An error that says all of this already.
  if (cause instanceof ConfigError && cause.option === SETTINGS.database.flag) return cause
  const why =
    cause instanceof ConfigError && cause.cause === undefined
      ? cause.message.slice(`${cause.option}: `.length)
      : `${unreadFile(database, cause)}${reasonOf(cause)}`
  return new ConfigError(SETTINGS.database.flag, `The database ${database} can't be opened: ${why}`, { cause })
}

/** Parameters of a PostgreSQL URL that name a file. */
const FILES = ['sslrootcert', 'sslcert', 'sslkey'] as const

/** Names the certificate, key or password file that can't be read, with its parameter; empty for any other error. */
function unreadFile(database: string, cause: unknown): string {
  if (!database.startsWith('postgres')) return ''
  for (let one = cause; one instanceof Error; one = one.cause) {
    if (!('path' in one) || typeof one.path !== 'string') continue
    const { path } = one
    const { searchParams } = new URL(database)
    const parameter = FILES.find((name) => searchParams.get(name) === path)
    return parameter === undefined ? `${path}: ` : `${parameter} ${path}: `
  }
  return ''
}
