// A cheap condition on a document's whole text, checked before the exact one.

import type { Attribute, BoundFilter, Target } from '../../protocol/index.ts'
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

/**
 * The same for a filter of several conditions, or one that a single element must satisfy. `own`: whether the document itself contains what
 * a condition looks at.
 */
export function hintForFilter(
  filter: BoundFilter,
  own: (target: Target) => boolean,
  bindings: Binder,
): string | undefined {
  const pieces = piecesOf(filter, own)
  if (pieces === undefined) return undefined
  return `(${pieces.map((piece) => containing(piece, bindings)).join(' or ')})`
}

/** One of these is in every text that satisfies the filter. */
function piecesOf(filter: BoundFilter, own: (target: Target) => boolean): readonly string[] | undefined {
  switch (filter.op) {
    case 'eq':
    case 'co':
    case 'sw':
    case 'ew': {
      const piece = own(filter.target) ? pieceOf(filter.op, filter.target.leaf, filter.value) : undefined
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
      const all = new Set<string>()
      for (const one of filter.all) {
        const pieces = piecesOf(one, own)
        if (pieces === undefined) return undefined
        for (const piece of pieces) all.add(piece)
      }
      return all.size > 0 && all.size <= MOST ? [...all] : undefined
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

/** Where case counts, the piece is in the text as it is; else in the folded one, where there is one: other letters fold to these, too. */
function containing(piece: string, bindings: Binder): string {
  const part = bindings.bind(piece)
  const { dialect } = bindings
  return `(${dialect.containing('r.text', part)} or (r.folded is not null and ${dialect.containing('r.folded', part)}))`
}
