// Reads a value as its attribute's type has it. RFC 7643 §2.3.

import type { Allowances } from './allowances.ts'
import { attributeIn } from './attributes.ts'
import { canonicalValue } from './canonical-value.ts'
import { invalidSyntax, invalidValue, payloadTooLarge } from './errors.ts'
import { comparable } from './folding.ts'
import { idInUri } from './id-in-uri.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { LIMITS } from './limits.ts'
import { displayed, elementInside, mended, unpackJson } from './mend.ts'
import type { Reading } from './reading.ts'
import { type Attribute, isReference } from './schema.ts'
import { isWrittenWhole, keepsDigits } from './written-numbers.ts'

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
  const value = mended(attribute, given, reading, parent)
  if (value === undefined) return undefined
  switch (attribute.type) {
    case 'complex':
      return readComplex(attribute, value, reading, parent)
    case 'boolean':
      if (typeof value === 'boolean') return value
      throw wrong(attribute, parent, 'true or false, without quotes', value)
    case 'integer':
      return readInteger(attribute, value, reading, parent)
    case 'decimal':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(attribute, parent, 'a number', value)
      if (keepsDigits(value, reading.numbers)) return value
      throw invalidValue(`${parent}${attribute.name} has more digits than a number can keep, which are about 17`)
    default:
      if (typeof value !== 'string') throw wrong(attribute, parent, 'a string', value)
      return attribute.closed === true ? readClosed(attribute, value, parent) : value
  }
}

function readClosed(attribute: Attribute, text: string, parent: string): string {
  const found = canonicalValue(attribute, text)
  if (found !== undefined) return found
  const known = attribute.canonicalValues?.join(', ')
  throw invalidValue(`${parent}${attribute.name} must be one of ${known}; it was "${text.slice(0, 100)}"`)
}

function readInteger(attribute: Attribute, value: Json, { numbers }: Reading, parent: string): number {
  if (typeof value !== 'number') throw wrong(attribute, parent, 'a whole number', value)
  if (!Number.isInteger(value) || !isWrittenWhole(value, numbers)) {
    throw invalidValue(`${parent}${attribute.name} must be a whole number, without fraction or exponent`)
  }
  if (Number.isSafeInteger(value)) return value
  throw invalidValue(`${parent}${attribute.name} must be from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}`)
}

/**
 * The values of a multi-valued attribute, each once, with one primary at most; undefined when none is left.
 * RFC 7643 §2.4, §2.5.
 */
export function readList(attribute: Attribute, value: Json, reading: Reading, parent = ''): Json | undefined {
  const { allow } = reading
  const inside = typeof value === 'string' ? unpackJson(value, reading, parent + attribute.name) : undefined
  if (inside !== undefined) return readList(attribute, listIn(attribute, inside.value), inside.reading, parent)
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
    if (allow.mendLists && isObject(each) && isEmpty(each)) continue
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
  const members = readElement(attribute, value, reading, parent)
  return members === undefined ? undefined : dropNulls(members)
}

/** As {@link readComplex}, but members that unassign stay, as null: what a PATCH merges. Undefined for an empty text. */
export function readElement(
  attribute: Attribute,
  value: Json,
  reading: Reading,
  parent = '',
): { [name: string]: Json } | undefined {
  if (isObject(value)) return readMembers(attribute, value, reading, parent)
  const inside = typeof value === 'string' ? unpackJson(value, reading, parent + attribute.name) : undefined
  if (inside === undefined) {
    const bare = wrapped(attribute, value, reading, parent)
    return bare === undefined ? undefined : readMembers(attribute, bare, reading, parent)
  }
  const [only, ...others] = listIn(attribute, inside.value)
  if (others.length > 0) {
    throw invalidValue(`${parent}${attribute.name} has ${others.length + 1} values in its text; one is asked for`)
  }
  return only === undefined || only === null ? undefined : readElement(attribute, only, inside.reading, parent)
}

function readMembers(
  attribute: Attribute,
  object: JsonObject,
  reading: Reading,
  parent: string,
): { [name: string]: Json } {
  const subAttributes = attribute.subAttributes ?? []
  const path = `${parent}${attribute.name}.`
  const out: { [name: string]: Json } = {}
  let respelt = false
  let inside: ReturnType<typeof elementInside>
  for (const key in object) {
    const sub = attributeIn(subAttributes, key)
    if (sub === undefined) {
      reading.unknown(path + key)
      continue
    }
    if (sub.name !== key) respelt = true
    const member = object[key]
    if (sub.mutability === 'readOnly' || saysNothing(attribute, sub, member, reading)) continue
    if (sub.name === 'value' && typeof member === 'string') {
      inside = elementInside(attribute, member, reading, parent)
      if (inside !== undefined) continue
    }
    out[sub.name] = member === undefined ? null : (readValue(sub, member, reading, path) ?? null)
  }
  if (respelt) refuseTwins(object, (key) => attributeIn(subAttributes, key)?.name, `${parent}${attribute.name}`)
  if (inside !== undefined) Object.assign(out, readMembers(attribute, inside.value, inside.reading, parent))
  if (isReference(attribute)) completeReference(attribute, out, reading, parent)
  return out
}

/** A part of a value that is taken as not being there: an empty boolean or type, or a type that the reference can't have. */
function saysNothing(attribute: Attribute, sub: Attribute, value: Json | undefined, { allow }: Reading): boolean {
  if (isAbsent(sub, value, allow)) return true
  if (sub.name !== 'type' || typeof value !== 'string') return false
  if (value === '') return attribute.multiValued && allow.mendLists
  const { canonicalValues } = sub
  return allow.looseReferences && canonicalValues?.includes(value) === false && isReference(attribute)
}

/** An empty text for a boolean is neither true nor false nor unassigned: it counts as not sent. */
export function isAbsent(attribute: Attribute, value: Json | undefined, allow: Allowances): boolean {
  return attribute.type === 'boolean' && allow.textBooleans && isEmptyText(value)
}

/** An empty text, in a list of one and in `{"value": ""}` too. */
function isEmptyText(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length === 1 && isEmptyText(value[0])
  if (!isObject(value)) return value === ''
  for (const key in value) if (key.toLowerCase() === 'value') return isEmptyText(value[key])
  return false
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

/**
 * A bare text for a complex attribute means its `value`, an empty one clears; of a name or an address, which have none, it
 * is the whole as it is written. A bare number would be two guesses at once, and is refused (docs/decisions/0030).
 */
function wrapped(attribute: Attribute, value: Json, reading: Reading, parent: string): JsonObject | undefined {
  const subs = attribute.subAttributes ?? []
  const sub = attributeIn(subs, 'value') ?? (value === '' ? undefined : attributeIn(subs, 'formatted'))
  if (typeof value !== 'string' || sub === undefined || !reading.allow.bareValueForComplex) {
    throw wrong(attribute, parent, 'an object, in braces', value)
  }
  return value === '' ? undefined : { [sub.name]: value }
}

/** The values that a text held, each under the names that SCIM has for its parts. */
function listIn(attribute: Attribute, value: JsonObject | readonly Json[]): readonly Json[] {
  const list: readonly Json[] = isObject(value) ? [value] : value
  return list.map((one) => (isObject(one) ? displayed(attribute, one) : one))
}

function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false
  return true
}

function dropNulls(object: { [name: string]: Json }): JsonObject | undefined {
  let some = false
  for (const name in object) {
    if (object[name] === null) delete object[name]
    else some = true
  }
  return some ? object : undefined
}

/** `$ref` replaces a missing `value`, and must not contradict it (A-91, S-136). RFC 7643 §2.4. */
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
    if (id === undefined && reading.allow.looseReferences) {
      delete out.$ref
      return
    }
    if (id === undefined) throw invalidValue(`${where}.$ref is "${uri}", which does not end in the id of a resource`)
    if (typeof out.value !== 'string') out.value = id
    else if (out.value !== id) {
      throw invalidValue(
        `${where}.value is "${out.value}" but its $ref leads to "${id}"; give one of them, or both alike`,
      )
    }
  }
  // With a single possible type, the URI is built from the id for each answer.
  if ('$ref' in out && (attributeIn(attribute.subAttributes ?? [], '$ref')?.referenceTypes?.length ?? 0) < 2)
    delete out.$ref
}

/** Entries that hold nothing but a label, as some clients send for values they do not have. */
function isHollow(attribute: Attribute, value: Json): boolean {
  if (!isObject(value)) return value === ''
  // A reference without an id is a mistake of the client and must be refused.
  if (isReference(attribute)) return false
  for (const name in value) {
    if (name !== 'type' && name !== 'primary' && value[name] !== '') return false
  }
  return true
}

/** Merges entries with the same value and type. RFC 7643 §2.4. */
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
    out[at] = joinTwins(out[at] ?? null, value)
  }
  return out.length === list.length ? list : out
}

/** What two entries of the same value say together. RFC 7643 §2.4. */
export function joinTwins(first: Json, second: Json): Json {
  if (!isObject(first) || !isObject(second)) return first
  const primary = first.primary === true || second.primary === true
  return { ...first, ...second, ...(primary ? { primary } : {}) }
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

function wrong(attribute: Attribute, parent: string, expected: string, given: Json | undefined): Error {
  const kind =
    given === null ? 'null' : Array.isArray(given) ? 'a list' : isObject(given) ? 'an object' : `a ${typeof given}`
  return invalidValue(`${parent}${attribute.name} must be ${expected}; it was ${kind}`)
}
