// `lockstep faults`: shows what failed, similar failures as one.

import type { Fault } from '../../record/index.ts'
import { flagOption, numberOption, type Options, textOption } from '../terminal/options.ts'
import { cut, formatTime, printJson, printLine, printTable } from '../terminal/print.ts'
import { withRecord } from './open-record.ts'

const DAY_MS = 86_400_000

/** Shows failures, those with the newest first. */
export async function faults(options: Options): Promise<void> {
  await withRecord(options, async (record) => {
    const tenant = textOption(options, 'tenant')
    const days = numberOption(options, 'days', 1) ?? 7
    const limit = numberOption(options, 'limit', 1) ?? 50
    const tenants = tenant === undefined ? undefined : [tenant]
    const found = await record.faults({ tenants, from: Date.now() - days * DAY_MS, limit })
    if (flagOption(options, 'json')) {
      for (const fault of found) await printJson(jsonOf(fault))
      return
    }
    if (found.length === 0) return printLine(`Nothing failed within ${days} days`)
    printTable(found, [
      ['TENANT', (fault) => fault.tenant],
      ['TIMES', (fault) => fault.count],
      ['LAST', (fault) => formatTime(fault.last)],
      ['WHAT', ({ newest }) => `${newest.status} ${newest.method} ${newest.route}`],
      ['WHY', ({ newest }) => cut(newest.detail ?? newest.code ?? '', 80)],
      ['PRINT', (fault) => fault.print],
    ])
  })
}

function jsonOf({ first, last, newest, ...fault }: Fault) {
  const { about: _about, sent: _sent, ...line } = newest
  const iso = (ms: number) => new Date(ms).toISOString()
  return { ...fault, first: iso(first), last: iso(last), newest: { ...line, at: iso(line.at) } }
}
