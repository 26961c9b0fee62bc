// Reads what a client sent into an account: names, types, missing values. RFC 7643 §2, RFC 7644 §3.3.

import { type Draft, isList, isNone, isObject, type Json, type JsonObject } from './json.ts'
import { invalid } from './refusal.ts'
import { type Attribute, attributesOf, findAttribute, type Type } from './schema.ts'

/** How values are read. */
export interface ReadHabits {
  /** Texts "true" and "False" stand for booleans. */
  readonly textBooleans?: boolean
  /** Attributes written `name.givenName` within an object stand for the nested ones. */
  readonly dottedKeys?: boolean
}

/** Reads a resource. What the client may not write is left out; so is what the schema does not have. */
export function readResource(type: Type, body: JsonObject, habits: ReadHabits = {}): JsonObject {
  const read = readObject(attributesOf(type), habits.dottedKeys === true ? undotted(body) : body, '', habits)
  const { id: _id, meta: _meta, schemas: _schemas, ...rest } = read
  return rest
}

function readObject(among: readonly Attribute[], body: JsonObject, at: string, habits: ReadHabits): JsonObject {
  const read: Draft = {}
  for (const [name, value] of Object.entries(body)) {
    const attribute = findAttribute(among, name)
    if (attribute === undefined || attribute.mutability === 'readOnly') continue
    const path = at === '' ? attribute.name : `${at}.${attribute.name}`
    if (Object.hasOwn(read, attribute.name)) throw invalid('invalidSyntax', `"${path}" is there twice`)
    const one = readValue(attribute, value, path, habits)
    if (!isNone(one)) read[attribute.name] = one as Json
  }
  return read
}

/** Reads the value of an attribute; undefined for none. */
export function readValue(attribute: Attribute, value: Json, path: string, habits: ReadHabits): Json | undefined {
  if (isNone(value)) return undefined
  if (!attribute.multiValued) return readSingle(attribute, value, path, habits)
  if (!isList(value)) throw invalid('invalidValue', `"${path}" must be a list`)
  const all = value.map((one) => readSingle(attribute, one, path, habits)).filter((one) => !isNone(one)) as Json[]
  if (all.filter((one) => isObject(one) && one.primary === true).length > 1)
    throw invalid('invalidValue', `"${path}" has more than one primary value`)
  return all.length === 0 ? undefined : all
}

/** Reads one value of an attribute, or one of the values of a list. */
export function readSingle(attribute: Attribute, value: Json, path: string, habits: ReadHabits): Json | undefined {
  switch (attribute.type) {
    case 'complex': {
      if (!isObject(value)) throw invalid('invalidValue', `"${path}" must be an object`)
      const read = readObject(attribute.subAttributes ?? [], value, path, habits)
      return Object.keys(read).length === 0 ? undefined : read
    }
    case 'boolean': {
      if (typeof value === 'boolean') return value
      const text = habits.textBooleans === true && typeof value === 'string' ? value.toLowerCase() : ''
      if (text === 'true' || text === 'false') return text === 'true'
      throw invalid('invalidValue', `"${path}" must be true or false`)
    }
    default:
      if (typeof value !== 'string') throw invalid('invalidValue', `"${path}" must be a string`)
      if (attribute.type === 'binary' && !isBase64(value)) throw invalid('invalidValue', `"${path}" must be Base64`)
      if (attribute.type === 'reference' && attribute.name !== 'schemas' && /[\s<>"{}|\\^`]/.test(value))
        throw invalid('invalidValue', `"${path}" must be a URI`)
      return value
  }
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}

/** `{"name.givenName": …}` as `{"name": {"givenName": …}}`. */
function undotted(body: JsonObject): JsonObject {
  const whole: Draft = {}
  for (const [name, value] of Object.entries(body)) {
    const [first = '', second, ...rest] = name.split('.')
    if (name.includes(':') || second === undefined || rest.length > 0) whole[name] = value
    else whole[first] = { ...(isObject(whole[first]) ? whole[first] : {}), [second]: value }
  }
  return whole
}

/** Requires what a type cannot be without. */
export function requireAll(names: readonly string[], held: JsonObject): void {
  for (const name of names) {
    const [first = '', second] = name.includes(':') ? [name] : name.split('.')
    const outer = held[first]
    const value = second === undefined ? outer : isObject(outer) ? outer[second] : undefined
    if (isNone(value) || (typeof value === 'string' && value.trim() === ''))
      throw invalid('invalidValue', `"${name}" is required`)
  }
}
