// Turns rows into resources, log lines and records.

import type { Json } from '../../protocol/index.ts'
import type { Change, Membership, Ref, Stored, StoredRecord } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { SqlRow, SqlValue } from './connection.ts'

/** Columns of a resource in the order in which `storedOf` reads them; the table is called `r`. */
export const COLUMNS = 'r.k, r.y, r.id, r.version, r.created, r.modified, r.display, r.text'

/** The resource in a row. */
export function storedOf(row: SqlRow, tenant: string, type: string, groups: readonly Membership[] | undefined): Stored {
  const stored = {
    tenant,
    type,
    id: textOf(row[2]),
    version: numberOf(row[3]),
    created: numberOf(row[4]),
    modified: numberOf(row[5]),
    text: textOf(row[7]),
    display: textOf(row[6]),
  }
  return groups === undefined ? stored : { ...stored, groups }
}

/** Columns of a log line in the order in which `changeOf` reads them. */
export const CHANGE_COLUMNS = 'place, at, y, id, op, actor, version, detail, txn'

/** One line of a tenant's log. */
export function changeOf(row: SqlRow, tenant: string, typeName: (typeNo: number) => string): Change {
  const ref: Ref = { tenant, type: typeName(numberOf(row[2])), id: textOf(row[3]) }
  return {
    ...ref,
    place: numberOf(row[0]),
    at: numberOf(row[1]),
    op: opOf(row[4]),
    actor: textOf(row[5]),
    version: numberOf(row[6]),
    // Written by this store.
    ...(typeof row[8] === 'string' ? { txn: row[8] } : {}),
    ...(JSON.parse(textOf(row[7])) as Pick<Change, 'paths' | 'members'>),
  }
}

/** One record. */
export function recordOf(row: SqlRow, tenant: string, kind: string): StoredRecord {
  const value = JSON.parse(textOf(row[2])) as Json
  const record = { tenant, kind, key: textOf(row[0]), value }
  return typeof row[1] === 'string' ? { ...record, tag: row[1] } : record
}

/** The resources that a log line affects besides its own; '*' for all of the tenant. */
export function touchOf(value: SqlValue | undefined): '*' | readonly (readonly [number, string])[] {
  if (value === null || value === undefined) return []
  if (value === '*') return '*'
  const list: unknown = JSON.parse(textOf(value))
  if (!Array.isArray(list)) return []
  return list.filter(
    (one): one is [number, string] => Array.isArray(one) && typeof one[0] === 'number' && typeof one[1] === 'string',
  )
}

const OPS: readonly Change['op'][] = ['create', 'replace', 'patch', 'delete', 'note']

function opOf(value: SqlValue | undefined): Change['op'] {
  const op = OPS.find((one) => one === value)
  if (op === undefined) throw new TypeError(`The log has no operation ${String(value)}`)
  return op
}
