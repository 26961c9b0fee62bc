// The order of a page over several types, and where the page after another one begins.

import type { PagePosition, Query } from '../contract/index.ts'
import type { Binder } from './bindings.ts'

/** The order of rows with an id and a sort key. */
export interface PageOrder {
  /** By id alone unless sorted. */
  readonly sorted: boolean
  readonly descending: boolean
  /** The sort key in SQL. */
  readonly key: string
}

/** The order that a query asks for. */
export function orderOf(types: Query['types'], key: string): PageOrder {
  return {
    sorted: types.some(({ sort }) => sort !== undefined),
    descending: types.some(({ sort }) => sort?.descending === true),
    key,
  }
}

/** The terms of `order by`: resources without a key come last ascending and first descending; ties by id. A-32. */
export function orderTerms({ sorted, descending, key }: PageOrder): string {
  const direction = descending ? 'desc' : 'asc'
  return sorted ? `(s is null) ${direction}, ${key} ${direction}, id` : 'id'
}

/** A condition for what comes after the position where the last page ended, in the same order. */
export function beyond(after: PagePosition, { sorted, descending, key }: PageOrder, { bind }: Binder): string {
  const id = bind(after.id)
  if (!sorted) return `id > ${id}`
  if (after.key === null || after.key === undefined) {
    return descending ? `((s is null and id > ${id}) or s is not null)` : `(s is null and id > ${id})`
  }
  const last = bind(after.key)
  const same = `(${key} = ${last} and id > ${id})`
  return descending ? `(${key} < ${last} or ${same})` : `(${key} > ${last} or ${same} or s is null)`
}
