// Writes and reads records in memory.

import { compareText } from '../../protocol/index.ts'
import { Conflict, configures, type Store, type StoredRecord, type Write, type Written } from '../contract/index.ts'
import { DONE, NOTHING } from '../rules.ts'
import { type Effects, put } from './effects.ts'
import type { Tenant } from './tenant.ts'

/** Puts or deletes a record of a tenant. */
export function writeRecord(
  { records }: Tenant,
  write: Extract<Write, { write: 'record' }>,
  at: number,
  out: Effects,
): Written {
  const { tenant, kind, key } = write.record
  const slot = recordKey(write.record)
  if (write.ifValue !== undefined && JSON.stringify(records.get(slot)?.value) !== JSON.stringify(write.ifValue)) {
    throw new Conflict('missing', at, key)
  }
  if (write.value === undefined && !records.has(slot)) return NOTHING
  if (write.ifAbsent === true && records.has(slot)) throw new Conflict('exists', at, key)
  const { value, tag } = write
  const record = value === undefined ? undefined : { ...write.record, value, ...(tag === undefined ? {} : { tag }) }
  put(records, slot, record, out)
  if (configures(kind)) out.affected.push({ tenant, records: true })
  return DONE
}

/** Puts a record in the place of one that may be there. */
export function putRecord({ records }: Tenant, record: StoredRecord, out: Effects): void {
  put(records, recordKey(record), record, out)
}

/** Records of a kind in order of key. */
export function readRecords(
  { records }: Tenant,
  kind: string,
  where: NonNullable<Parameters<Store['records']>[2]>,
): readonly StoredRecord[] {
  const wanted = [...records.values()].filter(
    (record) =>
      record.kind === kind &&
      (where.tag === undefined || record.tag === where.tag) &&
      (where.key === undefined || record.key === where.key) &&
      (where.after === undefined || compareText(record.key, where.after) > 0),
  )
  return wanted.sort((a, b) => compareText(a.key, b.key)).slice(0, where.limit ?? wanted.length)
}

function recordKey({ kind, key }: { readonly kind: string; readonly key: string }): string {
  return `${kind}\n${key}`
}
