// Compares two documents attribute by attribute.

import { LENIENT } from './allowances.ts'
import { COMMON, extensionOf } from './attributes.ts'
import { bare } from './diff-list.ts'
import { canonicalJson, equalJson, sameKeys } from './equal.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'
import { normalise } from './normalise.ts'
import { type Attribute, isReference, type ResourceType, type Schema } from './schema.ts'

/** How one attribute differs. Paths are in standard notation. */
export type AttributeDifference =
  /** A value, or several sub-attributes of one, is other than it was; `isNew` when there was none. */
  | {
      readonly kind: 'set'
      readonly path: string
      readonly root: string
      readonly value: Json
      readonly isNew: boolean
    }
  | { readonly kind: 'unset'; readonly path: string; readonly root: string }
  | {
      readonly kind: 'list'
      readonly path: string
      readonly root: string
      readonly attribute: Attribute
      readonly old: readonly Json[]
      readonly next: readonly Json[]
    }
  | {
      readonly kind: 'members'
      readonly path: string
      readonly root: string
      readonly next: readonly JsonObject[]
      readonly added: readonly JsonObject[]
      readonly removed: readonly JsonObject[]
      readonly hadNone: boolean
    }

/** Something that a caller should know of a difference. */
export interface DifferenceNote {
  /**
   * `refused`: the schema forbids it. `impossible`: the app has no way to do it. `put`, `whole list`, `split`: done by other means
   * than the least PATCH. `unknown`: no schema has the attribute, so that it isn't looked at.
   */
  readonly kind: 'refused' | 'impossible' | 'put' | 'whole list' | 'split' | 'unknown'
  readonly path: string
  readonly why: string
}

/** A document as differences are looked for in it: normal form, without what the server alone sets, references by id. */
export function comparableForm(document: Document, type: ResourceType, unknown?: string[]): Document {
  const notes = { unknown: [] as string[], cleared: [] }
  const form = normalise(withoutUris(document, type), type, LENIENT, notes)
  unknown?.push(...notes.unknown)
  return form
}

/** A reference is its id; what a server writes into `$ref` is its own way to say where that is. */
function withoutUris(document: Document, type: ResourceType): Document {
  const namesIn = ({ attributes }: Schema) =>
    new Set(attributes.filter(isReference).map(({ name }) => name.toLowerCase()))
  const strip = (value: Json): Json => {
    if (Array.isArray(value)) return value.map((each: Json) => strip(each))
    if (!isObject(value) || value.value === undefined || value.$ref === undefined) return value
    const { $ref: _uri, ...rest } = value
    return rest
  }
  const holder = (object: JsonObject, names: ReadonlySet<string>): JsonObject =>
    Object.fromEntries(
      Object.entries(object).map(([name, value]) => {
        if (names.has(name.toLowerCase())) return [name, strip(value)]
        const extension = isObject(value) ? extensionOf(type, name) : undefined
        return [name, isObject(value) && extension !== undefined ? holder(value, namesIn(extension.schema)) : value]
      }),
    )
  return holder(document, namesIn(type.schema))
}

/** Every difference between two documents in comparable form; what may not be changed goes to the notes. */
export function differencesOf(
  before: Document,
  after: Document,
  type: ResourceType,
  notes: DifferenceNote[],
): readonly AttributeDifference[] {
  const out: AttributeDifference[] = []
  // Some schemas list externalId, id or meta, which every resource has whatever they say. RFC 7643 §3.1.
  const common = new Set(COMMON.map(({ name }) => name.toLowerCase()))
  const own = type.schema.attributes.filter(({ name }) => !common.has(name.toLowerCase()))
  const core = [...COMMON.filter(({ name }) => name === 'externalId'), ...own]
  compare(before, after, core, '', undefined, out, notes)
  for (const { schema } of type.extensions) {
    const old = before[schema.id]
    const now = after[schema.id]
    compare(
      isObject(old) ? old : {},
      isObject(now) ? now : {},
      schema.attributes,
      `${schema.id}:`,
      schema.id,
      out,
      notes,
    )
  }
  return out
}

function compare(
  before: JsonObject,
  after: JsonObject,
  attributes: readonly Attribute[],
  prefix: string,
  extension: string | undefined,
  out: AttributeDifference[],
  notes: DifferenceNote[],
): void {
  for (const attribute of attributes) {
    const { name, mutability, returned } = attribute
    if (mutability === 'readOnly') continue
    const path = prefix + name
    const root = extension ?? name
    const old = stated(before[name])
    const now = stated(after[name])
    if (equalJson(old, now) || (Array.isArray(old) && Array.isArray(now) && sameLists(old, now))) continue
    // An attribute that is never returned may still have a value. RFC 7643 §7, "returned".
    if (now === undefined && (returned === 'never' || mutability === 'writeOnly')) continue
    if (before[name] !== undefined && mutability === 'immutable') {
      notes.push({ kind: 'refused', path, why: `${path} is immutable: it has a value already, which stays` })
      continue
    }
    if (attribute.multiValued) compareLists(attribute, old, now, path, root, out)
    else if (attribute.subAttributes !== undefined) compareComplex(attribute, old, now, path, root, out, notes)
    else if (now === undefined) out.push({ kind: 'unset', path, root })
    else out.push({ kind: 'set', path, root, value: now, isNew: old === undefined })
  }
}

/** A value without what says the same as nothing. RFC 7643 §2.4, §2.5. */
function stated(value: Json | undefined): Json | undefined {
  if (!isObject(value)) return value
  const plain = bare(value)
  return Object.keys(plain).length === 0 ? undefined : plain
}

function compareComplex(
  attribute: Attribute,
  old: Json | undefined,
  now: Json | undefined,
  path: string,
  root: string,
  out: AttributeDifference[],
  notes: DifferenceNote[],
): void {
  const from = isObject(old) ? old : {}
  const to = isObject(now) ? now : {}
  const set: { [name: string]: Json } = {}
  const lost: string[] = []
  for (const sub of attribute.subAttributes ?? []) {
    const { name, mutability } = sub
    const value = to[name]
    if (mutability === 'readOnly' || equalJson(from[name], value)) continue
    if (from[name] !== undefined && mutability === 'immutable') {
      notes.push({
        kind: 'refused',
        path: `${path}.${name}`,
        why: `${path}.${name} is immutable: it has a value already`,
      })
    } else if (value !== undefined) set[name] = value
    else if (sub.returned !== 'never' && mutability !== 'writeOnly') lost.push(name)
  }
  const kept = Object.keys(from).filter((name) => !lost.includes(name))
  if (lost.length > 0 && kept.length === 0 && Object.keys(set).length === 0) {
    out.push({ kind: 'unset', path, root })
    return
  }
  for (const name of lost) out.push({ kind: 'unset', path: `${path}.${name}`, root })
  const [only, ...others] = Object.keys(set)
  if (only === undefined) return
  // A reference is set as a whole: its other parts follow from the id.
  if (others.length > 0 || isReference(attribute) || old === undefined) {
    out.push({ kind: 'set', path, root, value: set, isNew: old === undefined })
  } else {
    out.push({ kind: 'set', path: `${path}.${only}`, root, value: set[only] ?? null, isNew: from[only] === undefined })
  }
}

/** Sub-attributes of a list whose values are known by their id alone. */
const BY_ID = new Set(['value', '$ref', 'type', 'display'])

function compareLists(
  attribute: Attribute,
  old: Json | undefined,
  now: Json | undefined,
  path: string,
  root: string,
  out: AttributeDifference[],
): void {
  const from: readonly Json[] = Array.isArray(old) ? old : []
  const to: readonly Json[] = Array.isArray(now) ? now : []
  if (isReference(attribute) && (attribute.subAttributes ?? []).every(({ name }) => BY_ID.has(name))) {
    const had = new Map(from.filter(isObject).map((one) => [one.value, one]))
    const has = new Map(to.filter(isObject).map((one) => [one.value, one]))
    const added = [...has.values()].filter(({ value }) => !had.has(value))
    const removed = [...had.values()].filter(({ value }) => !has.has(value))
    if (added.length + removed.length === 0) return
    out.push({ kind: 'members', path, root, next: [...has.values()], added, removed, hadNone: had.size === 0 })
    return
  }
  if (sameLists(from, to)) return
  out.push({ kind: 'list', path, root, attribute, old: from, next: to })
}

/** Whether two lists hold the same values; their order means nothing. RFC 7643 §2.4. */
export function sameLists(a: readonly Json[], b: readonly Json[]): boolean {
  return sameKeys(a, b, (one) => canonicalJson(isObject(one) ? bare(one) : one))
}
