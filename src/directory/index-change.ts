// Adds and drops indexes while other processes write.

import type { ResourceType } from '../protocol/index.ts'
import { Conflict, type Stored, type Write } from '../store/index.ts'
import type { DirectoryDeps } from './context.ts'
import { documentOf } from './document.ts'
import { indexEntries } from './entries.ts'
import { type Indexed, traitsOf } from './traits.ts'
import { createWalk } from './walk.ts'

/** A change of what a type is found by, under way. */
export interface IndexChange {
  /** Go into the very commit that makes the changed type known. */
  readonly writes: readonly Write[]
  /**
   * Enters what is there; called when this process works with the changed type. Returns how many resources were read. This and
   * `writes` end in `Conflict` missing with the type as `what` when another change of the same type has begun meanwhile.
   */
  readonly finish: () => Promise<number>
}

/** After this long every process has been notified of a change of schemas or settings, and has finished what it began before. */
export const NOTICED_MS = 2_000

/**
 * Makes the changes of indexes. A query may rely on an index only while every writer maintains it, and each process learns of a
 * change at its own moment. So before the first process stops maintaining a path no query relies on it any more, and a new path is
 * maintained by all processes before existing resources are entered; it is complete only after that (decision 19).
 */
export function createIndexChanges<Tx>(
  deps: DirectoryDeps<Tx>,
): (
  tenant: string,
  before: ResourceType,
  after: ResourceType | undefined,
  rebuild?: readonly string[],
) => Promise<IndexChange> {
  const { store, environment } = deps
  const { all, persist } = createWalk(store, environment)

  return async (tenant, before, after, rebuild = []) => {
    const type = before.name
    const indexed = (paths: readonly string[], as: Extract<Write, { write: 'indexed' }>['as']): readonly Write[] =>
      paths.length === 0 ? [] : [{ write: 'indexed', tenant, type, paths, as }]
    const old = traitsOf(before).indexed.filter(({ path }) => !rebuild.includes(path))
    const now = after === undefined ? [] : traitsOf(after).indexed
    const left = without(old, now, formOf)
    const fresh = without(now, old, formOf)
    // A path whose uniqueness changes is entered again, and stays complete meanwhile.
    const coming = without(now, old, (one) => `${formOf(one)} ${one.unique}`)
    if (left.length + coming.length === 0) return { writes: [], finish: async () => 0 }
    if (after === undefined) {
      return {
        writes: indexed(left, 'gone'),
        async finish() {
          if (store.freshness === 'eventual') await environment.wait(NOTICED_MS)
          await store.commit(indexed(left, 'gone'))
          return 0
        },
      }
    }

    // The later build wins: two concurrent builds could each rely on entries that the other has deleted.
    const token = deps.newId()
    const record = { tenant, kind: 'index-change', key: type }
    const mine: Write = { write: 'record', record, value: token, ifValue: token }
    const over: Write = { write: 'record', record, value: undefined, ifValue: token }
    const isMine = async () => {
      const [found] = await store.records(tenant, record.kind, { key: type, limit: 1 })
      return found?.value === token
    }
    if (left.length > 0) {
      await store.commit([{ write: 'record', record, value: token }, ...indexed(left, 'incomplete')])
      await environment.wait(NOTICED_MS)
    }
    const unseen = fresh.filter((path) => !left.includes(path))

    return {
      writes: [left.length > 0 ? mine : { write: 'record', record, value: token }, ...indexed(unseen, 'empty')],
      async finish() {
        await environment.wait(NOTICED_MS)
        // Entries that were written without that knowledge would be wrong by now. The paths stay known, so that a process which still
        // lacks it cannot make one that counts as complete.
        await store.commit([mine, ...indexed(left, 'empty')])
        const count = coming.length === 0 ? 0 : await enter(tenant, after, new Set(coming), isMine)
        await store.commit([over, ...indexed(fresh, 'complete')])
        return count
      },
    }
  }

  async function enter(
    tenant: string,
    type: ResourceType,
    paths: ReadonlySet<string>,
    isMine: () => Promise<boolean>,
  ): Promise<number> {
    let count = 0
    const writeOf = (stored: Stored): Write | undefined => {
      const index = indexEntries(documentOf(stored), type, deps.unique(tenant)).filter(({ path }) => paths.has(path))
      if (index.length === 0) return undefined
      const ref = { tenant, type: type.name, id: stored.id }
      // Entries of an older document would stay for good.
      return { write: 'reindex', ref, ifVersion: stored.version, unindex: [], index }
    }
    for await (const chunk of all(tenant, [type.name])) {
      // Entries of an overtaken build could come between what another has deleted and what it enters.
      if (!(await isMine())) throw new Conflict('missing', 0, type.name)
      await persist(chunk, writeOf)
      count += chunk.length
    }
    return count
  }
}

/** The form in which the values of a path are entered. */
function formOf({ path, attribute, sub = attribute }: Indexed): string {
  return `${path} ${sub.type} ${sub.caseExact} ${sub.uniqueness === 'none'}`
}

/** The paths of some that others don't have in the same way. */
function without(some: readonly Indexed[], others: readonly Indexed[], key: (one: Indexed) => string): string[] {
  const there = new Set(others.map(key))
  return some.filter((one) => !there.has(key(one))).map(({ path }) => path)
}
