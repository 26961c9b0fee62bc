import type { Allowances } from './allowances.ts'
import { applyToList } from './apply-list.ts'
import { resolve } from './attributes.ts'
import type { AttributeEdit, Edit } from './edit.ts'
import { equalJson, sameValue } from './equal.ts'
import { mutability, noTarget } from './errors.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'
import { matchesElement } from './match.ts'
import { fixed, mergeInto, pathOf } from './merge.ts'
import { schemasFor } from './normalise.ts'
import type { ResourceType } from './schema.ts'

/**
 * The document after all edits, each applied to the result of the one before; the very same object when it means the
 * same afterwards. Throws before anything is kept, so that a PATCH happens whole or not at all. Mutability is
 * judged edit by edit. RFC 7644 §3.5.2.
 */
export function applyEdits(
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
    return mergeInto(attribute, old, { ...made, ...partOf(edit) }, edit)
  }
  if (op !== 'remove' || sub !== undefined) return mergeInto(attribute, old, partOf(edit), edit)
  const all = Object.fromEntries(
    (attribute.subAttributes ?? []).filter((each) => each.mutability !== 'readOnly').map(({ name }) => [name, null]),
  )
  return old === undefined ? undefined : mergeInto(attribute, old, all, edit)
}

function partOf({ op, target, value }: AttributeEdit): JsonObject {
  const { sub } = target
  if (sub !== undefined) return { [sub.name]: op === 'remove' ? null : (value ?? null) }
  return isObject(value) ? value : {}
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
