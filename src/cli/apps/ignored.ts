// `lockstep ignored`: differences in an app that sweeps leave for some days, with who said so and why.

import type { HubAdministration } from '../../hub/index.ts'
import { commandName } from '../../server/index.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { flagOption, listOption, numberOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { cut, formatTime, printJson, printLine, printTable } from '../terminal/print.ts'

/** Days for which a difference is left, unless it is said. */
const DAYS = 30

/** `lockstep ignored list APP`. */
export async function listIgnored([app = '']: readonly string[], options: Options): Promise<void> {
  await withIgnored(options, async (ignoring, tenant) => {
    const rows = await ignoring.list(tenant, app)
    if (flagOption(options, 'json')) {
      for (const row of rows) await printJson(row)
      return
    }
    if (rows.length === 0) return printLine(`No difference of app "${app}" is ignored.`)
    printTable(rows, [
      ['IGNORED', ({ id }) => id],
      ['ACCOUNT', ({ account }) => cut(account, 40)],
      ['NAME', ({ name = '' }) => cut(name, 40)],
      ['WHAT', ({ kind, attributes }) => (kind === 'stranger' ? 'stranger' : cut((attributes ?? []).join(', '), 60))],
      ['UNTIL', ({ until }) => formatTime(until)],
      ['BY', ({ by }) => by],
      ['REASON', ({ reason }) => cut(reason, 60)],
    ])
  })
}

/** `lockstep ignored add APP ACCOUNT`. */
export async function addIgnored([app = '', account = '']: readonly string[], options: Options): Promise<void> {
  const attributes = listOption(options, 'attributes')
  const isStranger = flagOption(options, 'stranger')
  if (isStranger === attributes.length > 0)
    throw new UsageError("Say what is left: --attributes of somebody's account, or --stranger of one that is nobody's")
  const reason = textOption(options, 'reason')
  if (reason === undefined) throw new UsageError('Say why, with --reason')
  const draft = {
    kind: isStranger ? ('stranger' as const) : ('drifted' as const),
    type: flagOption(options, 'group') ? ('Group' as const) : ('User' as const),
    account,
    ...(isStranger ? {} : { attributes }),
    reason,
    days: numberOption(options, 'days', 1) ?? DAYS,
  }
  await withIgnored(options, async (ignoring, tenant) => {
    const row = await ignoring.ignore(tenant, app, draft)
    if (flagOption(options, 'json')) return printJson(row)
    printLine(`Sweeps leave it until ${formatTime(row.until)}.`)
    printLine(`No longer: ${commandName()} ignored end ${app} ${row.id} --tenant ${tenant}`)
  })
}

/** `lockstep ignored end APP IGNORED`. */
export async function endIgnored([app = '', id = '']: readonly string[], options: Options): Promise<void> {
  await withIgnored(options, async (ignoring, tenant) => {
    await ignoring.end(tenant, app, id)
    if (flagOption(options, 'json')) return printJson({ tenant, app, ended: id })
    printLine('The next sweep counts it as a difference again.')
  })
}

async function withIgnored(
  options: Options,
  use: (ignoring: HubAdministration['ignoring'], tenant: string) => Promise<void>,
): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    await use((await local.hub()).ignoring, tenant)
  })
}
