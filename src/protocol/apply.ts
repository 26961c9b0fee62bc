// Carries out the edits of a PATCH on a document. RFC 7644 §3.5.2.

import type { Allowances } from './allowances.ts'
import { applyToList } from './apply-list.ts'
import { resolve } from './attributes.ts'
import type { AttributeEdit, Edit } from './edit.ts'
import { createEditDraft, type EditDraft } from './edit-draft.ts'
import { createEditWork, type EditWork, termsIn } from './edit-work.ts'
import { equalJson, sameValue } from './equal.ts'
import { mutability, noTarget } from './errors.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'
import { matchesElement } from './match.ts'
import { fixed, listedIn, mergeInto, partOf, pathOf } from './merge.ts'
import type { ResourceType } from './schema.ts'
import { schemasFor } from './schemas-in-use.ts'

/**
 * The document after all edits, each applied to the result of the one before; the very same object when it means the
 * same afterwards. Throws before anything is kept, so that a PATCH happens whole or not at all. Mutability is
 * judged edit by edit. `work` counts the values that are looked at: 413 past `EDIT_WORK`. RFC 7644 §3.5.2.
 */
export function applyEdits(
  document: Document,
  edits: readonly Edit[],
  type: ResourceType,
  allow: Allowances,
  work: EditWork = createEditWork(),
): Document {
  const draft = createEditDraft(document, work)
  for (const edit of edits) {
    work.spend(1)
    if (edit.target === undefined) removeExtension(draft, edit.extension, type)
    else if (edit.target === resolve('schemas', type)) applyToSchemas(draft, edit, type)
    else applyEdit(draft, edit, allow, work)
  }
  const state = draft.document()
  if (state === document) return document
  const { schemas: _old, id, ...rest } = state
  const result = { schemas: schemasFor(state, type), ...(id === undefined ? {} : { id }), ...rest }
  return equalJson(document, result) ? document : result
}

function applyEdit(draft: EditDraft, edit: AttributeEdit, allow: Allowances, work: EditWork): void {
  const { extension, attribute } = edit.target
  if (attribute.multiValued && edit.op !== 'expect') {
    applyToList(draft.list(extension, attribute), edit, allow, work)
    return
  }
  const old = attribute.multiValued ? draft.list(extension, attribute).values() : draft.get(extension, attribute.name)
  if (edit.op === 'expect') {
    expect(edit, old)
    return
  }
  const next =
    attribute.type === 'complex'
      ? applyToComplex(isObject(old) ? old : undefined, edit, allow, work)
      : applyToSimple(old, edit)
  if (next !== old) draft.set(extension, attribute.name, next)
}

function expect({ target, value }: AttributeEdit, old: Json | undefined): void {
  const present = target.sub === undefined ? old : object(old)[target.sub.name]
  const isSame =
    sameValue(target.leaf, present, value) || (present === undefined && Array.isArray(value) && !value.length)
  if (!isSame) throw mutability(`${target.path} is readOnly; the service provider sets it, so leave it out`)
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
function applyToComplex(
  old: JsonObject | undefined,
  edit: AttributeEdit,
  allow: Allowances,
  work: EditWork,
): Json | undefined {
  const { op, target, filter, made } = edit
  const { attribute, sub } = target
  work.spend(listedIn(old) * termsIn(filter))
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

function removeExtension(draft: EditDraft, urn: string, type: ResourceType): void {
  const members = draft.document()[urn]
  if (!isObject(members)) return
  const attributes = type.extensions.find(({ schema }) => schema.id === urn)?.schema.attributes ?? []
  for (const { name, mutability: how } of attributes) {
    if (how === 'immutable' && members[name] !== undefined) throw fixed(`${urn}:${name}`)
  }
  const kept = attributes.filter(({ name, mutability: how }) => how === 'readOnly' && members[name] !== undefined)
  const left = Object.fromEntries(kept.map(({ name }) => [name, members[name] ?? null]))
  draft.setExtension(urn, kept.length === 0 ? undefined : left)
}

/** To take a URI out of `schemas` is to clear its extension (P-385). */
function applyToSchemas(draft: EditDraft, { op, value, filter }: AttributeEdit, type: ResourceType): void {
  const named = new Set<Json>(Array.isArray(value) ? value : [])
  for (const urn of schemasFor(draft.document(), type)) {
    const goes = filter !== undefined ? matchesElement(urn, filter) : named.has(urn) === (op === 'remove')
    if (!goes) continue
    const extension = type.extensions.find(({ schema }) => schema.id === urn)
    if (extension === undefined || extension.required) {
      throw mutability(`"schemas" always names ${urn}; it cannot be removed`)
    }
    removeExtension(draft, urn, type)
  }
}

function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}
