// `lockstep audit`: shows what was done here, and whether the chain of its lines holds.

import { environment } from '../../environment.ts'
import { LockstepError } from '../../protocol/index.ts'
import { type AuditLine, createAudit, isoTime } from '../../tenancy/index.ts'
import { withLocal } from '../database/local.ts'
import { flagOption, numberOption, type Options, textOption } from '../terminal/options.ts'
import { formatTime, printJson, printLine, printTable } from '../terminal/print.ts'

/** `lockstep audit list`: the newest lines, newest first. */
export async function listAudit(options: Options): Promise<void> {
  await withLocal(options, async ({ store }) => {
    const tenant = textOption(options, 'tenant')
    const { lines } = await createAudit(store, environment).page({
      limit: numberOption(options, 'limit', 1) ?? 50,
      actor: textOption(options, 'actor'),
      action: textOption(options, 'action'),
      outcome: textOption(options, 'outcome'),
      tenants: tenant === undefined ? undefined : [tenant],
    })
    if (flagOption(options, 'json')) return printJson(lines.map(({ at, ...line }) => ({ ...line, at: isoTime(at) })))
    printTable<AuditLine>(lines, [
      ['PLACE', ({ place }) => place],
      ['TIME', ({ at }) => formatTime(at)],
      ['WHO', ({ actor, name }) => (name === undefined ? actor || 'nobody' : `${name} (${actor})`)],
      ['BY', ({ how }) => how],
      ['DID', ({ action }) => action],
      ['TENANT', ({ tenant: name }) => name],
      ['WHAT', ({ object }) => object],
      ['OUTCOME', ({ outcome, reason }) => (reason === undefined ? outcome : `${outcome}: ${reason}`)],
    ])
  })
}

/** `lockstep audit verify`: walks the chain. Fails if it does not hold. */
export async function verifyAudit(options: Options): Promise<void> {
  await withLocal(options, async ({ store }) => {
    const head = textOption(options, 'head')
    const verdict = await createAudit(store, environment).verify(head)
    const { lines, broken, from, holdsHead } = verdict
    if (flagOption(options, 'json')) await printJson(verdict)
    else if (broken === undefined) {
      printLine(`The chain holds: ${lines} lines${from === undefined ? '' : ` since ${formatTime(from.at)}`}.`)
      if (verdict.head !== undefined) printLine(`Head ${verdict.head.place}: ${verdict.head.hash}`)
      if (holdsHead === true) printLine('The head that was noted down is among them.')
    }
    if (broken !== undefined)
      throw new LockstepError('ERR_AUDIT', `The chain is broken at line ${broken.place}: ${broken.why}`)
    if (holdsHead === false)
      throw new LockstepError('ERR_AUDIT', 'The head that was noted down is not among the lines: some were cut off')
  })
}
