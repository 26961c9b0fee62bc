// The least PATCH that turns one document into another. RFC 7644 §3.5.2.

import { type AppProfile, RFC_PROFILE, updatesOf } from './app-profile.ts'
import { COMMON, extensionOf, resolve } from './attributes.ts'
import { packOperations, type Unpacked } from './diff-pack.ts'
import { renderPartial } from './diff-partial.ts'
import { renderDifference } from './diff-render.ts'
import { type AttributeDifference, comparableForm, type DifferenceNote, differencesOf } from './differences.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'
import type { DiffOperation } from './patch-operation.ts'
import type { ResourceType } from './schema.ts'
import { schemasFor } from './schemas-in-use.ts'
import type { UpdateProfile } from './update-profile.ts'

/** What turns one document into another. */
export interface Difference {
  /** Nothing has to be sent. */
  readonly same: boolean
  /** A PUT that comes before the PATCH requests; `partial`: the app takes what it names and leaves the rest. */
  readonly put?: { readonly document: Document; readonly partial: boolean }
  /** The operations of each PATCH request, in order. With a PUT of the whole resource there are none. */
  readonly patches: readonly (readonly DiffOperation[])[]
  /** The bodies of PATCH requests, without `schemas`, where the app's PATCH is a part of the resource: then `patches` is empty. */
  readonly partials: readonly JsonObject[]
  /** What is done by other means than the least PATCH, and what isn't done at all. */
  readonly notes: readonly DifferenceNote[]
}

/** What else a difference is made of. */
export interface DiffOptions {
  /**
   * Attributes, by their top-level names or extension URNs, of which nobody knows what the server holds. They are set whole, or taken
   * away, whatever the first document says of them.
   */
  readonly uncertain?: readonly string[] | undefined
}

/**
 * The least PATCH that turns one document of a type into another: attribute by attribute, values of lists by their identity,
 * members by id. What the server alone sets is not looked at. Where an app can't take that, what it can take, and a note that says
 * so. Throws ScimError for documents that make no sense. RFC 7644 §3.5.1, §3.5.2.
 * @example
 * const { patches } = diff(before, after, User)
 */
export function diff(
  before: Document,
  after: Document,
  type: ResourceType,
  profile: AppProfile = RFC_PROFILE,
  { uncertain = [] }: DiffOptions = {},
): Difference {
  const notes: DifferenceNote[] = []
  const unknown: string[] = []
  const from = comparableForm(before, type)
  const to = comparableForm(after, type, unknown)
  for (const path of unknown) {
    const name = path.split(':').at(-1) ?? path
    if (SERVERS.has(name.toLowerCase())) continue
    notes.push({ kind: 'unknown', path, why: `no schema of ${type.name} has ${path}, so that it is left as it is` })
  }
  const updates = updatesOf(profile, type.name)
  const known = differencesOf(from, to, type, notes).filter(({ root }) => !uncertain.includes(root))
  const differences = [...known, ...forced(from, to, type, uncertain)].filter((each) =>
    isChangeable(each, updates, profile, notes),
  )
  if (differences.length === 0) return { same: true, patches: [], partials: [], notes }

  if (updates.patch && updates.form === 'partial') {
    const able = differences.filter((each) => canPatch(each, updates))
    noteImpossible(
      differences.filter((each) => !able.includes(each)),
      profile,
      notes,
    )
    return { same: able.length === 0, patches: [], partials: renderPartial(able, updates), notes }
  }
  const goal = unlessNoted(to, from, type, notes)
  const operations: Unpacked[] = []
  const left: AttributeDifference[] = []
  for (const each of differences) {
    const rendered = canPatch(each, updates) ? renderDifference(each, updates, type, notes) : undefined
    if (rendered === undefined) left.push(each)
    else operations.push(...rendered)
  }
  if (left.length === 0)
    return { same: false, patches: packOperations(operations, updates, notes), partials: [], notes }
  if (updates.put === 'none') {
    noteImpossible(left, profile, notes)
    return { same: operations.length === 0, patches: packOperations(operations, updates, notes), partials: [], notes }
  }
  const paths = left.map(({ path }) => path).join(', ')
  if (updates.put === 'whole') {
    const why = updates.patch ? `${profile.name} can't change ${paths} by PATCH` : `${profile.name} takes no PATCH`
    notes.push({ kind: 'put', path: paths, why: `${why}, so that the whole resource is sent by PUT` })
    return {
      same: false,
      put: { document: { ...strangers(after, type), ...goal }, partial: false },
      patches: [],
      partials: [],
      notes,
    }
  }
  const document = partialDocument(left, goal, type, profile, notes)
  const patches = packOperations(operations, updates, notes)
  if (document === undefined) return { same: patches.length === 0, patches, partials: [], notes }
  notes.push({
    kind: 'put',
    path: paths,
    why: `${profile.name} changes ${paths} by a PUT that names only what changes`,
  })
  return { same: false, put: { document, partial: true }, patches, partials: [], notes }
}

function noteImpossible(left: readonly AttributeDifference[], { name }: AppProfile, notes: DifferenceNote[]): void {
  for (const { path } of left) {
    notes.push({
      kind: 'impossible',
      path,
      why: `${name} takes no change of ${path}, neither by PATCH nor by PUT`,
    })
  }
}

/** The differences that uncertain attributes come to: each is set whole, or taken away. */
function forced(
  from: Document,
  to: Document,
  type: ResourceType,
  uncertain: readonly string[],
): readonly AttributeDifference[] {
  return uncertain.flatMap((root): readonly AttributeDifference[] => {
    const extension = extensionOf(type, root)
    const holder = (document: Document) => (extension === undefined ? document : objectAt(document, root))
    const attributes =
      extension?.schema.attributes ?? [...COMMON, ...type.schema.attributes].filter(({ name }) => name === root)
    return attributes.flatMap(({ name, mutability, subAttributes, multiValued }): readonly AttributeDifference[] => {
      const path = extension === undefined ? name : `${root}:${name}`
      const old = holder(from)[name]
      const value = holder(to)[name]
      if (mutability === 'readOnly' || (mutability === 'immutable' && old !== undefined)) return []
      // Of an extension only what either document has is known to be ours.
      if (value === undefined)
        return extension !== undefined && old === undefined ? [] : [{ kind: 'unset', path, root }]
      const isOne = subAttributes !== undefined && !multiValued
      const lost = isOne ? Object.keys(objectAt(from, name)).filter((sub) => objectAt(to, name)[sub] === undefined) : []
      return [
        ...(extension === undefined ? lost : []).map(
          (sub) => ({ kind: 'unset', path: `${path}.${sub}`, root }) as const,
        ),
        { kind: 'set', path, root, value, isNew: false },
      ]
    })
  })
}

function objectAt(document: Document, name: string): JsonObject {
  const value = document[name]
  return isObject(value) ? value : {}
}

/** The document to be reached, with what stays as it is as it is: a PUT that says otherwise would be refused whole. */
function unlessNoted(to: Document, from: Document, type: ResourceType, notes: readonly DifferenceNote[]): Document {
  let goal = to
  for (const { kind, path } of notes) {
    const target = kind === 'refused' || kind === 'impossible' ? resolve(path, type) : undefined
    if (target?.attribute === undefined) continue
    const { extension, attribute, sub } = target
    const names = [
      ...(extension === undefined ? [] : [extension]),
      attribute.name,
      ...(sub === undefined ? [] : [sub.name]),
    ]
    goal = withValue(goal, from, names)
  }
  return goal
}

/** A document with the value at a path taken from another one. */
function withValue(document: JsonObject, source: JsonObject, [name = '', ...rest]: readonly string[]): JsonObject {
  const { [name]: own, ...others } = document
  const value = source[name]
  if (rest.length === 0) return value === undefined ? others : { ...document, [name]: value }
  const inner = withValue(isObject(own) ? own : {}, isObject(value) ? value : {}, rest)
  return Object.keys(inner).length === 0 ? others : { ...document, [name]: inner }
}

/** What no schema has: a PUT that leaves it out might take it away. */
function strangers(document: Document, type: ResourceType): Document {
  const names = Object.keys(document).filter((name) => resolve(name, type) === undefined && !SERVERS.has(name))
  return Object.fromEntries(names.map((name) => [name, document[name] ?? null]))
}

/** Members of a document that are the server's, whatever the schemas say of them. */
const SERVERS = new Set(['meta', 'id', 'schemas', 'groups'])

function isChangeable(
  { root, path }: AttributeDifference,
  updates: UpdateProfile,
  profile: AppProfile,
  notes: DifferenceNote[],
): boolean {
  if (!updates.fixed?.includes(root)) return true
  notes.push({ kind: 'impossible', path, why: `${profile.name} never changes ${root}` })
  return false
}

function canPatch({ root }: AttributeDifference, { patch, patchOnly }: UpdateProfile): boolean {
  return patch && (patchOnly === undefined || patchOnly.includes(root))
}

/** The attributes that differ, whole, for a PUT that leaves alone what it doesn't name. */
function partialDocument(
  left: readonly AttributeDifference[],
  to: Document,
  type: ResourceType,
  profile: AppProfile,
  notes: DifferenceNote[],
): Document | undefined {
  const out: { [name: string]: Json } = {}
  for (const { root, path, kind } of left) {
    const value = to[root]
    if (value === undefined || kind === 'unset') {
      const why = `${profile.name} leaves alone what a PUT doesn't name, so that ${path} can't be taken away`
      notes.push({ kind: 'impossible', path, why })
    }
    if (value !== undefined) out[root] = value
  }
  if (Object.keys(out).length === 0) return undefined
  return { schemas: schemasFor(out, type), ...required(to, type), ...out }
}

/** What the type requires goes along in any PUT. */
function required(to: Document, type: ResourceType): JsonObject {
  const names = type.schema.attributes.filter((each) => each.required && to[each.name] !== undefined)
  return Object.fromEntries(names.map(({ name }) => [name, to[name] ?? null]))
}

/** Whether two documents of a type mean the same, apart from what the server alone sets. RFC 7643 §2.4, §2.5. */
export function sameDocument(a: Document, b: Document, type: ResourceType): boolean {
  const notes: DifferenceNote[] = []
  const allowed = differencesOf(comparableForm(a, type), comparableForm(b, type), type, notes)
  return allowed.length === 0 && notes.length === 0
}
