// Quirk: typographic quotation marks around a filter value.

import type { Quirk } from './quirk.ts'
import { outsideStrings } from './quoted.ts'
import { mapFilter, mapNames } from './toolkit.ts'

/** Typographic quotation marks around a filter value, as word processors make them: `userName eq “ada”`. */
export const quotationMarks: Quirk = {
  name: 'quotation-marks',
  register: ['X11', 'Q06'],
  source: 'lessonly/scim_rails issue 33: a request pasted from a document',
  deviates: ['P-127'],
  inbound(message) {
    const filtered = mapFilter(message, requoted)
    return message.action === 'patch'
      ? mapNames(filtered, (path) => (path.includes('[') ? requoted(path) : path))
      : filtered
  },
}

function requoted(text: string): string {
  return /[‘“„]/.test(text) ? outsideStrings(text, requotedPiece) : text
}

/** Opening marks with the one that closes each. */
const MARKS: { readonly [open: string]: string | undefined } = { '‘': '’', '“': '”', '„': '“' }

/** A comparison, then the value with its marks, then an end: so that an apostrophe inside a value is left alone. */
function requotedPiece(piece: string): string {
  const closings = new Map<string, Closing>()
  let out = ''
  let from = 0
  for (let at = 0; at < piece.length; at++) {
    const closing = MARKS[piece[at] ?? '']
    if (closing === undefined || !comesAfterOperator(piece, at)) continue
    // Looked for once, however many marks open before it.
    let next = closings.get(closing)
    if (next === undefined || next.at <= at) {
      next = closingFrom(piece, closing, at + 1)
      closings.set(closing, next)
    }
    if (!next.ends) continue
    out += piece.slice(from, at) + JSON.stringify(piece.slice(at + 1, next.at))
    from = next.at + 1
    at = next.at
  }
  return out + piece.slice(from)
}

/** The position of a closing mark, infinite if there is none, and whether a value can end there. */
interface Closing {
  readonly at: number
  readonly ends: boolean
}

function closingFrom(piece: string, closing: string, from: number): Closing {
  const at = piece.indexOf(closing, from)
  return at < 0 ? { at: Number.POSITIVE_INFINITY, ends: false } : { at, ends: endsValue(piece, at + 1) }
}

function comesAfterOperator(piece: string, at: number): boolean {
  let before = at
  while (before > 0 && isBlank(piece[before - 1])) before--
  return before < at && /(?:^|\W)(?:eq|ne|co|sw|ew|gt|ge|lt|le)$/i.test(piece.slice(Math.max(0, before - 3), before))
}

/** A value is followed by the end, a closing bracket, or another condition. */
function endsValue(piece: string, at: number): boolean {
  let after = at
  while (isBlank(piece[after])) after++
  if (after === piece.length || piece[after] === ')' || piece[after] === ']') return true
  return after > at && /^(?:and|or)\s/i.test(piece.slice(after, after + 4))
}

function isBlank(sign: string | undefined): boolean {
  return sign !== undefined && /\s/.test(sign)
}
