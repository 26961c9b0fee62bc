// Where a rule of a map writes: an attribute of the account, a part of it, or an element of a list.

import {
  type Attribute,
  type BoundFilter,
  bindPath,
  didYouMean,
  formatPath,
  isObject,
  type Json,
  type JsonObject,
  matchesElement,
  parsePath,
  type ResourceType,
  ScimError,
  STRICT,
} from '../../protocol/index.ts'

/** Where a rule writes. */
export interface Place {
  /** In canonical notation, where the schema is known. */
  readonly path: string
  readonly extension?: string
  readonly name: string
  readonly sub?: string
  /** The element of a list that is meant, and what it holds besides when it is made. */
  readonly element?: { readonly filter: BoundFilter; readonly made: JsonObject }
  /** Absent where the schema is not known. */
  readonly attribute?: Attribute
  /** What is written: the attribute, or its part. */
  readonly leaf?: Attribute
}

/** An account that is being put together. */
export type Draft = { [name: string]: Json }

/** The name under which the place counts as managed: the attribute's, or the extension's URN. */
export function topOf({ extension, name }: Place): string {
  return extension ?? name
}

/** Reads where a rule writes; a text says what is wrong. Without a schema, names are taken as they come. */
export function readPlace(text: string, type: ResourceType | undefined): Place | string {
  try {
    const path = parsePath(text)
    if (type === undefined) return path.filter === undefined ? readLoose(text) : 'a filter needs a known schema'
    const bound = bindPath(path, type, { ...STRICT, bareExtensionNames: true })
    if (bound === undefined) return `the account has no such attribute${didYouMean(text, namesOf(type))}`
    if (bound.target === undefined) return 'is an extension; name one of its attributes after a colon'
    const { target, filter, made } = bound
    if (filter !== undefined && made === undefined)
      return 'the filter must say what the element holds: comparisons by eq, joined by and'
    if (filter === undefined && target.sub !== undefined && target.attribute.multiValued)
      return `${target.attribute.name} has several values; say which, as in ${target.attribute.name}[type eq "work"].${target.sub.name}`
    return {
      path: path.filter === undefined ? target.path : formatPath(path),
      ...(target.extension === undefined ? {} : { extension: target.extension }),
      name: target.attribute.name,
      ...(target.sub === undefined ? {} : { sub: target.sub.name }),
      ...(filter === undefined || made === undefined ? {} : { element: { filter, made } }),
      attribute: target.attribute,
      leaf: bound.element ? { ...target.attribute, multiValued: false } : target.leaf,
    }
  } catch (error) {
    if (error instanceof ScimError) return error.detail
    throw error
  }
}

/** Every path that a rule may write to, for suggestions. */
export function namesOf(type: ResourceType): readonly string[] {
  const of = (attributes: readonly Attribute[], prefix: string) =>
    attributes.flatMap(({ name, multiValued, subAttributes = [] }) => [
      prefix + name,
      ...(multiValued ? [] : subAttributes.map((sub) => `${prefix}${name}.${sub.name}`)),
    ])
  return [
    ...of(type.schema.attributes, ''),
    'externalId',
    ...type.extensions.flatMap(({ schema }) => of(schema.attributes, `${schema.id}:`)),
  ]
}

function readLoose(text: string): Place {
  const colon = text.startsWith('urn:') ? text.lastIndexOf(':') : -1
  const [name = '', sub] = text.slice(colon + 1).split('.')
  return {
    path: text,
    ...(colon < 0 ? {} : { extension: text.slice(0, colon) }),
    name,
    ...(sub === undefined ? {} : { sub }),
  }
}

/** Writes a value into a draft; undefined takes away what is there. What lies around it stays. */
export function write(draft: Draft, place: Place, value: Json | undefined): void {
  const { extension, name, sub, element } = place
  const holder = extension === undefined ? draft : { ...objectIn(draft, extension) }
  const next = element === undefined ? inside(holder[name], sub, value) : inElement(holder[name], place, value)
  assign(holder, name, next)
  if (extension !== undefined) assign(draft, extension, Object.keys(holder).length === 0 ? undefined : holder)
}

/** What a whole attribute holds, or its part. */
function inside(now: Json | undefined, sub: string | undefined, value: Json | undefined): Json | undefined {
  if (sub === undefined) return value
  const whole: Draft = isObject(now) ? { ...now } : {}
  assign(whole, sub, value)
  return Object.keys(whole).length === 0 ? undefined : whole
}

function inElement(now: Json | undefined, { element, sub }: Place, value: Json | undefined): Json | undefined {
  if (element === undefined) return now
  const list = Array.isArray(now) ? now : now === undefined ? [] : [now]
  const at = list.findIndex((one) => matchesElement(one, element.filter))
  const old = list[at]
  const made = sub === undefined ? value : inside(isObject(old) ? old : element.made, sub, value)
  const next = isObject(made) && isEmpty(made, element.made) ? undefined : made
  const whole = next === undefined || !isObject(next) || sub !== undefined ? next : { ...element.made, ...next }
  const rest = at < 0 ? list : list.toSpliced(at, 1, ...(whole === undefined ? [] : [whole]))
  const all = at < 0 && whole !== undefined ? [...list, whole] : rest
  return all.length === 0 ? undefined : all
}

/** Whether an element holds nothing besides what tells it from others. */
function isEmpty(element: JsonObject, made: JsonObject): boolean {
  return Object.keys(element).every((name) => name in made)
}

function assign(holder: Draft, name: string, value: Json | undefined): void {
  if (value === undefined) delete holder[name]
  else holder[name] = value
}

function objectIn(draft: Draft, name: string): JsonObject {
  const value = draft[name]
  return isObject(value) ? value : {}
}
