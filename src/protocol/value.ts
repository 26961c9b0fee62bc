import type { Allowances } from './allowances.ts'
import { attributeIn } from './attributes.ts'
import { invalidSyntax, invalidValue, payloadTooLarge } from './errors.ts'
import { comparable } from './folding.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { LIMITS } from './limits.ts'
import { writtenWithFraction } from './read-json.ts'
import { type Attribute, isReference } from './schema.ts'

/** What reading a body needs to know, and the names in it that no schema has. */
export interface Reading {
  readonly allow: Allowances
  /** Called with the path of each unknown member; may refuse. */
  readonly unknown: (path: string) => void
}

/**
 * A value as an attribute's type has it, or undefined for what counts as unassigned: null and []. Throws 400
 * invalidValue for what the type does not take and the allowances do not mend. RFC 7643 §2.3-§2.5.
 */
export function readValue(attribute: Attribute, value: Json, reading: Reading, parent = ''): Json | undefined {
  if (value === null) return undefined
  if (attribute.multiValued) return readList(attribute, value, reading, parent)
  return readOne(attribute, value, reading, parent)
}

/** One value of an attribute, whether it is multi-valued or not. RFC 7643 §2.3. */
export function readOne(attribute: Attribute, given: Json, reading: Reading, parent = ''): Json | undefined {
  let value = given
  // A list of one where a single value belongs: `"manager": ["…"]`.
  if (Array.isArray(value) && reading.allow.bareValueForComplex && !attribute.multiValued && value.length < 2) {
    value = value[0] ?? null
    if (value === null) return undefined
  }
  const { type } = attribute
  if (type === 'complex') return readComplex(attribute, value, reading, parent)
  if (type === 'boolean') {
    if (typeof value === 'boolean') return value
    if (typeof value === 'string' && reading.allow.textBooleans) {
      const text = value.toLowerCase()
      if (text === 'true' || text === 'false') return text === 'true'
    }
    throw wrong(attribute, parent, 'true or false, without quotes', value)
  }
  if (type === 'integer') {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value
    if (typeof value !== 'number') throw wrong(attribute, parent, 'a whole number', value)
    if (!Number.isInteger(value)) throw notWhole(attribute, parent)
    throw invalidValue(
      `${parent}${attribute.name} must be from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}`,
    )
  }
  if (type === 'decimal') {
    if (typeof value === 'number' && Number.isFinite(value)) return value
    throw wrong(attribute, parent, 'a number', value)
  }
  if (typeof value === 'string') {
    // "" names no resource, no page and no time: not set. RFC 7643 §2.3.5, §2.3.7.
    const unset = value === '' && (type === 'reference' || type === 'dateTime') && reading.allow.anyForm
    return unset ? undefined : value
  }
  if (
    (typeof value === 'number' || typeof value === 'boolean') &&
    reading.allow.numbersForStrings &&
    type === 'string'
  ) {
    return String(value)
  }
  throw wrong(attribute, parent, 'a string', value)
}

/**
 * The values of a multi-valued attribute, each once, with one primary at most; undefined when none is left.
 * RFC 7643 §2.4, §2.5.
 */
export function readList(attribute: Attribute, value: Json, reading: Reading, parent = ''): Json | undefined {
  const { allow } = reading
  let list: readonly Json[]
  if (Array.isArray(value)) list = value
  else if (!allow.loneValueForList) throw wrong(attribute, parent, 'a list, in brackets', value)
  else if (value === '') return undefined
  else list = [value]
  if (list.length === 0) return undefined
  refuseTooMany(attribute, list.length, parent)
  const read: Json[] = []
  for (const each of list) {
    if (each === null) {
      if (allow.mendLists) continue
      throw invalidValue(`${parent}${attribute.name} holds null in its list; leave the entry out`)
    }
    const one = readOne(attribute, each, reading, parent)
    if (one === undefined && isObject(each) && isReference(attribute)) {
      throw invalidValue(`${parent}${attribute.name} has an entry without "value"; give the id it refers to`)
    }
    if (one === undefined || (allow.mendLists && isHollow(attribute, one))) continue
    read.push(one)
  }
  const values = onePrimary(attribute, mergeTwins(attribute, read), allow, parent)
  return values.length === 0 ? undefined : values
}

/** An object's members under their canonical names; readOnly ones are dropped. Undefined when nothing is left. */
export function readComplex(attribute: Attribute, value: Json, reading: Reading, parent = ''): JsonObject | undefined {
  const object = isObject(value) ? value : wrapped(attribute, value, reading, parent)
  if (object === undefined) return undefined
  return dropNulls(readMembers(attribute, object, reading, parent))
}

/** As {@link readComplex}, but members that unassign stay, as null: what a PATCH merges. Never undefined for an object. */
export function readMembers(
  attribute: Attribute,
  object: JsonObject,
  reading: Reading,
  parent = '',
): { [name: string]: Json } {
  const subAttributes = attribute.subAttributes ?? []
  const path = `${parent}${attribute.name}.`
  const out: { [name: string]: Json } = {}
  let respelt = false
  for (const key in object) {
    const sub = attributeIn(subAttributes, key)
    if (sub === undefined) {
      reading.unknown(path + key)
      continue
    }
    if (sub.name !== key) respelt = true
    if (sub.mutability === 'readOnly') continue
    const member = object[key]
    if (sub.type === 'integer' && writtenWithFraction(object, key)) throw notWhole(sub, path)
    out[sub.name] = member === undefined ? null : (readValue(sub, member, reading, path) ?? null)
  }
  if (respelt) refuseTwins(object, (key) => attributeIn(subAttributes, key)?.name, `${parent}${attribute.name}`)
  if (isReference(attribute)) completeReference(attribute, out, reading, parent)
  return out
}

/** Refuses members that differ in letter case alone. RFC 7643 §2.1. */
export function refuseTwins(object: JsonObject, nameOf: (key: string) => unknown, where: string): void {
  const seen = new Set<unknown>()
  for (const key in object) {
    const name = nameOf(key)
    if (name === undefined) continue
    if (seen.has(name)) {
      throw invalidSyntax(`${where} has the member "${key}" twice; names are the same whatever their letter case`)
    }
    seen.add(name)
  }
}

function wrapped(attribute: Attribute, value: Json, reading: Reading, parent: string): JsonObject | undefined {
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  const sub = attributeIn(attribute.subAttributes ?? [], 'value')
  // A bare value for a complex attribute means its `value`; an empty one clears.
  if (!scalar || sub === undefined || !reading.allow.bareValueForComplex) {
    throw wrong(attribute, parent, 'an object, in braces', value)
  }
  return value === '' ? undefined : { [sub.name]: value }
}

function dropNulls(object: { [name: string]: Json }): JsonObject | undefined {
  let some = false
  for (const name in object) {
    if (object[name] === null) delete object[name]
    else some = true
  }
  return some ? object : undefined
}

/** `$ref` stands in for a missing `value`, and may not contradict it (A-91, S-136). RFC 7643 §2.4. */
function completeReference(
  attribute: Attribute,
  out: { [name: string]: Json },
  reading: Reading,
  parent: string,
): void {
  if (out.value === '' && reading.allow.bareValueForComplex) out.value = null
  const uri = out.$ref
  if (typeof uri === 'string') {
    const id = idInUri(uri)
    const where = `${parent}${attribute.name}`
    if (id === undefined) throw invalidValue(`${where}.$ref is "${uri}", which does not end in the id of a resource`)
    if (typeof out.value !== 'string') out.value = id
    else if (out.value !== id) {
      throw invalidValue(
        `${where}.value is "${out.value}" but its $ref leads to "${id}"; give one of them, or both alike`,
      )
    }
  }
  // Where there is but one type to lead to, the URI is made anew from the id on each answer.
  if ('$ref' in out && (attributeIn(attribute.subAttributes ?? [], '$ref')?.referenceTypes?.length ?? 0) < 2)
    delete out.$ref
}

/** The id that a resource's URI ends in; the part before it, a version segment too, does not count. RFC 7643 §2.4. */
export function idInUri(uri: string): string | undefined {
  const [before = ''] = uri.split(/[?#]/, 1)
  const path = before.replace(/\/$/, '')
  const last = path.slice(path.lastIndexOf('/') + 1)
  if (last === '' || !path.includes('/')) return undefined
  try {
    return decodeURIComponent(last)
  } catch {
    return undefined
  }
}

/** Entries that hold nothing but a label, as some clients send for values they do not have. */
function isHollow(attribute: Attribute, value: Json): boolean {
  if (!isObject(value)) return value === ''
  // A reference without an id is somebody's mistake and must be told.
  if (isReference(attribute)) return false
  for (const name in value) {
    if (name !== 'type' && name !== 'primary' && value[name] !== '') return false
  }
  return true
}

/** The same value with the same type stands once, with what both entries say. RFC 7643 §2.4. */
export function mergeTwins(attribute: Attribute, list: Json[]): Json[] {
  if (list.length < 2) return list
  const seen = new Map<string, number>()
  const out: Json[] = []
  for (const value of list) {
    const key = identityOf(attribute, value)
    const at = seen.get(key)
    if (at === undefined) {
      seen.set(key, out.length)
      out.push(value)
      continue
    }
    const twin = out[at]
    if (isObject(twin) && isObject(value)) {
      const primary = twin.primary === true || value.primary === true
      out[at] = { ...twin, ...value, ...(primary ? { primary } : {}) }
    }
  }
  return out.length === list.length ? list : out
}

/** What makes two values of a multi-valued attribute the same: `value` and `type`, for references `value` alone. */
export function identityOf(attribute: Attribute, value: Json): string {
  if (!isObject(value)) return simpleKey(attribute, value)
  const subAttributes = attribute.subAttributes ?? []
  const valueSub = attributeIn(subAttributes, 'value')
  if (valueSub !== undefined && value.value !== undefined) {
    const key = simpleKey(valueSub, value.value)
    if (isReference(attribute)) return key
    const typeSub = attributeIn(subAttributes, 'type')
    return typeSub === undefined || value.type === undefined ? key : `${key}\n${simpleKey(typeSub, value.type)}`
  }
  let key = ''
  for (const sub of subAttributes) {
    const part = value[sub.name]
    if (part !== undefined && part !== false) key += `\n${sub.name}=${simpleKey(sub, part)}`
  }
  return key
}

function simpleKey(attribute: Attribute, value: Json): string {
  return typeof value === 'string' ? `"${comparable(attribute, value)}` : JSON.stringify(value)
}

/** Two primaries are refused; where lists are mended, the first one stays. RFC 7643 §2.4. */
function onePrimary(attribute: Attribute, list: Json[], allow: Allowances, parent: string): Json[] {
  if (attribute.type !== 'complex') return list
  let first = -1
  for (let at = 0; at < list.length; at++) {
    const value = list[at]
    if (!isObject(value) || value.primary !== true) continue
    if (first < 0) first = at
    else if (allow.mendLists) list[at] = { ...value, primary: false }
    else {
      throw invalidValue(`${parent}${attribute.name} has two entries with primary true; at most one may have it`)
    }
  }
  return list
}

function refuseTooMany(attribute: Attribute, count: number, parent: string): void {
  if (count <= LIMITS.VALUES_PER_ATTRIBUTE) return
  if (!isReference(attribute)) {
    throw invalidValue(
      `${parent}${attribute.name} has ${count} values; at most ${LIMITS.VALUES_PER_ATTRIBUTE} are taken`,
    )
  }
  if (count > LIMITS.MEMBERS_PER_REQUEST) {
    throw payloadTooLarge(
      `${parent}${attribute.name} has ${count} values; one request takes at most ${LIMITS.MEMBERS_PER_REQUEST}, so send several`,
    )
  }
}

function notWhole({ name }: Attribute, parent: string): Error {
  return invalidValue(`${parent}${name} must be a whole number, without fraction or exponent`)
}

function wrong(attribute: Attribute, parent: string, expected: string, given: Json | undefined): Error {
  const kind =
    given === null ? 'null' : Array.isArray(given) ? 'a list' : isObject(given) ? 'an object' : `a ${typeof given}`
  return invalidValue(`${parent}${attribute.name} must be ${expected}; it was ${kind}`)
}
