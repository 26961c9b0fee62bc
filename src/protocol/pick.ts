// Picks some members out of JSON text without parsing the rest.

import { type Document, isObject } from './json.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = 0x7b
const CLOSE = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d

/**
 * A JSON object with only some of its members, the others passed over: to compare one attribute need not parse a whole
 * resource apart. The text is as JSON.stringify writes it; any other is read whole.
 */
export function pickMembers(text: string, names: ReadonlySet<string>): Document {
  return pick(text, names) ?? whole(text)
}

function whole(text: string): Document {
  const read: unknown = JSON.parse(text)
  if (!isObject(read)) throw new SyntaxError('the text is not a JSON object')
  return read
}

/** Undefined for a text with blanks between its parts, or that ends too soon. */
function pick(text: string, names: ReadonlySet<string>): Document | undefined {
  const found: { [name: string]: Document[string] } = {}
  let left = names.size
  let at = 1
  if (text.charCodeAt(0) !== OPEN) return undefined
  while (left > 0 && text.charCodeAt(at) === QUOTE) {
    const end = stringEnd(text, at)
    if (end < 0 || text.charCodeAt(end) !== COLON) return undefined
    const name = text.slice(at + 1, end - 1)
    const next = valueEnd(text, end + 1)
    if (next < 0) return undefined
    // None of our names contains escapes.
    if (names.has(name)) {
      found[name] = JSON.parse(text.slice(end + 1, next)) as Document[string]
      left--
    }
    if (text.charCodeAt(next) === CLOSE) return found
    if (text.charCodeAt(next) !== COMMA) return undefined
    at = next + 1
  }
  return left === 0 ? found : undefined
}

/** The place behind a string that begins here; -1 if it has no end. */
function stringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === BACKSLASH) before--
    if ((end - before) % 2 === 1) return end + 1
  }
  return -1
}

/** The place behind a value that begins here; -1 if it has no end. */
function valueEnd(text: string, from: number): number {
  let at = from
  let depth = 0
  while (at < text.length) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at)
        if (at < 0 || depth === 0) return at
        continue
      case OPEN:
      case OPEN_LIST:
        depth++
        break
      case CLOSE:
      case CLOSE_LIST:
        // The end of a number or word.
        if (depth === 0) return at
        depth--
        if (depth === 0) return at + 1
        break
      case COMMA:
        if (depth === 0) return at
        break
    }
    at++
  }
  return -1
}
