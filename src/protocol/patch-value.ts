// Reads the value of a PATCH operation as its target takes it. RFC 7644 §3.5.2.

import { attributeIn, resolve } from './attributes.ts'
import type { BoundPath } from './bind.ts'
import type { Target } from './bound.ts'
import { invalidValue } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { elementInside, unpackJson } from './mend.ts'
import type { Reading } from './reading.ts'
import { type Attribute, isReference, type ResourceType } from './schema.ts'
import { isAbsent, readElement, readList, readOne } from './value.ts'

/** What an `add` or `replace` sets: a value, the absence of one, or nothing at all. */
export type EditValue = { readonly value: Json } | 'unassign' | 'nothing'

/**
 * The value of an `add` or `replace` as its target takes it. null, and [] for lists, unassign in a `replace` and change
 * nothing in an `add`. RFC 7644 §3.5.2.1, §3.5.2.3.
 */
export function readEditValue(
  op: 'add' | 'replace',
  bound: BoundPath & { readonly target: Target },
  given: Json,
  reading: Reading,
): EditValue {
  const { target } = bound
  const { attribute, sub, leaf } = target
  const parent = target.path.slice(0, target.path.length - leaf.name.length)
  const value = unwrapped(given, target, reading)
  const empty: EditValue = op === 'replace' ? 'unassign' : 'nothing'
  if (isAbsent(leaf, value, reading.allow)) return 'nothing'
  if (value === null) return leaf.required && bound.filter === undefined ? refuseEmpty(target) : empty

  if (sub === undefined && (bound.element || leaf.multiValued || leaf.type === 'complex')) {
    if (leaf.multiValued && !bound.element) {
      const list = readList(leaf, value, inPatch(reading), parent)
      if (list !== undefined) return { value: list }
      return leaf.required ? refuseEmpty(target) : empty
    }
    if (Array.isArray(value) && value.length === 0) return empty
    return leaf.type === 'complex'
      ? readObject(leaf, value, reading, parent)
      : simple(leaf, value, reading, parent, empty)
  }
  if (sub?.multiValued) {
    const list = readList(sub, value, inPatch(reading), parent)
    return list === undefined ? empty : { value: list }
  }
  if (value === '' && (leaf.required || clears(attribute, leaf, reading))) {
    return leaf.required ? refuseEmpty(target) : 'unassign'
  }
  return simple(leaf, value, reading, parent, empty)
}

/** The values that a `remove` names instead of a filter; undefined when all are meant. */
export function readRemovedValues(target: Target, value: Json | undefined, reading: Reading): Json | undefined {
  if (value === undefined || value === null) return undefined
  const { leaf, path } = target
  const inside = typeof value === 'string' ? unpackJson(value, reading, path) : undefined
  if (inside !== undefined) return readRemovedValues(target, inside.value, inside.reading)
  const given = unwrapped(value, target, reading)
  const out: Json[] = []
  for (const one of Array.isArray(given) ? given : [given]) {
    if (one === null) throw invalidValue(`${path} holds null in its list; leave the entry out`)
    if (one === '') continue
    const read = readOne(leaf, one, reading, path.slice(0, path.length - leaf.name.length))
    if (read !== undefined) out.push(read)
  }
  return out
}

/**
 * What is set when the `value` of an element is given an element in a JSON text: `roles[primary eq "true"].value` replaced by
 * `"{\"value\":\"Admin\",\"displayName\":…}"`. Where all elements are meant, only the value fits them.
 */
export function wholeElement(
  bound: BoundPath & { readonly target: Target },
  value: Json | undefined,
  reading: Reading,
  type: ResourceType,
):
  | { readonly bound: BoundPath & { readonly target: Target }; readonly value: Json; readonly reading: Reading }
  | undefined {
  const { target } = bound
  if (target.sub?.name !== 'value') return undefined
  const root = target.path.slice(0, -'.value'.length)
  const inside = elementInside(
    target.attribute,
    value,
    reading,
    root.slice(0, root.length - target.attribute.name.length),
  )
  if (inside === undefined) return undefined
  const whole = resolve(root, type)
  const chosen = !target.attribute.multiValued || bound.filter !== undefined
  return chosen && whole?.attribute !== undefined
    ? { bound: { ...bound, target: whole, element: bound.filter !== undefined }, ...inside }
    : { bound, value: memberOf(inside.value, 'value') ?? null, reading: inside.reading }
}

function memberOf(object: JsonObject, name: string): Json | undefined {
  for (const key in object) if (key.toLowerCase() === name) return object[key]
  return undefined
}

/** In a PATCH a lone value means a list of one, on every connection. */
function inPatch(reading: Reading): Reading {
  return reading.allow.loneValueForList ? reading : { ...reading, allow: { ...reading.allow, loneValueForList: true } }
}

function readObject(leaf: Attribute, value: Json, reading: Reading, parent: string): EditValue {
  const lone =
    Array.isArray(value) && value.length === 1 && reading.allow.bareValueForComplex ? (value[0] ?? null) : value
  // An empty text clears, whatever the operation.
  const members = lone === null ? undefined : readElement(leaf, lone, reading, parent)
  if (members === undefined) return 'unassign'
  for (const _ in members) return { value: members }
  return 'nothing'
}

function simple(leaf: Attribute, value: Json, reading: Reading, parent: string, empty: EditValue): EditValue {
  const read = readOne(leaf, value, reading, parent)
  return read === undefined ? empty : { value: read }
}

/** An empty id refers to nothing, an empty type counts as absent. */
function clears(attribute: Attribute, leaf: Attribute, { allow }: Reading): boolean {
  if (leaf.name === 'type') return attribute.multiValued && allow.mendLists
  return leaf.name === 'value' && isReference(attribute) && allow.bareValueForComplex
}

/** `{"members": […]}` where the list belongs (Q51), `{"value": "…"}` where the text does. */
function unwrapped(value: Json, { attribute, leaf }: Target, { allow }: Reading): Json {
  if (!isObject(value)) return value
  const [key, ...others] = Object.keys(value)
  if (key === undefined) return value
  const subs = leaf.subAttributes ?? []
  if (allow.wrappedValues && others.length === 0 && attributeIn(subs, key) === undefined) {
    if (key.toLowerCase() === attribute.name.toLowerCase()) return value[key] ?? null
  }
  if (allow.bareValueForComplex && leaf.type !== 'complex' && leaf !== attribute) {
    const inner = Object.keys(value).find((each) => each.toLowerCase() === leaf.name.toLowerCase())
    if (inner !== undefined) return value[inner] ?? null
  }
  return value
}

function refuseEmpty({ path }: Target): never {
  throw invalidValue(`${path} is required and cannot be left without a value`)
}
