// Writes and reads records: settings, tokens and keys.

import { Conflict, configures, type Store, type StoredRecord, type Write, type Written } from '../contract/index.ts'
import { DONE, NOTHING } from '../rules.ts'
import type { Connection } from './connection.ts'
import { recordOf } from './rows.ts'
import { requireTenant, type WriteDeps } from './write-deps.ts'

const INSERT = 'insert into lockstep_record (t, kind, key, tag, value) values (?, ?, ?, ?, ?) on conflict do'
const PUT = `${INSERT} update set tag = excluded.tag, value = excluded.value`
const PUT_IF_ABSENT = `${INSERT} nothing`

/** Puts or deletes a record. */
export function writeRecord(deps: WriteDeps, write: Extract<Write, { write: 'record' }>, at: number): Written {
  const { connection, dictionary, counters } = deps
  const { tenant: name, kind, key } = write.record
  if (write.ifValue !== undefined) {
    const tenantNo = name === '' ? 0 : requireTenant(deps, name, at)
    const row = connection.row(
      'select value from lockstep_record where t = ? and kind = ? and key = ?',
      tenantNo,
      kind,
      key,
    )
    if (row?.[0] !== JSON.stringify(write.ifValue)) throw new Conflict('missing', at, key)
  }
  if (write.value === undefined) {
    const tenantNo = dictionary.tenant(name)
    const gone =
      tenantNo === undefined
        ? 0
        : connection.run('delete from lockstep_record where t = ? and kind = ? and key = ?', tenantNo, kind, key)
    if (gone === 0) return NOTHING
    if (configures(kind)) counters.signal(name, false)
    return DONE
  }
  const tenantNo = name === '' ? 0 : requireTenant(deps, name, at)
  const { tag, value } = write
  if (write.ifAbsent !== true) putRecord(connection, tenantNo, { kind, key, tag, value })
  else if (connection.run(PUT_IF_ABSENT, tenantNo, kind, key, tag ?? null, JSON.stringify(value)) === 0)
    throw new Conflict('exists', at, key)
  if (configures(kind)) counters.signal(name, false)
  return DONE
}

/** Puts a record in the place of one that may be there. */
export function putRecord(
  connection: Connection,
  tenantNo: number,
  { kind, key, tag, value }: Pick<StoredRecord, 'kind' | 'key' | 'value'> & { readonly tag?: string | undefined },
): void {
  connection.run(PUT, tenantNo, kind, key, tag ?? null, JSON.stringify(value))
}

/** Puts records without a signal to other connections; those of tenants that do not exist are skipped. */
export function putQuietly(
  { connection, dictionary }: WriteDeps,
  { records }: Extract<Write, { write: 'quiet' }>,
): Written {
  for (const record of records) {
    const tenantNo = dictionary.tenant(record.tenant)
    if (tenantNo !== undefined) putRecord(connection, tenantNo, record)
  }
  return DONE
}

const READ = 'select key, tag, value from lockstep_record where t = ? and kind = ?'

/** Records of a kind in order of key. */
export function readRecords(
  connection: Connection,
  tenantNo: number,
  {
    tenant,
    kind,
    where,
  }: {
    readonly tenant: string
    readonly kind: string
    readonly where: NonNullable<Parameters<Store['records']>[2]>
  },
): readonly StoredRecord[] {
  const { key, tag, after, limit = -1 } = where
  if (key !== undefined) {
    const row = connection.row(`${READ} and key = ?`, tenantNo, kind, key)
    if (row === undefined || limit === 0) return []
    const record = recordOf(row, tenant, kind)
    const tagged = tag === undefined || record.tag === tag
    return tagged && (after === undefined || record.key > after) ? [record] : []
  }
  // A key may be "": without `after` it counts too.
  const from = `${tag === undefined ? '' : ' and tag = ?'} and key ${after === undefined ? '>=' : '>'} ?`
  const values = tag === undefined ? [tenantNo, kind, after ?? ''] : [tenantNo, kind, tag, after ?? '']
  const rows = connection.rows(`${READ}${from} order by key limit ? + 0`, ...values, limit)
  return rows.map((row) => recordOf(row, tenant, kind))
}
