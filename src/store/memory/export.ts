// Gives everything that a tenant holds in memory, to be moved to another store.

import { compareText } from '../../protocol/index.ts'
import { EXPORT_ORDER, type ExportRow, type IndexEntry, NEVER } from '../contract/index.ts'
import type { Tenant } from './tenant.ts'

/** Rows in one chunk, members in one row. */
const CHUNK = 1_000

/** Everything that a tenant holds now, in the order of `ExportRow`, in chunks. */
export function exportRows(tenant: Tenant, after: ExportRow | undefined): readonly (readonly ExportRow[])[] {
  const rows: ExportRow[] = [...tenant.paths.values()]
  for (const { tenant: _, ...record } of tenant.records.values()) rows.push({ row: 'record', ...record })
  for (const { tenant: _, expires, ...item } of tenant.items.values()) {
    if (expires === NEVER) rows.push({ row: 'item', ...item })
  }
  for (const { tenant: _, ...cursor } of tenant.cursors.values()) rows.push({ row: 'cursor', ...cursor })
  if (tenant.cut.place > 0) rows.push({ row: 'cut', ...tenant.cut })
  for (const { stored, secret, entries } of tenant.rows.values()) {
    const { tenant: _, ...content } = stored
    rows.push({ row: 'resource', ...content, ...(secret === undefined ? {} : { secret }), entries: byPath(entries) })
  }
  for (const [id, members] of tenant.members) {
    const type = tenant.rows.get(id)?.stored.type
    if (type === undefined) continue
    const ids = [...members].sort(compareText)
    const from = after?.row === 'members' && after.id === id ? ids.indexOf(after.members.at(-1) ?? '') + 1 : 0
    for (let at = from; at < ids.length; at += CHUNK) {
      rows.push({ row: 'members', type, id, members: ids.slice(at, at + CHUNK) })
    }
  }
  for (const { tenant: _, ...change } of tenant.log) rows.push({ row: 'change', ...change })
  const wanted = after === undefined ? rows : rows.filter((row) => compareRows(row, after) > 0)
  wanted.sort(compareRows)
  return Array.from({ length: Math.ceil(wanted.length / CHUNK) }, (_, at) => wanted.slice(at * CHUNK, (at + 1) * CHUNK))
}

function byPath(entries: readonly IndexEntry[]): { readonly [path: string]: readonly string[] } {
  const lists = new Map<string, string[]>()
  for (const { path, value } of entries) {
    const list = lists.get(path)
    if (list === undefined) lists.set(path, [value])
    else list.push(value)
  }
  return Object.fromEntries([...lists].map(([path, values]) => [path, values.sort(compareText)]))
}

function compareRows(a: ExportRow, b: ExportRow): number {
  if (a.row === 'change' && b.row === 'change') return a.place - b.place
  const kinds = EXPORT_ORDER.indexOf(a.row) - EXPORT_ORDER.indexOf(b.row)
  if (kinds !== 0) return kinds
  const [one, other] = [keysOf(a), keysOf(b)]
  return one.reduce((found, key, at) => found || compareText(key, other[at] ?? ''), 0)
}

function keysOf(row: ExportRow): readonly string[] {
  switch (row.row) {
    case 'path':
      return [row.type, row.path]
    case 'record':
      return [row.kind, row.key]
    case 'resource':
      return [row.type, row.id]
    case 'members':
      return [row.type, row.id, row.members[0] ?? '']
    case 'item':
      return [row.queue, row.key]
    case 'cursor':
      return [row.reader]
    case 'cut':
    case 'change':
      return []
  }
}
