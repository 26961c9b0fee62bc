// Finds what is wrong with a schema. RFC 7643 §2, §7, §10.

import { entryOf } from './json.ts'
import type { Attribute, AttributeType, ResourceType, Schema } from './schema.ts'

/** Every data type. RFC 7643 §2.3. */
const TYPES: ReadonlySet<AttributeType> = new Set([
  'string',
  'boolean',
  'decimal',
  'integer',
  'dateTime',
  'reference',
  'binary',
  'complex',
])

/** Types without case sensitivity. RFC 7643 §2.3.2-§2.3.8. */
const CASELESS: ReadonlySet<AttributeType> = new Set(['boolean', 'decimal', 'integer', 'dateTime', 'complex'])

/** Types without uniqueness. RFC 7643 §2.3.2, §2.3.5, §2.3.6, §2.3.8. */
const NEVER_UNIQUE: ReadonlySet<AttributeType> = new Set(['boolean', 'dateTime', 'binary', 'complex'])

/** What the default sub-attributes of multi-valued attributes always are. RFC 7643 §2.4. */
const DEFAULT_SUB_ATTRIBUTES: { readonly [name: string]: AttributeType | undefined } = {
  type: 'string',
  primary: 'boolean',
  display: 'string',
  $ref: 'reference',
}

/** What is wrong with a schema, each as a sentence; none when it is sound. RFC 7643 §2.1-§2.4, §7, §10. */
export function schemaFaults(schema: Schema): readonly string[] {
  const faults: string[] = []
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[^\s"\\<>^`{|}]+$/.test(schema.id)) {
    faults.push(`The id "${schema.id}" must be a URI, like "urn:example:scim:schemas:extension:badge:1.0:User".`)
  } else if (/^urn:ietf:params:scim:/i.test(schema.id) && !/^urn:ietf:params:scim:schemas:[^:]+:.+$/i.test(schema.id)) {
    // Message URNs (`api`) name no resource schemas. RFC 7643 §10.2.
    faults.push(`The id "${schema.id}" must go on "urn:ietf:params:scim:schemas:…", or be a URI of your own.`)
  }
  if (schema.name === '') faults.push('The name must not be empty.')
  if (schema.attributes.length === 0) faults.push('A schema needs at least one attribute.')
  attributeFaults(schema.attributes, '', faults)
  return faults
}

function attributeFaults(attributes: readonly Attribute[], parent: string, faults: string[]): void {
  const seen = new Set<string>()
  for (const attribute of attributes) {
    const path = parent + attribute.name
    const fault = (text: string) => faults.push(`${path}: ${text}`)
    if (!/^[A-Za-z][A-Za-z0-9$_-]*$/.test(attribute.name) && attribute.name !== '$ref') {
      fault('a name starts with a letter and goes on with letters, digits, "$", "-" and "_".')
    }
    // A document is a plain JSON object, and reading such a name from one would find what every object inherits.
    if (attribute.name in Object.prototype) fault('this name is reserved.')
    if (seen.has(attribute.name.toLowerCase())) fault('the name is there twice; names compare without regard to case.')
    seen.add(attribute.name.toLowerCase())

    if (!TYPES.has(attribute.type)) fault(`"${attribute.type}" is not a data type; there are ${[...TYPES].join(', ')}.`)
    if (attribute.type === 'complex') {
      if (parent !== '') fault('a complex attribute cannot hold another complex one.')
      else if ((attribute.subAttributes ?? []).length === 0) fault('a complex attribute lists its subAttributes.')
      else attributeFaults(attribute.subAttributes ?? [], `${path}.`, faults)
    } else if (attribute.subAttributes !== undefined) fault('only a complex attribute has subAttributes.')

    if (CASELESS.has(attribute.type) && attribute.caseExact) fault(`type ${attribute.type} has no caseExact.`)
    if (NEVER_UNIQUE.has(attribute.type) && attribute.uniqueness !== 'none') {
      fault(`type ${attribute.type} has no uniqueness.`)
    }
    if (attribute.closed === true && (attribute.canonicalValues ?? []).length === 0) {
      fault('a closed attribute lists the canonicalValues that it takes.')
    }
    if (attribute.closed === true && attribute.type !== 'string') fault('only type string can be closed.')
    if (attribute.type !== 'reference' && attribute.referenceTypes !== undefined) {
      fault('only type reference has referenceTypes.')
    }
    if (attribute.type === 'reference' && attribute.referenceTypes?.length === 0) {
      fault('referenceTypes names resource types, "external" or "uri".')
    }
    if (attribute.mutability === 'writeOnly' && attribute.returned !== 'never') {
      fault('what is writeOnly has returned "never".')
    }
    const expected = parent === '' ? undefined : entryOf(DEFAULT_SUB_ATTRIBUTES, attribute.name)
    if (expected !== undefined && attribute.type !== expected) {
      fault(`a sub-attribute of this name has type ${expected}.`)
    }
  }
}

/** What is wrong with a resource type, each as a sentence; none when it can be served. RFC 7643 §6. */
export function resourceTypeFaults(type: ResourceType): readonly string[] {
  const faults: string[] = []
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(type.name)) {
    faults.push(`The name "${type.name}" must start with a letter and go on with letters, digits, "-" and "_".`)
  }
  if (!/^\/[A-Za-z0-9_-]+$/.test(type.endpoint)) {
    faults.push(`The endpoint "${type.endpoint}" must be one path segment after a slash, like "/Devices".`)
  } else if (TAKEN_ENDPOINTS.has(type.endpoint.toLowerCase())) {
    faults.push(`The endpoint "${type.endpoint}" belongs to the protocol.`)
  }
  const ids = [type.schema, ...type.extensions.map(({ schema }) => schema)].map(({ id }) => id.toLowerCase())
  if (new Set(ids).size < ids.length) faults.push('A schema occurs in it more than once.')
  for (const { name } of type.schema.attributes) {
    if (COMMON_NAMES.has(name.toLowerCase())) {
      faults.push(`The attribute "${name}" of the base schema is there on every resource already.`)
    }
  }
  // An extension is a namespace of its own and may repeat any name; without its URN, that name means the core attribute. RFC 7643 §3.3.
  return faults
}

/** Names that every resource has. RFC 7643 §3.1. */
const COMMON_NAMES: ReadonlySet<string> = new Set(['schemas', 'id', 'externalid', 'meta'])

/** Endpoints of RFC 7644 §3.2, Table 2, that no resource type may take. */
const TAKEN_ENDPOINTS: ReadonlySet<string> = new Set([
  '/me',
  '/bulk',
  '/schemas',
  '/resourcetypes',
  '/serviceproviderconfig',
])
