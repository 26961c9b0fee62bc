// Adds and removes index entries in memory, and notes index paths that are seen for the first time.

import { Conflict, type IndexEntry } from '../contract/index.ts'
import { type Effects, put, setMember } from './effects.ts'
import type { Row, Tenant } from './tenant.ts'

/** Removes and adds index entries; returns those that the resource has then. */
export function changeEntries(
  tenant: Tenant,
  row: Row,
  change: {
    readonly unindex: readonly IndexEntry[]
    readonly index: readonly IndexEntry[]
    /** Whether a path that is seen for the first time counts as complete. */
    readonly complete?: boolean
  },
  at: number,
  out: Effects,
): readonly IndexEntry[] {
  const { type, id } = row.stored
  const gone = new Set(change.unindex.map((entry) => entryKey(type, entry)))
  for (const entry of change.unindex) setMember(tenant.holders, entryKey(type, entry), id, false, out)
  const entries = row.entries.filter((entry) => !gone.has(entryKey(type, entry)))
  const known = new Set(entries.map((entry) => entryKey(type, entry)))
  for (const entry of change.index) {
    const holders = tenant.holders.get(entryKey(type, entry))
    if (entry.unique && [...(holders ?? [])].some((other) => other !== id)) throw new Conflict('unique', at, entry.path)
    notePath(tenant, type, entry, change.complete ?? true, out)
    setMember(tenant.holders, entryKey(type, entry), id, true, out)
    if (known.has(entryKey(type, entry))) continue
    known.add(entryKey(type, entry))
    entries.push(entry)
  }
  return entries
}

/** Removes all entries of a path. */
export function forgetEntries(tenant: Tenant, type: string, path: string, out: Effects): void {
  for (const [id, row] of tenant.rows) {
    if (row.stored.type !== type) continue
    const gone = row.entries.filter((entry) => entry.path === path)
    if (gone.length === 0) continue
    for (const entry of gone) setMember(tenant.holders, entryKey(type, entry), id, false, out)
    put(tenant.rows, id, { ...row, entries: row.entries.filter((entry) => entry.path !== path) }, out)
  }
}

function notePath(tenant: Tenant, type: string, entry: IndexEntry, complete: boolean, out: Effects): void {
  const { path } = entry
  const key = pathKey(type, path)
  const known = tenant.paths.get(key)
  const unique = entry.unique === true
  if (known !== undefined && (unique || !known.unique)) return
  put(tenant.paths, key, { row: 'path', type, path, complete, ...known, unique }, out)
}

/** The key of an index path of a type. */
export function pathKey(type: string, path: string): string {
  return `${type}\n${path}`
}

/** The key under which the holders of an index entry are kept. */
export function entryKey(type: string, entry: IndexEntry): string {
  return `${type}\n${entry.path}\n${entry.value}`
}
