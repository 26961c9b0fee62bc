// `lockstep app links` and `app attempts`: where each account of an app stands, and the last requests.

import type { HubAdministration } from '../../hub/index.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { personOf } from '../proof/person.ts'
import { flagOption, numberOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { cut, formatTime, printJson, printLine, printTable } from '../terminal/print.ts'
import { rowsOf } from './rows.ts'

const STATES: readonly string[] = ['ready', 'waiting', 'held', 'parked', 'watched']
/** Rows that are shown to people, unless they ask for more. */
const SHOWN = 50

type Inspection = HubAdministration['inspection']
type LinkRow = Awaited<ReturnType<Inspection['links']>>['items'][number]
type AttemptRow = Awaited<ReturnType<Inspection['attempts']>>['items'][number]

/** `lockstep app links`: by resource, or those in one state. */
export async function listLinks([app = '']: readonly string[], options: Options): Promise<void> {
  const state = textOption(options, 'state')
  if (state !== undefined && !STATES.includes(state))
    throw new UsageError(`--state must be one of ${STATES.join(', ')}, not "${state}"`)
  const most = numberOption(options, 'limit', 1) ?? SHOWN
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { inspection } = await local.hub()
    const rows = rowsOf((part) => inspection.links(tenant, app, { ...part, ...(state === undefined ? {} : { state }) }))
    if (flagOption(options, 'json')) {
      for await (const row of rows) await printJson(row)
      return
    }
    const shown: LinkRow[] = []
    let isMore = false
    for await (const row of rows) {
      isMore = shown.length === most
      if (isMore) break
      shown.push(row)
    }
    const counts = Object.entries(await inspection.states(tenant, app))
      .filter(([name, count]) => name !== '' && count > 0)
      .map(([name, count]) => `${count} ${name}`)
    if (shown.length === 0) return printLine(state === undefined ? 'There are no links.' : `No link is ${state}.`)
    printTable(shown, [
      ['NAME', ({ name }) => cut(name, 40)],
      ['TYPE', ({ type }) => type],
      ['STATE', (row) => (row.state === '' ? 'confirmed' : row.state)],
      ['WANTED', ({ wanted }) => wanted],
      ['ACCOUNT', ({ account }) => account && cut(account, 40)],
      ['CONFIRMED', ({ ackedAt }) => formatTime(ackedAt)],
      ['NEXT TRY', (row) => (row.state === '' ? '' : formatTime(row.due))],
      ['WHY', ({ reason }) => reason && cut(`${reason.code}: ${reason.message}`, 120)],
    ])
    if (isMore) printLine(`… and more; see them with --limit, or all with --json`)
    if (counts.length > 0) printLine(`In all: ${counts.join(', ')}`)
  })
}

/** `lockstep app attempts`: the last requests, oldest first. */
export async function listAttempts([app = '']: readonly string[], options: Options): Promise<void> {
  const most = numberOption(options, 'limit', 1) ?? SHOWN
  const who = textOption(options, 'user')
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { inspection } = await local.hub()
    const resource = who === undefined ? {} : { resource: (await personOf(local, options, who)).id }
    const rows = rowsOf((part) => inspection.attempts(tenant, app, { ...part, ...resource }))
    if (flagOption(options, 'json')) {
      for await (const row of rows) await printJson(row)
      return
    }
    // Only the last are shown, and only the first can be read first.
    const last: AttemptRow[] = []
    for await (const row of rows) {
      last.push(row)
      if (last.length > most) last.shift()
    }
    if (last.length === 0) return printLine('There are no requests.')
    printTable(last, [
      ['AT', ({ at }) => formatTime(at)],
      ['MS', ({ ms }) => Math.round(ms)],
      ['RESOURCE', ({ resource: one }) => one],
      ['STEP', ({ step }) => step],
      ['OUTCOME', ({ outcome, status }) => (status === undefined ? outcome : `${outcome} (${status})`)],
      ['REQUESTS', ({ requests }) => cut(requests.map(({ verb, target }) => `${verb} ${target}`).join(', '), 80)],
      ['MESSAGE', ({ message }) => message && cut(message, 100)],
    ])
  })
}
