// Index entries that a write adds and removes: checked for uniqueness, kept in memory, written at the end.

import { compareText } from '../../protocol/index.ts'
import { Conflict, type IndexEntry } from '../contract/index.ts'
import { createEntryLists } from '../entry-lists.ts'
import { numberOf } from '../sql/columns.ts'
import type { Statement } from './columns.ts'
import { indexValue } from './dialect.ts'
import { pathKey } from './dictionary.ts'
import { append, changeResource, type EntryChange, type LoadedResource, type UnitOfWork } from './unit-of-work.ts'

/** Reads which resources hold values of the index. */
export async function loadHolders(
  { session, tenant, holders }: UnitOfWork,
  entries: readonly { readonly pathNo: number; readonly value: string }[],
): Promise<void> {
  const wanted = entries.filter(({ pathNo, value }) => !holders.has(`${pathNo} ${value}`))
  if (wanted.length === 0) return
  const byStored = new Map(wanted.map(({ pathNo, value }) => [`${pathNo} ${indexValue(value)}`, `${pathNo} ${value}`]))
  for (const { pathNo, value } of wanted) holders.set(`${pathNo} ${value}`, new Set())
  const rows = await session.rows(
    `select i.a, i.v, i.k from unnest($2::integer[], $3::text[]) d(a, v)
     join lockstep.value_index i on i.t = $1 and i.a = d.a and i.v = d.v`,
    tenant.tenantNo,
    wanted.map(({ pathNo }) => pathNo),
    wanted.map(({ value }) => indexValue(value)),
  )
  for (const [pathNo, value, rowNo] of rows) holders.get(byStored.get(`${pathNo} ${value}`) ?? '')?.add(numberOf(rowNo))
}

/** Enters the values of a new resource; `at` is the write's place in its list, for a `Conflict`. */
export async function addEntries(
  work: UnitOfWork,
  resource: LoadedResource,
  index: readonly IndexEntry[],
  at: number,
): Promise<void> {
  if (index.length === 0) return
  const { rowNo } = resource
  const entries = createEntryLists(resource.entries)
  for (const { path, value, unique } of await freeEntries(work, resource, index, at)) {
    if (entries.has(path.pathNo, value)) continue
    entries.add(path.pathNo, value)
    enterEntry(work, { pathNo: path.pathNo, value, rowNo, unique, as: 'new' })
  }
  resource.entries = entries.lists()
}

/** Removes some entries of a resource and adds some; `at` is the write's place in its list, for a `Conflict`. */
export async function changeEntries(
  work: UnitOfWork,
  resource: LoadedResource,
  { unindex, index }: { readonly unindex: readonly IndexEntry[]; readonly index: readonly IndexEntry[] },
  at: number,
): Promise<void> {
  if (unindex.length === 0 && index.length === 0) return
  const { rowNo, type } = resource
  const added = await freeEntries(work, resource, index, at)
  const entries = createEntryLists(resource.entries)
  for (const { path: name, value } of unindex) {
    const path = work.tenant.paths.get(pathKey(type, name))
    if (path === undefined) continue
    enterEntry(work, { pathNo: path.pathNo, value, rowNo, unique: false, as: 'gone' })
    entries.remove(path.pathNo, value)
  }
  for (const { path, value, unique } of added) {
    // It may have been entered as one of many.
    if (entries.has(path.pathNo, value))
      enterEntry(work, { pathNo: path.pathNo, value, rowNo, unique: false, as: 'gone' })
    else entries.add(path.pathNo, value)
    enterEntry(work, { pathNo: path.pathNo, value, rowNo, unique, as: 'new' })
  }
  changeResource(work, resource, { entries: entries.lists() })
}

/** Entries to be added, with their paths. Throws `Conflict` unique when another resource holds a unique value. */
async function freeEntries(
  work: UnitOfWork,
  { type, rowNo }: LoadedResource,
  index: readonly IndexEntry[],
  at: number,
) {
  const added = index.flatMap((entry) => {
    const path = work.tenant.paths.get(pathKey(type, entry.path))
    return path === undefined ? [] : [{ path, value: entry.value, unique: entry.unique === true }]
  })
  const unique = added.filter((one) => one.unique)
  // Where all entries of a path are unique, the table itself refuses a second one.
  const look = unique.filter(({ path }) => work.careful || !path.unique)
  if (look.length > 0)
    await loadHolders(
      work,
      look.map(({ path, value }) => ({ pathNo: path.pathNo, value })),
    )
  for (const { path, value } of unique) {
    for (const holder of holdersOf(work, path.pathNo, value)) {
      if (holder !== rowNo) throw new Conflict('unique', at, path.path)
    }
  }
  return added
}

function holdersOf({ holders, entered }: UnitOfWork, pathNo: number, value: string): ReadonlySet<number> {
  const key = `${pathNo} ${value}`
  const all = new Set(holders.get(key))
  for (const [rowNo, holds] of entered.get(key) ?? []) {
    if (holds) all.add(rowNo)
    else all.delete(rowNo)
  }
  return all
}

/** Notes that an entry is added or removed. */
export function enterEntry(work: UnitOfWork, change: EntryChange): void {
  append(work, work.entryChanges, change)
  const key = `${change.pathNo} ${change.value}`
  const byRowNo = work.entered.get(key) ?? new Map<number, boolean>()
  work.entered.set(key, byRowNo)
  const before = byRowNo.get(change.rowNo)
  byRowNo.set(change.rowNo, change.as === 'new')
  work.undos.push(() => {
    if (before === undefined) byRowNo.delete(change.rowNo)
    else byRowNo.set(change.rowNo, before)
  })
}

/** Removes all entries of a resource. */
export function removeEntries(work: UnitOfWork, { entries, rowNo }: LoadedResource): void {
  for (const [pathNo, values] of Object.entries(entries)) {
    for (const value of values) enterEntry(work, { pathNo: Number(pathNo), value, rowNo, unique: false, as: 'gone' })
  }
}

/** The statement that deletes the removed entries, if there are any. */
export function deleteEntries(work: UnitOfWork): readonly Statement[] {
  // Also those that are added again: the new row may be unique where the old one was not.
  const gone = lastOfEach(work.entryChanges.filter(({ as }) => as === 'gone'))
  if (gone.length === 0) return []
  return [
    [
      `delete from lockstep.value_index i using unnest($2::integer[], $3::text[], $4::bigint[]) d(a, v, k)
       where i.t = $1 and i.a = d.a and i.v = d.v and i.x in (0, d.k) and i.k = d.k`,
      work.tenant.tenantNo,
      gone.map(({ pathNo }) => pathNo),
      gone.map(({ value }) => indexValue(value)),
      gone.map(({ rowNo }) => rowNo),
    ],
  ]
}

/** The statement that inserts the added entries, if there are any. In one order for all, so that two transactions never deadlock. */
export function insertEntries(work: UnitOfWork): readonly Statement[] {
  const added = lastOfEach(work.entryChanges)
    .filter(({ as }) => as === 'new')
    .sort((a, b) => a.pathNo - b.pathNo || compareText(a.value, b.value))
  if (added.length === 0) return []
  return [
    [
      `insert into lockstep.value_index (t, a, v, x, k)
       select s.t, d.a, d.v, d.x, d.k
       from lockstep.tenant_state s, unnest($2::integer[], $3::text[], $4::bigint[], $5::bigint[]) d(a, v, x, k)
       where s.t = $1`,
      work.tenant.tenantNo,
      added.map(({ pathNo }) => pathNo),
      added.map(({ value }) => indexValue(value)),
      added.map(({ rowNo, unique }) => (unique ? 0 : rowNo)),
      added.map(({ rowNo }) => rowNo),
    ],
  ]
}

/** The last change of each entry. */
function lastOfEach(changes: readonly EntryChange[]): readonly EntryChange[] {
  const last = new Map<string, EntryChange>()
  for (const change of changes) last.set(`${change.pathNo} ${change.rowNo} ${change.value}`, change)
  return [...last.values()]
}
