// Decides which way a query goes to its resources and how costly that is; each database carries the plan out.

import { type BoundFilter, targetsIn } from '../../protocol/index.ts'
import type { Query, Weight } from '../contract/index.ts'
import { FEW, type Keys, keysFor, ONE } from './keys.ts'
import type { SqlScope } from './scope.ts'

type TypeQuery = Query['types'][number]

/**
 * The way to the page of a query.
 *
 * - `walk`: everything of one type in order of id.
 * - `few`: what an index gives, a few resources at most, sorted in memory.
 * - `gather`: what an index gives exactly, perhaps very many: their numbers first, resources only for the page. When there are more
 *   than {@link HANDFUL}, {@link planGathered} decides how to go on.
 * - `scan`: one type in order of id, each resource compared, until the page is full.
 * - `many`: finds all that matches, of all types, then sorts, counts and cuts the page out.
 */
export type Plan = { readonly way: 'walk' | 'scan' | 'many' } | { readonly way: 'few' | 'gather'; readonly keys: Keys }

/** Pages beyond this are heavy, and so is an index entry shared by more resources than this. */
export const LIGHT = 200
/** Numbers of resources that are handed from one statement to the next. */
export const HANDFUL = 500
/** Parsing one document costs about as much as fetching and sorting this many rows by number. */
const PARSING = 4
/** A filter with more terms than these takes long on each resource. */
const TERMS = 20
/** From this cost on, a walk over index entries is heavy however few resources come of it. */
const WIDE = 50_000

const WALK: Plan = { way: 'walk' }
const SCAN: Plan = { way: 'scan' }
const MANY: Plan = { way: 'many' }

/** Plans a query. `types` are those the tenant has resources of; `scope` is that of the first. `total`: whether all matches are counted. */
export function planQuery(types: readonly TypeQuery[], total: boolean, scope: SqlScope): Plan {
  const [only] = types
  if (only === undefined || types.length > 1 || only.sort !== undefined) return MANY
  if (only.filter === undefined) return WALK
  const keys = keysFor(only.filter, scope)
  if (keys === undefined) return total ? MANY : SCAN
  if (keys.cost <= FEW) return { way: 'few', keys }
  return keys.exact ? { way: 'gather', keys } : MANY
}

/**
 * Of `matching` resources that an index gives exactly, out of `all`: when most match, a scan in order of id soon fills the page; else
 * only those that match are read and sorted.
 */
export function planGathered(matching: number, all: number, page: Query['page']): 'scan' | 'many' {
  const read = ((startOf(page) + page.limit + 1) * all) / matching
  return read * PARSING > matching ? 'many' : 'scan'
}

/** How many resources come before the page. */
export function startOf(page: Query['page']): number {
  return 'offset' in page ? page.offset : 0
}

/** Whether a filter takes long to be compared, and even to be compiled: its query is heavy whatever else it is. */
export function isLong(filter: BoundFilter | undefined): boolean {
  return filter !== undefined && targetsIn(filter).length > TERMS
}

/**
 * How costly a query is whose filters are not long. `Keys`: that depends on how many resources they give, which only the index knows.
 * Without a `scope` the indexes of the tenant are not known.
 */
export function weighQuery(types: readonly TypeQuery[], limit: number, scope: SqlScope | undefined): Weight | Keys {
  const [only] = types
  if (limit > LIGHT) return 'heavy'
  if (only === undefined) return 'light'
  if (types.length > 1 || only.sort !== undefined) return 'heavy'
  if (only.filter === undefined) return 'light'
  const keys = scope === undefined ? undefined : keysFor(only.filter, scope)
  if (keys === undefined || keys.cost >= WIDE) return 'heavy'
  return keys.cost <= ONE ? 'light' : keys
}
