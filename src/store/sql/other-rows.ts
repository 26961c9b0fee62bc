import { type Attribute, isReference, type Target } from '../../protocol/index.ts'
import type { Bindings } from './bindings.ts'
import { isExact, otherValue, type Place } from './values.ts'

/** `groups` and `members`, which are no part of a document: rows, as a table with the other resource as `e`. */
interface Rows {
  readonly from: (k: string) => string
  readonly value: (leaf: Attribute, place: Place, bindings: Bindings) => string
}

const MEMBERS: Rows = {
  from: (k) => `member x cross join resource e on e.k = x.m and x.g = ${k}`,
  value: memberValue,
}

const GROUPS: Rows = {
  // Direct and nested; union and not union all, so that circles end.
  from: (k) => `(with recursive up (g, d) as (
    select g, 1 from member where m = ${k} union select z.g, 0 from up join member z on z.m = up.g
  ) select g, max(d) as d from up where g <> ${k} group by g) x cross join resource e on e.k = x.g`,
  value(leaf, place, bindings) {
    if (leaf.name === 'type') return `case x.d when 1 then 'direct' else 'indirect' end`
    return otherValue('e', leaf, place, bindings)
  },
}

/** What a member shows of itself, its resource being the row `e`. */
export function memberValue(leaf: Attribute, place: Place, bindings: Bindings): string {
  if (leaf.name !== 'type') return otherValue('e', leaf, place, bindings)
  const name = '(select name from type where type.y = e.y)'
  return isExact(leaf) ? name : `lower(${name})`
}

/** The rows behind a target, if it is no part of a document. */
export function rowsOf(target: Target): Rows | undefined {
  const { attribute } = target
  if (target.extension !== undefined || !attribute.multiValued) return undefined
  if (attribute.name === 'members' && isReference(attribute)) return MEMBERS
  return attribute.name === 'groups' && attribute.mutability === 'readOnly' ? GROUPS : undefined
}
