// Prints what a copy did, or would do.

import { flagOption, type Options } from '../terminal/options.ts'
import { printFacts, printJson, printLine } from '../terminal/print.ts'
import type { Comparison } from './comparison.ts'

/** What a copy did, or would do. */
export interface Tally {
  /** A resource that was created and then given its references counts once, here. */
  created: number
  updated: number
  deleted: number
  failed: number
  /** Resources that could not be made equal in every attribute. */
  left: number
}

/** Nothing done yet. */
export function noTally(): Tally {
  return { created: 0, updated: 0, deleted: 0, failed: 0, left: 0 }
}

/** Prints what a copy did. The exit code is 1 when something failed. */
export function report(comparison: Comparison, tally: Tally, options: Options): void {
  if (flagOption(options, 'json')) printJson({ dryRun: false, ...tally })
  else {
    printFacts([
      ['Created', tally.created],
      ['Changed', tally.updated],
      ['Deleted', tally.deleted],
      ['Failed', tally.failed],
      ['Partly unchanged', tally.left],
    ])
    printLeftOut(comparison)
    if (tally.failed > 0)
      printLine(
        'Run it again to retry only what is left. Use --ignore for attributes that B sets itself, and lockstep remote add --app if B supports less than the RFC.',
      )
  }
  if (tally.failed > 0) process.exitCode = 1
}

/** Prints what a copy would do. The exit code is 1 when part of it could not be determined. */
export function reportPlan(comparison: Comparison, tally: Tally, options: Options): void {
  const { created, updated, deleted, left, failed } = tally
  if (flagOption(options, 'json')) printJson({ dryRun: true, ...tally })
  else {
    const more = [
      ...(left === 0 ? [] : [`${left} left partly unchanged`]),
      ...(failed === 0 ? [] : [`${failed} could not be determined`]),
    ]
    printLine()
    printLine(
      `Nothing was changed. A copy would create ${created}, change ${updated} and delete ${deleted} resources${more.map((each) => `; ${each}`).join('')}.`,
    )
    printLeftOut(comparison)
  }
  if (failed > 0) process.exitCode = 1
}

/** Prints what was neither compared nor copied. */
export function printLeftOut({ types, unknown }: Comparison): void {
  for (const { name, key, keyless } of types) {
    if (keyless.a + keyless.b > 0)
      printLine(`${name}: ${keyless.a} in A and ${keyless.b} in B were left out because they have no ${key}.`)
  }
  if (unknown.size > 0) {
    printLine(
      `Left unchanged, because only one side's schema has it or it is returned only on request: ${[...unknown].join(', ')}.`,
    )
  }
}
