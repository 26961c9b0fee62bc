import type { Attribute, Document, Json, ResourceType, Schema } from '../protocol/index.ts'
import { isObject } from '../protocol/index.ts'

/** What a change of a schema or type would take away from resources, or make them break. */
export interface Loss {
  /** In words, for the administrator: `attribute urn:…:badge:number would be removed`. */
  readonly what: string
  /** Names of the types whose resources are concerned. */
  readonly types: readonly string[]
  /** Whether a resource is concerned. */
  readonly uses: (document: Document) => boolean
  /** The resource without the values that are in the way; absent when there is no such way. */
  readonly drop?: (document: Document) => Document
}

/** A place that holds attributes: the core of a document, or one of its extensions. */
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

/** The loss from taking an extension off types. */
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
    const reason = now === undefined ? 'removed' : changed(old, now)
    if (reason !== undefined) {
      losses.push({
        what: `attribute ${urn}:${path.join('.')} would be ${reason}`,
        types: holder.types,
        uses: (document) => has(inside(document, holder), path),
        drop: (document) => dropIn(document, holder, path),
      })
    } else if (old.subAttributes && now?.subAttributes) {
      compare(old.subAttributes, now.subAttributes, urn, holder, path, losses)
    }
  }
  for (const now of after) {
    const old = before.find((attribute) => sameName(attribute.name, now.name))
    if (!now.required || old?.required === true) continue
    const path = [...parents, now.name]
    const { extension } = holder
    losses.push({
      what: `attribute ${urn}:${path.join('.')} would be required`,
      types: holder.types,
      uses: (document) => lacks(inside(document, holder), path),
      ...(extension === undefined ? {} : { drop: (document) => withHolder(document, extension, undefined) }),
    })
  }
}

/** In what way values that were right may be wrong now. */
function changed(old: Attribute, now: Attribute): string | undefined {
  if (old.type !== now.type) return `of type ${now.type} instead of ${old.type}`
  if (old.multiValued !== now.multiValued) return now.multiValued ? 'multi-valued' : 'single-valued'
  if (old.uniqueness === 'none' && now.uniqueness !== 'none') return `unique (${now.uniqueness})`
  // Two values that differ only in case become the same one.
  if (now.uniqueness !== 'none' && old.caseExact && !now.caseExact) return 'compared without regard to case'
  return undefined
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function inside(document: Document, { extension }: Holder): Json | undefined {
  return extension === undefined ? document : document[extension]
}

/** Whether there is a value at the end of the path, in any element of lists on the way. */
function has(value: Json | undefined, path: readonly string[]): boolean {
  if (value === undefined) return false
  const [name, ...rest] = path
  if (name === undefined) return true
  if (Array.isArray(value)) return value.some((element: Json) => has(element, path))
  return isObject(value) && has(value[name], rest)
}

/** Whether the parent of the path's end is there, in any element of lists on the way, but not the end itself. */
function lacks(value: Json | undefined, path: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((element: Json) => lacks(element, path))
  const [name, ...rest] = path
  if (!isObject(value) || name === undefined) return false
  return rest.length === 0 ? value[name] === undefined : lacks(value[name], rest)
}

function dropIn(document: Document, holder: Holder, path: readonly string[]): Document {
  const { extension } = holder
  if (extension === undefined) {
    const core = without(document, path)
    return isObject(core) ? core : document
  }
  const held = document[extension]
  if (held === undefined) return document
  const left = without(held, path)
  return left === held ? document : withHolder(document, extension, left)
}

/** The value without what is at the path; the same value when there is nothing; undefined when nothing is left. */
function without(value: Json, path: readonly string[]): Json | undefined {
  if (Array.isArray(value)) {
    const left = value.map((element: Json) => without(element, path)).filter((element) => element !== undefined)
    if (left.length === value.length && left.every((element, index) => element === value[index])) return value
    return left.length === 0 ? undefined : left
  }
  const [name, ...rest] = path
  if (!isObject(value) || name === undefined) return value
  const held = value[name]
  if (held === undefined) return value
  const left = rest.length === 0 ? undefined : without(held, rest)
  if (left === held) return value
  const { [name]: _gone, ...others } = value
  if (left !== undefined) return { ...value, [name]: left }
  return Object.keys(others).length === 0 ? undefined : others
}

/** The document with another value of an extension; without one, its URN leaves `schemas` too. RFC 7643 §3. */
function withHolder(document: Document, extension: string, value: Json | undefined): Document {
  if (value !== undefined) return { ...document, [extension]: value }
  if (document[extension] === undefined) return document
  const { [extension]: _gone, ...rest } = document
  const schemas = Array.isArray(rest.schemas) ? rest.schemas.filter((urn: Json) => urn !== extension) : []
  return { ...rest, schemas }
}
