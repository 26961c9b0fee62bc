// `lockstep plan work`: how plans were carried out and undone, and how far those are that are under way.

import type { PlanWork } from '../../hub/index.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { cut, formatTime, printJson, printLine, printTable } from '../terminal/print.ts'

/** `lockstep plan work APP [ID]`. */
export async function showPlanWork([app = '', id]: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { plans } = await local.hub()
    const found = id === undefined ? await plans.listWork(tenant, app) : [await plans.work(tenant, app, id)]
    if (flagOption(options, 'json')) return printJson(id === undefined ? found : found[0])
    if (found.length === 0) return printLine(`No plan of app "${app}" was carried out or undone within 30 days.`)
    printTable(found, [
      ['WORK', (work) => work.id],
      ['DOES', ({ kind }) => kind],
      ['PLAN', ({ plan }) => plan],
      ['BEGAN', ({ beganAt }) => formatTime(beganAt)],
      ['STATE', stateText],
    ])
  })
}

function stateText({ state, message, done, of, applied, holds, outcomes, items }: PlanWork): string {
  if (state === 'running') return `running: ${done} of ${of}`
  if (state === 'failed') return `failed: ${cut(message ?? '', 60)}`
  if (applied === false) return `nothing was done: ${items} items have changed since`
  if (outcomes === undefined) return `done: ${holds} items`
  return `done: ${Object.entries(outcomes)
    .map(([outcome, count]) => `${outcome} ${count}`)
    .join(', ')}`
}
