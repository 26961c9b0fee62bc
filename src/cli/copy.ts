import {
  type Difference,
  diff,
  isObject,
  type JsonObject,
  LockstepError,
  type ResourceType,
} from '../protocol/index.ts'
import { complain } from '../terminal.ts'
import { byKeys, type Compared, type ComparedType, withCompared, without, withReferences } from './compare.ts'
import { ignoredOf } from './diff.ts'
import type { Gathered, Pair } from './gathering.ts'
import { printFacts, printJson, printLine } from './print.ts'
import { type Progress, startProgress } from './progress.ts'
import { flagOption, type Options } from './usage.ts'

/** Resources that are written at the same time; the client's pace may allow fewer. */
const AT_ONCE = 8

/** What a copy did, or would do. */
interface Tally {
  /** What was made and then given its references counts once, here. */
  created: number
  updated: number
  deleted: number
  failed: number
  /** Resources with something that the app has no way to do. */
  left: number
}

/**
 * `lockstep copy`: makes B like A, by the least PATCH for each resource. First what is missing is made, without what refers to
 * others; then everything is brought in line, references by the ids that B has; then, if asked for, what A doesn't have is deleted.
 * Run again, it does only what is left.
 */
export async function copyPlace(words: readonly string[], options: Options): Promise<void> {
  await withCompared(words, options, async (compared) => {
    if (flagOption(options, 'dryRun')) {
      planOnly(compared, options)
      return
    }
    const tally: Tally = { created: 0, updated: 0, deleted: 0, failed: 0, left: 0 }
    const removes = flagOption(options, 'delete')
    const total = compared.types.reduce((sum, { count }) => sum + 2 * count.a + (removes ? count.b : 0), 0)
    const progress = startProgress(`Copying ${compared.a.name} to ${compared.b.name}`, total, options)
    const run = { compared, options, tally, progress, ignored: ignoredOf(options) }
    for (const type of compared.types) await eachPair(run, type, (pair) => createMissing(run, type, pair))
    for (const type of compared.types) await eachPair(run, type, (pair) => bringInLine(run, type, pair))
    if (removes)
      for (const type of compared.types.toReversed())
        await eachPair(run, type, (pair) => removeStranger(run, type, pair))
    progress.stop()
    report(tally, options)
  })
}

interface Run {
  readonly compared: Compared
  readonly options: Options
  readonly tally: Tally
  readonly progress: Progress
  readonly ignored: readonly string[]
}

/** Works on all pairs of a type, several at the same time. One that fails is told and the others go on. */
async function eachPair(run: Run, { name }: ComparedType, work: (pair: Pair) => Promise<void>): Promise<void> {
  const pairs = run.compared.gathering.pairs(name)[Symbol.iterator]()
  const worker = async () => {
    for (let next = pairs.next(); next.done !== true; next = pairs.next()) {
      try {
        await work(next.value)
      } catch (error) {
        run.tally.failed += 1
        const why = error instanceof Error ? error.message : String(error)
        if (flagOption(run.options, 'json')) printJson({ type: name, key: next.value.shown, failed: why })
        else run.progress.say(`lockstep: ${name} ${next.value.shown}: ${why}`)
      }
      run.progress.advance(1)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

function tell(
  { options }: Run,
  what: 'created' | 'completed' | 'updated' | 'deleted',
  type: string,
  { shown }: Pair,
  more: object = {},
): void {
  if (flagOption(options, 'json')) printJson({ type, key: shown, done: what, ...more })
}

async function createMissing(run: Run, type: ComparedType, pair: Pair): Promise<void> {
  if (pair.a === undefined || pair.b !== undefined) return
  const made = await run.compared.b.client.create(type.b, creationOf(type, pair.a, run.ignored))
  if (!run.compared.gathering.put('b', type.b, type.key, made as unknown as JsonObject)) {
    // The server keeps another key than it was given; what it made can't be found again by it.
    throw new LockstepError('ERR_REFUSED', `was made, but B shows another ${type.key} than it was given`)
  }
  run.tally.created += 1
  tell(run, 'created', type.name, pair)
}

/** What is given to make a resource: what refers to others comes when they are there. */
function creationOf(type: ComparedType, inA: Gathered, ignored: readonly string[]): JsonObject {
  // What is needed to make it at all is given, whatever is left out of the comparison.
  const needed = new Set([
    type.key.split('.')[0] ?? '',
    ...type.b.schema.attributes.filter(({ required }) => required).map(({ name }) => name),
  ])
  const left = ignored.filter((name) => ![...needed].some((each) => each.toLowerCase() === name.toLowerCase()))
  return withReferences(ownOf(without(inA.document, left), type.b), type.b, () => undefined)
}

async function bringInLine(run: Run, type: ComparedType, { key, shown }: Pair): Promise<void> {
  const { gathering, b } = run.compared
  // Read anew: it may have been made a moment ago.
  const id = gathering.idOf('b', type.name, key)
  const pair = id === undefined ? undefined : gathering.pair(type.name, key)
  if (pair?.a === undefined || pair.b === undefined) return
  const before = withMembers(run, type, pair.b)
  const goal = goalOf(run, type, pair.a, before, (id) => there(run.compared, id))
  if (diff(before, goal, type.b).same) return
  const { sent, patches, notes } = await b.client.update(type.b, before as never, () => goal as never, {
    ...(b.profile === undefined ? {} : { profile: b.profile }),
    partial: true,
  })
  const left = leftBy(notes)
  if (left.length > 0) {
    run.tally.left += 1
    if (flagOption(run.options, 'json')) printJson({ type: type.name, key: shown, left })
    else complain(`lockstep: ${type.name} ${shown}: ${left.join('; ')}`)
  }
  if (sent === 'nothing') return
  if (!pair.b.made) run.tally.updated += 1
  tell(run, pair.b.made ? 'completed' : 'updated', type.name, pair, { operations: patches.flat() })
}

/** B's resource as it is, with its members by B's ids. */
function withMembers({ compared }: Run, type: ComparedType, { id, document }: Gathered): JsonObject {
  const members = [...compared.gathering.members('b', type.name, id)].map((member) => ({ value: member.id }))
  return members.length === 0 ? document : { ...document, members }
}

/** The id that B has for what has this one in A. */
function there({ gathering }: Compared, id: string): string | undefined {
  const known = gathering.keyOf('a', id)
  return known === undefined ? undefined : gathering.idOf('b', known.type, known.key)
}

/** B's resource as it should be: what A has, its references turned into those of B. */
function goalOf(
  { compared, ignored }: Pick<Run, 'compared' | 'ignored'>,
  type: ComparedType,
  inA: Gathered,
  before: JsonObject,
  turn: (id: string) => string | undefined,
): JsonObject {
  const own = withReferences(ownOf(without(inA.document, ignored), type.b), type.b, turn)
  const kept = Object.fromEntries(Object.entries(before).filter(([name]) => isKept(name, ignored)))
  if (isKept('members', ignored)) return { ...kept, ...own }
  const members = [...compared.gathering.members('a', type.name, inA.id)].flatMap((member) => {
    const value = turn(member.id)
    return value === undefined ? [] : [{ value }]
  })
  return { ...kept, ...own, ...(members.length === 0 ? {} : { members }) }
}

function isKept(name: string, ignored: readonly string[]): boolean {
  return ['id', 'meta'].includes(name) || ignored.some((each) => each.toLowerCase() === name.toLowerCase())
}

/** What of a resource can be given to another server: not what that one sets itself. */
function ownOf(document: JsonObject, type: ResourceType): JsonObject {
  const readOnly = type.schema.attributes.filter(({ mutability }) => mutability === 'readOnly').map(({ name }) => name)
  const dropped = new Set(['id', 'meta', 'schemas', ...readOnly])
  const extensions = new Set(type.extensions.map(({ schema }) => schema.id))
  // Another server's own extensions would only be refused.
  return Object.fromEntries(
    Object.entries(document).filter(
      ([name, value]) => !dropped.has(name) && (!name.includes(':') || (extensions.has(name) && isObject(value))),
    ),
  )
}

async function removeStranger(run: Run, type: ComparedType, pair: Pair): Promise<void> {
  if (pair.b === undefined || pair.a !== undefined) return
  await run.compared.b.client.remove(type.b, pair.b.id)
  run.tally.deleted += 1
  tell(run, 'deleted', type.name, pair)
}

/** Says what would be done, operation by operation; members and managers by their keys. */
function planOnly(compared: Compared, options: Options): void {
  const json = flagOption(options, 'json')
  const ignored = ignoredOf(options)
  const tally: Tally = { created: 0, updated: 0, deleted: 0, failed: 0, left: 0 }
  for (const type of compared.types) {
    for (const pair of compared.gathering.pairs(type.name)) {
      const { would, operations, left } = planOf(compared, type, pair, ignored)
      if (left.length > 0) tally.left += 1
      if (would === 'delete' && !flagOption(options, 'delete')) continue
      if (would !== undefined) tally[`${would}d`] += 1
      const found = { type: type.name, key: pair.shown }
      if (json) {
        if (left.length > 0) printJson({ ...found, left })
        if (would !== undefined) printJson({ ...found, would, ...(would === 'update' ? { operations } : {}) })
        continue
      }
      if (left.length > 0) printLine(`leave ${type.name} ${pair.shown} as it is in part: ${left.join('; ')}`)
      if (would !== undefined) printLine(`${would} ${type.name} ${pair.shown}`)
      for (const { op, path, value } of operations)
        printLine(`    ${op} ${path ?? ''}${value === undefined ? '' : ` ${JSON.stringify(value)}`}`)
    }
  }
  if (json) printJson({ dryRun: true, ...tally })
  else {
    printLine()
    printLine(
      `Nothing was changed. ${tally.created} would be made, ${tally.updated} changed, ${tally.deleted} deleted${tally.left === 0 ? '' : `, ${tally.left} left as they are in part`}.`,
    )
  }
}

/** What would be done with a pair; nothing when B's is like A's as far as it can be. */
function planOf(
  compared: Compared,
  type: ComparedType,
  pair: Pair,
  ignored: readonly string[],
): {
  readonly would?: 'create' | 'update' | 'delete'
  readonly operations: Difference['patches'][number]
  readonly left: readonly string[]
} {
  if (pair.a === undefined) return { would: 'delete', operations: [], left: [] }
  // What is copied along will be there by the time that it is referred to.
  const willBe = (id: string) => {
    const known = compared.gathering.keyOf('a', id)
    const own = there(compared, id)
    if (own !== undefined) return compared.gathering.keyOf('b', own)?.shown
    return compared.types.some(({ name }) => name === known?.type) ? known?.shown : undefined
  }
  const before =
    pair.b === undefined ? creationOf(type, pair.a, ignored) : byKeys(compared.gathering, 'b', type, pair.b)
  const goal = goalOf({ compared, ignored }, type, pair.a, before, willBe)
  const { patches, put, notes } = diff(before, goal, type.b, compared.b.profile)
  const left = leftBy(notes)
  if (pair.b === undefined) return { would: 'create', operations: [], left }
  const operations = patches.flat()
  if (operations.length === 0 && put === undefined) return { operations, left }
  return { would: 'update', operations, left }
}

/** Why a part of a change is left out. */
function leftBy(notes: Difference['notes']): readonly string[] {
  return notes.filter(({ kind }) => kind === 'impossible' || kind === 'refused').map(({ why }) => why)
}

function report(tally: Tally, options: Options): void {
  if (flagOption(options, 'json')) printJson({ dryRun: false, ...tally })
  else {
    printFacts([
      ['Made', tally.created],
      ['Changed', tally.updated],
      ['Deleted', tally.deleted],
      ['Failed', tally.failed],
      ['Left as they are in part', tally.left],
    ])
    if (tally.failed > 0)
      printLine(
        'Run it again: it does only what is left. --ignore leaves out what B has its own mind about; lockstep remote add --app says what it can take.',
      )
  }
  if (tally.failed > 0) process.exitCode = 1
}
