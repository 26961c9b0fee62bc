// The schemas and resource types of tenants: listed, put and deleted at run time. RFC 7643 §6, §7.

import { isObject, type Json, type JsonObject, type ResourceType, type Schema } from '../protocol/index.ts'
import { NOTE_TYPES } from '../store/index.ts'
import { type ChangePreview, previewChange } from './change-preview.ts'
import { invalid, missing } from './errors.ts'
import { createIndexes, type Indexes } from './indexes.ts'
import {
  BUILT_IN_SCHEMAS,
  BUILT_IN_TYPES,
  buildModel,
  findType,
  type Model,
  OPTIONAL_TYPES,
  type Own,
  readOwn,
  schemasOfType,
} from './model.ts'
import { type ChangeDeps, type ChangeOptions, createChange } from './schema-change.ts'

/** Most schemas, and most types, of one tenant's own. */
export const OWN_SCHEMAS = 200

/** A schema of a tenant. */
export interface SchemaEntry {
  readonly schema: Schema
  /** Whether it is the tenant's own. */
  readonly own: boolean
  /** Names of the types that use it. */
  readonly types: readonly string[]
}

/** A resource type of a tenant. */
export interface TypeEntry {
  readonly type: ResourceType
  /** Whether the tenant made or changed it. */
  readonly own: boolean
}

/** Which types a schema that is put extends. */
interface Extending {
  /** Names of types that it becomes an extension of. */
  readonly extend?: readonly string[] | undefined
  /** Whether resources of these types must have it. */
  readonly required?: boolean | undefined
}

/** How a schema is put. */
export interface SchemaPutOptions extends ChangeOptions, Extending {}

/** What a change would do, without doing it. */
interface Previews {
  readonly put: (tenant: string, json: Json, options: Previewing & Extending) => Promise<ChangePreview>
  readonly delete: (tenant: string, id: string, options: Previewing) => Promise<ChangePreview>
  readonly putType: (tenant: string, json: Json, options: Previewing) => Promise<ChangePreview>
  readonly deleteType: (tenant: string, name: string, options: Previewing) => Promise<ChangePreview>
}
type Previewing = Pick<ChangeOptions, 'usage'>

/** Schemas and resource types of tenants, and what is indexed. */
export interface Schemas extends Indexes {
  readonly list: (tenant: string) => Promise<readonly SchemaEntry[]>
  /** Adds a schema or replaces it; `extend` makes it an extension of types as well. */
  readonly put: (tenant: string, json: Json, options: SchemaPutOptions) => Promise<Schema>
  /** Removes a schema, and takes it off the types it extends. */
  readonly delete: (tenant: string, id: string, options: ChangeOptions) => Promise<void>
  readonly listTypes: (tenant: string) => Promise<readonly TypeEntry[]>
  /** Adds a type, or changes the extensions of `User` and `Group`, or switches on `Role` or `Entitlement` by name. */
  readonly putType: (tenant: string, json: Json, options: ChangeOptions) => Promise<ResourceType>
  /** Removes a type; `User` and `Group` go back to their built-in form. */
  readonly deleteType: (tenant: string, name: string, options: ChangeOptions) => Promise<void>
  readonly preview: Previews
}

/** Creates the schemas part of tenancy. */
export function createSchemas(deps: ChangeDeps): Schemas {
  const { store, tenants } = deps
  const change = createChange(deps)
  const load = async (tenant: string) => {
    await tenants.show(tenant)
    const own = await readOwn(store, tenant)
    return { own, model: buildModel(own) }
  }
  return {
    ...createIndexes(store, async (tenant) => (await load(tenant)).model, change),
    list: async (tenant) => listSchemas((await load(tenant)).model),
    put: async (tenant, json, options) => {
      const after = await change(tenant, options, edits.put(json, options))
      const id = readDraft(json).id
      const put = after.schemas.find((schema) => sameUri(schema.id, id))
      if (put === undefined) throw new Error(`Schema ${id} was put but isn't there`)
      return put
    },
    delete: async (tenant, id, options) => {
      await change(tenant, options, edits.delete(tenant, id))
    },
    listTypes: async (tenant) => {
      const { own, model } = await load(tenant)
      return model.types.map((type) => ({ type, own: own.types.has(type.name) }))
    },
    putType: async (tenant, json, options) =>
      findType(await change(tenant, options, edits.putType(json)), readTypeDraft(json).name),
    deleteType: async (tenant, name, options) => {
      await change(tenant, options, edits.deleteType(name))
    },
    preview: {
      put: (tenant, json, { usage, ...options }) => previewChange(deps, tenant, usage, edits.put(json, options)),
      delete: (tenant, id, { usage }) => previewChange(deps, tenant, usage, edits.delete(tenant, id)),
      putType: (tenant, json, { usage }) => previewChange(deps, tenant, usage, edits.putType(json)),
      deleteType: (tenant, name, { usage }) => previewChange(deps, tenant, usage, edits.deleteType(name)),
    },
  }
}

type Edit = (own: Own, before: Model) => Own

/** The changes, as they are carried out and previewed. */
const edits = {
  put: (json: Json, extending: Extending): Edit => {
    const schema = readDraft(json)
    return (own, before) => withSchema(own, before, schema, extending)
  },
  delete:
    (tenant: string, id: string): Edit =>
    (own, before) =>
      withoutSchema(own, before, tenant, id),
  putType: (json: Json): Edit => {
    const type = readTypeDraft(json)
    return (own) => withType(own, type)
  },
  deleteType:
    (name: string): Edit =>
    (own, before) =>
      withoutType(own, before, name),
}

function listSchemas(model: Model): readonly SchemaEntry[] {
  const all = new Map<string, Schema>()
  for (const type of model.types) for (const schema of schemasOfType(type)) all.set(schema.id, schema)
  for (const schema of model.schemas) all.set(schema.id, schema)
  return [...all.values()].map((schema) => ({
    schema,
    own: model.schemas.includes(schema),
    types: model.types.filter((type) => schemasOfType(type).includes(schema)).map(({ name }) => name),
  }))
}

function readDraft(json: Json): JsonObject & { readonly id: string } {
  if (!isObject(json) || typeof json.id !== 'string') {
    throw invalid('A schema is a JSON object with id (its URI), name and attributes; RFC 7643 section 7 shows one')
  }
  const id = json.id
  const ours = BUILT_IN_SCHEMAS.find((schema) => sameUri(schema.id, id))
  if (ours === undefined) return { ...json, id }
  throw invalid(
    `Schema ${ours.id} belongs to the protocol and can't be changed; give your own schema a URI of its own`,
    'id',
  )
}

function withSchema(
  own: Own,
  before: Model,
  json: JsonObject & { readonly id: string },
  { extend = [], required = false }: Extending,
): Own {
  const { id } = json
  const key = [...own.schemas.keys()].find((known) => sameUri(known, id)) ?? id
  if (!own.schemas.has(key) && own.schemas.size >= OWN_SCHEMAS) {
    throw invalid(`A tenant has at most ${OWN_SCHEMAS} schemas of its own`)
  }
  const schemas = new Map(own.schemas).set(key, { ...json, id: key })
  const types = new Map(own.types)
  for (const name of extend) {
    const type = findType(before, name)
    const kept = type.extensions.filter(({ schema }) => !sameUri(schema.id, id))
    types.set(name, typeJson(type, [...listExtensions(kept), { schema: key, required }]))
  }
  return { ...own, schemas, types }
}

function withoutSchema(own: Own, before: Model, tenant: string, id: string): Own {
  const key = [...own.schemas.keys()].find((known) => sameUri(known, id))
  if (key === undefined) {
    const ours = BUILT_IN_SCHEMAS.some((schema) => sameUri(schema.id, id))
    throw ours
      ? invalid(
          `Schema ${id} belongs to the protocol and can't be removed; take it off a type by putting the type without it`,
        )
      : missing(`Tenant "${tenant}" has no schema "${id}"; see them with: lockstep schema list --tenant ${tenant}`)
  }
  const base = before.types.find((type) => sameUri(type.schema.id, key))
  if (base !== undefined) {
    throw invalid(`Schema ${key} is the base of resource type ${base.name}; delete the type first`)
  }
  const schemas = new Map(own.schemas)
  schemas.delete(key)
  const types = new Map(own.types)
  for (const type of before.types) {
    const kept = type.extensions.filter(({ schema }) => !sameUri(schema.id, key))
    if (kept.length < type.extensions.length) types.set(type.name, typeJson(type, listExtensions(kept)))
  }
  return { ...own, schemas, types }
}

function readTypeDraft(json: Json): JsonObject & { readonly name: string } {
  if (!isObject(json) || typeof json.name !== 'string') {
    throw invalid('A resource type is a JSON object with name, endpoint and schema; RFC 7643 section 6 shows one')
  }
  const { name } = json
  const ours = [...BUILT_IN_TYPES, ...OPTIONAL_TYPES].find((type) => type.name === name)
  if (ours !== undefined) mustMatch(ours, json)
  if (NOTE_TYPES.some((taken) => taken === name)) {
    throw invalid(`"${name}" can't name a resource type: lines of the log about administration use it`, 'name')
  }
  return { ...json, name }
}

function withType(own: Own, type: JsonObject & { readonly name: string }): Own {
  if (!own.types.has(type.name) && own.types.size >= OWN_SCHEMAS) {
    throw invalid(`A tenant has at most ${OWN_SCHEMAS} resource types of its own`)
  }
  return { ...own, types: new Map(own.types).set(type.name, type) }
}

function withoutType(own: Own, before: Model, name: string): Own {
  const type = findType(before, name)
  if (!own.types.has(name)) throw invalid(`Resource type ${type.name} belongs to the protocol and can't be removed`)
  const types = new Map(own.types)
  types.delete(name)
  return { ...own, types }
}

/** Refuses to turn a built-in type into another one: a tenant chooses its extensions only. */
function mustMatch(type: ResourceType, json: JsonObject): void {
  const fixed = { endpoint: type.endpoint, schema: type.schema.id }
  for (const [name, value] of Object.entries(fixed)) {
    if (json[name] !== undefined && json[name] !== value) {
      throw invalid(
        `${name} of resource type ${type.name} is ${value} and can't be changed; only its schemaExtensions can`,
        name,
      )
    }
  }
}

function typeJson(type: ResourceType, schemaExtensions: readonly Json[]): Json {
  const { name, description, endpoint } = type
  return { name, description, endpoint, schema: type.schema.id, schemaExtensions }
}

function listExtensions(extensions: ResourceType['extensions']): readonly Json[] {
  return extensions.map(({ schema, required }) => ({ schema: schema.id, required }))
}

/** URIs of schemas are the same in any letter case. RFC 7644 §3.10. */
function sameUri(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
