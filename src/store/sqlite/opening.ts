import { realpathSync, statSync } from 'node:fs'
import { ConfigError } from '../../protocol/index.ts'
import { type Connection, type ConnectionOptions, handedConnection, openConnection, openToLook } from './connection.ts'
import { type Identity, identityOf, keepPrivate, readyFile, walOf } from './database-file.ts'
import type { SqliteDatabase } from './driver.ts'
import { isOwn, migrate, requireOurs } from './migrate.ts'

/** The database of a store, open. */
export interface Opened {
  /** Its file, or `:memory:`. */
  readonly file: string
  readonly connection: Connection
  /** One more connection, to read as of one moment however long it takes; absent where there can be no other. */
  readonly another?: () => Connection
  /** Whether it is still the file that was opened, and its log on disk. */
  readonly identity: Identity
}

/** How a file is opened. */
export interface OpeningOptions {
  /** Of the connection that is kept. */
  readonly connection: ConnectionOptions
  /** Of those that are opened for long reads. */
  readonly another: ConnectionOptions
  /** The tables of an app may stand beside ours. */
  readonly shared: boolean
  /** Somebody else has made the tables, and sees to them. */
  readonly ready: boolean
}

const MEMORY = ':memory:'
/** Of a database that has no file. */
const NONE: Identity = { require() {}, sync: undefined, close() {} }

/** Opens a file, or makes it, and brings its tables up to date. Throws ConfigError for one that is not ours, or damaged. */
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

/** Takes a connection of the host, and brings the tables up to date beside those of the host. */
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
    // Two libraries on one file in one process don't see each other's locks; and without a log, who reads holds up who writes.
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
 * Looks into a file before anything in it changes. To open a damaged file for writing may already move its log into it and delete
 * the log, which could have helped to mend it.
 */
function lookInto(file: string, { shared, connection: { busyTimeoutMs } }: OpeningOptions): void {
  const connection = openToLook(file, busyTimeoutMs)
  try {
    if (!shared) requireOurs(connection, file)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    // What can't be looked into without writing is seen when it is opened.
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
