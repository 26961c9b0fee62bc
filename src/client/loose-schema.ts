// Reads a schema that RFC 7643 does not allow, as far as it can be understood.

import {
  type Attribute,
  type AttributeType,
  isObject,
  type Json,
  type JsonObject,
  type Schema,
} from '../protocol/index.ts'

const TYPES: readonly AttributeType[] = [
  'string',
  'boolean',
  'decimal',
  'integer',
  'dateTime',
  'reference',
  'binary',
  'complex',
]

/**
 * A schema that RFC 7643 doesn't allow, as far as it can be understood: another server shows it, and its attributes are there all
 * the same. Undefined when it has no id.
 */
export function looseSchema(json: JsonObject): Schema | undefined {
  const { id, name, description } = json
  if (typeof id !== 'string' || id === '') return undefined
  return {
    id,
    name: typeof name === 'string' && name !== '' ? name : id,
    description: typeof description === 'string' ? description : '',
    attributes: looseAttributes(json.attributes, 0),
  }
}

function looseAttributes(json: Json | undefined, depth: number): readonly Attribute[] {
  if (!Array.isArray(json)) return []
  const seen = new Set<string>()
  return json.flatMap((each: Json): Attribute[] => {
    if (!isObject(each) || typeof each.name !== 'string' || !/^[$A-Za-z][\w$-]*$/.test(each.name)) return []
    if (seen.has(each.name.toLowerCase())) return []
    seen.add(each.name.toLowerCase())
    return [looseAttribute(each, each.name, depth)]
  })
}

function looseAttribute(json: JsonObject, name: string, depth: number): Attribute {
  const text = (key: string) => (typeof json[key] === 'string' ? String(json[key]).toLowerCase() : '')
  const subAttributes = depth === 0 ? looseAttributes(json.subAttributes, 1) : []
  const said = TYPES.find((each) => each.toLowerCase() === text('type')) ?? 'string'
  const type = subAttributes.length > 0 ? 'complex' : said === 'complex' ? 'string' : said
  const list = (key: string) => {
    const value = json[key]
    return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
  }
  const mutability = (['readOnly', 'immutable', 'writeOnly'] as const).find(
    (each) => each.toLowerCase() === text('mutability'),
  )
  const returned = (['always', 'never', 'request'] as const).find((each) => each.toLowerCase() === text('returned'))
  const uniqueness = (['server', 'global'] as const).find((each) => each.toLowerCase() === text('uniqueness'))
  return {
    name,
    type,
    multiValued: json.multiValued === true,
    description: typeof json.description === 'string' ? json.description : '',
    required: json.required === true,
    ...(list('canonicalValues').length === 0 ? {} : { canonicalValues: list('canonicalValues') }),
    caseExact: json.caseExact === true || type === 'reference' || type === 'binary',
    mutability: mutability ?? 'readWrite',
    returned: returned ?? 'default',
    uniqueness: uniqueness ?? 'none',
    ...(type === 'reference' || list('referenceTypes').length > 0 ? { referenceTypes: list('referenceTypes') } : {}),
    ...(type === 'complex' ? { subAttributes } : {}),
  }
}
