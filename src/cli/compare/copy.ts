// `lockstep copy`: makes one target like the other.

import { diff, type JsonObject, LockstepError } from '../../protocol/index.ts'
import { flagOption, listOption, type Options } from '../terminal/options.ts'
import { printJson } from '../terminal/print.ts'
import { type Progress, startProgress } from '../terminal/progress.ts'
import { type ComparedType, type Comparison, withComparison } from './comparison.ts'
import { planCopy } from './copy-plan.ts'
import { noTally, report, type Tally } from './copy-report.ts'
import { creationOf, isHidden, leftBy } from './copy-rules.ts'
import { desiredOf, type ReferenceView } from './desired.ts'
import { completePair, noteUnknown, severalInWords } from './findings.ts'
import type { Pair } from './pair-table.ts'

/** Resources that are written at the same time; the client's pace may allow fewer. */
const AT_ONCE = 8

/**
 * `lockstep copy`: makes B like A, by the smallest PATCH for each resource. First it creates what is missing, without references to
 * other resources; then it updates everything, with references by B's ids; then, with `--delete`, it deletes what A doesn't have.
 * Run again, it does only what is left.
 */
export async function copyTarget(words: readonly string[], options: Options): Promise<void> {
  await withComparison(words, options, async (comparison) => {
    if (flagOption(options, 'dryRun')) {
      await planCopy(comparison, options)
      return
    }
    const tally = noTally()
    const removes = flagOption(options, 'delete')
    const total = comparison.types.reduce((sum, { count }) => sum + 2 * count.a + (removes ? count.b : 0), 0)
    const progress = startProgress(`Copying ${comparison.a.name} to ${comparison.b.name}`, total, options)
    const run = { comparison, options, tally, progress, ignored: listOption(options, 'ignore') }
    for (const type of comparison.types) {
      for (const { several, shown } of comparison.table.pairs(type.name)) {
        if (several !== undefined) leave(run, type, shown, [severalInWords(several)])
      }
    }
    for (const type of comparison.types) await eachPair(run, type, (pair) => createMissing(run, type, pair))
    for (const type of comparison.types) await eachPair(run, type, (pair) => update(run, type, pair))
    if (removes)
      for (const type of comparison.types.toReversed())
        await eachPair(run, type, (pair) => deleteExtra(run, type, pair))
    progress.stop()
    report(comparison, tally, options)
  })
}

interface Run {
  readonly comparison: Comparison
  readonly options: Options
  readonly tally: Tally
  readonly progress: Progress
  readonly ignored: readonly string[]
}

/** Works through all pairs of a type, several at the same time. One that fails is reported, and the rest continue. */
async function eachPair(run: Run, { name }: ComparedType, work: (pair: Pair) => Promise<void>): Promise<void> {
  const pairs = run.comparison.table.pairs(name)[Symbol.iterator]()
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

function reportOne(
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
  const { table, b } = run.comparison
  const made = await b.client.create(type.b, creationOf(type, pair.a, run.ignored))
  const resource = made as unknown as JsonObject
  const options = { made: true, whole: false, membersShown: true, refersTo: [] }
  const added = table.add('b', type.b, type.key, resource, options)
  if (added !== 'added' || table.idOf('b', type.name, pair.key) !== resource.id) {
    // The server stored another key than it was sent, so the resource can't be found by it.
    throw new LockstepError('ERR_REFUSED', `was created, but B shows another ${type.key} than it was sent`)
  }
  run.tally.created += 1
  reportOne(run, 'created', type.name, pair)
}

/** Writes references as B's ids. */
function byIds({ table }: Comparison): ReferenceView {
  return { own: (id) => id, there: ({ type, key }) => table.idOf('b', type, key), addsUnseen: true }
}

async function update(run: Run, type: ComparedType, { key, shown }: Pair): Promise<void> {
  const { comparison, ignored } = run
  // Looked up again: the first pass may have created it.
  const now = comparison.table.pair(type.name, key)
  if (now?.a === undefined || now.b === undefined || now.several !== undefined) return
  const pair = await completePair(comparison, type, { ...now, a: now.a, b: now.b })
  const { a, b } = pair
  const view = byIds(comparison)
  const { before, after, left, unknown } = desiredOf(comparison, type, a, b, ignored, view)
  const difference = diff(before, after, type.b)
  noteUnknown(comparison, type, unknown, difference.notes)
  if (difference.same) {
    leave(run, type, shown, left)
    return
  }
  // Computed again on the current state, if the client has to reread it: for a PUT, or after a concurrent change.
  const change = (draft: JsonObject) => desiredOf(comparison, type, a, { ...b, document: draft }, ignored, view).after
  const { sent, patches, notes, resource } = await comparison.b.client.update(
    type.b,
    before as never,
    change as never,
    {
      ...(comparison.b.profile === undefined ? {} : { profile: comparison.b.profile }),
      partial: true,
    },
  )
  // Some servers normalise values, to lower case for instance; sending the value again would change nothing.
  const isUnmoved = sent !== 'nothing' && !b.made && diff(before, resource as unknown as JsonObject, type.b).same
  const unmoved = isUnmoved ? ['B accepted the change, but shows the same as before'] : []
  leave(run, type, shown, [...left, ...leftBy(notes), ...unmoved])
  if (sent === 'nothing' || isUnmoved) return
  if (!b.made) run.tally.updated += 1
  reportOne(run, b.made ? 'completed' : 'updated', type.name, pair, { operations: patches.flat() })
}

/** Reports what is left unchanged in a resource, and why. */
function leave(run: Run, type: ComparedType, shown: string, left: readonly string[]): void {
  if (left.length === 0) return
  run.tally.left += 1
  if (flagOption(run.options, 'json')) printJson({ type: type.name, key: shown, left })
  else run.progress.say(`lockstep: ${type.name} ${shown}: ${left.join('; ')}`)
}

async function deleteExtra(run: Run, type: ComparedType, pair: Pair): Promise<void> {
  if (pair.b === undefined || pair.a !== undefined || pair.several !== undefined) return
  if (await isHidden(run.comparison, type, pair)) {
    leave(run, type, pair.shown, ['A has it, although its list does not show it, so it is not deleted'])
    return
  }
  await run.comparison.b.client.remove(type.b, pair.b.id)
  run.tally.deleted += 1
  reportOne(run, 'deleted', type.name, pair)
}
