// The connections of several tenants as one list, those that want a look first, with each one's last day.

import { type Count, HEARD_MS, pointOf } from '../record/index.ts'
import { type Connection, isoTime, type Tenancy } from '../tenancy/index.ts'
import { latelyOf } from './lately.ts'
import type { RecordAccess } from './record-access.ts'

const HOUR_MS = 3_600_000
const HOURS = 24
/** Most tenants whose connections are looked at. */
const TENANTS = 100

/** A connection, what the record says of it, and its requests in each of the last 24 hours, the oldest first. */
export interface ConnectionOfAll {
  readonly connection: Connection
  readonly lately?: ReturnType<typeof latelyOf>
  readonly hours?: readonly { readonly at: string; readonly requests: number; readonly refusals: number }[]
}

/** The first of them; `more` is how many others there are, and `isPart` says that not every tenant was looked at. */
export interface ConnectionsOfAll {
  readonly items: readonly ConnectionOfAll[]
  readonly more: number
  readonly isPart: boolean
}

/**
 * Lists the connections of the tenants that a caller reaches (absent: all): those that are refused, then those that are quiet, then by when
 * they were heard. Where there is no record, or it can't be read at present, in the order of the tenants.
 */
export async function connectionsOfAll(
  { tenancy, record }: { readonly tenancy: Tenancy; readonly record: RecordAccess | undefined },
  reached: readonly string[] | undefined,
  limit: number,
  now: number,
): Promise<ConnectionsOfAll> {
  const { items: tenants, next } = await tenancy.tenants.page({ limit: TENANTS }, reached)
  const names = tenants.map(({ name }) => name)
  const connections = (await Promise.all(names.map((name) => tenancy.connections.list(name)))).flat()
  const isPart = next !== undefined
  const found = await readAll(record, names, connections, limit, now).catch(() => undefined)
  const items = found ?? connections.slice(0, limit).map((connection) => ({ connection }))
  return { items, more: connections.length - items.length, isPart }
}

/** The first of them by what the record says. Reads the last hour of all, and the day of those alone that are shown. */
async function readAll(
  record: RecordAccess | undefined,
  tenants: readonly string[],
  connections: readonly Connection[],
  limit: number,
  now: number,
): Promise<readonly ConnectionOfAll[] | undefined> {
  if (record === undefined) return undefined
  const { store } = record
  const until = now + 1
  const [heard, hour] = await Promise.all([
    store.heard({ tenants, from: now - HEARD_MS }),
    store.counts({ tenants, from: now - HOUR_MS, until, by: 'minute' }),
  ])
  const byTenant = (tenant: string) => heard.filter((one) => one.tenant === tenant)
  const first = connections
    .map((connection) => {
      const counts = hour.filter((count) => isOf(count, connection))
      return { connection, lately: latelyOf(connection, { heard: byTenant(connection.tenant), counts }, now) }
    })
    .sort((a, b) => rank(a.lately) - rank(b.lately) || (b.lately.heard ?? '').localeCompare(a.lately.heard ?? ''))
    .slice(0, limit)
  return Promise.all(
    first.map(async ({ connection }) => {
      const { tenant, id } = connection
      const from = now - HOURS * HOUR_MS
      const day = await store.counts({ tenants: [tenant], connection: id, from, until, by: 'minute' })
      const lately = latelyOf(connection, { heard: byTenant(tenant), counts: day }, now)
      return { connection, lately, hours: hoursOf(day, from) }
    }),
  )
}

/** Worst first. */
function rank({ refusing, quietSince, heard }: ReturnType<typeof latelyOf>): number {
  return refusing ? 0 : quietSince !== undefined ? 1 : heard !== undefined ? 2 : 3
}

function isOf(count: Count, { tenant, id }: Connection): boolean {
  return count.tenant === tenant && count.connection === id
}

function hoursOf(day: readonly Count[], from: number) {
  return Array.from({ length: HOURS }, (_, hour) => {
    const begin = from + hour * HOUR_MS
    const own = day.filter(({ minute }) => minute >= begin && minute < begin + HOUR_MS)
    const { answered, refused, failed } = pointOf(begin, own).outcomes
    return { at: isoTime(begin) ?? '', requests: answered + refused + failed, refusals: refused }
  })
}
