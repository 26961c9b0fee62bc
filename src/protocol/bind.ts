// Looks up the names of a filter and checks operators and values against the schema. RFC 7644 §3.4.2.2.

import { type Allowances, STRICT } from './allowances.ts'
import { resolve } from './attributes.ts'
import type { BoundFilter, BoundSort, Comparison, Target } from './bound.ts'
import { canonicalValue } from './canonical-value.ts'
import { invalidFilter, invalidPath, invalidValue, type ScimError } from './errors.ts'
import type { Filter } from './filter.ts'
import { comparable, comparablePart } from './folding.ts'
import { instantOf } from './instant.ts'
import type { JsonObject } from './json.ts'
import { asBoolean, asNumber, asStored } from './mend.ts'
import type { Path } from './path.ts'
import type { Attribute, ResourceType } from './schema.ts'

/** How far binding bends; a part of {@link Allowances}. */
export type BindAllowances = Pick<
  Allowances,
  | 'bareExtensionNames'
  | 'complexMeansValue'
  | 'dotAfterUrn'
  | 'filterOnSingular'
  | 'looseText'
  | 'textBooleans'
  | 'textNumbers'
  | 'unquotedFilterValues'
>

/** For queries over several types: an attribute that only others of them have counts as having no value (P-105). */
export interface BindOptions {
  readonly types?: readonly ResourceType[] | undefined
}

/** A PATCH path bound to a resource type. RFC 7644 §3.5.2. */
export type BoundPath =
  /** An extension as a whole, by its URN in canonical case (P-383). */
  | { readonly extension: string; readonly target?: undefined }
  | {
      readonly extension?: undefined
      /** What is named; with a filter and a sub-attribute after it, that sub-attribute of the values selected. */
      readonly target: Target
      /** Selects values of `target.attribute`; test them with `matchesElement`. */
      readonly filter?: BoundFilter
      /** The value the filter describes, if it is a conjunction of `eq` terms on distinct sub-attributes: in the client's spelling. */
      readonly made?: JsonObject
      /** True when the values selected are meant themselves: a filter and no sub-attribute after it. */
      readonly element: boolean
    }

type Term = Extract<Filter, { readonly path: string; readonly value: unknown }>

interface Binding {
  readonly type: ResourceType
  readonly allow: BindAllowances
  readonly types: readonly ResourceType[] | undefined
  /** Inside brackets: the attribute before them. */
  readonly parent: Target | undefined
}

const ORDERING: ReadonlySet<Comparison> = new Set(['gt', 'lt', 'ge', 'le'])
const TEXTUAL: ReadonlySet<Comparison> = new Set(['co', 'sw', 'ew'])

/**
 * Looks up the names of a filter and checks operators and values against the attributes' types; what doesn't fit is 400
 * invalidFilter (P-132, P-137..P-143, A-23, A-25, A-26, A-29..A-31). RFC 7644 §3.4.2.2.
 * @example
 * const bound = bindFilter(parseFilter('emails[type eq "work"] pr'), User)
 */
export function bindFilter(
  filter: Filter,
  type: ResourceType,
  allow: BindAllowances = STRICT,
  options?: BindOptions,
): BoundFilter {
  return bind(filter, { type, allow, types: options?.types, parent: undefined })
}

/**
 * Looks up what a list is sorted by; undefined when only other types of the query have it, so that no resource of this
 * one has a value. RFC 7644 §3.4.2.3.
 */
export function bindSort(
  sortBy: string,
  sortOrder: 'ascending' | 'descending' | undefined,
  type: ResourceType,
  options?: BindOptions & { readonly allow?: BindAllowances },
): BoundSort | undefined {
  const allow = options?.allow ?? STRICT
  const found = resolve(sortBy, type, allow)
  if (found === undefined && knownElsewhere(sortBy, type, options?.types, allow)) return undefined
  if (found?.attribute === undefined) throw invalidValue(`sortBy: ${type.name} has no attribute ${shown(sortBy)}`)
  const target = sortable(found, type)
  return { target, descending: sortOrder === 'descending' }
}

/**
 * Looks up what a PATCH path names; undefined when the schemas of the type have no such attribute, which
 * `unknownPath` turns into an error. RFC 7644 §3.5.2.
 */
export function bindPath(path: Path, type: ResourceType, allow: BindAllowances = STRICT): BoundPath | undefined {
  const found = resolve(path.attribute, type, allow)
  if (found === undefined) return undefined
  if (found.attribute === undefined) {
    if (path.filter !== undefined) throw invalidPath(`${found.extension} is an extension; a filter can't follow it`)
    return found
  }
  if (path.filter === undefined) return { target: found, element: false }
  const { attribute } = found
  if (found.sub !== undefined || !filterable(attribute, allow)) {
    throw invalidPath(`${found.path} has no list of values that a filter could choose from`)
  }
  const inside = { type, allow, types: undefined, parent: found }
  const filter = bind(path.filter, inside)
  const made = elementOf(path.filter, inside)
  const which = made === undefined ? { filter } : { filter, made }
  if (path.sub === undefined) return { target: found, ...which, element: true }
  const part = resolve(`${found.path}.${path.sub}`, type)
  return part?.attribute === undefined ? undefined : { target: part, ...which, element: false }
}

/** The error for a path that names nothing (P-354, P-392). RFC 7644 §3.5.2. */
export function unknownPath(path: string, type: ResourceType): ScimError {
  return invalidPath(`${type.name} has no attribute ${shown(path)}; see ${type.name} in /Schemas for those it has`)
}

/** All attributes that a filter asks about. */
export function targetsIn(filter: BoundFilter): readonly Target[] {
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.all.flatMap(targetsIn)
    case 'not':
      return targetsIn(filter.filter)
    case 'has':
      return [filter.target, ...targetsIn(filter.filter)]
    case 'constant':
      return []
    default:
      return [filter.target]
  }
}

function bind(filter: Filter, binding: Binding): BoundFilter {
  switch (filter.op) {
    case 'and':
    case 'or':
      return joined(
        filter.op,
        filter.all.map((part) => bind(part, binding)),
      )
    case 'not':
      return negated(bind(filter.filter, binding))
    case 'has':
      return bindHas(filter.path, filter.filter, binding)
    case 'pr': {
      const target = find(filter.path, binding)
      return target === undefined ? constant(false) : { op: 'pr', target }
    }
    default:
      return bindTerm(filter, binding)
  }
}

function joined(op: 'and' | 'or', parts: readonly BoundFilter[]): BoundFilter {
  const all: BoundFilter[] = []
  for (const part of parts) {
    if (part.op === 'constant') {
      if (part.value === (op === 'or')) return part
    } else if (part.op === op) all.push(...part.all)
    else all.push(part)
  }
  const [first] = all
  if (first === undefined) return constant(op === 'and')
  return all.length === 1 ? first : { op, all }
}

function negated(filter: BoundFilter): BoundFilter {
  if (filter.op === 'constant') return constant(!filter.value)
  return filter.op === 'not' ? filter.filter : { op: 'not', filter }
}

function constant(value: boolean): BoundFilter {
  return { op: 'constant', value }
}

function bindHas(path: string, filter: Filter, binding: Binding): BoundFilter {
  const target = find(path, binding)
  if (target === undefined) return constant(false)
  const { attribute } = target
  if (target.sub !== undefined || !(attribute.multiValued || attribute.type === 'complex')) {
    throw invalidFilter(`${target.path} has no sub-attributes, so that no brackets can follow it`)
  }
  const inner = bind(filter, { ...binding, types: undefined, parent: target })
  // A singular attribute has one value, so every condition tests it; without a value, none holds.
  return attribute.multiValued ? { op: 'has', target, filter: inner } : joined('and', [{ op: 'pr', target }, inner])
}

function bindTerm(term: Term, binding: Binding): BoundFilter {
  const found = find(term.path, binding)
  const { op } = term
  // to have no value is to be null, and to differ from every value.
  if (found === undefined) return constant(term.value === null ? op === 'eq' : op === 'ne')
  if (term.value === null) {
    if (op === 'eq') return { op: 'not', filter: { op: 'pr', target: found } }
    if (op === 'ne') return { op: 'pr', target: found }
    throw invalidFilter(`${term.path} ${op} null: null goes with eq and ne only`)
  }
  const target = comparedOf(found, binding)
  checkOperator(op, target)
  const value = literalOf(term, target, binding.allow)
  if (typeof value !== 'string') return { op, target, value }
  if (target.leaf.type === 'dateTime') return { op, target, value: instant(value, term) }
  const form = op === 'co' || op === 'sw' || op === 'ew' ? comparablePart : comparable
  const stored = binding.allow.looseText ? asStored(target.leaf, value, TEXTUAL.has(op)) : value
  return { op, target, value: form(target.leaf, stored) }
}

/** The attribute of that name; undefined when only another type of the query has it. */
function find(path: string, binding: Binding): Target | undefined {
  const { parent, type, allow } = binding
  const found = parent === undefined ? resolve(path, type, allow) : findInside(path, parent, type)
  if (found?.attribute !== undefined) {
    // a filter would disclose what the answer must not.
    if (found.leaf.returned === 'never' || found.attribute.returned === 'never') {
      throw invalidFilter(`${found.path} can't be filtered by, since its value is never returned`)
    }
    return found
  }
  if (found === undefined && parent === undefined && knownElsewhere(path, type, binding.types, allow)) return undefined
  if (found !== undefined)
    throw invalidFilter(`${shown(path)} is an extension; name one of its attributes after a colon`)
  const where = parent === undefined ? `${type.name} has no attribute` : `${parent.path} has no sub-attribute`
  throw invalidFilter(`${where} ${shown(path)}; see /Schemas for those it has`)
}

// P-136: names between brackets are sub-attributes of the attribute before them.
function findInside(name: string, parent: Target, type: ResourceType): Target | undefined {
  if (parent.attribute.type !== 'complex') return name.toLowerCase() === 'value' ? parent : undefined
  const found = /[.:]/.test(name) ? undefined : resolve(`${parent.path}.${name}`, type)
  return found?.attribute === undefined ? undefined : found
}

function knownElsewhere(
  path: string,
  type: ResourceType,
  types: readonly ResourceType[] | undefined,
  allow: BindAllowances,
): boolean {
  return types?.some((other) => other !== type && resolve(path, other, allow)?.attribute !== undefined) ?? false
}

// P-137, A-26: a multi-valued complex attribute is compared by its `value`.
function comparedOf(found: Target, { type, allow }: Binding): Target {
  if (found.leaf.type !== 'complex') return found
  const value = found.leaf.multiValued || allow.complexMeansValue ? resolve(`${found.path}.value`, type) : undefined
  if (value?.attribute !== undefined) return value
  const example = found.leaf.subAttributes?.[0]?.name ?? 'value'
  throw invalidFilter(`${found.path} is complex; compare one of its sub-attributes, such as ${found.path}.${example}`)
}

function checkOperator(op: Comparison, { leaf, path }: Target): void {
  switch (leaf.type) {
    case 'boolean':
      if (op !== 'eq' && op !== 'ne')
        throw invalidFilter(`${path} is a boolean; ${op} doesn't apply to it, eq and ne do`)
      return
    case 'binary':
      if (ORDERING.has(op)) throw invalidFilter(`${path} is binary and has no order; ${op} doesn't apply to it`)
      return
    case 'dateTime':
    case 'integer':
    case 'decimal':
      if (TEXTUAL.has(op)) throw invalidFilter(`${path} is of type ${leaf.type}; ${op} applies to text only`)
      return
    default:
  }
}

/** The value of a term as its attribute's type has it, in the client's spelling (P-139, A-30). */
function literalOf(term: Term, { leaf, path }: Target, allow: BindAllowances): string | number | boolean {
  const { value } = term
  switch (leaf.type) {
    case 'boolean': {
      const read = allow.textBooleans ? asBoolean(value) : value
      if (typeof read === 'boolean') return read
      throw invalidFilter(`${path} is a boolean; compare it with true or false, in lower case and without quotes`)
    }
    case 'integer': {
      if (typeof value === 'number' && /^-?\d+$/.test(term.spelt ?? String(value))) return value
      const read = allow.textNumbers && typeof value === 'string' ? asNumber(leaf, value) : undefined
      if (typeof read === 'number') return read
      throw invalidFilter(`${path} is an integer; compare it with a number without quotes, fraction and exponent`)
    }
    case 'decimal': {
      const read = allow.textNumbers && typeof value === 'string' ? asNumber(leaf, value) : value
      if (typeof read === 'number') return read
      throw invalidFilter(`${path} is a decimal; compare it with a number without quotes`)
    }
    case 'dateTime':
      if (typeof value === 'string') return value
      throw invalidFilter(`${path} is a dateTime; compare it with one in quotes, such as "2026-01-31T09:00:00Z"`)
    default:
      if (typeof value === 'string') return value
      // without its quotes, a string of digits looks like a number.
      if (allow.unquotedFilterValues) return term.spelt ?? String(value)
      throw invalidFilter(`${path} is of type ${leaf.type}; compare it with text in double quotes`)
  }
}

function instant(text: string, term: Term): number {
  const at = instantOf(text)
  if (at !== undefined) return at
  throw invalidFilter(`${term.path} is a dateTime; its value must look like "2026-01-31T09:00:00Z"`)
}

// P-162, A-32
function sortable(found: Target, type: ResourceType): Target {
  const value = found.leaf.type === 'complex' && found.leaf.multiValued ? resolve(`${found.path}.value`, type) : found
  const target = value?.attribute === undefined ? found : value
  if (target.leaf.type === 'complex') {
    throw invalidValue(`sortBy: ${found.path} is complex; name one of its sub-attributes after a dot`)
  }
  if (target.leaf.type === 'binary' || target.leaf.returned === 'never' || target.attribute.returned === 'never') {
    throw invalidValue(`sortBy: ${found.path} has no order that could be shown`)
  }
  return target
}

function filterable(attribute: Attribute, allow: BindAllowances): boolean {
  return attribute.multiValued || (attribute.type === 'complex' && allow.filterOnSingular)
}

/** A value made of `eq` terms. */
function elementOf(filter: Filter, binding: Binding): JsonObject | undefined {
  const terms = filter.op === 'and' ? filter.all : [filter]
  const made: Record<string, string | number | boolean> = {}
  for (const term of terms) {
    if (term.op !== 'eq' || term.value === null) return undefined
    const target = find(term.path, binding)
    if (target?.sub === undefined || target.sub.name in made) return undefined
    const value = literalOf(term, target, binding.allow)
    // What a closed attribute does not take may be looked for, but no value is made with it.
    const taken = target.sub.closed === true ? canonicalValue(target.sub, String(value)) : value
    if (taken === undefined) return undefined
    made[target.sub.name] = taken
  }
  return made
}

function shown(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path
}
