import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { ConfigError, fold, instantOf, squeezed } from '../../protocol/index.ts'
import { StoreUnavailable } from '../contract.ts'

/** What goes into a statement and comes out of a row. */
export type SqlValue = string | number | null
/** One row: its columns in order. */
export type SqlRow = readonly SqlValue[]

/** One connection to a database file, with its prepared statements kept by their text. */
export interface Connection {
  readonly db: DatabaseSync
  /** A condition that is always true, for what reads row after row of `r`: there it can be stopped from outside. Absent where nobody would. */
  readonly pause: string | undefined
  readonly row: (sql: string, ...values: SqlValue[]) => SqlRow | undefined
  readonly rows: (sql: string, ...values: SqlValue[]) => readonly SqlRow[]
  /** Changes one row and reads it, by `returning`; undefined when none was changed. */
  readonly change: (sql: string, ...values: SqlValue[]) => SqlRow | undefined
  /** How many rows were changed. */
  readonly run: (sql: string, ...values: SqlValue[]) => number
  /** Inserts one row and says its number. */
  readonly insert: (sql: string, ...values: SqlValue[]) => number
  /** A number that changes when another connection has committed. */
  readonly version: () => number
  readonly close: () => void
}

/** How much memory a connection may take, and how long it waits for another one's lock. */
export interface ConnectionOptions {
  readonly cacheMib: number
  readonly busyTimeoutMs: number
  /** Called now and then in the midst of long reads; what it throws ends them. */
  readonly check?: () => void
}

/** Pages of the WAL after which a commit moves it into the database; each page is 4 KiB. */
const CHECKPOINT_PAGES = 16_000
/** Statements kept prepared; filters make ever new ones. */
const STATEMENTS = 400

/**
 * Opens a database file for reading and writing: WAL, every commit synced (`synchronous=FULL`). The file is not mapped into memory:
 * SQLite takes the whole mapping down whenever another connection has committed, and mapping it anew costs more than reading.
 */
export function openConnection(file: string, options: ConnectionOptions): Connection {
  const db = openFile(file, options.busyTimeoutMs)
  db.exec(`pragma journal_mode = wal;
    pragma synchronous = full;
    pragma wal_autocheckpoint = ${CHECKPOINT_PAGES};
    pragma journal_size_limit = ${CHECKPOINT_PAGES * 4096};
    pragma mmap_size = 0;
    pragma cache_size = ${-options.cacheMib * 1024};
    pragma temp_store = memory`)
  db.function('fold', { deterministic: true }, (text) => (typeof text === 'string' ? fold(text) : null))
  db.function('squeeze', { deterministic: true }, (text) => (typeof text === 'string' ? squeezed(text) : null))
  db.function('instant', { deterministic: true }, (text) =>
    typeof text === 'string' ? (instantOf(text) ?? null) : null,
  )

  const { check } = options
  // Not deterministic, so that it is asked for each row, not once for all.
  if (check !== undefined) {
    db.function('going', () => {
      check()
      return 1
    })
  }

  // Two generations: what is used again while the younger one fills up lives on, so that ever new filters push out each
  // other and not what every request needs.
  let young = new Map<string, StatementSync>()
  let old = new Map<string, StatementSync>()
  function prepare(sql: string): StatementSync {
    const known = young.get(sql)
    if (known !== undefined) return known
    let statement = old.get(sql)
    if (statement === undefined) {
      statement = db.prepare(sql)
      statement.setReturnArrays(true)
    }
    if (young.size >= STATEMENTS / 2) {
      old = young
      young = new Map()
    }
    young.set(sql, statement)
    return statement
  }
  const versionStatement = db.prepare('pragma data_version')
  versionStatement.setReturnArrays(true)

  // With setReturnArrays a row is an array of its columns, which the types of node:sqlite can't say.
  return {
    db,
    // About one row in 64, whatever numbers a tenant's rows have, for asking costs as much as reading a row; and each long one.
    pause:
      check === undefined
        ? undefined
        : '(((((r.k * 2654435761) >> 7) & 63) <> 0 and octet_length(r.text) < 8192) or going())',
    row: (sql, ...values) => prepare(sql).get(...values) as unknown as SqlRow | undefined,
    change: (sql, ...values) => prepare(sql).get(...values) as unknown as SqlRow | undefined,
    rows: (sql, ...values) => prepare(sql).all(...values) as unknown as readonly SqlRow[],
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    insert: (sql, ...values) => Number(prepare(sql).run(...values).lastInsertRowid),
    version: () => numberOf((versionStatement.get() as unknown as SqlRow)[0]),
    close: () => {
      young.clear()
      old.clear()
      if (db.isOpen) db.close()
    },
  }
}

function openFile(file: string, timeout: number): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout })
  } catch (cause) {
    const expected = `${file} can't be opened; its folder must exist, and this process must be allowed to write in it`
    throw new ConfigError('store.file', expected, { cause })
  }
}

/** A column that holds text. */
export function textOf(value: SqlValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`expected text in a column, found ${typeof value}`)
  return value
}

/** A column that holds a number. */
export function numberOf(value: SqlValue | undefined): number {
  if (typeof value !== 'number') throw new TypeError(`expected a number in a column, found ${typeof value}`)
  return value
}

/** Result codes of SQLite that say nothing about what was asked, only about the state of file, disk or lock. */
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

/** Whether an error came from the state of the database, not from what was asked of it. */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    OUTAGES.has(error.errcode & 0xff)
  )
}

/** What callers get when the database can't do anything now. */
export function unavailable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error
  const why = error instanceof Error ? error.message : String(error)
  return new StoreUnavailable(`the database can't be used at the moment: ${why}`, 1_000, { cause: error })
}
