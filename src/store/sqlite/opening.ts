// Opens the database of a store: a file, or a connection of the host.

import { realpathSync, statSync } from 'node:fs'
import { ConfigError } from '../../protocol/index.ts'
import { type Connection, type ConnectionOptions, handedConnection, openConnection, openToLook } from './connection.ts'
import { type Identity, identityOf, keepPrivate, readyFile, walOf } from './database-file.ts'
import type { SqliteDatabase } from './driver.ts'
import { isOwn, migrate, requireOurs } from './migrate.ts'

/** An open database. */
export interface Opened {
  /** Its file, or `:memory:`. */
  readonly file: string
  readonly connection: Connection
  /** Opens one more connection, for long reads as of one moment; absent where there can be only one. */
  readonly another?: () => Connection
  /** Checks that it is still the file that was opened, and syncs its WAL. */
  readonly identity: Identity
}

/** How a file is opened. */
export interface OpeningOptions {
  /** For the connection of the store. */
  readonly connection: ConnectionOptions
  /** For connections that are opened for long reads. */
  readonly another: ConnectionOptions
  /** Whether the file may hold tables of an app too. */
  readonly shared: boolean
  /** Whether another connection has created the tables and keeps them up to date. */
  readonly ready: boolean
}

const MEMORY = ':memory:'
/** For a database without a file. */
const NONE: Identity = { require() {}, sync: undefined, close() {} }

/** Opens or creates a file and brings its tables up to date. Throws ConfigError for a file of another program, or a damaged one. */
export function openFile(file: string, options: OpeningOptions): Opened {
  if (file === MEMORY) {
    const connection = openConnection(file, options.connection)
    migrate(connection, options)
    return { file, connection, identity: NONE }
  }
  if (!options.ready) {
    readyFile(file)
    if (statSync(file).size > 0) lookInto(file, options)
  }
  const connection = openConnection(file, options.connection)
  if (!options.ready) {
    try {
      migrate(connection, options)
      if (isOwn(connection)) keepPrivate(file)
    } catch (error) {
      connection.close()
      throw error
    }
  }
  const identity = identityOf(file)
  return {
    file,
    connection,
    another() {
      identity.require()
      return openConnection(file, options.another)
    },
    identity,
  }
}

/** Takes a connection of the host and brings Lockstep's tables up to date, beside those of the host. */
export function openHanded(db: SqliteDatabase, another: ConnectionOptions): Opened {
  const connection = handedConnection(db)
  migrate(connection, { shared: true })
  const { file } = connection
  if (file === undefined) return { file: MEMORY, connection, identity: NONE }
  const identity = identityOf(file)
  const wal = connection.row('pragma journal_mode')?.[0] === 'wal'
  return {
    file,
    connection,
    identity,
    // Two libraries in one process don't see each other's locks on a file; and without a WAL, readers block writers.
    ...('inTransaction' in db || !wal
      ? {}
      : {
          another() {
            identity.require()
            return openToLook(file, another.busyTimeoutMs)
          },
        }),
  }
}

/**
 * Checks a file before anything in it changes. Opening a damaged file for writing may move its WAL into it and delete the WAL, which
 * could have helped to repair it.
 */
function lookInto(file: string, { shared, connection: { busyTimeoutMs } }: OpeningOptions): void {
  const connection = openToLook(file, busyTimeoutMs)
  try {
    if (!shared) requireOurs(connection, file)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    // What cannot be checked without writing shows when the file is opened.
    if (!isDamage(error)) return
    const log = walOf(realpathSync(file))
    const kept = statSync(log, { throwIfNoEntry: false }) === undefined ? '' : `; its log ${log} was left as it is`
    const why = error instanceof Error ? error.message : String(error)
    const expected = `${file} is damaged, or not an SQLite database (${why}), and was not touched${kept}. Restore it from a backup, or name another file`
    throw new ConfigError('store.file', expected, { cause: error })
  } finally {
    connection.close()
  }
}

const CORRUPT = 11
const NOTADB = 26

function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
  return code === CORRUPT || code === NOTADB
}
