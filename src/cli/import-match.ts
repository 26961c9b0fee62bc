import { type Context, type Directory, documentOf } from '../directory/index.ts'
import { fold, type JsonObject, LIMITS, type ResourceType, readQuery, squeezed } from '../protocol/index.ts'
import type { Stored } from '../store/index.ts'
import type { Entry, Source } from './import-source.ts'
import type { LinePlace } from './lines.ts'

/** What the lines of a file say of one another: which of their names tell one resource from the others. */
export interface Names {
  /** External ids, by type, and those that stand on several lines. */
  readonly externalIds: ReadonlySet<string>
  readonly repeated: ReadonlySet<string>
  /** Names that are unique by their schema, by type. */
  readonly unique: ReadonlySet<string>
  /** How many lines of that type, name and external id came before: the n-th line means the n-th resource. */
  readonly next: (type: ResourceType, json: JsonObject) => number
}

/** The attribute that people call a resource by, and whether two may share it. */
export function nameOf({ schema }: ResourceType): { readonly name: string; readonly unique: boolean } | undefined {
  const simple = schema.attributes.filter(({ type, multiValued }) => type === 'string' && !multiValued)
  const unique = simple.find(({ uniqueness }) => uniqueness !== 'none')
  if (unique !== undefined) return { name: unique.name, unique: true }
  const shared = ['displayName', 'value'].find((name) => simple.some((one) => one.name === name))
  return shared === undefined ? undefined : { name: shared, unique: false }
}

/** Looks at all lines of a file once, before the first of them is taken in; lines before `from` are done already. */
export async function scanNames(
  { entries, read, start }: Source,
  from: LinePlace,
  advance: (entry: Entry) => void,
): Promise<Names> {
  const externalIds = new Set<string>()
  const repeated = new Set<string>()
  const unique = new Set<string>()
  const counts = new Map<string, number>()
  const next = (type: ResourceType, json: JsonObject) => {
    if (nameOf(type)?.unique) return 0
    const key = lineKey(type, json)
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    return count
  }
  for await (const entry of entries(start)) {
    advance(entry)
    try {
      const { type, json } = read(entry.text)
      const external = externalKey(type, json)
      if (external !== undefined) (externalIds.has(external) ? repeated : externalIds).add(external)
      const name = nameOf(type)
      if (name?.unique) unique.add(nameKey(type, json[name.name]))
      if (entry.offset < from.offset) next(type, json)
    } catch {
      // It is rejected, with the reason, when its turn comes.
    }
  }
  return { externalIds, repeated, unique, next }
}

/** Lines that must be taken in one after the other: of the same name. */
export function lineKey(type: ResourceType, json: JsonObject): string {
  const name = nameOf(type)
  const called = name === undefined ? '' : nameKey(type, json[name.name])
  return name?.unique ? called : `${called}\n${externalKey(type, json) ?? ''}`
}

function externalKey(type: ResourceType, json: JsonObject): string | undefined {
  const { externalId } = json
  return typeof externalId === 'string' && externalId !== '' ? `${type.name}\n${externalId}` : undefined
}

function nameKey(type: ResourceType, value: unknown): string {
  const text = typeof value === 'string' ? fold(value) : ''
  return `${type.name}\n${nameOf(type)?.unique ? squeezed(text) : text}`
}

/** What a line is held against. */
export interface Matching {
  readonly directory: Directory
  readonly context: Context
  readonly names: Names
  /** Resources that lines of this file have been matched with by their name alone. */
  readonly taken: Set<string>
}

/**
 * The resource here that a line means, if there is one: the one of its unique name; else the one of its externalId, unless
 * another line of the file has that name or externalId; else, where names are shared, the n-th of the name for the n-th line.
 */
export async function match(
  matching: Matching,
  type: ResourceType,
  json: JsonObject,
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
  // externalId is not unique: when it doesn't tell one from the other, the name has to.
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
    // Those of other lines are no longer to be had.
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
