// Declares attributes indexed, and takes declarations back.

import type { SchemaUse } from '../directory/index.ts'
import { LIMITS, type ResourceType, type Target } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import { invalid, missing } from './errors.ts'
import { readIndexPath } from './index-path.ts'
import { findType, indexKey, type Model, type Own } from './model.ts'
import type { Change, ChangeOptions } from './schema-change.ts'

/** An attribute by which resources of a type are found without being read. */
export interface IndexEntry {
  readonly type: string
  /** Canonical: `title`, `name.familyName`. */
  readonly path: string
  /** Whether the tenant has declared it; the others are always indexed. */
  readonly own: boolean
  /** Whether every resource is indexed, so that queries use it. */
  readonly ready: boolean
}

/** Indexed attributes: declared and dropped at run time (decision 19). */
export interface Indexes {
  /** All indexed attributes, declared or not. */
  readonly listIndexes: (tenant: string, options: Pick<ChangeOptions, 'usage'>) => Promise<readonly IndexEntry[]>
  /** Indexes attributes of a type, with all its resources; an index that was interrupted is built again. */
  readonly putIndexes: (
    tenant: string,
    type: string,
    paths: readonly string[],
    options: ChangeOptions,
  ) => Promise<readonly IndexEntry[]>
  /** Drops declarations. */
  readonly deleteIndexes: (
    tenant: string,
    type: string,
    paths: readonly string[],
    options: ChangeOptions,
  ) => Promise<void>
}

/** Creates the indexes part of tenancy. */
export function createIndexes(store: Store, modelOf: (tenant: string) => Promise<Model>, change: Change): Indexes {
  const list = async (tenant: string, usage: SchemaUse) => {
    const { types } = await modelOf(tenant)
    const complete = await pathsOf(store, tenant)
    return types.flatMap((type) => {
      const start = startOf(type, usage)
      return usage.indexedPaths(type).map((path): IndexEntry => {
        const own = !start.includes(path)
        // Indexes that are not declared are complete from the first resource on.
        return { type: type.name, path, own, ready: complete.get(indexKey(type.name, path)) ?? !own }
      })
    })
  }
  const has = (entries: readonly IndexEntry[], type: string, path: string) =>
    entries.find((one) => one.type === type && one.path === path)

  return {
    listIndexes: (tenant, { usage }) => list(tenant, usage),

    putIndexes: async (tenant, name, texts, options) => {
      const { usage } = options
      const type = findType(await modelOf(tenant), name)
      const before = await list(tenant, usage)
      const wanted = canonical(texts, type)
      for (const path of wanted) {
        const there = has(before, name, path)
        if (there?.own === false && there.ready) throw invalid(`${path} of ${name} is always indexed`)
      }
      const paths = wanted.filter((path) => has(before, name, path)?.ready !== true)
      if (paths.length > 0) {
        const edit = (own: Own, model: Model) => {
          const start = startOf(findType(model, name), usage)
          const indexes = new Map(own.indexes)
          for (const path of paths) {
            if (!start.includes(path)) indexes.set(indexKey(name, path), { type: name, path })
          }
          if (indexes.size > LIMITS.INDEXED_PATHS && indexes.size > own.indexes.size) {
            throw invalid(
              `A tenant declares at most ${LIMITS.INDEXED_PATHS} attributes indexed; tenant "${tenant}" would have ${indexes.size}. Take some back with: lockstep index delete TYPE PATH --tenant ${tenant}`,
            )
          }
          return { ...own, indexes }
        }
        await change(tenant, options, edit, { type: name, paths })
      }
      const after = await list(tenant, usage)
      return after.filter((one) => one.type === name && wanted.includes(one.path))
    },

    deleteIndexes: async (tenant, name, texts, options) => {
      const type = findType(await modelOf(tenant), name)
      const paths = canonical(texts, type)
      await change(tenant, options, (own, model) => {
        const indexes = new Map(own.indexes)
        for (const path of paths) {
          if (indexes.delete(indexKey(name, path))) continue
          throw startOf(findType(model, name), options.usage).includes(path)
            ? invalid(`${path} of ${name} is always indexed`)
            : missing(
                `${path} of ${name} isn't declared indexed in tenant "${tenant}"; see what is with: lockstep index list --tenant ${tenant}`,
              )
        }
        return { ...own, indexes }
      })
    },
  }
}

function canonical(texts: readonly string[], type: ResourceType): readonly string[] {
  const targets = texts.map((text): Target => {
    const found = readIndexPath(text, type)
    if (typeof found === 'string') throw invalid(found)
    return found
  })
  return [...new Set(targets.map(({ path }) => path))]
}

/** What is indexed of a type without a declaration. */
function startOf(type: ResourceType, usage: SchemaUse): readonly string[] {
  return usage.indexedPaths({ ...type, indexed: [] })
}

/** The index paths in the store by type, and whether they are complete. */
async function pathsOf(store: Store, tenant: string): Promise<ReadonlyMap<string, boolean>> {
  const complete = new Map<string, boolean>()
  for await (const chunk of store.exportTenant(tenant)) {
    for (const row of chunk) if (row.row === 'path') complete.set(indexKey(row.type, row.path), row.complete)
    // Paths come first.
    if (chunk.at(-1)?.row !== 'path') break
  }
  return complete
}
