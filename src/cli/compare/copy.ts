import {
  comparable,
  type Difference,
  diff,
  type JsonObject,
  LockstepError,
  resolve,
  ScimError,
} from '../../protocol/index.ts'
import { complain } from '../../terminal.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { printFacts, printJson, printLine } from '../terminal/print.ts'
import { type Progress, startProgress } from '../terminal/progress.ts'
import type { Compared, ComparedType } from './comparison.ts'
import { BY_KEYS, goalOf, labelOf, type View } from './desired.ts'
import { ignoredOf, severalInWords } from './diff.ts'
import { noteUnknown, settle, withCompared, without } from './findings.ts'
import { type Gathered, type Named, type Pair, valueAt } from './pair-table.ts'
import { ownOf, withReferences } from './references.ts'

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
      await planOnly(compared, options)
      return
    }
    const tally = noTally()
    const removes = flagOption(options, 'delete')
    const total = compared.types.reduce((sum, { count }) => sum + 2 * count.a + (removes ? count.b : 0), 0)
    const progress = startProgress(`Copying ${compared.a.name} to ${compared.b.name}`, total, options)
    const run = { compared, options, tally, progress, ignored: ignoredOf(options) }
    for (const type of compared.types) {
      for (const { several, shown } of compared.gathering.pairs(type.name)) {
        if (several !== undefined) leave(run, type, shown, [severalInWords(several)])
      }
    }
    for (const type of compared.types) await eachPair(run, type, (pair) => createMissing(run, type, pair))
    for (const type of compared.types) await eachPair(run, type, (pair) => bringInLine(run, type, pair))
    if (removes)
      for (const type of compared.types.toReversed())
        await eachPair(run, type, (pair) => removeStranger(run, type, pair))
    progress.stop()
    report(compared, tally, options)
  })
}

function noTally(): Tally {
  return { created: 0, updated: 0, deleted: 0, failed: 0, left: 0 }
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
  if (pair.a === undefined || pair.b !== undefined || pair.several !== undefined) return
  const { gathering, b } = run.compared
  const made = await b.client.create(type.b, creationOf(type, pair.a, run.ignored))
  const resource = made as unknown as JsonObject
  const taking = { made: true, whole: false, membersShown: true, refersTo: [] }
  const taken = gathering.take('b', type.b, type.key, resource, taking)
  if (taken !== 'kept' || gathering.idOf('b', type.name, pair.key) !== resource.id) {
    // The server keeps another key than it was given; what it made can't be found again by it.
    throw new LockstepError('ERR_REFUSED', `was created, but B shows another ${type.key} than it was given`)
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
  return withReferences(ownOf(without(inA.document, left), type.a, type.b), type.b, () => undefined)
}

/** References by the ids that B has. */
function byIds({ gathering }: Compared): View {
  return { own: (id) => id, there: ({ type, key }) => gathering.idOf('b', type, key), addsUnseen: true }
}

async function bringInLine(run: Run, type: ComparedType, { key, shown }: Pair): Promise<void> {
  const { compared, ignored } = run
  // Read anew: it may have been made a moment ago.
  const now = compared.gathering.pair(type.name, key)
  if (now?.a === undefined || now.b === undefined || now.several !== undefined) return
  const pair = await settle(compared, type, { ...now, a: now.a, b: now.b })
  const { a, b } = pair
  const view = byIds(compared)
  const { before, goal, left, unknown } = goalOf(compared, type, a, b, ignored, view)
  const difference = diff(before, goal, type.b)
  noteUnknown(compared, type, unknown, difference.notes)
  if (difference.same) {
    leave(run, type, shown, left)
    return
  }
  // On what is there by then: a PUT, or somebody who was faster, has it read again.
  const change = (draft: JsonObject) => goalOf(compared, type, a, { ...b, document: draft }, ignored, view).goal
  const { sent, patches, notes, resource } = await compared.b.client.update(type.b, before as never, change as never, {
    ...(compared.b.profile === undefined ? {} : { profile: compared.b.profile }),
    partial: true,
  })
  // Some keep all in lower case, or think better than A of a value: that is no change, however often it is sent.
  const isUnmoved = sent !== 'nothing' && !b.made && diff(before, resource as unknown as JsonObject, type.b).same
  const unmoved = isUnmoved ? ['B took the change, and shows what it had before'] : []
  leave(run, type, shown, [...left, ...leftBy(notes), ...unmoved])
  if (sent === 'nothing' || isUnmoved) return
  if (!b.made) run.tally.updated += 1
  tell(run, b.made ? 'completed' : 'updated', type.name, pair, { operations: patches.flat() })
}

/** Tells what of a resource is left as it is, and why. */
function leave(run: Run, type: ComparedType, shown: string, left: readonly string[]): void {
  if (left.length === 0) return
  run.tally.left += 1
  if (flagOption(run.options, 'json')) printJson({ type: type.name, key: shown, left })
  else run.progress.say(`lockstep: ${type.name} ${shown}: ${left.join('; ')}`)
}

async function removeStranger(run: Run, type: ComparedType, pair: Pair): Promise<void> {
  if (pair.b === undefined || pair.a !== undefined || pair.several !== undefined) return
  if (await isHidden(run.compared, type, pair)) {
    leave(run, type, pair.shown, ['A has it, though its list does not show it, so it is not deleted'])
    return
  }
  await run.compared.b.client.remove(type.b, pair.b.id)
  run.tally.deleted += 1
  tell(run, 'deleted', type.name, pair)
}

/** Whether A finds by its key what its list doesn't show: some hide whom they count as inactive. */
async function isHidden({ a }: Compared, type: ComparedType, { key, shown }: Pair): Promise<boolean> {
  if (a.showsAll) return false
  const target = resolve(type.key, type.a)
  if (target?.attribute === undefined) return false
  try {
    const { resources } = await a.client.query(type.a, {
      filter: `${target.path} eq ${JSON.stringify(shown)}`,
      count: 10,
    })
    // Servers that don't heed filters answer with anybody.
    return resources.some((each) => {
      const value = valueAt(each as unknown as JsonObject, type.key, type.a)
      return value !== undefined && comparable(target.leaf, value) === key
    })
  } catch (error) {
    // A server that has no filters has said all by its list.
    if (error instanceof ScimError && [400, 403, 404, 405, 501].includes(error.status)) return false
    throw error
  }
}

/** Says what would be done, operation by operation; members and managers by their keys. */
async function planOnly(compared: Compared, options: Options): Promise<void> {
  const json = flagOption(options, 'json')
  const ignored = ignoredOf(options)
  const tally = noTally()
  for (const type of compared.types) {
    for (const pair of compared.gathering.pairs(type.name)) {
      const found = { type: type.name, key: pair.shown }
      let plan: Plan
      try {
        plan = await planOf(compared, type, pair, ignored)
      } catch (error) {
        if (!(error instanceof LockstepError)) throw error
        tally.failed += 1
        if (json) printJson({ ...found, failed: error.message })
        else complain(`lockstep: ${type.name} ${pair.shown}: ${error.message}`)
        continue
      }
      const { would, operations, left } = plan
      if (would === 'delete' && !flagOption(options, 'delete')) continue
      const isKept = would === 'delete' && (await isHidden(compared, type, pair))
      const why = isKept ? ['A has it, though its list does not show it'] : left
      if (why.length > 0) tally.left += 1
      if (would !== undefined && !isKept) tally[`${would}d`] += 1
      if (json) {
        if (why.length > 0) printJson({ ...found, left: why })
        if (would !== undefined && !isKept)
          printJson({ ...found, would, ...(would === 'update' ? { operations } : {}) })
        continue
      }
      if (why.length > 0) printLine(`leave ${type.name} ${pair.shown} as it is in part: ${why.join('; ')}`)
      if (would !== undefined && !isKept) printLine(`${would} ${type.name} ${pair.shown}`)
      for (const { op, path, value } of operations)
        printLine(`    ${op} ${path ?? ''}${value === undefined ? '' : ` ${JSON.stringify(value)}`}`)
    }
  }
  if (json) printJson({ dryRun: true, ...tally })
  else {
    printLine()
    printLine(
      `Nothing was changed. ${tally.created} would be created, ${tally.updated} changed, ${tally.deleted} deleted${tally.left === 0 ? '' : `, ${tally.left} left as they are in part`}${tally.failed === 0 ? '' : `; ${tally.failed} can't be told`}.`,
    )
    printLeftOut(compared)
  }
  if (tally.failed > 0) process.exitCode = 1
}

/** What would be done with a pair. */
interface Plan {
  readonly would?: 'create' | 'update' | 'delete'
  readonly operations: Difference['patches'][number]
  readonly left: readonly string[]
}

/** What would be done with a pair; nothing when B's is like A's as far as it can be. */
async function planOf(compared: Compared, type: ComparedType, pair: Pair, ignored: readonly string[]): Promise<Plan> {
  if (pair.several !== undefined) return { operations: [], left: [severalInWords(pair.several)] }
  if (pair.a === undefined) return { would: 'delete', operations: [], left: [] }
  // What is copied along will be there by the time that it is referred to.
  const there = (named: Named) =>
    compared.gathering.idOf('b', named.type, named.key) !== undefined ||
    compared.types.some(({ name }) => name === named.type)
      ? labelOf(named)
      : undefined
  const both =
    pair.b === undefined
      ? { a: pair.a, b: toBe(creationOf(type, pair.a, ignored)) }
      : await settle(compared, type, { ...pair, a: pair.a, b: pair.b })
  const { before, goal, left, unknown } = goalOf(compared, type, both.a, both.b, ignored, {
    ...BY_KEYS,
    there,
    addsUnseen: true,
  })
  const { patches, put, notes } = diff(before, goal, type.b, compared.b.profile)
  noteUnknown(compared, type, unknown, notes)
  const all = [...left, ...leftBy(notes)]
  if (pair.b === undefined) return { would: 'create', operations: [], left: all }
  const operations = patches.flat()
  if (operations.length === 0 && put === undefined) return { operations, left: all }
  return { would: 'update', operations, left: all }
}

/** A resource of B as it will be when it has just been made. */
function toBe(document: JsonObject): Gathered {
  return { id: '', document, made: true, whole: true, membersShown: true }
}

/** Why a part of a change is left out. */
function leftBy(notes: Difference['notes']): readonly string[] {
  return notes.filter(({ kind }) => kind === 'impossible' || kind === 'refused').map(({ why }) => why)
}

function report(compared: Compared, tally: Tally, options: Options): void {
  if (flagOption(options, 'json')) printJson({ dryRun: false, ...tally })
  else {
    printFacts([
      ['Created', tally.created],
      ['Changed', tally.updated],
      ['Deleted', tally.deleted],
      ['Failed', tally.failed],
      ['Left as they are in part', tally.left],
    ])
    printLeftOut(compared)
    if (tally.failed > 0)
      printLine(
        'Run it again: it does only what is left. --ignore leaves out what B has its own mind about; lockstep remote add --app says what it can take.',
      )
  }
  if (tally.failed > 0) process.exitCode = 1
}

/** Says what was neither compared nor copied. */
function printLeftOut({ types, unknown }: Compared): void {
  for (const { name, key, keyless } of types) {
    if (keyless.a + keyless.b > 0)
      printLine(`${keyless.a} in A and ${keyless.b} in B of type ${name} were left out: they have no ${key}.`)
  }
  if (unknown.size > 0) {
    printLine(
      `Left as it is, because the schemas of one side don't know it, or only shown on request: ${[...unknown].join(', ')}.`,
    )
  }
}
