// Finds the resource that a record of a source means.

import { type Context, type Directory, documentOf, type Stored } from '../directory/index.ts'
import { LIMITS, type ResourceType, readQuery } from '../protocol/index.ts'
import type { SourceRecord } from './record.ts'
import { externalKey, nameKey, nameOf, type RecordNames } from './record-names.ts'

/** What a record is matched against. */
export interface Matching {
  readonly directory: Directory
  readonly context: Context
  readonly names: RecordNames
  /** Resources that records have been matched with by their name alone. */
  readonly taken: Set<string>
}

/**
 * The resource here that a record means, if there is one: the one with its unique name; else the one with its externalId, unless
 * another record of the source has that name or externalId; else, where names are shared, the n-th of that name for the n-th record.
 */
export async function match(
  matching: Matching,
  { type, json }: SourceRecord,
  ordinal: number,
): Promise<Stored | undefined> {
  const { names, taken } = matching
  const name = nameOf(type)
  const own = name === undefined ? undefined : json[name.name]
  const called = typeof own === 'string' && own !== '' ? own : undefined
  if (name?.unique && called !== undefined) {
    const [found] = await find(matching, type, name.name, called)
    if (found !== undefined) return found
  }
  const external = externalKey(type, json)
  const others = external === undefined ? [] : await find(matching, type, 'externalId', String(json.externalId))
  const [only] = others
  const isAlone = external !== undefined && !names.repeated.has(external)
  // externalId is not unique: when several share it, the name decides.
  if (isAlone && only !== undefined && others.length === 1) {
    const theirs = name?.unique ? nameKey(type, documentOf(only)[name.name]) : undefined
    if (theirs === undefined || !names.unique.has(theirs)) return only
    return undefined
  }
  if (name === undefined || name.unique || called === undefined) return undefined
  const same = await find(matching, type, name.name, called)
  const theirsOf = (stored: Stored) => externalKey(type, documentOf(stored))
  const exact = same.filter((stored) => theirsOf(stored) === external)
  if (external === undefined) {
    // Those of other records are taken.
    const free = same.filter((stored) => !names.externalIds.has(theirsOf(stored) ?? '') && !taken.has(stored.id))
    return take(taken, exact[ordinal] ?? free.filter((stored) => theirsOf(stored) !== undefined)[0])
  }
  const nameless = same.filter((stored) => theirsOf(stored) === undefined && !taken.has(stored.id))
  return exact[ordinal] ?? take(taken, nameless[0])
}

function take(taken: Set<string>, stored: Stored | undefined): Stored | undefined {
  if (stored !== undefined) taken.add(stored.id)
  return stored
}

/** The resources with a value, in the order they were made. */
async function find(
  { directory, context }: Matching,
  type: ResourceType,
  attribute: string,
  value: string,
): Promise<readonly Stored[]> {
  const search = readQuery({ filter: `${attribute} eq ${JSON.stringify(value)}`, count: String(LIMITS.PAGE_MAX) })
  const plan = directory.plan(context, [type], search, '', { groups: false, total: false })
  const { resources } = await directory.find(plan)
  return resources.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
