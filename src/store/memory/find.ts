// Answers queries in memory by looking at every resource.

import { compareKeys, compareText, matches, sortKey } from '../../protocol/index.ts'
import type { Page, PagePosition, Query, Weight } from '../contract/index.ts'
import { fullDocument } from '../derived.ts'
import { derivedSource, type Row, type Tenant, withGroups } from './tenant.ts'

/** Pages beyond this are heavy. */
const LIGHT = 200

/** A resource that satisfies its filter, with what it is sorted by. */
interface Match {
  readonly row: Row
  readonly id: string
  readonly key: ReturnType<typeof sortKey>
}

/** The page of a query. */
export function find(tenant: Tenant | undefined, query: Query): Page {
  const sorted = query.types.some(({ sort }) => sort !== undefined)
  const descending = query.types.some(({ sort }) => sort?.descending === true)
  const order = (a: Omit<Match, 'row'>, b: Omit<Match, 'row'>) =>
    (sorted ? compareKeys(a.key, b.key, { descending }) : 0) || compareText(a.id, b.id)
  const found = [...matchesOf(tenant, query)].sort(order)
  const { page } = query
  const after = 'after' in page ? page.after : undefined
  const from =
    after === undefined ? found : found.filter((one) => order({ key: after.key ?? null, id: after.id }, one) < 0)
  const start = 'offset' in page ? page.offset : 0
  const shown = from.slice(start, start + page.limit)
  const last = shown.at(-1)
  const next: PagePosition | undefined = last && (sorted ? { key: last.key, id: last.id } : { id: last.id })
  return {
    resources: shown.map(({ row }) => (query.groups && tenant ? withGroups(row.stored, tenant) : row.stored)),
    ...(query.total ? { total: found.length } : {}),
    ...(next !== undefined && from.length > start + page.limit ? { next } : {}),
  }
}

function* matchesOf(tenant: Tenant | undefined, query: Query): Generator<Match> {
  const source = derivedSource(tenant, query)
  for (const row of tenant?.rows.values() ?? []) {
    const type = query.types.find(({ type }) => type === row.stored.type)
    if (type === undefined) continue
    const { filter, sort } = type
    const needed = filter !== undefined || sort !== undefined
    const document = needed ? fullDocument(row.stored, filter, sort, source) : {}
    if (filter !== undefined && !matches(document, filter)) continue
    yield { row, id: row.stored.id, key: sort === undefined ? null : sortKey(document, sort) }
  }
}

/** How costly a query would be on a database, roughly: here every query looks at everything. */
export function weigh({ types, page }: Query): Weight {
  const [only] = types
  const filter = only?.filter
  const parts = filter?.op === 'and' ? filter.all : [filter]
  const bounded = parts.some((part) => part === undefined || part.op === 'eq')
  return types.length === 1 && bounded && !only?.sort && page.limit <= LIGHT ? 'light' : 'heavy'
}
