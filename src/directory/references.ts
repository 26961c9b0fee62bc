import { type Catalog, changedPaths, type Document, isObject, type Json } from '../protocol/index.ts'
import type { Write } from '../store/index.ts'
import type { Context, Inside } from './context.ts'
import { displayOf, documentOf, textOf } from './document.ts'
import { entryChanges, indexEntries } from './entries.ts'
import { type Reference, traitsOf } from './traits.ts'

/** How many resources lose a reference in one transaction. */
const CHUNK = 200

/**
 * Clears every reference to a resource that is about to go: `manager` of its reports, and the like. All but the last
 * chunk are committed here, each whole; the last one is handed back to be committed together with the removal. So there is
 * no moment at which the resource is gone and a reference to it stays, however many reports a manager has.
 */
export async function clearReferences<Tx>(
  inside: Inside<Tx>,
  context: Context,
  catalog: Catalog,
  id: string,
  commit: (writes: readonly Write[]) => Promise<unknown>,
): Promise<readonly Write[]> {
  const { store } = inside
  const last: Write[] = []
  for (const type of catalog.types) {
    for (const reference of traitsOf(type).references) {
      const entry = { path: reference.path, value: id }
      for (;;) {
        const holders = await store.holders(context.tenant, type.name, entry, CHUNK)
        const writes: Write[] = []
        for (const holder of holders) {
          if (holder === id) continue
          const stored = await store.get({ tenant: context.tenant, type: type.name, id: holder })
          if (!stored) continue
          const before = documentOf(stored)
          const after = without(before, reference, id)
          const unique = inside.unique(context.tenant)
          writes.push({
            write: 'update',
            draft: {
              tenant: context.tenant,
              type: type.name,
              id: holder,
              text: textOf(after),
              display: displayOf(after),
            },
            at: Math.max(inside.world.now(), stored.modified + 1),
            ifVersion: stored.version,
            ...entryChanges(indexEntries(before, type, unique), indexEntries(after, type, unique)),
            log: { op: 'patch', actor: context.actor, paths: changedPaths(before, after, type) },
          })
        }
        if (holders.length < CHUNK || writes.length === 0) {
          last.push(...writes)
          break
        }
        await commit(writes)
      }
    }
  }
  return last
}

/** The document without the values that name `id`; the extension goes when nothing is left in it. */
function without(document: Document, reference: Reference, id: string): Document {
  const name = reference.attribute.name
  const holder = reference.extension === undefined ? document : document[reference.extension]
  if (!isObject(holder)) return document
  const names = (one: Json) => isObject(one) && one.value === id
  const value = holder[name]
  const { [name]: _gone, ...rest } = holder
  const kept = Array.isArray(value) ? value.filter((one: Json) => !names(one)) : []
  const changed = kept.length > 0 ? { ...rest, [name]: kept } : rest
  if (reference.extension === undefined) return changed
  if (Object.keys(changed).length > 0) return { ...document, [reference.extension]: changed }
  const { [reference.extension]: _empty, ...left } = document
  const schemas = Array.isArray(left.schemas)
    ? left.schemas.filter((urn: Json) => urn !== reference.extension)
    : left.schemas
  return schemas === undefined ? left : { ...left, schemas }
}
