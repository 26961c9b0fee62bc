// A database of an app, as the table adapter uses it: transactions of plain statements.

/** A value that a statement takes. */
export type SqlValue = string | number | boolean | null

/** A row, by the names of its columns. */
export type Row = { readonly [column: string]: unknown }

/** What a statement gives. */
export interface SqlResult {
  readonly rows: readonly Row[]
  /** Rows that it found or changed. */
  readonly count: number
}

/** Runs one statement. Its text has `?` for each value. */
export type Query = (text: string, values: readonly SqlValue[]) => Promise<SqlResult>

/** Connections to a database. */
export interface SqlDatabase {
  /** Runs statements in one transaction: all of them count, or none. One that only reads keeps nobody from writing. Throws AppError. */
  transaction<T>(mode: 'read' | 'write', signal: AbortSignal, run: (query: Query) => Promise<T>): Promise<T>
  /** A value for a boolean column. */
  readonly boolean: (value: boolean) => SqlValue
  /** The present moment, in SQL. */
  readonly now: string
  close(): Promise<void>
}

/** A name in a statement. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The name of a table in a statement, with that of its schema. */
export function quotedTable(table: string): string {
  return table.split('.').map(quoted).join('.')
}
