// What the record asks of a database: statements with numbered parameters, and transactions.

/** A value that is bound, or read from a row. */
export type SqlValue = string | number | null
/** A row: its columns in order. Whole numbers may come as text. */
export type SqlRow = readonly unknown[]

/** Runs a statement with parameters like `$1`; its rows. */
export type Run = (sql: string, values: readonly SqlValue[]) => Promise<readonly SqlRow[]>

/** A database that keeps a record. */
export interface SqlDatabase {
  readonly run: Run
  /** One transaction at a time, whichever process wants it: what is numbered in it becomes visible in the order of its numbers. */
  readonly transaction: <T>(work: (run: Run) => Promise<T>) => Promise<T>
  /** What stands before the name of a table. */
  readonly prefix: string
  readonly bytes: () => Promise<number>
  readonly close: () => Promise<void>
}
