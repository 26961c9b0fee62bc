import { diff, isObject, type JsonObject, LockstepError, type ResourceType } from '../protocol/index.ts'
import { type Compared, type ComparedType, findings, withCompared, without, withReferences } from './compare.ts'
import { ignoredOf } from './diff.ts'
import type { Gathered, Pair } from './gathering.ts'
import { printFacts, printJson, printLine } from './print.ts'
import { type Progress, startProgress } from './progress.ts'
import { flagOption, type Options } from './usage.ts'

/** Resources that are written at the same time; the client's pace may allow fewer. */
const AT_ONCE = 8

/** What a copy did, or would do. */
interface Tally {
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
  what: 'created' | 'updated' | 'deleted',
  type: string,
  { shown }: Pair,
  more: object = {},
): void {
  if (flagOption(options, 'json')) printJson({ type, key: shown, done: what, ...more })
}

async function createMissing(run: Run, type: ComparedType, pair: Pair): Promise<void> {
  if (pair.a === undefined || pair.b !== undefined) return
  const { client } = run.compared.b
  // What is needed to make it at all is given, whatever is left out of the comparison.
  const needed = new Set([
    type.key.split('.')[0] ?? '',
    ...type.b.schema.attributes.filter(({ required }) => required).map(({ name }) => name),
  ])
  const ignored = run.ignored.filter((name) => ![...needed].some((each) => each.toLowerCase() === name.toLowerCase()))
  const own = ownOf(without(pair.a.document, ignored), type.b)
  const made = await client.create(
    type.b,
    withReferences(own, type.b, () => undefined),
  )
  if (!run.compared.gathering.put('b', type.b, type.key, made as unknown as JsonObject)) {
    // The server keeps another key than it was given; what it made can't be found again by it.
    throw new LockstepError('ERR_REFUSED', `was made, but B shows another ${type.key} than it was given`)
  }
  run.tally.created += 1
  tell(run, 'created', type.name, pair)
}

async function bringInLine(run: Run, type: ComparedType, { key, shown }: Pair): Promise<void> {
  const { gathering, b } = run.compared
  // Read anew: it may have been made a moment ago.
  const id = gathering.idOf('b', type.name, key)
  const pair = id === undefined ? undefined : gathering.pair(type.name, key)
  if (pair?.a === undefined || pair.b === undefined) return
  const before = withMembers(run, type, pair.b)
  const goal = goalOf(run, type, pair.a, pair.b)
  if (diff(before, goal, type.b).same) return
  const { sent, patches, notes } = await b.client.update(type.b, before as never, () => goal as never, {
    ...(b.profile === undefined ? {} : { profile: b.profile }),
    partial: true,
  })
  const left = notes.filter((note) => note.kind === 'impossible' || note.kind === 'refused').map(({ why }) => why)
  if (left.length > 0) {
    run.tally.left += 1
    if (flagOption(run.options, 'json')) printJson({ type: type.name, key: shown, left })
    else process.stderr.write(`lockstep: ${type.name} ${shown}: ${left.join('; ')}\n`)
  }
  if (sent === 'nothing') return
  run.tally.updated += 1
  tell(run, 'updated', type.name, { key, shown, a: pair.a, b: pair.b }, { operations: patches.flat() })
}

/** B's resource as it is, with its members by B's ids. */
function withMembers({ compared }: Run, type: ComparedType, { id, document }: Gathered): JsonObject {
  const members = [...compared.gathering.members('b', type.name, id)].map((member) => ({ value: member.id }))
  return members.length === 0 ? document : { ...document, members }
}

/** B's resource as it should be: what A has, references by the ids that B has for the same keys. */
function goalOf({ compared, ignored }: Run, type: ComparedType, inA: Gathered, inB: Gathered): JsonObject {
  const { gathering } = compared
  const there = (id: string) => {
    const known = gathering.keyOf('a', id)
    return known === undefined ? undefined : gathering.idOf('b', known.type, known.key)
  }
  const own = withReferences(ownOf(without(inA.document, ignored), type.b), type.b, there)
  const kept = Object.fromEntries(Object.entries(inB.document).filter(([name]) => isKept(name, ignored)))
  const members = [...gathering.members('a', type.name, inA.id)].flatMap((member) => {
    const id = there(member.id)
    return id === undefined ? [] : [{ value: id }]
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
  const removes = flagOption(options, 'delete')
  const tally: Tally = { created: 0, updated: 0, deleted: 0, failed: 0, left: 0 }
  for (const { type, key, state, operations } of findings(compared, ignoredOf(options))) {
    if (state === 'only in b' && !removes) continue
    const would = state === 'only in a' ? 'create' : state === 'only in b' ? 'delete' : 'update'
    tally[`${would}d` as 'created'] += 1
    if (json) printJson({ type, key, would, ...(would === 'update' ? { operations } : {}) })
    else {
      printLine(`${would} ${type} ${key}`)
      for (const { op, path, value } of operations) {
        printLine(`    ${op} ${path ?? ''}${value === undefined ? '' : ` ${JSON.stringify(value)}`}`)
      }
    }
  }
  if (json) printJson({ dryRun: true, ...tally })
  else {
    printLine()
    printLine(
      `Nothing was changed. ${tally.created} would be made, ${tally.updated} changed, ${tally.deleted} deleted.`,
    )
  }
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
