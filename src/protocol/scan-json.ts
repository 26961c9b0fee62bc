// Scans the shape of a JSON text before it is parsed.

import { invalidSyntax, payloadTooLarge } from './errors.ts'
import { LIMITS } from './limits.ts'

/** What one pass over the text of a body has found. */
export interface Scan {
  /** Some number has a fraction, an exponent, or 16 digits and more: what is parsed says less than what was written. */
  readonly unusualNumbers: boolean
  /** The longest string, in characters as written. */
  readonly longestString: number
}

/**
 * Looks at the shape of a JSON text before it is parsed, so that one that is too deep, or holds too much, costs next to nothing.
 * Whether it is JSON at all is the parser's to say. 400 invalidSyntax past `JSON_DEPTH` and `JSON_MEMBERS`, 413 past `JSON_VALUES`.
 * RFC 8259 §9.
 */
export function scanJson(text: string): Scan {
  const open: { readonly isObject: boolean; members: number }[] = []
  let unusualNumbers = false
  let longestString = 0
  let values = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    switch (code) {
      case QUOTE: {
        const end = stringEnd(text, at)
        if (end < 0) return { unusualNumbers, longestString: text.length }
        if (end - at - 1 > longestString) longestString = end - at - 1
        at = end
        break
      }
      case OPEN:
      case OPEN_LIST:
        if (++values > LIMITS.JSON_VALUES) throw tooMany()
        if (open.length === LIMITS.JSON_DEPTH) {
          throw invalidSyntax(`The body is nested deeper than ${LIMITS.JSON_DEPTH} levels`)
        }
        open.push({ isObject: code === OPEN, members: 1 })
        break
      case CLOSE:
      case CLOSE_LIST:
        open.pop()
        break
      case COMMA: {
        if (++values > LIMITS.JSON_VALUES) throw tooMany()
        const within = open[open.length - 1]
        if (within?.isObject && ++within.members > LIMITS.JSON_MEMBERS) {
          throw invalidSyntax(`An object in the body has more than ${LIMITS.JSON_MEMBERS} members`)
        }
        break
      }
      default:
        if (code >= ZERO && code <= NINE) {
          const end = numberEnd(text, at)
          if (end < 0) unusualNumbers = true
          at = Math.abs(end) - 1
        }
    }
  }
  return { unusualNumbers, longestString }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN = 0x7b
const CLOSE = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const ZERO = 0x30
const NINE = 0x39
/** Numbers of fewer digits are exact. */
const DIGITS = 16

/** Where the string that begins here has its closing quotation mark; -1 without one. */
function stringEnd(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end
    while (text.charCodeAt(before - 1) === BACKSLASH) before--
    if ((end - before) % 2 === 0) return end
  }
  return -1
}

/** The place behind the number that begins here; negative when it is an unusual one. */
function numberEnd(text: string, from: number): number {
  let at = from
  let plain = true
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= ZERO && code <= NINE) continue
    // . e E + -
    if (code !== 0x2e && code !== 0x65 && code !== 0x45 && code !== 0x2b && code !== 0x2d) break
    plain = false
  }
  return plain && at - from < DIGITS ? at : -at
}

function tooMany() {
  return payloadTooLarge(`The body holds more than ${LIMITS.JSON_VALUES} values; send less at once`)
}
