// Where a path of a profile leads in an account, and what becomes of the values there.

import { isObject, type Json, type JsonObject, type ResourceType, resolve } from '../../../protocol/index.ts'

/** Where a path leads: an attribute, of an extension perhaps, or a part of it. */
export interface Place {
  readonly extension?: string
  readonly name: string
  readonly sub?: string
}

/** The place of a path. One that no schema has is an attribute of that name, for apps with attributes of their own. */
export function placeOf(path: string, type: ResourceType): Place {
  const found = resolve(path, type)
  if (found === undefined) return { name: path }
  const { extension, attribute } = found
  if (attribute === undefined) return { name: found.extension }
  const sub = 'sub' in found ? found.sub?.name : undefined
  return {
    name: attribute.name,
    ...(extension === undefined ? {} : { extension }),
    ...(sub === undefined ? {} : { sub }),
  }
}

/** Changes every value at a place; undefined takes it away. What is not there is not called for. */
export function changeAt(
  document: JsonObject,
  { extension, name, sub }: Place,
  change: (value: Json) => Json | undefined,
): JsonObject {
  if (extension !== undefined) return changeMember(document, extension, (held) => inObject(held, { name, sub }, change))
  return changeMember(document, name, (value) => (sub === undefined ? change(value) : inEach(value, sub, change)))
}

function inObject(
  held: Json,
  { name, sub }: { readonly name: string; readonly sub: string | undefined },
  change: (value: Json) => Json | undefined,
): Json | undefined {
  if (!isObject(held)) return held
  return unlessEmpty(
    changeMember(held, name, (value) => (sub === undefined ? change(value) : inEach(value, sub, change))),
  )
}

function inEach(value: Json, sub: string, change: (value: Json) => Json | undefined): Json | undefined {
  if (isObject(value)) return unlessEmpty(changeMember(value, sub, change))
  if (!Array.isArray(value)) return value
  const changed = value.map((each: Json) => (isObject(each) ? unlessEmpty(changeMember(each, sub, change)) : each))
  const left = changed.filter((each) => each !== undefined)
  return left.length === 0 ? undefined : left
}

function changeMember(object: JsonObject, name: string, change: (value: Json) => Json | undefined): JsonObject {
  const value = object[name]
  if (value === undefined) return object
  const next = change(value)
  if (next === value) return object
  const { [name]: _old, ...rest } = object
  return next === undefined ? rest : { ...object, [name]: next }
}

function unlessEmpty(object: JsonObject): JsonObject | undefined {
  return Object.keys(object).length === 0 ? undefined : object
}

/** The first value at a place. */
export function valueAt(document: JsonObject, { extension, name, sub }: Place): Json | undefined {
  const held = extension === undefined ? document : document[extension]
  const value = isObject(held) ? held[name] : undefined
  if (sub === undefined) return value
  const one = Array.isArray(value) ? value[0] : value
  return isObject(one) ? one[sub] : undefined
}

/** The document with a value at a place where there is none; parts of lists are left alone. */
export function withValueAt(document: JsonObject, { extension, name, sub }: Place, value: Json): JsonObject {
  const held = extension === undefined ? document : document[extension]
  const holder = isObject(held) ? held : {}
  const old = holder[name]
  if (Array.isArray(old)) return document
  const filled = { ...holder, [name]: sub === undefined ? value : { ...(isObject(old) ? old : {}), [sub]: value } }
  return extension === undefined ? filled : { ...document, [extension]: filled }
}
