// What is a tenant's own (schemas, types, indexes) as records, and the types built from it.

import {
  createCatalog,
  DISCOVERY_SCHEMAS,
  EnterpriseUser,
  Entitlement,
  Group,
  isObject,
  type Json,
  type JsonObject,
  LockstepError,
  type ResourceType,
  Role,
  readResourceType,
  readSchema,
  type Schema,
  User,
} from '../protocol/index.ts'
import { allRecords, type Store, type StoredRecord } from '../store/index.ts'
import { missing, TenancyError } from './errors.ts'
import { readIndexPath } from './index-path.ts'

/** Kinds of the records of what is a tenant's own. */
export const RECORDS = {
  schema: 'schema',
  type: 'type',
  index: 'index',
  settings: 'settings',
  revision: 'schema-revision',
} as const
/** Key of the record that counts the changes of a tenant's schemas, types and indexes. */
export const REVISION_KEY = 'revision'

/** The resource types that every tenant has. RFC 7643 §4. */
export const BUILT_IN_TYPES: readonly ResourceType[] = [User, Group]
/** The resource types that a tenant may switch on by their names (draft roles and entitlements, D-041). */
export const OPTIONAL_TYPES: readonly ResourceType[] = [Role, Entitlement]
/** The schemas of the protocol; a tenant can't define others under their URIs. */
export const BUILT_IN_SCHEMAS: readonly Schema[] = [
  ...BUILT_IN_TYPES.map(({ schema }) => schema),
  EnterpriseUser,
  ...OPTIONAL_TYPES.map(({ schema }) => schema),
  ...DISCOVERY_SCHEMAS,
]

/** What is a tenant's own, as stored: schemas by URI, types by name, and attributes that it has declared indexed. */
export interface Own {
  readonly schemas: ReadonlyMap<string, Json>
  readonly types: ReadonlyMap<string, Json>
  /** By {@link indexKey}. */
  readonly indexes: ReadonlyMap<string, Json>
}

/** The types and schemas of a tenant, built from what is its own. */
export interface Model {
  readonly types: readonly ResourceType[]
  /** The tenant's own, used by a type or not. */
  readonly schemas: readonly Schema[]
}

/** Nothing of its own: the very object that {@link readOwn} returns then. */
export const NOTHING: Own = { schemas: new Map(), types: new Map(), indexes: new Map() }
const PLAIN: Model = { types: BUILT_IN_TYPES, schemas: [] }

/** Most times that it is read again because somebody changed types meanwhile. */
const TRIES = 10

/** Reads what is a tenant's own. */
export async function readOwn(store: Pick<Store, 'records'>, tenant: string): Promise<Own> {
  let types = await allRecords(store, tenant, RECORDS.type)
  for (let tries = 1; ; tries++) {
    const [schemas, indexes] = await Promise.all([
      allRecords(store, tenant, RECORDS.schema),
      allRecords(store, tenant, RECORDS.index),
    ])
    // A type that came or went with its schema while this read would name one that is not there.
    const after = await allRecords(store, tenant, RECORDS.type)
    if (tries === TRIES || JSON.stringify(after) === JSON.stringify(types)) return ownOf(schemas, after, indexes)
    types = after
  }
}

function ownOf(
  schemas: readonly StoredRecord[],
  types: readonly StoredRecord[],
  indexes: readonly StoredRecord[],
): Own {
  if (schemas.length + types.length + indexes.length === 0) return NOTHING
  const byKey = (records: readonly StoredRecord[]) => new Map(records.map(({ key, value }) => [key, value]))
  return { schemas: byKey(schemas), types: byKey(types), indexes: byKey(indexes) }
}

/** Builds a tenant's types from what is its own. Refuses what can't be served. RFC 7643 §6, §7. */
export function buildModel(own: Own): Model {
  if (own === NOTHING) return PLAIN
  try {
    const schemas = [...own.schemas.values()].map(readSchema)
    const known = new Map([...BUILT_IN_SCHEMAS, ...schemas].map((schema) => [schema.id.toLowerCase(), schema]))
    const find = (id: string) => known.get(id.toLowerCase())
    const built = BUILT_IN_TYPES.map((type) => buildType(type, own.types.get(type.name), find))
    const extra: ResourceType[] = []
    for (const [name, json] of own.types) {
      if (BUILT_IN_TYPES.some((type) => type.name === name)) continue
      const optional = OPTIONAL_TYPES.find((type) => type.name === name)
      extra.push(optional === undefined ? readResourceType(json, find) : buildType(optional, json, find))
    }
    const types = [...built, ...extra].map((type) => withIndexes(type, own.indexes))
    createCatalog(types)
    return { types, schemas }
  } catch (error) {
    if (error instanceof LockstepError) throw new TenancyError('ERR_INVALID', error.message, { cause: error })
    throw error
  }
}

/** Key of the record that declares an attribute indexed. */
export function indexKey(type: string, path: string): string {
  return `${type} ${path}`
}

/** A type with the attributes that the tenant has declared indexed, except those its schemas no longer define, or not as text. */
function withIndexes(type: ResourceType, declared: Own['indexes']): ResourceType {
  const indexed: string[] = []
  for (const one of declared.values()) {
    if (!isObject(one) || one.type !== type.name || typeof one.path !== 'string') continue
    if (typeof readIndexPath(one.path, type) !== 'string') indexed.push(one.path)
  }
  return indexed.length === 0 ? type : { ...type, indexed }
}

/** The type of that name. Refuses a name that no type has. */
export function findType(model: Model, name: string): ResourceType {
  const type = model.types.find((known) => known.name === name)
  if (type !== undefined) return type
  throw missing(
    `There is no resource type "${name}" here; there are ${model.types.map((known) => known.name).join(', ')}`,
  )
}

/** A built-in type with the extensions that the tenant has given it. */
function buildType(type: ResourceType, json: Json | undefined, find: (id: string) => Schema | undefined): ResourceType {
  if (!isObject(json) || json.schemaExtensions === undefined) return type
  return readResourceType(fillType(type, json), find)
}

/** A type's JSON: its extensions, with everything else from the built-in type. */
export function fillType(type: ResourceType, json: JsonObject): JsonObject {
  const { id, name, description, endpoint } = type
  return { id, name, description, endpoint, schema: type.schema.id, schemaExtensions: json.schemaExtensions ?? [] }
}

/** The schemas that a type uses: its own and those of its extensions. */
export function schemasOfType(type: ResourceType): readonly Schema[] {
  return [type.schema, ...type.extensions.map(({ schema }) => schema)]
}

/** Whether two values are written as the same JSON. */
export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
