import type { BoundFilter } from '../../protocol/index.ts'
import { createBindings } from './bindings.ts'
import type { SqlValue } from './connection.ts'
import { onElement } from './filter.ts'
import type { Names } from './names.ts'
import { memberValue } from './other-rows.ts'

/** A filter on `members` for the rows of one group, `e` being the member's resource. */
export function compileMembers(
  filter: BoundFilter,
  names: Names,
): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const bindings = createBindings()
  const unknown = { t: '0', y: '0', typeName: '', base: '', endpoints: {}, path: () => undefined, typeKey: names.type }
  const inner = filter.op === 'has' ? filter.filter : filter
  return { sql: onElement(inner, (leaf) => memberValue(leaf, unknown, bindings), bindings), values: bindings.values }
}

/** The ids that a filter on `members` names, when no other member can satisfy it. */
export function idsNamed(filter: BoundFilter): readonly string[] | undefined {
  if (filter.op === 'eq') {
    return filter.target.leaf.name === 'value' && typeof filter.value === 'string' ? [filter.value] : undefined
  }
  if (filter.op === 'has') return idsNamed(filter.filter)
  if (filter.op === 'and') {
    for (const one of filter.all) {
      const ids = idsNamed(one)
      if (ids !== undefined) return ids
    }
    return undefined
  }
  if (filter.op === 'or') {
    const ids: string[] = []
    for (const one of filter.all) {
      const some = idsNamed(one)
      if (some === undefined) return undefined
      ids.push(...some)
    }
    return [...new Set(ids)]
  }
  return undefined
}
