// What differs between two documents of a type, path by path.

import { COMMON } from './attributes.ts'
import { equalJson } from './equal.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'
import type { Attribute, ResourceType } from './schema.ts'

/** One changed attribute: canonical path, value before and after; absent where it has none. */
export interface ChangedPath {
  readonly path: string
  readonly old?: Json
  readonly new?: Json
}

const EXTERNAL_ID = COMMON.filter(({ name }) => name === 'externalId')

/**
 * What differs between two documents of a type: leaf paths for singular complex attributes, whole values for
 * multi-valued ones. Never values of `returned: never` attributes. RFC 7643 §7.
 */
export function changedPaths(before: Document, after: Document, type: ResourceType): readonly ChangedPath[] {
  const out: ChangedPath[] = []
  compare(before, after, EXTERNAL_ID, '', out)
  compare(before, after, type.schema.attributes, '', out)
  for (const { schema } of type.extensions) {
    const old = before[schema.id]
    const now = after[schema.id]
    if (old === now) continue
    compare(isObject(old) ? old : {}, isObject(now) ? now : {}, schema.attributes, `${schema.id}:`, out)
  }
  return out
}

/**
 * The attributes that differ between two documents of a type, each by its name, in an extension after its URN and a colon.
 * Also those that are never returned. RFC 7643 §7.
 */
export function changedAttributes(before: Document, after: Document, type: ResourceType): readonly string[] {
  const differ = (old: JsonObject, now: JsonObject, attributes: readonly Attribute[], prefix: string) =>
    attributes
      .filter(({ name }) => old[name] !== now[name] && !equalJson(old[name], now[name]))
      .map(({ name }) => prefix + name)
  const found = differ(before, after, [...EXTERNAL_ID, ...type.schema.attributes], '')
  for (const { schema } of type.extensions) {
    const old = before[schema.id]
    const now = after[schema.id]
    found.push(...differ(isObject(old) ? old : {}, isObject(now) ? now : {}, schema.attributes, `${schema.id}:`))
  }
  return found
}

function compare(
  before: JsonObject,
  after: JsonObject,
  attributes: readonly Attribute[],
  prefix: string,
  out: ChangedPath[],
): void {
  for (const attribute of attributes) {
    if (attribute.returned === 'never') continue
    const path = prefix + attribute.name
    const old = before[attribute.name]
    const now = after[attribute.name]
    if (old === now || equalJson(old, now)) continue
    const { subAttributes } = attribute
    if (subAttributes !== undefined && !attribute.multiValued) {
      compare(isObject(old) ? old : {}, isObject(now) ? now : {}, subAttributes, `${path}.`, out)
      continue
    }
    out.push({
      path,
      ...(old === undefined ? {} : { old: shown(old, attribute) }),
      ...(now === undefined ? {} : { new: shown(now, attribute) }),
    })
  }
}

/** The value without sub-attributes that are never returned. */
function shown(value: Json, attribute: Attribute): Json {
  const hidden = (attribute.subAttributes ?? []).filter(({ returned }) => returned === 'never').map(({ name }) => name)
  if (hidden.length === 0 || !Array.isArray(value)) return value
  return value.map((one: Json) =>
    isObject(one) ? Object.fromEntries(Object.entries(one).filter(([name]) => !hidden.includes(name))) : one,
  )
}
