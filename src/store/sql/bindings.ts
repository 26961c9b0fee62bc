import type { SqlValue } from '../sqlite/connection.ts'
import { type Dialect, sqlite } from '../sqlite/dialect.ts'

/** Takes the values of a statement while it is written, and knows for which database it is. */
export interface Binder {
  readonly dialect: Dialect
  /** Binds one more and gives its parameter. */
  readonly bind: (value: string | number | boolean | null) => string
}

/** Values of a statement, numbered in the order in which they were bound. */
export interface Bindings<Value = SqlValue> extends Binder {
  readonly values: Value[]
}

/** Makes an empty list of values for one statement of SQLite. */
export function createBindings(): Bindings {
  const values: SqlValue[] = []
  return { ...binder(sqlite, values as (SqlValue | boolean)[]), values }
}

/** Makes an empty list of values for one statement of another database. */
export function createBindingsFor(dialect: Dialect): Bindings<SqlValue | boolean> {
  const values: (SqlValue | boolean)[] = []
  return { ...binder(dialect, values), values }
}

function binder(dialect: Dialect, values: (SqlValue | boolean)[]): Binder {
  return {
    dialect,
    bind(value) {
      values.push(dialect.value(value))
      return dialect.parameter(values.length, value)
    },
  }
}
