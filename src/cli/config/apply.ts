// `lockstep apply`: brings tenants, connections and apps to what configuration files say.

import { type Local, withLocal } from '../database/local.ts'
import { ask } from '../terminal/ask.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { readConfig } from './config-file.ts'
import type { Difference } from './difference.ts'
import { compareConfig } from './differences.ts'
import { differenceLines, unnamedLine } from './show-difference.ts'
import { wantedOf } from './wanted.ts'

/** `lockstep apply PATH`, or `lockstep apply --plan ID --app APP`. */
export async function apply(args: readonly string[], options: Options): Promise<void> {
  const plan = textOption(options, 'plan')
  if (plan === undefined) {
    if (args.length === 0) throw new UsageError('Name a file or a folder of configuration, or a plan with --plan')
    return applyConfig(args, options)
  }
  const app = textOption(options, 'app')
  if (app === undefined || args.length > 0) throw new UsageError('--plan needs --app, and no configuration beside it')
  const { applyPlan } = await import('../proof/plan.ts')
  return applyPlan([app, plan], options)
}

/** Shows the difference, and carries it out when somebody says so. */
async function applyConfig([path = '']: readonly string[], options: Options): Promise<void> {
  const wanted = wantedOf(await readConfig(path))
  const use = async (local: Local) => {
    const { differences, unnamed } = await compareConfig(local, wanted, { prune: flagOption(options, 'prune') })
    const json = flagOption(options, 'json')
    if (!json) {
      for (const one of differences) for (const line of differenceLines(one)) printLine(line)
      for (const one of unnamed) printLine(unnamedLine(one))
    }
    const shown = differences.map(({ carryOut: _carryOut, ...rest }) => rest)
    if (flagOption(options, 'check')) {
      if (json) await printJson({ differences: shown, unnamed, applied: 0 })
      else printLine(differences.length === 0 ? 'Nothing differs.' : `${countOf(differences)} to apply.`)
      if (differences.length > 0) process.exitCode = 1
      return
    }
    if (differences.length > 0) await confirm(differences, options)
    const told = await carryOut(differences)
    if (json) return printJson({ differences: shown, unnamed, applied: differences.length, told })
    for (const line of told) printLine(line)
    printLine(differences.length === 0 ? 'Nothing differs.' : `Applied ${countOf(differences)}.`)
  }
  await withLocal(options, use, { create: true })
}

/** Carries out one after the other. A failure leaves the rest undone; applying again goes on. */
async function carryOut(differences: readonly Difference[]): Promise<readonly string[]> {
  const told: string[] = []
  for (const one of differences) {
    const line = await one.carryOut()
    if (line !== undefined) told.push(line)
  }
  return told
}

async function confirm(differences: readonly Difference[], options: Options): Promise<void> {
  if (flagOption(options, 'yes')) return
  if (!process.stdin.isTTY || !process.stderr.isTTY || flagOption(options, 'json')) {
    throw new UsageError('Nothing was changed: there is no terminal to ask for confirmation; pass --yes to apply')
  }
  const answer = await ask(`Apply ${countOf(differences)}? [y/N]`)
  if (/^\s*y(es)?\s*$/i.test(answer ?? '')) return
  throw new UsageError('Nothing was changed')
}

function countOf(differences: readonly Difference[]): string {
  return `${differences.length} ${differences.length === 1 ? 'change' : 'changes'}`
}
