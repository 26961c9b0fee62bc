// Puts the values of columns into a document, and takes them out of it.

import { equalJson, isObject, type Json, type JsonObject } from '../../../protocol/index.ts'
import type { Column } from './columns.ts'

/** The value of a column's attribute. */
export function valueIn(document: JsonObject, column: Column): Json | undefined {
  const { element, target } = column
  const value = at(document, keysOf(column))
  if (element === undefined) return value
  const found = elementsOf(value).find((one) => fits(one, element))
  return found?.[target.leaf.name]
}

/** A document with another value for a column's attribute; undefined takes it away. */
export function withValue(document: JsonObject, column: Column, value: Json | undefined): JsonObject {
  const { element, target } = column
  const keys = keysOf(column)
  if (element === undefined) return put(document, keys, value)
  const list = elementsOf(at(document, keys))
  const place = list.findIndex((one) => fits(one, element))
  const changed = put(list[place] ?? element, [target.leaf.name], value)
  // A value that says no more than which one it was.
  const empty = value === undefined && equalJson(changed, element)
  if (place < 0 && value === undefined) return document
  const elements =
    place < 0 ? [...list, changed] : list.flatMap((one, n) => (n !== place ? [one] : empty ? [] : [changed]))
  return put(document, keys, elements.length === 0 ? undefined : elements)
}

/** The path of the first attribute that a document still has, besides what every resource has. */
export function firstPath(document: JsonObject): string | undefined {
  for (const [name, value] of Object.entries(document)) {
    if (name === 'schemas' || name === 'id' || value === undefined) continue
    const inner = isObject(value) ? Object.keys(value)[0] : undefined
    return inner === undefined ? name : `${name}${name.includes(':') ? ':' : '.'}${inner}`
  }
  return undefined
}

/** Where a column's attribute lies: of a value in a list, where the list does. */
function keysOf({ element, target: { extension, attribute, sub } }: Column): readonly string[] {
  const keys = extension === undefined ? [attribute.name] : [extension, attribute.name]
  return sub === undefined || element !== undefined ? keys : [...keys, sub.name]
}

function at(document: Json | undefined, keys: readonly string[]): Json | undefined {
  let value = document
  for (const key of keys) value = isObject(value) ? value[key] : undefined
  return value
}

/** An object with a value at a place; objects that are empty then go with it. */
function put(object: JsonObject, [key = '', ...keys]: readonly string[], value: Json | undefined): JsonObject {
  const { [key]: known, ...others } = object
  const inner = keys.length === 0 ? value : put(isObject(known) ? known : {}, keys, value)
  if (inner === undefined || (keys.length > 0 && isObject(inner) && Object.keys(inner).length === 0)) return others
  return { ...object, [key]: inner }
}

function elementsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function fits(element: JsonObject, wanted: JsonObject): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const own = element[name]
    if (typeof own === 'string' && typeof value === 'string') return own.toLowerCase() === value.toLowerCase()
    return equalJson(own, value)
  })
}
