import type { StoredRecord } from '../contract/index.ts'
import type { Database } from './database.ts'
import type { Done } from './transaction.ts'

/** Records in one statement. */
const ROWS = 1_000

/** Of any number of tenants at once, each found by its name. In one order for all, so that two processes can't wait for each other. */
const SEVERAL = `insert into lockstep.record (t, kind, key, tag, value)
  select coalesce(n.t, 0), d.kind, d.key, d.tag, d.value
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) d(name, kind, key, tag, value)
  left join lockstep.tenant n on n.name = d.name
  where n.t is not null or d.name = ''
  order by 1, 2, 3
  on conflict (t, kind, key) do update set tag = excluded.tag, value = excluded.value`

/** Of one tenant, carried out on the node that has it. */
const ONE = `insert into lockstep.record (t, kind, key, tag, value)
  select s.t, d.kind, d.key, d.tag, d.value
  from lockstep.tenant_state s, unnest($2::text[], $3::text[], $4::text[], $5::text[]) d(kind, key, tag, value)
  where s.t = $1 order by 2, 3
  on conflict (t, kind, key) do update set tag = excluded.tag, value = excluded.value`

/** Makes what carries out `quiet` writes: a row for each record and nothing else, several tenants in one statement where one server has all. */
export function createQuietWrites(database: Database): (records: readonly StoredRecord[]) => Promise<Done> {
  let cluster: Promise<boolean> | undefined

  async function isCluster(): Promise<boolean> {
    const row = await database.row(`select to_regclass('pg_catalog.pg_dist_partition') is not null`)
    return row?.[0] === true
  }

  async function onEach(records: readonly StoredRecord[]): Promise<void> {
    const byTenant = new Map<string, StoredRecord[]>()
    for (const record of records) byTenant.set(record.tenant, [...(byTenant.get(record.tenant) ?? []), record])
    for (const [name, own] of byTenant) {
      const row = name === '' ? [0] : await database.row('select n.t from lockstep.tenant n where n.name = $1', name)
      if (row !== undefined) await database.rows(ONE, Number(row[0]), ...columnsOf(own))
    }
  }

  return async (records) => {
    cluster ??= isCluster().catch((error) => {
      cluster = undefined
      throw error
    })
    // The last one of a key counts.
    const last = [...new Map(records.map((one) => [JSON.stringify([one.tenant, one.kind, one.key]), one])).values()]
    if (await cluster) await onEach(last)
    else {
      for (let at = 0; at < last.length; at += ROWS) {
        const some = last.slice(at, at + ROWS)
        await database.rows(
          SEVERAL,
          some.map(({ tenant }) => tenant),
          ...columnsOf(some),
        )
      }
    }
    const written = { changed: true, version: 0, created: 0, modified: 0 }
    return { outcomes: [{ written: [written] }], touched: [], records: undefined }
  }
}

function columnsOf(records: readonly StoredRecord[]) {
  return [
    records.map(({ kind }) => kind),
    records.map(({ key }) => key),
    records.map(({ tag }) => tag ?? null),
    records.map(({ value }) => JSON.stringify(value)),
  ] as const
}
