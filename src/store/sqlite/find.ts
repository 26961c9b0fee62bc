// Runs queries on one connection, and judges beforehand how costly they are.

import type { Membership, Page, Query, Weight } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import { isLong, LIGHT, planQuery, weighQuery } from '../sql/plan.ts'
import type { SqlRow } from './connection.ts'
import { storedOf } from './rows.ts'
import { count, draftFor, type FindDeps, type Found, few, findMany, gather, type Part, scan, walk } from './ways.ts'

/** Runs queries, and judges beforehand how costly they are. */
export interface Finds {
  readonly find: (query: Query) => Page
  readonly weigh: (query: Query) => Weight
}

/** A tenant with so few resources is read through in a moment, whatever the query. */
const SMALL = 300

const NO_GROUPS: readonly Membership[] = []

/** Creates the queries of one connection. */
export function createFinds(deps: FindDeps): Finds {
  return {
    find: (query) => find(deps, query),
    weigh: (query) => weigh(deps, query),
  }
}

function find(deps: FindDeps, query: Query): Page {
  const tenantNo = deps.dictionary.tenant(query.tenant)
  const parts = partsOf(deps, query)
  if (tenantNo === undefined || parts.length === 0) return query.total ? { resources: [], total: 0 } : { resources: [] }
  return pageOf(deps, query, run(deps, query, tenantNo, parts))
}

/** The types of a query that anybody has had resources of. */
function partsOf({ dictionary }: FindDeps, query: Query): readonly Part[] {
  const parts: Part[] = []
  for (const type of query.types) {
    const typeNo = dictionary.type(type.type)
    if (typeNo !== undefined) parts.push({ ...type, typeNo })
  }
  return parts
}

function run(deps: FindDeps, query: Query, tenantNo: number, parts: readonly Part[]): Found {
  const [only] = parts
  if (only === undefined) return { rows: [], total: 0 }
  const draft = draftFor(deps, query, tenantNo, only)
  const plan = planQuery(parts, query.total, draft.scope)
  switch (plan.way) {
    case 'walk':
      return walk(deps, query, tenantNo, only)
    case 'few':
      return few(deps, query, only, draft, plan.keys)
    case 'gather':
      return gather(deps, query, tenantNo, only, draft, plan.keys)
    case 'scan':
      return scan(deps, query, only, draft)
    case 'many':
      return findMany(deps, query, tenantNo, parts)
  }
}

function pageOf({ dictionary, groupsOf }: FindDeps, query: Query, found: Found): Page {
  const { limit } = query.page
  const rows = found.rows.length > limit ? found.rows.slice(0, limit) : found.rows
  const groups = query.groups
    ? groupsOf.find(rows.map((row) => ({ rowNo: numberOf(row[0]), groups: row[8] })))
    : undefined
  const resources = rows.map((row) =>
    storedOf(
      row,
      query.tenant,
      dictionary.typeName(numberOf(row[1])),
      groups === undefined ? undefined : (groups.get(numberOf(row[0])) ?? NO_GROUPS),
    ),
  )
  const last = found.rows.length > limit ? rows.at(-1) : undefined
  return {
    resources,
    ...(query.total && found.total !== undefined ? { total: found.total } : {}),
    ...(last === undefined ? {} : { next: positionOf(query, last) }),
  }
}

function positionOf({ types }: Query, row: SqlRow): NonNullable<Page['next']> {
  const id = textOf(row[2])
  return types.some(({ sort }) => sort !== undefined) ? { key: row[9] ?? null, id } : { id }
}

function weigh(deps: FindDeps, query: Query): Weight {
  if (query.types.some(({ filter }) => isLong(filter))) return 'heavy'
  const tenantNo = deps.dictionary.tenant(query.tenant)
  const parts = partsOf(deps, query)
  if (tenantNo === undefined || parts.length === 0) return 'light'
  if (judge(deps, query, tenantNo, parts) === 'light') return 'light'
  // Whatever it asks, it reads no more than there is.
  const all = parts.reduce((sum, { typeNo }) => sum + count(deps, tenantNo, typeNo), 0)
  return all <= SMALL ? 'light' : 'heavy'
}

function judge(deps: FindDeps, query: Query, tenantNo: number, parts: readonly Part[]): Weight {
  const [only] = parts
  const { limit } = query.page
  if (only === undefined) return 'light'
  if (parts.length === 1 && limit <= LIGHT && isOneValue(deps, tenantNo, only)) return 'light'
  const draft = draftFor(deps, query, tenantNo, only)
  const weight = weighQuery(parts, limit, draft.scope)
  if (typeof weight === 'string') return weight
  // Many resources may share a value: the index knows how many.
  const sql = `select count(*) from (select 1 from (${weight.sql(draft.bindings)}) limit ${LIGHT + 1})`
  return numberOf(deps.connection.row(sql, ...draft.bindings.values)?.[0]) > LIGHT ? 'heavy' : 'light'
}

/** What identity providers ask most, recognized without building a statement: one value of a unique attribute. */
function isOneValue({ dictionary }: FindDeps, tenantNo: number, { filter, sort, typeNo }: Part): boolean {
  if (sort !== undefined || filter?.op !== 'eq' || filter.value === '') return false
  const path = dictionary.path(tenantNo, typeNo, filter.target.path)
  return path?.unique === true && path.ready
}
