// `lockstep sweep`: begins sweeps, follows them, shows what they found, and has it mended.

import { type HubAdministration, MOST_FIXED } from '../../hub/index.ts'
import { LockstepError } from '../../protocol/index.ts'
import { commandName } from '../../server/index.ts'
import { printErrorLine } from '../../terminal.ts'
import { type Local, tenantOf, withLocal } from '../database/local.ts'
import { confirm } from '../terminal/confirmation.ts'
import { flagOption, listOption, numberOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { cut, formatTime, printFacts, printJson, printLine, printTable } from '../terminal/print.ts'
import { rowsOf } from './rows.ts'
import { followSweep } from './sweep-follow.ts'

/** Differences that a command can have mended; strangers are nobody's here. */
const KINDS = ['drifted', 'missing', 'zombie'] as const
const ALL_KINDS = [...KINDS, 'stranger'] as const
/** Rows that are shown to people, unless they ask for more. */
const SHOWN = 50

type Sweep = Awaited<ReturnType<HubAdministration['inspection']['sweeps']>>['items'][number]

/** `lockstep sweep APP`: begins a sweep, or goes on following the one that is under way. */
export async function sweep([app = '']: readonly string[], options: Options): Promise<void> {
  const seconds = numberOption(options, 'wait', 0)
  await withSweeps(options, async (inspection, tenant, local) => {
    const { mode, state } = await (await local.hub()).apps.get(tenant, app)
    const kind = flagOption(options, 'light') ? 'light' : 'full'
    const isJson = flagOption(options, 'json')
    let running: string | undefined
    for await (const { id, run } of rowsOf((part) => inspection.sweeps(tenant, app, part)))
      if (run.kind === kind && isUnderWay(run.phase)) running = id
    const id = running ?? (await inspection.sweep(tenant, app, kind))
    if (running !== undefined) printErrorLine(`lockstep: Sweep ${id} is under way already`)
    if (mode !== 'on') printErrorLine(`lockstep: App "${app}" is ${mode}: the sweep waits until it is on`)
    const again = `${commandName()} sweep ${app}${kind === 'light' ? ' --light' : ''} --tenant ${tenant}`
    const ended = await followSweep(() => inspection.showSweep(tenant, app, id), {
      most: state.managed ?? 0,
      seconds: mode === 'on' ? seconds : 0,
      again,
      options,
    })
    if (isJson) await printJson(rowJson({ id, run: ended }))
    else await print(inspection, tenant, app, { id, run: ended }, options)
    if (ended.phase === 'failed') throw new LockstepError('ERR_APP', `The sweep failed: ${ended.reason ?? 'unknown'}`)
  })
}

/** `lockstep sweep list APP`. */
export async function listSweeps([app = '']: readonly string[], options: Options): Promise<void> {
  await withSweeps(options, async (inspection, tenant) => {
    const rows: Sweep[] = []
    for await (const row of rowsOf((part) => inspection.sweeps(tenant, app, part))) {
      if (flagOption(options, 'json')) await printJson(rowJson(row))
      else rows.push(row)
    }
    if (flagOption(options, 'json')) return
    if (rows.length === 0) return printLine(`App "${app}" had no sweeps. Begin one: ${commandName()} sweep ${app}`)
    printTable(rows.slice(-(numberOption(options, 'limit', 1) ?? SHOWN)), [
      ['SWEEP', ({ id }) => id],
      ['KIND', ({ run }) => run.kind],
      ['STARTED', ({ run }) => formatTime(run.startedAt)],
      ['ENDED', ({ run }) => formatTime(run.endedAt)],
      ['PHASE', ({ run }) => run.phase],
      ['COMPARED', ({ run }) => run.counts.compared],
      ['FOUND', ({ run }) => foundText(run)],
    ])
  })
}

/** `lockstep sweep show APP SWEEP`. */
export async function showSweep([app = '', id = '']: readonly string[], options: Options): Promise<void> {
  const kind = kindOf(textOption(options, 'kind'))
  await withSweeps(options, async (inspection, tenant) => {
    const run = await inspection.showSweep(tenant, app, id)
    if (!flagOption(options, 'json')) return print(inspection, tenant, app, { id, run }, options, kind)
    await printJson(rowJson({ id, run }))
    for await (const { drift } of driftsOf(inspection, tenant, app, id, kind)) await printJson(drift)
  })
}

/** `lockstep sweep fix APP SWEEP`. */
export async function fixSweep([app = '', id = '']: readonly string[], options: Options): Promise<void> {
  const kinds = listOption(options, 'kinds')
  for (const kind of kinds)
    if (!KINDS.some((one) => one === kind))
      throw new UsageError(`--kinds must be some of ${KINDS.join(', ')}, not "${kind}"`)
  const of = listOption(options, 'of')
  if (of.length > MOST_FIXED) throw new UsageError(`--of takes ${MOST_FIXED} ids at most; these are ${of.length}`)
  const fix = KINDS.filter((kind) => kinds.length === 0 || kinds.includes(kind))
  await withSweeps(options, async (inspection, tenant) => {
    const run = await inspection.showSweep(tenant, app, id)
    const counts = fix.map((kind) => `${run.counts[kind]} ${kind}`).join(', ')
    const what = of.length === 0 ? counts : `of ${of.length} ${of.length === 1 ? 'resource' : 'resources'}`
    const question = `Mend what sweep ${id} found in app "${app}" (${what})?`
    await confirm(options, () => question, 'Nothing was mended')
    await inspection.fix(tenant, app, id, { kinds: fix, ...(of.length === 0 ? {} : { of }) })
    if (flagOption(options, 'json'))
      return printJson({ tenant, app, sweep: id, fix, ...(of.length === 0 ? {} : { of }) })
    printLine(
      `What is still different will be mended. Follow it: ${commandName()} sweep show ${app} ${id} --tenant ${tenant}`,
    )
  })
}

async function withSweeps(
  options: Options,
  use: (inspection: HubAdministration['inspection'], tenant: string, local: Local) => Promise<void>,
): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    await use((await local.hub()).inspection, tenant, local)
  })
}

function isUnderWay(phase: string): boolean {
  return phase !== 'done' && phase !== 'failed'
}

function kindOf(text: string | undefined): (typeof ALL_KINDS)[number] | undefined {
  const kind = ALL_KINDS.find((one) => one === text)
  if (text !== undefined && kind === undefined)
    throw new UsageError(`--kind must be one of ${ALL_KINDS.join(', ')}, not "${text}"`)
  return kind
}

function driftsOf(
  inspection: HubAdministration['inspection'],
  tenant: string,
  app: string,
  id: string,
  kind?: (typeof ALL_KINDS)[number],
) {
  return rowsOf((part) => inspection.drifts(tenant, app, id, { ...part, ...(kind === undefined ? {} : { kind }) }))
}

async function print(
  inspection: HubAdministration['inspection'],
  tenant: string,
  app: string,
  { id, run }: Sweep,
  options: Options,
  kind?: (typeof ALL_KINDS)[number],
): Promise<void> {
  const { counts } = run
  printLine(`Sweep ${id} of app "${app}"`)
  printFacts([
    ['kind', run.kind],
    ['phase', run.reason === undefined ? run.phase : `${run.phase}: ${run.reason}`],
    ['started', formatTime(run.startedAt)],
    ['ended', formatTime(run.endedAt) || 'not yet'],
    ['listed', counts.listed],
    ['compared', counts.compared],
    ['found', foundText(run)],
  ])
  const most = numberOption(options, 'limit', 1) ?? SHOWN
  const rows = []
  for await (const { drift } of driftsOf(inspection, tenant, app, id, kind)) {
    rows.push(drift)
    if (rows.length > most) break
  }
  if (rows.length === 0) return
  printLine('')
  printTable(rows.slice(0, most), [
    ['KIND', (drift) => drift.kind],
    ['TYPE', (drift) => drift.type],
    ['NAME', (drift) => cut(drift.name, 40)],
    ['ACCOUNT', (drift) => cut(drift.account, 40)],
    ['WHAT', (drift) => cut(drift.what, 100)],
    ['DONE', (drift) => drift.done],
  ])
  if (rows.length > most) printLine('… and more; see them with --limit, or all with --json')
}

function rowJson({ id, run }: Sweep) {
  const { kind, phase, startedAt, endedAt, counts, reason } = run
  return { sweep: id, kind, phase, startedAt, endedAt, counts, reason }
}

function foundText({ counts }: Sweep['run']): string {
  const found = ALL_KINDS.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`)
  const fixed = counts.fixed === 0 ? '' : `; ${counts.fixed} to be mended`
  return found.length === 0 ? 'no difference' : `${found.join(', ')}${fixed}`
}
