import { idsNamed } from '../../protocol/index.ts'
import type { Write } from '../contract/index.ts'
import { pathKey } from './dictionary.ts'
import { KEY_SHARE, type Lock, NO_KEY_UPDATE, UPDATE } from './locks.ts'
import type { Held, Work } from './unit-of-work.ts'

/**
 * Reads and locks all that the writes concern, in one statement and one order, each row as strongly as any of them needs: two
 * transactions that lock the same rows wait for each other and never both. False when somebody was put into another group at the last
 * moment who is to be removed: what is locked has to be given back, and all of it locked again.
 */
export async function lockAll(work: Work, writes: readonly Write[], careful: boolean): Promise<boolean> {
  const locks = new Map<string, Lock>()
  const lock = (id: string, as: Lock) => {
    if ((locks.get(id) ?? 0) < as) locks.set(id, as)
  }
  const removed: string[] = []
  const unique: { a: number; value: string }[] = []
  // Those made here may be named as members before they are there; to know them absent would be wrong.
  const made = new Set(careful ? [] : writes.flatMap((write) => (write.write === 'create' ? [write.draft.id] : [])))
  const name = (id: string) => {
    if (!made.has(id)) lock(id, KEY_SHARE)
  }
  for (const write of writes) {
    if (write.write === 'remove') {
      lock(write.ref.id, UPDATE)
      removed.push(write.ref.id)
    }
    if (write.write === 'update') lock(write.draft.id, NO_KEY_UPDATE)
    if (write.write === 'reindex') lock(write.ref.id, NO_KEY_UPDATE)
    if (write.write === 'create') name(write.draft.id)
    if (write.write === 'create' || write.write === 'update') {
      for (const edit of write.members ?? []) {
        if (edit.edit === 'add' || edit.edit === 'set') for (const { id } of edit.members) name(id)
        if (edit.edit === 'remove') for (const id of edit.ids) name(id)
        if (edit.edit === 'removeWhere') for (const id of idsNamed(edit.filter) ?? []) name(id)
      }
    }
    if (careful && 'index' in write) {
      const y = 'draft' in write ? write.draft.type : write.ref.type
      for (const { path, value, unique: is } of write.index) {
        const a = work.tenant.paths.get(pathKey(y, path))?.pathNo
        if (is === true && a !== undefined) unique.push({ a, value })
      }
    }
  }
  if (!(await work.lock(locks, removed))) return false
  if (unique.length > 0) await work.loadHolders(unique)
  await work.loadPairs(pairsIn(work, writes))
  return true
}

/** Who is to come into or leave which group, where both are there already. */
function pairsIn(work: Work, writes: readonly Write[]): readonly (readonly [Held, number])[] {
  const edited = writes.filter((write) => write.write === 'update' && write.members !== undefined)
  // One alone asks by itself.
  if (edited.length < 2) return []
  const pairs: [Held, number][] = []
  for (const write of edited) {
    if (write.write !== 'update') continue
    const group = work.find(write.draft.id)
    for (const edit of write.members ?? []) {
      const ids = edit.edit === 'add' ? edit.members.map(({ id }) => id) : edit.edit === 'remove' ? edit.ids : []
      for (const id of ids) {
        const k = work.find(id)?.k
        if (group !== undefined && k !== undefined) pairs.push([group, k])
      }
    }
  }
  return pairs
}
