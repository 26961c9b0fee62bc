// Reads items, cursors and news; takes and gives back leases.

import {
  checkLease,
  checkPage,
  type DueWhere,
  type Item,
  type ItemsWhere,
  LANES,
  type Lease,
  type LeaseKey,
  NEVER,
  type News,
  type Work,
} from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import { ITEM_COLUMNS, itemOf } from '../sql/item-columns.ts'
import type { Row, Value } from './columns.ts'
import type { Database } from './database.ts'
import type { Dictionary } from './dictionary.ts'

/** What work is read with. */
export interface WorkReadsDeps {
  readonly database: Database
  readonly dictionary: Dictionary
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const ITEMS = `select ${ITEM_COLUMNS} from lockstep.item i where i.t = $1 and i.queue = $2 and i.expires > $3`
/** Of tenants that are gone something may be left. */
const LIVES = '(i.t = 0 or exists (select 1 from lockstep.tenant n where n.t = i.t))'
const DUE = `select ${ITEM_COLUMNS}, coalesce(n.name, '') from lockstep.item i left join lockstep.tenant n on n.t = i.t
  where i.queue = $1 and i.expires > $2 and i.lane = $3 and i.due <= $4 and i.due < ${NEVER} and (i.t = 0 or n.t is not null)
  order by i.due limit $5`

/** Creates the part of a store that holds work, but for commits. */
export function createWorkReads(deps: WorkReadsDeps): Omit<Work, 'watchWork'> {
  const { database, dictionary } = deps
  /** No name that a store has kept holds NUL, which PostgreSQL can't compare with. */
  const numberOfTenant = async (name: string, ...texts: string[]): Promise<number | undefined> =>
    [name, ...texts].some((text) => text.includes('\0')) ? undefined : (await dictionary.find(name))?.tenantNo

  return {
    async items(tenant, queue, where) {
      checkPage('limit' in where ? where.limit : 0, 'keys' in where ? where.keys : [])
      const tenantNo = await numberOfTenant(tenant, queue)
      if (tenantNo === undefined) return []
      const [sql, values] = itemsQuery(where)
      const rows = await database.of(tenantNo).rows(sql, tenantNo, queue, deps.now(), ...values)
      return rows.map((row) => itemOf(row, tenant))
    },
    async due(queue, where) {
      checkPage(where.limit)
      const lanes = [...new Set(where.lanes ?? Array.from({ length: LANES }, (_, lane) => lane))].sort((a, b) => a - b)
      return where.within === undefined
        ? dueOfAll(deps, queue, lanes, where)
        : dueWithin(deps, queue, lanes, where, where.within)
    },
    async states(tenant, queue) {
      const tenantNo = await numberOfTenant(tenant, queue)
      if (tenantNo === undefined) return {}
      const rows = await database.of(tenantNo).rows(
        `select i.state, count(*) from lockstep.item i
           where i.t = $1 and i.queue = $2 and i.state <> '' and i.expires > $3 group by i.state`,
        tenantNo,
        queue,
        deps.now(),
      )
      return Object.fromEntries(rows.map(([state, count]) => [textOf(state), numberOf(count)]))
    },
    async cursors(tenant) {
      const tenantNo = await numberOfTenant(tenant)
      if (tenantNo === undefined) return []
      const rows = await database
        .of(tenantNo)
        .rows('select c.reader, c.place, c.paused from lockstep.cursor c where c.t = $1 order by c.reader', tenantNo)
      return rows.map(([reader, place, paused]) => ({
        tenant,
        reader: textOf(reader),
        place: numberOf(place),
        paused: paused === true,
      }))
    },
    async news(reader, limit, after) {
      checkPage(limit)
      return newsOf(deps, reader, limit, after)
    },
    async lease(key, owner, ms, { from = owner } = {}) {
      checkLease(key, owner, ms)
      const tenantNo = await numberOfTenant(key.tenant)
      return tenantNo === undefined ? undefined : takeLease(database.of(tenantNo), tenantNo, key, { owner, ms, from })
    },
    async release({ tenant, name }, epoch) {
      const tenantNo = await numberOfTenant(tenant, name)
      if (tenantNo === undefined) return
      const sql = 'update lockstep.lease l set owner = null where l.t = $1 and l.name = $2 and l.epoch = $3'
      await database.of(tenantNo).rows(sql, tenantNo, name, epoch)
    },
    async leaseHolder({ tenant, name }) {
      const tenantNo = await numberOfTenant(tenant, name)
      if (tenantNo === undefined) return undefined
      const sql = `select l.owner, l.epoch, (extract(epoch from l.until - statement_timestamp()) * 1000)::bigint
        from lockstep.lease l where l.t = $1 and l.name = $2 and l.owner is not null`
      const row = await database.of(tenantNo).row(sql, tenantNo, name)
      return row && { owner: textOf(row[0]), epoch: numberOf(row[1]), leftMs: numberOf(row[2]) }
    },
  }
}

/** The query of items of one queue and tenant. */
export function itemsQuery(where: ItemsWhere): readonly [sql: string, values: readonly Value[]] {
  if ('keys' in where) {
    return [`${ITEMS} and i.key = any($4::text[])`, [where.keys.filter((key) => !key.includes('\0'))]]
  }
  const { tag, after, order = 'asc', limit } = where
  const begins = after === undefined ? '' : `and i.key ${order === 'asc' ? '>' : '<'} $5 `
  const page = `${begins}order by i.key ${order} limit $4`
  const tagAt = after === undefined ? '$5' : '$6'
  const values = [limit, ...(after === undefined ? [] : [after])]
  if (tag === undefined) return [`${ITEMS} ${page}`, values]
  return [`${ITEMS} and i.tag = ${tagAt}${tag === '' ? '' : ` and i.tag <> ''`} ${page}`, [...values, tag]]
}

/** Lane by lane, since only one lane at a time is in order of time. On one server that is one statement. */
async function dueOfAll(
  { database, now }: WorkReadsDeps,
  queue: string,
  lanes: readonly number[],
  { until, limit }: DueWhere,
): Promise<readonly Item[]> {
  const found: Row[] = []
  if (await database.isCluster()) {
    for (const lane of lanes) {
      if (found.length >= limit) break
      found.push(...(await database.rows(DUE, queue, now(), lane, until, limit - found.length)))
    }
  } else {
    const sql = `select ${ITEM_COLUMNS}, coalesce(n.name, '') from unnest($1::smallint[]) l(lane) cross join lateral (
        select * from lockstep.item i where i.queue = $2 and i.expires > $3 and i.lane = l.lane and i.due <= $4 and i.due < ${NEVER}
          and ${LIVES} order by i.due limit $5
      ) i left join lockstep.tenant n on n.t = i.t order by i.lane, i.due limit $5`
    found.push(...(await database.rows(sql, lanes, queue, now(), until, limit)))
  }
  return found.map((row) => itemOf(row, textOf(row[12])))
}

async function dueWithin(
  { database, dictionary, now }: WorkReadsDeps,
  queue: string,
  lanes: readonly number[],
  { until, limit }: DueWhere,
  { tenant, state }: NonNullable<DueWhere['within']>,
): Promise<readonly Item[]> {
  const tenantNo = (await dictionary.find(tenant))?.tenantNo
  if (tenantNo === undefined || state === '') return []
  const sql = `select ${ITEM_COLUMNS} from unnest($1::smallint[]) l(lane) cross join lateral (
      select * from lockstep.item i where i.t = $2 and i.queue = $3 and i.state = $4 and i.state <> '' and i.lane = l.lane
        and i.due <= $5 and i.expires > $6 order by i.due limit $7
    ) i order by i.lane, i.due limit $7`
  const rows = await database.of(tenantNo).rows(sql, lanes, tenantNo, queue, state, until, now(), limit)
  return rows.map((row) => itemOf(row, tenant))
}

async function newsOf(
  { database, dictionary }: WorkReadsDeps,
  reader: string,
  limit: number,
  after: News | undefined,
): Promise<readonly News[]> {
  const from = after === undefined ? undefined : (await dictionary.find(after.tenant))?.tenantNo
  const rows = await database.rows(
    `select coalesce(n.name, ''), c.reader, c.place, s.place from lockstep.tenant_state s
     join lockstep.cursor c on c.t = s.t and not c.paused and c.place < s.place
       and (c.reader = $1 or (c.reader >= $1 || '/' and c.reader < $1 || '0'))
     left join lockstep.tenant n on n.t = s.t
     where s.wake = 1 and s.t >= $2 and (s.t > $2 or c.reader > $3) and (s.t = 0 or n.t is not null)
     order by s.t, c.reader limit $4`,
    reader,
    from ?? -1,
    from === undefined ? '' : (after?.reader ?? ''),
    limit,
  )
  return rows.map(([tenant, reader, place, last]) => ({
    tenant: textOf(tenant),
    reader: textOf(reader),
    place: numberOf(place),
    last: numberOf(last),
  }))
}

/** Time is the server's. Most times one statement: the row is there from the first time on. */
const TAKE = `update lockstep.lease l set owner = $3, until = statement_timestamp() + $4 * interval '1 millisecond',
    epoch = case when l.owner = $3 then l.epoch else l.epoch + 1 end,
    abandoned = case when l.owner = $3 then l.abandoned else l.owner is not null end
  where l.t = $1 and l.name = $2 and (l.owner is null or l.owner = $3 or l.owner = $5 or l.until <= statement_timestamp())
  returning l.epoch, l.abandoned`
const FREE = `insert into lockstep.lease as l (t, name, owner, until, epoch, abandoned)
  select s.t, $2::text, null::text, $3::timestamptz, 0, false from lockstep.tenant_state s where s.t = $1
  on conflict (t, name) do nothing`

async function takeLease(
  database: Database,
  tenantNo: number,
  { name }: LeaseKey,
  { owner, ms, from }: { readonly owner: string; readonly ms: number; readonly from: string },
): Promise<Lease | undefined> {
  const take = () => database.row(TAKE, tenantNo, name, owner, ms, from)
  let row = await take()
  if (row === undefined) {
    const there = await database.row('select 1 from lockstep.lease l where l.t = $1 and l.name = $2', tenantNo, name)
    if (there !== undefined) return undefined
    await database.rows(FREE, tenantNo, name, '1970-01-01T00:00:00Z')
    row = await take()
  }
  return row && { epoch: numberOf(row[0]), abandoned: row[1] === true }
}
