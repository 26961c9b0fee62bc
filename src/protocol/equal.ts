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
    if (a.length !== b.length) return false
    const rest: Json[] = [...b]
    return a.every((one: Json) => {
      const at = rest.findIndex((other) => sameValue(attribute, one, other))
      if (at >= 0) rest.splice(at, 1)
      return at >= 0
    })
  }
  if (isObject(a) && isObject(b)) {
    return (attribute.subAttributes ?? []).every((sub) => sameValue(sub, a[sub.name], b[sub.name]))
  }
  if (typeof a === 'string' && typeof b === 'string') return sameText(attribute, a, b)
  if (attribute.type === 'boolean') return (a ?? false) === (b ?? false)
  return false
}

function sameText(attribute: Attribute, a: string, b: string): boolean {
  if (attribute.type === 'dateTime') return Date.parse(a) === Date.parse(b)
  return comparable(attribute, a) === comparable(attribute, b)
}
