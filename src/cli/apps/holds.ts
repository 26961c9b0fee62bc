// `lockstep app held`, `approve`, `discard`: removals that the guard has held.

import { tenantOf, withLocal } from '../database/local.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { formatTime, printJson, printLine, printTable } from '../terminal/print.ts'

/** `lockstep app held`: what waits for somebody to decide. */
export async function listHolds([app = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { holds } = await local.hub()
    const { items } = await holds.list(tenant, app, { limit: 1_000, open: !flagOption(options, 'all') })
    if (flagOption(options, 'json')) return printJson(items)
    if (items.length === 0) {
      printLine('Nothing is held.')
      return
    }
    printTable(items, [
      ['HOLD', ({ id }) => id],
      ['SINCE', ({ openedAt }) => formatTime(openedAt)],
      ['REMOVALS', ({ count }) => count],
      ['LIMIT', ({ limit }) => limit],
      ['CAUSE', ({ cause }) => cause],
      ['DECIDED', ({ verdict, by }) => verdict && `${verdict} by ${by}`],
    ])
  })
}

/** `lockstep app approve` and `lockstep app discard`. */
export async function decideHold(
  [app = '', hold = '']: readonly string[],
  options: Options,
  verdict: 'approved' | 'discarded',
): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const row = await (await local.hub()).holds.decide(tenant, app, hold, verdict)
    if (flagOption(options, 'json')) return printJson(row)
    printLine(`${row.count} removals in app "${app}" were ${verdict}.`)
  })
}
