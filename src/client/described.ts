// Reads the schemas and resource types that a server shows. Loaded when they are asked for: most clients never do.

import {
  Group,
  isObject,
  type JsonObject,
  type ResourceType,
  readResourceType,
  readSchema,
  type Schema,
  User,
} from '../protocol/index.ts'
import { parseUrl } from '../url.ts'
import { looseSchema } from './loose-schema.ts'

/** The schemas in what a server lists; one that RFC 7643 doesn't allow as far as it can be understood. */
export function readSchemas(found: readonly JsonObject[]): readonly Schema[] {
  return found.map(schemaOf).filter((each) => each !== undefined)
}

/** The resource types in what a server lists, with its schemas; users and groups of RFC 7643 where it lists none. */
export function readTypes(
  found: readonly JsonObject[],
  schemas: readonly Schema[],
  base: string,
): readonly ResourceType[] {
  const known = new Map(schemas.map((schema) => [schema.id.toLowerCase(), schema]))
  const read = found.map((json) => typeOf(belowBase(json, base), known)).filter((each) => each !== undefined)
  return read.length === 0 ? [User, Group] : read
}

function schemaOf(json: JsonObject): Schema | undefined {
  try {
    return readSchema(json)
  } catch {
    return looseSchema(json)
  }
}

/** A resource type whose endpoint is relative to the base URL, as it should be: some repeat the base's path, or give the whole URL. RFC 7643 §6. */
function belowBase(json: JsonObject, base: string): JsonObject {
  const { endpoint } = json
  return typeof endpoint === 'string' ? { ...json, endpoint: endpointBelow(endpoint.trim(), base) } : json
}

function endpointBelow(endpoint: string, base: string): string {
  const root = new URL(base).pathname.replace(/\/$/, '')
  const url = parseUrl(endpoint)
  // Behind a proxy its host is often a wrong one; which path it has below the base counts.
  const path = url !== null && /^https?:$/.test(url.protocol) ? url.pathname : endpoint
  const absolute = path.startsWith('/') ? path : `/${path}`
  const isRepeated = root !== '' && `${absolute}/`.toLowerCase().startsWith(`${root}/`.toLowerCase())
  const below = (isRepeated ? absolute.slice(root.length) : absolute).replace(/\/$/, '')
  return below === '' ? absolute : below
}

function typeOf(json: JsonObject, known: ReadonlyMap<string, Schema>): ResourceType | undefined {
  const find = (id: string) => known.get(id.toLowerCase()) ?? STANDARD.get(id.toLowerCase())
  try {
    return readResourceType(json, find)
  } catch {
    // An extension without a schema is no reason to forget the type.
    const { name, endpoint, schema: id } = json
    const schema = typeof id === 'string' ? find(id) : undefined
    if (typeof name !== 'string' || typeof endpoint !== 'string' || schema === undefined) return undefined
    const listed = Array.isArray(json.schemaExtensions) ? json.schemaExtensions : []
    return {
      id: name,
      name,
      description: name,
      endpoint: endpoint.startsWith('/') ? endpoint : `/${endpoint}`,
      schema,
      extensions: listed.flatMap((each) => {
        const extension = isObject(each) && typeof each.schema === 'string' ? find(each.schema) : undefined
        return extension === undefined ? [] : [{ schema: extension, required: false }]
      }),
    }
  }
}

const STANDARD: ReadonlyMap<string, Schema> = new Map(
  [User, Group]
    .flatMap((type) => [type.schema, ...type.extensions.map(({ schema }) => schema)])
    .map((schema) => [schema.id.toLowerCase(), schema]),
)
