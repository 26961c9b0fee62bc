// Clears references to a resource that is deleted.

import { type Catalog, changedPaths, comparable, type Document, isObject, type Json } from '../protocol/index.ts'
import type { Write } from '../store/index.ts'
import type { Touched } from './committed.ts'
import { type Context, type DirectoryDeps, draftOf, typeNow } from './context.ts'
import { displayOf, documentOf, textOf } from './document.ts'
import { entryChanges, indexEntries } from './entries.ts'
import { type Reference, traitsOf } from './traits.ts'

/** How many resources lose a reference in one transaction. */
const CHUNK = 200

/** Writes that clear references, with the documents of those that lose one. */
export interface Cleared {
  readonly writes: readonly Write[]
  readonly touched: readonly Touched[]
}

/**
 * Clears every reference to a resource that is about to go: `manager` of its reports, and the like. All but the last
 * chunk are committed here, each whole; the last one is handed back to be committed together with the removal. So there is
 * no moment at which the resource is gone and a reference to it stays, however many reports a manager has.
 */
export async function clearReferences<Tx>(
  deps: DirectoryDeps<Tx>,
  context: Context,
  catalog: Catalog,
  id: string,
  commit: (cleared: Cleared) => Promise<unknown>,
): Promise<Cleared> {
  const { store } = deps
  const { tenant } = context
  const unique = deps.unique(tenant)
  let writes: Write[] = []
  let touched: Touched[] = []
  for (const type of catalog.types) {
    const { references } = traitsOf(type)
    // A resource that refers to it by several attributes is written once.
    const seen = new Set([id])
    for (const { path } of references) {
      for (let after = ''; ; ) {
        const holders = await store.holders(tenant, type.name, { path, value: id }, CHUNK, after)
        for (const holder of holders) {
          if (seen.has(holder)) continue
          seen.add(holder)
          const stored = await store.get({ tenant, type: type.name, id: holder })
          if (!stored) continue
          const before = documentOf(stored)
          const document = references.reduce((rest, reference) => without(rest, reference, id), before)
          if (document === before) continue
          const now = typeNow(deps, tenant, type)
          writes.push({
            write: 'update',
            draft: { tenant, type: type.name, id: holder, text: textOf(document), display: displayOf(document) },
            at: Math.max(deps.environment.now(), stored.modified + 1),
            ifVersion: stored.version,
            ...entryChanges(indexEntries(before, now, unique), indexEntries(document, now, unique)),
            log: draftOf(context, 'patch', changedPaths(before, document, type)),
          })
          touched.push({ ref: stored, stored, before, after: document })
        }
        if (writes.length >= CHUNK) {
          await commit({ writes, touched })
          writes = []
          touched = []
        }
        const last = holders.at(-1)
        if (holders.length < CHUNK || last === undefined) break
        after = last
      }
    }
  }
  return { writes, touched }
}

/** The document without the values that name `id`; the very same one if there are none. An extension left empty goes too. */
function without(document: Document, { attribute, extension }: Reference, id: string): Document {
  const holder = extension === undefined ? document : document[extension]
  if (!isObject(holder)) return document
  const leaf = attribute.subAttributes?.find((sub) => sub.name === 'value') ?? attribute
  const names = (one: Json | undefined) =>
    isObject(one) && typeof one.value === 'string' && comparable(leaf, one.value) === comparable(leaf, id)
  const { [attribute.name]: value, ...rest } = holder
  const list = Array.isArray(value) ? value : undefined
  if (list === undefined ? !names(value) : !list.some(names)) return document
  const kept = list?.filter((one: Json) => !names(one)) ?? []
  const changed = kept.length > 0 ? { ...rest, [attribute.name]: kept } : rest
  if (extension === undefined) return changed
  if (Object.keys(changed).length > 0) return { ...document, [extension]: changed }
  const { [extension]: _empty, ...left } = document
  const schemas = Array.isArray(left.schemas) ? left.schemas.filter((urn: Json) => urn !== extension) : left.schemas
  return schemas === undefined ? left : { ...left, schemas }
}
