import { type Document, type ResourceType, unavailable } from '../protocol/index.ts'
import { Conflict, type Query, type Stored, type Write } from '../store/index.ts'
import type { Inside } from './context.ts'
import { displayOf, documentOf, textOf } from './document.ts'
import { entryChanges, indexEntries } from './entries.ts'
import { type Indexed, traitsOf } from './traits.ts'

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
  /** Builds the index entries of a type anew, after it has changed from `before`. Returns how many resources were read. */
  reindex(tenant: string, type: ResourceType, before?: ResourceType): Promise<number>
  /** Takes away the index entries of a type that is gone. */
  unindex(tenant: string, type: ResourceType): Promise<void>
}

const CHUNK = 500
/** How often a chunk is read again because somebody writes it at the same time. */
const ATTEMPTS = 20
/** By then every process has heard of a change of schemas or settings, and what it began before is written. */
const HEARD_MS = 2_000

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

  /** Writes what is to be written for each resource; those that somebody changes or deletes meanwhile are read again. */
  async function persist(chunk: readonly Stored[], writeOf: (stored: Stored) => Write | undefined): Promise<number> {
    let left = chunk
    let count = 0
    for (let attempt = 1; ; attempt++) {
      // Fewer each time: whoever writes again and again holds up nobody's turn but his own.
      const size = Math.max(1, CHUNK >> (attempt - 1))
      const moved: Stored[] = []
      for (let at = 0; at < left.length; at += size) {
        const piece = left.slice(at, at + size)
        const writes = piece.flatMap((stored) => writeOf(stored) ?? [])
        if (writes.length === 0) continue
        try {
          await store.commit(writes)
          count += writes.length
        } catch (error) {
          const again = error instanceof Conflict && (error.reason === 'version' || error.reason === 'missing')
          if (!again || error.what === 'tenant') throw error
          moved.push(...piece)
        }
      }
      if (moved.length === 0) return count
      if (attempt === ATTEMPTS) throw unavailable(1)
      const read = await Promise.all(moved.map((stored) => store.get(stored)))
      left = read.filter((stored) => stored !== undefined)
    }
  }

  /** Takes entries away that are kept up no longer: whoever asked them would miss what has been written since. */
  async function drop(tenant: string, type: string, paths: readonly string[]): Promise<void> {
    const gone = async () => {
      if (paths.length > 0) await store.commit([{ write: 'indexed', tenant, type, paths, as: 'gone' }])
    }
    await gone()
    if (store.tells !== 'soon') return
    // Until they have heard of the change, other processes write without new entries, take none away, and make old ones anew.
    await inside.world.wait(HEARD_MS)
    await gone()
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
        count += await persist(chunk, (stored) => {
          const before = documentOf(stored)
          const after = change(before)
          const type = catalog.types.find((one) => one.name === stored.type)
          if (after === before || type === undefined) return undefined
          return {
            write: 'update',
            draft: { tenant, type: stored.type, id: stored.id, text: textOf(after), display: displayOf(after) },
            at: Math.max(inside.world.now(), stored.modified + 1),
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
        const at = inside.world.now()
        count += await persist(chunk, ({ id }) => ({
          write: 'remove',
          ref: { tenant, type: typeName, id },
          at,
          log: { op: 'delete', actor, paths: [] },
        }))
      }
      return count
    },

    async reindex(tenant, type, before = type) {
      const unique = inside.unique(tenant)
      let count = 0
      await drop(tenant, type.name, pathsLeft(before, type))
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
      const paths = traitsOf(type).indexed.map(({ path }) => path)
      await store.commit([{ write: 'indexed', tenant, type: type.name, paths, as: 'complete' }])
      return count
    },

    unindex: (tenant, type) =>
      drop(
        tenant,
        type.name,
        traitsOf(type).indexed.map(({ path }) => path),
      ),
  }
}

/** The index paths of a type that it has no longer, or that compare otherwise now. */
function pathsLeft(before: ResourceType, after: ResourceType): readonly string[] {
  const now = new Set(traitsOf(after).indexed.map(keyOf))
  return traitsOf(before)
    .indexed.filter((one) => !now.has(keyOf(one)))
    .map(({ path }) => path)
}

function keyOf({ path, attribute, sub = attribute }: Indexed): string {
  return `${path} ${sub.caseExact}`
}
