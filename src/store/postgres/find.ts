// Runs queries, and judges beforehand how costly they are.

import type { BoundFilter } from '../../protocol/index.ts'
import type { Page, Query, Weight } from '../contract/index.ts'
import { textOf } from '../sql/columns.ts'
import { SOME } from '../sql/keys.ts'
import { isLong, planQuery, weighQuery } from '../sql/plan.ts'
import type { Row } from './columns.ts'
import type { Tenant } from './dictionary.ts'
import { readGroups } from './groups.ts'
import { storedOf } from './rows.ts'
import { draftFor, type FindDeps, type Found, few, findMany, gather, scan, walk } from './ways.ts'

/** Runs queries, and judges beforehand how costly they are. */
export interface Finds {
  readonly find: (query: Query) => Promise<Page>
  readonly weigh: (query: Query) => Weight
}

/** Creates the queries of one process. */
export function createFinds(deps: FindDeps): Finds {
  return {
    find: (query) => find(deps, query),
    weigh: (query) => weigh(deps, query),
  }
}

async function find(deps: FindDeps, query: Query): Promise<Page> {
  const tenant = await deps.dictionary.find(query.tenant)
  if (tenant === undefined || query.types.length === 0)
    return query.total ? { resources: [], total: 0 } : { resources: [] }
  const plain = { ...query, types: query.types.map(withoutNul) }
  return pageOf(deps, plain, tenant, await run(deps, plain, tenant))
}

async function run(deps: FindDeps, query: Query, tenant: Tenant): Promise<Found> {
  const { types } = query
  const [only] = types
  if (only === undefined) return { rows: [], total: 0 }
  const draft = draftFor(query, tenant, only)
  const plan = planQuery(types, query.total, draft.scope)
  switch (plan.way) {
    case 'walk':
      return walk(deps, query, tenant, only)
    case 'few':
      return few(deps, query, tenant, only, draft, plan.keys)
    case 'gather':
      return gather(deps, query, tenant, only, draft, plan.keys)
    case 'scan':
      return scan(deps, query, tenant, only, draft)
    case 'many':
      return findMany(deps, query, tenant)
  }
}

async function pageOf({ database }: FindDeps, query: Query, { tenantNo }: Tenant, found: Found): Promise<Page> {
  const { limit } = query.page
  const rows = found.rows.length > limit ? found.rows.slice(0, limit) : found.rows
  const groups = query.groups
    ? await readGroups(
        database.of(tenantNo),
        tenantNo,
        rows.map((row) => ({ id: textOf(row[1]), groups: row[7] })),
      )
    : undefined
  const last = found.rows.length > limit ? rows.at(-1) : undefined
  return {
    resources: rows.map((row, at) => storedOf(row, query.tenant, groups?.[at])),
    ...(query.total && found.total !== undefined ? { total: found.total } : {}),
    ...(last === undefined ? {} : { next: positionOf(query, last) }),
  }
}

function positionOf({ types }: Query, row: Row): NonNullable<Page['next']> {
  const id = textOf(row[1])
  return types.some(({ sort }) => sort !== undefined) ? { key: row[8] ?? null, id } : { id }
}

function weigh({ dictionary }: FindDeps, query: Query): Weight {
  const { types, page } = query
  if (types.some(({ filter }) => isLong(filter))) return 'heavy'
  const tenant = dictionary.known(query.tenant)
  const [only] = types
  // Of a tenant that this process has not read yet the indexes are not known.
  const scope = tenant === undefined || only === undefined ? undefined : draftFor(query, tenant, only).scope
  const weight = weighQuery(types, page.limit, scope)
  if (typeof weight === 'string') return weight
  // Counting what the index gives would take a round trip.
  return weight.cost < SOME ? 'light' : 'heavy'
}

type TypeQuery = Query['types'][number]

/** PostgreSQL text cannot contain NUL. No value does either, so the result of comparing with it is known beforehand. */
function withoutNul(part: TypeQuery): TypeQuery {
  return part.filter === undefined ? part : { ...part, filter: plainFilter(part.filter) }
}

function plainFilter(filter: BoundFilter): BoundFilter {
  switch (filter.op) {
    case 'and':
    case 'or':
      return { ...filter, all: filter.all.map(plainFilter) }
    case 'not':
    case 'has':
      return { ...filter, filter: plainFilter(filter.filter) }
    case 'pr':
    case 'constant':
      return filter
    default: {
      if (typeof filter.value !== 'string' || !filter.value.includes('\0')) return filter
      const value = filter.value.slice(0, filter.value.indexOf('\0'))
      // A longer value that begins the same is greater, because NUL is the least of all characters.
      if (filter.op === 'gt' || filter.op === 'ge') return { ...filter, op: 'gt', value }
      if (filter.op === 'lt' || filter.op === 'le') return { ...filter, op: 'le', value }
      return filter.op === 'ne'
        ? { op: 'not', filter: { op: 'constant', value: false } }
        : { op: 'constant', value: false }
    }
  }
}
