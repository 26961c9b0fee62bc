// PATCH of SCIM 1.1: a partial resource, whose list entries may say "operation": "delete". SCIM 1.1 §3.3.2.

import { type Draft, isList, isNone, isObject, type Json, type JsonObject } from './json.ts'
import { readResource } from './read.ts'
import { V1_ENTERPRISE } from './represent.ts'
import { attributesOf, ENTERPRISE, findAttribute, type Type } from './schema.ts'

/** Applies a partial resource and returns the account as it becomes. */
export function applyPartial(type: Type, held: JsonObject, body: JsonObject): JsonObject {
  const changed = structuredClone(held) as Draft
  const meta = body.meta
  const cleared = isObject(meta) && isList(meta.attributes) ? meta.attributes : []
  for (const name of cleared) {
    clear(type, changed, String(name))
  }
  for (const [name, value] of Object.entries(body)) {
    const attribute = findAttribute(attributesOf(type), name)
    if (attribute === undefined || name === 'schemas' || name === 'meta') continue
    const read = readResource(type, { [name]: value })[attribute.name]
    if (attribute.multiValued && isList(value)) changed[attribute.name] = merged(changed[attribute.name], value)
    else if (isObject(read))
      changed[attribute.name] = {
        ...(isObject(changed[attribute.name]) ? (changed[attribute.name] as JsonObject) : {}),
        ...read,
      }
    else if (read !== undefined) changed[attribute.name] = read
    if (isNone(changed[attribute.name])) delete changed[attribute.name]
  }
  return changed
}

/** Takes away what `meta.attributes` names: an attribute, a part of one (`name.middleName`), an attribute of the extension. */
function clear(type: Type, changed: Draft, path: string): void {
  const own = path.startsWith(`${V1_ENTERPRISE}:`) ? `${ENTERPRISE}.${path.slice(V1_ENTERPRISE.length + 1)}` : path
  // The URN of the extension holds dots.
  const [first = '', ...rest] = own.startsWith(ENTERPRISE)
    ? [ENTERPRISE, ...own.slice(ENTERPRISE.length + 1).split('.')]
    : own.split('.')
  const attribute = findAttribute(attributesOf(type), first)
  if (attribute === undefined) return
  const [sub] = rest
  const held = changed[attribute.name]
  if (sub === undefined || sub === '') delete changed[attribute.name]
  else if (isObject(held)) {
    const { [findAttribute(attribute.subAttributes ?? [], sub)?.name ?? sub]: _gone, ...left } = held
    if (Object.keys(left).length === 0) delete changed[attribute.name]
    else changed[attribute.name] = left
  }
}

function merged(before: Json | undefined, given: readonly Json[]): readonly Json[] {
  const all = new Map((isList(before) ? before : []).map((one) => [keyOf(one), one]))
  for (const one of given) {
    if (isObject(one) && one.operation === 'delete') all.delete(keyOf(one))
    else all.set(keyOf(one), one)
  }
  return [...all.values()]
}

function keyOf(one: Json): string {
  return isObject(one) ? String(one.value) : String(one)
}
