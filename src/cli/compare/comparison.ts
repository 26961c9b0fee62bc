// Two targets with their resources read, ready to be compared.

import { entryOf, type ResourceType } from '../../protocol/index.ts'
import { pickType } from '../targets/attribute-names.ts'
import { type Target, withNamedTarget } from '../targets/target.ts'
import { flagOption, listOption, type Options, splitList, textOption, UsageError } from '../terminal/options.ts'
import { startProgress } from '../terminal/progress.ts'
import { openPairTable, type PairTable, type Side } from './pair-table.ts'
import { onRequest, readSideType, readUnlisted, type SideReading, type SideType } from './read-side.ts'
import { type SharedType, shareType } from './shared-type.ts'

/** Two targets, with their resources read. */
export interface Comparison {
  readonly a: Target
  readonly b: Target
  readonly table: PairTable
  /** What was read, by side and type: `a User`. */
  readonly readings: ReadonlyMap<string, SideReading>
  /** The types to compare, as each side has them; those that refer to others come last. */
  readonly types: readonly ComparedType[]
  /** Attributes that only one side's schemas know, so that they can't be compared. Grows while pairs are compared. */
  readonly unknown: Set<string>
}

/** A type that both sides have. */
export interface ComparedType extends SharedType {
  readonly name: string
  readonly key: string
  readonly count: { readonly a: number; readonly b: number }
  /** Resources without a key. */
  readonly keyless: { readonly a: number; readonly b: number }
}

/** The attributes that identify users and groups by default. */
const KEYS: { readonly [type: string]: string } = { User: 'userName', Group: 'displayName' }

/** Opens two targets, named by arguments, reads their resources, and passes them to `use`. */
export async function withComparison<T>(
  [wordA = '', wordB = '']: readonly string[],
  options: Options,
  use: (comparison: Comparison) => Promise<T>,
): Promise<T> {
  if (wordA === wordB) throw new UsageError('A and B are the same target')
  return withNamedTarget(wordA, options, (a) =>
    withNamedTarget(wordB, options, async (b) => {
      const table = openPairTable()
      try {
        return await use(await readBoth(a, b, table, options))
      } finally {
        table.close()
      }
    }),
  )
}

/** A type to compare: as each side's discovery has it, and merged. */
interface WantedType {
  readonly own: ResourceType
  readonly other: ResourceType
  readonly key: string
  readonly shared: SharedType
}

async function readBoth(a: Target, b: Target, table: PairTable, options: Options): Promise<Comparison> {
  const all = { a: await a.types(), b: await b.types() }
  const keys = readKeys(textOption(options, 'key'))
  const named = listOption(options, 'type')
  const words = named.length === 0 ? ['User', 'Group'] : named
  const wanted = words.map((word): WantedType => {
    const [own, other] = [pickType(all.a, word, a.name), pickType(all.b, word, b.name)]
    const key = keyFor(other.name, keys)
    if (key === undefined)
      throw new UsageError(`Name the attribute that identifies a ${other.name}: --key ${other.name}=ATTRIBUTE`)
    return { own, other, key, shared: shareType(own, other) }
  })
  const total = await totalOf([a, b], wanted)
  const progress = startProgress('Reading', total, options)
  const readings = new Map<string, SideReading>()
  const reading = { partial: flagOption(options, 'force'), read: (by: number) => progress.advance(by) }
  try {
    for (const source of [...usersFor(wanted, all, keys), ...sidesOf(wanted)]) {
      const side = { ...source, target: source.side === 'a' ? a : b }
      readings.set(`${side.side} ${side.type.name}`, await readSideType(table, side, reading))
    }
    for (const side of ['a', 'b'] as const) {
      const ofSide = [...readings.values()].filter(({ source }) => source.side === side)
      await readUnlisted(table, ofSide)
    }
  } finally {
    progress.stop()
  }
  const types = wanted.map((each) => comparedType(each, readings))
  return { a, b, table, readings, types, unknown: onRequestAlone(wanted) }
}

function comparedType({ key, shared }: WantedType, readings: ReadonlyMap<string, SideReading>): ComparedType {
  const { name } = shared.b
  const [inA, inB] = [readings.get(`a ${name}`), readings.get(`b ${name}`)]
  return {
    ...shared,
    name,
    key,
    count: { a: inA?.count ?? 0, b: inB?.count ?? 0 },
    keyless: { a: inA?.keyless ?? 0, b: inB?.keyless ?? 0 },
  }
}

function sidesOf(wanted: readonly WantedType[]): readonly Omit<SideType, 'target'>[] {
  return wanted.flatMap(({ own, other, key, shared }) => [
    { side: 'a' as const, own, type: shared.a, key, namesOnly: false },
    { side: 'b' as const, own: other, type: shared.b, key, namesOnly: false },
  ])
}

/** The users to read for their keys alone, by which members are identified, when users themselves are not compared. */
function usersFor(
  wanted: readonly WantedType[],
  all: { readonly [side in Side]: readonly ResourceType[] },
  keys: ReadonlyMap<string, string>,
): readonly Omit<SideType, 'target'>[] {
  const hasMembers = wanted.some(({ own }) => own.schema.attributes.some(({ name }) => name === 'members'))
  if (!hasMembers || wanted.some(({ other }) => other.name === 'User')) return []
  const [own, other] = [all.a, all.b].map((types) => types.find(({ name }) => name === 'User'))
  const key = keyFor('User', keys) ?? 'userName'
  const shared = own === undefined || other === undefined ? undefined : shareType(own, other)
  return [
    ...(own === undefined ? [] : [{ side: 'a' as const, own, type: shared?.a ?? own, key, namesOnly: true }]),
    ...(other === undefined
      ? []
      : [{ side: 'b' as const, own: other, type: shared?.b ?? other, key, namesOnly: true }]),
  ]
}

/** Attributes that both sides return only on request, and so are not compared. */
function onRequestAlone(wanted: readonly WantedType[]): Set<string> {
  return new Set(
    wanted.flatMap(({ own, other }) => {
      const inB = new Set(onRequest(other).map((path) => path.toLowerCase()))
      return onRequest(own).flatMap((path) => (inB.has(path.toLowerCase()) ? [`${other.name} ${path}`] : []))
    }),
  )
}

/** The number of resources to read, for the progress bar; 0 where there is none. */
async function totalOf(targets: readonly Target[], wanted: readonly WantedType[]): Promise<number> {
  let total = 0
  if (!process.stderr.isTTY) return 0
  for (const { client } of targets) {
    for (const { own } of wanted) total += (await client.query(own, { count: 1 })).totalResults ?? 0
  }
  return total
}

/** Reads `--key`: `userName`, or `User=externalId,Group=displayName`. */
function readKeys(text: string | undefined): ReadonlyMap<string, string> {
  return new Map(
    splitList(text ?? '').map((part) => {
      const equals = part.indexOf('=')
      return equals < 0
        ? (['*', part] as const)
        : ([part.slice(0, equals).trim(), part.slice(equals + 1).trim()] as const)
    }),
  )
}

function keyFor(type: string, keys: ReadonlyMap<string, string>): string | undefined {
  const own = keys.get(type)
  if (own !== undefined) return own
  // A key without a type is meant for users; groups have no userName.
  const all = keys.get('*')
  return all !== undefined && (type === 'User' || all === 'externalId') ? all : entryOf(KEYS, type)
}
