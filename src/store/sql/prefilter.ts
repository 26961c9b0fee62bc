import type { Attribute, BoundFilter } from '../../protocol/index.ts'
import type { Binder } from './bindings.ts'

// Neither escaped in JSON, nor special to LIKE, nor changed by folding but for its case.
const PLAIN = /^[a-z0-9 .@:+-]{2,100}$/i
const FOUND: ReadonlySet<string> = new Set(['eq', 'co', 'sw', 'ew'])

/**
 * What the whole text of a document must contain for a comparison with a part of it to hold; undefined when nothing can
 * be said. Never null, and far cheaper than taking the JSON apart.
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

/** The same for a filter that one and the same element satisfies. `own`: whether the document itself holds a leaf. */
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

/** With more alternatives than these a look at the elements is no dearer. */
const MOST = 4

function shortest(pieces: readonly string[]): number {
  return Math.min(...pieces.map((piece) => piece.length))
}

function pieceOf(op: BoundFilter['op'], leaf: Attribute, value: string | number | boolean): string | undefined {
  if (!FOUND.has(op) || typeof value !== 'string' || !PLAIN.test(value)) return undefined
  if (leaf.type !== 'string' && leaf.type !== 'reference') return undefined
  // Runs of spaces count as one space there, and the document has them as they were sent.
  if (leaf.uniqueness !== 'none' && value.includes(' ')) return undefined
  return value
}

// Where there is a folded text, letters beyond ASCII may have become these.
function containing(piece: string, bindings: Binder): string {
  return `(r.folded is not null or ${bindings.dialect.containing('r.text', bindings.bind(piece))})`
}
