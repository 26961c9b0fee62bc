// `lockstep leavers`: who has left, the last one first, and whether every app has confirmed it.

import type { HubAdministration } from '../../hub/index.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { flagOption, numberOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { cut, formatTime, printJson, printLine, printTable } from '../terminal/print.ts'

type LeaverRow = Awaited<ReturnType<HubAdministration['proof']['leavers']>>['items'][number]

/** Rows that are shown to people, unless they ask for more. */
const SHOWN = 50
/** Rows that are read at once. */
const PAGE = 200

/** `lockstep leavers`. */
export async function listLeavers(_args: readonly string[], options: Options): Promise<void> {
  const [since, until] = [timeOption(options, 'since'), timeOption(options, 'until')]
  const most = numberOption(options, 'limit', 1) ?? SHOWN
  const open = flagOption(options, 'open')
  const asJson = flagOption(options, 'json')
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { proof } = await local.hub()
    const shown: LeaverRow[] = []
    for (let after: string | undefined; ; ) {
      const page = await proof.leavers(tenant, { limit: PAGE, open, since, until, after })
      for (const row of page.items) {
        if (asJson) await printJson(rowJson(row))
        else shown.push(row)
      }
      after = page.next
      if (after === undefined || (!asJson && shown.length > most)) break
    }
    if (asJson) return
    if (shown.length === 0) return printLine(open ? 'Every app has confirmed every leaver.' : 'Nobody has left.')
    printTable(shown.slice(0, most), [
      ['WHO', ({ userName, externalId, user }) => cut(userName ?? externalId ?? user, 40)],
      ['LEFT', ({ at }) => formatTime(at)],
      ['HOW', ({ how }) => how],
      ['CONFIRMED', ({ apps }) => apps.confirmed + apps.verified],
      ['READ BACK', ({ apps }) => apps.verified],
      ['STILL OPEN', ({ openIn }) => cut(openIn.join(', '), 60)],
      ['LAST', ({ lastConfirmedAt }) => formatTime(lastConfirmedAt)],
    ])
    if (shown.length > most) printLine('… and more; see them with --limit, or all with --json')
  })
}

function rowJson({ at, signedAt, lastConfirmedAt, ...row }: LeaverRow): object {
  const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString())
  return { ...row, at: iso(at), signed: iso(signedAt), lastConfirmed: iso(lastConfirmedAt) }
}

function timeOption(options: Options, name: string): number | undefined {
  const text = textOption(options, name)
  if (text === undefined) return undefined
  const at = Date.parse(text)
  if (Number.isNaN(at))
    throw new UsageError(`--${name} must be a date, like 2026-03-01 or 2026-03-01T12:00:00Z, not "${text}"`)
  return at
}
