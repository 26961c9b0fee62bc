// Writes of records: settings, tokens and keys, one row each.

import { Conflict, configures, type StoredRecord, type Write, type Written } from '../contract/index.ts'
import { DONE, NOTHING } from '../rules.ts'
import type { Database } from './database.ts'
import { lockTenant, type UnitOfWork } from './unit-of-work.ts'

/** Records in one statement. */
const ROWS = 1_000

/** Puts or deletes one record at once: records are few and small, and a list that fails is carried out again without the others. */
export async function writeRecord(
  work: UnitOfWork,
  write: Extract<Write, { write: 'record' }>,
  at: number,
): Promise<Written> {
  const { tenantNo } = work.tenant
  const { kind, key } = write.record
  const { rows } = work.session
  await lockTenant(work, 'records')
  if (write.ifValue !== undefined) {
    const sql = 'select r.value from lockstep.record r where r.t = $1 and r.kind = $2 and r.key = $3 for update'
    const [found] = await rows(sql, tenantNo, kind, key)
    if (found?.[0] !== JSON.stringify(write.ifValue)) throw new Conflict('missing', at, key)
  }
  if (write.value === undefined) {
    const sql = 'delete from lockstep.record where t = $1 and kind = $2 and key = $3 returning 1'
    const deleted = await rows(sql, tenantNo, kind, key)
    if (deleted.length === 0) return NOTHING
  } else {
    const insert = 'insert into lockstep.record (t, kind, key, tag, value) values ($1, $2, $3, $4, $5)'
    const then =
      write.ifAbsent === true
        ? 'on conflict (t, kind, key) do nothing'
        : 'on conflict (t, kind, key) do update set tag = excluded.tag, value = excluded.value'
    const value = JSON.stringify(write.value)
    const written = await rows(`${insert} ${then} returning 1`, tenantNo, kind, key, write.tag ?? null, value)
    if (written.length === 0) throw new Conflict('exists', at, key)
  }
  if (configures(kind)) work.recordsChanged = true
  else work.notesRecorded = true
  return DONE
}

/** Records of any number of tenants, found by name. In one order for all processes, so that two never deadlock. */
const PUT_ALL = `insert into lockstep.record (t, kind, key, tag, value)
  select coalesce(n.t, 0), d.kind, d.key, d.tag, d.value
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) d(name, kind, key, tag, value)
  left join lockstep.tenant n on n.name = d.name
  where n.t is not null or d.name = ''
  order by 1, 2, 3
  on conflict (t, kind, key) do update set tag = excluded.tag, value = excluded.value`

/** Records of one tenant, for a cluster: carried out on the tenant's node. */
const PUT_OF_TENANT = `insert into lockstep.record (t, kind, key, tag, value)
  select s.t, d.kind, d.key, d.tag, d.value
  from lockstep.tenant_state s, unnest($2::text[], $3::text[], $4::text[], $5::text[]) d(kind, key, tag, value)
  where s.t = $1 order by 2, 3
  on conflict (t, kind, key) do update set tag = excluded.tag, value = excluded.value`

/** Puts records that no process keeps in memory, outside any transaction. Tenants that don't exist are skipped. */
export async function putQuietly(database: Database, records: readonly StoredRecord[]): Promise<void> {
  // The last value of a key counts.
  const last = [...new Map(records.map((one) => [JSON.stringify([one.tenant, one.kind, one.key]), one])).values()]
  if (await database.isCluster()) return putByTenant(database, last)
  for (let at = 0; at < last.length; at += ROWS) {
    const some = last.slice(at, at + ROWS)
    const names = some.map(({ tenant }) => tenant)
    await database.rows(PUT_ALL, names, ...columnsOf(some))
  }
}

async function putByTenant(database: Database, records: readonly StoredRecord[]): Promise<void> {
  const byTenant = new Map<string, StoredRecord[]>()
  for (const record of records) {
    const own = byTenant.get(record.tenant)
    if (own === undefined) byTenant.set(record.tenant, [record])
    else own.push(record)
  }
  for (const [name, own] of byTenant) {
    const row = name === '' ? [0] : await database.row('select n.t from lockstep.tenant n where n.name = $1', name)
    if (row !== undefined) await database.rows(PUT_OF_TENANT, Number(row[0]), ...columnsOf(own))
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
