// Brings a received resource into the form that its schemas have.

import {
  type Attribute,
  attributeIn,
  type Infer,
  type InferDraft,
  type InferInput,
  type InferWithMeta,
  isObject,
  type Json,
  type JsonObject,
  type Meta,
  type ResourceType,
  resolve,
  schemasFor,
} from '../protocol/index.ts'

/** A resource of a type that was read from a server and not declared: nothing is known of its members. */
export interface UntypedResource {
  schemas: string[]
  id: string
  externalId?: string
  meta: Partial<Meta>
  [name: string]: unknown
}

/** A resource as a server gave it. Other servers leave out of `meta` what they don't keep. */
export type Received<T extends ResourceType> = [Infer<T>] extends [never]
  ? UntypedResource
  : InferWithMeta<T, Partial<Meta>>

/** A resource to be sent: without what the server alone sets. RFC 7643 §3.1. */
export type Sent<T extends ResourceType> = [InferInput<T>] extends [never]
  ? { readonly [name: string]: unknown }
  : InferInput<T>

/** A resource that an update changes: what the server alone sets can't be assigned. RFC 7643 §2.2. */
export type Draft<T extends ResourceType> = [InferDraft<T>] extends [never] ? UntypedResource : InferDraft<T>

/**
 * A resource in the form that its schemas have, from whatever form a server gave it: names in any letter case, dotted names,
 * numbers and text booleans, a lone value for a list, null, no `schemas`, an id that is a number, the version in the ETag header or in
 * `meta` alone. What no schema knows stays as it is. Undefined when it has no id. RFC 7643 §2.1, §2.5, §3; RFC 7644 §3.14.
 * @example
 * const user = readResource(User, await response.json(), response.headers.get('etag'))
 */
export function readResource<T extends ResourceType>(
  type: T,
  body: JsonObject,
  etag?: string | null,
): Received<T> | undefined {
  const out: { [name: string]: Json } = {}
  for (const key in body) {
    const value = body[key]
    if (value === undefined || value === null) continue
    const found = resolve(key, type)
    if (found === undefined) out[key] = value
    else if (found.attribute === undefined) {
      const extension = type.extensions.find(({ schema }) => schema.id === found.extension)
      if (isObject(value)) out[found.extension] = readMembers(extension?.schema.attributes ?? [], value)
    } else if (found.extension !== undefined || found.sub !== undefined) {
      putDotted(out, found, value)
    } else setValue(out, found.attribute, value)
  }
  if (typeof out.id !== 'string' || out.id === '') return undefined
  const meta = isObject(out.meta) ? out.meta : {}
  const version = typeof meta.version === 'string' && meta.version !== '' ? meta.version : (etag ?? undefined)
  out.meta = { ...meta, ...(version === undefined ? {} : { version }) }
  if (!Array.isArray(out.schemas) || out.schemas.length === 0) out.schemas = schemasFor(out, type)
  return out as unknown as Received<T>
}

/** `name.formatted` at the top, or an extension's attribute under its full name, goes where it belongs. */
function putDotted(
  out: { [name: string]: Json },
  found: { readonly extension?: string; readonly attribute: Attribute; readonly sub?: Attribute },
  value: Json,
): void {
  const { extension, attribute, sub } = found
  const holder = extension === undefined ? out : { ...(isObject(out[extension]) ? out[extension] : {}) }
  if (sub === undefined) setValue(holder, attribute, value)
  else if (!attribute.multiValued) {
    const part: { [name: string]: Json } = {
      ...(isObject(holder[attribute.name]) ? (holder[attribute.name] as JsonObject) : {}),
    }
    setValue(part, sub, value)
    holder[attribute.name] = part
  }
  if (extension !== undefined) out[extension] = holder
}

function readMembers(attributes: readonly Attribute[], value: JsonObject): { [name: string]: Json } {
  const out: { [name: string]: Json } = {}
  for (const key in value) {
    const member = value[key]
    if (member === undefined || member === null) continue
    const attribute = attributeIn(attributes, key)
    if (attribute === undefined) out[key] = member
    else setValue(out, attribute, member)
  }
  return out
}

function setValue(out: { [name: string]: Json }, attribute: Attribute, value: Json): void {
  if (!attribute.multiValued) {
    const one = Array.isArray(value) && value.length <= 1 ? (value[0] ?? null) : value
    if (one !== null) out[attribute.name] = readOne(attribute, one)
    return
  }
  const list: readonly Json[] = Array.isArray(value) ? value : [value]
  const values = list.filter((each) => each !== null).map((each) => readOne(attribute, each))
  // An empty list says the same as none. RFC 7643 §2.5.
  if (values.length > 0) out[attribute.name] = values
}

function readOne(attribute: Attribute, value: Json): Json {
  const { type, subAttributes } = attribute
  if (subAttributes !== undefined) return isObject(value) ? readMembers(subAttributes, value) : value
  if (type === 'boolean' && typeof value === 'string' && /^(?:true|false)$/i.test(value)) return value.length === 4
  if (typeof value === 'number' && (type === 'string' || type === 'reference')) return String(value)
  return value
}
