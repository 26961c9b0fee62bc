import type { Document, ResourceType } from '../protocol/index.ts'
import type { Query, Write } from '../store/index.ts'
import type { Inside } from './context.ts'
import { displayOf, documentOf, textOf } from './document.ts'
import { entryChanges, indexEntries } from './entries.ts'
import { traitsOf } from './traits.ts'

/** What a tenant's data has to do with its schemas: asked before a schema is changed or taken away. */
export interface SchemaUse {
  /** How many resources of a tenant satisfy a test on their document. Reads all of the types given. */
  countUse(tenant: string, typeNames: readonly string[], uses: (document: Document) => boolean): Promise<number>
  /** Rewrites every document for which `change` gives another one; leaves a log line for each. Returns how many. */
  rewrite(
    tenant: string,
    typeNames: readonly string[],
    actor: string,
    change: (document: Document) => Document,
  ): Promise<number>
  /** Deletes every resource of a type. Returns how many. */
  removeAll(tenant: string, typeName: string, actor: string): Promise<number>
  /** Builds the index entries of a type anew, after its schema has changed. Returns how many resources were read. */
  reindex(tenant: string, type: ResourceType): Promise<number>
}

const CHUNK = 500

/** Makes what a change of schemas needs to know of the data. */
export function createSchemaUse<Tx>(inside: Inside<Tx>): SchemaUse {
  const { store } = inside

  async function* all(tenant: string, typeNames: readonly string[]) {
    for (const type of typeNames) {
      let after: { id: string } | undefined
      for (;;) {
        const query: Query = {
          tenant,
          types: [{ type }],
          base: '',
          endpoints: {},
          page: { after, limit: CHUNK },
          total: false,
          groups: false,
        }
        const page = await store.find(query)
        yield page.resources
        if (page.next === undefined) break
        after = { id: page.next.id }
      }
    }
  }

  return {
    async countUse(tenant, typeNames, uses) {
      let count = 0
      for await (const chunk of all(tenant, typeNames)) {
        for (const stored of chunk) if (uses(documentOf(stored))) count++
      }
      return count
    },

    async rewrite(tenant, typeNames, actor, change) {
      let count = 0
      const catalog = inside.catalog(tenant)
      const unique = inside.unique(tenant)
      for await (const chunk of all(tenant, typeNames)) {
        const writes: Write[] = []
        for (const stored of chunk) {
          const before = documentOf(stored)
          const after = change(before)
          const type = catalog.types.find((one) => one.name === stored.type)
          if (after === before || type === undefined) continue
          writes.push({
            write: 'update',
            draft: { tenant, type: stored.type, id: stored.id, text: textOf(after), display: displayOf(after) },
            at: Math.max(inside.world.now(), stored.modified + 1),
            ifVersion: stored.version,
            ...entryChanges(indexEntries(before, type, unique), indexEntries(after, type, unique)),
            log: { op: 'patch', actor, paths: [] },
          })
        }
        if (writes.length > 0) await store.commit(writes)
        count += writes.length
      }
      return count
    },

    async removeAll(tenant, typeName, actor) {
      let count = 0
      for await (const chunk of all(tenant, [typeName])) {
        if (chunk.length === 0) continue
        const at = inside.world.now()
        await store.commit(
          chunk.map(({ id }) => ({
            write: 'remove',
            ref: { tenant, type: typeName, id },
            at,
            log: { op: 'delete', actor, paths: [] },
          })),
        )
        count += chunk.length
      }
      return count
    },

    async reindex(tenant, type) {
      let count = 0
      const unique = inside.unique(tenant)
      for await (const chunk of all(tenant, [type.name])) {
        const writes: Write[] = chunk.map((stored) => ({
          write: 'reindex',
          ref: { tenant, type: type.name, id: stored.id },
          unindex: [],
          index: indexEntries(documentOf(stored), type, unique),
        }))
        if (writes.length > 0) await store.commit(writes)
        count += chunk.length
      }
      const paths = traitsOf(type).indexed.map(({ path }) => path)
      await store.commit([{ write: 'indexed', tenant, type: type.name, paths, as: 'complete' }])
      return count
    },
  }
}
