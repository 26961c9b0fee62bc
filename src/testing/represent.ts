// Accounts as answers show them. RFC 7643 §3.1, §7; RFC 7644 §3.9.

import { type Accounts, type Held, memberIds } from './accounts.ts'
import { type Draft, isList, isObject, type Json, type JsonObject } from './json.ts'
import { findPath } from './path.ts'
import type { FakeProfile } from './profile.ts'
import { type Attribute, attributesOf, CORE_SCHEMA, ENTERPRISE, type Type } from './schema.ts'

/** The endpoints of the types. */
export const ENDPOINTS: { readonly [type in Type]: string } = { User: '/Users', Group: '/Groups' }

/** Which attributes an answer has. */
export interface Selection {
  readonly attributes?: readonly string[]
  readonly excluded?: readonly string[]
}

/** What answers are made with. */
export interface Shown {
  readonly profile: FakeProfile
  readonly accounts: Accounts
  /** The base URL. */
  readonly base: string
}

/** The ETag of an account. */
export function etagOf({ version }: Held): string {
  return `W/"${version}"`
}

/** The URL of an account. */
export function locationOf(base: string, type: Type, id: string): string {
  return `${base}${ENDPOINTS[type]}/${encodeURIComponent(id)}`
}

/** A whole resource, for filters and answers. */
export function wholeOf({ profile, accounts, base }: Shown, held: Held): JsonObject {
  const { type, id, attributes } = held
  const whole: Draft = {
    schemas: [CORE_SCHEMA[type], ...(isObject(attributes[ENTERPRISE]) ? [ENTERPRISE] : [])],
    id,
    ...attributes,
  }
  const reference = (of: string) => {
    const member: Type =
      accounts.get('User', of) === undefined && accounts.get('Group', of) !== undefined ? 'Group' : 'User'
    return { value: of, $ref: locationOf(base, member, of), type: member }
  }
  const members = memberIds(attributes)
  if (type === 'Group' && members.length > 0) {
    const kept = members.slice(0, profile.members.keeps)
    whole.members = profile.members.read === 'hidden' ? [] : kept.map(reference)
  }
  const groups = type === 'User' ? accounts.groupsOf(id) : []
  if (groups.length > 0) {
    whole.groups = groups.map((group) => ({
      value: group,
      $ref: locationOf(base, 'Group', group),
      display: accounts.get('Group', group)?.attributes.displayName ?? group,
      type: 'direct',
    }))
  }
  whole.meta = {
    resourceType: type,
    created: new Date(held.created).toISOString(),
    lastModified: new Date(held.modified).toISOString(),
    location: locationOf(base, type, id),
    ...(profile.etags ? { version: etagOf(held) } : {}),
  }
  return whole
}

/** A resource as an answer shows it. */
export function represent(shown: Shown, held: Held, selection: Selection = {}): JsonObject {
  const all = attributesOf(held.type)
  const picked = pick(held.type, all, wholeOf(shown, held), selection)
  const { profile } = shown
  const v1 = profile.protocol === '1.1' ? asV1(picked) : picked
  return profile.flatNames ? withFlatNames(v1) : v1
}

/** The attributes that are asked for, those that are always there, and none that never are. */
function pick(
  type: Type,
  all: readonly Attribute[],
  whole: JsonObject,
  { attributes, excluded }: Selection,
): JsonObject {
  const wanted = attributes?.flatMap((name) => pathOf(type, name))
  const unwanted = (excluded ?? []).flatMap((name) => pathOf(type, name))
  const walk = (among: readonly Attribute[], value: JsonObject, at: string): JsonObject => {
    const kept: Draft = {}
    for (const { name, returned, subAttributes } of among) {
      const held = value[name]
      const path = `${at}${name}`.toLowerCase()
      if (held === undefined || returned === 'never') continue
      const within = (paths: readonly string[]) => paths.some((one) => path === one || path.startsWith(`${one}/`))
      const above = wanted?.some((one) => one.startsWith(`${path}/`)) === true
      if (returned !== 'always') {
        if (wanted !== undefined ? !within(wanted) && !above : within(unwanted)) continue
      }
      const deeper = (one: Json) =>
        isObject(one) && subAttributes !== undefined ? walk(subAttributes, one, `${path}/`) : one
      kept[name] = isList(held) ? held.map(deeper) : deeper(held)
    }
    return kept
  }
  return walk(all, whole, '')
}

function pathOf(type: Type, name: string): readonly string[] {
  const steps = findPath(type, name)
  return steps === undefined ? [] : [steps.map((one) => one.name.toLowerCase()).join('/')]
}

/** The names of SCIM 1.1. */
function asV1(resource: JsonObject): JsonObject {
  const { [ENTERPRISE]: extension, ...rest } = resource
  const schemas = ['urn:scim:schemas:core:1.0', ...(extension === undefined ? [] : [V1_ENTERPRISE])]
  return {
    ...rest,
    schemas,
    ...(extension === undefined ? {} : { [V1_ENTERPRISE]: renamed(extension, 'value', 'managerId') }),
  }
}

/** The attributes of the extension from SCIM 1.1. */
export function fromV1(extension: Json): Json {
  return renamed(extension, 'managerId', 'value')
}

/** The id of a manager has another name in SCIM 1.1. */
function renamed(extension: Json, from: string, to: string): Json {
  if (!isObject(extension) || !isObject(extension.manager)) return extension
  const { [from]: id, ...rest } = extension.manager
  return id === undefined ? extension : { ...extension, manager: { ...rest, [to]: id } }
}

/** The extension of users in SCIM 1.1. */
export const V1_ENTERPRISE = 'urn:scim:schemas:extension:enterprise:1.0'

/** `"name.formatted"` beside `name`. */
function withFlatNames(resource: JsonObject): JsonObject {
  const { name } = resource
  if (!isObject(name)) return resource
  return { ...resource, ...Object.fromEntries(Object.entries(name).map(([sub, value]) => [`name.${sub}`, value])) }
}
