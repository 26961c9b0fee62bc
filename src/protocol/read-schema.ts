// Reads a schema from its JSON form. RFC 7643 §7.

import { type AttributeDeclaration, type AttributeDeclarations, defineResourceType, defineSchema } from './define.ts'
import { invalidValue } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { LIMITS } from './limits.ts'
import type { AttributeType, Mutability, ResourceType, Returned, Schema, Uniqueness } from './schema.ts'

const TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary', 'complex'] as const
const MUTABILITIES = ['readOnly', 'readWrite', 'immutable', 'writeOnly'] as const
const RETURNED = ['always', 'never', 'default', 'request'] as const
const UNIQUENESS = ['none', 'server', 'global'] as const

/**
 * A schema from its JSON form, the one `/Schemas` shows; members it does not know are ignored. Throws 400 invalidValue
 * or ConfigError, with what is wrong and where. RFC 7643 §2, §7.
 */
export function readSchema(json: Json): Schema {
  if (!isObject(json)) throw invalidValue('A schema must be a JSON object with "id", "name" and "attributes"')
  const id = text(json, 'id', 'The schema')
  const description = optionalText(json, 'description', id)
  return defineSchema({
    id,
    name: optionalText(json, 'name', id) ?? id.slice(id.lastIndexOf(':') + 1),
    ...(description === undefined ? {} : { description }),
    attributes: readAttributes(json.attributes, id, 'attributes'),
  })
}

/** A resource type from its JSON form; its schemas are looked up by URI. RFC 7643 §6. */
export function readResourceType(json: Json, find: (id: string) => Schema | undefined): ResourceType {
  if (!isObject(json)) throw invalidValue('A resource type must be a JSON object with "name", "endpoint" and "schema"')
  const name = text(json, 'name', 'The resource type')
  const description = optionalText(json, 'description', name)
  const extensions = json.schemaExtensions ?? []
  if (!Array.isArray(extensions)) throw invalidValue(`${name}: "schemaExtensions" must be a list`)
  const endpoint = text(json, 'endpoint', name)
  return defineResourceType({
    name,
    ...(description === undefined ? {} : { description }),
    endpoint: endpoint.startsWith('/') ? endpoint : `/${endpoint}`,
    schema: known(text(json, 'schema', name), find),
    extensions: extensions.map((extension: Json) => {
      if (!isObject(extension))
        throw invalidValue(`${name}: each of "schemaExtensions" must be an object with "schema"`)
      const schema = known(text(extension, 'schema', `${name}, schemaExtensions`), find)
      return { schema, required: flag(extension, 'required', `${name}, ${schema.id}`) ?? false }
    }),
  })
}

function known(id: string, find: (id: string) => Schema | undefined): Schema {
  const schema = find(id)
  if (schema === undefined) throw invalidValue(`There is no schema ${id}; add it first`)
  return schema
}

function readAttributes(json: Json | undefined, id: string, where: string): AttributeDeclarations {
  if (!Array.isArray(json)) throw invalidValue(`${id}: "${where}" must be a list of attributes`)
  if (json.length > LIMITS.SCHEMA_ATTRIBUTES) {
    throw invalidValue(`${id}: "${where}" has ${json.length} entries; at most ${LIMITS.SCHEMA_ATTRIBUTES} are taken`)
  }
  const out: [string, AttributeDeclaration][] = json.map((each: Json, at) => {
    if (!isObject(each)) throw invalidValue(`${id}: entry ${at + 1} of "${where}" must be an object`)
    const name = text(each, 'name', `${id}, entry ${at + 1} of "${where}"`)
    return [name, readAttribute(each, `${id}: ${name}`, id, `${name}.subAttributes`)]
  })
  const names = new Set(out.map(([name]) => name))
  if (names.size < out.length) throw invalidValue(`${id}: an attribute occurs twice in "${where}"`)
  // A name such as "__proto__" stays a name here, and is refused with the others that are none.
  return Object.fromEntries(out)
}

function readAttribute(json: JsonObject, where: string, id: string, subPath: string): AttributeDeclaration {
  const type: AttributeType | undefined = choice(json, 'type', TYPES, where)
  const mutability: Mutability | undefined = choice(json, 'mutability', MUTABILITIES, where)
  const returned: Returned | undefined = choice(json, 'returned', RETURNED, where)
  const uniqueness: Uniqueness | undefined = choice(json, 'uniqueness', UNIQUENESS, where)
  const description = optionalText(json, 'description', where)
  const multiValued = flag(json, 'multiValued', where)
  const required = flag(json, 'required', where)
  const caseExact = flag(json, 'caseExact', where)
  const canonicalValues = texts(json, 'canonicalValues', where)
  const referenceTypes = texts(json, 'referenceTypes', where)
  const hasSubs = json.subAttributes !== undefined && json.subAttributes !== null
  const none = Array.isArray(json.subAttributes) && json.subAttributes.length === 0 && type !== 'complex'
  return {
    ...(type === undefined ? {} : { type }),
    ...(multiValued === undefined ? {} : { multiValued }),
    ...(description === undefined ? {} : { description }),
    ...(required === undefined ? {} : { required }),
    ...(canonicalValues === undefined ? {} : { canonicalValues }),
    ...(caseExact === undefined ? {} : { caseExact }),
    ...(mutability === undefined ? {} : { mutability }),
    ...(returned === undefined ? {} : { returned }),
    ...(uniqueness === undefined ? {} : { uniqueness }),
    ...(referenceTypes === undefined ? {} : { referenceTypes }),
    ...(hasSubs && !none ? { subAttributes: readAttributes(json.subAttributes, id, subPath) } : {}),
  }
}

function text(json: JsonObject, name: string, where: string): string {
  const value = json[name]
  if (typeof value !== 'string' || value === '')
    throw invalidValue(`${where}: "${name}" must be a text that is not empty`)
  return value
}

function optionalText(json: JsonObject, name: string, where: string): string | undefined {
  const value = json[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw invalidValue(`${where}: "${name}" must be a text`)
  return value
}

function flag(json: JsonObject, name: string, where: string): boolean | undefined {
  const value = json[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw invalidValue(`${where}: "${name}" must be true or false`)
  return value
}

/** A list of texts; an empty one is the same as none. RFC 7643 §2.5. */
function texts(json: JsonObject, name: string, where: string): readonly string[] | undefined {
  const value = json[name]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw invalidValue(`${where}: "${name}" must be a list of texts`)
  const list = value.map((each: Json) => {
    if (typeof each !== 'string') throw invalidValue(`${where}: "${name}" must be a list of texts`)
    return each
  })
  return list.length === 0 ? undefined : list
}

function choice<const T extends string>(
  json: JsonObject,
  name: string,
  allowed: readonly T[],
  where: string,
): T | undefined {
  const value = json[name]
  if (value === undefined || value === null) return undefined
  const found = allowed.find((each) => typeof value === 'string' && each.toLowerCase() === value.toLowerCase())
  if (found === undefined) throw invalidValue(`${where}: "${name}" must be one of ${allowed.join(', ')}`)
  return found
}
