// The app's connection: one statement at a time, on SQLite at once and on PostgreSQL as a promise.

import type { Soon } from '../rows.ts'

/** A value that a column holds. On SQLite booleans are 0 and 1, and there is no `Date`. */
export type SqlValue = string | number | bigint | boolean | null | Date | Uint8Array

/** As much of a SQLite connection as is used: `DatabaseSync` of `node:sqlite`, or `Database` of better-sqlite3. */
export interface SqliteConnection {
  prepare(sql: string): {
    all(...values: never[]): readonly unknown[]
    run(...values: never[]): { readonly changes: number | bigint }
  }
}

/** As much of a PostgreSQL connection as is used: a `Pool` or a `PoolClient` of `pg`. */
export interface PostgresConnection {
  query(query: { readonly text: string; readonly values?: readonly unknown[] }): Promise<{
    readonly rows: readonly unknown[]
    readonly rowCount: number | null
  }>
}

/** The app's connection or pool, or the connection of a transaction. */
export type SqlConnection = SqliteConnection | PostgresConnection

/** A row by the names of its columns. */
export type SqlRow = { readonly [column: string]: unknown }

/** SQL under construction: `bind` adds a value and gives its place in the text. Values are bound in the order of the text. */
export interface Statement {
  readonly dialect: 'sqlite' | 'postgres'
  readonly values: SqlValue[]
  readonly bind: (value: SqlValue) => string
}

/** Begins a statement for a connection. */
export function statementFor(db: SqlConnection): Statement {
  const dialect = 'prepare' in db ? 'sqlite' : 'postgres'
  const values: SqlValue[] = []
  const bind = (value: SqlValue) => {
    values.push(dialect === 'sqlite' && typeof value === 'boolean' ? Number(value) : value)
    return dialect === 'sqlite' ? '?' : `$${values.length}`
  }
  return { dialect, values, bind }
}

/** The rows that a query gives. */
export function rowsOf(db: SqlConnection, text: string, values: readonly SqlValue[]): Soon<readonly SqlRow[]> {
  if ('prepare' in db) return db.prepare(text).all(...(values as never[])) as readonly SqlRow[]
  return db.query({ text, values }).then(({ rows }) => rows as readonly SqlRow[])
}

/** How many rows a statement changed. */
export function changesOf(db: SqlConnection, text: string, values: readonly SqlValue[]): Soon<number> {
  if ('prepare' in db) return Number(db.prepare(text).run(...(values as never[])).changes)
  return db.query({ text, values }).then(({ rowCount }) => rowCount ?? 0)
}
