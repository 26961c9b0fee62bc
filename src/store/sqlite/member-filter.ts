// Compiles a filter on the members of a group.

import type { BoundFilter } from '../../protocol/index.ts'
import { createBindings } from '../sql/bindings.ts'
import { memberValue } from '../sql/derived-rows.ts'
import { onElement } from '../sql/filter.ts'
import type { SqlScope } from '../sql/scope.ts'
import type { SqlValue } from './connection.ts'
import { sqlite } from './dialect.ts'
import type { Dictionary } from './dictionary.ts'

/** Compiles a filter on `members` to a condition on the rows of one group; the member's resource is `e`. */
export function compileMembers(
  filter: BoundFilter,
  dictionary: Dictionary,
): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const bindings = createBindings<SqlValue>(sqlite)
  const scope: SqlScope = {
    tenant: '0',
    type: '0',
    typeName: '',
    base: '',
    endpoints: {},
    path: () => undefined,
    typeKey: dictionary.type,
  }
  const inner = filter.op === 'has' ? filter.filter : filter
  return { sql: onElement(inner, (leaf) => memberValue(leaf, scope, bindings), bindings), values: bindings.values }
}
