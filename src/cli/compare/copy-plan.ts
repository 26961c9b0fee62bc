// `lockstep copy --dry-run`: shows what a copy would do, operation by operation.

import { type Difference, diff, type JsonObject, LockstepError } from '../../protocol/index.ts'
import { printErrorLine } from '../../terminal.ts'
import { flagOption, listOption, type Options } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import type { ComparedType, Comparison } from './comparison.ts'
import { noTally, reportPlan } from './copy-report.ts'
import { creationOf, isHidden, leftBy } from './copy-rules.ts'
import { BY_KEYS, desiredOf, labelOf } from './desired.ts'
import { completePair, noteUnknown, severalInWords } from './findings.ts'
import type { Pair, ResourceKey, SideResource } from './pair-table.ts'

/** Prints what a copy would do; members and other references are shown by key. */
export async function planCopy(comparison: Comparison, options: Options): Promise<void> {
  const tally = noTally()
  for (const type of comparison.types) {
    for (const pair of comparison.table.pairs(type.name)) {
      try {
        const plan = await planOf(comparison, type, pair, options)
        if (plan.left.length > 0) tally.left += 1
        if (plan.would !== undefined) tally[`${plan.would}d`] += 1
        printPlan(plan, type, pair, options)
      } catch (error) {
        if (!(error instanceof LockstepError)) throw error
        tally.failed += 1
        if (flagOption(options, 'json')) printJson({ type: type.name, key: pair.shown, failed: error.message })
        else printErrorLine(`lockstep: ${type.name} ${pair.shown}: ${error.message}`)
      }
    }
  }
  reportPlan(comparison, tally, options)
}

/** What would be done with a pair; nothing when B's resource is as much like A's as it can be. */
interface Plan {
  readonly would?: 'create' | 'update' | 'delete'
  readonly operations: Difference['patches'][number]
  /** What would be left unchanged, in words. */
  readonly left: readonly string[]
}

function printPlan({ would, operations, left }: Plan, { name }: ComparedType, { shown }: Pair, options: Options): void {
  if (flagOption(options, 'json')) {
    const found = { type: name, key: shown }
    if (left.length > 0) printJson({ ...found, left })
    if (would !== undefined) printJson({ ...found, would, ...(would === 'update' ? { operations } : {}) })
    return
  }
  if (left.length > 0) printLine(`leave ${name} ${shown} partly unchanged: ${left.join('; ')}`)
  if (would !== undefined) printLine(`${would} ${name} ${shown}`)
  for (const { op, path, value } of operations)
    printLine(`    ${op} ${path ?? ''}${value === undefined ? '' : ` ${JSON.stringify(value)}`}`)
}

async function planOf(comparison: Comparison, type: ComparedType, pair: Pair, options: Options): Promise<Plan> {
  const nothing = { operations: [], left: [] }
  if (pair.several !== undefined) return { ...nothing, left: [severalInWords(pair.several)] }
  if (pair.a === undefined) {
    if (!flagOption(options, 'delete')) return nothing
    if (await isHidden(comparison, type, pair)) {
      return { ...nothing, left: ['A has it, although its list does not show it'] }
    }
    return { ...nothing, would: 'delete' }
  }
  const ignored = listOption(options, 'ignore')
  // What is copied along will exist by the time it is referred to.
  const there = (key: ResourceKey) =>
    comparison.table.idOf('b', key.type, key.key) !== undefined ||
    comparison.types.some(({ name }) => name === key.type)
      ? labelOf(key)
      : undefined
  const both =
    pair.b === undefined
      ? { a: pair.a, b: asCreated(creationOf(type, pair.a, ignored)) }
      : await completePair(comparison, type, { ...pair, a: pair.a, b: pair.b })
  const view = { ...BY_KEYS, there, addsUnseen: true }
  const { before, after, left, unknown } = desiredOf(comparison, type, both.a, both.b, ignored, view)
  const { patches, put, partials, notes } = diff(before, after, type.b, comparison.b.profile)
  noteUnknown(comparison, type, unknown, notes)
  const all = [...left, ...leftBy(notes)]
  if (pair.b === undefined) return { would: 'create', operations: [], left: all }
  const operations = patches.flat()
  if (operations.length === 0 && put === undefined && partials.length === 0) return { operations, left: all }
  return { would: 'update', operations, left: all }
}

/** A resource of B as it will be right after its creation. */
function asCreated(document: JsonObject): SideResource {
  return { id: '', document, made: true, whole: true, membersShown: true }
}
