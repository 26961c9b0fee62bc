// A connection to a SQLite database: how it is opened, and how statements are run on it.

import { resolve } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { ConfigError, fold, instantOf, squeezed } from '../../protocol/index.ts'
import { StoreUnavailable } from '../contract/index.ts'
import { numberOf } from '../sql/columns.ts'
import { cannotOpen } from './database-file.ts'
import { driverOf, type Prepared, type SqliteDatabase, type SqlRow, type SqlValue } from './driver.ts'

export type { SqlRow, SqlValue } from './driver.ts'

/** One connection to a database; its prepared statements are kept by their text. */
export interface Connection {
  readonly db: SqliteDatabase
  /** Its file, undefined for a database in memory. */
  readonly file: string | undefined
  /** Conditions that are always true, at which a long read can be aborted from outside. Absent where nothing aborts reads. */
  readonly pause: Pause | undefined
  readonly row: (sql: string, ...values: SqlValue[]) => SqlRow | undefined
  readonly rows: (sql: string, ...values: SqlValue[]) => readonly SqlRow[]
  /** Reads row by row; nothing may be written until the last row is read. */
  readonly each: (sql: string, ...values: SqlValue[]) => Iterable<SqlRow>
  /** Changes one row and returns it (`returning`); undefined when none was changed. */
  readonly change: (sql: string, ...values: SqlValue[]) => SqlRow | undefined
  /** Returns how many rows were changed. */
  readonly run: (sql: string, ...values: SqlValue[]) => number
  /** Inserts one row and returns its number. */
  readonly insert: (sql: string, ...values: SqlValue[]) => number
  /** Several statements at once, without values. */
  readonly exec: (sql: string) => void
  /** A number that changes when another connection has committed. */
  readonly version: () => number
  readonly isOpen: () => boolean
  readonly inTransaction: () => boolean
  /** Leaves a connection of the host open. */
  readonly close: () => void
}

/** Conditions in SQL at which a read can be aborted. */
export interface Pause {
  /** For reads of row after row of `r`. */
  readonly rows: string
  /** The same where each row takes long. */
  readonly each: string
  /** For walks along an index of values, by its column `k`. */
  readonly entries: string
}

// At about one row in 64, whatever numbers a tenant's rows have, because the check costs as much as reading a row; and at each long row.
const PAUSE: Pause = {
  rows: '(((((r.k * 2654435761) >> 7) & 63) <> 0 and octet_length(r.text) < 8192) or lockstep_going(r.k))',
  each: 'lockstep_going(r.k)',
  entries: '((k & 255) <> 0 or lockstep_going(k))',
}

/** How much memory a connection may take, and how long it waits for another one's lock. */
export interface ConnectionOptions {
  readonly cacheMib: number
  readonly busyTimeoutMs: number
  /** Called now and then during long reads; what it throws aborts them. */
  readonly check?: (() => void) | undefined
}

/** Pages of the WAL after which a commit moves it into the database; each page is 4 KiB. */
const CHECKPOINT_PAGES = 16_000
/** Statements that are kept prepared; filters make new ones all the time. */
const STATEMENTS = 400
const MEMORY = ':memory:'

/**
 * Opens an existing database file for reading and writing: WAL, every commit synced (`synchronous=FULL`). The file is not mapped into
 * memory: SQLite drops the whole mapping whenever another connection has committed, and mapping it again costs more than reading.
 * Deleted data is overwritten, so that an erased person is in no free page.
 */
export function openConnection(file: string, options: ConnectionOptions): Connection {
  const db = openFile(file, { timeout: options.busyTimeoutMs })
  db.exec(`pragma journal_mode = wal;
    pragma synchronous = full;
    pragma wal_autocheckpoint = ${CHECKPOINT_PAGES};
    pragma journal_size_limit = ${CHECKPOINT_PAGES * 4096};
    pragma mmap_size = 0;
    pragma secure_delete = on;
    pragma cache_size = ${-options.cacheMib * 1024};
    pragma temp_store = memory`)
  return createConnection(db, () => db.close(), options.check)
}

/** Opens a database file read-only: neither the file nor those beside it change. */
export function openToLook(file: string, busyTimeoutMs: number): Connection {
  const db = openFile(file, { timeout: busyTimeoutMs, readOnly: true })
  return createConnection(db, () => db.close())
}

/** Takes a connection that the host has opened. Its journal mode stays; from now on every commit is synced and deleted data overwritten. */
export function handedConnection(db: SqliteDatabase): Connection {
  db.exec('pragma synchronous = full; pragma secure_delete = on')
  return createConnection(db, () => {})
}

function createConnection(db: SqliteDatabase, close: () => void, check?: () => void): Connection {
  const driver = driverOf(db)
  driver.define('lockstep_fold', (text) => (typeof text === 'string' ? fold(text) : null))
  driver.define('lockstep_squeeze', (text) => (typeof text === 'string' ? squeezed(text) : null))
  driver.define('lockstep_instant', (text) => (typeof text === 'string' ? (instantOf(text) ?? null) : null))
  // Not deterministic, so that it is called for each row, not once for all.
  if (check !== undefined) {
    // SQLite calls it with a row only if it has a parameter.
    const going = (_row: unknown) => {
      check()
      return 1
    }
    driver.define('lockstep_going', going, 'each call')
  }

  // Two generations: a statement that is used again while the younger one fills up survives, so that the statements of rare
  // filters evict each other and not those that every request needs.
  let young = new Map<string, Prepared>()
  let old = new Map<string, Prepared>()
  function prepare(sql: string): Prepared {
    const known = young.get(sql)
    if (known !== undefined) return known
    const statement = old.get(sql) ?? driver.prepare(sql)
    if (young.size >= STATEMENTS / 2) {
      old = young
      young = new Map()
    }
    young.set(sql, statement)
    return statement
  }
  const versionStatement = driver.prepare('pragma data_version')

  return {
    db,
    file: driver.file(),
    pause: check === undefined ? undefined : PAUSE,
    row: (sql, ...values) => prepare(sql).get(...values) as SqlRow | undefined,
    change: (sql, ...values) => prepare(sql).get(...values) as SqlRow | undefined,
    rows: (sql, ...values) => prepare(sql).all(...values) as readonly SqlRow[],
    // On a statement of its own, because one that is being read cannot be started again.
    each: (sql, ...values) => driver.prepare(sql).iterate(...values) as Iterable<SqlRow>,
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    insert: (sql, ...values) => Number(prepare(sql).run(...values).lastInsertRowid),
    exec: (sql) => void db.exec(sql),
    version: () => numberOf((versionStatement.get() as SqlRow)[0]),
    isOpen: driver.isOpen,
    inTransaction: driver.inTransaction,
    close: () => {
      young.clear()
      old.clear()
      if (driver.isOpen()) close()
    },
  }
}

/** Throws ConfigError for a version of Node whose SQLite lacks what is needed here. */
function requireNode(): void {
  if ('setReturnArrays' in StatementSync.prototype) return
  throw new ConfigError('store', `needs Node 22.16 or newer for SQLite; this is ${process.versions.node}`)
}

function openFile(file: string, options: { readonly timeout: number; readonly readOnly?: boolean }): DatabaseSync {
  requireNode()
  try {
    // By default SQLite would create a missing file.
    const mode = options.readOnly === true ? 'ro' : 'rw'
    return new DatabaseSync(file === MEMORY ? file : `${pathToFileURL(resolve(file)).href}?mode=${mode}`, options)
  } catch (cause) {
    throw new ConfigError('store.file', cannotOpen(file), { cause })
  }
}

/** Result codes of SQLite that are about the state of file, disk or lock, and not about the statement. */
const OUTAGES = new Set([
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  10, // IOERR
  11, // CORRUPT
  13, // FULL
  14, // CANTOPEN
  15, // PROTOCOL
  26, // NOTADB
])

// The names that better-sqlite3 has for them, such as SQLITE_IOERR_WRITE.
const OUTAGE_NAMES = /^SQLITE_(BUSY|LOCKED|NOMEM|READONLY|IOERR|CORRUPT|FULL|CANTOPEN|PROTOCOL|NOTADB)(_|$)/

/** Whether an error comes from the state of the database and not from the statement. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('errcode' in error && typeof error.errcode === 'number') return OUTAGES.has(error.errcode & 0xff)
  return 'code' in error && typeof error.code === 'string' && OUTAGE_NAMES.test(error.code)
}

/** The error that callers get when the database cannot be used now. */
export function unavailable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error
  const why = error instanceof Error ? error.message : String(error)
  return new StoreUnavailable(`The database can't be used at the moment: ${why}`, 1_000, { cause: error })
}
