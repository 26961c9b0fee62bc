import {
  type Difference,
  diff,
  entryOf,
  type JsonObject,
  LockstepError,
  type ResourceType,
  resolve,
  withoutFilter,
} from '../../protocol/index.ts'
import { pickType } from '../targets/attribute-names.ts'
import { type Place, withNamedPlace } from '../targets/target.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { startProgress } from '../terminal/progress.ts'
import type { Compared, ComparedType } from './comparison.ts'
import { BY_KEYS, goalOf } from './desired.ts'
import { type Gathered, type Gathering, openGathering, type Pair, type Side } from './pair-table.ts'
import {
  type GatheredSource,
  gatherSource,
  gatherStrangers,
  onRequest,
  pathsIn,
  readAgain,
  SAMPLES,
} from './read-side.ts'
import { shareType } from './shared-type.ts'

/** What differs in one resource, or why it can't be told. */
export interface Finding {
  readonly type: string
  readonly key: string
  readonly state: 'only in a' | 'only in b' | 'differs' | 'same' | 'several' | 'failed'
  /** Attribute paths. */
  readonly paths: readonly string[]
  /** What would make B's like A's, members by their keys. */
  readonly operations: Difference['patches'][number]
  /** What of it can't be compared, in words. */
  readonly left?: readonly string[]
  /** How many each side has under the key, where it is not unique. */
  readonly several?: Pair['several']
  readonly why?: string
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
        return await use(await gatherAll(a, b, gathering, options))
      } finally {
        gathering.close()
      }
    }),
  )
}

async function gatherAll(a: Place, b: Place, gathering: Gathering, options: Options): Promise<Compared> {
  const [typesA, typesB] = [await a.types(), await b.types()]
  const words = (textOption(options, 'type') ?? 'User,Group').split(',').map((word) => word.trim())
  const keys = readKeys(textOption(options, 'key'))
  const wanted = words.map((word) => {
    const [own, other] = [pickType(typesA, word, a.name), pickType(typesB, word, b.name)]
    const key = keyFor(other.name, keys)
    if (key === undefined)
      throw new UsageError(`say by what a ${other.name} is known again: --key ${other.name}=ATTRIBUTE`)
    return { own, other, key, shared: shareType(own, other) }
  })
  const hasMembers = wanted.some((each) => each.own.schema.attributes.some(({ name }) => name === 'members'))
  const progress = startProgress(
    'Reading',
    await totalOf(
      [a, b],
      wanted.map(({ own }) => own),
    ),
    options,
  )
  const taking = { partial: flagOption(options, 'force'), read: (by: number) => progress.advance(by) }
  const sources = new Map<string, GatheredSource>()
  const gather = async (side: Side, own: ResourceType, type: ResourceType, key: string, namesOnly: boolean) => {
    const source = { side, place: side === 'a' ? a : b, type, own, key, namesOnly }
    sources.set(`${side} ${type.name}`, await gatherSource(gathering, source, taking))
  }
  try {
    // Members are known by the keys of people, so that these are read in any case.
    if (hasMembers && !wanted.some(({ other }) => other.name === 'User')) {
      const [own, other] = [typesA, typesB].map((types) => types.find(({ name }) => name === 'User'))
      const key = keyFor('User', keys) ?? 'userName'
      const shared = own === undefined || other === undefined ? undefined : shareType(own, other)
      if (own !== undefined) await gather('a', own, shared?.a ?? own, key, true)
      if (other !== undefined) await gather('b', other, shared?.b ?? other, key, true)
    }
    for (const { own, other, key, shared } of wanted) {
      await gather('a', own, shared.a, key, false)
      await gather('b', other, shared.b, key, false)
    }
    for (const side of ['a', 'b'] as const) {
      await gatherStrangers(
        gathering,
        [...sources.values()].filter(({ source }) => source.side === side),
      )
    }
  } finally {
    progress.stop()
  }
  const of = (side: Side, name: string) => sources.get(`${side} ${name}`)
  const types = wanted.map(({ key, shared }): ComparedType => {
    const { name } = shared.b
    const [inA, inB] = [of('a', name), of('b', name)]
    return {
      ...shared,
      name,
      key,
      count: { a: inA?.count ?? 0, b: inB?.count ?? 0 },
      keyless: { a: inA?.keyless ?? 0, b: inB?.keyless ?? 0 },
    }
  })
  return { a, b, gathering, sources, types, unknown: onRequestAlone(wanted) }
}

/** Attributes that both sides show only on request, and that nobody asked for. */
function onRequestAlone(wanted: readonly { readonly own: ResourceType; readonly other: ResourceType }[]): Set<string> {
  return new Set(
    wanted.flatMap(({ own, other }) => {
      const inB = new Set(onRequest(other).map((path) => path.toLowerCase()))
      return onRequest(own).flatMap((path) => (inB.has(path.toLowerCase()) ? [`${other.name} ${path}`] : []))
    }),
  )
}

async function totalOf(places: readonly Place[], types: readonly ResourceType[]): Promise<number> {
  let total = 0
  if (!process.stderr.isTTY) return 0
  for (const { client } of places) {
    for (const type of types) total += (await client.query(type, { count: 1 })).totalResults ?? 0
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
  return all !== undefined && (type === 'User' || all === 'externalId') ? all : entryOf(KEYS, type)
}

/** Two resources of one key, each whole as far as they are compared. */
export interface Both extends Pair {
  readonly a: Gathered
  readonly b: Gathered
}

/**
 * A pair of which nothing is concluded from what a list leaves out: before anything is taken for missing at A, A's resource is read by
 * itself; B's where its list never shows what A has. Throws where it is gone meanwhile.
 */
export async function settle(compared: Compared, type: ComparedType, pair: Both): Promise<Both> {
  let isRead = false
  const read = async (side: Side) => {
    const source = compared.sources.get(`${side} ${type.name}`)
    const { id } = side === 'a' ? pair.a : pair.b
    if (source === undefined || !(await readAgain(compared.gathering, source, id))) {
      const where = side === 'a' ? compared.a.name : compared.b.name
      throw new LockstepError('ERR_REFUSED', `was in the list of ${where}, but is no longer there`)
    }
    isRead = true
  }
  const missing = (from: Gathered, to: Gathered) => {
    const there = new Set(pathsIn(to.document))
    return pathsIn(from.document).filter((path) => !there.has(path) && isWritten(type.b, path))
  }
  if (!pair.a.whole && missing(pair.b, pair.a).some(type.isKnownToA)) await read('a')
  const source = compared.sources.get(`b ${type.name}`)
  const isOpen = (path: string) => source?.shown.has(path) !== true && (source?.missed.get(path) ?? 0) < SAMPLES
  const open = pair.b.whole || pair.b.made ? [] : missing(pair.a, pair.b).filter(isOpen)
  if (open.length > 0) await read('b')
  if (!isRead) return pair
  const now = compared.gathering.pair(type.name, pair.key)
  if (now?.a === undefined || now.b === undefined || now.several !== undefined) {
    throw new LockstepError('ERR_REFUSED', `shows another ${type.key} by itself than in a list`)
  }
  // What a server keeps to itself needn't be asked for of everybody.
  const there = new Set(pathsIn(now.b.document))
  for (const path of open) if (!there.has(path)) source?.missed.set(path, (source.missed.get(path) ?? 0) + 1)
  return { ...now, a: now.a, b: now.b }
}

function isWritten(type: ResourceType, path: string): boolean {
  const attribute = resolve(path, type)?.attribute
  return attribute !== undefined && attribute.mutability !== 'readOnly' && !['id', 'meta', 'schemas'].includes(path)
}

/** Everything that was compared, one finding after the other; one that can't be compared is told and the others follow. */
export async function* findings(
  compared: Compared,
  ignored: readonly string[] = [],
): AsyncGenerator<Finding, void, undefined> {
  for (const type of compared.types) {
    for (const pair of compared.gathering.pairs(type.name)) {
      const found = { type: type.name, key: pair.shown, paths: [], operations: [] }
      const { a: inA, b: inB, several } = pair
      if (several !== undefined) yield { ...found, state: 'several', several }
      else if (inA === undefined) yield { ...found, state: 'only in b' }
      else if (inB === undefined) yield { ...found, state: 'only in a' }
      else {
        try {
          yield {
            ...found,
            ...compareTwo(compared, type, await settle(compared, type, { ...pair, a: inA, b: inB }), ignored),
          }
        } catch (error) {
          if (!(error instanceof LockstepError)) throw error
          yield { ...found, state: 'failed', why: error.message }
        }
      }
    }
  }
}

/** What makes B's resource like A's, references on both sides by the keys of those they lead to. */
function compareTwo(
  compared: Compared,
  type: ComparedType,
  { a, b }: Both,
  ignored: readonly string[],
): Pick<Finding, 'state' | 'paths' | 'operations' | 'left'> {
  const { before, goal, left, unknown } = goalOf(compared, type, a, b, ignored, BY_KEYS)
  const { patches, notes } = diff(before, goal, type.b)
  noteUnknown(compared, type, unknown, notes)
  const operations = patches.flat()
  const fixed = notes.filter(({ kind }) => kind === 'refused').map(({ path }) => path)
  const paths = [...new Set([...operations.map(({ path = '' }) => withoutFilter(path)), ...fixed])]
  const more = left.length === 0 ? {} : { left }
  return paths.length === 0
    ? { state: 'same', paths, operations, ...more }
    : { state: 'differs', paths, operations, ...more }
}

/** Notes what only one side's schemas know. */
export function noteUnknown(
  { unknown }: Compared,
  { name }: ComparedType,
  paths: readonly string[],
  notes: Difference['notes'],
): void {
  for (const path of paths) unknown.add(`${name} ${path}`)
  for (const { kind, path } of notes) if (kind === 'unknown') unknown.add(`${name} ${path}`)
}

/** A resource without what isn't to be compared. */
export function without(document: JsonObject, ignored: readonly string[]): JsonObject {
  if (ignored.length === 0) return document
  const folded = new Set(ignored.map((name) => name.toLowerCase()))
  return Object.fromEntries(Object.entries(document).filter(([name]) => !folded.has(name.toLowerCase())))
}
