// What a change of schemas would remove from resources, and how their values are converted or dropped.

import { requireNodeCrypto } from '../node-crypto.ts'
import {
  type Attribute,
  checkDocument,
  comparable,
  type Document,
  defineResourceType,
  defineSchema,
  isObject,
  type Json,
  type ResourceType,
  type Schema,
  STRICT,
} from '../protocol/index.ts'

/** What a change of a schema or type would remove from resources, or what would make them invalid. */
export interface Loss {
  /** In words, for the administrator: `attribute urn:…:badge:number would be removed`. */
  readonly what: string
  /** Names of the types whose resources are affected. */
  readonly types: readonly string[]
  /** Whether a resource has a value that is in the way. Called once for each, in the order of ids, between one `begin` and the next. */
  readonly uses: (document: Document) => boolean
  /** Starts a pass over all resources, for losses that compare them with each other. */
  readonly begin?: () => void
  /** The resource with values converted to their new form; the same object if nothing changes. Loses nothing. */
  readonly convert?: (document: Document) => Document
  /** The resource without the values that are in the way, and the others converted; absent if values can't be dropped. */
  readonly drop?: (document: Document) => Document
}

/** A part of a document with attributes: its core, or one of its extensions. */
interface Holder {
  readonly types: readonly string[]
  /** Absent: the core. */
  readonly extension?: string
}

/** Every loss from replacing one version of a schema by another, for the types that use it. RFC 7643 §7. */
export function lossOfSchema(before: Schema, after: Schema, types: readonly ResourceType[]): readonly Loss[] {
  const losses: Loss[] = []
  const bases = types.filter((type) => type.schema.id === before.id).map((type) => type.name)
  const extended = types.filter((type) => type.extensions.some(({ schema }) => schema.id === before.id))
  if (bases.length > 0) compare(before.attributes, after.attributes, before.id, { types: bases }, [], losses)
  if (extended.length > 0) {
    const holder = { types: extended.map((type) => type.name), extension: before.id }
    compare(before.attributes, after.attributes, before.id, holder, [], losses)
  }
  return losses
}

/** Every loss from replacing one version of a resource type by another. RFC 7643 §6. */
export function lossOfType(before: ResourceType, after: ResourceType): readonly Loss[] {
  const types = [before.name]
  const losses: Loss[] = []
  if (before.schema.id !== after.schema.id) {
    losses.push({ what: `the base schema of ${before.name} would be another`, types, uses: () => true })
  }
  for (const { schema } of before.extensions) {
    if (after.extensions.some((extension) => extension.schema.id === schema.id)) continue
    losses.push(lossOfExtension(schema.id, types))
  }
  for (const { schema, required } of after.extensions) {
    const was = before.extensions.find((extension) => extension.schema.id === schema.id)
    if (!required || was?.required === true) continue
    losses.push({
      what: `extension ${schema.id} of ${before.name} would be required`,
      types,
      uses: (document) => document[schema.id] === undefined,
    })
  }
  return losses
}

/** The loss from removing an extension from types. */
export function lossOfExtension(extension: string, types: readonly string[]): Loss {
  return {
    what: `extension ${extension} of ${types.join(', ')} would be removed`,
    types,
    uses: (document) => document[extension] !== undefined,
    drop: (document) => withHolder(document, extension, undefined),
  }
}

function compare(
  before: readonly Attribute[],
  after: readonly Attribute[],
  urn: string,
  holder: Holder,
  parents: readonly string[],
  losses: Loss[],
) {
  for (const old of before) {
    const path = [...parents, old.name]
    const now = after.find((attribute) => sameName(attribute.name, old.name))
    const what = (how: string) => `attribute ${urn}:${path.join('.')} would be ${how}`
    if (now === undefined) {
      losses.push(lossOfValues(what('removed'), holder, path, () => ({ lost: true })))
      continue
    }
    const change = changeOf(old, now)
    if (change !== undefined) losses.push(lossOfValues(what(change.how), holder, path, change.become))
    if (old.subAttributes && now.subAttributes) {
      compare(old.subAttributes, now.subAttributes, urn, holder, path, losses)
    }
    const unique = becomesUnique(old, now)
    if (unique === undefined) continue
    // Values are unique within a type.
    for (const type of holder.types) losses.push(lossOfTwins(what(unique), { ...holder, types: [type] }, path, now))
  }
  for (const now of after) {
    const old = before.find((attribute) => sameName(attribute.name, now.name))
    if (!now.required || old?.required === true) continue
    losses.push(
      lossOfLacking(`attribute ${urn}:${[...parents, now.name].join('.')} would be required`, holder, [
        ...parents,
        now.name,
      ]),
    )
  }
}

/** Values that don't fit are lost, the others are converted. */
function lossOfValues(what: string, holder: Holder, path: readonly string[], become: Become): Loss {
  const change = (lose: boolean) => (document: Document) =>
    editIn(document, holder, path, (value) => {
      const { value: next, lost } = become(value)
      if (lost && !lose) return value
      return next !== undefined && sameJson(next, value) ? value : next
    })
  return {
    what,
    types: holder.types,
    uses: (document) => {
      let some = false
      editIn(document, holder, path, (value) => {
        some ||= become(value).lost
        return value
      })
      return some
    },
    convert: change(false),
    drop: change(true),
  }
}

/** The first of the resources with the same value keeps it. */
function lossOfTwins(what: string, holder: Holder, path: readonly string[], now: Attribute): Loss {
  const holders = new Map<number, string>()
  const isTwin = (value: Json, id: string): boolean => {
    if (typeof value !== 'string' && typeof value !== 'number') return false
    const key = hash(typeof value === 'string' ? comparable(now, value) : String(value))
    const first = holders.get(key)
    if (first === undefined) holders.set(key, id)
    return first !== undefined && first !== id
  }
  const drop = (document: Document) => {
    const id = String(document.id)
    return editIn(document, holder, path, (value) => {
      if (!Array.isArray(value)) return isTwin(value, id) ? undefined : value
      const left = value.filter((one: Json) => !isTwin(one, id))
      return left.length === value.length ? value : left.length === 0 ? undefined : left
    })
  }
  return {
    what,
    types: holder.types,
    begin: () => holders.clear(),
    uses: (document) => drop(document) !== document,
    drop,
  }
}

/** What lacks a value that will be required: the element of a list, or the whole extension. */
function lossOfLacking(what: string, holder: Holder, path: readonly string[]): Loss {
  const { types, extension } = holder
  const uses = (document: Document) => lacks(inside(document, holder), path)
  const [name = '', ...parents] = path.toReversed()
  if (parents.length > 0) {
    const whole = (one: Json) => isObject(one) && isEmpty(one[name])
    const drop = (document: Document) =>
      editIn(document, holder, parents.toReversed(), (value) => {
        if (!Array.isArray(value)) return whole(value) ? undefined : value
        const left = value.filter((one: Json) => !whole(one))
        return left.length === value.length ? value : left.length === 0 ? undefined : left
      })
    return { what, types, uses, drop }
  }
  if (extension === undefined) return { what, types, uses }
  const drop = (document: Document) => (uses(document) ? withHolder(document, extension, undefined) : document)
  return { what, types, uses, drop }
}

/** A value or list under another definition; `lost`: a part of it doesn't fit. */
type Become = (value: Json) => { readonly value?: Json; readonly lost: boolean }

/** How the values of an attribute have to change, if at all: their type, and whether they are lists. */
function changeOf(old: Attribute, now: Attribute): { readonly how: string; readonly become: Become } | undefined {
  const how = [
    ...(old.type === now.type ? [] : [`of type ${now.type} instead of ${old.type}`]),
    ...(old.multiValued === now.multiValued ? [] : [now.multiValued ? 'multi-valued' : 'single-valued']),
  ]
  if (how.length === 0) return undefined
  const one = (value: Json) => (old.type === now.type ? value : convertedTo(now, value))
  const become: Become = (value) => {
    const list: readonly Json[] = Array.isArray(value) ? value : [value]
    const left = list.flatMap((each) => one(each) ?? [])
    const lost = left.length < list.length || (!now.multiValued && left.length > 1)
    // Which one of several is meant is unknown.
    const next = now.multiValued ? left : list.length === 1 ? left[0] : undefined
    return next === undefined || (Array.isArray(next) && next.length === 0) ? { lost } : { value: next, lost }
  }
  return { how: how.join(' and '), become }
}

/** A value converted to another type without a change of meaning; undefined if that is impossible. RFC 7643 §2.3. */
function convertedTo(now: Attribute, value: Json): Json | undefined {
  switch (now.type) {
    case 'string':
      return isObject(value) || Array.isArray(value) || value === null ? undefined : String(value)
    case 'integer':
    case 'decimal': {
      const number =
        typeof value === 'string' && /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(value) ? Number(value) : value
      if (typeof number !== 'number') return undefined
      return now.type === 'decimal' || Number.isSafeInteger(number) ? number : undefined
    }
    case 'boolean': {
      const word = typeof value === 'string' ? value.toLowerCase() : value
      return word === true || word === 'true' ? true : word === false || word === 'false' ? false : undefined
    }
    case 'complex':
      return undefined
    default:
      return typeof value === 'string' && hasForm(now, value) ? value : undefined
  }
}

/** Whether a text is in the form of an attribute's values: a time, a URI, base64. */
function hasForm({ name, type, referenceTypes }: Attribute, value: string): boolean {
  const attribute = { type, ...(referenceTypes === undefined ? {} : { referenceTypes }) }
  const schema = defineSchema({ id: 'urn:example:one', name: 'One', attributes: { [name]: attribute } })
  const one = defineResourceType({ name: 'One', endpoint: '/Ones', schema })
  try {
    checkDocument({ schemas: [schema.id], [name]: value }, one, STRICT)
    return true
  } catch {
    return false
  }
}

function becomesUnique(old: Attribute, now: Attribute): string | undefined {
  if (now.uniqueness === 'none') return undefined
  if (old.uniqueness === 'none') return `unique (${now.uniqueness})`
  // Two values that differ only in letter case become equal.
  return old.caseExact && !now.caseExact ? 'compared without regard to case' : undefined
}

/** A hash of 53 bits: a million values take little memory, and collisions are all but impossible. */
function hash(text: string): number {
  const bytes = requireNodeCrypto().createHash('sha256').update(text).digest()
  return bytes.readUIntBE(0, 6) * 32 + (bytes.readUInt8(6) >> 3)
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function inside(document: Document, { extension }: Holder): Json | undefined {
  return extension === undefined ? document : document[extension]
}

/** Whether the parent of a path exists, in any element of lists on the way, without the value at the path. */
function lacks(value: Json | undefined, path: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((element: Json) => lacks(element, path))
  const [name, ...rest] = path
  if (!isObject(value) || name === undefined) return false
  return rest.length === 0 ? isEmpty(value[name]) : lacks(value[name], rest)
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === ''
}

/** The document with another value at the path, or none; the same object if nothing changes. */
function editIn(document: Document, holder: Holder, path: readonly string[], edit: Edit): Document {
  const { extension } = holder
  if (extension === undefined) {
    const core = edited(document, path, edit)
    return isObject(core) ? core : document
  }
  const held = document[extension]
  if (held === undefined) return document
  const left = edited(held, path, edit)
  return left === held ? document : withHolder(document, extension, left)
}

type Edit = (value: Json) => Json | undefined

/** A value with another one at the path; the same object if nothing changes; undefined if nothing is left. */
function edited(value: Json, path: readonly string[], edit: Edit): Json | undefined {
  if (path.length === 0) return edit(value)
  if (Array.isArray(value)) {
    const left = value.map((element: Json) => edited(element, path, edit)).filter((element) => element !== undefined)
    if (left.length === value.length && left.every((element, index) => element === value[index])) return value
    return left.length === 0 ? undefined : left
  }
  const [name, ...rest] = path
  if (!isObject(value) || name === undefined) return value
  const held = value[name]
  if (held === undefined) return value
  const left = edited(held, rest, edit)
  if (left === held) return value
  const { [name]: _gone, ...others } = value
  if (left !== undefined) return { ...value, [name]: left }
  return Object.keys(others).length === 0 ? undefined : others
}

function sameJson(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The document with another value of an extension; without one, its URN leaves `schemas` too. RFC 7643 §3. */
function withHolder(document: Document, extension: string, value: Json | undefined): Document {
  if (value !== undefined) return { ...document, [extension]: value }
  if (document[extension] === undefined) return document
  const { [extension]: _gone, ...rest } = document
  const schemas = Array.isArray(rest.schemas) ? rest.schemas.filter((urn: Json) => urn !== extension) : []
  return { ...rest, schemas }
}
