// Parses filters. RFC 7644 §3.4.2.2.

import type { Comparison } from './bound.ts'
import { ConfigError, invalidFilter } from './errors.ts'
import { filterValue } from './filter-value.ts'
import { createReader, isAttributePath, numberIn, type Reader, readString, readWord, skipSpaces } from './lexer.ts'
import { LIMITS } from './limits.ts'

/** A filter as written, its names not looked up yet. RFC 7644 §3.4.2.2. */
export type Filter =
  | { readonly op: 'and' | 'or'; readonly all: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter }
  | { readonly op: 'pr'; readonly path: string }
  | {
      readonly op: Comparison
      readonly path: string
      readonly value: string | number | boolean | null
      /** How a value without quotes was spelt, where that says more than the value: `1.0`, `007`. */
      readonly spelt?: string
    }
  /** `path[filter]`. */
  | { readonly op: 'has'; readonly path: string; readonly filter: Filter }

/** How far the grammar bends; a part of {@link Allowances}. */
export interface FilterAllowances {
  readonly unquotedFilterValues: boolean
  readonly subAttributeAfterBrackets: boolean
}

/** The operators that compare with a value, by their names. RFC 7644 §3.4.2.2, Table 3. */
export const COMPARISONS: ReadonlyMap<string, Comparison> = new Map(
  (['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'lt', 'ge', 'le'] as const).map((op) => [op, op]),
)
const OPEN = 0x28
const CLOSE = 0x29
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const QUOTE = 0x22
const APOSTROPHE = 0x27

/**
 * Parses a filter; 400 invalidFilter says where it can't be read (P-126). RFC 7644 §3.4.2.2.
 * @example
 * const parsed = parseFilter('userName eq "ann" and active eq true')
 */
export function parseFilter(text: string, allow?: FilterAllowances): Filter {
  if (text.length > LIMITS.FILTER_LENGTH) {
    throw invalidFilter(`The filter is longer than ${LIMITS.FILTER_LENGTH} characters`)
  }
  const reader = createReader(text)
  skipSpaces(reader)
  if (reader.at === text.length) throw invalidFilter('The filter is empty; write one such as userName eq "bjensen"')
  const filter = readFilter(reader, allow, false)
  if (reader.at < text.length) throw unexpected(reader, 'and, or, or the end of the filter')
  return filter
}

/** Reads the filter between brackets and the closing bracket; the opening bracket has already been read. RFC 7644 §3.4.2.2, valFilter. */
export function readValueFilter(reader: Reader, allow?: FilterAllowances): Filter {
  deeper(reader)
  skipSpaces(reader)
  const filter = readFilter(reader, allow, true)
  if (reader.text.charCodeAt(reader.at) !== CLOSE_BRACKET) throw unexpected(reader, 'and, or, or a closing bracket')
  reader.at += 1
  reader.depth -= 1
  return filter
}

/** Writes a filter; what it writes reads as the same filter. RFC 7644 §3.4.2.2. */
export function formatFilter(filter: Filter): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.all.map((part) => grouped(part, filter.op)).join(` ${filter.op} `)
    case 'not':
      return `not (${formatFilter(filter.filter)})`
    case 'pr':
      return `${filter.path} pr`
    case 'has':
      return `${filter.path}[${formatFilter(filter.filter)}]`
    default: {
      const literal = typeof filter.value === 'string' ? undefined : filter.spelt
      return `${filter.path} ${filter.op} ${literal ?? JSON.stringify(filter.value)}`
    }
  }
}

/**
 * A filter with its values safely quoted: filter`userName eq ${name}`. Throws ConfigError for what is no value of a filter, like
 * undefined, and for a value that follows no operator. RFC 7644 §3.4.2.2.
 * @example
 * app.list(User, { filter: filter`userName eq ${name} and active eq true` })
 */
export function filter(
  text: TemplateStringsArray,
  ...values: readonly (string | number | boolean | null | Date)[]
): string {
  return String.raw({ raw: text }, ...values.map((value, at) => literal(value, at, text[at] ?? '')))
}

/** A value as a filter has it. What TypeScript refuses comes all the same: from JavaScript, and by `any`. */
function literal(value: unknown, at: number, before: string): string {
  const word = before.trimEnd().split(/\s/).at(-1) ?? ''
  if (!COMPARISONS.has(word.toLowerCase())) {
    const known = [...COMPARISONS.keys()].join(', ')
    throw new ConfigError('filter', `value ${at + 1} follows "${word}"; it must follow one of ${known}`)
  }
  return JSON.stringify(filterValue(value, `value ${at + 1}`))
}

/** The same filter with `%XX` in its strings decoded once more, or undefined when none of them changes (Q06). */
export function decodePercent(filter: Filter): Filter | undefined {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const all = filter.all.map(decodePercent)
      if (all.every((part) => part === undefined)) return undefined
      return { op: filter.op, all: filter.all.map((part, at) => all[at] ?? part) }
    }
    case 'not':
    case 'has': {
      const inner = decodePercent(filter.filter)
      return inner && { ...filter, filter: inner }
    }
    case 'pr':
      return undefined
    default: {
      if (typeof filter.value !== 'string' || !filter.value.includes('%')) return undefined
      const value = decoded(filter.value)
      return value === undefined || value === filter.value ? undefined : { op: filter.op, path: filter.path, value }
    }
  }
}

// orExpr = andExpr *( SP "or" SP andExpr ); stops before ")", "]" and the end.
function readFilter(reader: Reader, allow: FilterAllowances | undefined, inside: boolean): Filter {
  const first = readAll(reader, allow, inside)
  if (!takeWord(reader, 'or')) return first
  const all = [first]
  do all.push(readAll(reader, allow, inside))
  while (takeWord(reader, 'or'))
  return { op: 'or', all }
}

// andExpr = notExpr *( SP "and" SP notExpr )
function readAll(reader: Reader, allow: FilterAllowances | undefined, inside: boolean): Filter {
  const first = readOne(reader, allow, inside)
  if (!takeWord(reader, 'and')) return first
  const all = [first]
  do all.push(readOne(reader, allow, inside))
  while (takeWord(reader, 'and'))
  return { op: 'and', all }
}

/** Takes the word and the blanks around it, if it comes next; otherwise only the blanks before. */
function takeWord(reader: Reader, word: 'and' | 'or'): boolean {
  const { text } = reader
  skipSpaces(reader)
  const from = reader.at
  if (text.slice(from, from + word.length).toLowerCase() !== word) return false
  if (!' \t)]'.includes(text[from - 1] ?? '')) throw invalidFilter(`A space is missing before ${word}`, from)
  reader.at += word.length
  if (!skipSpaces(reader) && text.charCodeAt(reader.at) !== OPEN) {
    // Another word that begins alike.
    reader.at = from
    return false
  }
  return true
}

// notExpr = [ "not" *SP ] "(" FILTER ")" / valuePath / attrExp
function readOne(reader: Reader, allow: FilterAllowances | undefined, inside: boolean): Filter {
  const { text } = reader
  const from = reader.at
  if (text.charCodeAt(from) === OPEN) return readGroup(reader, allow, inside)
  const path = readWord(reader)
  if (path.length === 3 && path.toLowerCase() === 'not') {
    const after = reader.at
    skipSpaces(reader)
    if (text.charCodeAt(reader.at) === OPEN) return { op: 'not', filter: readGroup(reader, allow, inside) }
    reader.at = after
  }
  if (!isAttributePath(path)) {
    reader.at = from
    throw unexpected(reader, 'an attribute name, "not" or an opening parenthesis')
  }
  if (text.charCodeAt(reader.at) === OPEN_BRACKET) {
    if (inside) throw invalidFilter('Brackets inside brackets are not possible', reader.at)
    return readHas(reader, allow, path)
  }
  return readTest(reader, allow, path)
}

function readGroup(reader: Reader, allow: FilterAllowances | undefined, inside: boolean): Filter {
  const from = reader.at
  reader.at += 1
  deeper(reader)
  skipSpaces(reader)
  const filter = readFilter(reader, allow, inside)
  if (reader.text.charCodeAt(reader.at) !== CLOSE) {
    if (reader.at === reader.text.length) throw invalidFilter('A parenthesis is not closed; it opens', from)
    throw unexpected(reader, 'and, or, or a closing parenthesis')
  }
  reader.at += 1
  reader.depth -= 1
  return filter
}

// valuePath = attrPath "[" valFilter "]"
function readHas(reader: Reader, allow: FilterAllowances | undefined, path: string): Filter {
  reader.at += 1
  const filter = readValueFilter(reader, allow)
  if (!allow?.subAttributeAfterBrackets || reader.text[reader.at] !== '.') return { op: 'has', path, filter }
  // `emails[type eq "work"].value eq "x"` says emails[type eq "work" and value eq "x"].
  reader.at += 1
  const sub = readWord(reader)
  if (!isAttributePath(sub)) throw invalidFilter('Expected a sub-attribute', reader.at - sub.length)
  return { op: 'has', path, filter: { op: 'and', all: [filter, readTest(reader, allow, sub)] } }
}

// attrExp = attrPath SP "pr" / attrPath SP compareOp SP compValue
function readTest(reader: Reader, allow: FilterAllowances | undefined, path: string): Filter {
  reader.terms += 1
  if (reader.terms > LIMITS.FILTER_TERMS) {
    throw invalidFilter(`The filter has more than ${LIMITS.FILTER_TERMS} comparisons`)
  }
  skipSpaces(reader)
  const from = reader.at
  const word = readWord(reader)
  const op = COMPARISONS.get(word) ?? COMPARISONS.get(word.toLowerCase())
  if (op !== undefined) {
    if (!skipSpaces(reader)) throw missingValue(reader, path, op)
    return readComparison(reader, allow, path, op)
  }
  if (word.length === 2 && word.toLowerCase() === 'pr') return { op: 'pr', path }
  reader.at = from
  throw unexpected(reader, `an operator (eq, ne, co, sw, ew, gt, lt, ge, le or pr) after ${path}`)
}

function readComparison(reader: Reader, allow: FilterAllowances | undefined, path: string, op: Comparison): Filter {
  const { text } = reader
  const from = reader.at
  const code = text.charCodeAt(from)
  if (code === QUOTE) return { op, path, value: readString(reader) }
  if (code === APOSTROPHE && allow?.unquotedFilterValues) return { op, path, value: readApostrophes(reader) }
  const word = readWord(reader)
  if (word === '') throw missingValue(reader, path, op)
  if (word === 'true') return { op, path, value: true }
  if (word === 'false') return { op, path, value: false }
  if (word === 'null') return { op, path, value: null }
  const number = numberIn(word)
  if (number !== undefined) {
    return String(number) === word ? { op, path, value: number } : { op, path, value: number, spelt: word }
  }
  if (allow?.unquotedFilterValues && word.isWellFormed() && !text.startsWith('"', reader.at)) {
    return { op, path, value: word }
  }
  throw invalidFilter(
    `The value after ${path} ${op} must be a JSON string in double quotes, a number, true, false or null`,
    from,
  )
}

/** A value in apostrophes, as in SQL: the meaning is plain. */
function readApostrophes(reader: Reader): string {
  const from = reader.at
  const end = reader.text.indexOf("'", from + 1)
  if (end < 0) throw invalidFilter('A string has no closing quote; it opens', from)
  reader.at = end + 1
  return reader.text.slice(from + 1, end)
}

function deeper(reader: Reader): void {
  reader.depth += 1
  if (reader.depth > LIMITS.FILTER_DEPTH) {
    throw invalidFilter(`The filter is nested more than ${LIMITS.FILTER_DEPTH} deep`, reader.at - 1)
  }
}

// What is there instead isn't repeated: it may be part of a value (P-148).
function unexpected(reader: Reader, expected: string) {
  return invalidFilter(`Expected ${expected}`, reader.at)
}

function missingValue(reader: Reader, path: string, op: Comparison) {
  return invalidFilter(`Expected a space and a value after ${path} ${op}, such as "text", 5, true or null`, reader.at)
}

function grouped(part: Filter, within: 'and' | 'or'): string {
  // The same operator inside itself keeps its parentheses, so that the tree reads back as it was.
  return part.op === 'or' || (part.op === 'and' && within === 'and') ? `(${formatFilter(part)})` : formatFilter(part)
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
