// The columns of work items, the same in both databases.

import type { Json } from '../../protocol/index.ts'
import type { Item } from '../contract/index.ts'
import { numberOf, textOf } from './columns.ts'

/** Columns that hold what an item says, besides its key. */
export const FIELD_COLUMNS = ['tag', 'lane', 'due', 'state', 'mark', 'done', 'place', 'value', 'expires'] as const

/** Columns of an item in the order in which {@link itemOf} reads them; the table is called `i`. */
export const ITEM_COLUMNS = `i.t, i.queue, i.key, ${FIELD_COLUMNS.map((column) => `i.${column}`).join(', ')}`

/** An item by its columns {@link ITEM_COLUMNS}. */
export function itemOf(row: readonly unknown[], tenant: string): Item {
  return {
    tenant,
    queue: textOf(row[1]),
    key: textOf(row[2]),
    tag: textOf(row[3]),
    lane: numberOf(row[4]),
    due: numberOf(row[5]),
    state: textOf(row[6]),
    mark: numberOf(row[7]),
    done: numberOf(row[8]),
    place: numberOf(row[9]),
    value: JSON.parse(textOf(row[10])) as Json,
    expires: numberOf(row[11]),
  }
}
