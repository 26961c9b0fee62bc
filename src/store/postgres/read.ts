import type { Json } from '../../protocol/index.ts'
import type {
  Change,
  IndexEntry,
  Member,
  Membership,
  Ref,
  Store,
  Stored,
  StoredRecord,
  TenantRow,
} from '../contract/index.ts'
import { createBatchedGet } from './batched-get.ts'
import { type Database, numberOf, type Row, textOf } from './database.ts'
import { indexValue } from './dialect.ts'
import { type Dictionary, pathKey } from './dictionary.ts'
import { readGroups } from './groups.ts'

/** Columns of a resource in the order in which `storedOf` reads them; the table is called `r`. */
export const COLUMNS = 'r.y, r.id, r.version, r.created, r.modified, r.display, r.text'

/** A resource as kept. */
export function storedOf(row: Row, tenant: string, groups?: readonly Membership[]): Stored {
  const stored = {
    tenant,
    type: textOf(row[0]),
    id: textOf(row[1]),
    version: numberOf(row[2]),
    created: numberOf(row[3]),
    modified: numberOf(row[4]),
    text: textOf(row[6]),
    display: textOf(row[5]),
  }
  return groups === undefined ? stored : { ...stored, groups }
}

/** Reads that an index answers. */
export type Reads = Pick<
  Store,
  'get' | 'secret' | 'names' | 'membersAmong' | 'memberCount' | 'holders' | 'changes' | 'records' | 'tenants' | 'tenant'
> & {
  /** The numbers of tenant and resource. */
  readonly numberOf: (ref: Ref) => Promise<{ readonly t: number; readonly k: number } | undefined>
}

/** Makes the reads of single resources, names, members, the log and records. */
export function createReads(database: Database, tenants: Dictionary): Reads {
  const gets = createBatchedGet(database)
  /** PostgreSQL has no NUL in a text: what holds one is nobody's id. */
  const numberOfTenant = async (tenant: string, ...texts: string[]): Promise<number | undefined> => {
    if (tenant.includes('\0') || texts.some((text) => text.includes('\0'))) return undefined
    return (tenants.known(tenant) ?? (await tenants.find(tenant)))?.t
  }

  return {
    async get(ref, asked) {
      const t = await numberOfTenant(ref.tenant, ref.id)
      if (t === undefined) return undefined
      const row = await gets(t, ref.type, ref.id, asked?.groups === true)
      if (row === undefined) return undefined
      const stored = storedOf([ref.type, ref.id, ...row], ref.tenant)
      if (asked?.groups !== true) return stored
      const [groups = []] = await readGroups(database.of(t), t, [{ id: ref.id, groups: row[5] }])
      return { ...stored, groups }
    },
    async numberOf(ref) {
      const t = await numberOfTenant(ref.tenant, ref.id)
      if (t === undefined) return undefined
      const row = await database
        .of(t)
        .row('select r.k from lockstep.resource r where r.t = $1 and r.id = $2 and r.y = $3', t, ref.id, ref.type)
      return row === undefined ? undefined : { t, k: numberOf(row[0]) }
    },
    async secret(ref) {
      const t = await numberOfTenant(ref.tenant, ref.id)
      if (t === undefined) return undefined
      const row = await database
        .of(t)
        .row('select r.secret from lockstep.resource r where r.t = $1 and r.id = $2 and r.y = $3', t, ref.id, ref.type)
      return typeof row?.[0] === 'string' ? row[0] : undefined
    },
    async names(tenant, ids) {
      const t = await numberOfTenant(tenant)
      const wanted = [...new Set(ids)].filter((id) => !id.includes('\0'))
      if (t === undefined || wanted.length === 0) return []
      const rows = await database
        .of(t)
        .rows(
          'select r.id, r.y, r.display from lockstep.resource r where r.t = $1 and r.id = any($2::text[])',
          t,
          wanted,
        )
      return rows.map(([id, y, display]): Member => ({ id: textOf(id), type: textOf(y), display: textOf(display) }))
    },
    async membersAmong(ref, ids) {
      const t = await numberOfTenant(ref.tenant, ref.id)
      const wanted = [...new Set(ids)].filter((id) => !id.includes('\0'))
      if (t === undefined || wanted.length === 0) return []
      const rows = await database.rows(
        `select r.id, r.y, r.display from lockstep.resource r
         join lockstep.member x on x.t = $1 and x.m = r.k and x.g = (
           select g.k from lockstep.resource g where g.t = $1 and g.id = $2 and g.y = $3)
         where r.t = $1 and r.id = any($4::text[])`,
        t,
        ref.id,
        ref.type,
        wanted,
      )
      return rows.map(([id, y, display]): Member => ({ id: textOf(id), type: textOf(y), display: textOf(display) }))
    },
    async memberCount(ref, atMost) {
      const t = await numberOfTenant(ref.tenant, ref.id)
      if (t === undefined) return 0
      const row = await database.of(t).row(
        `select count(*) from (
           select 1 from lockstep.member x where x.t = $1 and x.g = (
             select r.k from lockstep.resource r where r.t = $1 and r.id = $2 and r.y = $3
           ) limit $4) m`,
        t,
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
      const rows = await database.of(known.t).rows(
        `select r.id from lockstep.value_index i join lockstep.resource r on r.t = $1 and r.k = i.k
         where i.t = $1 and i.a = $2 and i.v = $3 and r.id > $4 order by r.id limit $5`,
        known.t,
        path.pathNo,
        indexValue(entry.value),
        after,
        limit,
      )
      return rows.map((row) => textOf(row[0]))
    },
    async changes(tenant, after, limit) {
      const t = await numberOfTenant(tenant)
      if (t === undefined) return []
      const rows = await database.of(t).rows(
        `select c.place, c.at, c.y, c.id, c.op, c.actor, c.version, c.detail from lockstep.change c
         where c.t = $1 and c.place > $2 order by c.place limit $3`,
        t,
        after,
        limit,
      )
      return rows.map((row) => changeOf(row, tenant))
    },
    async records(tenant, kind, where = {}) {
      const t = await numberOfTenant(tenant, kind, where.key ?? '', where.tag ?? '', where.after ?? '')
      if (t === undefined) return []
      const conditions = ['r.t = $1', 'r.kind = $2']
      const values: (string | number)[] = [t, kind]
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
        .of(t)
        .rows(
          `select r.key, r.tag, r.value from lockstep.record r where ${conditions.join(' and ')} order by r.key${limit}`,
          ...values,
        )
      return rows.map((row) => recordOf(row, tenant, kind))
    },
    async tenants() {
      // Whole tables: with a list of numbers a cluster plans for each shard and number.
      const all = await database.rows('select n.t, n.name, n.created from lockstep.tenant n order by n.name')
      const states = await database.rows('select s.t, s.place from lockstep.tenant_state s')
      const counters = await database.rows(
        'select c.t, c.y, c.n from lockstep.counter c where c.n > 0 order by c.t, c.y desc',
      )
      const places = new Map(states.map(([t, place]) => [numberOf(t), numberOf(place)]))
      const resources = new Map<number, { [type: string]: number }>()
      for (const [t, y, n] of counters) {
        const of = resources.get(numberOf(t)) ?? {}
        of[textOf(y)] = numberOf(n)
        resources.set(numberOf(t), of)
      }
      return all.flatMap(([t, name, created]): TenantRow[] => {
        const place = places.get(numberOf(t))
        // Just removed.
        if (place === undefined) return []
        return [
          { tenant: textOf(name), created: numberOf(created), place, resources: resources.get(numberOf(t)) ?? {} },
        ]
      })
    },
    async tenant(name) {
      if (name === '' || name.includes('\0')) return undefined
      const row = await database.row('select n.t, n.created from lockstep.tenant n where n.name = $1', name)
      if (row === undefined) return undefined
      const [t, created] = [numberOf(row[0]), numberOf(row[1])]
      const [[state], counters] = await Promise.all([
        database.rows('select s.place from lockstep.tenant_state s where s.t = $1', t),
        database.rows('select c.y, c.n from lockstep.counter c where c.t = $1 and c.n > 0 order by c.y desc', t),
      ])
      // Just removed.
      if (state === undefined) return undefined
      const resources = Object.fromEntries(counters.map(([y, n]) => [textOf(y), numberOf(n)]))
      return { tenant: name, created, place: numberOf(state[0]), resources }
    },
  }
}

/** One line of the log. */
export function changeOf(row: Row, tenant: string): Change {
  return {
    tenant,
    type: textOf(row[2]),
    id: textOf(row[3]),
    place: numberOf(row[0]),
    at: numberOf(row[1]),
    op: textOf(row[4]) as Change['op'],
    actor: textOf(row[5]),
    version: numberOf(row[6]),
    ...(JSON.parse(textOf(row[7])) as Pick<Change, 'paths' | 'members'>),
  }
}

/** One record. */
export function recordOf(row: Row, tenant: string, kind: string): StoredRecord {
  const record = { tenant, kind, key: textOf(row[0]), value: JSON.parse(textOf(row[2])) as Json }
  return typeof row[1] === 'string' ? { ...record, tag: row[1] } : record
}
