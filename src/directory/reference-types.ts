// Refuses references to a resource of a type that the attribute does not allow.

import {
  type Attribute,
  type Catalog,
  type Document,
  invalidValue,
  isObject,
  type Json,
  LIMITS,
  type ResourceType,
} from '../protocol/index.ts'
import type { Member, MemberEdit, Ref, Store } from '../store/index.ts'
import { type Reference, traitsOf } from './traits.ts'

/**
 * Refuses new references to a resource of a type that the attribute does not allow, such as a group as manager. An unknown id
 * is allowed (docs/decisions/0010), and existing references stay. Nothing to wait for, and nothing is read,
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
  const allowed = typesOf(attribute)
  // It may leave SCIM, so that an id of ours in it is a coincidence.
  if (allowed.includes('external') || allowed.includes('uri')) return
  for (const found of await store.names(tenant, ids)) {
    if (allowed.includes(found.type)) continue
    throw invalidValue(`${path}: ${found.id} is a ${found.type}; give the id of a ${allowed.join(' or ')}`)
  }
}

/**
 * Refuses new members of a type that the schema of groups doesn't name: what /Schemas says is true. Those that are there stay.
 * Nothing is read where all types may be members. RFC 7643 §4.2, §7 (`referenceTypes`).
 */
export function checkMemberTypes<Tx>(
  store: Store<Tx>,
  catalog: Catalog,
  type: ResourceType,
  ref: Ref,
  edits: readonly MemberEdit[],
): Promise<void> | undefined {
  const members = type.schema.attributes.find(({ name }) => name === 'members')
  const allowed = members === undefined ? [] : typesOf(members)
  if (allowed.includes('external') || allowed.includes('uri')) return
  if (catalog.types.every(({ name }) => allowed.includes(name))) return
  return checkMembers(store, type, ref, edits, allowed)
}

async function checkMembers<Tx>(
  store: Store<Tx>,
  type: ResourceType,
  ref: Ref,
  edits: readonly MemberEdit[],
  allowed: readonly string[],
): Promise<void> {
  const ids = new Set<string>()
  for (const edit of edits) {
    if (edit.edit === 'add' || edit.edit === 'set') for (const { id } of edit.members) ids.add(id)
  }
  const strange: Member[] = []
  const all = [...ids]
  for (let at = 0; at < all.length; at += LIMITS.PAGE_MAX) {
    const found = await store.names(ref.tenant, all.slice(at, at + LIMITS.PAGE_MAX))
    strange.push(...found.filter((one) => !allowed.includes(one.type)))
  }
  if (strange.length === 0) return
  const known = await store.membersAmong(
    ref,
    strange.map(({ id }) => id),
  )
  const there = new Set(known.map(({ id }) => id))
  const fresh = strange.find(({ id }) => !there.has(id))
  if (fresh !== undefined) {
    throw invalidValue(`members: ${fresh.id} is a ${fresh.type}; a ${type.name} takes a ${allowed.join(' or ')}`)
  }
}

function typesOf(attribute: Attribute): readonly string[] {
  return attribute.subAttributes?.find(({ name }) => name === '$ref')?.referenceTypes ?? []
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
