// Lists the tenants with their kept counters: all of them, or a page by name.

import type { TenantPage, TenantRow } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Database } from './database.ts'

/** Behind every name that begins with the text before it, in the order "C". */
const LAST_CHARACTER = '\u{10ffff}'

type Rows = Awaited<ReturnType<Database['rows']>>

/** All tenants. Reads whole tables: with a list of numbers, a cluster plans for each shard and number. */
export async function allTenants(database: Database): Promise<readonly TenantRow[]> {
  const all = await database.rows('select n.t, n.name, n.created from lockstep.tenant n order by n.name')
  const states = await database.rows('select s.t, s.place, s.cut from lockstep.tenant_state s')
  const counters = await database.rows(
    'select c.t, c.y, c.n from lockstep.counter c where c.n > 0 order by c.t, c.y desc',
  )
  return joined(all, states, counters)
}

/** A page of tenants; the statements read the rows of the page alone. */
export async function tenantsOfPage(
  database: Database,
  { prefix = '', after = '', limit }: TenantPage,
): Promise<readonly TenantRow[]> {
  if (prefix.includes('\0') || after.includes('\0')) return []
  const page = await database.rows(
    'select n.t, n.name, n.created from lockstep.tenant n where n.name > $1 and n.name >= $2 and n.name < $3 order by n.name limit $4',
    after,
    prefix,
    prefix + LAST_CHARACTER,
    limit,
  )
  if (page.length === 0) return []
  const numbers = page.map(([tenantNo]) => numberOf(tenantNo))
  const [states, counters] = await Promise.all([
    database.rows('select s.t, s.place, s.cut from lockstep.tenant_state s where s.t = any($1::bigint[])', numbers),
    database.rows(
      'select c.t, c.y, c.n from lockstep.counter c where c.t = any($1::bigint[]) and c.n > 0 order by c.t, c.y desc',
      numbers,
    ),
  ])
  return joined(page, states, counters)
}

function joined(all: Rows, states: Rows, counters: Rows): readonly TenantRow[] {
  const logs = new Map(
    states.map(([tenantNo, place, cut]) => [numberOf(tenantNo), { place: numberOf(place), begins: numberOf(cut) + 1 }]),
  )
  const resources = new Map<number, { [type: string]: number }>()
  for (const [tenantNo, type, count] of counters) {
    const of = resources.get(numberOf(tenantNo)) ?? {}
    of[textOf(type)] = numberOf(count)
    resources.set(numberOf(tenantNo), of)
  }
  return all.flatMap(([tenantNo, name, created]): TenantRow[] => {
    const log = logs.get(numberOf(tenantNo))
    // Just removed.
    if (log === undefined) return []
    const counted = resources.get(numberOf(tenantNo)) ?? {}
    return [{ tenant: textOf(name), created: numberOf(created), ...log, resources: counted }]
  })
}

/** One tenant by name. */
export async function tenantRow(database: Database, name: string): Promise<TenantRow | undefined> {
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
  const resources = Object.fromEntries(counters.map(([type, count]) => [textOf(type), numberOf(count)]))
  return { tenant: name, created, place: numberOf(state[0]), begins: numberOf(state[1]) + 1, resources }
}
