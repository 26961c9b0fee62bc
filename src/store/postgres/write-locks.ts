// Which rows a list of writes reads and locks before anything is written.

import { idsNamed } from '../../protocol/index.ts'
import type { Write } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Row, Statement } from './columns.ts'
import { pathKey } from './dictionary.ts'
import { loadHolders } from './index-entries.ts'
import { loadItems } from './items.ts'
import { preloadMembers } from './members.ts'
import {
  GROUP_IDS,
  GROUPS,
  KEY_SHARE,
  LOCK_REMOVED,
  type Lock,
  lockStatements,
  NO_KEY_UPDATE,
  UPDATE,
} from './row-locks.ts'
import { keepRow, type UnitOfWork } from './unit-of-work.ts'

/**
 * Reads and locks all that the writes concern, in one order, each row as strongly as any of them needs: two transactions that lock the
 * same rows wait for each other, and never deadlock. False when a resource that is to be removed was put into another group at the
 * last moment: everything has to be released and locked again.
 */
export async function lockForWrites(work: UnitOfWork, writes: readonly Write[]): Promise<boolean> {
  const removed = [...new Set(writes.flatMap((write) => (write.write === 'remove' ? [write.ref.id] : [])))]
  if (!(await lockResources(work, locksOf(writes, work.careful), removed))) return false
  const unique = work.careful ? uniqueEntries(work, writes) : []
  if (unique.length > 0) await loadHolders(work, unique)
  await preloadMembers(work, writes)
  await loadItems(work, writes)
  return true
}

function locksOf(writes: readonly Write[], careful: boolean): Map<string, Lock> {
  const locks = new Map<string, Lock>()
  const lock = (id: string, as: Lock) => {
    if ((locks.get(id) ?? 0) < as) locks.set(id, as)
  }
  // Resources created here may be named as members before they exist; they must not count as known to be absent.
  const created = new Set(careful ? [] : writes.flatMap((write) => (write.write === 'create' ? [write.draft.id] : [])))
  for (const write of writes) {
    if (write.write === 'remove') lock(write.ref.id, UPDATE)
    if (write.write === 'update') lock(write.draft.id, NO_KEY_UPDATE)
    if (write.write === 'reindex') lock(write.ref.id, NO_KEY_UPDATE)
    if (write.write === 'create' && careful) lock(write.draft.id, KEY_SHARE)
    for (const id of membersNamed(write)) if (!created.has(id)) lock(id, KEY_SHARE)
  }
  return locks
}

function* membersNamed(write: Write): Iterable<string> {
  if (write.write !== 'create' && write.write !== 'update') return
  for (const edit of write.members ?? []) {
    if (edit.edit === 'add' || edit.edit === 'set') for (const { id } of edit.members) yield id
    if (edit.edit === 'remove') yield* edit.ids
    if (edit.edit === 'removeWhere') yield* idsNamed(edit.filter) ?? []
  }
}

function uniqueEntries({ tenant }: UnitOfWork, writes: readonly Write[]) {
  return writes.flatMap((write) => {
    if (!('index' in write)) return []
    const { type } = 'draft' in write ? write.draft : write.ref
    return write.index.flatMap(({ path, value, unique }) => {
      const pathNo = tenant.paths.get(pathKey(type, path))?.pathNo
      return unique === true && pathNo !== undefined ? [{ pathNo, value }] : []
    })
  })
}

async function lockResources(work: UnitOfWork, locks: Map<string, Lock>, removed: readonly string[]): Promise<boolean> {
  const { tenantNo } = work.tenant
  if (locks.size === 0) return true
  let statements: readonly Statement[]
  if (removed.length === locks.size) statements = [[LOCK_REMOVED, tenantNo, removed]]
  else {
    // Groups of removed resources are locked in order with all others.
    const groups = removed.length === 0 ? [] : await work.session.rows(GROUP_IDS, tenantNo, removed)
    for (const [id] of groups) {
      const group = textOf(id)
      if (locks.get(group) !== UPDATE) locks.set(group, NO_KEY_UPDATE)
    }
    statements = lockStatements(tenantNo, locks)
  }
  const memberships: readonly Statement[] = removed.length === 0 ? [] : [[GROUPS, tenantNo, removed]]
  const results = await work.session.together([...statements, ...memberships])
  for (const id of locks.keys()) work.byId.set(id, undefined)
  for (const rows of results.slice(0, statements.length)) for (const row of rows) keepRow(work, row)
  return noteMemberships(work, results[statements.length] ?? [])
}

/** Notes which groups the resources are in that are to be removed. False when one of these groups is not locked. */
function noteMemberships({ byRowNo, memberships }: UnitOfWork, rows: readonly Row[]): boolean {
  for (const row of rows) {
    const [member, group] = [numberOf(row[0]), numberOf(row[1])]
    if (!byRowNo.has(group)) return false
    const known = memberships.get(member)
    if (known === undefined) memberships.set(member, [group])
    else known.push(group)
  }
  return true
}
