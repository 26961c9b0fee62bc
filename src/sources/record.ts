// Reads one record of a source: a resource as JSON, and the type that it has here.

import {
  type Catalog,
  isObject,
  type Json,
  type JsonObject,
  LockstepError,
  noteNumbers,
  type ResourceType,
  withTexts,
} from '../protocol/index.ts'

/** A resource as its source has it: ids and references are the source's own. */
export interface SourceRecord {
  readonly type: ResourceType
  readonly json: JsonObject
}

/** Attributes by which a resource is recognised. */
const KEYS = ['externalId', 'userName', 'displayName'] as const

/** Reads a record written as JSON. Throws ERR_INPUT for text that isn't a JSON object, or one whose type can't be found. */
export function readJsonRecord(text: string, catalog: Catalog): SourceRecord {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new LockstepError(
      'ERR_INPUT',
      `The line is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  if (!isObject(json)) throw new LockstepError('ERR_INPUT', 'The line is not a JSON object')
  // A number where text belongs keeps the digits it was written with (docs/decisions/0030).
  noteNumbers(json, text)
  const record = withTexts(json, KEYS)
  return { json: record, type: typeOf(record, catalog) }
}

/** The type of a resource: by its schemas, else by what it says of itself. RFC 7643 §3. */
function typeOf(json: JsonObject, { types }: Catalog): ResourceType {
  const urns = Array.isArray(json.schemas) ? json.schemas.map((urn: Json) => String(urn).toLowerCase()) : []
  const said = isObject(json.meta) ? json.meta.resourceType : undefined
  const found =
    types.find(({ schema }) => urns.includes(schema.id.toLowerCase())) ??
    types.find(({ name }) => name === said) ??
    types.find(({ extensions }) => extensions.some(({ schema }) => urns.includes(schema.id.toLowerCase()))) ??
    (urns.length === 0 && json.userName !== undefined ? types.find(({ name }) => name === 'User') : undefined)
  if (found !== undefined) return found
  const known = types.map(({ schema }) => schema.id).join(', ')
  throw new LockstepError('ERR_INPUT', `The resource type can't be found: "schemas" must name one of ${known}`)
}
