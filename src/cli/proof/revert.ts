// `lockstep revert`: undoes what a plan did in an app, where the app allows it.

import type { RevertItem } from '../../hub/index.ts'
import { LockstepError } from '../../protocol/index.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { confirm } from '../terminal/confirmation.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { cut, printJson, printLine, printTable } from '../terminal/print.ts'
import { withBar } from './with-bar.ts'

/** Rows that are shown to people; --json has them all. */
const SHOWN = 200

/** `lockstep revert APP PLAN`: shows what can be undone and what can't, asks, and undoes it. */
export async function revert([app = '', plan = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { plans } = await local.hub()
    const json = flagOption(options, 'json')
    const before = await plans.revert(tenant, app, plan, { dryRun: true })
    const can = before.filter(({ outcome }) => outcome === 'can').length
    if (!json) show(before)
    if (can === 0) {
      if (json) return printJson(before)
      return printLine('There is nothing that can be undone.')
    }
    const question = `Undo ${can} of ${before.length} requests in app "${app}"?`
    await confirm(options, () => question, 'Nothing was undone')
    const done = await withBar('of the requests', can, options, (onProgress) =>
      plans.revert(tenant, app, plan, { onProgress }),
    )
    if (json) await printJson(done)
    else show(done)
    const open = done.filter(({ outcome }) => outcome !== 'done').length
    if (!json) printLine(`Undid ${done.length - open} of ${done.length} requests. The app stays paused.`)
    if (done.some(({ outcome }) => outcome === 'failed'))
      throw new LockstepError('ERR_OPEN', 'Some requests could not be undone; run it again to try them again')
  })
}

function show(items: readonly RevertItem[]): void {
  if (items.length === 0) return
  printTable(items.slice(0, SHOWN), [
    ['WHO', ({ name }) => cut(name, 40)],
    ['DID', ({ did }) => did],
    ['UNDO', ({ outcome }) => outcome],
    ['', ({ why, requests: [first] }) => why ?? (first === undefined ? '' : `${first.verb} ${first.target}`)],
  ])
  if (items.length > SHOWN) printLine(`… and ${items.length - SHOWN} more; see them all with --json`)
}
