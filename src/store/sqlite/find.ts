import { targetsIn } from '../../protocol/index.ts'
import type { Membership, Page, PagePosition, Query, Stored, Weight } from '../contract/index.ts'
import { type Bindings, createBindings } from '../sql/bindings.ts'
import { compileFilter } from '../sql/filter.ts'
import { FEW, type Keys, keysFor, ONE } from '../sql/keys.ts'
import type { SqlScope } from '../sql/scope.ts'
import { sortKey } from '../sql/sort.ts'
import { type Connection, numberOf, type SqlRow, type SqlValue, textOf } from './connection.ts'
import { sqlite as dialect } from './dialect.ts'
import type { Dictionary } from './dictionary.ts'
import { GROUP_NUMBERS } from './groups.ts'
import type { Reads } from './read.ts'
import { COLUMNS, storedOf } from './rows.ts'

/** Pages beyond this are heavy, and so is an index entry shared by more than this many resources. */
const LIGHT = 200

/** Runs queries, and says beforehand how dear they are. */
export interface Finds {
  readonly find: (query: Query) => Page
  readonly weigh: (query: Query) => Weight
}

type TypeQuery = Query['types'][number]

/** One resource type of a query, ready to be compiled. */
interface Part {
  readonly type: TypeQuery
  readonly y: number
}

/** A page as it comes from a statement: one row more than the limit tells that there is more. */
interface Found {
  readonly rows: readonly SqlRow[]
  readonly total: number | undefined
}

/** Makes the queries of one connection. */
export function createFinds(connection: Connection, names: Dictionary, reads: Reads): Finds {
  function partsOf(query: Query): { readonly t: number | undefined; readonly parts: readonly Part[] } {
    const t = names.tenant(query.tenant)
    const parts: Part[] = []
    for (const type of query.types) {
      const y = names.type(type.type)
      if (y !== undefined) parts.push({ type, y })
    }
    return { t, parts }
  }

  /** The first two parameters of every statement are the tenant and the type. */
  function scopeFor(query: Query, t: number, part: Part, bindings: Bindings<SqlValue>): SqlScope {
    return {
      tenant: bindings.bind(t),
      type: bindings.bind(part.y),
      typeName: part.type.type,
      base: query.base,
      endpoints: query.endpoints,
      path: (path) => names.path(t, part.y, path),
      typeKey: names.type,
      ...(connection.pause === undefined ? {} : { pause: connection.pause.entries }),
    }
  }

  function find(query: Query): Page {
    const { t, parts } = partsOf(query)
    const [only] = parts
    if (t === undefined || only === undefined) return query.total ? { resources: [], total: 0 } : { resources: [] }
    const found = parts.length === 1 ? findOne(query, t, only) : findMany(query, t, parts)
    return pageOf(query, found)
  }

  function findOne(query: Query, t: number, part: Part): Found {
    const { filter, sort } = part.type
    if (sort !== undefined) return findMany(query, t, [part])
    if (filter === undefined) return walk(query, t, part)
    const bindings = createBindings<SqlValue>(dialect)
    const scope = scopeFor(query, t, part, bindings)
    const keys = keysFor(filter, scope)
    if (keys !== undefined && keys.cost <= FEW) return look(query, part, scope, bindings, keys)
    if (keys === undefined && !query.total) return scan(query, part, scope, bindings)
    if (keys?.exact === true) return gather(query, t, part, keys)
    return findMany(query, t, [part])
  }

  /** What an index gives, perhaps very many: resources are read for the page alone. */
  function gather(query: Query, t: number, part: Part, keys: Keys): Found {
    const { page } = query
    const bindings = createBindings<SqlValue>(dialect)
    scopeFor(query, t, part, bindings)
    const sql = keys.sql(bindings)
    const first = connection.rows(`select k from (${sql}) limit ${HANDFUL + 1}`, ...bindings.values)
    const offset = 'offset' in page ? page.offset : 0
    if (first.length <= HANDFUL) {
      const total = query.total ? first.length : undefined
      if (page.limit === 0 || offset >= first.length) return { rows: [], total }
      const after = 'after' in page && page.after !== undefined ? page.after.id : undefined
      const rows = connection.rows(
        `select ${columns(query)} from (
           select r.k as k from json_each(?) d cross join lockstep_resource r on r.k = d.value
           where r.t = ? and r.y = ?${after === undefined ? '' : ' and r.id > ?'} order by r.id limit ? + 0 offset ? + 0
         ) x cross join lockstep_resource r on r.k = x.k`,
        JSON.stringify(first.map((row) => numberOf(row[0]))),
        t,
        part.y,
        ...(after === undefined ? [] : [after]),
        page.limit + 1,
        offset,
      )
      return { rows, total }
    }
    if (!query.total) return findMany(query, t, [part])
    const total = numberOf(connection.row(`select count(*) from (${sql})`, ...bindings.values)?.[0])
    if (page.limit === 0) return { rows: [], total }
    // When most satisfy it, the page is soon full in order of id; else only what the index gives is read and sorted.
    const read = ((offset + page.limit + 1) * count(t, part.y)) / total
    if (read * DEARER > total) return findMany(query, t, [part], total)
    const own = createBindings<SqlValue>(dialect)
    return { ...scan(query, part, scopeFor(query, t, part, own), own), total }
  }

  /** Everything of one type in order of id. A deep startIndex goes by blocks of ids whose sizes are kept. */
  function walk(query: Query, t: number, part: Part): Found {
    const { page } = query
    const total = query.total ? count(t, part.y) : undefined
    if (page.limit === 0) return { rows: [], total }
    if ('after' in page) {
      const rows = connection.rows(
        `select ${columns(query)} from lockstep_resource r where r.t = ? and r.y = ? and r.id > ? order by r.id limit ? + 0`,
        t,
        part.y,
        page.after?.id ?? '',
        page.limit + 1,
      )
      return { rows, total }
    }
    let first = ''
    let skip = page.offset
    if (skip > 0) {
      const block = blockAt(t, part.y, skip)
      first = block.first
      skip -= block.before
    }
    const rows = connection.rows(
      `select ${columns(query)} from (
         select k from lockstep_resource where t = ? and y = ? and id >= ? order by id limit ? + 0 offset ? + 0
       ) x cross join lockstep_resource r on r.k = x.k`,
      t,
      part.y,
      first,
      page.limit + 1,
      skip,
    )
    return { rows, total }
  }

  /** The block of ids in which the resource at a position lies, and how many there are before it. */
  function blockAt(t: number, y: number, position: number): { readonly first: string; readonly before: number } {
    // One text with all sizes costs a fraction of as many rows.
    const row = connection.row(
      `select ${dialect.list('n')} from (select n from lockstep_block where t = ? and y = ? order by first)`,
      t,
      y,
    )
    if (typeof row?.[0] !== 'string') return { first: '', before: 0 }
    const sizes = row[0].split(',').map(Number)
    let at = 0
    let before = 0
    for (const size of sizes.slice(0, -1)) {
      if (before + size > position) break
      before += size
      at++
    }
    const first = connection.row(
      'select first from lockstep_block where t = ? and y = ? order by first limit 1 offset ? + 0',
      t,
      y,
      at,
    )
    return first === undefined ? { first: '', before: 0 } : { first: textOf(first[0]), before }
  }

  function count(t: number, y: number): number {
    const row = connection.row('select n from lockstep_counter where t = ? and y = ?', t, y)
    return row === undefined ? 0 : numberOf(row[0])
  }

  /** What an index gives, few at most. */
  function look(query: Query, part: Part, scope: SqlScope, bindings: Bindings<SqlValue>, keys: Keys): Found {
    const { page } = query
    const { filter } = part.type
    const from = `(${keys.sql(bindings)}) d cross join lockstep_resource r on r.k = d.k`
    const condition = keys.exact || filter === undefined ? '' : ` and ${compileFilter(filter, scope, bindings)}`
    const where = `r.t = ${scope.tenant} and r.y = ${scope.type}${condition}`
    const counted = [...bindings.values]
    const countAll = () => numberOf(connection.row(`select count(*) from ${from} where ${where}`, ...counted)?.[0])
    if (page.limit === 0) return { rows: [], total: query.total ? countAll() : undefined }
    const after = 'after' in page && page.after !== undefined ? ` and r.id > ${bindings.bind(page.after.id)}` : ''
    const order = keys.cost <= ONE && keys.distinct ? '' : ' order by r.id'
    const limit = dialect.limit(bindings.bind(page.limit + 1))
    const offset = 'offset' in page && page.offset > 0 ? dialect.offset(bindings.bind(page.offset)) : ''
    const sql = `select ${columns(query)} from ${from} where ${where}${after}${order}${limit}${offset}`
    const rows = connection.rows(sql, ...bindings.values)
    if (!query.total) return { rows, total: undefined }
    // The page tells by itself when all that matches is on it.
    const whole = rows.length <= page.limit && after === '' && (offset === '' || rows.length > 0)
    return { rows, total: whole ? ('offset' in page ? page.offset : 0) + rows.length : countAll() }
  }

  /** Where a scan can be stopped from outside: with a long filter every row takes long. */
  function pauseFor({ type: { filter } }: Part): string | undefined {
    const long = filter !== undefined && targetsIn(filter).length > TERMS
    return long ? connection.pause?.each : connection.pause?.rows
  }

  /** Reads in order of id until the page is full. */
  function scan(query: Query, part: Part, scope: SqlScope, bindings: Bindings<SqlValue>): Found {
    const { page } = query
    if (page.limit === 0 || part.type.filter === undefined) return { rows: [], total: undefined }
    const condition = compileFilter(part.type.filter, scope, bindings)
    const stop = pauseFor(part)
    const pause = stop === undefined ? '' : `${stop} and `
    const after = 'after' in page ? ` and r.id > ${bindings.bind(page.after?.id ?? '')}` : ''
    const limit = dialect.limit(bindings.bind(page.limit + 1))
    const offset = 'offset' in page && page.offset > 0 ? dialect.offset(bindings.bind(page.offset)) : ''
    const sql = `select ${columns(query)} from lockstep_resource r where r.t = ${scope.tenant} and r.y = ${scope.type} and ${pause}${condition}${after} order by r.id${limit}${offset}`
    return { rows: connection.rows(sql, ...bindings.values), total: undefined }
  }

  /** Finds all that matches first, of all types, then sorts, counts and cuts the page out of it. */
  function findMany(query: Query, t: number, parts: readonly Part[], known?: number): Found {
    const { page } = query
    const unfiltered = parts.every(({ type }) => type.filter === undefined)
    const sorted = parts.some(({ type }) => type.sort !== undefined)
    const total =
      known ?? (query.total && unfiltered ? parts.reduce((sum, part) => sum + count(t, part.y), 0) : undefined)
    if (page.limit === 0 && (!query.total || total !== undefined)) return { rows: [], total }
    const bindings = createBindings<SqlValue>(dialect)
    // Nobody needs more than the page's end of what comes in order of id.
    const most = unfiltered && !sorted ? ('offset' in page ? page.offset : 0) + page.limit + 1 : undefined
    const after = 'after' in page ? page.after : undefined
    const hits = parts.map((part) => {
      const scope = scopeFor(query, t, part, bindings)
      const { filter } = part.type
      const keys = filter === undefined ? undefined : keysFor(filter, scope)
      const from =
        keys === undefined
          ? 'lockstep_resource r'
          : `(${keys.sql(bindings)}) d cross join lockstep_resource r on r.k = d.k`
      const conditions = [`r.t = ${scope.tenant}`, `r.y = ${scope.type}`]
      const pause = pauseFor(part)
      if (pause !== undefined) conditions.push(pause)
      if (filter !== undefined && keys?.exact !== true) conditions.push(compileFilter(filter, scope, bindings))
      if (most !== undefined && after !== undefined) conditions.push(`r.id > ${bindings.bind(after.id)}`)
      const key = sortKey(part.type.sort, scope, bindings)
      const end = most === undefined ? '' : ` order by r.id${dialect.limit(bindings.bind(most))}`
      return `select * from (select r.k as k, r.id as id, ${key} as s from ${from} where ${conditions.join(' and ')}${end})`
    })
    const all = `with hits (k, id, s) as materialized (${hits.join(' union all ')})`
    const countAll = () => numberOf(connection.row(`${all} select count(*) from hits`, ...counted)?.[0])
    const counted = [...bindings.values]
    if (page.limit === 0) return { rows: [], total: countAll() }
    const descending = parts.some(({ type }) => type.sort?.descending === true)
    const order = sorted ? `(s is null) ${descending ? 'desc' : 'asc'}, s ${descending ? 'desc' : 'asc'}, id` : 'id'
    const beyond = after === undefined ? '' : ` where ${past(after, sorted, descending, bindings)}`
    const limit = dialect.limit(bindings.bind(page.limit + 1))
    const offset = 'offset' in page && page.offset > 0 ? dialect.offset(bindings.bind(page.offset)) : ''
    const withTotal = query.total && total === undefined
    const counts = withTotal ? '(select count(*) from hits)' : 'null'
    // The inner order is kept, for a cross join takes its left side first, row by row.
    const sql = `${all} select ${columns(query)}, x.s, ${counts} from (
        select k, s from hits${beyond} order by ${order}${limit}${offset}
      ) x cross join lockstep_resource r on r.k = x.k`
    const rows = connection.rows(sql, ...bindings.values)
    if (!withTotal) return { rows, total }
    const [first] = rows
    if (first !== undefined) return { rows, total: numberOf(first[10]) }
    return { rows, total: beyond === '' && offset === '' ? 0 : countAll() }
  }

  /** What lies beyond the place where the last page ended: nulls last ascending, first descending; ties by id. A-32. */
  function past(after: PagePosition, sorted: boolean, descending: boolean, bindings: Bindings<SqlValue>): string {
    const id = bindings.bind(after.id)
    if (!sorted) return `id > ${id}`
    if (after.key === null || after.key === undefined) {
      return descending ? `((s is null and id > ${id}) or s is not null)` : `(s is null and id > ${id})`
    }
    const key = bindings.bind(after.key)
    const same = `(s = ${key} and id > ${id})`
    return descending ? `(s < ${key} or ${same})` : `(s > ${key} or ${same} or s is null)`
  }

  function pageOf(query: Query, found: Found): Page {
    const { limit } = query.page
    const rows = found.rows.length > limit ? found.rows.slice(0, limit) : found.rows
    const groups = query.groups
      ? reads.groupsOf.find(rows.map((row) => ({ k: numberOf(row[0]), groups: row[8] })))
      : undefined
    const resources: Stored[] = rows.map((row) =>
      storedOf(
        row,
        query.tenant,
        names.typeName(numberOf(row[1])),
        groups === undefined ? undefined : (groups.get(numberOf(row[0])) ?? NO_GROUPS),
      ),
    )
    const last = rows.at(-1)
    const sorted = query.types.some(({ sort }) => sort !== undefined)
    const next = found.rows.length > limit && last !== undefined ? endingOf(last, sorted) : undefined
    return {
      resources,
      ...(query.total && found.total !== undefined ? { total: found.total } : {}),
      ...(next === undefined ? {} : { next }),
    }
  }

  function endingOf(row: SqlRow, sorted: boolean): PagePosition {
    const id = textOf(row[2])
    return sorted ? { key: row[9] ?? null, id } : { id }
  }

  function weigh(query: Query): Weight {
    // A long filter takes its time to be understood already.
    for (const { filter } of query.types) {
      if (filter !== undefined && targetsIn(filter).length > TERMS) return 'heavy'
    }
    if (judge(query) === 'light') return 'light'
    // Whatever it asks, it reads no more than there is.
    const { t, parts } = partsOf(query)
    const all = t === undefined ? 0 : parts.reduce((sum, { y }) => sum + count(t, y), 0)
    return all <= SMALL ? 'light' : 'heavy'
  }

  function judge(query: Query): Weight {
    if (query.page.limit > LIGHT) return 'heavy'
    const { t, parts } = partsOf(query)
    const [only] = parts
    if (t === undefined || only === undefined) return 'light'
    if (parts.length > 1 || only.type.sort !== undefined) return 'heavy'
    const { filter } = only.type
    if (filter === undefined) return 'light'
    // What identity providers ask most, answered without building anything: one value of a unique attribute.
    if (filter.op === 'eq' && filter.value !== '') {
      const path = names.path(t, only.y, filter.target.path)
      if (path?.unique === true && path.ready) return 'light'
    }
    const bindings = createBindings<SqlValue>(dialect)
    const keys = keysFor(filter, scopeFor(query, t, only, bindings))
    if (keys === undefined || keys.cost >= WIDE) return 'heavy'
    if (keys.cost <= ONE) return 'light'
    // Many may share a value: a look at the index tells.
    const sql = `select count(*) from (select 1 from (${keys.sql(bindings)}) limit ${LIGHT + 1})`
    const values: SqlValue[] = [...bindings.values]
    return numberOf(connection.row(sql, ...values)?.[0]) > LIGHT ? 'heavy' : 'light'
  }

  return { find, weigh }
}

/** What a page is made of. Others may follow. */
function columns(query: Query): string {
  return `${COLUMNS}, ${query.groups ? GROUP_NUMBERS : 'null'}`
}

const NO_GROUPS: readonly Membership[] = []
/** So many numbers are handed from one statement to the next. */
const HANDFUL = 500
/** To take a document apart costs as much as finding and sorting so many by their numbers. */
const DEARER = 4
/** A tenant with so few resources is read through in a moment. */
const SMALL = 300
/** A filter with more terms than these is never light. */
const TERMS = 20
/** Ways that read very many index entries, whatever comes of it, are not even tried out. */
const WIDE = 50_000
