// Reads words, numbers and strings of a filter or path, character by character.

import { invalidFilter } from './errors.ts'

/** A place in a text that is being read; `at` moves forward. */
export interface Reader {
  readonly text: string
  at: number
  /** Open brackets and parentheses. */
  depth: number
  /** Comparisons so far. */
  terms: number
}

const TAB = 0x09
const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
/** The JSON number grammar. RFC 8259 §6. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
/** `[URN:]name[.sub]`, where the last part of a URN alone may be any. RFC 7644 §3.10. */
const PATH = /^(?:[A-Za-z][A-Za-z0-9+.-]*:[!#-'*-Z\\^-~]*|[A-Za-z][\w$-]*(?:\.(?:[A-Za-z][\w$-]*|\$ref))?|\$ref)$/i
const SIMPLE = /^[A-Za-z]+$/

/** Starts reading a text. */
export function createReader(text: string): Reader {
  return { text, at: 0, depth: 0, terms: 0 }
}

/** Skips spaces and tabs; returns whether there was one. */
export function skipSpaces(reader: Reader): boolean {
  const from = reader.at
  for (let code = reader.text.charCodeAt(reader.at); code === SPACE || code === TAB; ) {
    reader.at += 1
    code = reader.text.charCodeAt(reader.at)
  }
  return reader.at > from
}

/** Reads on to the next blank, bracket, parenthesis, quote, or the end; "" when there is one at once. */
export function readWord(reader: Reader): string {
  const { text } = reader
  const from = reader.at
  let at = from
  while (at < text.length && !ends(text.charCodeAt(at))) at += 1
  reader.at = at
  return text.slice(from, at)
}

/** Whether a word has the form of an attribute path. RFC 7644 §3.4.2.2 figure 1, §3.10. */
export function isAttributePath(word: string): boolean {
  return SIMPLE.test(word) || PATH.test(word)
}

/** Reads a string in double quotes with JSON's escapes. RFC 8259 §7. */
export function readString(reader: Reader): string {
  const { text } = reader
  const from = reader.at
  let escaped = false
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) {
      escaped = true
      at += 1
    } else if (code === QUOTE) {
      reader.at = at + 1
      return escaped ? unescaped(text.slice(from, at + 1), from) : wellFormed(text.slice(from + 1, at), from)
    } else if (code < SPACE) {
      throw invalidFilter('A string contains a control character; write it as \\u00XX', at)
    }
  }
  throw invalidFilter(`The quote at character ${from + 1} of the filter is never closed`)
}

/** The number that a word spells in JSON, or undefined. RFC 8259 §6. */
export function numberIn(word: string): number | undefined {
  if (!NUMBER.test(word)) return undefined
  const number = Number(word)
  return Number.isFinite(number) ? number + 0 : undefined
}

function unescaped(literal: string, at: number): string {
  const text = jsonString(literal)
  if (text !== undefined) return wellFormed(text, at)
  throw invalidFilter('A string holds an escape that JSON does not have (\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)', at)
}

function jsonString(literal: string): string | undefined {
  try {
    const text: unknown = JSON.parse(literal)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

function wellFormed(text: string, at: number): string {
  if (text.isWellFormed()) return text
  throw invalidFilter('A string holds half of a surrogate pair', at)
}

function ends(code: number): boolean {
  switch (code) {
    case SPACE:
    case TAB:
    case QUOTE:
    case 0x28: // (
    case 0x29: // )
    case 0x5b: // [
    case 0x5d: // ]
      return true
    default:
      return false
  }
}
