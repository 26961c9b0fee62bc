// The naive PATCH algorithm that the fast one is compared with.

import type { Allowances } from '../src/protocol/allowances.ts'
import { attributeIn, resolve } from '../src/protocol/attributes.ts'
import type { AttributeEdit, Edit } from '../src/protocol/edit.ts'
import { equalJson, sameValue } from '../src/protocol/equal.ts'
import { invalidPath, invalidValue, mutability, noTarget } from '../src/protocol/errors.ts'
import { type Document, isObject, type Json, type JsonObject } from '../src/protocol/json.ts'
import { LIMITS } from '../src/protocol/limits.ts'
import { matchesElement } from '../src/protocol/match.ts'
import { fixed, mergeInto, partOf, pathOf, required } from '../src/protocol/merge.ts'
import { type Attribute, isReference, type ResourceType } from '../src/protocol/schema.ts'
import { schemasFor } from '../src/protocol/schemas-in-use.ts'
import { identityOf, mergeTwins } from '../src/protocol/value.ts'

/**
 * What edits mean, in the plainest way: each one makes a new document of the one before, and looks at every value. It takes operations
 * × values; the product's own way must come out the same.
 */
export function applyPlainly(
  document: Document,
  edits: readonly Edit[],
  type: ResourceType,
  allow: Allowances,
): Document {
  let state = document
  for (const edit of edits) {
    if (edit.target === undefined) state = withoutExtension(state, edit.extension, type)
    else if (edit.target === resolve('schemas', type)) state = applyToSchemas(state, edit, type)
    else state = applyEdit(state, edit, allow)
  }
  if (state === document) return document
  const { schemas: _old, id, ...rest } = state
  const result = { schemas: schemasFor(state, type), ...(id === undefined ? {} : { id }), ...rest }
  return equalJson(document, result) ? document : result
}

function applyEdit(state: Document, edit: AttributeEdit, allow: Allowances): Document {
  const { extension, attribute } = edit.target
  const holder = extension === undefined ? state : object(state[extension])
  const old = holder[attribute.name]
  if (edit.op === 'expect') return expect(state, edit, old)
  const next = attribute.multiValued
    ? applyToList(Array.isArray(old) ? old : [], edit, allow)
    : attribute.type === 'complex'
      ? applyToComplex(isObject(old) ? old : undefined, edit, allow)
      : applyToSimple(old, edit)
  if (next === old || (next === undefined && old === undefined)) return state
  const members = withMember(holder, attribute.name, next)
  if (extension === undefined) return members
  return withMember(state, extension, Object.keys(members).length === 0 ? undefined : members)
}

function expect(state: Document, { target, value }: AttributeEdit, old: Json | undefined): Document {
  const present = target.sub === undefined ? old : object(old)[target.sub.name]
  const isSame =
    sameValue(target.leaf, present, value) || (present === undefined && Array.isArray(value) && !value.length)
  if (!isSame) throw mutability(`${target.path} is readOnly; the service provider sets it, so leave it out`)
  return state
}

/** A singular simple attribute (P-371, P-372, P-388, P-389). */
function applyToSimple(old: Json | undefined, { op, target, value }: AttributeEdit): Json | undefined {
  const { attribute, path } = target
  if (op === 'remove') {
    if (old !== undefined && attribute.mutability === 'immutable') throw fixed(path)
    return undefined
  }
  if (attribute.mutability === 'immutable' && old !== undefined) {
    if (!sameValue(attribute, old, value)) throw fixed(path)
    return old
  }
  return value
}

/** A singular complex attribute, or a sub-attribute of it (P-373, P-374, P-391). */
function applyToComplex(old: JsonObject | undefined, edit: AttributeEdit, allow: Allowances): Json | undefined {
  const { op, target, filter, made } = edit
  const { attribute, sub } = target
  if (filter !== undefined && !(old !== undefined && matchesElement(old, filter))) {
    if (op === 'remove') return old
    if (made === undefined || !(op === 'add' || allow.createOnFilteredReplace)) throw nothingThere(edit)
    return mergeInto(attribute, old, { ...made, ...partOf(edit, old) }, edit)
  }
  if (op !== 'remove' || sub !== undefined) return mergeInto(attribute, old, partOf(edit, old), edit)
  const all = Object.fromEntries(
    (attribute.subAttributes ?? []).filter((each) => each.mutability !== 'readOnly').map(({ name }) => [name, null]),
  )
  return old === undefined ? undefined : mergeInto(attribute, old, all, edit)
}

function nothingThere(edit: AttributeEdit): Error {
  return noTarget(`${pathOf(edit)}: the filter matches nothing, so that there is nothing to ${edit.op}`)
}

function withoutExtension(state: Document, urn: string, type: ResourceType): Document {
  const members = state[urn]
  if (!isObject(members)) return state
  const attributes = type.extensions.find(({ schema }) => schema.id === urn)?.schema.attributes ?? []
  for (const { name, mutability: how } of attributes) {
    if (how === 'immutable' && members[name] !== undefined) throw fixed(`${urn}:${name}`)
  }
  const kept = attributes.filter(({ name, mutability: how }) => how === 'readOnly' && members[name] !== undefined)
  const left = Object.fromEntries(kept.map(({ name }) => [name, members[name] ?? null]))
  return withMember(state, urn, kept.length === 0 ? undefined : left)
}

/** To take a URI out of `schemas` is to clear its extension (P-385). */
function applyToSchemas(state: Document, { op, value, filter }: AttributeEdit, type: ResourceType): Document {
  const named = Array.isArray(value) ? value : []
  let next = state
  for (const urn of schemasFor(state, type)) {
    const goes = filter !== undefined ? matchesElement(urn, filter) : named.includes(urn) === (op === 'remove')
    if (!goes) continue
    const extension = type.extensions.find(({ schema }) => schema.id === urn)
    if (extension === undefined || extension.required) {
      throw mutability(`"schemas" always names ${urn}; it cannot be removed`)
    }
    next = withoutExtension(next, urn, type)
  }
  return next
}

function withMember(holder: JsonObject, name: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...holder, [name]: value }
  const { [name]: _gone, ...rest } = holder
  return rest
}

function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

/**
 * The values of a multi-valued attribute after an edit; the very same list when nothing changes, undefined when none is
 * left. RFC 7644 §3.5.2, P-375..P-382, P-386..P-390.
 */
function applyToList(old: readonly Json[], edit: AttributeEdit, allow: Allowances): readonly Json[] | undefined {
  const { attribute } = edit.target
  const next = listAfter(old, edit, allow)
  if (next === old || equalJson(next, old)) return old.length === 0 ? undefined : old
  if (attribute.mutability === 'immutable' && old.length > 0) {
    if (sameValue(attribute, old, next)) return old
    throw fixed(pathOf(edit))
  }
  if (next.length === 0) {
    if (attribute.required) throw required(edit)
    return undefined
  }
  if (next.length > LIMITS.VALUES_PER_ATTRIBUTE) {
    throw invalidValue(`${edit.target.path} would have more than ${LIMITS.VALUES_PER_ATTRIBUTE} values`)
  }
  return next
}

function listAfter(old: readonly Json[], edit: AttributeEdit, allow: Allowances): readonly Json[] {
  const { op, target, filter, value } = edit
  const { attribute, sub } = target
  if (filter === undefined && sub === undefined) {
    const values = Array.isArray(value) ? (value as readonly Json[]) : []
    if (op === 'add')
      return attribute.type === 'complex' ? added(attribute, old, values, edit) : joinedWith(attribute, old, values)
    if (op === 'replace') return values.map((one) => withServers(attribute, old, one))
    return value === undefined ? [] : withoutValues(attribute, old, values)
  }
  const chosen = new Set<number>()
  old.forEach((one, at) => {
    if (filter === undefined || matchesElement(one, filter)) chosen.add(at)
  })
  if (chosen.size > 0) return changed(old, chosen, edit)
  if (op === 'remove') return old
  if (filter === undefined) {
    throw noTarget(`${target.path}: ${attribute.name} has no values whose ${sub?.name} could be set; add one first`)
  }
  // A replace that selects nothing has no target, except where clients mean an add by it.
  if (op === 'replace' && !allow.createOnFilteredReplace) throw nothingChosen(edit)
  return attribute.type === 'complex'
    ? added(attribute, old, [createdBy(edit)], edit)
    : joinedWith(attribute, old, [simpleBy(edit)])
}

/** The chosen values changed or removed, where they stand. */
function changed(old: readonly Json[], chosen: ReadonlySet<number>, edit: AttributeEdit): readonly Json[] {
  const { op, target, value } = edit
  const { attribute, sub } = target
  if (op === 'remove' && sub === undefined) return old.filter((_, at) => !chosen.has(at))
  if (attribute.type !== 'complex') {
    return mergeTwins(
      attribute,
      old.map((one, at) => (chosen.has(at) ? (value ?? one) : one)),
    )
  }
  const part = partOf(edit, undefined)
  if (part.primary === true && chosen.size > 1) {
    throw invalidValue(`${pathOf(edit)} would make ${chosen.size} values primary; at most one may be`)
  }
  const next: Json[] = []
  let primary = -1
  let touched = false
  old.forEach((one, at) => {
    const merged = chosen.has(at) && isObject(one) ? mergeInto(attribute, one, partOf(edit, one), edit) : one
    if (merged !== one) touched = true
    if (merged === undefined) return
    if (chosen.has(at) && part.primary === true) primary = next.length
    next.push(merged)
  })
  return touched ? mergeTwins(attribute, demoted(next, primary)) : old
}

/** Values added, unless they are there; one with the same value and type takes on what is new. */
function added(
  attribute: Attribute,
  old: readonly Json[],
  values: readonly Json[],
  edit: AttributeEdit,
): readonly Json[] {
  const byId = isReference(attribute)
  const valueSub = attributeIn(attribute.subAttributes ?? [], 'value')
  const keyOf = (one: Json) =>
    valueSub !== undefined && isObject(one) ? JSON.stringify(keyPart(valueSub, one.value)) : ''
  const places = new Map<string, number[]>()
  const next: Json[] = []
  const push = (one: Json) => {
    const key = keyOf(one)
    const known = places.get(key)
    if (known === undefined) places.set(key, [next.length])
    else known.push(next.length)
    next.push(one)
  }
  old.forEach(push)
  let primary = -1
  for (const one of values) {
    if (!isObject(one)) continue
    const near = places.get(keyOf(one)) ?? []
    const equal = near.find((at) => (byId && one.value !== undefined) || holds(attribute, next[at], one))
    if (equal !== undefined) continue
    const identity = identityOf(attribute, one)
    const twin =
      valueSub === undefined ? undefined : near.find((at) => identityOf(attribute, next[at] ?? null) === identity)
    if (one.primary === true) primary = twin ?? next.length
    if (twin === undefined) push(one)
    else {
      const before = next[twin]
      next[twin] = (isObject(before) ? mergeInto(attribute, before, one, edit) : undefined) ?? one
    }
  }
  return demoted(next, primary)
}

function keyPart(valueSub: Attribute, value: Json | undefined): string | null {
  return value === undefined ? null : identityOf(valueSub, value)
}

/** Whether an element has everything that another one says. */
function holds(attribute: Attribute, element: Json | undefined, said: JsonObject): boolean {
  if (!isObject(element)) return false
  return (attribute.subAttributes ?? []).every(
    (sub) =>
      said[sub.name] === undefined ||
      sub.mutability === 'readOnly' ||
      sameValue(sub, element[sub.name], said[sub.name]),
  )
}

/** A new primary ends the old one (P-380, P-381). RFC 7644 §3.5.2. */
function demoted(list: Json[], primary: number): Json[] {
  if (primary < 0) return list
  return list.map((one, at) =>
    at !== primary && isObject(one) && one.primary === true ? { ...one, primary: false } : one,
  )
}

/** Values that equal one of those named, on the sub-attributes given; references on `value` alone. */
function withoutValues(attribute: Attribute, old: readonly Json[], named: readonly Json[]): readonly Json[] {
  if (attribute.type !== 'complex') {
    const gone = new Set(named.map((one) => identityOf(attribute, one)))
    return old.filter((one) => !gone.has(identityOf(attribute, one)))
  }
  if (isReference(attribute)) {
    const gone = new Set(named.map((one) => (isObject(one) ? one.value : undefined)))
    gone.delete(undefined)
    return old.filter((one) => !(isObject(one) && gone.has(one.value)))
  }
  return old.filter((one) => !named.some((said) => isObject(said) && holds(attribute, one, said)))
}

/** Values that the server set in an element stay when a client sends the element again. */
function withServers(attribute: Attribute, old: readonly Json[], one: Json): Json {
  const servers = (attribute.subAttributes ?? []).filter(({ mutability }) => mutability === 'readOnly')
  if (servers.length === 0 || !isObject(one)) return one
  const key = identityOf(attribute, one)
  const twin = old.find((other) => identityOf(attribute, other) === key)
  if (!isObject(twin)) return one
  const kept = servers
    .filter(({ name }) => twin[name] !== undefined)
    .map(({ name }) => [name, twin[name] ?? null] as const)
  return kept.length === 0 ? one : { ...one, ...Object.fromEntries(kept) }
}

/** The element that a filter of `eq` terms describes, with the value on top. */
function createdBy(edit: AttributeEdit): JsonObject {
  const { target, made, value } = edit
  const { attribute, sub } = target
  if (made === undefined) throw nothingChosen(edit)
  for (const name in made) {
    if (attributeIn(attribute.subAttributes ?? [], name)?.mutability === 'readOnly') {
      throw invalidPath(`${pathOf(edit)}: ${name} is readOnly, so that no value can be made from the filter`)
    }
  }
  const part: JsonObject = sub !== undefined ? { [sub.name]: value ?? null } : isObject(value) ? value : {}
  const out: { [name: string]: Json } = { ...made }
  for (const name in part) {
    const given = part[name]
    if (given === undefined || given === null) continue
    const each = attributeIn(attribute.subAttributes ?? [], name)
    if (each !== undefined && made[name] !== undefined && !sameValue(each, made[name], given)) {
      throw invalidValue(`${pathOf(edit)}: the value's ${name} is not the one that the filter asks for`)
    }
    out[name] = made[name] ?? given
  }
  return out
}

function simpleBy(edit: AttributeEdit): Json {
  const { filter, value } = edit
  if (value === undefined || filter === undefined) throw nothingChosen(edit)
  if (matchesElement(value, filter)) return value
  throw edit.op === 'add'
    ? invalidValue(`${pathOf(edit)}: the value is not one that the filter asks for`)
    : nothingChosen(edit)
}

function nothingChosen(edit: AttributeEdit): Error {
  return noTarget(
    `${pathOf(edit)}: the filter matches no value, so that there is nothing to ${edit.op}; use add with the whole value`,
  )
}

function joinedWith(attribute: Attribute, old: readonly Json[], given: readonly Json[]): readonly Json[] {
  const fresh = given.filter((one) => !old.some((other) => identityOf(attribute, other) === identityOf(attribute, one)))
  return fresh.length === 0 ? old : [...old, ...fresh]
}
