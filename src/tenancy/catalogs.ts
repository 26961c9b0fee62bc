import type { Environment } from '../environment.ts'
import {
  type Catalog,
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
import type { Store, StoredRecord } from '../store/index.ts'
import { invalid, missing } from './errors.ts'
import { readIndexPath } from './index-path.ts'
import type { Note } from './notes.ts'
import { allRecords, oneRecord, putIfSame, untilUnchanged } from './records.ts'
import { requireImported } from './require-imported.ts'
import { changeSettings, changesOf, DEFAULT_SETTINGS, settingsJson, type TenantSettings } from './settings.ts'

/** Kinds of records that hold what a tenant has of its own. */
export const RECORDS = {
  schema: 'schema',
  type: 'type',
  index: 'index',
  settings: 'settings',
  revision: 'schema-revision',
} as const
/** The key of the count of changes of a tenant's schemas, types and indexes. */
export const REVISION_KEY = 'revision'
/** The key of a tenant's settings. */
export const SETTINGS_KEY = 'settings'

/** The resource types that every tenant has. RFC 7643 §4. */
export const BUILT_IN_TYPES: readonly ResourceType[] = [User, Group]
/** The resource types that a tenant may switch on by their names (draft roles and entitlements, D-041). */
export const OPTIONAL_TYPES: readonly ResourceType[] = [Role, Entitlement]
/** The schemas that are ours; a tenant can't have others under their URIs. */
export const BUILT_IN_SCHEMAS: readonly Schema[] = [
  ...BUILT_IN_TYPES.map(({ schema }) => schema),
  EnterpriseUser,
  ...OPTIONAL_TYPES.map(({ schema }) => schema),
  ...DISCOVERY_SCHEMAS,
]

/** What a tenant has of its own, as kept: the text of schemas by URI, of types by name, and attributes that it has declared indexed. */
export interface Own {
  readonly schemas: ReadonlyMap<string, Json>
  readonly types: ReadonlyMap<string, Json>
  /** By {@link indexKey}. */
  readonly indexes: ReadonlyMap<string, Json>
}

/** Everything a tenant's schemas and types come to. */
export interface Model {
  readonly types: readonly ResourceType[]
  /** The tenant's own, in use or not. */
  readonly schemas: readonly Schema[]
}

const NOTHING: Own = { schemas: new Map(), types: new Map(), indexes: new Map() }
const PLAIN: Model = { types: BUILT_IN_TYPES, schemas: [] }

/** Reads what a tenant has of its own. */
export async function readOwn(store: Store, tenant: string): Promise<Own> {
  const [schemas, types, indexes] = await Promise.all([
    allRecords(store, tenant, RECORDS.schema),
    allRecords(store, tenant, RECORDS.type),
    allRecords(store, tenant, RECORDS.index),
  ])
  if (schemas.length + types.length + indexes.length === 0) return NOTHING
  const byKey = (records: readonly StoredRecord[]) => new Map(records.map(({ key, value }) => [key, value]))
  return { schemas: byKey(schemas), types: byKey(types), indexes: byKey(indexes) }
}

/** Builds a tenant's types from what it has of its own; refuses what can't be served. RFC 7643 §6, §7. */
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
    if (error instanceof LockstepError) throw invalid(error.message, error)
    throw error
  }
}

/** The key under which a tenant's declaration is kept that an attribute is indexed. */
export function indexKey(type: string, path: string): string {
  return `${type} ${path}`
}

/** A type with the attributes that the tenant has declared indexed; what its schemas have no longer, or not as text, is left out. */
function withIndexes(type: ResourceType, declared: Own['indexes']): ResourceType {
  const indexed: string[] = []
  for (const one of declared.values()) {
    if (!isObject(one) || one.type !== type.name || typeof one.path !== 'string') continue
    if (typeof readIndexPath(one.path, type) !== 'string') indexed.push(one.path)
  }
  return indexed.length === 0 ? type : { ...type, indexed }
}

/** The type of that name; refuses one that isn't there. */
export function findType(model: Model, name: string): ResourceType {
  const type = model.types.find((known) => known.name === name)
  if (type !== undefined) return type
  throw missing(
    `there is no resource type "${name}" here; there are ${model.types.map((known) => known.name).join(', ')}`,
  )
}

/** One of our types with the extensions that the tenant wants it to have. */
function buildType(type: ResourceType, json: Json | undefined, find: (id: string) => Schema | undefined): ResourceType {
  if (!isObject(json) || json.schemaExtensions === undefined) return type
  return readResourceType(fillType(type, json), find)
}

/** A type's JSON with everything but the extensions taken from ours. */
export function fillType(type: ResourceType, json: JsonObject): JsonObject {
  const { id, name, description, endpoint } = type
  return { id, name, description, endpoint, schema: type.schema.id, schemaExtensions: json.schemaExtensions ?? [] }
}

/** What tenants have of their own, kept in memory so that a request finds it at once. */
export interface Catalogs {
  /** Has the tenant's catalog and settings read, if they are not known or may have changed. */
  readonly ready: (tenant: string) => void | Promise<void>
  /** The tenant's catalog, after `ready`. */
  readonly catalog: (tenant: string) => Catalog
  /** The tenant's settings, after `ready`. */
  readonly settings: (tenant: string) => TenantSettings
  /** Has one tenant, or all, read again before the next use. */
  readonly forget: (tenant?: string) => void
}

/** What a tenant has of its own is forgotten when it was not asked for between two looks at this distance. */
const IDLE_MS = 3_600_000

interface Loaded {
  readonly catalog: Catalog
  readonly settings: TenantSettings
  /** What it was made from: equal texts keep the very same catalog, and all that hangs on it. */
  readonly text: string
  /** Whether it was asked for since the last look at who is idle. */
  used: boolean
}

/** Most tenants that are known to be as they were last read; past it, all are looked at again. */
const FRESH_TENANTS = 100_000

/** Makes the memory of catalogs and settings. Tenants without anything of their own take no room in it. */
export function createCatalogs(store: Store, environment: Environment): Catalogs {
  const plain: Loaded = { catalog: createCatalog(BUILT_IN_TYPES, 0), settings: DEFAULT_SETTINGS, text: '', used: true }
  const loaded = new Map<string, Loaded>()
  const fresh = new Set<string>()
  const waiting = new Map<string, Promise<void>>()
  let generation = 0
  /** Rises with each forgetting. */
  let epoch = 0
  let looked = environment.now()

  const load = async (tenant: string) => {
    for (;;) {
      const before = epoch
      await requireImported(store, tenant)
      const [own, settings] = await Promise.all([readOwn(store, tenant), readSettings(store, tenant)])
      // Something was written while we read: read again.
      if (before !== epoch) continue
      if (own === NOTHING && settings === DEFAULT_SETTINGS) {
        loaded.delete(tenant)
      } else {
        const text = JSON.stringify([[...own.schemas], [...own.types], [...own.indexes], settings])
        if (loaded.get(tenant)?.text !== text) {
          const model = buildModel(own)
          const catalog = own === NOTHING ? plain.catalog : createCatalog(model.types, ++generation, model.schemas)
          loaded.set(tenant, { catalog, settings, text, used: true })
        }
      }
      // Anybody may ask for any name; what is remembered of it is bounded.
      if (fresh.size >= FRESH_TENANTS) fresh.clear()
      fresh.add(tenant)
      forgetIdle()
      return
    }
  }

  const find = (tenant: string) => {
    const found = loaded.get(tenant) ?? plain
    found.used = true
    return found
  }

  /** Looked at when something is read, since only then there can be more than before. */
  const forgetIdle = () => {
    if (environment.now() - looked < IDLE_MS) return
    looked = environment.now()
    for (const [tenant, one] of loaded) {
      if (!one.used) {
        loaded.delete(tenant)
        fresh.delete(tenant)
      }
      one.used = false
    }
  }

  return {
    ready: (tenant) => {
      if (fresh.has(tenant)) return
      let promise = waiting.get(tenant)
      if (promise === undefined) {
        promise = load(tenant).finally(() => waiting.delete(tenant))
        waiting.set(tenant, promise)
      }
      return promise
    },
    catalog: (tenant) => find(tenant).catalog,
    settings: (tenant) => find(tenant).settings,
    forget: (tenant) => {
      epoch++
      if (tenant === undefined) fresh.clear()
      else fresh.delete(tenant)
    },
  }
}

/** A tenant's settings as kept. */
export async function readSettings(store: Store, tenant: string): Promise<TenantSettings> {
  return settingsOf(await oneRecord(store, tenant, RECORDS.settings, SETTINGS_KEY))
}

/** Changes a tenant's settings as they are at this moment, whoever else changes them. */
export function editSettings(
  store: Store,
  tenant: string,
  note: Note,
  edit: (now: TenantSettings) => TenantSettings,
): Promise<{ readonly before: TenantSettings; readonly after: TenantSettings }> {
  return untilUnchanged(SETTINGS_KEY, async () => {
    const found = await oneRecord(store, tenant, RECORDS.settings, SETTINGS_KEY)
    const before = settingsOf(found)
    const after = edit(before)
    const value = settingsJson(after)
    const record = { tenant, kind: RECORDS.settings, key: SETTINGS_KEY }
    const facts = changesOf(before, after)
    // Nothing is written where nothing changes.
    if (Object.keys(facts).length === 0) return { before, after }
    await store.commit([
      found === undefined ? { write: 'record', record, value, ifAbsent: true } : putIfSame(found, value),
      note(tenant, 'Setting', SETTINGS_KEY, 'changed', facts),
    ])
    return { before, after }
  })
}

function settingsOf(record: StoredRecord | undefined): TenantSettings {
  if (record === undefined || !isObject(record.value)) return DEFAULT_SETTINGS
  return changeSettings(DEFAULT_SETTINGS, record.value)
}
