// Values that no document contains: the groups of a member and the members of a group, as rows.

import { type Attribute, isReference, type Target } from '../../protocol/index.ts'
import type { Binder } from './bindings.ts'
import type { Dialect } from './dialect.ts'
import type { SqlScope } from './scope.ts'
import { isExact, otherValue } from './values.ts'

/** The rows of `groups` or `members`, as a table in which the other resource is `e`. */
interface Rows {
  readonly from: (row: string, scope: SqlScope, dialect: Dialect) => string
  readonly value: (leaf: Attribute, scope: SqlScope, bindings: Binder) => string
}

const MEMBERS: Rows = {
  from: (row, { tenant }, { table, join, ofTenant }) =>
    `${table('member')} x ${join} ${table('resource')} e on ${ofTenant('e', tenant)}e.k = x.m and ${ofTenant('x', tenant)}x.g = ${row}`,
  value: memberValue,
}

const GROUPS: Rows = {
  from(row, { tenant }, dialect) {
    const { table, join, ofTenant, groupsAtHand } = dialect
    const groups = groupsAtHand?.(row) ?? groupNumbers(row, tenant, dialect)
    return `${groups} ${join} ${table('resource')} e on ${ofTenant('e', tenant)}e.k = x.g`
  },
  value(leaf, scope, bindings) {
    if (leaf.name === 'type') return `case x.d when 1 then 'direct' else 'indirect' end`
    return otherValue('e', leaf, scope, bindings)
  },
}

/** The groups of a row by number, direct (`d` is 1) and nested: a table `x (g, d)`. `union` rather than `union all`, so that circles end. */
export function groupNumbers(row: string, tenant: string, { table, ofTenant }: Dialect): string {
  return `(with recursive up (g, d) as (
    select z.g, 1 from ${table('member')} z where ${ofTenant('z', tenant)}z.m = ${row}
    union select z.g, 0 from up join ${table('member')} z on ${ofTenant('z', tenant)}z.m = up.g
  ) select g, max(d) as d from up where g <> ${row} group by g) x`
}

/** What a member shows of itself; its resource is the row `e`. */
export function memberValue(leaf: Attribute, scope: SqlScope, bindings: Binder): string {
  if (leaf.name !== 'type') return otherValue('e', leaf, scope, bindings)
  const name = bindings.dialect.typeName('e')
  return isExact(leaf) ? name : bindings.dialect.lower(name)
}

/** The rows behind a target that no document contains. */
export function rowsOf(target: Target): Rows | undefined {
  const { attribute } = target
  if (target.extension !== undefined || !attribute.multiValued) return undefined
  if (attribute.name === 'members' && isReference(attribute)) return MEMBERS
  return attribute.name === 'groups' && attribute.mutability === 'readOnly' ? GROUPS : undefined
}
