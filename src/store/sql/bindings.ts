import type { SqlValue } from './connection.ts'
import { sqlite as dialect } from './dialect.ts'

/** Values of a statement, numbered in the order in which they were bound. */
export interface Bindings {
  readonly values: SqlValue[]
  /** Binds one more and gives its parameter. */
  readonly bind: (value: string | number | boolean | null) => string
}

/** Makes an empty list of values for one statement. */
export function createBindings(): Bindings {
  const values: SqlValue[] = []
  return {
    values,
    bind(value) {
      values.push(typeof value === 'boolean' ? Number(value) : value)
      return dialect.parameter(values.length)
    },
  }
}
