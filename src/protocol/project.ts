// Selects the attributes that are returned. RFC 7644 §3.4.2.5.

import { COMMON, type NameAllowances, resolve } from './attributes.ts'
import type { Target } from './bound.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'
import type { Attribute, ResourceType } from './schema.ts'

/** Which sub-attributes of an attribute are meant: all of them, or these. */
type Subs = true | ReadonlySet<string>

/** What a client wants to see of each resource, bound to a resource type. RFC 7644 §3.9. */
export interface Selection {
  /** `default`: the default set; `only`: what is named; `without`: the default set less what is named. */
  readonly mode: 'default' | 'only' | 'without'
  /** Canonical paths of attributes (`emails`, `urn:…:User:manager`) and the sub-attributes named of each. */
  readonly named: ReadonlyMap<string, Subs>
}

const DEFAULT: Selection = { mode: 'default', named: new Map() }

/**
 * The selection that `attributes` or `excludedAttributes` make; unknown names are ignored. Both together are
 * refused where the query is read. RFC 7644 §3.4.2.5, §3.9.
 */
export function selection(
  attributes: readonly string[] | undefined,
  excludedAttributes: readonly string[] | undefined,
  type: ResourceType,
  allow?: NameAllowances,
): Selection {
  const given = (attributes ?? []).filter((name) => name.trim() !== '')
  const excluded = (excludedAttributes ?? []).filter((name) => name.trim() !== '')
  if (given.length > 0) return { mode: 'only', named: named(given, type, allow) }
  if (excluded.length > 0) return { mode: 'without', named: named(excluded, type, allow) }
  return DEFAULT
}

/** Whether nothing was selected or excluded. */
export function isDefault(selection: Selection): boolean {
  return selection.mode === 'default'
}

/** Whether any of a top-level attribute of the base schema can be in the answer; what cannot need not be read (P-210). */
export function selects(selection: Selection, name: string): boolean {
  const subs = selection.named.get(name)
  if (selection.mode === 'only') return subs !== undefined
  return selection.mode === 'default' || subs !== true
}

/**
 * The part of a full representation that the client gets. `requested` are canonical paths that it set in the same
 * request: they bring `returned: request` attributes into the answer. RFC 7643 §7, RFC 7644 §3.9.
 */
export function project(
  document: Document,
  selection: Selection,
  type: ResourceType,
  options: { readonly requested?: readonly string[] } = {},
): Document {
  const plan = plans.get(type) ?? planOf(type)
  if (selection.mode === 'default' && plan.plain) return document
  const requested = options.requested === undefined ? NONE : named(options.requested, type)
  const out: { [name: string]: Json } = {}
  pick(document, plan.base, '', selection, requested, out)
  for (const { urn, attributes } of plan.extensions) {
    const members = document[urn]
    if (!isObject(members)) continue
    const inner: { [name: string]: Json } = {}
    pick(members, attributes, `${urn}:`, selection, requested, inner)
    for (const _ in inner) {
      out[urn] = inner
      break
    }
  }
  return out
}

const NONE: ReadonlyMap<string, Subs> = new Map()

interface Plan {
  /** Every attribute has `returned` always or default, so that the default selection takes all there is. */
  readonly plain: boolean
  readonly base: ReadonlyMap<string, Attribute>
  readonly extensions: readonly { readonly urn: string; readonly attributes: ReadonlyMap<string, Attribute> }[]
}

const plans = new WeakMap<ResourceType, Plan>()

function planOf(type: ResourceType): Plan {
  const byName = (attributes: readonly Attribute[]) => new Map(attributes.map((each) => [each.name, each]))
  const all = [...type.schema.attributes, ...type.extensions.flatMap(({ schema }) => schema.attributes)]
  const shown = ({ returned, subAttributes = [] }: Attribute): boolean =>
    (returned === 'always' || returned === 'default') && subAttributes.every(shown)
  const plan = {
    // The core password is never in a document and needs no filtering; an attribute of that name in an extension does.
    plain: all.every((each) => shown(each) || (each.name === 'password' && type.schema.attributes.includes(each))),
    base: byName([...type.schema.attributes, ...COMMON]),
    extensions: type.extensions.map(({ schema }) => ({ urn: schema.id, attributes: byName(schema.attributes) })),
  }
  plans.set(type, plan)
  return plan
}

function named(names: readonly string[], type: ResourceType, allow?: NameAllowances): ReadonlyMap<string, Subs> {
  const out = new Map<string, Subs>()
  const add = (path: string, sub: string | undefined) => {
    const known = out.get(path)
    if (sub === undefined || known === true) out.set(path, true)
    else out.set(path, new Set([...(known ?? []), sub]))
  }
  for (const name of names) {
    const found = resolve(name.trim(), type, allow)
    if (found === undefined) continue
    if (found.attribute !== undefined) add(parentPath(found), found.sub?.name)
    else {
      // The URN alone names every attribute of the extension (P-204).
      const extension = type.extensions.find(({ schema }) => schema.id === found.extension)
      for (const attribute of extension?.schema.attributes ?? []) add(`${found.extension}:${attribute.name}`, undefined)
    }
  }
  return out
}

function parentPath({ extension, attribute }: Target): string {
  return extension === undefined ? attribute.name : `${extension}:${attribute.name}`
}

function pick(
  holder: JsonObject,
  attributes: ReadonlyMap<string, Attribute>,
  prefix: string,
  selection: Selection,
  requested: ReadonlyMap<string, Subs>,
  out: { [name: string]: Json },
): void {
  for (const name in holder) {
    const attribute = attributes.get(name)
    const value = holder[name]
    if (attribute === undefined || value === undefined) continue
    const path = prefix + name
    const kept = pickOne(attribute, value, selection, selection.named.get(path), requested.get(path))
    if (kept !== undefined) out[name] = kept
  }
}

function pickOne(
  attribute: Attribute,
  value: Json,
  { mode }: Selection,
  subs: Subs | undefined,
  requested: Subs | undefined,
): Json | undefined {
  const { returned } = attribute
  if (returned === 'never') return undefined
  if (returned !== 'always') {
    if (mode === 'only' && subs === undefined) return undefined
    if (mode === 'without' && subs === true) return undefined
    if (returned === 'request' && requested === undefined && (mode !== 'only' || subs === undefined)) return undefined
  }
  if (attribute.subAttributes === undefined) return value
  const wanted = attribute.subAttributes.filter((sub) => isWanted(sub, returned, mode, subs, requested))
  if (wanted.length === attribute.subAttributes.length) return value
  const names = new Set(wanted.map((sub) => sub.name))
  const narrow = (one: Json) => (isObject(one) ? narrowed(one, names) : one)
  if (!Array.isArray(value)) return narrow(value)
  const list = value.map(narrow).filter((one) => one !== undefined)
  return list.length === 0 ? undefined : list
}

function isWanted(
  sub: Attribute,
  parentReturned: Attribute['returned'],
  mode: Selection['mode'],
  subs: Subs | undefined,
  requested: Subs | undefined,
): boolean {
  if (sub.returned === 'never') return false
  if (sub.returned === 'always') return true
  const isNamed = subs !== undefined && subs !== true && subs.has(sub.name)
  const isRequested = requested !== undefined && requested !== true && requested.has(sub.name)
  if (mode === 'only') {
    // Always returned, though not named: the whole of it.
    if (subs === undefined) return parentReturned === 'always' && sub.returned === 'default'
    if (subs !== true) return isNamed
    return sub.returned === 'default'
  }
  if (mode === 'without' && isNamed) return false
  return sub.returned === 'default' || isRequested || requested === true
}

function narrowed(value: JsonObject, names: ReadonlySet<string>): JsonObject | undefined {
  const out: { [name: string]: Json } = {}
  let some = false
  for (const name in value) {
    const member = value[name]
    if (member === undefined || !names.has(name)) continue
    out[name] = member
    some = true
  }
  return some ? out : undefined
}
