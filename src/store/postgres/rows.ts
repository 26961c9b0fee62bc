// What rows of the tables mean: resources, log lines and records as the contract knows them.

import type { Json } from '../../protocol/index.ts'
import type { Change, Membership, Stored, StoredRecord } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Row } from './columns.ts'

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

/** Columns of a log line in the order in which `changeOf` reads them; the table is called `c`. */
export const CHANGE_COLUMNS = 'c.place, c.at, c.y, c.id, c.op, c.actor, c.version, c.detail, c.txn'

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
    ...(typeof row[8] === 'string' ? { txn: row[8] } : {}),
    ...(JSON.parse(textOf(row[7])) as Pick<Change, 'paths' | 'members'>),
  }
}

/** One record. */
export function recordOf(row: Row, tenant: string, kind: string): StoredRecord {
  const record = { tenant, kind, key: textOf(row[0]), value: JSON.parse(textOf(row[2])) as Json }
  return typeof row[1] === 'string' ? { ...record, tag: row[1] } : record
}
