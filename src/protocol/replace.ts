// Works out the document after a PUT. RFC 7644 §3.5.1.

import { attributeIn, COMMON } from './attributes.ts'
import { equalJson, sameValue } from './equal.ts'
import { mutability } from './errors.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'
import type { Attribute, ResourceType } from './schema.ts'
import { schemasFor } from './schemas-in-use.ts'
import { USER } from './urn.ts'
import { identityOf } from './value.ts'

/**
 * The document that a PUT leaves: what is given replaces, what is omitted goes. Omitted stay `active` (a PUT of a
 * profile must not reactivate a user), what is never returned (a password), readOnly and immutable attributes
 * . `incoming` is in normal form; `cleared` names what it unassigned on purpose. The very same object when
 * nothing changes. RFC 7644 §3.5.1.
 */
export function replaceDocument(
  current: Document,
  incoming: Document,
  type: ResourceType,
  cleared: readonly string[] = [],
): Document {
  const out: { [name: string]: Json } = { schemas: [] }
  if (current.id !== undefined) out.id = current.id
  const gone = new Set(cleared)
  const attributes = [...COMMON.filter(({ name }) => name === 'externalId'), ...type.schema.attributes]
  const keptActive = type.schema.id === USER && !gone.has('active')
  replaceMembers(current, incoming, attributes, '', gone, out)
  if (keptActive && out.active === undefined && current.active !== undefined) out.active = current.active
  for (const { schema } of type.extensions) {
    const old = current[schema.id]
    const given = incoming[schema.id]
    const members: { [name: string]: Json } = {}
    replaceMembers(object(old), object(given), schema.attributes, `${schema.id}:`, gone, members)
    if (Object.keys(members).length > 0) out[schema.id] = members
  }
  out.schemas = schemasFor(out, type)
  return equalJson(current, out) ? current : out
}

function replaceMembers(
  current: JsonObject,
  incoming: JsonObject,
  attributes: readonly Attribute[],
  prefix: string,
  cleared: ReadonlySet<string>,
  out: { [name: string]: Json },
): void {
  for (const attribute of attributes) {
    const { name } = attribute
    const value = replaced(attribute, current[name], incoming[name], prefix, cleared.has(prefix + name))
    if (value !== undefined) out[name] = value
  }
}

function replaced(
  attribute: Attribute,
  old: Json | undefined,
  given: Json | undefined,
  prefix: string,
  isCleared: boolean,
): Json | undefined {
  if (attribute.mutability === 'readOnly') return old
  if (attribute.mutability === 'immutable' && old !== undefined) {
    // A given value must be the one there is; none given changes nothing. RFC 7644 §3.5.1.
    if (given !== undefined && !sameValue(attribute, old, given)) throw fixed(prefix + attribute.name)
    return old
  }
  if (given === undefined && attribute.returned === 'never' && !isCleared) return old
  if (attribute.subAttributes === undefined || !attribute.subAttributes.some(isKept)) return given
  return attribute.multiValued
    ? replacedList(attribute, old, given, prefix)
    : replacedComplex(attribute, object(old), object(given), prefix)
}

/** Sub-attributes that a PUT cannot simply replace. */
function isKept(sub: Attribute): boolean {
  return sub.mutability === 'readOnly' || sub.mutability === 'immutable' || sub.returned === 'never'
}

function replacedComplex(attribute: Attribute, old: JsonObject, given: JsonObject, prefix: string): Json | undefined {
  const out: { [name: string]: Json } = {}
  for (const sub of attribute.subAttributes ?? []) {
    const value = replaced(sub, old[sub.name], given[sub.name], `${prefix}${attribute.name}.`, false)
    if (value !== undefined) out[sub.name] = value
  }
  return Object.keys(out).length === 0 ? undefined : out
}

/** Elements are identified by their `value`; immutable parts of one that stays must not change. */
function replacedList(
  attribute: Attribute,
  old: Json | undefined,
  given: Json | undefined,
  prefix: string,
): Json | undefined {
  const value = attributeIn(attribute.subAttributes ?? [], 'value')
  if (!Array.isArray(given) || !Array.isArray(old) || value === undefined) return given
  const known = new Map<string, JsonObject>()
  for (const one of old.filter(isObject).toReversed()) {
    if (one.value !== undefined) known.set(identityOf(value, one.value), one)
  }
  return given.map((one: Json) => {
    if (!isObject(one) || one.value === undefined) return one
    const twin = known.get(identityOf(value, one.value))
    return twin === undefined ? one : (replacedComplex(attribute, twin, one, prefix) ?? one)
  })
}

function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function fixed(path: string): Error {
  return mutability(`${path} is immutable: it has a value already, and cannot get another one`)
}
