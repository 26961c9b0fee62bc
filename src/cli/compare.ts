import {
  type Difference,
  diff,
  isObject,
  isReference,
  type Json,
  type JsonObject,
  type ResourceType,
  withoutFilter,
} from '../protocol/index.ts'
import { pickType } from './attribute-names.ts'
import { type Gathered, type Gathering, openGathering, type Side } from './gathering.ts'
import { type Place, withNamedPlace } from './place.ts'
import { startProgress } from './progress.ts'
import { type Options, textOption, UsageError } from './usage.ts'

/** Two places with their resources gathered. */
export interface Compared {
  readonly a: Place
  readonly b: Place
  readonly gathering: Gathering
  /** The types that are compared, as each side has them; those that refer to others come last. */
  readonly types: readonly ComparedType[]
  /** Attributes that A has and B's schemas don't know, so that they can't be compared; filled while findings are read. */
  readonly unknown: Set<string>
}

/** A type that both sides have. */
export interface ComparedType {
  readonly name: string
  readonly a: ResourceType
  readonly b: ResourceType
  readonly key: string
  readonly count: { readonly a: number; readonly b: number }
  /** Resources without a key, or with one that another has. */
  readonly left: { readonly a: number; readonly b: number }
}

/** What differs in one resource. */
export interface Finding {
  readonly type: string
  readonly key: string
  readonly state: 'only in a' | 'only in b' | 'differs'
  /** Attribute paths. */
  readonly paths: readonly string[]
  /** What would make B's like A's, members by their keys. */
  readonly operations: Difference['patches'][number]
}

/** By what people and groups are known again when nothing is said. */
const KEYS: { readonly [type: string]: string } = { User: 'userName', Group: 'displayName' }

/** Gathers two places and works on them. */
export async function withCompared<T>(
  [wordA = '', wordB = '']: readonly string[],
  options: Options,
  use: (compared: Compared) => Promise<T>,
): Promise<T> {
  if (wordA === wordB) throw new UsageError('A and B are the same place')
  return withNamedPlace(wordA, options, (a) =>
    withNamedPlace(wordB, options, async (b) => {
      const gathering = openGathering()
      try {
        return await use({ a, b, gathering, types: await gatherAll(a, b, gathering, options), unknown: new Set() })
      } finally {
        gathering.close()
      }
    }),
  )
}

async function gatherAll(a: Place, b: Place, gathering: Gathering, options: Options): Promise<readonly ComparedType[]> {
  const [typesA, typesB] = [await a.types(), await b.types()]
  const words = (textOption(options, 'type') ?? 'User,Group').split(',').map((word) => word.trim())
  const wanted = words.map((word) => ({ a: pickType(typesA, word, a.name), b: pickType(typesB, word, b.name) }))
  const keys = readKeys(textOption(options, 'key'))
  const hasMembers = wanted.some((each) => each.a.schema.attributes.some(({ name }) => name === 'members'))
  // Members are known by the keys of people, so that these are read in any case.
  const needed = hasMembers && !wanted.some((each) => each.a.name === 'User') ? ['User'] : []
  const progress = startProgress('Reading', await totalOf([a, b], wanted), options)
  const read = (by: number) => progress.advance(by)
  for (const name of needed) {
    for (const [side, place, types] of [['a', a, typesA] as const, ['b', b, typesB] as const]) {
      const type = types.find((each) => each.name === name)
      const key = keyFor(name, keys)
      if (type !== undefined && key !== undefined)
        await gathering.gather(side, place, type, key, { namesOnly: true, read: () => undefined })
    }
  }
  const out: ComparedType[] = []
  for (const each of wanted) {
    const { name } = each.a
    const key = keyFor(name, keys)
    if (key === undefined) throw new UsageError(`say by what a ${name} is known again: --key ${name}=ATTRIBUTE`)
    const inA = await gathering.gather('a', a, each.a, key, { namesOnly: false, read })
    const inB = await gathering.gather('b', b, each.b, key, { namesOnly: false, read })
    out.push({
      name,
      ...each,
      key,
      count: { a: inA.count, b: inB.count },
      left: { a: inA.left, b: inB.left },
    })
  }
  progress.stop()
  return out
}

async function totalOf(places: readonly Place[], types: readonly { readonly a: ResourceType }[]): Promise<number> {
  let total = 0
  if (!process.stderr.isTTY) return 0
  for (const { client } of places) {
    for (const { a } of types) total += (await client.query(a, { count: 1 })).totalResults ?? 0
  }
  return total
}

/** `userName`, or `User=externalId,Group=displayName`. */
function readKeys(text: string | undefined): ReadonlyMap<string, string> {
  const parts = (text ?? '').split(',').filter((part) => part !== '')
  return new Map(
    parts.map((part) => {
      const equals = part.indexOf('=')
      return equals < 0
        ? (['*', part.trim()] as const)
        : ([part.slice(0, equals).trim(), part.slice(equals + 1).trim()] as const)
    }),
  )
}

function keyFor(type: string, keys: ReadonlyMap<string, string>): string | undefined {
  const own = keys.get(type)
  if (own !== undefined) return own
  // One key for all is meant for people; groups have no userName.
  const all = keys.get('*')
  return all !== undefined && (type === 'User' || all === 'externalId') ? all : KEYS[type]
}

/** Everything that differs, one finding after the other. What only one side has comes with an empty list of paths. */
export function* findings(
  { gathering, types, unknown }: Compared,
  ignored: readonly string[] = [],
): Generator<Finding> {
  for (const type of types) {
    for (const { shown, a: inA, b: inB } of gathering.pairs(type.name)) {
      const found = { type: type.name, key: shown, paths: [], operations: [] }
      if (inA === undefined) yield { ...found, state: 'only in b' }
      else if (inB === undefined) yield { ...found, state: 'only in a' }
      else {
        const { patches, notes } = compareTwo(gathering, type, inA, inB, ignored)
        const operations = patches.flat()
        const fixed = notes.filter(({ kind }) => kind === 'refused').map(({ path }) => path)
        for (const { kind, path } of notes) if (kind === 'unknown') unknown.add(`${type.name} ${path}`)
        const paths = [...new Set([...operations.map(rootPath), ...fixed])]
        if (paths.length > 0) yield { ...found, state: 'differs', paths, operations }
      }
    }
  }
}

function rootPath({ path = '' }: { readonly path?: string }): string {
  return withoutFilter(path)
}

/** What makes B's resource like A's, references on both sides by the keys of those they lead to. */
function compareTwo(
  gathering: Gathering,
  type: ComparedType,
  inA: Gathered,
  inB: Gathered,
  ignored: readonly string[],
): Difference {
  const before = without(byKeys(gathering, 'b', type, inB), ignored)
  const after = without(byKeys(gathering, 'a', type, inA), ignored)
  return diff(before, after, type.b)
}

/** A resource without what isn't to be compared. */
export function without(document: JsonObject, ignored: readonly string[]): JsonObject {
  if (ignored.length === 0) return document
  const folded = new Set(ignored.map((name) => name.toLowerCase()))
  return Object.fromEntries(Object.entries(document).filter(([name]) => !folded.has(name.toLowerCase())))
}

/** A resource with its members, all references by key: ids mean something on their own side only. */
export function byKeys(gathering: Gathering, side: Side, type: ComparedType, { id, document }: Gathered): JsonObject {
  const own = side === 'a' ? type.a : type.b
  const members = [...gathering.members(side, type.name, id)].map(({ shown, key }) => ({
    value: key.startsWith('id:') ? key : shown,
  }))
  const out = withReferences(document, own, (reference) => gathering.keyOf(side, reference)?.shown ?? reference)
  return members.length === 0 ? out : { ...out, members }
}

/** A resource with each singular reference, like the manager, turned into another; undefined takes it away. */
export function withReferences(
  document: JsonObject,
  type: ResourceType,
  turn: (id: string) => string | undefined,
): JsonObject {
  const inHolder = (holder: JsonObject, attributes: ResourceType['schema']['attributes']): JsonObject => {
    const out: { [name: string]: Json } = { ...holder }
    for (const attribute of attributes) {
      const value = holder[attribute.name]
      if (attribute.multiValued || !isReference(attribute) || !isObject(value)) continue
      const to = typeof value.value === 'string' ? turn(value.value) : undefined
      if (to === undefined) delete out[attribute.name]
      else out[attribute.name] = { value: to }
    }
    return out
  }
  let out = inHolder(document, type.schema.attributes)
  for (const { schema } of type.extensions) {
    const held = out[schema.id]
    if (isObject(held)) out = { ...out, [schema.id]: inHolder(held, schema.attributes) }
  }
  return out
}
