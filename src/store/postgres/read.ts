import { type IndexEntry, LogCut, type Member, type Ref, type Store } from '../contract/index.ts'
import { createBatchedGet } from './batched-get.ts'
import { numberOf, textOf } from './columns.ts'
import type { Database } from './database.ts'
import { indexValue } from './dialect.ts'
import { type Dictionary, pathKey } from './dictionary.ts'
import { readGroups } from './groups.ts'
import { CHANGE_COLUMNS, changeOf, recordOf, storedOf } from './rows.ts'
import { allTenants, tenantsOfPage } from './tenant-list.ts'

/** Reads that an index answers. */
export type Reads = Pick<
  Store,
  'get' | 'secret' | 'names' | 'membersAmong' | 'memberCount' | 'holders' | 'changes' | 'records' | 'tenants' | 'tenant'
> & {
  /** The numbers of tenant and resource. */
  readonly numberOf: (ref: Ref) => Promise<{ readonly tenantNo: number; readonly rowNo: number } | undefined>
}

/** Makes the reads of single resources, names, members, the log and records. */
export function createReads(database: Database, tenants: Dictionary): Reads {
  const gets = createBatchedGet(database)
  /** PostgreSQL has no NUL in a text: what holds one is nobody's id. */
  const numberOfTenant = async (tenant: string, ...texts: string[]): Promise<number | undefined> => {
    if (tenant.includes('\0') || texts.some((text) => text.includes('\0'))) return undefined
    return (tenants.known(tenant) ?? (await tenants.find(tenant)))?.tenantNo
  }

  return {
    async get(ref, asked) {
      const tenantNo = await numberOfTenant(ref.tenant, ref.id)
      if (tenantNo === undefined) return undefined
      const row = await gets(tenantNo, ref.type, ref.id, asked?.groups === true)
      if (row === undefined) return undefined
      const stored = storedOf([ref.type, ref.id, ...row], ref.tenant)
      if (asked?.groups !== true) return stored
      const [groups = []] = await readGroups(database.of(tenantNo), tenantNo, [{ id: ref.id, groups: row[5] }])
      return { ...stored, groups }
    },
    async numberOf(ref) {
      const tenantNo = await numberOfTenant(ref.tenant, ref.id)
      if (tenantNo === undefined) return undefined
      const row = await database
        .of(tenantNo)
        .row(
          'select r.k from lockstep.resource r where r.t = $1 and r.id = $2 and r.y = $3',
          tenantNo,
          ref.id,
          ref.type,
        )
      return row === undefined ? undefined : { tenantNo, rowNo: numberOf(row[0]) }
    },
    async secret(ref) {
      const tenantNo = await numberOfTenant(ref.tenant, ref.id)
      if (tenantNo === undefined) return undefined
      const row = await database
        .of(tenantNo)
        .row(
          'select r.secret from lockstep.resource r where r.t = $1 and r.id = $2 and r.y = $3',
          tenantNo,
          ref.id,
          ref.type,
        )
      return typeof row?.[0] === 'string' ? row[0] : undefined
    },
    async names(tenant, ids) {
      const tenantNo = await numberOfTenant(tenant)
      const wanted = [...new Set(ids)].filter((id) => !id.includes('\0'))
      if (tenantNo === undefined || wanted.length === 0) return []
      const rows = await database
        .of(tenantNo)
        .rows(
          'select r.id, r.y, r.display from lockstep.resource r where r.t = $1 and r.id = any($2::text[])',
          tenantNo,
          wanted,
        )
      return rows.map(([id, y, display]): Member => ({ id: textOf(id), type: textOf(y), display: textOf(display) }))
    },
    async membersAmong(ref, ids) {
      const tenantNo = await numberOfTenant(ref.tenant, ref.id)
      const wanted = [...new Set(ids)].filter((id) => !id.includes('\0'))
      if (tenantNo === undefined || wanted.length === 0) return []
      const rows = await database.rows(
        `select r.id, r.y, r.display from lockstep.resource r
         join lockstep.member x on x.t = $1 and x.m = r.k and x.g = (
           select g.k from lockstep.resource g where g.t = $1 and g.id = $2 and g.y = $3)
         where r.t = $1 and r.id = any($4::text[])`,
        tenantNo,
        ref.id,
        ref.type,
        wanted,
      )
      return rows.map(([id, y, display]): Member => ({ id: textOf(id), type: textOf(y), display: textOf(display) }))
    },
    async memberCount(ref, atMost) {
      const tenantNo = await numberOfTenant(ref.tenant, ref.id)
      if (tenantNo === undefined) return 0
      const row = await database.of(tenantNo).row(
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
    },
    async holders(tenant: string, type: string, entry: IndexEntry, limit: number, after = '') {
      const known = await tenants.find(tenant)
      const path = known?.paths.get(pathKey(type, entry.path))
      if (known === undefined || path === undefined || entry.value.includes('\0')) return []
      const rows = await database.of(known.tenantNo).rows(
        `select r.id from lockstep.value_index i join lockstep.resource r on r.t = $1 and r.k = i.k
         where i.t = $1 and i.a = $2 and i.v = $3 and r.id > $4 order by r.id limit $5`,
        known.tenantNo,
        path.pathNo,
        indexValue(entry.value),
        after,
        limit,
      )
      return rows.map((row) => textOf(row[0]))
    },
    async changes(tenant, after, limit) {
      const tenantNo = await numberOfTenant(tenant)
      if (tenantNo === undefined) return []
      // As of one moment: the lines behind a cut that comes just now would look like all there were.
      const rows = await database.of(tenantNo).rows(
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
    },
    async records(tenant, kind, where = {}) {
      const tenantNo = await numberOfTenant(tenant, kind, where.key ?? '', where.tag ?? '', where.after ?? '')
      if (tenantNo === undefined) return []
      const conditions = ['r.t = $1', 'r.kind = $2']
      const values: (string | number)[] = [tenantNo, kind]
      const add = (condition: string, value: string | undefined) => {
        if (value === undefined) return
        values.push(value)
        conditions.push(`${condition} $${values.length}`)
      }
      add('r.key =', where.key)
      add('r.tag =', where.tag)
      add('r.key >', where.after)
      let limit = ''
      if (where.limit !== undefined) {
        values.push(where.limit)
        limit = ` limit $${values.length}`
      }
      const rows = await database
        .of(tenantNo)
        .rows(
          `select r.key, r.tag, r.value from lockstep.record r where ${conditions.join(' and ')} order by r.key${limit}`,
          ...values,
        )
      return rows.map((row) => recordOf(row, tenant, kind))
    },
    tenants: (where) => (where === undefined ? allTenants(database) : tenantsOfPage(database, where)),
    async tenant(name) {
      if (name === '' || name.includes('\0')) return undefined
      const row = await database.row('select n.t, n.created from lockstep.tenant n where n.name = $1', name)
      if (row === undefined) return undefined
      const [tenantNo, created] = [numberOf(row[0]), numberOf(row[1])]
      const [[state], counters] = await Promise.all([
        database.rows('select s.place, s.cut from lockstep.tenant_state s where s.t = $1', tenantNo),
        database.rows('select c.y, c.n from lockstep.counter c where c.t = $1 and c.n > 0 order by c.y desc', tenantNo),
      ])
      // Just removed.
      if (state === undefined) return undefined
      const resources = Object.fromEntries(counters.map(([y, n]) => [textOf(y), numberOf(n)]))
      return { tenant: name, created, place: numberOf(state[0]), begins: numberOf(state[1]) + 1, resources }
    },
  }
}
