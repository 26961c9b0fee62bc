// Converts values that come in another shape than their type asks for, where their meaning is plain.

import { attributeIn } from './attributes.ts'
import { invalidValue, ScimError } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { readJson } from './read-json.ts'
import type { Reading } from './reading.ts'
import type { Attribute } from './schema.ts'
import { numbersOf, textOfNumber } from './written-numbers.ts'

/**
 * A value in the shape that its attribute's type asks for, where it came in another and its meaning is plain; else the value
 * as it is, to be refused by its type. Every value of every message passes here, whatever led to it: a path, a filter, a key
 * or a member of a resource. Undefined for what is no value.
 */
export function mended(attribute: Attribute, given: Json, reading: Reading, parent: string): Json | undefined {
  let value: Json | undefined = given
  const { allow } = reading
  // A list of one where a single value belongs: `"manager": ["…"]`.
  if (Array.isArray(value) && allow.bareValueForComplex && !attribute.multiValued && value.length < 2) {
    value = value[0] ?? undefined
  }
  if (isObject(value) && allow.dressedValues) value = undressed(attribute, value)
  if (value === undefined || value === null) return undefined
  switch (attribute.type) {
    case 'complex':
      return value
    case 'boolean':
      return allow.textBooleans ? asBoolean(value) : value
    case 'integer':
    case 'decimal':
      return allow.textNumbers && typeof value === 'string' ? asNumber(attribute, value) : value
    case 'string':
      return typeof value !== 'string' && allow.numbersForStrings ? asText(attribute, value, reading, parent) : value
    case 'dateTime':
    case 'reference':
    case 'binary':
      return typeof value === 'string' ? trimmed(attribute, value, reading) : value
  }
}

/** Members that an element of a list has besides its value and that say nothing about a simple value. */
const TRIMMINGS: ReadonlySet<string> = new Set(['$ref', 'type', 'primary', 'display'])

/** `{"value": "x"}` for the simple value x. What it says besides must not be lost: then it stays, to be refused. */
function undressed(attribute: Attribute, value: JsonObject): Json | undefined {
  if (attribute.type === 'complex') return value
  let inner: Json | undefined
  let found = false
  for (const key in value) {
    const name = key.toLowerCase()
    if (name === 'value') {
      inner = value[key]
      found = true
    } else if (!TRIMMINGS.has(name) && value[key] !== null) return value
  }
  return found && !isObject(inner) && !Array.isArray(inner) ? (inner ?? undefined) : value
}

/** "True", 1 and their like as booleans; undefined for an empty text. */
export function asBoolean(value: Json): Json | undefined {
  if (value === '') return undefined
  const text = typeof value === 'string' ? value.toLowerCase() : value
  if (text === 'true' || text === '1' || text === 1) return true
  return text === 'false' || text === '0' || text === 0 ? false : value
}

/** Digits as a number, where it keeps all of them; undefined for an empty text. */
export function asNumber({ type }: Attribute, text: string): Json | undefined {
  if (text === '') return undefined
  const form = type === 'integer' ? /^-?(?:0|[1-9]\d{0,15})$/ : /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/
  return form.test(text) && text.length <= 17 ? Number(text) : text
}

function asText(attribute: Attribute, value: Json, { numbers }: Reading, parent: string): Json {
  if (typeof value === 'boolean') return String(value)
  if (typeof value !== 'number') return value
  const text = textOfNumber(value, numbers)
  if (text === undefined || !(numbers?.has(value) || isExact(value))) {
    throw invalidValue(
      `${parent}${attribute.name} must be a string; the number there is not exact, so put it in quotes`,
    )
  }
  return text
}

/** Whether a number without its text is exact: beyond 2^53 a double covers several. */
function isExact(value: number): boolean {
  return !Number.isInteger(value) || Number.isSafeInteger(value)
}

function trimmed(attribute: Attribute, text: string, { allow }: Reading): Json | undefined {
  // "" names no resource, no page and no time: not set. RFC 7643 §2.3.5, §2.3.7.
  if (text === '' && attribute.type !== 'binary') return allow.anyForm ? undefined : text
  return allow.looseText ? asStored(attribute, text) : text
}

/**
 * Base64 without its white space, a URI with its blanks encoded: so they are kept, and so a filter must look for them. A part of a
 * text, as `co` compares it, keeps what is at its ends.
 */
export function asStored({ type }: Attribute, text: string, isPart = false): string {
  if (type === 'binary') return /\s/.test(text) ? text.replace(/\s+/g, '') : text
  if (type !== 'reference') return text
  const bare = isPart ? text : text.trim()
  return bare.includes(' ') ? bare.replaceAll(' ', '%20') : bare
}

/** What a text holds, and how to read it. */
export interface Unpacked {
  readonly value: JsonObject | readonly Json[]
  readonly reading: Reading
}

/** A JSON object or list begins so, or the text of one that was written twice; `[EMEA] Sales` and `{3f2504e0-…}` do not. */
const OBJECT_OR_LIST = /^\s*(?:\{\s*["'}]|\[\s*[[{"'\]\dtfn-]|"\s*[[{])/

/** Names begin so too: "[1] Sales", "[test]", and a nickname in quotation marks. */
const PERHAPS_A_NAME = /^\s*(?:\[\s*[\dtfn-]|")/

/** How often a text may hold another one that holds the JSON. */
const TEXTS_IN_TEXTS = 3

/**
 * The object or list that a text holds in JSON, however often it was written as text; undefined for a text that holds none. 400
 * invalidValue for one that begins like JSON but is not: it must not be taken for a value.
 */
export function unpackJson(text: string, reading: Reading, where: string): Unpacked | undefined {
  const { jsonText, bareValueForComplex } = reading.allow
  if (!jsonText && !bareValueForComplex) return undefined
  let inner: Json = text
  for (let depth = 0; typeof inner === 'string' && depth < TEXTS_IN_TEXTS; depth++) {
    const outer: string = inner
    if (!OBJECT_OR_LIST.test(outer)) return undefined
    try {
      inner = readJson(outer, { strictNames: false })
    } catch (error) {
      if (!(error instanceof ScimError) || PERHAPS_A_NAME.test(outer)) return undefined
      throw invalidValue(`${where} is a text that begins like JSON but is not valid JSON; send the value itself`)
    }
  }
  if (isObject(inner) || Array.isArray(inner)) {
    // Where a bare text counts as the value, this one must not.
    if (!jsonText)
      throw invalidValue(`${where} is JSON in a text, which this connection does not take; give the value itself`)
    return { value: inner, reading: { ...reading, numbers: numbersOf(inner) } }
  }
  return undefined
}

/** Attributes of RFC 7643 whose `value` is a name, a number or an id, never JSON. An extension's may be anything. */
const NO_JSON: ReadonlySet<string> = new Set([
  'emails',
  'phoneNumbers',
  'ims',
  'entitlements',
  'roles',
  'photos',
  'x509Certificates',
  'members',
  'manager',
])

/**
 * The element in the `value` of another one: `{"value": "{\"value\":\"Admin\",\"displayName\":…}"}`. Undefined where the value is
 * a value; 400 invalidValue for JSON that holds no element.
 */
export function elementInside(
  attribute: Attribute,
  value: Json | undefined,
  reading: Reading,
  parent: string,
): { readonly value: JsonObject; readonly reading: Reading } | undefined {
  if (typeof value !== 'string' || !NO_JSON.has(attribute.name)) return undefined
  const where = `${parent}${attribute.name}.value`
  const inside = unpackJson(value, reading, where)
  if (inside === undefined) return undefined
  const [only, ...others] = Array.isArray(inside.value) ? inside.value : [inside.value]
  const inner = isObject(only) && others.length === 0 ? ownValue(only) : undefined
  if (!isObject(only) || inner === undefined) {
    throw invalidValue(`${where} is JSON in a text, and not one object with a "value"; give the value itself`)
  }
  return { value: displayed(attribute, only), reading: inside.reading }
}

function ownValue(object: JsonObject): Json | undefined {
  for (const key in object) {
    const value = object[key]
    if (key.toLowerCase() === 'value' && typeof value !== 'object') return value
  }
  return undefined
}

/** Identity providers write `displayName` where SCIM has `display`. */
export function displayed({ subAttributes = [] }: Attribute, element: JsonObject): JsonObject {
  if (attributeIn(subAttributes, 'display') === undefined || attributeIn(subAttributes, 'displayName')) return element
  const { displayName, ...rest } = element
  if (displayName === undefined) return element
  return 'display' in rest || displayName === '' || displayName === null ? rest : { ...rest, display: displayName }
}
