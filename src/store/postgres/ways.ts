// The ways in which a query finds its page, as SQL for PostgreSQL.

import { type BoundFilter, targetsIn } from '../../protocol/index.ts'
import type { Query } from '../contract/index.ts'
import { type Bindings, createBindings } from '../sql/bindings.ts'
import { numberOf } from '../sql/columns.ts'
import { compileFilter } from '../sql/filter.ts'
import { type Keys, keysFor, ONE } from '../sql/keys.ts'
import { beyond, orderOf, orderTerms } from '../sql/page.ts'
import { HANDFUL, planGathered, startOf } from '../sql/plan.ts'
import type { SqlScope } from '../sql/scope.ts'
import { sortKey } from '../sql/sort.ts'
import type { Row, Value } from './columns.ts'
import type { Database } from './database.ts'
import { LONGEST, parsedOnce, postgres, postgresParsed } from './dialect.ts'
import { type Dictionary, pathKey, type Tenant } from './dictionary.ts'
import { groupsColumn } from './groups.ts'
import type { PageAnchors } from './page-anchors.ts'
import { COLUMNS } from './rows.ts'

/** What queries are run on. */
export interface FindDeps {
  readonly database: Database
  readonly dictionary: Dictionary
  readonly anchors: PageAnchors
}

/** One resource type of a query. */
export type Part = Query['types'][number]

/** The rows of a page: one more than its limit when there is more. */
export interface Found {
  readonly rows: readonly Row[]
  readonly total: number | undefined
}

/** A statement being written. */
export interface Draft {
  readonly bindings: Bindings<Value>
  readonly scope: SqlScope
}

/** Begins a statement. */
export function draftFor(query: Query, tenant: Tenant, part: Part): Draft {
  const bindings = createBindings<Value>(postgres)
  return { bindings, scope: scopeFor(query, tenant, part, bindings) }
}

/** From this many terms on, parsing a document once pays. */
const MANY_TERMS = 8

/** A filter as a condition on `r`. */
function conditionOf(filter: BoundFilter, { bindings, scope }: Draft): string {
  if (targetsIn(filter).length < MANY_TERMS) return compileFilter(filter, scope, bindings)
  return parsedOnce(compileFilter(filter, scope, { ...bindings, dialect: postgresParsed }), scope.tenant)
}

/** Parameters of tenant and type are bound when they are first used: PostgreSQL refuses one that the text doesn't mention. */
function scopeFor(query: Query, { tenantNo, paths }: Tenant, part: Part, bindings: Bindings<Value>): SqlScope {
  let tenant: string | undefined
  let type: string | undefined
  return {
    get tenant() {
      tenant ??= bindings.bind(tenantNo)
      return tenant
    },
    get type() {
      type ??= bindings.bind(part.type)
      return type
    },
    typeName: part.type,
    base: query.base,
    endpoints: query.endpoints,
    path: (path) => paths.get(pathKey(part.type, path)),
    longest: LONGEST,
    typeKey: (name) => name,
  }
}

/** Everything of one type in order of id. A deep startIndex begins at an anchor. */
export async function walk(deps: FindDeps, query: Query, tenant: Tenant, { type }: Part): Promise<Found> {
  const { database, anchors } = deps
  const { tenantNo } = tenant
  const { page } = query
  const total = query.total ? await count(deps, tenant, [type]) : undefined
  if (page.limit === 0) return { rows: [], total }
  const values: Value[] = [tenantNo, type]
  let from = ''
  let skip = 0
  if ('after' in page) {
    if (page.after !== undefined) {
      values.push(page.after.id)
      from = ' and r.id > $3'
    }
  } else if (page.offset > 0) {
    const anchor = await anchors.before(tenantNo, type, page.offset)
    skip = page.offset - anchor.position
    values.push(anchor.first)
    from = ' and r.id >= $3'
  }
  const at = values.length
  const rows = await database.of(tenantNo).rows(
    `select ${columns(query, '$1')} from lockstep.resource r where r.t = $1 and r.y = $2${from}
     order by r.id limit $${at + 1} offset $${at + 2}`,
    ...values,
    page.limit + 1,
    skip,
  )
  return { rows, total }
}

/** What an index gives, a few resources at most. */
export async function few(
  { database }: FindDeps,
  query: Query,
  { tenantNo }: Tenant,
  part: Part,
  { bindings, scope }: Draft,
  keys: Keys,
): Promise<Found> {
  const { page } = query
  const way = database.of(tenantNo)
  const from = `(${keys.sql(bindings)}) d join lockstep.resource r on r.t = ${scope.tenant} and r.k = d.k`
  const condition =
    keys.exact || part.filter === undefined ? '' : ` and ${conditionOf(part.filter, { bindings, scope })}`
  const where = `r.t = ${scope.tenant} and r.y = ${scope.type}${condition}`
  const counted = [...bindings.values]
  const countAll = async () => numberOf((await way.row(`select count(*) from ${from} where ${where}`, ...counted))?.[0])
  if (page.limit === 0) return { rows: [], total: query.total ? await countAll() : undefined }
  const after = 'after' in page && page.after !== undefined ? ` and r.id > ${bindings.bind(page.after.id)}` : ''
  const order = keys.cost <= ONE && keys.distinct ? '' : ' order by r.id'
  const rows = await way.rows(
    `select ${columns(query, scope.tenant)} from ${from} where ${where}${after}${order}${cut(page, bindings)}`,
    ...bindings.values,
  )
  if (!query.total) return { rows, total: undefined }
  // When all that matches is on the page, its length is the total.
  const start = startOf(page)
  const whole = rows.length <= page.limit && after === '' && (start === 0 || rows.length > 0)
  return { rows, total: whole ? start + rows.length : await countAll() }
}

/** What an index gives exactly, perhaps very many: resources are read for the page alone. */
export async function gather(
  deps: FindDeps,
  query: Query,
  tenant: Tenant,
  part: Part,
  { bindings }: Draft,
  keys: Keys,
): Promise<Found> {
  const { database } = deps
  const { tenantNo } = tenant
  const { page } = query
  const sql = keys.sql(bindings)
  const way = database.of(tenantNo)
  const first = await way.planned(tenantNo, `select d.k from (${sql}) d limit ${HANDFUL + 1}`, ...bindings.values)
  if (first.length <= HANDFUL) {
    const total = query.total ? first.length : undefined
    if (page.limit === 0 || startOf(page) >= first.length) return { rows: [], total }
    return { rows: await numbered(deps, query, tenant, part, first), total }
  }
  if (!query.total) return findMany(deps, query, tenant)
  const [counted] = await way.planned(tenantNo, `select count(*) from (${sql}) d`, ...bindings.values)
  const total = numberOf(counted?.[0])
  if (page.limit === 0) return { rows: [], total }
  if (planGathered(total, await count(deps, tenant, [part.type]), page) === 'many')
    return findMany(deps, query, tenant, total)
  return { ...(await scan(deps, query, tenant, part, draftFor(query, tenant, part))), total }
}

/** The page out of resources whose numbers are known. */
function numbered(
  { database }: FindDeps,
  query: Query,
  { tenantNo }: Tenant,
  { type }: Part,
  numbers: readonly Row[],
): Promise<readonly Row[]> {
  const { page } = query
  const after = 'after' in page ? page.after?.id : undefined
  return database.of(tenantNo).planned(
    tenantNo,
    `select ${columns(query, '$1')} from lockstep.resource r
     where r.t = $1 and r.k = any($3::bigint[]) and r.y = $2${after === undefined ? '' : ' and r.id > $6'}
     order by r.id limit $4 offset $5`,
    tenantNo,
    type,
    numbers.map((row) => numberOf(row[0])),
    page.limit + 1,
    startOf(page),
    ...(after === undefined ? [] : [after]),
  )
}

/** Reads one type in order of id until the page is full. */
export async function scan(
  { database }: FindDeps,
  query: Query,
  { tenantNo }: Tenant,
  part: Part,
  { bindings, scope }: Draft,
): Promise<Found> {
  const { page } = query
  if (page.limit === 0 || part.filter === undefined) return { rows: [], total: undefined }
  const condition = conditionOf(part.filter, { bindings, scope })
  const after = 'after' in page && page.after !== undefined ? ` and r.id > ${bindings.bind(page.after.id)}` : ''
  const rows = await database.of(tenantNo).planned(
    tenantNo,
    `select ${columns(query, scope.tenant)} from lockstep.resource r
     where r.t = ${scope.tenant} and r.y = ${scope.type} and ${condition}${after} order by r.id${cut(page, bindings)}`,
    ...bindings.values,
  )
  return { rows, total: undefined }
}

/** Finds all that matches, of all types, then sorts, counts and cuts the page out of it. `known`: the total, if it is. */
export async function findMany(deps: FindDeps, query: Query, tenant: Tenant, known?: number): Promise<Found> {
  const { tenantNo } = tenant
  const { page, types } = query
  const way = deps.database.of(tenantNo)
  const unfiltered = types.every(({ filter }) => filter === undefined)
  const names = types.map(({ type }) => type)
  const total = known ?? (query.total && unfiltered ? await count(deps, tenant, names) : undefined)
  if (page.limit === 0 && (!query.total || total !== undefined)) return { rows: [], total }
  const bindings = createBindings<Value>(postgres)
  const kind = kindOf(types)
  const order = orderOf(types, kind === 'text' ? 's collate "C"' : 's')
  // In order of id, nothing is needed beyond the end of the page.
  const most = unfiltered && !order.sorted ? startOf(page) + page.limit + 1 : undefined
  const all = matching(query, tenant, kind, most, bindings)
  const counted = [...bindings.values]
  const countAll = async () => {
    const [row] = await way.planned(tenantNo, `${all} select count(*) from matching`, ...counted)
    return numberOf(row?.[0])
  }
  if (page.limit === 0) return { rows: [], total: await countAll() }
  const after = 'after' in page ? page.after : undefined
  const where = after === undefined ? '' : ` where ${beyond(after, order, bindings)}`
  const withTotal = query.total && total === undefined
  const terms = orderTerms(order)
  const t = bindings.bind(tenantNo)
  const rows = await way.planned(
    tenantNo,
    `${all} select ${columns(query, t)}, x.s, ${withTotal ? '(select count(*) from matching)' : 'null'} from (
       select k, s, row_number() over (order by ${terms}) as n from matching${where} order by ${terms}${cut(page, bindings)}
     ) x join lockstep.resource r on r.t = ${t} and r.k = x.k order by x.n`,
    ...bindings.values,
  )
  if (!withTotal) return { rows, total }
  const [first] = rows
  if (first !== undefined) return { rows, total: numberOf(first[9]) }
  return { rows, total: after === undefined && startOf(page) === 0 ? 0 : await countAll() }
}

/** A `with` clause for the table `matching (k, id, s)`: what satisfies the filters, with sort keys; `most` of each type. */
function matching(
  query: Query,
  tenant: Tenant,
  kind: SortKind,
  most: number | undefined,
  bindings: Bindings<Value>,
): string {
  const { page, types } = query
  const selects = types.map((part) => {
    const scope = scopeFor(query, tenant, part, bindings)
    const { filter, sort } = part
    const keys = filter === undefined ? undefined : keysFor(filter, scope)
    const from =
      keys === undefined
        ? 'lockstep.resource r'
        : `(${keys.sql(bindings)}) d join lockstep.resource r on r.t = ${scope.tenant} and r.k = d.k`
    const conditions = [`r.t = ${scope.tenant}`, `r.y = ${scope.type}`]
    if (filter !== undefined && keys?.exact !== true) conditions.push(conditionOf(filter, { bindings, scope }))
    if (most !== undefined && 'after' in page && page.after !== undefined)
      conditions.push(`r.id > ${bindings.bind(page.after.id)}`)
    const key = sort === undefined ? `null::${kind}` : `(${sortKey(sort, scope, bindings)})::${kind}`
    const end = most === undefined ? '' : ` order by r.id limit ${bindings.bind(most)}`
    return `(select r.k, r.id, ${key} as s from ${from} where ${conditions.join(' and ')}${end})`
  })
  return `with matching (k, id, s) as materialized (${selects.join(' union all ')})`
}

/** How many resources of some types a tenant has, as kept. */
async function count({ database }: FindDeps, { tenantNo }: Tenant, types: readonly string[]): Promise<number> {
  const row = await database
    .of(tenantNo)
    .row(
      'select coalesce(sum(c.n), 0) from lockstep.counter c where c.t = $1 and c.y = any($2::text[])',
      tenantNo,
      types,
    )
  return numberOf(row?.[0])
}

type SortKind = 'text' | 'boolean' | 'numeric'

/** The type of the sort key; text if types disagree. */
function kindOf(types: readonly Part[]): SortKind {
  const kinds = new Set(types.flatMap(({ sort }) => (sort === undefined ? [] : [kindOfLeaf(sort.target.leaf.type)])))
  const [kind = 'text'] = kinds
  return kinds.size > 1 ? 'text' : kind
}

function kindOfLeaf(type: string): SortKind {
  if (type === 'boolean') return 'boolean'
  return type === 'integer' || type === 'decimal' || type === 'dateTime' ? 'numeric' : 'text'
}

/** Limit and offset of a page, with one row more to see whether there is more. */
function cut(page: Query['page'], bindings: Bindings<Value>): string {
  const limit = ` limit ${bindings.bind(page.limit + 1)}`
  return 'offset' in page && page.offset > 0 ? `${limit} offset ${bindings.bind(page.offset)}` : limit
}

/** The columns of a page; others may follow. `tenant`: its parameter. */
function columns(query: Query, tenant: string): string {
  return `${COLUMNS}, ${query.groups ? groupsColumn(tenant) : 'null'}`
}
