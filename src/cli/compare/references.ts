// Finds and replaces the references in a resource.

import {
  type Attribute,
  COMMON,
  isObject,
  isReference,
  type Json,
  type JsonObject,
  type ResourceType,
  resolve,
} from '../../protocol/index.ts'

/** Replaces each reference but members, like the manager, by what `turn` returns; undefined removes it. */
export function withReferences(
  document: JsonObject,
  type: ResourceType,
  turn: (id: string) => string | undefined,
): JsonObject {
  return inHolders(document, type, (value, attribute) => {
    if (!isOwnReference(attribute)) return value
    const one = (entry: Json): Json | undefined => {
      const id = idOf(entry)
      const to = id === undefined ? undefined : turn(id)
      return to === undefined ? undefined : { value: to }
    }
    if (!attribute.multiValued) return one(value)
    const list = (Array.isArray(value) ? (value as readonly Json[]) : [value]).flatMap((entry) => one(entry) ?? [])
    return list.length === 0 ? undefined : list
  })
}

/** The ids of other resources that a resource refers to, apart from its members. */
export function referencesIn(document: JsonObject, type: ResourceType): readonly string[] {
  const ids: string[] = []
  withReferences(document, type, (id) => {
    ids.push(id)
    return id
  })
  return ids
}

/** The paths of references, apart from members, with an id for which `isOfKind` holds. */
export function referencesOf(
  document: JsonObject,
  type: ResourceType,
  isOfKind: (id: string) => boolean,
): ReadonlySet<string> {
  const paths = new Set<string>()
  inHolders(document, type, (value, attribute, path) => {
    if (!isOwnReference(attribute)) return value
    for (const entry of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
      const id = idOf(entry)
      if (id !== undefined && isOfKind(id)) paths.add(path)
    }
    return value
  })
  return paths
}

/** Paths that hold a simple URI of another resource, which can't be compared or sent to another server. */
export function addressesIn(document: JsonObject, type: ResourceType): readonly string[] {
  const paths: string[] = []
  inHolders(document, type, (value, attribute, path) => {
    if (isAddress(attribute)) paths.push(path)
    return value
  })
  return paths
}

/** Replaces the attributes at these paths by those of another resource, or removes those that it lacks. */
export function withPathsOf(document: JsonObject, other: JsonObject, paths: Iterable<string>): JsonObject {
  const out: { [name: string]: Json } = { ...document }
  for (const path of paths) {
    const colon = path.lastIndexOf(':')
    const urn = colon < 0 ? undefined : path.slice(0, colon)
    const name = path.slice(colon + 1)
    const held = urn === undefined ? undefined : out[urn]
    const holder = urn === undefined ? out : { ...(isObject(held) ? held : {}) }
    const from = urn === undefined ? other : other[urn]
    const value = isObject(from) ? from[name] : undefined
    if (value === undefined) delete holder[name]
    else holder[name] = value
    if (urn === undefined) continue
    if (Object.keys(holder).length === 0) delete out[urn]
    else out[urn] = holder
  }
  return out
}

/** The part of a resource that can be sent to another server: no read-only attributes, and no URIs of the first server. */
export function ownOf(document: JsonObject, from: ResourceType, to: ResourceType): JsonObject {
  const common = new Set(COMMON.filter(({ name }) => name !== 'externalId').map(({ name }) => name.toLowerCase()))
  const out: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(document)) {
    if (common.has(name.toLowerCase())) continue
    const there = resolve(name, to)
    if (there === undefined) {
      // The other server would refuse unknown extensions, and ids of the first one mean nothing to it.
      const here = resolve(name, from)
      const attribute = here?.attribute
      const isForeign =
        attribute !== undefined && (isFixed(attribute) || isReference(attribute) || isAddress(attribute))
      if (!name.includes(':') && !isForeign) out[name] = value
    } else if (there.attribute === undefined) {
      if (isObject(value)) out[name] = value
    } else out[name] = value
  }
  return inHolders(out, to, (value, attribute) => {
    if (isFixed(attribute) || isAddress(attribute)) return undefined
    // Whatever the other schema says, it was a URI at the first server.
    return isReference(attribute) ? value : withoutAddresses(value, attribute)
  })
}

/** A reference that is written with the resource itself: not members, nor groups, which follow from the groups' members. */
function isOwnReference(attribute: Attribute): boolean {
  return isReference(attribute) && attribute.name !== 'members' && !isFixed(attribute)
}

function isFixed({ mutability }: Attribute): boolean {
  return mutability === 'readOnly'
}

/** A simple URI of another resource. RFC 7643 §2.3.7. */
function isAddress({ type, referenceTypes = [] }: Attribute): boolean {
  return type === 'reference' && referenceTypes.some((each) => each !== 'external' && each !== 'uri')
}

function withoutAddresses(value: Json, { subAttributes }: Attribute): Json {
  if (subAttributes === undefined) return value
  if (Array.isArray(value))
    return (value as readonly Json[]).map((each) => withoutAddresses(each, { subAttributes } as Attribute))
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([name]) => {
    const sub = subAttributes.find((each) => each.name.toLowerCase() === name.toLowerCase())
    if (name.toLowerCase() === '$ref')
      return sub?.referenceTypes?.every((each) => each === 'external' || each === 'uri') === true
    return sub === undefined || !isAddress(sub)
  })
  return Object.fromEntries(kept)
}

function idOf(entry: Json): string | undefined {
  const id = isObject(entry) ? entry.value : entry
  return typeof id === 'string' && id !== '' ? id : undefined
}

/** Replaces each attribute of a resource that the type has by what `turn` returns; undefined removes it. */
function inHolders(
  document: JsonObject,
  type: ResourceType,
  turn: (value: Json, attribute: Attribute, path: string) => Json | undefined,
): JsonObject {
  const inHolder = (holder: JsonObject, attributes: readonly Attribute[], prefix: string): JsonObject => {
    const out: { [name: string]: Json } = {}
    for (const [name, value] of Object.entries(holder)) {
      const attribute = attributes.find((each) => each.name.toLowerCase() === name.toLowerCase())
      const to = attribute === undefined ? value : turn(value, attribute, `${prefix}${name}`)
      if (to !== undefined) out[name] = to
    }
    return out
  }
  const out: { [name: string]: Json } = { ...inHolder(document, type.schema.attributes, '') }
  for (const { schema } of type.extensions) {
    const held = out[schema.id]
    if (!isObject(held)) continue
    const turned = inHolder(held, schema.attributes, `${schema.id}:`)
    if (Object.keys(turned).length === 0) delete out[schema.id]
    else out[schema.id] = turned
  }
  return out
}
