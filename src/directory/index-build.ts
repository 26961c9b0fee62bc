// Adds and drops indexes while other processes write.

import type { ResourceType } from '../protocol/index.ts'
import { Conflict, type LeaseKey, type Store, type Stored, type Write } from '../store/index.ts'
import type { DirectoryDeps } from './context.ts'
import { documentOf } from './document.ts'
import { indexEntries } from './entries.ts'
import { createScan } from './scan.ts'
import { type Indexed, traitsOf } from './traits.ts'

/** A change of what a type is found by, under way. */
export interface IndexChange {
  /** Go into the very commit that makes the changed type known. */
  readonly writes: readonly Write[]
  /**
   * Enters what is there; called when this process works with the changed type. Returns how many resources were read. This and
   * `writes` end in `Conflict` epoch, whose `what` {@link typeOfBuild} understands, when another change of the same type has begun meanwhile.
   */
  readonly finish: () => Promise<number>
}

/** Before the name of a type, in the name of a lease. */
const BUILD = 'index/'
/** A build is only ever ended by a later one; how long its lease runs makes no difference. */
const LEASE_MS = 60_000

/** After this long every process has been notified of a change of schemas or settings, and has finished what it began before. */
export const NOTICED_MS = 2_000

/**
 * Creates the changes of indexes. A query may rely on an index only while every writer maintains it, and each process learns of a
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
  const { all, persist } = createScan(store, environment)

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
    const fence = await seize(store, leaseOf(tenant, type), deps.newId())
    if (left.length > 0) {
      await store.commit([fence, ...indexed(left, 'incomplete')])
      await environment.wait(NOTICED_MS)
    }
    const unseen = fresh.filter((path) => !left.includes(path))

    return {
      writes: [fence, ...indexed(unseen, 'empty')],
      async finish() {
        await environment.wait(NOTICED_MS)
        // Entries that were written without that knowledge would be wrong by now. The paths stay known, so that a process which still
        // lacks it cannot make one that counts as complete.
        await store.commit([fence, ...indexed(left, 'empty')])
        const count = coming.length === 0 ? 0 : await enter(tenant, after, new Set(coming), fence)
        await store.commit([fence, ...indexed(fresh, 'complete')])
        await store.release(fence.lease, fence.epoch)
        return count
      },
    }
  }

  async function enter(tenant: string, type: ResourceType, paths: ReadonlySet<string>, fence: Fence): Promise<number> {
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
      await persist(chunk, writeOf, fence)
      count += chunk.length
    }
    return count
  }
}

type Fence = Extract<Write, { write: 'fence' }>

/** The lease of the builds of a type's indexes. A name that is too long for one may share it with another; then the later build wins. */
function leaseOf(tenant: string, type: string): LeaseKey {
  return {
    tenant,
    name: `${BUILD}${type
      .slice(0, 150)
      .toWellFormed()
      .replaceAll(/[^ -\uffff]/g, '_')}`,
  }
}

/** The type whose build was overtaken; undefined when it was something else that lost its lease. */
export function typeOfBuild({ reason, what }: Conflict): string | undefined {
  return reason === 'epoch' && what.startsWith(BUILD) ? what.slice(BUILD.length) : undefined
}

/** Takes a lease from its owner, and gives what fails each commit once it is taken from this one. */
async function seize(
  store: Pick<Store, 'lease' | 'leaseHolder' | 'tenant'>,
  lease: LeaseKey,
  owner: string,
): Promise<Fence> {
  for (;;) {
    const holder = await store.leaseHolder(lease)
    const taken = await store.lease(lease, owner, LEASE_MS, holder === undefined ? {} : { from: holder.owner })
    if (taken !== undefined) return { write: 'fence', lease, epoch: taken.epoch }
    if (holder === undefined && (await store.tenant(lease.tenant)) === undefined)
      throw new Conflict('missing', 0, 'tenant')
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
