// Compares JSON values. RFC 7643 §2.3.8.

import { comparable } from './folding.ts'
import { isObject, type Json } from './json.ts'
import type { Attribute } from './schema.ts'

/** Whether two JSON values are the same, whatever the order of members. RFC 7643 §2.3.8. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((each: Json, at) => equalJson(each, b[at]))
  }
  if (!isObject(a) || !isObject(b)) return false
  let count = 0
  for (const name in a) {
    if (a[name] === undefined) continue
    count++
    if (!Object.hasOwn(b, name) || !equalJson(a[name], b[name])) return false
  }
  for (const name in b) if (b[name] !== undefined) count--
  return count === 0
}

/**
 * Whether two values of an attribute mean the same: text as the attribute compares it, lists as sets, an absent
 * `primary` as false. RFC 7643 §2.2, §2.4.
 */
export function sameValue(attribute: Attribute, a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return sameKeys(a, b, (one) => valueKey(attribute, one))
  }
  if (isObject(a) && isObject(b)) {
    return (attribute.subAttributes ?? []).every((sub) => sameValue(sub, a[sub.name], b[sub.name]))
  }
  if (typeof a === 'string' && typeof b === 'string') return sameText(attribute, a, b)
  if (attribute.type === 'boolean') return (a ?? false) === (b ?? false)
  return false
}

/** The same text for the same JSON value, whatever the order of members. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson)}]`
  if (!isObject(value)) return JSON.stringify(value)
  const names = Object.keys(value).filter((name) => value[name] !== undefined)
  return `{${names.sort().map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`)}}`
}

/** Whether two lists hold values of the same keys, in whatever order, each as often. */
export function sameKeys(a: readonly Json[], b: readonly Json[], keyOf: (one: Json) => string): boolean {
  if (a.length !== b.length) return false
  const left = new Map<string, number>()
  for (const one of a) {
    const key = keyOf(one)
    left.set(key, (left.get(key) ?? 0) + 1)
  }
  return b.every((one) => {
    const key = keyOf(one)
    const count = left.get(key) ?? 0
    left.set(key, count - 1)
    return count > 0
  })
}

/** The same text for values that mean the same, so that lists can be compared without holding each value against each. */
function valueKey(attribute: Attribute, value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((one: Json) => valueKey(attribute, one)).sort()}]`
  if (isObject(value)) {
    const parts = (attribute.subAttributes ?? []).map((sub) => valueKey(sub, value[sub.name]))
    return JSON.stringify(parts)
  }
  if (typeof value === 'string') return JSON.stringify(textKey(attribute, value))
  if (attribute.type === 'boolean') return String(value ?? false)
  return value === undefined ? '' : JSON.stringify(value)
}

function textKey(attribute: Attribute, text: string): string {
  if (attribute.type !== 'dateTime') return comparable(attribute, text)
  const at = Date.parse(text)
  // A time that can't be read is the same as itself alone.
  return Number.isNaN(at) ? text : String(at)
}

function sameText(attribute: Attribute, a: string, b: string): boolean {
  if (attribute.type === 'dateTime') return Date.parse(a) === Date.parse(b)
  return comparable(attribute, a) === comparable(attribute, b)
}
