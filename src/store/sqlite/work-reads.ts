// Reads items, cursors, news and leases.

import {
  type Cursor,
  checkLease,
  checkPage,
  type DueWhere,
  type Item,
  type ItemsWhere,
  LANES,
  type LeaseHolder,
  type LeaseKey,
  NEVER,
  type News,
  type Work,
  type Written,
} from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import { ITEM_COLUMNS, itemOf } from '../sql/item-columns.ts'
import type { Connection, SqlRow, SqlValue } from './connection.ts'
import { PLACE_OF_ALL } from './counters.ts'
import type { Dictionary } from './dictionary.ts'
import type { LeaseWrite } from './work.ts'

/** Reads of work, on the calling thread. */
export interface WorkReads {
  readonly items: (tenant: string, queue: string, where: ItemsWhere) => readonly Item[]
  readonly due: (queue: string, where: DueWhere) => readonly Item[]
  readonly states: (tenant: string, queue: string) => { readonly [state: string]: number }
  readonly cursors: (tenant: string) => readonly Cursor[]
  readonly news: (reader: string, limit: number, after?: News) => readonly News[]
  readonly leaseHolder: (key: LeaseKey) => LeaseHolder | undefined
}

const ITEMS = `select ${ITEM_COLUMNS} from lockstep_item i where i.expires > ? and i.queue = ?`
// In the order of the keys.
const ITEMS_NAMED = `select ${ITEM_COLUMNS} from json_each(?) j cross join lockstep_item i
  on i.t = ? and i.queue = ? and i.key = j.value where i.expires > ?`
/** From so many keys on, one statement for all takes less time than one for each. */
const SEVERAL = 4
/** Removed tenants may have left items. */
const LIVES = '(i.t = 0 or exists (select 1 from lockstep_tenant n where n.t = i.t))'
const NAMED = `(x.reader = ?1 or (x.reader >= ?1 || '/' and x.reader < ?1 || '0'))`

const STATES = `select i.state, sum(i.expires > ?) from lockstep_item i
  where i.t = ? and i.queue = ? and i.state <> '' group by i.state`
const CURSORS = 'select reader, place, paused from lockstep_cursor where t = ? order by reader'
// The whole database has no row among the tenants that could say that it has news; its readers are few.
const NEWS_OF_ALL = `select 0, x.reader, x.place, (${PLACE_OF_ALL}) as last
  from lockstep_cursor x
  where x.t = 0 and ${NAMED} and x.paused = 0 and x.reader > ?2 and x.place < last order by x.reader limit ?3 + 0`
const NEWS = `select n.t, x.reader, x.place, n.place, n.name from lockstep_tenant n cross join lockstep_cursor x on x.t = n.t
  where n.wake = 1 and n.t >= ?2 and (n.t, x.reader) > (?2, ?3) and ${NAMED} and x.paused = 0 and x.place < n.place
  order by n.t, x.reader limit ?4 + 0`
const LEASE = 'select owner, epoch, until from lockstep_lease where t = ? and name = ?'

/** Creates the part of a store that holds work, except for commits. `commit` carries out what a lease needs. */
export function createWorkHalf({
  reads,
  reading,
  commit,
}: {
  readonly reads: WorkReads
  /** Runs a read that includes what others have committed. */
  readonly reading: <T>(read: () => T) => Promise<T>
  readonly commit: (write: LeaseWrite) => Promise<readonly Written[]>
}): Omit<Work, 'watchWork'> {
  return {
    items: (tenant, queue, where) => reading(() => reads.items(tenant, queue, where)),
    due: (queue, where) => reading(() => reads.due(queue, where)),
    states: (tenant, queue) => reading(() => reads.states(tenant, queue)),
    cursors: (tenant) => reading(() => reads.cursors(tenant)),
    news: (reader, limit, after) => reading(() => reads.news(reader, limit, after)),
    leaseHolder: (key) => reading(() => reads.leaseHolder(key)),
    async lease(lease, owner, ms, { from } = {}) {
      checkLease(lease, owner, ms)
      const [done] = await commit({ write: 'lease', lease, owner, ms, from })
      return done?.changed === true ? { epoch: done.version, abandoned: done.modified === 1 } : undefined
    },
    async release(lease, epoch) {
      await commit({ write: 'release', lease, epoch })
    },
  }
}

/** What reads of work are done with. */
interface WorkReadDeps {
  readonly connection: Connection
  readonly dictionary: Dictionary
  /** Milliseconds since 1970: on the one machine of a database file, its clock is the database's. */
  readonly now: () => number
}

/** Creates the reads of work. */
export function createWorkReads(connection: Connection, dictionary: Dictionary, now: () => number): WorkReads {
  const deps = { connection, dictionary, now }
  return {
    items: (tenant, queue, where) => items(deps, tenant, queue, where),
    due: (queue, where) => due(deps, queue, where),
    states: (tenant, queue) => states(deps, tenant, queue),
    cursors: (tenant) => cursors(deps, tenant),
    news: (reader, limit, after) => news(deps, reader, limit, after),
    leaseHolder: (key) => leaseHolder(deps, key),
  }
}

function items(
  { connection, dictionary, now }: WorkReadDeps,
  tenant: string,
  queue: string,
  where: ItemsWhere,
): readonly Item[] {
  checkPage('limit' in where ? where.limit : 0, 'keys' in where ? where.keys : [])
  const tenantNo = dictionary.tenant(tenant)
  if (tenantNo === undefined) return []
  if ('keys' in where) {
    const keys = [...new Set(where.keys)]
    if (keys.length >= SEVERAL) {
      const rows = connection.rows(ITEMS_NAMED, JSON.stringify(keys), tenantNo, queue, now())
      return rows.map((row) => itemOf(row, tenant))
    }
    const sql = `${ITEMS} and i.t = ? and i.key = ?`
    const found = keys.map((key) => connection.row(sql, now(), queue, tenantNo, key))
    return found.flatMap((row) => (row === undefined ? [] : [itemOf(row, tenant)]))
  }
  const { tag, after, order = 'asc', limit } = where
  const tagged = tag === undefined ? '' : tag === '' ? `and i.tag = ?` : `and i.tag = ? and i.tag <> ''`
  const page = after === undefined ? '' : `and i.key ${order === 'asc' ? '>' : '<'} ?`
  const begins = after === undefined ? [] : [after]
  const values: SqlValue[] = [now(), queue, tenantNo, ...(tag === undefined ? [] : [tag]), ...begins, limit]
  const sql = `${ITEMS} and i.t = ? ${tagged} ${page} order by i.key ${order} limit ? + 0`
  return connection.rows(sql, ...values).map((row) => itemOf(row, tenant))
}

function due(deps: WorkReadDeps, queue: string, where: DueWhere): readonly Item[] {
  checkPage(where.limit)
  const lanes = where.lanes ?? Array.from({ length: LANES }, (_, lane) => lane)
  const found: Item[] = []
  for (const lane of [...new Set(lanes)].sort((a, b) => a - b)) {
    if (found.length >= where.limit) break
    for (const row of dueInLane(deps, queue, lane, { ...where, limit: where.limit - found.length })) {
      const tenant = deps.dictionary.tenantName(numberOf(row[0]))
      if (tenant !== undefined) found.push(itemOf(row, tenant))
    }
  }
  return found
}

function dueInLane(
  { connection, dictionary, now }: WorkReadDeps,
  queue: string,
  lane: number,
  { until, within, limit }: DueWhere,
): readonly SqlRow[] {
  if (within === undefined) {
    const sql = `${ITEMS} and i.lane = ? and i.due <= ? and i.due < ${NEVER} and ${LIVES} order by i.due limit ? + 0`
    return connection.rows(sql, now(), queue, lane, until, limit)
  }
  const tenantNo = dictionary.tenant(within.tenant)
  if (tenantNo === undefined || within.state === '') return []
  const sql = `${ITEMS} and i.lane = ? and i.due <= ? and i.t = ? and i.state = ? and i.state <> '' order by i.due limit ? + 0`
  return connection.rows(sql, now(), queue, lane, until, tenantNo, within.state, limit)
}

function states(
  { connection, dictionary, now }: WorkReadDeps,
  tenant: string,
  queue: string,
): { readonly [state: string]: number } {
  const tenantNo = dictionary.tenant(tenant)
  if (tenantNo === undefined) return {}
  const rows = connection.rows(STATES, now(), tenantNo, queue)
  return Object.fromEntries(rows.flatMap((row) => (row[1] === 0 ? [] : [[textOf(row[0]), numberOf(row[1])]])))
}

function cursors({ connection, dictionary }: WorkReadDeps, tenant: string): readonly Cursor[] {
  const tenantNo = dictionary.tenant(tenant)
  if (tenantNo === undefined) return []
  return connection.rows(CURSORS, tenantNo).map(([reader, place, paused]) => ({
    tenant,
    reader: textOf(reader),
    place: numberOf(place),
    paused: paused === 1,
  }))
}

function news(
  { connection, dictionary }: WorkReadDeps,
  reader: string,
  limit: number,
  after: News | undefined,
): readonly News[] {
  checkPage(limit)
  const tenantNo = after === undefined ? -1 : (dictionary.tenant(after.tenant) ?? -1)
  const from = tenantNo < 0 ? '' : (after?.reader ?? '')
  const everywhere = tenantNo > 0 ? [] : connection.rows(NEWS_OF_ALL, reader, from, limit)
  const rows = connection.rows(NEWS, reader, tenantNo, from, limit - everywhere.length)
  return [...everywhere, ...rows].map((row) => ({
    tenant: row[0] === 0 ? '' : textOf(row[4]),
    reader: textOf(row[1]),
    place: numberOf(row[2]),
    last: numberOf(row[3]),
  }))
}

function leaseHolder(
  { connection, dictionary, now }: WorkReadDeps,
  { tenant, name }: LeaseKey,
): LeaseHolder | undefined {
  const tenantNo = dictionary.tenant(tenant)
  const row = tenantNo === undefined ? undefined : connection.row(LEASE, tenantNo, name)
  if (typeof row?.[0] !== 'string') return undefined
  return { owner: row[0], epoch: numberOf(row[1]), leftMs: numberOf(row[2]) - now() }
}
