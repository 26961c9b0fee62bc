// Collects the values of a statement while its text is written.

import type { Dialect } from './dialect.ts'

/** What can be bound to a parameter. */
export type BoundValue = string | number | boolean | null

/** Takes the values of a statement while it is written, in one database's dialect. */
export interface Binder {
  readonly dialect: Dialect
  /** Binds one more value and returns its parameter. */
  readonly bind: (value: BoundValue) => string
}

/** Values of a statement, numbered in the order in which they were bound. */
export interface Bindings<Value = BoundValue> extends Binder {
  readonly values: Value[]
}

/** Creates an empty list of values for one statement. `Value` is what the database's driver takes. */
export function createBindings<Value = BoundValue>(dialect: Dialect): Bindings<Value> {
  const values: Value[] = []
  return {
    dialect,
    values,
    bind(value) {
      values.push(dialect.value(value) as Value)
      return dialect.parameter(values.length, value)
    },
  }
}
