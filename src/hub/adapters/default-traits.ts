// Traits of adapters that say only where they differ from the usual.

import { type Document, isObject, type Json, type JsonObject, type ResourceType } from '../../protocol/index.ts'
import type { AccountTraits, Traits } from '../contract/index.ts'

/** What an adapter says of itself; all else is as usual. */
export interface TraitsDraft extends Partial<Omit<Traits, 'users' | 'groups' | 'members' | 'off'>> {
  readonly users?: AccountTraitsDraft
  /** Whoever names it has groups. */
  readonly groups?: AccountTraitsDraft
  readonly members?: Partial<Traits['members']>
  readonly off?: Partial<Traits['off']>
}

/** What an adapter says of accounts of one type. */
export interface AccountTraitsDraft extends Partial<AccountTraits> {
  /** What the app keeps: `userName`, `name.givenName`, `emails.value`; everything when absent. */
  readonly keeps?: readonly string[]
}

/** The traits of an app that keeps what it is given, switches accounts off by `active`, and removes them for good. */
export function fillTraits(draft: TraitsDraft): Traits {
  const { users, groups, members, off, ...rest } = draft
  return {
    timeoutMs: 30_000,
    concurrency: 8,
    leaverShare: 0.3,
    buckets: [],
    readLagMs: 0,
    ...rest,
    users: fillAccount({ match: ['externalId', 'userName'], unique: ['userName'], ...users }),
    ...(groups === undefined
      ? {}
      : { groups: fillAccount({ match: ['externalId', 'displayName'], unique: ['displayName'], ...groups }) }),
    members: { read: 'none', perRequest: 100, onCreate: 0, nested: false, ...members },
    off: { disableMeans: 'kept', disabledReads: true, reenable: 'update', removeMeans: 'removed', ...off },
  }
}

function fillAccount({ keeps, ...draft }: AccountTraitsDraft): AccountTraits {
  const comparable = keeps === undefined ? plain : (document: Document) => pickPaths(plain(document), keeps)
  return { create: true, remove: true, match: [], unique: [], comparable, ...draft }
}

function plain(document: Document): Document {
  const { id: _id, meta: _meta, members: _members, schemas: _schemas, ...rest } = document
  return rest
}

/** The parts of a document that paths name: `emails` whole, `name.givenName` alone, `emails.value` of each entry. */
export function pickPaths(document: Document, paths: readonly string[]): Document {
  const picked: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(document)) {
    const subs = subsOf(paths, name)
    if (subs === undefined) continue
    const kept = subs === 'all' ? value : pickSubs(value, subs)
    if (kept !== undefined) picked[name] = kept
  }
  return picked
}

/** The attributes of a type that paths name. */
export function narrowType(type: ResourceType, paths: readonly string[]): ResourceType {
  const attributes = type.schema.attributes.flatMap((attribute) => {
    const subs = subsOf(paths, attribute.name)
    if (subs === undefined) return []
    if (subs === 'all' || attribute.subAttributes === undefined) return [attribute]
    return [{ ...attribute, subAttributes: attribute.subAttributes.filter(({ name }) => subs.includes(name)) }]
  })
  const extensions = type.extensions.flatMap((extension) => {
    const { schema } = extension
    if (paths.includes(schema.id)) return [extension]
    const own = schema.attributes.filter(({ name }) => paths.some((path) => isOf(path, `${schema.id}:${name}`)))
    return own.length === 0 ? [] : [{ ...extension, schema: { ...schema, attributes: own } }]
  })
  return { ...type, schema: { ...type.schema, attributes }, extensions }
}

function isOf(path: string, attribute: string): boolean {
  return path === attribute || path.startsWith(`${attribute}.`)
}

/** Which sub-attributes of an attribute paths name; undefined: none. URNs of extensions name them whole. */
function subsOf(paths: readonly string[], name: string): 'all' | readonly string[] | undefined {
  if (paths.includes(name)) return 'all'
  const subs = paths.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1))
  return subs.length === 0 ? undefined : subs
}

function pickSubs(value: Json, subs: readonly string[]): Json | undefined {
  if (Array.isArray(value)) {
    const entries = value.flatMap((entry: Json) => pickSubs(entry, subs) ?? [])
    return entries.length === 0 ? undefined : entries
  }
  if (!isObject(value)) return undefined
  const kept: JsonObject = Object.fromEntries(Object.entries(value).filter(([name]) => subs.includes(name)))
  return Object.keys(kept).length === 0 ? undefined : kept
}
