// Filters: parsed, and tried on resources. RFC 7644 §3.4.2.2.

import { isList, isNone, isObject, type Json, type JsonObject } from './json.ts'
import { findPath, type Steps } from './path.ts'
import { invalid } from './refusal.ts'
import type { Attribute, Type } from './schema.ts'

/** A filter. */
export type Filter =
  | { readonly op: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly op: 'not'; readonly filter: Filter }
  | { readonly op: 'has'; readonly path: string; readonly steps: Steps; readonly filter: Filter }
  | {
      readonly op: Comparison | 'pr'
      readonly path: string
      /** Undefined: there is no such attribute, so nothing has it. */
      readonly steps: Steps | undefined
      readonly value: string | number | boolean | null
    }

type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'

const COMPARISONS: readonly string[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']
const LONGEST = 10_000
const DEEPEST = 20

/** How filters are read. */
export interface FilterHabits {
  /** `and` binds no tighter than `or`: the first of them that is written applies first. */
  readonly leftToRight?: boolean
}

/** Parses a filter on resources of a type, or, with `within`, on values of an attribute. */
export function parseFilter(text: string, type: Type, habits: FilterHabits = {}, within?: Attribute): Filter {
  if (text.length > LONGEST) throw invalid('invalidFilter', `The filter is longer than ${LONGEST} characters`)
  const tokens = tokensOf(text)
  let at = 0
  const peek = () => tokens[at]?.toLowerCase()
  const take = () => {
    const token = tokens[at++]
    if (token === undefined) throw invalid('invalidFilter', 'The filter ends too early')
    return token
  }
  const expect = (token: string) => {
    if (take() !== token) throw invalid('invalidFilter', `The filter lacks "${token}"`)
  }

  function anyOf(depth: number, inside: Attribute | undefined): Filter {
    if (depth > DEEPEST) throw invalid('invalidFilter', 'The filter is nested too deeply')
    let left = allOf(depth, inside)
    for (let op = peek(); op === 'or' || (op === 'and' && habits.leftToRight === true); op = peek()) {
      at += 1
      left = { op, left, right: habits.leftToRight === true ? one(depth, inside) : allOf(depth, inside) }
    }
    return left
  }

  function allOf(depth: number, inside: Attribute | undefined): Filter {
    let left = one(depth, inside)
    while (peek() === 'and' && habits.leftToRight !== true) {
      at += 1
      left = { op: 'and', left, right: one(depth, inside) }
    }
    return left
  }

  function one(depth: number, inside: Attribute | undefined): Filter {
    if (peek() === 'not' && tokens[at + 1] === '(') {
      at += 2
      const filter = anyOf(depth + 1, inside)
      expect(')')
      return { op: 'not', filter }
    }
    if (peek() === '(') {
      at += 1
      const filter = anyOf(depth + 1, inside)
      expect(')')
      return filter
    }
    const path = take()
    if (!/^[\w$:.-]+$/.test(path)) throw invalid('invalidFilter', `"${path}" is no attribute`)
    const steps = findPath(type, path, inside)
    if (peek() === '[') {
      at += 1
      if (inside !== undefined || steps === undefined) throw invalid('invalidFilter', `"${path}" has no values`)
      const filter = anyOf(depth + 1, steps.at(-1))
      expect(']')
      return { op: 'has', path, steps, filter }
    }
    return comparison(path, steps)
  }

  function comparison(path: string, steps: Steps | undefined): Filter {
    const op = take().toLowerCase()
    if (op === 'pr') return { op, path, steps, value: null }
    if (!COMPARISONS.includes(op)) throw invalid('invalidFilter', `"${op}" is no operator`)
    const value = literal(take())
    requireOrder(op, path, steps?.at(-1), value)
    return { op: op as Comparison, path, steps, value }
  }

  const filter = anyOf(0, within)
  if (at < tokens.length) throw invalid('invalidFilter', `"${tokens[at]}" does not belong there`)
  return filter
}

function requireOrder(op: string, path: string, attribute: Attribute | undefined, value: Json): void {
  if (!['gt', 'ge', 'lt', 'le'].includes(op)) return
  if (attribute?.type === 'boolean' || attribute?.type === 'binary' || typeof value === 'boolean' || value === null)
    throw invalid('invalidFilter', `"${path}" has no order`)
}

function literal(token: string): string | number | boolean | null {
  if (['true', 'false', 'null'].includes(token)) return JSON.parse(token) as boolean | null
  if (/^-?\d/.test(token) || token.startsWith('"')) {
    try {
      return JSON.parse(token) as string | number
    } catch {
      // Said below.
    }
  }
  throw invalid('invalidFilter', `${token} is no value`)
}

/** Brackets, words and quoted texts. */
function tokensOf(text: string): readonly string[] {
  const tokens: string[] = []
  let at = 0
  while (at < text.length) {
    const first = text[at] as string
    if (first === ' ') at += 1
    else if ('()[]'.includes(first)) tokens.push(text[at++] as string)
    else {
      const end = first === '"' ? endOfString(text, at) : endOfWord(text, at)
      tokens.push(text.slice(at, end))
      at = end
    }
  }
  return tokens
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  throw invalid('invalidFilter', 'A string is not closed')
}

function endOfWord(text: string, start: number): number {
  let at = start
  while (at < text.length && !' ()[]"'.includes(text[at] as string)) at += 1
  return at
}

/** Whether a resource, or a value of an attribute, satisfies a filter. */
export function matches(filter: Filter, value: JsonObject): boolean {
  switch (filter.op) {
    case 'and':
      return matches(filter.left, value) && matches(filter.right, value)
    case 'or':
      return matches(filter.left, value) || matches(filter.right, value)
    case 'not':
      return !matches(filter.filter, value)
    case 'has':
      return valuesAt(value, filter.steps).some((one) => isObject(one) && matches(filter.filter, one))
    case 'pr':
      return filter.steps !== undefined && valuesAt(value, filter.steps).some((one) => !isNone(one) && one !== '')
    default:
      return compared(filter.op, value, filter.steps, filter.value)
  }
}

function compared(op: Comparison, value: JsonObject, steps: Steps | undefined, wanted: Json): boolean {
  const found = steps === undefined ? [] : valuesAt(value, steps)
  const attribute = steps?.at(-1)
  // A complex value is compared by its `value`.
  const leaf = attribute?.type === 'complex' ? attribute.subAttributes?.find(({ name }) => name === 'value') : attribute
  const plain = found.map((one) => (isObject(one) ? one.value : one)).filter((one) => !isNone(one))
  if (op === 'ne') return wanted === null ? plain.length > 0 : !plain.some((one) => test('eq', one, wanted, leaf))
  if (wanted === null) return op === 'eq' && plain.length === 0
  return plain.some((one) => test(op, one, wanted, leaf))
}

function test(op: Comparison, held: Json | undefined, wanted: Json, attribute: Attribute | undefined): boolean {
  if (typeof held !== 'string' || typeof wanted !== 'string') return op === 'eq' && held === wanted
  const fold = (text: string) => (attribute?.caseExact === true ? text : text.normalize('NFKC').toLowerCase())
  const time = attribute?.type === 'dateTime'
  const a = time ? new Date(held).getTime() : fold(held)
  const b = time ? new Date(wanted).getTime() : fold(wanted)
  switch (op) {
    case 'eq':
      return a === b
    case 'co':
      return String(a).includes(String(b))
    case 'sw':
      return String(a).startsWith(String(b))
    case 'ew':
      return String(a).endsWith(String(b))
    case 'gt':
      return a > b
    case 'ge':
      return a >= b
    case 'lt':
      return a < b
    case 'le':
      return a <= b
    case 'ne':
      return a !== b
  }
}

/** All values at a path; lists on the way are looked into. */
export function valuesAt(value: JsonObject, steps: Steps): readonly Json[] {
  let here: readonly Json[] = [value]
  for (const { name } of steps) {
    here = here.flatMap((one) => {
      const next = isObject(one) ? one[name] : undefined
      return next === undefined ? [] : isList(next) ? next : [next]
    })
  }
  return here
}
