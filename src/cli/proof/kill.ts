// `lockstep kill`: puts a person out of every app at once, and waits until all have confirmed.

import { setTimeout as sleep } from 'node:timers/promises'
import { LockstepError } from '../../protocol/index.ts'
import { commandName } from '../../server/index.ts'
import { withLocal } from '../database/local.ts'
import { confirm } from '../terminal/confirmation.ts'
import { flagOption, numberOption, type Options } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { personOf } from './person.ts'
import { isDone, printToldTable, toldJson } from './told.ts'

const LOOK_EVERY_MS = 250
const WAIT_SECONDS = 60

/** `lockstep kill USER`; with `--revoke`, takes it back. */
export async function kill([who = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const { tenant, id, name } = await personOf(local, options, who)
    const { proof } = await local.hub()
    const isJson = flagOption(options, 'json')
    if (flagOption(options, 'revoke')) {
      const revoked = await proof.revokeKill(tenant, id)
      if (isJson) return printJson({ tenant, user: id, revoked })
      return printLine(revoked ? `${name} is no longer kept out: scopes decide again.` : `${name} was not kept out.`)
    }
    const question = `Remove ${name} (${id}) from every app of tenant "${tenant}" at once, until it is revoked?`
    await confirm(options, () => question, 'Nothing was sent')
    const waitSeconds = numberOption(options, 'wait', 0) ?? WAIT_SECONDS
    const { already } = await proof.kill(tenant, id)
    const until = performance.now() + waitSeconds * 1000
    let rows = await proof.told(tenant, id)
    const seen = new Set<string>()
    const show = () => {
      for (const { app, state } of rows) {
        if (state === 'none' || !isDone(state) || seen.has(app)) continue
        seen.add(app)
        if (!isJson) printLine(`${app} has confirmed.`)
      }
    }
    for (show(); !rows.every(({ state }) => isDone(state)) && performance.now() < until; show()) {
      await sleep(LOOK_EVERY_MS)
      rows = await proof.told(tenant, id)
    }
    const open = rows.filter(({ state }) => !isDone(state)).map(({ app }) => app)
    if (isJson) printJson({ tenant, user: id, already, confirmed: open.length === 0, apps: rows.map(toldJson) })
    else if (rows.length > 0) printToldTable(rows)
    if (open.length > 0) {
      throw new LockstepError(
        'ERR_OPEN',
        `Not confirmed within ${waitSeconds} s: ${open.join(', ')}; it goes on: lockstep told ${id} --tenant ${tenant}`,
      )
    }
    if (!isJson)
      printLine(`${name} is out of every app. It stands until: ${commandName()} kill ${id} --revoke --tenant ${tenant}`)
  })
}
