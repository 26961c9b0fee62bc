// Evaluates a filter on a resource: the reference for what stores do faster. RFC 7644 §3.4.2.2.

import type { BoundFilter, Comparison, Target } from './bound.ts'
import { comparable, compareText } from './folding.ts'
import { instantOf } from './instant.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'
import type { Attribute } from './schema.ts'

/**
 * Whether a full representation (`meta`, `groups` and `members` in it) satisfies a filter. This is what filters mean; what
 * a store does faster must come out the same. RFC 7644 §3.4.2.2, table 3 to 5.
 * @example
 * matches(user, bindFilter(parseFilter('active eq true'), User))
 */
export function matches(document: Document, filter: BoundFilter): boolean {
  return test(filter, (target, absent) => valuesOf(document, target, absent))
}

/** Whether one value of an attribute satisfies the filter in its brackets (P-135). RFC 7644 §3.4.2.2, §3.5.2. */
export function matchesElement(element: Json, filter: BoundFilter): boolean {
  return test(filter, ({ sub }, absent) => {
    if (sub === undefined) return listed(element)
    return isObject(element) ? listedOr(element[sub.name], absent) : []
  })
}

/**
 * All values under a target: none, one, or those of each element, of which one without the sub-attribute has `absent`.
 * RFC 7644 §3.4.2.2 (P-134).
 */
export function valuesOf(document: Document, target: Target, absent: readonly Json[] = NONE): readonly Json[] {
  const { extension, attribute, sub } = target
  const container = extension === undefined ? document : document[extension]
  const values = isObject(container) ? listed(container[attribute.name]) : NONE
  if (sub === undefined) return values
  return values.flatMap((value) => (isObject(value) ? listedOr(value[sub.name], absent) : NONE))
}

/**
 * Whether a target is the `primary` of a multi-valued attribute's elements, which "SHALL be assumed to be false" where it is left
 * out. That is so in comparisons; `pr` asks for what is there. RFC 7643 §2.4.
 */
export function isPrimary({ attribute, sub }: Target): boolean {
  return sub?.name === 'primary' && sub.type === 'boolean' && attribute.multiValued
}

/** Whether a value is one at all: neither null, empty text, an empty list, nor an object without values (P-130). RFC 7644 §3.4.2.2. */
export function isPresent(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return false
  if (typeof value !== 'object') return true
  if (Array.isArray(value)) return value.some(isPresent)
  for (const name in value) if (isPresent((value as JsonObject)[name])) return true
  return false
}

type Values = (target: Target, absent: readonly Json[]) => readonly Json[]

const NONE: readonly Json[] = []
const NOT_PRIMARY: readonly Json[] = [false]

function test(filter: BoundFilter, values: Values): boolean {
  switch (filter.op) {
    case 'and':
      return filter.all.every((part) => test(part, values))
    case 'or':
      return filter.all.some((part) => test(part, values))
    case 'not':
      return !test(filter.filter, values)
    case 'constant':
      return filter.value
    case 'pr':
      return values(filter.target, NONE).some(isPresent)
    case 'has':
      return values(filter.target, NONE).some((element) => matchesElement(element, filter.filter))
    default: {
      const { op, target, value } = filter
      const found = values(target, isPrimary(target) ? NOT_PRIMARY : NONE)
      // what has no value differs from every value.
      if (found.length === 0) return op === 'ne'
      return found.some((one) => compare(op, one, target.leaf, value))
    }
  }
}

function compare(op: Comparison, found: Json, leaf: Attribute, wanted: string | number | boolean): boolean {
  const value = typeof found === 'string' ? operand(leaf, found) : found
  if (typeof value === 'string' && typeof wanted === 'string') return compareStrings(op, value, wanted)
  if (typeof value === 'number' && typeof wanted === 'number') return holds(op, value - wanted)
  if (op === 'eq') return value === wanted
  return op === 'ne' && value !== wanted
}

function operand(leaf: Attribute, text: string): string | number | undefined {
  return leaf.type === 'dateTime' ? instantOf(text) : comparable(leaf, text)
}

function compareStrings(op: Comparison, value: string, wanted: string): boolean {
  switch (op) {
    case 'eq':
      return value === wanted
    case 'ne':
      return value !== wanted
    case 'co':
      return value.includes(wanted)
    case 'sw':
      return value.startsWith(wanted)
    case 'ew':
      return value.endsWith(wanted)
    default:
      return holds(op, compareText(value, wanted))
  }
}

function holds(op: Comparison, difference: number): boolean {
  switch (op) {
    case 'eq':
      return difference === 0
    case 'ne':
      return difference !== 0
    case 'gt':
      return difference > 0
    case 'ge':
      return difference >= 0
    case 'lt':
      return difference < 0
    case 'le':
      return difference <= 0
    default:
      return false
  }
}

function listedOr(value: Json | undefined, absent: readonly Json[]): readonly Json[] {
  return value === undefined || value === null ? absent : listed(value)
}

function listed(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return NONE
  return Array.isArray(value) ? value : [value]
}
