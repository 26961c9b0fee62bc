// The rows in which a tenant moves from one database to another.

import type { Change } from './log.ts'
import type { StoredRecord } from './record.ts'
import type { Stored } from './resource.ts'
import type { Cursor, Item } from './work.ts'

/**
 * A row of what a tenant holds, the same in every store, so that a tenant can move. `exportTenant` gives them in this order, and each kind
 * in order of its keys as named here, texts by code point.
 *
 * - `path` (type, path): an index path. `unique`: every entry it has had was unique. `complete`: what an `indexed` write says,
 *   true from the start for a path first seen in a `create` or `update`.
 * - `record` (kind, key).
 * - `item` (queue, key): those that never expire.
 * - `cursor` (reader).
 * - `cut`: only of a tenant whose log was cut. The last place cut, and the latest time among the lines cut.
 * - `resource` (type, id): `secret` is the hash of the password, absent without one; `entries` are its index entries by path.
 * - `members` (type and id of the group, first member): direct members in order of id, 1,000 in a row, fewer only in a group's last.
 * - `change` (place): the log.
 */
export type ExportRow =
  | {
      readonly row: 'path'
      readonly type: string
      readonly path: string
      readonly unique: boolean
      readonly complete: boolean
    }
  | ({ readonly row: 'record' } & Omit<StoredRecord, 'tenant'>)
  | ({ readonly row: 'item' } & Omit<Item, 'tenant' | 'expires'>)
  | ({ readonly row: 'cursor' } & Omit<Cursor, 'tenant'>)
  | { readonly row: 'cut'; readonly place: number; readonly at: number }
  | ({
      readonly row: 'resource'
      readonly secret?: string
      readonly entries: { readonly [path: string]: readonly string[] }
    } & Omit<Stored, 'tenant' | 'groups'>)
  | { readonly row: 'members'; readonly type: string; readonly id: string; readonly members: readonly string[] }
  | ({ readonly row: 'change' } & Omit<Change, 'tenant'>)

/** The kinds of rows in the order in which `exportTenant` gives them. */
export const EXPORT_ORDER: readonly ExportRow['row'][] = [
  'path',
  'record',
  'item',
  'cursor',
  'cut',
  'resource',
  'members',
  'change',
]
