// PATCH of SCIM 1.1: a partial resource, whose list entries may say "operation": "delete". SCIM 1.1 §3.3.2.

import { type Draft, isList, isNone, isObject, type Json, type JsonObject } from './json.ts'
import { readResource } from './read.ts'
import { attributesOf, findAttribute, type Type } from './schema.ts'

/** Applies a partial resource and returns the account as it becomes. */
export function applyPartial(type: Type, held: JsonObject, body: JsonObject): JsonObject {
  const changed = structuredClone(held) as Draft
  const meta = body.meta
  const cleared = isObject(meta) && isList(meta.attributes) ? meta.attributes : []
  for (const name of cleared) {
    const attribute = findAttribute(attributesOf(type), String(name))
    if (attribute !== undefined) delete changed[attribute.name]
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
