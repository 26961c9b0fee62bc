// All resource types and schemas of one tenant. RFC 7643 §6.

import { DISCOVERY_SCHEMAS } from './discovery-schemas.ts'
import { ConfigError } from './errors.ts'
import type { Catalog, ResourceType, Schema } from './schema.ts'

/**
 * All resource types of one tenant; throws {@link ConfigError} when two conflict. `unused` are schemas
 * that are shown although no type has them yet. RFC 7643 §6.
 * @example
 * createDirectory({ store, catalog: (tenant) => createCatalog(typesOf(tenant)) })
 */
export function createCatalog(types: readonly ResourceType[], revision = 1, unused: readonly Schema[] = []): Catalog {
  const names = new Set<string>()
  const endpoints = new Set<string>()
  const schemas = new Map<string, Schema>()
  for (const type of types) {
    if (names.has(type.name.toLowerCase())) {
      throw new ConfigError('types', `there are two resource types of the name "${type.name}"`)
    }
    if (endpoints.has(type.endpoint.toLowerCase())) {
      throw new ConfigError('types', `two resource types have the endpoint "${type.endpoint}"`)
    }
    names.add(type.name.toLowerCase())
    endpoints.add(type.endpoint.toLowerCase())
    for (const schema of schemasOfType(type)) {
      const key = schema.id.toLowerCase()
      const other = schemas.get(key)
      // A URI means one thing in a tenant, or /Schemas could not show it. RFC 7643 §7.
      if (other !== undefined && other !== schema && JSON.stringify(other) !== JSON.stringify(schema)) {
        throw new ConfigError('types', `there are two different schemas with the id "${schema.id}"`)
      }
      schemas.set(key, schema)
    }
  }
  for (const schema of unused) {
    if (!schemas.has(schema.id.toLowerCase())) schemas.set(schema.id.toLowerCase(), schema)
  }
  const catalog = { types, revision }
  indexes.set(catalog, indexOf(types, schemas))
  return catalog
}

/** The resource type of that name, in exactly this letter case (erratum 8475). RFC 7643 §6. */
export function typeByName(catalog: Catalog, name: string): ResourceType | undefined {
  return indexFor(catalog).names.get(name)
}

/** The resource type at that endpoint, in exactly this letter case unless `anyCase` says otherwise: `/Users`. RFC 7643 §6. */
export function typeByEndpoint(catalog: Catalog, endpoint: string, anyCase = false): ResourceType | undefined {
  const { endpoints, folded } = indexFor(catalog)
  return endpoints.get(endpoint) ?? (anyCase ? folded.get(endpoint.toLowerCase()) : undefined)
}

/** The schema with that URI, in any letter case. RFC 7643 §7. */
export function schemaById(catalog: Catalog, id: string): Schema | undefined {
  return indexFor(catalog).schemas.get(id.toLowerCase())
}

/** Every schema of the catalog's resource types and of the discovery resources, each once. RFC 7643 §7. */
export function schemasOf(catalog: Catalog): readonly Schema[] {
  return [...indexFor(catalog).schemas.values()]
}

interface Index {
  readonly names: ReadonlyMap<string, ResourceType>
  readonly endpoints: ReadonlyMap<string, ResourceType>
  /** By their endpoints in lower case, which no two types share. */
  readonly folded: ReadonlyMap<string, ResourceType>
  readonly schemas: ReadonlyMap<string, Schema>
}

const indexes = new WeakMap<Catalog, Index>()

function indexFor(catalog: Catalog): Index {
  let index = indexes.get(catalog)
  if (index === undefined) {
    const schemas = new Map(catalog.types.flatMap(schemasOfType).map((schema) => [schema.id.toLowerCase(), schema]))
    index = indexOf(catalog.types, schemas)
    indexes.set(catalog, index)
  }
  return index
}

function indexOf(types: readonly ResourceType[], schemas: ReadonlyMap<string, Schema>): Index {
  const served = DISCOVERY_SCHEMAS.map((schema) => [schema.id.toLowerCase(), schema] as const)
  return {
    names: new Map(types.map((type) => [type.name, type])),
    endpoints: new Map(types.map((type) => [type.endpoint, type])),
    folded: new Map(types.map((type) => [type.endpoint.toLowerCase(), type])),
    schemas: new Map([...schemas, ...served]),
  }
}

function schemasOfType(type: ResourceType): readonly Schema[] {
  return [type.schema, ...type.extensions.map(({ schema }) => schema)]
}
