// Says what data a schema holds, and brings it along when the schema changes.

import type { Document, ResourceType } from '../protocol/index.ts'
import type { DirectoryDeps } from './context.ts'
import { displayOf, documentOf, textOf } from './document.ts'
import { entryChanges, indexEntries } from './entries.ts'
import { createIndexChanges, type IndexChange, NOTICED_MS } from './index-build.ts'
import { createScan } from './scan.ts'
import { traitsOf } from './traits.ts'

/** What data of a tenant depends on its schemas: asked before a schema is changed or removed. */
export interface SchemaUse {
  /** How many resources of a tenant satisfy a test on their document. Reads all of the types given, or the first `most` of them. */
  countUse(
    tenant: string,
    typeNames: readonly string[],
    uses: (document: Document) => boolean,
    most?: number,
  ): Promise<number>
  /** Rewrites every document for which `change` gives another one; leaves a log line for each. Returns how many. */
  rewrite(
    tenant: string,
    typeNames: readonly string[],
    actor: string,
    change: (document: Document) => Document,
  ): Promise<number>
  /** Deletes every resource of a type. Returns how many. */
  removeAll(tenant: string, typeName: string, actor: string): Promise<number>
  /** Enters all resources of a type again, after its uniqueness has changed. Returns how many resources were read. */
  reindex(tenant: string, type: ResourceType): Promise<number>
  /** Starts changing the indexes of a type, before the type itself changes. Without `after` the type is being removed. */
  changeIndex(
    tenant: string,
    before: ResourceType,
    after: ResourceType | undefined,
    /** Paths that `before` has, to be built as if it hadn't. */
    rebuild?: readonly string[],
  ): Promise<IndexChange>
  /** Canonical paths of all attributes that a type is found by. */
  indexedPaths(type: ResourceType): readonly string[]
}

/** Creates the operations that schema changes run on stored data. */
export function createSchemaUse<Tx>(deps: DirectoryDeps<Tx>): SchemaUse {
  const { store } = deps

  const { all, persist } = createScan(store, deps.environment)

  return {
    async countUse(tenant, typeNames, uses, most = Number.POSITIVE_INFINITY) {
      let count = 0
      let left = most
      for await (const chunk of all(tenant, typeNames)) {
        for (const stored of chunk.slice(0, left)) if (uses(documentOf(stored))) count++
        left -= chunk.length
        if (left <= 0) break
      }
      return count
    },

    async rewrite(tenant, typeNames, actor, change) {
      let count = 0
      const catalog = deps.catalog(tenant)
      const unique = deps.unique(tenant)
      for await (const chunk of all(tenant, typeNames)) {
        count += await persist(chunk, (stored) => {
          const before = documentOf(stored)
          const after = change(before)
          const type = catalog.types.find((one) => one.name === stored.type)
          if (after === before || type === undefined) return undefined
          return {
            write: 'update',
            draft: { tenant, type: stored.type, id: stored.id, text: textOf(after), display: displayOf(after) },
            at: Math.max(deps.environment.now(), stored.modified + 1),
            ifVersion: stored.version,
            ...entryChanges(indexEntries(before, type, unique), indexEntries(after, type, unique)),
            log: { op: 'patch', actor, paths: [] },
          }
        })
      }
      return count
    },

    async removeAll(tenant, typeName, actor) {
      let count = 0
      for await (const chunk of all(tenant, [typeName])) {
        const at = deps.environment.now()
        count += await persist(chunk, ({ id }) => ({
          write: 'remove',
          ref: { tenant, type: typeName, id },
          at,
          log: { op: 'delete', actor, paths: [] },
        }))
      }
      return count
    },

    async reindex(tenant, type) {
      const unique = deps.unique(tenant)
      let count = 0
      // Until they are notified of the change, other processes write entries as before.
      if (store.freshness === 'eventual') await deps.environment.wait(NOTICED_MS)
      for await (const chunk of all(tenant, [type.name])) {
        await persist(chunk, (stored) => ({
          write: 'reindex',
          ref: { tenant, type: type.name, id: stored.id },
          // Entries of an older document would stay for good.
          ifVersion: stored.version,
          unindex: [],
          index: indexEntries(documentOf(stored), type, unique),
        }))
        count += chunk.length
      }
      return count
    },

    changeIndex: createIndexChanges(deps),
    indexedPaths: (type) => traitsOf(type).indexed.map(({ path }) => path),
  }
}
