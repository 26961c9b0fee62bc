import type {
  Candidate,
  Change,
  IndexEntry,
  Member,
  Membership,
  Ref,
  Store,
  Stored,
  StoredRecord,
  TenantPage,
  TenantRow,
} from '../contract/index.ts'
import { LogCut } from '../contract/index.ts'
import { type Connection, numberOf, type SqlRow, textOf } from './connection.ts'
import type { Dictionary } from './dictionary.ts'
import { GROUP_NUMBERS, type GroupsOf } from './groups.ts'
import { CHANGE_COLUMNS, COLUMNS, changeOf, recordOf, storedOf } from './rows.ts'

/** Reads that an index answers, on the calling thread. */
export interface Reads {
  readonly get: (ref: Ref, groups: boolean) => Stored | undefined
  /** Resources of a type by their numbers, with their groups. */
  readonly numbered: (numbers: readonly number[], tenant: string, type: string) => readonly Candidate[]
  /** The number of a resource. */
  readonly numberOf: (ref: Ref) => number | undefined
  readonly secret: (ref: Ref) => string | undefined
  readonly names: (tenant: string, ids: readonly string[]) => readonly Member[]
  readonly membersAmong: (ref: Ref, ids: readonly string[]) => readonly Member[]
  readonly memberCount: (ref: Ref, atMost: number) => number
  readonly holders: (tenant: string, type: string, entry: IndexEntry, limit: number, after: string) => readonly string[]
  readonly changes: (tenant: string, after: number, limit: number) => readonly Change[]
  readonly records: (...args: Parameters<Store['records']>) => readonly StoredRecord[]
  readonly tenants: (where?: TenantPage) => readonly TenantRow[]
  readonly tenant: (name: string) => TenantRow | undefined
  readonly groupsOf: GroupsOf
}

const GET = `select ${COLUMNS} from lockstep_resource r where r.t = ? and r.y = ? and r.id = ?`
const GET_GROUPS = `select ${COLUMNS}, ${GROUP_NUMBERS} from lockstep_resource r where r.t = ? and r.y = ? and r.id = ?`

const NUMBERED = `select ${COLUMNS}, ${GROUP_NUMBERS} from lockstep_resource r where r.k = ?`
const ALL_NUMBERED = `select ${COLUMNS}, ${GROUP_NUMBERS} from json_each(?) j cross join lockstep_resource r on r.k = j.value`

const TENANTS = `select t, name, created, place, 1 + ifnull((select c.place from lockstep_cut c where c.t = lockstep_tenant.t), 0)
  from lockstep_tenant`
/** Behind every name that begins with the text before it. */
const LAST_CHARACTER = '\u{10ffff}'
const TENANTS_PAGE = `${TENANTS} where name > ? and name >= ? and name < ? order by name limit ?`

const NO_GROUPS: readonly Membership[] = []

/** Makes the reads of single resources, names, members, the log and records. */
export function createReads(connection: Connection, dictionary: Dictionary, groupsOf: GroupsOf): Reads {
  const keyOf = (ref: Ref): { readonly tenantNo: number; readonly typeNo: number } | undefined => {
    const tenantNo = dictionary.tenant(ref.tenant)
    const typeNo = dictionary.type(ref.type)
    return tenantNo === undefined || typeNo === undefined ? undefined : { tenantNo, typeNo }
  }
  const numberFor = (ref: Ref): number | undefined => {
    const key = keyOf(ref)
    if (key === undefined) return undefined
    const row = connection.row(
      'select k from lockstep_resource where t = ? and y = ? and id = ?',
      key.tenantNo,
      key.typeNo,
      ref.id,
    )
    return row === undefined ? undefined : numberOf(row[0])
  }

  /** A row whose last column is {@link GROUP_NUMBERS}. */
  function withGroups(row: SqlRow, tenant: string, type: string): Stored {
    const rowNo = numberOf(row[0])
    const memberships = row[8] === null ? NO_GROUPS : groupsOf.find([{ rowNo, groups: row[8] }]).get(rowNo)
    return storedOf(row, tenant, type, memberships ?? NO_GROUPS)
  }

  /** A row of {@link TENANTS} with its counters. */
  function countersOf(row: SqlRow): TenantRow {
    const resources: { [type: string]: number } = {}
    for (const [typeNo, n] of connection.rows(
      'select y, n from lockstep_counter where t = ? order by y',
      numberOf(row[0]),
    )) {
      if (numberOf(n) > 0) resources[dictionary.typeName(numberOf(typeNo))] = numberOf(n)
    }
    const [created, place, begins] = [numberOf(row[2]), numberOf(row[3]), numberOf(row[4])]
    return { tenant: textOf(row[1]), created, place, begins, resources }
  }

  return {
    groupsOf,
    numberOf: numberFor,
    get(ref, groups) {
      const key = keyOf(ref)
      if (key === undefined) return undefined
      const row = connection.row(groups ? GET_GROUPS : GET, key.tenantNo, key.typeNo, ref.id)
      if (row === undefined) return undefined
      return groups ? withGroups(row, ref.tenant, ref.type) : storedOf(row, ref.tenant, ref.type, undefined)
    },
    numbered(numbers, tenant, type) {
      const [only] = numbers
      // To take one number out of a list costs more than to find its row.
      const rows =
        numbers.length === 1 && only !== undefined
          ? connection.rows(NUMBERED, only)
          : connection.rows(ALL_NUMBERED, JSON.stringify(numbers))
      return rows.map((row) => ({ number: numberOf(row[0]), stored: withGroups(row, tenant, type) }))
    },
    secret(ref) {
      const key = keyOf(ref)
      if (key === undefined) return undefined
      const row = connection.row(
        'select secret from lockstep_resource where t = ? and y = ? and id = ?',
        key.tenantNo,
        key.typeNo,
        ref.id,
      )
      return typeof row?.[0] === 'string' ? row[0] : undefined
    },
    names(tenant, ids) {
      const tenantNo = dictionary.tenant(tenant)
      if (tenantNo === undefined) return []
      const found: Member[] = []
      for (const id of new Set(ids)) {
        for (const typeNo of dictionary.types(tenantNo)) {
          const row = connection.row(
            'select display from lockstep_resource where t = ? and y = ? and id = ?',
            tenantNo,
            typeNo,
            id,
          )
          if (row === undefined) continue
          found.push({ id, type: dictionary.typeName(typeNo), display: textOf(row[0]) })
          break
        }
      }
      return found
    },
    membersAmong(ref, ids) {
      const tenantNo = dictionary.tenant(ref.tenant)
      const groupNo = numberFor(ref)
      if (tenantNo === undefined || groupNo === undefined) return []
      const found: Member[] = []
      for (const id of new Set(ids)) {
        for (const typeNo of dictionary.types(tenantNo)) {
          const row = connection.row(
            'select k, display from lockstep_resource where t = ? and y = ? and id = ?',
            tenantNo,
            typeNo,
            id,
          )
          if (row === undefined) continue
          const is =
            connection.row('select 1 from lockstep_member where g = ? and m = ?', groupNo, numberOf(row[0])) !==
            undefined
          if (is) found.push({ id, type: dictionary.typeName(typeNo), display: textOf(row[1]) })
          break
        }
      }
      return found
    },
    memberCount(ref, atMost) {
      const rowNo = numberFor(ref)
      if (rowNo === undefined) return 0
      const row = connection.row(
        'select count(*) from (select 1 from lockstep_member where g = ? limit ? + 0)',
        rowNo,
        atMost,
      )
      return numberOf(row?.[0])
    },
    holders(tenant, type, entry, limit, after) {
      const key = keyOf({ tenant, type, id: '' })
      const path = key === undefined ? undefined : dictionary.path(key.tenantNo, key.typeNo, entry.path)
      if (key === undefined || path === undefined) return []
      const rows = connection.rows(
        `select r.id from lockstep_value_index i cross join lockstep_resource r on r.k = i.k
         where i.t = ? and i.a = ? and i.v = ? and r.id > ? order by r.id limit ? + 0`,
        key.tenantNo,
        path.pathNo,
        entry.value,
        after,
        limit,
      )
      return rows.map((row) => textOf(row[0]))
    },
    changes(tenant, after, limit) {
      const tenantNo = dictionary.tenant(tenant)
      if (tenantNo === undefined) return []
      const cut = connection.row('select place from lockstep_cut where t = ? and place > ?', tenantNo, after)
      if (cut !== undefined) throw new LogCut(numberOf(cut[0]) + 1)
      const rows = connection.rows(
        `select ${CHANGE_COLUMNS} from lockstep_change where t = ? and place > ? order by place limit ? + 0`,
        tenantNo,
        after,
        limit,
      )
      return rows.map((row) => changeOf(row, tenant, dictionary.typeName))
    },
    records(tenant, kind, where = {}) {
      const tenantNo = dictionary.tenant(tenant)
      if (tenantNo === undefined) return []
      const limit = where.limit ?? -1
      if (where.key !== undefined) {
        const row = connection.row(
          'select key, tag, value from lockstep_record where t = ? and kind = ? and key = ?',
          tenantNo,
          kind,
          where.key,
        )
        if (row === undefined || limit === 0) return []
        const record = recordOf(row, tenant, kind)
        const tagged = where.tag === undefined || record.tag === where.tag
        return tagged && (where.after === undefined || record.key > where.after) ? [record] : []
      }
      // Keys may be "": only an `after` that was given leaves any out.
      const from = where.after === undefined ? 'key >= ?' : 'key > ?'
      const after = where.after ?? ''
      const rows =
        where.tag === undefined
          ? connection.rows(
              `select key, tag, value from lockstep_record where t = ? and kind = ? and ${from} order by key limit ? + 0`,
              tenantNo,
              kind,
              after,
              limit,
            )
          : connection.rows(
              `select key, tag, value from lockstep_record where t = ? and kind = ? and tag = ? and ${from} order by key limit ? + 0`,
              tenantNo,
              kind,
              where.tag,
              after,
              limit,
            )
      return rows.map((row) => recordOf(row, tenant, kind))
    },
    tenants(where) {
      if (where === undefined) return connection.rows(`${TENANTS} order by name`).map(countersOf)
      const { prefix = '', after = '', limit } = where
      return connection.rows(TENANTS_PAGE, after, prefix, prefix + LAST_CHARACTER, limit).map(countersOf)
    },
    tenant(name) {
      const row = connection.row(`${TENANTS} where name = ?`, name)
      return row === undefined ? undefined : countersOf(row)
    },
  }
}
