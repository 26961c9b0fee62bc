// Values on their way into statements, and columns on their way out.

/** What goes into a statement. */
export type Value = string | number | boolean | null | readonly (string | number | boolean | null)[]
/** One row: its columns in order. */
export type Row = readonly (string | number | boolean | null)[]

/** A statement and what goes into it. */
export type Statement = readonly [sql: string, ...values: Value[]]

const BOOL = 16
const NUMBERS: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701, 1700])

/** How the driver reads columns. Our numbers are below 2^53. JSON stays text: most of it is sent out as it came in. */
export const COLUMN_TYPES = {
  getTypeParser: (oid: number): ((text: string) => unknown) =>
    NUMBERS.has(oid) ? Number : oid === BOOL ? (text) => text === 't' : (text) => text,
}
