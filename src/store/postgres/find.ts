import { type BoundFilter, targetsIn } from '../../protocol/index.ts'
import type { Page, PagePosition, Query, Weight } from '../contract/index.ts'
import { type Bindings, createBindings } from '../sql/bindings.ts'
import { compileFilter } from '../sql/filter.ts'
import { FEW, type Keys, keysFor, ONE } from '../sql/keys.ts'
import type { SqlScope } from '../sql/scope.ts'
import { sortKey } from '../sql/sort.ts'
import { numberOf, type Row, textOf, type Value } from './columns.ts'
import type { Database } from './database.ts'
import { LONGEST, postgres } from './dialect.ts'
import { type Dictionary, pathKey, type Tenant } from './dictionary.ts'
import { groupsColumn, readGroups } from './groups.ts'
import type { PageAnchors } from './page-anchors.ts'
import { COLUMNS, storedOf } from './rows.ts'

/** Runs queries, and says beforehand how dear they are. */
export interface Finds {
  readonly find: (query: Query) => Promise<Page>
  readonly weigh: (query: Query) => Weight
}

type Part = Query['types'][number]

/** A page as it comes from a statement: one row more than the limit tells that there is more. */
interface Found {
  readonly rows: readonly Row[]
  readonly total: number | undefined
}

/** A statement in the making. */
interface Draft extends Bindings<Value> {
  readonly scope: SqlScope
}

/** Pages beyond this are heavy. */
const LIGHT = 200
/** A filter with more terms than these is never light. */
const TERMS = 20
/** Ways that read very many index entries are heavy. */
const WIDE = 1_000
/** So many matches are sorted by id without further thought. */
const HANDFUL = 500
/** To take a document apart costs as much as finding and sorting so many by their numbers. */
const DEARER = 4

/** Makes the queries of one process. */
export function createFinds(database: Database, tenants: Dictionary, anchors: PageAnchors): Finds {
  function draftFor(query: Query, tenant: Tenant, part: Part): Draft {
    return nextPart(createBindings<Value>(postgres), query, tenant, part)
  }

  /** Parameters of tenant and type are bound when they are first used: one that no text mentions is an error. */
  function nextPart(bindings: Bindings<Value>, query: Query, tenant: Tenant, part: Part): Draft {
    let t: string | undefined
    let y: string | undefined
    const scope: SqlScope = {
      get tenant() {
        t ??= bindings.bind(tenant.tenantNo)
        return t
      },
      get type() {
        y ??= bindings.bind(part.type)
        return y
      },
      typeName: part.type,
      base: query.base,
      endpoints: query.endpoints,
      path: (path) => tenant.paths.get(pathKey(part.type, path)),
      longest: LONGEST,
      typeKey: (name) => name,
    }
    return { ...bindings, scope }
  }

  async function find(query: Query): Promise<Page> {
    const tenant = await tenants.find(query.tenant)
    const [only] = query.types
    if (tenant === undefined || only === undefined) return query.total ? { resources: [], total: 0 } : { resources: [] }
    const plain = { ...query, types: query.types.map(withoutNul) }
    const [part = only] = plain.types
    const found = plain.types.length === 1 ? await findOne(plain, tenant, part) : await findMany(plain, tenant)
    return pageOf(plain, found, tenant)
  }

  async function findOne(query: Query, tenant: Tenant, part: Part): Promise<Found> {
    const { filter, sort } = part
    if (sort !== undefined) return findMany(query, tenant)
    if (filter === undefined) return walk(query, tenant, part)
    const draft = draftFor(query, tenant, part)
    const keys = keysFor(filter, draft.scope)
    if (keys !== undefined && keys.cost <= FEW) return look(query, tenant, part, draft, keys)
    if (keys === undefined && !query.total) return scan(query, tenant, part)
    if (keys?.exact === true) return gather(query, tenant, part, draft, keys)
    return findMany(query, tenant)
  }

  /** Everything of one type in order of id. */
  async function walk(query: Query, tenant: Tenant, part: Part): Promise<Found> {
    const { page } = query
    const total = query.total ? await count(tenant, [part]) : undefined
    if (page.limit === 0) return { rows: [], total }
    const values: Value[] = [tenant.tenantNo, part.type]
    let from = ''
    let skip = 0
    if ('after' in page) {
      if (page.after !== undefined) {
        values.push(page.after.id)
        from = ' and r.id > $3'
      }
    } else if (page.offset > 0) {
      const anchor = await anchors.before(tenant.tenantNo, part.type, page.offset)
      skip = page.offset - anchor.position
      values.push(anchor.first)
      from = ' and r.id >= $3'
    }
    const rows = await database.of(tenant.tenantNo).rows(
      `select ${columns(query, '$1')} from lockstep.resource r where r.t = $1 and r.y = $2${from}
       order by r.id limit ${number(values, page.limit + 1)} offset ${number(values, skip)}`,
      ...values,
    )
    return { rows, total }
  }

  async function count(tenant: Tenant, parts: readonly Part[]): Promise<number> {
    const row = await database.of(tenant.tenantNo).row(
      'select coalesce(sum(c.n), 0) from lockstep.counter c where c.t = $1 and c.y = any($2::text[])',
      tenant.tenantNo,
      parts.map(({ type }) => type),
    )
    return numberOf(row?.[0])
  }

  /** What an index gives, few at most. */
  async function look(query: Query, tenant: Tenant, part: Part, draft: Draft, keys: Keys): Promise<Found> {
    const { page } = query
    const { scope } = draft
    const from = `(${keys.sql(draft)}) d join lockstep.resource r on r.t = ${scope.tenant} and r.k = d.k`
    const condition = keys.exact || part.filter === undefined ? '' : ` and ${compileFilter(part.filter, scope, draft)}`
    const where = `r.t = ${scope.tenant} and r.y = ${scope.type}${condition}`
    const counted = [...draft.values]
    const countAll = async () =>
      numberOf((await database.of(tenant.tenantNo).row(`select count(*) from ${from} where ${where}`, ...counted))?.[0])
    if (page.limit === 0) return { rows: [], total: query.total ? await countAll() : undefined }
    const after = 'after' in page && page.after !== undefined ? ` and r.id > ${draft.bind(page.after.id)}` : ''
    const order = keys.cost <= ONE && keys.distinct ? '' : ' order by r.id'
    const limit = ` limit ${draft.bind(page.limit + 1)}`
    const offset = 'offset' in page && page.offset > 0 ? ` offset ${draft.bind(page.offset)}` : ''
    const rows = await database
      .of(tenant.tenantNo)
      .rows(
        `select ${columns(query, scope.tenant)} from ${from} where ${where}${after}${order}${limit}${offset}`,
        ...draft.values,
      )
    if (!query.total) return { rows, total: undefined }
    // The page tells by itself when all that matches is on it.
    const whole = rows.length <= page.limit && after === '' && (offset === '' || rows.length > 0)
    return { rows, total: whole ? ('offset' in page ? page.offset : 0) + rows.length : await countAll() }
  }

  /** Reads in order of id until the page is full. */
  async function scan(query: Query, tenant: Tenant, part: Part): Promise<Found> {
    const { page } = query
    if (page.limit === 0 || part.filter === undefined) return { rows: [], total: undefined }
    const draft = draftFor(query, tenant, part)
    const { scope } = draft
    const condition = compileFilter(part.filter, scope, draft)
    const after = 'after' in page && page.after !== undefined ? ` and r.id > ${draft.bind(page.after.id)}` : ''
    const limit = ` limit ${draft.bind(page.limit + 1)}`
    const offset = 'offset' in page && page.offset > 0 ? ` offset ${draft.bind(page.offset)}` : ''
    const rows = await database.of(tenant.tenantNo).planned(
      tenant.tenantNo,
      `select ${columns(query, scope.tenant)} from lockstep.resource r
       where r.t = ${scope.tenant} and r.y = ${scope.type} and ${condition}${after} order by r.id${limit}${offset}`,
      ...draft.values,
    )
    return { rows, total: undefined }
  }

  /** What an index gives exactly, perhaps very many: resources are read for the page alone. */
  async function gather(query: Query, tenant: Tenant, part: Part, draft: Draft, keys: Keys): Promise<Found> {
    const { page } = query
    const sql = keys.sql(draft)
    const first = await database
      .of(tenant.tenantNo)
      .planned(tenant.tenantNo, `select d.k from (${sql}) d limit ${HANDFUL + 1}`, ...draft.values)
    const offset = 'offset' in page ? page.offset : 0
    if (first.length <= HANDFUL) {
      const total = query.total ? first.length : undefined
      if (page.limit === 0 || offset >= first.length) return { rows: [], total }
      const values: Value[] = [tenant.tenantNo, part.type, first.map((row) => numberOf(row[0]))]
      let after = ''
      if ('after' in page && page.after !== undefined) {
        values.push(page.after.id)
        after = ' and r.id > $4'
      }
      const rows = await database.of(tenant.tenantNo).planned(
        tenant.tenantNo,
        `select ${columns(query, '$1')} from lockstep.resource r
         where r.t = $1 and r.k = any($3::bigint[]) and r.y = $2${after}
         order by r.id limit ${number(values, page.limit + 1)} offset ${number(values, offset)}`,
        ...values,
      )
      return { rows, total }
    }
    if (!query.total) return findMany(query, tenant)
    const total = numberOf(
      (
        await database.of(tenant.tenantNo).planned(tenant.tenantNo, `select count(*) from (${sql}) d`, ...draft.values)
      )[0]?.[0],
    )
    if (page.limit === 0) return { rows: [], total }
    // When most satisfy it, the page is soon full in order of id; else only what the index gives is read and sorted.
    const read = ((offset + page.limit + 1) * (await count(tenant, [part]))) / total
    if (read * DEARER > total) return findMany(query, tenant, total)
    return { ...(await scan(query, tenant, part)), total }
  }

  /** Finds all that matches first, of all types, then sorts, counts and cuts the page out of it. */
  async function findMany(query: Query, tenant: Tenant, known?: number): Promise<Found> {
    const { page, types } = query
    const unfiltered = types.every(({ filter }) => filter === undefined)
    const sorted = types.some(({ sort }) => sort !== undefined)
    const descending = types.some(({ sort }) => sort?.descending === true)
    const total = known ?? (query.total && unfiltered ? await count(tenant, types) : undefined)
    if (page.limit === 0 && (!query.total || total !== undefined)) return { rows: [], total }
    const bindings = createBindings<Value>(postgres)
    // Nobody needs more than the page's end of what comes in order of id.
    const most = unfiltered && !sorted ? ('offset' in page ? page.offset : 0) + page.limit + 1 : undefined
    const after = 'after' in page ? page.after : undefined
    const kind = kindOf(types)
    const hits = types.map((part) => {
      const draft = nextPart(bindings, query, tenant, part)
      const { scope } = draft
      const { filter, sort } = part
      const keys = filter === undefined ? undefined : keysFor(filter, scope)
      const from =
        keys === undefined
          ? 'lockstep.resource r'
          : `(${keys.sql(draft)}) d join lockstep.resource r on r.t = ${scope.tenant} and r.k = d.k`
      const conditions = [`r.t = ${scope.tenant}`, `r.y = ${scope.type}`]
      if (filter !== undefined && keys?.exact !== true) conditions.push(compileFilter(filter, scope, draft))
      if (most !== undefined && after !== undefined) conditions.push(`r.id > ${draft.bind(after.id)}`)
      const key = sort === undefined ? `null::${kind}` : `(${sortKey(sort, scope, draft)})::${kind}`
      const end = most === undefined ? '' : ` order by r.id limit ${draft.bind(most)}`
      return `(select r.k, r.id, ${key} as s from ${from} where ${conditions.join(' and ')}${end})`
    })
    const all = `with hits (k, id, s) as materialized (${hits.join(' union all ')})`
    const counted = [...bindings.values]
    const countAll = async () =>
      numberOf(
        (
          await database.of(tenant.tenantNo).planned(tenant.tenantNo, `${all} select count(*) from hits`, ...counted)
        )[0]?.[0],
      )
    if (page.limit === 0) return { rows: [], total: await countAll() }
    const s = kind === 'text' ? 's collate "C"' : 's'
    const order = sorted ? `(s is null) ${descending ? 'desc' : 'asc'}, ${s} ${descending ? 'desc' : 'asc'}, id` : 'id'
    const beyond = after === undefined ? '' : ` where ${past(after, sorted, descending, s, bindings)}`
    const limit = ` limit ${bindings.bind(page.limit + 1)}`
    const offset = 'offset' in page && page.offset > 0 ? ` offset ${bindings.bind(page.offset)}` : ''
    const withTotal = query.total && total === undefined
    const t = bindings.bind(tenant.tenantNo)
    const rows = await database.of(tenant.tenantNo).planned(
      tenant.tenantNo,
      `${all} select ${columns(query, t)}, x.s, ${withTotal ? '(select count(*) from hits)' : 'null'} from (
         select k, s, row_number() over (order by ${order}) as n from hits${beyond} order by ${order}${limit}${offset}
       ) x join lockstep.resource r on r.t = ${t} and r.k = x.k order by x.n`,
      ...bindings.values,
    )
    if (!withTotal) return { rows, total }
    const [first] = rows
    if (first !== undefined) return { rows, total: numberOf(first[9]) }
    return { rows, total: beyond === '' && offset === '' ? 0 : await countAll() }
  }

  async function pageOf(query: Query, found: Found, { tenantNo }: Tenant): Promise<Page> {
    const { limit } = query.page
    const rows = found.rows.length > limit ? found.rows.slice(0, limit) : found.rows
    const groups = query.groups
      ? await readGroups(
          database.of(tenantNo),
          tenantNo,
          rows.map((row) => ({ id: textOf(row[1]), groups: row[7] })),
        )
      : undefined
    const last = rows.at(-1)
    const sorted = query.types.some(({ sort }) => sort !== undefined)
    const next = found.rows.length > limit && last !== undefined ? endingOf(last, sorted) : undefined
    return {
      resources: rows.map((row, at) => storedOf(row, query.tenant, groups?.[at])),
      ...(query.total && found.total !== undefined ? { total: found.total } : {}),
      ...(next === undefined ? {} : { next }),
    }
  }

  function weigh(query: Query): Weight {
    // A long filter takes its time to be understood already.
    for (const { filter } of query.types) {
      if (filter !== undefined && targetsIn(filter).length > TERMS) return 'heavy'
    }
    if (query.page.limit > LIGHT) return 'heavy'
    const tenant = tenants.known(query.tenant)
    const [only, ...others] = query.types
    if (only === undefined) return 'light'
    if (others.length > 0 || only.sort !== undefined) return 'heavy'
    if (only.filter === undefined) return 'light'
    // Nobody has asked for anything of it yet, and so its indexes are not known.
    if (tenant === undefined) return 'heavy'
    const keys = keysFor(only.filter, draftFor(query, tenant, only).scope)
    return keys === undefined || keys.cost >= WIDE ? 'heavy' : 'light'
  }

  return { find, weigh }
}

/** What lies beyond the place where the last page ended: nulls last ascending, first descending; ties by id. A-32. */
function past(after: PagePosition, sorted: boolean, descending: boolean, s: string, { bind }: Bindings<Value>): string {
  const id = bind(after.id)
  if (!sorted) return `id > ${id}`
  if (after.key === null || after.key === undefined) {
    return descending ? `((s is null and id > ${id}) or s is not null)` : `(s is null and id > ${id})`
  }
  const key = bind(after.key)
  const same = `(${s} = ${key} and id > ${id})`
  return descending ? `(${s} < ${key} or ${same})` : `(${s} > ${key} or ${same} or s is null)`
}

/** The type of the sort key; of types that disagree, text. */
function kindOf(types: readonly Part[]): 'text' | 'boolean' | 'numeric' {
  const kinds = new Set(types.flatMap(({ sort }) => (sort === undefined ? [] : [kindOfLeaf(sort.target.leaf.type)])))
  const [kind = 'text'] = kinds
  return kinds.size > 1 ? 'text' : kind
}

function kindOfLeaf(type: string): 'text' | 'boolean' | 'numeric' {
  if (type === 'boolean') return 'boolean'
  return type === 'integer' || type === 'decimal' || type === 'dateTime' ? 'numeric' : 'text'
}

/** What a page is made of. Others may follow. */
function columns(query: Query, t: string): string {
  return `${COLUMNS}, ${query.groups ? groupsColumn(t) : 'null'}`
}

function number(values: Value[], value: number): string {
  values.push(value)
  return `$${values.length}`
}

function endingOf(row: Row, sorted: boolean): PagePosition {
  const id = textOf(row[1])
  const key = row[8]
  return sorted ? { key: key === undefined ? null : key, id } : { id }
}

/** PostgreSQL has no NUL in a text. No value holds one either, so that what compares with it can be said without asking. */
function withoutNul(part: Part): Part {
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
      // What begins like it and goes on is greater, for NUL is the least of all characters.
      if (filter.op === 'gt' || filter.op === 'ge') return { ...filter, op: 'gt', value }
      if (filter.op === 'lt' || filter.op === 'le') return { ...filter, op: 'le', value }
      return filter.op === 'ne'
        ? { op: 'not', filter: { op: 'constant', value: false } }
        : { op: 'constant', value: false }
    }
  }
}
