// Compares two targets, one pair of resources after the other.

import {
  type Difference,
  diff,
  LockstepError,
  type ResourceType,
  resolve,
  withoutFilter,
} from '../../protocol/index.ts'
import type { ComparedType, Comparison } from './comparison.ts'
import { BY_KEYS, desiredOf } from './desired.ts'
import type { Pair, Side, SideResource } from './pair-table.ts'
import { pathsIn, reread, SAMPLES } from './read-side.ts'

/** How a resource differs, or why it could not be compared. */
export interface Finding {
  readonly type: string
  readonly key: string
  readonly state: 'only in a' | 'only in b' | 'differs' | 'same' | 'several' | 'failed'
  /** Attribute paths. */
  readonly paths: readonly string[]
  /** The changes that would make B's like A's; references hold keys instead of ids. */
  readonly operations: Difference['patches'][number]
  /** What could not be compared of it, in words. */
  readonly left?: readonly string[]
  /** How many each side has, if the key is not unique. */
  readonly several?: Pair['several']
  readonly why?: string
}

/** Two resources with the same key. */
export interface MatchedPair extends Pair {
  readonly a: SideResource
  readonly b: SideResource
}

/**
 * Makes sure that nothing is concluded from what lists omit: A's resource is read by itself before one of its attributes counts as
 * missing, and B's when its list never shows what A has. Throws when a resource no longer exists.
 */
export async function completePair(
  comparison: Comparison,
  type: ComparedType,
  pair: MatchedPair,
): Promise<MatchedPair> {
  let isRead = false
  const read = async (side: Side) => {
    const source = comparison.readings.get(`${side} ${type.name}`)
    const { id } = side === 'a' ? pair.a : pair.b
    if (source === undefined || !(await reread(comparison.table, source, id))) {
      const where = side === 'a' ? comparison.a.name : comparison.b.name
      throw new LockstepError('ERR_REFUSED', `was in the list of ${where}, but no longer exists`)
    }
    isRead = true
  }
  const missing = (from: SideResource, to: SideResource) => {
    const there = new Set(pathsIn(to.document))
    return pathsIn(from.document).filter((path) => !there.has(path) && isWritten(type.b, path))
  }
  if (!pair.a.whole && missing(pair.b, pair.a).some(type.isKnownToA)) await read('a')
  const source = comparison.readings.get(`b ${type.name}`)
  const isOpen = (path: string) => source?.shown.has(path) !== true && (source?.missed.get(path) ?? 0) < SAMPLES
  const open = pair.b.whole || pair.b.made ? [] : missing(pair.a, pair.b).filter(isOpen)
  if (open.length > 0) await read('b')
  if (!isRead) return pair
  const now = comparison.table.pair(type.name, pair.key)
  if (now?.a === undefined || now.b === undefined || now.several !== undefined) {
    throw new LockstepError('ERR_REFUSED', `has another ${type.key} by itself than in the list`)
  }
  // Counts what a server never shows, so that it isn't asked for with every resource.
  const there = new Set(pathsIn(now.b.document))
  for (const path of open) if (!there.has(path)) source?.missed.set(path, (source.missed.get(path) ?? 0) + 1)
  return { ...now, a: now.a, b: now.b }
}

function isWritten(type: ResourceType, path: string): boolean {
  const attribute = resolve(path, type)?.attribute
  return attribute !== undefined && attribute.mutability !== 'readOnly' && !['id', 'meta', 'schemas'].includes(path)
}

/** Compares all pairs, one finding for each; one that can't be compared is reported, and the rest follow. */
export async function* findings(
  comparison: Comparison,
  ignored: readonly string[] = [],
): AsyncGenerator<Finding, void, undefined> {
  for (const type of comparison.types) {
    for (const pair of comparison.table.pairs(type.name)) {
      const found = { type: type.name, key: pair.shown, paths: [], operations: [] }
      const { a: inA, b: inB, several } = pair
      if (several !== undefined) yield { ...found, state: 'several', several }
      else if (inA === undefined) yield { ...found, state: 'only in b' }
      else if (inB === undefined) yield { ...found, state: 'only in a' }
      else {
        try {
          yield {
            ...found,
            ...compareTwo(comparison, type, await completePair(comparison, type, { ...pair, a: inA, b: inB }), ignored),
          }
        } catch (error) {
          if (!(error instanceof LockstepError)) throw error
          yield { ...found, state: 'failed', why: error.message }
        }
      }
    }
  }
}

/** Compares two resources; references on both sides are compared by key. */
function compareTwo(
  comparison: Comparison,
  type: ComparedType,
  { a, b }: MatchedPair,
  ignored: readonly string[],
): Pick<Finding, 'state' | 'paths' | 'operations' | 'left'> {
  const { before, after, left, unknown } = desiredOf(comparison, type, a, b, ignored, BY_KEYS)
  const { patches, notes } = diff(before, after, type.b)
  noteUnknown(comparison, type, unknown, notes)
  const operations = patches.flat()
  const fixed = notes.filter(({ kind }) => kind === 'refused').map(({ path }) => path)
  const paths = [...new Set([...operations.map(({ path = '' }) => withoutFilter(path)), ...fixed])]
  const more = left.length === 0 ? {} : { left }
  return paths.length === 0
    ? { state: 'same', paths, operations, ...more }
    : { state: 'differs', paths, operations, ...more }
}

/** Records attributes that only one side's schemas know. */
export function noteUnknown(
  { unknown }: Comparison,
  { name }: ComparedType,
  paths: readonly string[],
  notes: Difference['notes'],
): void {
  for (const path of paths) unknown.add(`${name} ${path}`)
  for (const { kind, path } of notes) if (kind === 'unknown') unknown.add(`${name} ${path}`)
}

/** Why resources with the same key are left out. */
export function severalInWords({ a, b }: { readonly a: number; readonly b: number }): string {
  return `left out because the key is not unique (${a} in A, ${b} in B)`
}
