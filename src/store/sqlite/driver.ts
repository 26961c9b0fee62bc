// One interface to node:sqlite and better-sqlite3.

import type { DatabaseSync } from 'node:sqlite'

/** A value that is bound to a statement or read from a row. */
export type SqlValue = string | number | null
/** One row: its columns in order. */
export type SqlRow = readonly SqlValue[]

/** The part of better-sqlite3's `Database` that is used here. */
export interface BetterSqlite3 {
  readonly open: boolean
  readonly inTransaction: boolean
  /** The file, or `:memory:`. */
  readonly name: string
  readonly memory: boolean
  prepare(sql: string): BetterStatement
  exec(sql: string): unknown
  function(
    name: string,
    options: { readonly deterministic?: boolean },
    call: (...values: unknown[]) => unknown,
  ): unknown
}

interface BetterStatement {
  /** Whether it returns rows. */
  readonly reader: boolean
  raw(is: boolean): BetterStatement
  safeIntegers(are: boolean): BetterStatement
  get(...values: unknown[]): unknown
  all(...values: unknown[]): unknown[]
  iterate(...values: unknown[]): IterableIterator<unknown>
  run(...values: unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint }
}

/** An open connection of either library. */
export type SqliteDatabase = DatabaseSync | BetterSqlite3

/** A statement whose rows are lists of columns. */
export interface Prepared {
  get(...values: SqlValue[]): unknown
  all(...values: SqlValue[]): unknown
  iterate(...values: SqlValue[]): Iterable<unknown>
  run(...values: SqlValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint }
}

/** What both libraries can do, in one form. */
export interface Driver {
  readonly prepare: (sql: string) => Prepared
  /** Defines an SQL function of one value; unless called at `each call`, its result may be reused for the same value. */
  readonly define: (name: string, call: (value: unknown) => SqlValue, again?: 'each call') => void
  readonly isOpen: () => boolean
  readonly inTransaction: () => boolean
  /** Its file, undefined for a database in memory. */
  readonly file: () => string | undefined
}

/** The driver for a connection of either library. */
export function driverOf(db: SqliteDatabase): Driver {
  return 'inTransaction' in db ? better(db) : node(db)
}

/** Both libraries count the parameters to know how many values the function takes. */
function ofOne(call: (value: unknown) => SqlValue): (value: unknown) => SqlValue {
  return (value) => call(value)
}

function node(db: DatabaseSync): Driver {
  return {
    prepare(sql) {
      const statement = db.prepare(sql)
      statement.setReturnArrays(true)
      // The host may have set another default for its statements.
      statement.setReadBigInts(false)
      return takesNumbered(db) ? statement : byNumber(statement as Steps, sql)
    },
    define: (name, call, again) => db.function(name, { deterministic: again === undefined }, ofOne(call)),
    isOpen: () => db.isOpen,
    inTransaction: () => db.isTransaction,
    file: () => db.location() ?? undefined,
  }
}

function better(db: BetterSqlite3): Driver {
  return {
    prepare: (sql) => betterStatement(db, sql),
    define: (name, call, again) => db.function(name, { deterministic: again === undefined }, ofOne(call)),
    isOpen: () => db.open,
    inTransaction: () => db.inTransaction,
    file: () => (db.memory ? undefined : db.name),
  }
}

function betterStatement(db: BetterSqlite3, sql: string): Prepared {
  const statement = db.prepare(sql)
  if (statement.reader) statement.raw(true)
  statement.safeIntegers(false)
  return byNumber(statement, sql)
}

/** Whether numbered parameters can be bound in order; early versions of Node 22 cannot. */
function takesNumbered(db: DatabaseSync): boolean {
  numberedByOrder ??= (() => {
    try {
      return db.prepare('select ?1 as one').get(1) !== undefined
    } catch {
      return false
    }
  })()
  return numberedByOrder
}

/** The same for all connections of a process. */
let numberedByOrder: boolean | undefined

/** The functions that the statements of both libraries have. */
interface Steps {
  get(...values: unknown[]): unknown
  all(...values: unknown[]): unknown
  iterate(...values: unknown[]): Iterable<unknown>
  run(...values: unknown[]): ReturnType<Prepared['run']>
}

/** A statement whose numbered parameters (?1) can only be bound by name, in one object; the others are bound in order. */
function byNumber(statement: Steps, sql: string): Prepared {
  const numbered = [...new Set([...sql.matchAll(/\?(\d+)/g)].map((match) => Number(match[1])))]
  if (numbered.length === 0) return statement
  const named = new Set(numbered)
  const bound = (values: readonly SqlValue[]): unknown[] => [
    Object.fromEntries(numbered.map((n) => [n, values[n - 1]])),
    ...values.filter((_, at) => !named.has(at + 1)),
  ]
  return {
    get: (...values) => statement.get(...bound(values)),
    all: (...values) => statement.all(...bound(values)),
    iterate: (...values) => statement.iterate(...bound(values)),
    run: (...values) => statement.run(...bound(values)),
  }
}
