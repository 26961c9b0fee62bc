import type { Environment } from '../environment.ts'
import { isObject, type Json, type ResourceType, type Schema } from '../protocol/index.ts'
import { NOTE_TYPES, type Store, type Write } from '../store/index.ts'
import {
  BUILT_IN_SCHEMAS,
  BUILT_IN_TYPES,
  buildModel,
  findType,
  type Model,
  OPTIONAL_TYPES,
  type Own,
  RECORDS,
  REVISION_KEY,
  readOwn,
} from './catalogs.ts'
import { inUse, invalid, missing } from './errors.ts'
import { createIndexes, type Indexes, indexesIn, overtaken } from './indexes.ts'
import { type Loss, lossOfSchema, lossOfType } from './loss.ts'
import { createNote, type Note } from './notes.ts'
import { numberOf, oneRecord, putIfSame, untilUnchanged } from './records.ts'
import type { Tenants } from './tenants.ts'
import type { Change, ChangeOptions } from './usage.ts'

/** Most schemas, and most types, of one tenant's own. */
export const OWN_SCHEMAS = 200

/** A schema of a tenant. */
export interface SchemaEntry {
  readonly schema: Schema
  /** Whether it is the tenant's own, and not ours. */
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

/** Schemas and resource types of tenants, and what is indexed: added, changed and removed at run time. RFC 7643 §6, §7. */
export interface Schemas extends Indexes {
  readonly list: (tenant: string) => Promise<readonly SchemaEntry[]>
  /** Adds a schema or puts another in its place; `extend` makes it an extension of types as well. */
  readonly put: (
    tenant: string,
    json: Json,
    options: ChangeOptions & { readonly extend?: readonly string[]; readonly required?: boolean },
  ) => Promise<Schema>
  /** Removes a schema, and takes it off the types it extends. */
  readonly delete: (tenant: string, id: string, options: ChangeOptions) => Promise<void>
  readonly listTypes: (tenant: string) => Promise<readonly TypeEntry[]>
  /** Adds a type, or changes the extensions of `User` and `Group`, or switches on `Role` or `Entitlement` by name. */
  readonly putType: (tenant: string, json: Json, options: ChangeOptions) => Promise<ResourceType>
  /** Removes a type; `User` and `Group` go back to what they are without a tenant's wishes. */
  readonly deleteType: (tenant: string, name: string, options: ChangeOptions) => Promise<void>
}

/** Makes the room's part for schemas and types. `reload` has a tenant's catalog read anew. */
export function createSchemas(
  store: Store,
  environment: Environment,
  tenants: Tenants,
  reload: (tenant: string) => Promise<void>,
): Schemas {
  /** Changes of one process to a tenant come one after the other, so that none is checked against what another is changing. */
  const last = new Map<string, Promise<unknown>>()
  const serially = <T>(tenant: string, work: () => Promise<T>): Promise<T> => {
    const next = (last.get(tenant) ?? Promise.resolve()).then(work, work)
    const done = next
      .catch(() => undefined)
      .finally(() => {
        if (last.get(tenant) === done) last.delete(tenant)
      })
    last.set(tenant, done)
    return next
  }

  const change: Change = (tenant, options, edit, anew) =>
    serially(tenant, () => untilUnchanged(REVISION_KEY, () => changeOnce(tenant, options, edit, anew)))

  const changeOnce: Change = async (tenant, options, edit, anew) => {
    await tenants.show(tenant)
    const revision = await nextRevision(store, tenant)
    const own = await readOwn(store, tenant)
    const before = buildModel(own)
    const edited = edit(own, before)
    const after = buildModel(edited)
    const next = { ...edited, indexes: indexesIn(after, edited.indexes) }
    await settle(tenant, before, after, options)
    const turns = await Promise.all(
      before.types.map((old) => {
        const type = after.types.find(({ name }) => name === old.name)
        return options.usage.changeIndex(tenant, old, type, anew?.type === old.name ? anew.paths : [])
      }),
    )
    try {
      const notes = notesOf(tenant, own, next, createNote(environment, options.actor))
      await store.commit([revision, ...writesOf(tenant, own, next), ...notes, ...turns.flatMap(({ writes }) => writes)])
      await reload(tenant)
      const ends = await Promise.allSettled(turns.map(({ finish }) => finish()))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    } catch (error) {
      throw overtaken(error, tenant)
    }
    return after
  }

  const load = async (tenant: string) => {
    await tenants.show(tenant)
    const own = await readOwn(store, tenant)
    return { own, model: buildModel(own) }
  }

  return {
    ...createIndexes(store, async (tenant) => (await load(tenant)).model, change),

    list: async (tenant) => {
      const { model } = await load(tenant)
      const all = new Map<string, Schema>()
      for (const type of model.types) for (const schema of schemasOfType(type)) all.set(schema.id, schema)
      for (const schema of model.schemas) all.set(schema.id, schema)
      return [...all.values()].map((schema) => ({
        schema,
        own: model.schemas.includes(schema),
        types: model.types.filter((type) => schemasOfType(type).includes(schema)).map(({ name }) => name),
      }))
    },

    put: async (tenant, json, options) => {
      if (!isObject(json) || typeof json.id !== 'string') {
        throw invalid('a schema is a JSON object with id (its URI), name and attributes; RFC 7643 section 7 shows one')
      }
      const id = json.id
      const ours = BUILT_IN_SCHEMAS.find((schema) => sameUri(schema.id, id))
      if (ours !== undefined) {
        throw invalid(
          `schema ${ours.id} belongs to the protocol and can't be changed; give your own schema a URI of its own`,
        )
      }
      const after = await change(tenant, options, (own, before) => {
        const key = [...own.schemas.keys()].find((known) => sameUri(known, id)) ?? id
        if (!own.schemas.has(key) && own.schemas.size >= OWN_SCHEMAS) {
          throw invalid(`a tenant has at most ${OWN_SCHEMAS} schemas of its own`)
        }
        const schemas = new Map(own.schemas).set(key, { ...json, id: key })
        const types = new Map(own.types)
        for (const name of options.extend ?? []) {
          const type = findType(before, name)
          const kept = type.extensions.filter(({ schema }) => !sameUri(schema.id, id))
          types.set(
            name,
            typeJson(type, [...listExtensions(kept), { schema: key, required: options.required ?? false }]),
          )
        }
        return { ...own, schemas, types }
      })
      const put = after.schemas.find((schema) => sameUri(schema.id, id))
      if (put === undefined) throw new Error(`schema ${id} was put but isn't there`)
      return put
    },

    delete: async (tenant, id, options) => {
      await change(tenant, options, (own, before) => {
        const key = [...own.schemas.keys()].find((known) => sameUri(known, id))
        if (key === undefined) {
          const ours = BUILT_IN_SCHEMAS.some((schema) => sameUri(schema.id, id))
          throw ours
            ? invalid(
                `schema ${id} belongs to the protocol and can't be removed; take it off a type by putting the type without it`,
              )
            : missing(
                `tenant "${tenant}" has no schema "${id}"; see them with: lockstep schema list --tenant ${tenant}`,
              )
        }
        const base = before.types.find((type) => sameUri(type.schema.id, key))
        if (base !== undefined) {
          throw invalid(`schema ${key} is the base of resource type ${base.name}; delete the type first`)
        }
        const schemas = new Map(own.schemas)
        schemas.delete(key)
        const types = new Map(own.types)
        for (const type of before.types) {
          const kept = type.extensions.filter(({ schema }) => !sameUri(schema.id, key))
          if (kept.length < type.extensions.length) types.set(type.name, typeJson(type, listExtensions(kept)))
        }
        return { ...own, schemas, types }
      })
    },

    listTypes: async (tenant) => {
      const { own, model } = await load(tenant)
      return model.types.map((type) => ({ type, own: own.types.has(type.name) }))
    },

    putType: async (tenant, json, options) => {
      if (!isObject(json) || typeof json.name !== 'string') {
        throw invalid('a resource type is a JSON object with name, endpoint and schema; RFC 7643 section 6 shows one')
      }
      const name = json.name
      const ours = [...BUILT_IN_TYPES, ...OPTIONAL_TYPES].find((type) => type.name === name)
      if (ours !== undefined) mustMatch(ours, json)
      if (NOTE_TYPES.some((taken) => taken === name)) {
        throw invalid(`"${name}" can't name a resource type: lines of the log about administration have it`)
      }
      const after = await change(tenant, options, (own) => {
        if (!own.types.has(name) && own.types.size >= OWN_SCHEMAS) {
          throw invalid(`a tenant has at most ${OWN_SCHEMAS} resource types of its own`)
        }
        return { ...own, types: new Map(own.types).set(name, json) }
      })
      return findType(after, name)
    },

    deleteType: async (tenant, name, options) => {
      await change(tenant, options, (own, before) => {
        const type = findType(before, name)
        if (!own.types.has(name))
          throw invalid(`resource type ${type.name} belongs to the protocol and can't be removed`)
        const types = new Map(own.types)
        types.delete(name)
        return { ...own, types }
      })
    },
  }
}

/** Counts what a change would take away, and refuses it or drops the values. */
async function settle(tenant: string, before: Model, after: Model, options: ChangeOptions): Promise<void> {
  const { usage, actor, force = false } = options
  const found: { readonly count: number; readonly loss: Loss }[] = []
  const converted: Loss[] = []
  for (const loss of lossesOf(before, after)) {
    const { begin, uses, convert } = loss
    let moves = false
    begin?.()
    const count = await usage.countUse(tenant, loss.types, (document) => {
      moves ||= convert !== undefined && convert(document) !== document
      return uses(document)
    })
    if (count > 0) found.push({ count, loss })
    else if (moves) converted.push(loss)
  }
  const stuck = found.find(({ loss }) => loss.drop === undefined)
  if (stuck !== undefined) {
    throw inUse(`${stuck.loss.what}, but ${resources(stuck.count)} would break; change those first`, stuck.count)
  }
  if (found.length > 0 && !force) {
    const list = found.map(({ count, loss }) => `${loss.what}, but ${resources(count)} would lose it`).join('; ')
    const most = Math.max(...found.map(({ count }) => count))
    throw inUse(`${list}; force drops the values`, most)
  }
  for (const { begin, convert, types } of converted) {
    begin?.()
    if (convert !== undefined) await usage.rewrite(tenant, types, actor, convert)
  }
  for (const { loss } of found) {
    loss.begin?.()
    if (loss.drop !== undefined) await usage.rewrite(tenant, loss.types, actor, loss.drop)
  }
  for (const type of before.types) {
    if (after.types.some(({ name }) => name === type.name)) continue
    const count = await usage.countUse(tenant, [type.name], () => true)
    if (count > 0 && !force) {
      throw inUse(`resource type ${type.name} would be removed with ${resources(count)}; force deletes them`, count)
    }
    if (count > 0) await usage.removeAll(tenant, type.name, actor)
  }
}

function lossesOf(before: Model, after: Model): readonly Loss[] {
  const losses: Loss[] = []
  const left = before.types.filter((type) => after.types.some(({ name }) => name === type.name))
  for (const old of before.schemas) {
    const now = after.schemas.find(({ id }) => id === old.id)
    if (now === undefined || sameJson(old, now)) continue
    // Types that lose the schema altogether are seen below.
    const users = left.filter((type) => schemasOfType(findType(after, type.name)).some(({ id }) => id === old.id))
    losses.push(...lossOfSchema(old, now, users))
  }
  for (const type of left) losses.push(...lossOfType(type, findType(after, type.name)))
  return losses
}

const PARTS = [
  ['schemas', RECORDS.schema, 'Schema'],
  ['types', RECORDS.type, 'ResourceType'],
  ['indexes', RECORDS.index, 'Index'],
] as const

/** The write that counts a change, which two that began with the same state can't both carry out, in whatever process they are. */
async function nextRevision(store: Store, tenant: string): Promise<Write> {
  const found = await oneRecord(store, tenant, RECORDS.revision, REVISION_KEY)
  if (found !== undefined) return putIfSame(found, (numberOf(found.value) ?? 0) + 1)
  const record = { tenant, kind: RECORDS.revision, key: REVISION_KEY }
  return { write: 'record', record, value: 1, ifAbsent: true }
}

/** The records that turn one state into another. */
function writesOf(tenant: string, before: Own, after: Own): readonly Write[] {
  const writes: Write[] = []
  for (const [part, kind] of PARTS) {
    for (const key of before[part].keys()) {
      if (!after[part].has(key)) writes.push({ write: 'record', record: { tenant, kind, key }, value: undefined })
    }
    for (const [key, value] of after[part]) {
      if (before[part].get(key) !== value) writes.push({ write: 'record', record: { tenant, kind, key }, value })
    }
  }
  return writes
}

/** What turns one state into another, for the log. */
function notesOf(tenant: string, before: Own, after: Own, note: Note): readonly Write[] {
  return PARTS.flatMap(([part, , type]) => {
    const keys = [...new Set([...before[part].keys(), ...after[part].keys()])]
    return keys
      .filter((key) => !sameJson(before[part].get(key), after[part].get(key)))
      .map((key) => note(tenant, type, key, after[part].has(key) ? 'put' : 'deleted'))
  })
}

/** Refuses to make another type out of one of ours: only its extensions are the tenant's to choose. */
function mustMatch(type: ResourceType, json: { readonly [name: string]: Json }): void {
  const fixed = { endpoint: type.endpoint, schema: type.schema.id }
  for (const [name, value] of Object.entries(fixed)) {
    if (json[name] !== undefined && json[name] !== value) {
      throw invalid(
        `${name} of resource type ${type.name} is ${value} and can't be changed; only its schemaExtensions can`,
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

function schemasOfType(type: ResourceType): readonly Schema[] {
  return [type.schema, ...type.extensions.map(({ schema }) => schema)]
}

/** URIs of schemas are the same in any letter case. RFC 7644 §3.10. */
function sameUri(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function resources(count: number): string {
  return count === 1 ? '1 resource' : `${count.toLocaleString('en')} resources`
}
