// Folds the case of a whole document, for comparisons beyond ASCII.

import { fold, isObject, type Json } from '../../protocol/index.ts'

const PLAIN = /^[\0-\x7f]*$/

/** The document with every string folded, or null for plain ASCII, which the databases' lower() folds. */
export function foldedText(text: string): string | null {
  if (PLAIN.test(text) && !text.includes('\\u')) return null
  return JSON.stringify(foldValues(JSON.parse(text)))
}

function foldValues(value: Json): Json {
  if (typeof value === 'string') return fold(value)
  if (Array.isArray(value)) return value.map(foldValues)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, foldValues(one)]))
}
