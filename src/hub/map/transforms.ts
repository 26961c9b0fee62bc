// The named transforms of maps: small pure functions from one value to another.

import { didYouMean, isObject, type Json } from '../../protocol/index.ts'
import { asciiOf } from './ascii.ts'
import { MAP_LIMITS } from './map-limits.ts'

/** What goes into, or comes out of, a transform. */
export type ValueKind = 'text' | 'number' | 'boolean'

/** A transform with its argument. */
export interface Transform {
  /** As it is written: `truncate:20`. */
  readonly text: string
  /** What it takes: anything simple when absent. */
  readonly takes?: ValueKind
  /** What it gives; the same as it takes when absent; unknown for `lookup`. */
  readonly gives?: ValueKind | 'any'
  /** The new value; undefined: there is none. Throws an Error that says why it can't. */
  readonly apply: (value: string | number | boolean) => Json | undefined
}

type TextTransform = (text: string) => string

/** Transforms without an argument, from text to text. */
const PLAIN: { readonly [name: string]: readonly [about: string, apply: TextTransform] } = {
  trim: ['no spaces at the ends', (text) => text.trim()],
  lower: ['lower case', (text) => text.toLowerCase()],
  upper: ['upper case', (text) => text.toUpperCase()],
  title: ['each word with a capital letter, the rest in lower case', titleCase],
  ascii: ['letters without accents and ligatures; what has no ASCII form is left out', (text) => asciiOf(text)],
  slug: ['lower case ASCII letters and digits, words joined by hyphens', slugOf],
  digits: ['only its digits', (text) => text.replace(/[^0-9]/g, '')],
  initial: ['the first character', (text) => [...text.trim().slice(0, 2)][0] ?? ''],
}

/** Transforms with an argument after a colon, from text to text. */
const WITH_ARGUMENT: {
  readonly [name: string]: readonly [about: string, example: string, make: (argument: string) => TextTransform]
} = {
  ascii: ['the same, with ä, ö and ü spelt ae, oe and ue', 'ascii:de', germanAscii],
  truncate: ['at most so many characters', 'truncate:20', truncation],
  prefix: ['the argument put in front', 'prefix:ext-', (argument) => (text) => argument + text],
  suffix: ['the argument put behind', 'suffix:@example.com', (argument) => (text) => text + argument],
  before: ['what comes before the first occurrence of the argument; all, if there is none', 'before:@', before],
  after: ['what comes after the first occurrence of the argument; nothing, if there is none', 'after:@', after],
}

/** Transforms from one kind of value to another. */
const CONVERSIONS: { readonly [name: string]: readonly [about: string, transform: Omit<Transform, 'text'>] } = {
  text: ['a number or boolean as text', { gives: 'text', apply: String }],
  number: ['text as a number', { gives: 'number', apply: numberOf }],
  boolean: ['text as a boolean: true or false, yes or no, 1 or 0', { gives: 'boolean', apply: booleanOf }],
  not: ['the other boolean', { takes: 'boolean', apply: (value) => value !== true }],
}

const NAMES = [
  ...new Set([...Object.keys(PLAIN), ...Object.keys(WITH_ARGUMENT), ...Object.keys(CONVERSIONS), 'replace', 'lookup']),
]

/** Every transform, as it is written, and what it gives: the table in the guide. */
export const TRANSFORMS: readonly (readonly [written: string, about: string])[] = [
  ...Object.entries(PLAIN).map(([name, [about]]) => [`"${name}"`, about] as const),
  ...Object.values(WITH_ARGUMENT).map(([about, example]) => [`"${example}"`, about] as const),
  ['{ "replace": "@", "with": " at " }', 'each occurrence of a text replaced by another'],
  [
    '{ "lookup": { "Employee": "E" }, "otherwise": "X" }',
    'the value that a table has for it; without `otherwise`, no value where the table has none',
  ],
  ...Object.entries(CONVERSIONS).map(([name, [about]]) => [`"${name}"`, about] as const),
]

/** Reads a transform; a text says what is wrong with it. */
export function readTransform(given: Json): Transform | string {
  if (typeof given === 'string') return readNamed(given)
  if (isObject(given) && 'replace' in given) return readReplace(given)
  if (isObject(given) && 'lookup' in given) return readLookup(given)
  return `must be a name such as "lower", or an object with replace or lookup`
}

/** A transform of text by its name, for expressions: `user.userName.slug()`. */
export function plainTransforms(): readonly (readonly [name: string, apply: TextTransform])[] {
  return Object.entries(PLAIN).map(([name, [, apply]]) => [name, apply] as const)
}

function readNamed(text: string): Transform | string {
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  const textual = (apply: TextTransform): Transform => ({
    text,
    takes: 'text',
    apply: (value) => apply(String(value)),
  })
  if (colon < 0) {
    const plain = own(PLAIN, name)
    if (plain !== undefined) return textual(plain[1])
    const conversion = own(CONVERSIONS, name)
    if (conversion !== undefined) return { text, ...conversion[1] }
    const needy = own(WITH_ARGUMENT, name)
    if (needy !== undefined) return `${name} needs an argument, such as "${needy[1]}"`
  }
  const argument = text.slice(colon + 1)
  const make = colon < 0 ? undefined : own(WITH_ARGUMENT, name)?.[2]
  if (make === undefined) {
    const known = own(PLAIN, name) ?? own(CONVERSIONS, name)
    if (known !== undefined) return `${name} takes no argument`
    return `there is no transform "${name.slice(0, 100)}"${didYouMean(name, NAMES)}`
  }
  if (argument === '' || argument.length > MAP_LIMITS.ARGUMENT_LENGTH)
    return `the argument of ${name} must have 1 to ${MAP_LIMITS.ARGUMENT_LENGTH} characters`
  try {
    return textual(make(argument))
  } catch (error) {
    return error instanceof RangeError ? error.message : String(error)
  }
}

function readReplace(given: { readonly [name: string]: Json }): Transform | string {
  const { replace, with: by, ...more } = given
  const limit = MAP_LIMITS.ARGUMENT_LENGTH
  if (typeof replace !== 'string' || replace === '' || replace.length > limit)
    return `replace must be a text of 1 to ${limit} characters`
  if (typeof by !== 'string' || by.length > limit) return `with must be a text of at most ${limit} characters`
  const [unknown] = Object.keys(more)
  if (unknown !== undefined) return `${unknown.slice(0, 100)} is no part of replace; with is`
  return {
    text: JSON.stringify({ replace, with: by }),
    takes: 'text',
    apply: (value) => joined(String(value).split(replace), by),
  }
}

function readLookup(given: { readonly [name: string]: Json }): Transform | string {
  const { lookup, otherwise, ...more } = given
  if (!isObject(lookup)) return 'lookup must be an object: from values to values'
  const [unknown] = Object.keys(more)
  if (unknown !== undefined) return `${unknown.slice(0, 100)} is no part of lookup; otherwise is`
  return {
    text: 'lookup',
    gives: 'any',
    apply: (value) => own(lookup, String(value)) ?? otherwise,
  }
}

function own<T>(table: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** Parts joined, unless that gets too long: found out before it is done. */
function joined(parts: readonly string[], by: string): string {
  const length = parts.reduce((sum, part) => sum + part.length, (parts.length - 1) * by.length)
  if (length > MAP_LIMITS.RESULT_SIZE) throw new RangeError('makes a text that is too long')
  return parts.join(by)
}

function titleCase(text: string): string {
  return text.replace(/[\p{L}\p{M}]+/gu, (word) => {
    const [first = ''] = word
    return first.toUpperCase() + word.slice(first.length).toLowerCase()
  })
}

function slugOf(text: string): string {
  const words = asciiOf(text)
    .toLowerCase()
    .split(/[^a-z0-9]/)
  return words.filter((word) => word !== '').join('-')
}

function germanAscii(argument: string): TextTransform {
  if (argument !== 'de') throw new RangeError('ascii takes the argument de, or none')
  return (text) => asciiOf(text, 'de')
}

function truncation(argument: string): TextTransform {
  const most = Number(argument)
  if (!/^[1-9][0-9]{0,6}$/.test(argument)) throw new RangeError('the argument of truncate must be a number from 1')
  return (text) => {
    if (text.length <= most) return text
    // Characters, not halves of them.
    let end = 0
    for (let count = 0; count < most && end < text.length; count++) end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
    return text.slice(0, end)
  }
}

function before(argument: string): TextTransform {
  return (text) => {
    const at = text.indexOf(argument)
    return at < 0 ? text : text.slice(0, at)
  }
}

function after(argument: string): TextTransform {
  return (text) => {
    const at = text.indexOf(argument)
    return at < 0 ? '' : text.slice(at + argument.length)
  }
}

function numberOf(value: string | number | boolean): number {
  const text = String(value).trim()
  const number = Number(text)
  if (text === '' || text.length > 30 || !Number.isFinite(number)) throw new RangeError("can't read it as a number")
  return number
}

function booleanOf(value: string | number | boolean): boolean {
  const text = String(value).trim().toLowerCase()
  if (text === 'true' || text === 'yes' || text === '1') return true
  if (text === 'false' || text === 'no' || text === '0') return false
  throw new RangeError("can't read it as a boolean")
}
