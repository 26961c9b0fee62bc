// Reads and builds JSON of unknown shape by member names and attribute paths.

import { isObject, type Json, type JsonObject } from '../protocol/index.ts'
import type { AttributePath } from './attribute-path.ts'

/** A member by its name in any letter case: names compare without regard to it. RFC 7643 §2.1. */
export function member(value: unknown, name: string): Json | undefined {
  if (!isObject(value)) return undefined
  if (Object.hasOwn(value, name)) return value[name]
  const lower = name.toLowerCase()
  const key = Object.keys(value).find((one) => one.toLowerCase() === lower)
  return key === undefined ? undefined : value[key]
}

/** The value at the end of a chain of member names. */
export function dig(value: unknown, ...names: readonly string[]): Json | undefined {
  let at: unknown = value
  for (const name of names) at = member(at, name)
  return at as Json | undefined
}

/** The objects of a list; none when the value is not a list. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The strings of a list; none when the value is not a list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

/** Ids of the members of a group, sorted. */
export function memberIds(group: unknown): readonly string[] {
  return objects(member(group, 'members'))
    .map((one) => String(member(one, 'value')))
    .toSorted()
}

/** Whether two lists hold the same strings, in any order. */
export function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join() === others.toSorted().join()
}

/** The value of a resource at a path. */
export function valueAt(resource: unknown, path: AttributePath): Json | undefined {
  const holder = path.urn === undefined ? resource : member(resource, path.urn)
  const value = member(holder, path.attribute.name)
  return path.sub === undefined ? value : member(value, path.sub.name)
}

/** The members of a resource that hold a value at a path. */
export function withValue(path: AttributePath, value: Json): JsonObject {
  const inner = path.sub === undefined ? value : { [path.sub.name]: value }
  const members = { [path.attribute.name]: inner }
  return path.urn === undefined ? members : { [path.urn]: members }
}

/** A body without one of its attributes. */
export function without(body: JsonObject, { attribute }: AttributePath): JsonObject {
  const { [attribute.name]: _, ...rest } = body
  return rest
}

/** The text of a path, qualified where it belongs to an extension. RFC 7644 §3.10. */
export function pathOf(path: AttributePath): string {
  const name = path.sub === undefined ? path.attribute.name : `${path.attribute.name}.${path.sub.name}`
  return path.urn === undefined ? name : `${path.urn}:${name}`
}

/** Whether a value counts as unassigned: absent, null, an empty list. RFC 7643 §2.5. An empty object has no value either. */
export function isUnassigned(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.values(value).every(isUnassigned)
}

/** Whether a value holds all that another one has; more is no harm, and `primary: false` is the same as no primary. */
export function holds(actual: Json | undefined, wanted: Json): boolean {
  if (Array.isArray(wanted))
    return Array.isArray(actual) && wanted.every((one) => actual.some((other) => holds(other, one)))
  if (typeof wanted === 'object' && wanted !== null)
    return Object.entries(wanted).every(([name, value]) => holds(member(actual, name), value as Json))
  if (wanted === false && isUnassigned(actual)) return true
  return actual === wanted
}

/** Whether a value has the JSON type of an attribute; no value fits every attribute. RFC 7643 §2.3. */
export function fitsType(value: unknown, path: AttributePath): boolean {
  if (isUnassigned(value)) return true
  const { type, multiValued } = path.sub ?? path.attribute
  if (multiValued) return Array.isArray(value) && value.every((one) => fitsOne(one, type))
  return fitsOne(value, type)
}

function fitsOne(value: unknown, type: string): boolean {
  switch (type) {
    case 'complex':
      return isObject(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isInteger(value)
    case 'decimal':
      return typeof value === 'number'
    case 'dateTime':
      return typeof value === 'string' && /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)
    default:
      return typeof value === 'string'
  }
}

/** Members joined; objects under the same name (extensions) are joined as well. */
export function join(...parts: readonly JsonObject[]): JsonObject {
  const joined: { [name: string]: Json } = {}
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) {
      const before = joined[name]
      joined[name] = name.includes(':') && isObject(before) && isObject(value) ? { ...before, ...value } : value
    }
  }
  return joined
}

/** The URL of a $ref: absolute, relative to the base, or relative to an endpoint. RFC 7643 §2.3.7. */
export function resolveReference(ref: string, base: string): string {
  if (ref.startsWith('..')) return new URL(ref, `${base}Groups/`).href
  if (ref.startsWith('/') && !ref.startsWith(new URL(base).pathname)) return new URL(ref.slice(1), base).href
  return new URL(ref, base).href
}

/**
 * Whether two references lead to the same resource: each taken relative to the request, or to the base URL.
 * RFC 9110 §10.2.2, RFC 7643 §2.3.7.
 */
export function isSameUri(one: unknown, other: unknown, asked: string, base: string): boolean {
  const others = urisOf(other, asked, base)
  return urisOf(one, asked, base).some((uri) => others.includes(uri))
}

function urisOf(reference: unknown, asked: string, base: string): readonly string[] {
  if (typeof reference !== 'string' || reference === '') return []
  try {
    return [new URL(reference, asked).href, resolveReference(reference, `${base}/`)]
  } catch {
    return []
  }
}
