// `lockstep plan`: shows what an app would get, and carries out a plan that somebody has looked at.

import type { Applied, PlanItem, PlanRun } from '../../hub/index.ts'
import { LockstepError } from '../../protocol/index.ts'
import { commandName } from '../../server/index.ts'
import { type Local, tenantOf, withLocal } from '../database/local.ts'
import { confirm } from '../terminal/confirmation.ts'
import { flagOption, numberOption, type Options } from '../terminal/options.ts'
import { cut, formatTime, printJson, printLine, printTable } from '../terminal/print.ts'
import { personOf } from './person.ts'
import { withBar } from './with-bar.ts'

/** Items that are read at once. */
const PAGE = 200
/** Items that are shown to people, unless they ask for more. */
const SHOWN = 50

/** `lockstep plan APP`: makes a plan, and shows it. Nothing is sent. */
export async function plan([app = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { plans } = await local.hub()
    const stop = new AbortController()
    process.once('SIGINT', () => stop.abort(new LockstepError('ERR_STOPPED', 'The plan was stopped')))
    const run = await plans.make(tenant, app, { signal: stop.signal })
    await printPlan(local, tenant, run, options)
    if (flagOption(options, 'json')) return
    printLine(`Carry it out with: ${commandName()} plan apply ${app} ${run.id} --tenant ${tenant}`)
  })
}

/** `lockstep plan show APP ID`. */
export async function showPlan([app = '', id = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    await printPlan(local, tenant, await (await local.hub()).plans.get(tenant, app, id), options)
  })
}

/** `lockstep plan list APP`. */
export async function listPlans([app = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const runs = await (await local.hub()).plans.list(tenant, app)
    if (flagOption(options, 'json')) return printJson(runs)
    if (runs.length === 0) return printLine(`App "${app}" has no plans. Make one: ${commandName()} plan ${app}`)
    printTable(runs, [
      ['PLAN', ({ id }) => id],
      ['CREATED', ({ madeAt }) => formatTime(madeAt)],
      ['STATE', ({ state, message }) => (message === undefined ? state : `${state}: ${cut(message, 60)}`)],
      ['DOES', countsText],
      ['GUARD', guardText],
    ])
  })
}

/** `lockstep plan apply APP ID`, and `lockstep apply --plan ID --app APP`. */
export async function applyPlan([app = '', id = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { plans } = await local.hub()
    const run = await plans.get(tenant, app, id)
    const question = `Carry out the plan of ${formatTime(run.madeAt)} in app "${app}": ${countsText(run)}?`
    await confirm(options, () => question, 'Nothing was sent')
    const leaveOut = flagOption(options, 'leaveOut')
    const done = await withBar('of the plan', 2 * run.items, options, (onProgress) =>
      plans.apply(tenant, app, id, { leaveOut, onProgress }),
    )
    if (flagOption(options, 'json')) await printJson(done)
    else printApplied(done, app, tenant)
    if (!done.applied) {
      throw new LockstepError(
        'ERR_CHANGED',
        `Nothing was sent: ${done.changed.length} of ${done.holds + done.changed.length} items would be others now; make a new plan, or pass --leave-out`,
      )
    }
  })
}

/** `lockstep explain APP USER`. */
export async function explainPerson([app = '', who = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const { tenant, id } = await personOf(local, options, who)
    const told = await (await local.hub()).plans.explain(tenant, app, id)
    if (flagOption(options, 'json')) return printJson(told)
    printLine('1. Source')
    printLine(told.source === undefined ? '   deleted here' : `   ${cut(JSON.stringify(told.source), 1_000)}`)
    printLine(`2. Scope: ${told.scope.in ? 'in' : 'out'}`)
    for (const { clause, text, holds, value } of told.scope.clauses)
      printLine(`   ${holds ? '✓' : '✗'} ${clause} ${text}${value === undefined ? '' : `   (${value})`}`)
    printLine(`3. Match: ${told.match.note}${told.match.found.length === 0 ? '' : ` (${told.match.found.join(', ')})`}`)
    printLine('4. Difference')
    printLine(`   should hold   ${cut(JSON.stringify(told.wanted ?? null), 1_000)}`)
    printLine(`   confirmed     ${cut(JSON.stringify(told.acked ?? null), 1_000)}`)
    if (told.link.reason !== undefined) printLine(`   ${told.link.state}: ${told.link.reason.message}`)
    printLine(`5. ${told.item.action}: ${told.item.why}`)
    for (const line of requestLines(told.item)) printLine(`   ${line}`)
  })
}

async function printPlan(local: Local, tenant: string, run: PlanRun, options: Options): Promise<void> {
  const { plans } = await local.hub()
  const json = flagOption(options, 'json')
  if (json) await printJson(run)
  else {
    printLine(`plan    ${run.id} of ${formatTime(run.madeAt)}`)
    printLine(`basis   place ${run.place}, configuration ${run.configured}`)
    printLine(`guard   ${guardText(run)}`)
    printLine(`does    ${countsText(run)}`)
    const { disputed = 0 } = run.guard
    if (disputed > 0) {
      printLine(
        `restore ${disputed} ${disputed === 1 ? 'item changes' : 'items change'} back access that the app has changed since the backup: held, unless this plan is applied`,
      )
    }
    if (run.items > 0) printLine('')
  }
  let left = json ? Number.POSITIVE_INFINITY : (numberOption(options, 'limit', 1) ?? SHOWN)
  for (let after: string | undefined; left > 0; ) {
    const limit = Math.min(PAGE, left)
    const page = await plans.items(tenant, run.app, run.id, { limit, ...(after === undefined ? {} : { after }) })
    for (const item of page.items) {
      if (json) await printJson(item)
      else for (const line of itemLines(item)) printLine(line)
    }
    left -= page.items.length
    if (page.next === undefined) return
    after = page.next
  }
  printLine(`… and ${run.items - (numberOption(options, 'limit', 1) ?? SHOWN)} more; see them all with --json`)
}

function printApplied({ applied, holds, changed }: Applied, app: string, tenant: string): void {
  for (const item of changed.slice(0, SHOWN)) printLine(`changed since: ${itemLines(item)[0]}`)
  if (!applied) return
  const out = changed.length === 0 ? '' : `, ${changed.length} that changed since were left out`
  printLine(`Approved ${holds} ${holds === 1 ? 'item' : 'items'}${out}. They are sent by the hub of the server.`)
  printLine(`Follow it: ${commandName()} app show ${app} --tenant ${tenant}`)
}

function itemLines(item: PlanItem): readonly string[] {
  const { action, name, why, members } = item
  const counts = members === undefined ? '' : `   members +${members.add} −${members.remove}`
  const [first, ...others] = requestLines(item)
  const line = `${action.padEnd(8)}${cut(name, 40).padEnd(24)}  ${why}${counts}`
  return [
    first === undefined ? line : `${line}   ${first}`,
    ...others.slice(0, 3).map((one) => `${' '.repeat(10)}${one}`),
  ]
}

function requestLines({ requests }: PlanItem): readonly string[] {
  return requests.map(({ verb, target, body }) => {
    return `${verb} ${target}${body === undefined ? '' : ` ${cut(JSON.stringify(body), 200)}`}`
  })
}

function countsText({ counts }: Pick<PlanRun, 'counts'>): string {
  const parts = Object.entries(counts).map(([action, count]) => `${action} ${count}`)
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}

function guardText({ guard: { held, removals, limit, managed } }: Pick<PlanRun, 'guard'>): string {
  if (held) return `HOLD: ${removals} removals, at most ${limit} of ${managed} accounts without approval`
  return removals === 0 ? 'nothing is taken away' : `lets ${removals} removals through`
}
