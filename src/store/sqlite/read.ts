// Reads that an index answers: resources by id or number, names, members, the log, records, tenants.

import type {
  Candidate,
  Change,
  IndexEntry,
  Member,
  MemberList,
  Membership,
  Ref,
  Store,
  Stored,
  StoredRecord,
  TenantPage,
  TenantRow,
} from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Connection, SqlRow } from './connection.ts'
import type { Dictionary } from './dictionary.ts'
import { GROUP_NUMBERS, type GroupsOf } from './groups.ts'
import { readChanges } from './log.ts'
import { pageOfMembers } from './member-stream.ts'
import { readRecords } from './records.ts'
import { COLUMNS, storedOf } from './rows.ts'

/** Reads that an index answers, on the calling thread. */
export interface Reads {
  readonly get: (ref: Ref, groups: boolean) => Stored | undefined
  /** Resources of a type by their numbers, with their groups. */
  readonly numbered: (numbers: readonly number[], tenant: string, type: string) => readonly Required<Candidate>[]
  /** The number of a resource. */
  readonly numberOf: (ref: Ref) => number | undefined
  readonly secret: (ref: Ref) => string | undefined
  readonly names: (tenant: string, ids: readonly string[]) => readonly Member[]
  readonly memberPage: (ref: Ref, limit: number, after: string | undefined) => MemberList
  readonly membersAmong: (ref: Ref, ids: readonly string[]) => readonly Member[]
  readonly memberCount: (ref: Ref, atMost: number) => number
  readonly holders: (tenant: string, type: string, entry: IndexEntry, limit: number, after: string) => readonly string[]
  readonly changes: (tenant: string, after: number, limit: number) => readonly Change[]
  readonly records: (...args: Parameters<Store['records']>) => readonly StoredRecord[]
  readonly tenants: (where?: TenantPage) => readonly TenantRow[]
  readonly tenant: (name: string) => TenantRow | undefined
}

const GET = `select ${COLUMNS} from lockstep_resource r where r.t = ? and r.y = ? and r.id = ?`
const GET_GROUPS = `select ${COLUMNS}, ${GROUP_NUMBERS} from lockstep_resource r where r.t = ? and r.y = ? and r.id = ?`

const NUMBERED = `select ${COLUMNS}, ${GROUP_NUMBERS} from lockstep_resource r where r.k = ?`
const ALL_NUMBERED = `select ${COLUMNS}, ${GROUP_NUMBERS} from json_each(?) j cross join lockstep_resource r on r.k = j.value`

const TENANTS = `select t, name, created, place, 1 + ifnull((select c.place from lockstep_cut c where c.t = lockstep_tenant.t), 0)
  from lockstep_tenant`
/** Comes after every name that begins with the text before it. */
const LAST_CHARACTER = '\u{10ffff}'
const TENANTS_PAGE = `${TENANTS} where name > ? and name >= ? and name < ? order by name limit ?`

const NO_GROUPS: readonly Membership[] = []

const ROW_NO = 'select k from lockstep_resource where t = ? and y = ? and id = ?'
const SECRET = 'select secret from lockstep_resource where t = ? and y = ? and id = ?'
const NAME = 'select k, display from lockstep_resource where t = ? and y = ? and id = ?'
const IS_MEMBER = 'select 1 from lockstep_member where g = ? and m = ?'
const MEMBER_COUNT = 'select count(*) from (select 1 from lockstep_member where g = ? limit ? + 0)'
const HOLDERS = `select r.id from lockstep_value_index i cross join lockstep_resource r on r.k = i.k
  where i.t = ? and i.a = ? and i.v = ? and r.id > ? order by r.id limit ? + 0`
const COUNTS = 'select y, n from lockstep_counter where t = ? order by y'

/** What the reads of one connection work with. */
interface ReadDeps {
  readonly connection: Connection
  readonly dictionary: Dictionary
  readonly groupsOf: GroupsOf
}

/** Creates the reads of one connection. */
export function createReads(connection: Connection, dictionary: Dictionary, groupsOf: GroupsOf): Reads {
  const deps = { connection, dictionary, groupsOf }
  return {
    numberOf: (ref) => rowNumber(deps, ref),
    get: (ref, groups) => get(deps, ref, groups),
    numbered: (numbers, tenant, type) => numbered(deps, numbers, tenant, type),
    secret: (ref) => secret(deps, ref),
    names: (tenant, ids) => named(deps, tenant, ids).map(({ member }) => member),
    memberPage: (ref, limit, after) => {
      const groupNo = rowNumber(deps, ref)
      return groupNo === undefined ? { members: [] } : pageOfMembers(connection, dictionary, groupNo, { limit, after })
    },
    membersAmong: (ref, ids) => membersAmong(deps, ref, ids),
    memberCount: (ref, atMost) => memberCount(deps, ref, atMost),
    holders: (...args) => holders(deps, ...args),
    changes(tenant, after, limit) {
      const tenantNo = dictionary.tenant(tenant)
      return tenantNo === undefined ? [] : readChanges(deps, tenantNo, { tenant, after, limit })
    },
    records(tenant, kind, where = {}) {
      const tenantNo = dictionary.tenant(tenant)
      return tenantNo === undefined ? [] : readRecords(connection, tenantNo, { tenant, kind, where })
    },
    tenants: (where) => tenantRows(connection, where).map((row) => tenantRow(deps, row)),
    tenant(name) {
      const row = connection.row(`${TENANTS} where name = ?`, name)
      return row === undefined ? undefined : tenantRow(deps, row)
    },
  }
}

function keyOf(
  { dictionary }: ReadDeps,
  tenant: string,
  type: string,
): { readonly tenantNo: number; readonly typeNo: number } | undefined {
  const tenantNo = dictionary.tenant(tenant)
  const typeNo = dictionary.type(type)
  return tenantNo === undefined || typeNo === undefined ? undefined : { tenantNo, typeNo }
}

function rowNumber(deps: ReadDeps, { tenant, type, id }: Ref): number | undefined {
  const key = keyOf(deps, tenant, type)
  const row = key && deps.connection.row(ROW_NO, key.tenantNo, key.typeNo, id)
  return row === undefined ? undefined : numberOf(row[0])
}

function get(deps: ReadDeps, { tenant, type, id }: Ref, groups: boolean): Stored | undefined {
  const key = keyOf(deps, tenant, type)
  const row = key && deps.connection.row(groups ? GET_GROUPS : GET, key.tenantNo, key.typeNo, id)
  if (row === undefined) return undefined
  return groups ? withGroups(deps, row, tenant, type) : storedOf(row, tenant, type, undefined)
}

function numbered(
  deps: ReadDeps,
  numbers: readonly number[],
  tenant: string,
  type: string,
): readonly Required<Candidate>[] {
  const { connection } = deps
  const [only] = numbers
  // Taking one number out of a list costs more than finding its row.
  const rows =
    numbers.length === 1 && only !== undefined
      ? connection.rows(NUMBERED, only)
      : connection.rows(ALL_NUMBERED, JSON.stringify(numbers))
  return rows.map((row) => ({ number: numberOf(row[0]), stored: withGroups(deps, row, tenant, type) }))
}

/** A row whose last column is {@link GROUP_NUMBERS}. */
function withGroups({ groupsOf }: ReadDeps, row: SqlRow, tenant: string, type: string): Stored {
  const rowNo = numberOf(row[0])
  const memberships = row[8] === null ? NO_GROUPS : groupsOf.find([{ rowNo, groups: row[8] }]).get(rowNo)
  return storedOf(row, tenant, type, memberships ?? NO_GROUPS)
}

function secret(deps: ReadDeps, { tenant, type, id }: Ref): string | undefined {
  const key = keyOf(deps, tenant, type)
  const row = key && deps.connection.row(SECRET, key.tenantNo, key.typeNo, id)
  return typeof row?.[0] === 'string' ? row[0] : undefined
}

/** Resources of a tenant by id, whatever their type. */
function named(
  { connection, dictionary }: ReadDeps,
  tenant: string,
  ids: readonly string[],
): readonly { readonly rowNo: number; readonly member: Member }[] {
  const tenantNo = dictionary.tenant(tenant)
  if (tenantNo === undefined) return []
  const found: { readonly rowNo: number; readonly member: Member }[] = []
  for (const id of new Set(ids)) {
    for (const typeNo of dictionary.types(tenantNo)) {
      const row = connection.row(NAME, tenantNo, typeNo, id)
      if (row === undefined) continue
      const member = { id, type: dictionary.typeName(typeNo), display: textOf(row[1]) }
      found.push({ rowNo: numberOf(row[0]), member })
      break
    }
  }
  return found
}

function membersAmong(deps: ReadDeps, ref: Ref, ids: readonly string[]): readonly Member[] {
  const groupNo = rowNumber(deps, ref)
  if (groupNo === undefined) return []
  return named(deps, ref.tenant, ids)
    .filter(({ rowNo }) => deps.connection.row(IS_MEMBER, groupNo, rowNo) !== undefined)
    .map(({ member }) => member)
}

function memberCount(deps: ReadDeps, ref: Ref, atMost: number): number {
  const groupNo = rowNumber(deps, ref)
  return groupNo === undefined ? 0 : numberOf(deps.connection.row(MEMBER_COUNT, groupNo, atMost)?.[0])
}

function holders(
  deps: ReadDeps,
  ...[tenant, type, entry, limit, after]: Parameters<Reads['holders']>
): readonly string[] {
  const key = keyOf(deps, tenant, type)
  const path = key && deps.dictionary.path(key.tenantNo, key.typeNo, entry.path)
  if (key === undefined || path === undefined) return []
  const rows = deps.connection.rows(HOLDERS, key.tenantNo, path.pathNo, entry.value, after, limit)
  return rows.map((row) => textOf(row[0]))
}

function tenantRows(connection: Connection, where: TenantPage | undefined): readonly SqlRow[] {
  if (where === undefined) return connection.rows(`${TENANTS} order by name`)
  const { prefix = '', after = '', limit } = where
  return connection.rows(TENANTS_PAGE, after, prefix, prefix + LAST_CHARACTER, limit)
}

/** A row of {@link TENANTS} with its counters. */
function tenantRow({ connection, dictionary }: ReadDeps, row: SqlRow): TenantRow {
  const resources: { [type: string]: number } = {}
  for (const [typeNo, count] of connection.rows(COUNTS, numberOf(row[0]))) {
    if (numberOf(count) > 0) resources[dictionary.typeName(numberOf(typeNo))] = numberOf(count)
  }
  const [created, place, begins] = [numberOf(row[2]), numberOf(row[3]), numberOf(row[4])]
  return { tenant: textOf(row[1]), created, place, begins, resources }
}
