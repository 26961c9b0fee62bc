// Folds text for comparison without regard to case. RFC 7643 §2.2.

import { CASE_FOLDING, WIDTH_MAPPING } from './folding-table.ts'
import type { Attribute } from './schema.ts'

const ASCII = /^[\0-\x7f]*$/
const WIDE = /[\u3000\uff01-\uffee]/
const SPACES = / {2,}/g
/** Spaces that look like the plain one; the ideographic one is width. */
const OTHER_SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f]/g

let folding: ReadonlyMap<number, string> | undefined
let width: ReadonlyMap<number, string> | undefined

/**
 * The form in which text compares without regard to case: width mapped, spaces mapped to the plain one, full Unicode case
 * folding without locale, NFC (P-540, P-541, P-543, A-52). `ß` folds to `ss`, full-width letters to plain ones, composed and
 * decomposed letters to the same. Folding what is folded changes nothing. RFC 7644 §3.4.2.3, §5, §7.8; RFC 8265 §3.3, §4.2.2.
 * @example
 * fold('STRASSE') === fold('straße') // true
 */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  width ??= unpack(WIDTH_MAPPING)
  folding ??= unpack(CASE_FOLDING)
  const narrow = (WIDE.test(text) ? mapped(text, width) : text).replace(OTHER_SPACES, ' ')
  // Decomposed first, since only then do equivalent texts fold alike (Unicode §3.13, D145).
  return mapped(narrow.normalize('NFD'), folding).normalize('NFC')
}

/**
 * The form in which values of an attribute are compared and indexed: as they are when case counts, otherwise
 * folded; where values must be unique, runs of spaces count as one, and those at the ends not at all. RFC 7643 §2.2,
 * RFC 7644 §3.4.2.2.
 */
export function comparable(attribute: Attribute, text: string): string {
  const part = comparablePart(attribute, text)
  return squeezes(attribute) && (part.startsWith(' ') || part.endsWith(' ')) ? squeezed(part) : part
}

/** The same for a part of a value, as `co`, `sw` and `ew` look for one: a space at its end separates two words. */
export function comparablePart(attribute: Attribute, text: string): string {
  if (attribute.caseExact || attribute.type === 'binary') return text
  const folded = fold(text)
  return squeezes(attribute) && folded.includes('  ') ? folded.replace(SPACES, ' ') : folded
}

function squeezes({ caseExact, type, uniqueness }: Attribute): boolean {
  return uniqueness !== 'none' && !caseExact && type !== 'binary'
}

/** A folded text with one space between its words, and none at its ends. */
export function squeezed(folded: string): string {
  return folded.replace(SPACES, ' ').replace(/^ /, '').replace(/ $/, '')
}

/** Orders text by code point, as UTF-8 bytes would be; negative when `a` comes first. RFC 7644 §3.4.2.3. */
export function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let at = 0; at < shorter; at++) {
    const one = a.charCodeAt(at)
    const other = b.charCodeAt(at)
    if (one !== other) return rank(one) - rank(other)
  }
  return a.length - b.length
}

// Surrogates encode code points beyond U+FFFF, yet their code units lie below U+E000.
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

function mapped(text: string, table: ReadonlyMap<number, string>): string {
  let out = ''
  for (const letter of text) {
    out += table.get(letter.codePointAt(0) ?? 0) ?? letter
  }
  return out
}

function unpack(packed: string): ReadonlyMap<number, string> {
  const table = new Map<number, string>()
  for (const item of packed.trim().split(/\s+/)) {
    const [one, several] = item.split('>')
    if (several !== undefined) {
      const points = several.split('+').map((point) => Number.parseInt(point, 36))
      table.set(Number.parseInt(one ?? '', 36), String.fromCodePoint(...points))
      continue
    }
    const [from = 0, count = 0, step = 1, to = 0] = item.split(',').map((number) => Number.parseInt(number, 36))
    for (let at = 0; at < count; at++) table.set(from + at * step, String.fromCodePoint(to + at * step))
  }
  return table
}
