// Reads that an index answers: resources by id, names, members, the log, records, tenants.

import {
  type Change,
  type IndexEntry,
  LogCut,
  type Member,
  type Ref,
  type Store,
  type Stored,
  type StoredRecord,
} from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import { type BatchedGet, createBatchedGet } from './batched-get.ts'
import type { Row } from './columns.ts'
import type { Database } from './database.ts'
import { indexValue } from './dialect.ts'
import { type Dictionary, pathKey } from './dictionary.ts'
import { readGroups } from './groups.ts'
import { CHANGE_COLUMNS, changeOf, recordOf, storedOf } from './rows.ts'
import { allTenants, tenantRow, tenantsOfPage } from './tenant-list.ts'

/** Reads that an index answers. */
export type Reads = Pick<
  Store,
  'get' | 'secret' | 'names' | 'membersAmong' | 'memberCount' | 'holders' | 'changes' | 'records' | 'tenants' | 'tenant'
> & {
  /** The numbers of tenant and resource. */
  readonly numberOf: (ref: Ref) => Promise<{ readonly tenantNo: number; readonly rowNo: number } | undefined>
}

/** What is read with. */
interface ReadDeps {
  readonly database: Database
  readonly dictionary: Dictionary
}

/** Creates the reads of single resources, names, members, the log and records. */
export function createReads(database: Database, dictionary: Dictionary): Reads {
  const deps = { database, dictionary }
  const batchedGet = createBatchedGet(database)
  return {
    get: (ref, asked) => get(deps, batchedGet, ref, asked?.groups === true),
    numberOf: (ref) => numberOfResource(deps, ref),
    secret: (ref) => secret(deps, ref),
    names: (tenant, ids) => names(deps, tenant, ids),
    membersAmong: (ref, ids) => membersAmong(deps, ref, ids),
    memberCount: (ref, atMost) => memberCount(deps, ref, atMost),
    holders: (tenant, type, entry, limit, after = '') => holders(deps, tenant, type, entry, { limit, after }),
    changes: (tenant, after, limit) => changes(deps, tenant, after, limit),
    records: (tenant, kind, where) => records(deps, tenant, kind, where),
    tenants: (where) => (where === undefined ? allTenants(database) : tenantsOfPage(database, where)),
    tenant: (name) => tenantRow(database, name),
  }
}

/** The number of a tenant. PostgreSQL text cannot contain NUL, so a name or id with NUL never matches. */
async function numberOfTenant(
  { dictionary }: ReadDeps,
  tenant: string,
  ...texts: string[]
): Promise<number | undefined> {
  if (tenant.includes('\0') || texts.some((text) => text.includes('\0'))) return undefined
  return (dictionary.known(tenant) ?? (await dictionary.find(tenant)))?.tenantNo
}

async function get(deps: ReadDeps, batchedGet: BatchedGet, ref: Ref, groups: boolean): Promise<Stored | undefined> {
  const tenantNo = await numberOfTenant(deps, ref.tenant, ref.id)
  if (tenantNo === undefined) return undefined
  const row = await batchedGet(tenantNo, ref.type, ref.id, groups)
  if (row === undefined) return undefined
  const stored = storedOf([ref.type, ref.id, ...row], ref.tenant)
  if (!groups) return stored
  const way = deps.database.of(tenantNo)
  const [found = []] = await readGroups(way, tenantNo, [{ id: ref.id, groups: row[5] }])
  return { ...stored, groups: found }
}

async function numberOfResource(deps: ReadDeps, ref: Ref): ReturnType<Reads['numberOf']> {
  const tenantNo = await numberOfTenant(deps, ref.tenant, ref.id)
  if (tenantNo === undefined) return undefined
  const sql = 'select r.k from lockstep.resource r where r.t = $1 and r.id = $2 and r.y = $3'
  const row = await deps.database.of(tenantNo).row(sql, tenantNo, ref.id, ref.type)
  return row === undefined ? undefined : { tenantNo, rowNo: numberOf(row[0]) }
}

async function secret(deps: ReadDeps, ref: Ref): Promise<string | undefined> {
  const tenantNo = await numberOfTenant(deps, ref.tenant, ref.id)
  if (tenantNo === undefined) return undefined
  const sql = 'select r.secret from lockstep.resource r where r.t = $1 and r.id = $2 and r.y = $3'
  const row = await deps.database.of(tenantNo).row(sql, tenantNo, ref.id, ref.type)
  return typeof row?.[0] === 'string' ? row[0] : undefined
}

async function names(deps: ReadDeps, tenant: string, ids: readonly string[]): Promise<readonly Member[]> {
  const tenantNo = await numberOfTenant(deps, tenant)
  const wanted = [...new Set(ids)].filter((id) => !id.includes('\0'))
  if (tenantNo === undefined || wanted.length === 0) return []
  const sql = 'select r.id, r.y, r.display from lockstep.resource r where r.t = $1 and r.id = any($2::text[])'
  return (await deps.database.of(tenantNo).rows(sql, tenantNo, wanted)).map(memberOf)
}

async function membersAmong(deps: ReadDeps, ref: Ref, ids: readonly string[]): Promise<readonly Member[]> {
  const tenantNo = await numberOfTenant(deps, ref.tenant, ref.id)
  const wanted = [...new Set(ids)].filter((id) => !id.includes('\0'))
  if (tenantNo === undefined || wanted.length === 0) return []
  const rows = await deps.database.of(tenantNo).rows(
    `select r.id, r.y, r.display from lockstep.resource r
     join lockstep.member x on x.t = $1 and x.m = r.k and x.g = (
       select g.k from lockstep.resource g where g.t = $1 and g.id = $2 and g.y = $3)
     where r.t = $1 and r.id = any($4::text[])`,
    tenantNo,
    ref.id,
    ref.type,
    wanted,
  )
  return rows.map(memberOf)
}

function memberOf([id, type, display]: Row): Member {
  return { id: textOf(id), type: textOf(type), display: textOf(display) }
}

async function memberCount(deps: ReadDeps, ref: Ref, atMost: number): Promise<number> {
  const tenantNo = await numberOfTenant(deps, ref.tenant, ref.id)
  if (tenantNo === undefined) return 0
  const row = await deps.database.of(tenantNo).row(
    `select count(*) from (
       select 1 from lockstep.member x where x.t = $1 and x.g = (
         select r.k from lockstep.resource r where r.t = $1 and r.id = $2 and r.y = $3
       ) limit $4) m`,
    tenantNo,
    ref.id,
    ref.type,
    atMost,
  )
  return numberOf(row?.[0])
}

async function holders(
  { database, dictionary }: ReadDeps,
  tenant: string,
  type: string,
  entry: IndexEntry,
  { limit, after }: { readonly limit: number; readonly after: string },
): Promise<readonly string[]> {
  const known = await dictionary.find(tenant)
  const path = known?.paths.get(pathKey(type, entry.path))
  if (known === undefined || path === undefined || entry.value.includes('\0')) return []
  const { tenantNo } = known
  const rows = await database.of(tenantNo).rows(
    `select r.id from lockstep.value_index i join lockstep.resource r on r.t = $1 and r.k = i.k
     where i.t = $1 and i.a = $2 and i.v = $3 and r.id > $4 order by r.id limit $5`,
    tenantNo,
    path.pathNo,
    indexValue(entry.value),
    after,
    limit,
  )
  return rows.map((row) => textOf(row[0]))
}

async function changes(deps: ReadDeps, tenant: string, after: number, limit: number): Promise<readonly Change[]> {
  const tenantNo = await numberOfTenant(deps, tenant)
  if (tenantNo === undefined) return []
  // As of one moment: the lines behind a cut made just now would look like all there were.
  const rows = await deps.database.of(tenantNo).rows(
    `select ${CHANGE_COLUMNS}, s.cut from lockstep.tenant_state s
     left join lateral (
       select * from lockstep.change c where c.t = $1 and c.place > $2 order by c.place limit $3
     ) c on true where s.t = $1 order by c.place`,
    tenantNo,
    after,
    limit,
  )
  const cut = rows[0] === undefined ? 0 : numberOf(rows[0][9])
  if (after < cut) throw new LogCut(cut + 1)
  return rows.flatMap((row) => (row[0] === null ? [] : [changeOf(row, tenant)]))
}

async function records(
  deps: ReadDeps,
  ...[tenant, kind, where = {}]: Parameters<Store['records']>
): Promise<readonly StoredRecord[]> {
  const { key, tag, after, limit } = where
  const tenantNo = await numberOfTenant(deps, tenant, kind, key ?? '', tag ?? '', after ?? '')
  if (tenantNo === undefined) return []
  const conditions = ['r.t = $1', 'r.kind = $2']
  const values: (string | number)[] = [tenantNo, kind]
  const add = (condition: string, value: string | undefined) => {
    if (value !== undefined) conditions.push(`${condition} $${values.push(value)}`)
  }
  add('r.key =', key)
  add('r.tag =', tag)
  add('r.key >', after)
  const end = limit === undefined ? '' : ` limit $${values.push(limit)}`
  const sql = `select r.key, r.tag, r.value from lockstep.record r where ${conditions.join(' and ')} order by r.key${end}`
  return (await deps.database.of(tenantNo).rows(sql, ...values)).map((row) => recordOf(row, tenant, kind))
}
