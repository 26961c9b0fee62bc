// Separates the edits of members, which stores keep as rows, from the rest.

import { type Allowances, STRICT } from './allowances.ts'
import type { BoundFilter } from './bound.ts'
import type { AttributeEdit, Edit } from './edit.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { pathOf } from './merge.ts'

/**
 * A change to a list whose elements are kept as rows and never loaded as a whole: the members of a group. Elements are
 * as the client gave them, in normal form: `{value, type?, $ref?}`.
 */
export type RowEdit =
  | { readonly edit: 'add' | 'set'; readonly values: readonly Json[] }
  /** By `value`; strangers among them are ignored. */
  | { readonly edit: 'remove'; readonly ids: readonly string[] }
  | { readonly edit: 'removeWhere'; readonly filter: BoundFilter }
  | { readonly edit: 'clear' }
  /**
   * Elements that the filter selects (all, without one) are to have these sub-attributes; null unassigns. As they are
   * immutable, that is 400 mutability unless they are so already (P-390). Where none is selected, `otherwise` is added
   * without it the answer is 400 noTarget, or nothing at all for a removal.
   */
  | {
      readonly edit: 'alter'
      readonly op: 'add' | 'replace' | 'remove'
      readonly filter?: BoundFilter
      readonly part: JsonObject
      readonly otherwise?: JsonObject
      /** For messages: without the values of the filter. */
      readonly path: string
    }

/**
 * Takes the edits of one attribute out of a list of edits, for a store that keeps its elements as rows. Both lists keep
 * their order; they touch different data. RFC 7644 §3.5.2.
 */
export function splitEdits(
  edits: readonly Edit[],
  name: string,
  allow: Pick<Allowances, 'createOnFilteredReplace'> = STRICT,
): { readonly rest: readonly Edit[]; readonly rows: readonly RowEdit[] } {
  const rest: Edit[] = []
  const rows: RowEdit[] = []
  for (const edit of edits) {
    const { target } = edit
    if (target === undefined || target.extension !== undefined || target.attribute.name !== name) rest.push(edit)
    else rows.push(...rowEdits(edit, allow.createOnFilteredReplace))
  }
  return { rest, rows }
}

function rowEdits(edit: AttributeEdit, create: boolean): readonly RowEdit[] {
  const { op, filter, value } = edit
  const { sub } = edit.target
  if (op === 'expect') return []
  if (filter === undefined && sub === undefined) {
    const values = Array.isArray(value) ? (value as readonly Json[]) : []
    if (op === 'add') return values.length === 0 ? [] : [{ edit: 'add', values }]
    if (op === 'replace') return [{ edit: 'set', values }]
    if (value === undefined) return [{ edit: 'clear' }]
    const ids = values.flatMap(idOf)
    return ids.length === 0 ? [] : [{ edit: 'remove', ids }]
  }
  if (op === 'remove' && sub === undefined && filter !== undefined) {
    const ids = idsIn(filter)
    return [ids === undefined ? { edit: 'removeWhere', filter } : { edit: 'remove', ids }]
  }
  const part: JsonObject =
    sub !== undefined ? { [sub.name]: op === 'remove' ? null : (value ?? null) } : objectOf(value)
  const otherwise = op === 'add' || (op === 'replace' && create) ? elementFrom(edit.made, part) : undefined
  return [
    {
      edit: 'alter',
      op,
      ...(filter === undefined ? {} : { filter }),
      part,
      ...(otherwise === undefined ? {} : { otherwise }),
      path: pathOf(edit),
    },
  ]
}

/** The ids that a filter selects, if that is all it does: `value eq "…"`, or several of them joined by `or`. */
function idsIn(filter: BoundFilter): readonly string[] | undefined {
  if (filter.op === 'or') {
    const all = filter.all.map(idsIn)
    return all.every((ids) => ids !== undefined) ? all.flat() : undefined
  }
  const isId = filter.op === 'eq' && filter.target.sub?.name === 'value' && filter.target.sub.caseExact
  return isId && typeof filter.value === 'string' ? [filter.value] : undefined
}

/** What the filter describes and the value adds; where they contradict each other there is no such element. */
function elementFrom(made: JsonObject | undefined, part: JsonObject): JsonObject | undefined {
  if (made === undefined) return undefined
  for (const name in made) {
    const given = part[name]
    if (given !== undefined && given !== null && given !== made[name]) return undefined
  }
  const given = Object.entries(part).filter(([, value]) => value !== null)
  return { ...Object.fromEntries(given), ...made }
}

function idOf(value: Json): readonly string[] {
  const id = objectOf(value).value
  return typeof id === 'string' ? [id] : []
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

/** The ids (`value`) that a filter on rows names, when no other row can satisfy it; those it names need not satisfy it. */
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
