// The sort key of a resource in SQL.

import type { BoundSort } from '../../protocol/index.ts'
import type { Binder } from './bindings.ts'
import { rowsOf } from './derived-rows.ts'
import type { SqlScope } from './scope.ts'
import { columnOf, listPath, shaped, singularValue, sourceFor } from './values.ts'

/**
 * The value by which a resource is sorted, null when it has none. Of a multi-valued attribute it is the primary value, else the
 * first. RFC 7644 §3.4.2.3, A-32.
 */
export function sortKey(sort: BoundSort | undefined, scope: SqlScope, bindings: Binder): string {
  if (sort === undefined) return 'null'
  const { target } = sort
  const { dialect } = bindings
  const { attribute, sub, leaf } = target
  const rows = rowsOf(target)
  if (rows !== undefined) {
    return `(select ${rows.value(leaf, scope, bindings)} from ${rows.from('r.k', scope, dialect)} order by e.id limit 1)`
  }
  const column = columnOf(target, scope, bindings)
  if (column !== undefined) return column
  if (!attribute.multiValued) return singularValue(target, scope, bindings)
  const value = sub === undefined ? dialect.atom('e.value') : dialect.within('e.value', sub.name)
  const primary = attribute.type === 'complex' ? `${dialect.truth(dialect.within('e.value', 'primary'))} desc, ` : ''
  const list = dialect.elements(sourceFor(leaf), listPath(target))
  return `(select ${shaped(value, leaf, dialect)} from ${list} order by ${primary}e.key limit 1)`
}
