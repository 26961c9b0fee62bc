import { type Attribute, isReference, type Target } from '../../protocol/index.ts'
import type { Dialect } from '../sqlite/dialect.ts'
import type { Binder } from './bindings.ts'
import { isExact, otherValue, type Place } from './values.ts'

/** `groups` and `members`, which are no part of a document: rows, as a table with the other resource as `e`. */
interface Rows {
  readonly from: (k: string, place: Place, dialect: Dialect) => string
  readonly value: (leaf: Attribute, place: Place, bindings: Binder) => string
}

const MEMBERS: Rows = {
  from: (k, { t }, { table, join, scope }) =>
    `${table('member')} x ${join} ${table('resource')} e on ${scope('e', t)}e.k = x.m and ${scope('x', t)}x.g = ${k}`,
  value: memberValue,
}

const GROUPS: Rows = {
  // Direct and nested; union and not union all, so that circles end.
  from: (k, { t }, { table, join, scope }) => `(with recursive up (g, d) as (
    select z.g, 1 from ${table('member')} z where ${scope('z', t)}z.m = ${k}
    union select z.g, 0 from up join ${table('member')} z on ${scope('z', t)}z.m = up.g
  ) select g, max(d) as d from up where g <> ${k} group by g) x
  ${join} ${table('resource')} e on ${scope('e', t)}e.k = x.g`,
  value(leaf, place, bindings) {
    if (leaf.name === 'type') return `case x.d when 1 then 'direct' else 'indirect' end`
    return otherValue('e', leaf, place, bindings)
  },
}

/** What a member shows of itself, its resource being the row `e`. */
export function memberValue(leaf: Attribute, place: Place, bindings: Binder): string {
  if (leaf.name !== 'type') return otherValue('e', leaf, place, bindings)
  const name = bindings.dialect.typeName('e')
  return isExact(leaf) ? name : bindings.dialect.lower(name)
}

/** The rows behind a target, if it is no part of a document. */
export function rowsOf(target: Target): Rows | undefined {
  const { attribute } = target
  if (target.extension !== undefined || !attribute.multiValued) return undefined
  if (attribute.name === 'members' && isReference(attribute)) return MEMBERS
  return attribute.name === 'groups' && attribute.mutability === 'readOnly' ? GROUPS : undefined
}
