// A cheap condition on a document's whole text, checked before the exact one.

import type { Attribute, BoundFilter } from '../../protocol/index.ts'
import type { Binder } from './bindings.ts'

// Characters that JSON does not escape, LIKE does not interpret, and folding changes in case only.
const PLAIN = /^[a-z0-9 .@:+-]{2,100}$/i
const FOUND: ReadonlySet<string> = new Set(['eq', 'co', 'sw', 'ew'])

/**
 * A condition on the whole text of a document without which a comparison with a part of it cannot hold; undefined when there is none.
 * It is never null, and far cheaper than parsing the JSON.
 */
export function hintFor(
  op: BoundFilter['op'],
  leaf: Attribute,
  value: string | number | boolean,
  bindings: Binder,
): string | undefined {
  const text = pieceOf(op, leaf, value)
  return text === undefined ? undefined : containing(text, bindings)
}

/** The same for a filter that a single element must satisfy. `own`: whether the document itself contains a leaf. */
export function hintForElement(
  filter: BoundFilter,
  own: (leaf: Attribute) => boolean,
  bindings: Binder,
): string | undefined {
  const pieces = piecesOf(filter, own)
  if (pieces === undefined) return undefined
  return `(${pieces.map((piece) => containing(piece, bindings)).join(' or ')})`
}

/** One of these is in every text that satisfies the filter. */
function piecesOf(filter: BoundFilter, own: (leaf: Attribute) => boolean): readonly string[] | undefined {
  switch (filter.op) {
    case 'eq':
    case 'co':
    case 'sw':
    case 'ew': {
      const piece = own(filter.target.leaf) ? pieceOf(filter.op, filter.target.leaf, filter.value) : undefined
      return piece === undefined ? undefined : [piece]
    }
    case 'and': {
      // The longest is the rarest.
      let best: readonly string[] | undefined
      for (const one of filter.all) {
        const pieces = piecesOf(one, own)
        if (pieces !== undefined && (best === undefined || shortest(pieces) > shortest(best))) best = pieces
      }
      return best
    }
    case 'or': {
      const all: string[] = []
      for (const one of filter.all) {
        const pieces = piecesOf(one, own)
        if (pieces === undefined) return undefined
        all.push(...pieces)
      }
      return all.length > 0 && all.length <= MOST ? all : undefined
    }
    default:
      return undefined
  }
}

/** With more alternatives than this, reading the elements costs no more. */
const MOST = 4

function shortest(pieces: readonly string[]): number {
  return Math.min(...pieces.map((piece) => piece.length))
}

function pieceOf(op: BoundFilter['op'], leaf: Attribute, value: string | number | boolean): string | undefined {
  if (!FOUND.has(op) || typeof value !== 'string' || !PLAIN.test(value)) return undefined
  if (leaf.type !== 'string' && leaf.type !== 'reference') return undefined
  // There, runs of spaces compare as one space, but the document has them as they were sent.
  if (leaf.uniqueness !== 'none' && value.includes(' ')) return undefined
  return value
}

// In a document with a folded text, other letters may have been folded to these.
function containing(piece: string, bindings: Binder): string {
  return `(r.folded is not null or ${bindings.dialect.containing('r.text', bindings.bind(piece))})`
}
