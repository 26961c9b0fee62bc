import { type Document, invalidValue, isObject, type Json, type ResourceType } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import { type Reference, traitsOf } from './traits.ts'

/**
 * Refuses new references to a resource of a type that they can't lead to: a group as somebody's manager. An id that nobody
 * has may stand there (docs/decisions/0010), and what stood there before stays. Nothing to wait for, and nothing is read,
 * when no reference is new. RFC 7643 §4.3, §7 (`referenceTypes`).
 */
export function checkReferenceTypes<Tx>(
  store: Store<Tx>,
  type: ResourceType,
  tenant: string,
  before: Document,
  after: Document,
): Promise<void> | undefined {
  let checking: Promise<void> | undefined
  for (const reference of traitsOf(type).references) {
    const value = heldBy(after, reference)
    const had = heldBy(before, reference)
    if (value === undefined || value === had) continue
    const old = new Set(idsOf(had))
    const fresh = idsOf(value).filter((id) => !old.has(id))
    if (fresh.length === 0) continue
    const check = () => checkOne(store, tenant, reference, fresh)
    checking = checking === undefined ? check() : checking.then(check)
  }
  return checking
}

async function checkOne<Tx>(
  store: Store<Tx>,
  tenant: string,
  { attribute, path }: Reference,
  ids: readonly string[],
): Promise<void> {
  const allowed = attribute.subAttributes?.find(({ name }) => name === '$ref')?.referenceTypes ?? []
  // It may leave SCIM, so that an id of ours in it is a coincidence.
  if (allowed.includes('external') || allowed.includes('uri')) return
  for (const found of await store.names(tenant, ids)) {
    if (allowed.includes(found.type)) continue
    throw invalidValue(`${path}: ${found.id} is a ${found.type}; give the id of a ${allowed.join(' or ')}`)
  }
}

function heldBy(document: Document, { attribute, extension }: Reference): Json | undefined {
  const holder = extension === undefined ? document : document[extension]
  return isObject(holder) ? holder[attribute.name] : undefined
}

function idsOf(value: Json | undefined): readonly string[] {
  if (value === undefined) return []
  const list: readonly Json[] = Array.isArray(value) ? value : [value]
  return list.flatMap((one) => (isObject(one) && typeof one.value === 'string' ? [one.value] : []))
}
