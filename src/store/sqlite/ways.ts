// The ways in which a query finds its page, as SQL for SQLite.

import type { Query } from '../contract/index.ts'
import { type Bindings, createBindings } from '../sql/bindings.ts'
import { numberOf } from '../sql/columns.ts'
import { compileFilter } from '../sql/filter.ts'
import { type Keys, keysFor, ONE } from '../sql/keys.ts'
import { beyond, orderOf, orderTerms } from '../sql/page.ts'
import { HANDFUL, isLong, planGathered, startOf } from '../sql/plan.ts'
import type { SqlScope } from '../sql/scope.ts'
import { sortKey } from '../sql/sort.ts'
import type { Connection, SqlRow, SqlValue } from './connection.ts'
import { sqlite } from './dialect.ts'
import type { Dictionary } from './dictionary.ts'
import { GROUP_NUMBERS, type GroupsOf } from './groups.ts'
import { anchorBefore } from './page-anchors.ts'
import { COLUMNS } from './rows.ts'

/** What a query is run on. */
export interface FindDeps {
  readonly connection: Connection
  readonly dictionary: Dictionary
  readonly groupsOf: GroupsOf
}

/** One resource type of a query. */
export type Part = Query['types'][number] & { readonly typeNo: number }

/** The rows of a page: one more than its limit when there is more. */
export interface Found {
  readonly rows: readonly SqlRow[]
  readonly total: number | undefined
}

/** A statement being written. */
export interface Draft {
  readonly bindings: Bindings<SqlValue>
  readonly scope: SqlScope
}

/** Begins a statement; its first two parameters are the tenant and the type. */
export function draftFor(deps: FindDeps, query: Query, tenantNo: number, part: Part): Draft {
  const bindings = createBindings<SqlValue>(sqlite)
  return { bindings, scope: scopeFor(deps, query, tenantNo, part, bindings) }
}

function scopeFor(
  { connection, dictionary }: FindDeps,
  query: Query,
  tenantNo: number,
  { type, typeNo }: Part,
  bindings: Bindings<SqlValue>,
): SqlScope {
  return {
    tenant: bindings.bind(tenantNo),
    type: bindings.bind(typeNo),
    typeName: type,
    base: query.base,
    endpoints: query.endpoints,
    path: (path) => dictionary.path(tenantNo, typeNo, path),
    typeKey: dictionary.type,
    ...(connection.pause === undefined ? {} : { pause: connection.pause.entries }),
  }
}

/** Everything of one type in order of id. A deep startIndex goes by blocks of ids whose sizes are kept. */
export function walk(deps: FindDeps, query: Query, tenantNo: number, { typeNo }: Part): Found {
  const { connection } = deps
  const { page } = query
  const total = query.total ? count(deps, tenantNo, typeNo) : undefined
  if (page.limit === 0) return { rows: [], total }
  if ('after' in page) {
    const rows = connection.rows(
      `select ${columns(query)} from lockstep_resource r where r.t = ? and r.y = ? and r.id > ? order by r.id limit ? + 0`,
      tenantNo,
      typeNo,
      page.after?.id ?? '',
      page.limit + 1,
    )
    return { rows, total }
  }
  const anchor = page.offset === 0 ? undefined : anchorBefore(connection, tenantNo, typeNo, page.offset)
  const rows = connection.rows(
    `select ${columns(query)} from (
       select k from lockstep_resource where t = ? and y = ? and id >= ? order by id limit ? + 0 offset ? + 0
     ) x cross join lockstep_resource r on r.k = x.k`,
    tenantNo,
    typeNo,
    anchor?.first ?? '',
    page.limit + 1,
    page.offset - (anchor?.position ?? 0),
  )
  return { rows, total }
}

/** What an index gives, a few resources at most. */
export function few({ connection }: FindDeps, query: Query, part: Part, { bindings, scope }: Draft, keys: Keys): Found {
  const { page } = query
  const from = `(${keys.sql(bindings)}) d cross join lockstep_resource r on r.k = d.k`
  const condition = keys.exact || part.filter === undefined ? '' : ` and ${compileFilter(part.filter, scope, bindings)}`
  const where = `r.t = ${scope.tenant} and r.y = ${scope.type}${condition}`
  const counted = [...bindings.values]
  const countAll = () => numberOf(connection.row(`select count(*) from ${from} where ${where}`, ...counted)?.[0])
  if (page.limit === 0) return { rows: [], total: query.total ? countAll() : undefined }
  const after = 'after' in page && page.after !== undefined ? ` and r.id > ${bindings.bind(page.after.id)}` : ''
  const order = keys.cost <= ONE && keys.distinct ? '' : ' order by r.id'
  const sql = `select ${columns(query)} from ${from} where ${where}${after}${order}${cut(page, bindings)}`
  const rows = connection.rows(sql, ...bindings.values)
  if (!query.total) return { rows, total: undefined }
  // When all that matches is on the page, its length is the total.
  const start = startOf(page)
  const whole = rows.length <= page.limit && after === '' && (start === 0 || rows.length > 0)
  return { rows, total: whole ? start + rows.length : countAll() }
}

/** What an index gives exactly, perhaps very many: resources are read for the page alone. */
export function gather(
  deps: FindDeps,
  query: Query,
  tenantNo: number,
  part: Part,
  { bindings }: Draft,
  keys: Keys,
): Found {
  const { connection } = deps
  const { page } = query
  const sql = keys.sql(bindings)
  const first = connection.rows(`select k from (${sql}) limit ${HANDFUL + 1}`, ...bindings.values)
  if (first.length <= HANDFUL) {
    const total = query.total ? first.length : undefined
    if (page.limit === 0 || startOf(page) >= first.length) return { rows: [], total }
    return { rows: numbered(deps, query, tenantNo, part, first), total }
  }
  if (!query.total) return findMany(deps, query, tenantNo, [part])
  const total = numberOf(connection.row(`select count(*) from (${sql})`, ...bindings.values)?.[0])
  if (page.limit === 0) return { rows: [], total }
  if (planGathered(total, count(deps, tenantNo, part.typeNo), page) === 'many')
    return findMany(deps, query, tenantNo, [part], total)
  return { ...scan(deps, query, part, draftFor(deps, query, tenantNo, part)), total }
}

/** The page out of resources whose numbers are known. */
function numbered(
  { connection }: FindDeps,
  query: Query,
  tenantNo: number,
  { typeNo }: Part,
  numbers: readonly SqlRow[],
): readonly SqlRow[] {
  const { page } = query
  const after = 'after' in page && page.after !== undefined ? page.after.id : undefined
  return connection.rows(
    `select ${columns(query)} from (
       select r.k as k from json_each(?) d cross join lockstep_resource r on r.k = d.value
       where r.t = ? and r.y = ?${after === undefined ? '' : ' and r.id > ?'} order by r.id limit ? + 0 offset ? + 0
     ) x cross join lockstep_resource r on r.k = x.k`,
    JSON.stringify(numbers.map((row) => numberOf(row[0]))),
    tenantNo,
    typeNo,
    ...(after === undefined ? [] : [after]),
    page.limit + 1,
    startOf(page),
  )
}

/** Reads one type in order of id until the page is full. */
export function scan({ connection }: FindDeps, query: Query, part: Part, { bindings, scope }: Draft): Found {
  const { page } = query
  if (page.limit === 0 || part.filter === undefined) return { rows: [], total: undefined }
  const condition = compileFilter(part.filter, scope, bindings)
  const stop = pauseFor(connection, part)
  const pause = stop === undefined ? '' : `${stop} and `
  const after = 'after' in page ? ` and r.id > ${bindings.bind(page.after?.id ?? '')}` : ''
  const sql = `select ${columns(query)} from lockstep_resource r where r.t = ${scope.tenant} and r.y = ${scope.type} and ${pause}${condition}${after} order by r.id${cut(page, bindings)}`
  return { rows: connection.rows(sql, ...bindings.values), total: undefined }
}

/** Finds all that matches, of all types, then sorts, counts and cuts the page out of it. `known`: the total, if it is. */
export function findMany(
  deps: FindDeps,
  query: Query,
  tenantNo: number,
  parts: readonly Part[],
  known?: number,
): Found {
  const { connection } = deps
  const { page } = query
  const unfiltered = parts.every(({ filter }) => filter === undefined)
  const total =
    known ??
    (query.total && unfiltered ? parts.reduce((sum, { typeNo }) => sum + count(deps, tenantNo, typeNo), 0) : undefined)
  if (page.limit === 0 && (!query.total || total !== undefined)) return { rows: [], total }
  const bindings = createBindings<SqlValue>(sqlite)
  const order = orderOf(parts, 's')
  // In order of id, nothing is needed beyond the end of the page.
  const most = unfiltered && !order.sorted ? startOf(page) + page.limit + 1 : undefined
  const all = matching(deps, query, tenantNo, parts, most, bindings)
  const counted = [...bindings.values]
  const countAll = () => numberOf(connection.row(`${all} select count(*) from matching`, ...counted)?.[0])
  if (page.limit === 0) return { rows: [], total: countAll() }
  const after = 'after' in page ? page.after : undefined
  const where = after === undefined ? '' : ` where ${beyond(after, order, bindings)}`
  const withTotal = query.total && total === undefined
  // The inner order is kept, because a cross join takes its left side first, row by row.
  const sql = `${all} select ${columns(query)}, x.s, ${withTotal ? '(select count(*) from matching)' : 'null'} from (
      select k, s from matching${where} order by ${orderTerms(order)}${cut(page, bindings)}
    ) x cross join lockstep_resource r on r.k = x.k`
  const rows = connection.rows(sql, ...bindings.values)
  if (!withTotal) return { rows, total }
  const [first] = rows
  if (first !== undefined) return { rows, total: numberOf(first[10]) }
  return { rows, total: after === undefined && startOf(page) === 0 ? 0 : countAll() }
}

/** A `with` clause for the table `matching (k, id, s)`: what satisfies the filters, with sort keys; `most` of each type. */
function matching(
  deps: FindDeps,
  query: Query,
  tenantNo: number,
  parts: readonly Part[],
  most: number | undefined,
  bindings: Bindings<SqlValue>,
): string {
  const { page } = query
  const selects = parts.map((part) => {
    const scope = scopeFor(deps, query, tenantNo, part, bindings)
    const { filter } = part
    const keys = filter === undefined ? undefined : keysFor(filter, scope)
    const from =
      keys === undefined
        ? 'lockstep_resource r'
        : `(${keys.sql(bindings)}) d cross join lockstep_resource r on r.k = d.k`
    const conditions = [`r.t = ${scope.tenant}`, `r.y = ${scope.type}`]
    const pause = pauseFor(deps.connection, part)
    if (pause !== undefined) conditions.push(pause)
    if (filter !== undefined && keys?.exact !== true) conditions.push(compileFilter(filter, scope, bindings))
    if (most !== undefined && 'after' in page && page.after !== undefined)
      conditions.push(`r.id > ${bindings.bind(page.after.id)}`)
    const key = sortKey(part.sort, scope, bindings)
    const end = most === undefined ? '' : ` order by r.id${sqlite.limit(bindings.bind(most))}`
    return `select * from (select r.k as k, r.id as id, ${key} as s from ${from} where ${conditions.join(' and ')}${end})`
  })
  return `with matching (k, id, s) as materialized (${selects.join(' union all ')})`
}

/** How many resources of a type a tenant has, as kept. */
export function count({ connection }: FindDeps, tenantNo: number, typeNo: number): number {
  const row = connection.row('select n from lockstep_counter where t = ? and y = ?', tenantNo, typeNo)
  return row === undefined ? 0 : numberOf(row[0])
}

/** Where a scan can be stopped from outside: with a long filter each row takes long. */
function pauseFor({ pause }: Connection, { filter }: Part): string | undefined {
  return isLong(filter) ? pause?.each : pause?.rows
}

/** Limit and offset of a page, with one row more to see whether there is more. */
function cut(page: Query['page'], bindings: Bindings<SqlValue>): string {
  const limit = sqlite.limit(bindings.bind(page.limit + 1))
  return 'offset' in page && page.offset > 0 ? `${limit}${sqlite.offset(bindings.bind(page.offset))}` : limit
}

/** The columns of a page; others may follow. */
function columns(query: Query): string {
  return `${COLUMNS}, ${query.groups ? GROUP_NUMBERS : 'null'}`
}
