// `lockstep told`: what each app was told of a person, when it confirmed, or why it has not yet.

import type { Proof, Told } from '../../hub/index.ts'
import { withLocal } from '../database/local.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { cut, formatTime, printJson, printLine, printTable } from '../terminal/print.ts'
import { personOf } from './person.ts'

/** `lockstep told USER`. */
export async function tellWho([who = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const { tenant, id, name } = await personOf(local, options, who)
    const { proof } = await local.hub()
    const [rows, kill] = await Promise.all([proof.told(tenant, id), proof.killed(tenant, id)])
    if (flagOption(options, 'json'))
      return printJson({ tenant, user: id, ...killedJson(kill), apps: rows.map(toldJson) })
    if (kill !== undefined) printLine(killedText(name, kill))
    if (rows.length === 0) return printLine(`Tenant "${tenant}" has no apps.`)
    printToldTable(rows)
    printLine(summaryOf(name, rows))
  })
}

type Killed = NonNullable<Awaited<ReturnType<Proof['killed']>>>

function killedText(name: string, { at, by, revoked }: Killed): string {
  const put = `${name} was removed from every app by ${by} on ${formatTime(at)}`
  return revoked === undefined
    ? `${put}; it stands.`
    : `${put}; ${revoked.by} took it back on ${formatTime(revoked.at)}.`
}

/** The last kill of a person, for programs. */
function killedJson(kill: Killed | undefined): object {
  if (kill === undefined) return {}
  const { at, by, revoked } = kill
  const iso = (ms: number) => new Date(ms).toISOString()
  return { kill: { at: iso(at), by, ...(revoked && { revoked: { ...revoked, at: iso(revoked.at) } }) } }
}

/** What apps were told, as a table. */
export function printToldTable(rows: readonly Told[]): void {
  printTable(rows, [
    ['APP', ({ app }) => app],
    ['ACCOUNT', ({ account }) => account],
    ['SHOULD BE', ({ wanted, state }) => (state === 'none' ? '' : WANTED[wanted])],
    ['STATE', ({ state }) => STATES[state]],
    ['CONFIRMED', ({ confirmedAt }) => formatTime(confirmedAt)],
    ['AFTER', ({ changedAt, confirmedAt, state }) => (isDone(state) ? durationText(changedAt, confirmedAt) : '')],
    ['READ BACK', ({ readBack }) => readBack && `${FOUND[readBack.found]} ${formatTime(readBack.at)}`],
    ['WHY, AND NEXT TRY', whyText],
  ])
}

/** Whether an app has nothing left to confirm. */
export function isDone(state: Told['state']): boolean {
  return state === 'confirmed' || state === 'verified' || state === 'none'
}

/** What an app was told, for programs: times in ISO 8601. */
export function toldJson({ changedAt, confirmedAt, nextAt, readBack, reason, ...row }: Told): object {
  const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString())
  return {
    ...row,
    changedAt: iso(changedAt),
    confirmedAt: iso(confirmedAt),
    ...(readBack === undefined ? {} : { readBack: { found: readBack.found, at: iso(readBack.at) } }),
    ...(reason === undefined ? {} : { reason: { ...reason, since: iso(reason.since) } }),
    nextAt: iso(nextAt),
  }
}

const WANTED = { active: 'active', disabled: 'off', absent: 'gone' } as const
const FOUND = { none: 'no account', off: 'off', active: 'active' } as const
const STATES = {
  confirmed: 'confirmed',
  verified: 'verified',
  pending: 'pending',
  waiting: 'waiting',
  held: 'held',
  parked: 'parked',
  none: 'no account',
} as const

function durationText(from: number | undefined, to: number | undefined): string {
  if (from === undefined || to === undefined || to < from) return ''
  const seconds = (to - from) / 1000
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`
}

function whyText({ state, reason, nextAt }: Told): string {
  if (isDone(state)) return ''
  const next = nextAt === undefined ? '' : `next try ${formatTime(nextAt)}`
  return [reason === undefined ? '' : cut(reason.message, 120), next].filter((text) => text !== '').join('; ')
}

function summaryOf(name: string, rows: readonly Told[]): string {
  const within = rows.filter(({ state }) => state !== 'none')
  const open = within.filter(({ state }) => !isDone(state))
  if (within.length === 0) return `${name} has an account in none of the ${rows.length} apps.`
  if (open.length === 0)
    return within.length === 1
      ? `The one app in which ${name} has or had an account has confirmed.`
      : `All ${within.length} apps in which ${name} has or had an account have confirmed.`
  return `${within.length - open.length} of ${within.length} apps have confirmed; open: ${open.map(({ app }) => app).join(', ')}.`
}
