// `lockstep app`: adds, lists, shows and changes apps.

import { type App, AppRefusal, type HubAdministration } from '../../hub/index.ts'
import type { JsonObject } from '../../protocol/index.ts'
import { commandName } from '../../server/index.ts'
import { type Local, tenantOf, withLocal } from '../database/local.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { cut, formatTime, printFacts, printJson, printLine, printTable } from '../terminal/print.ts'
import { readDraft } from './app-draft.ts'

/** Apps in one page. */
const PAGE = 1_000

/** Opens the local tenant for a command that works on apps. */
export async function withApps<T>(
  options: Options,
  use: (apps: Awaited<ReturnType<Local['hub']>>['apps'], tenant: string, local: Local) => Promise<T>,
): Promise<T> {
  return withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    return use((await local.hub()).apps, tenant, local)
  })
}

type Owed = Awaited<ReturnType<HubAdministration['inspection']['owed']>>

async function owedBy(local: Local, tenant: string, app: string): Promise<Owed> {
  return (await local.hub()).inspection.owed(tenant, app)
}

/** `3 ready, 1 parked`; empty when nothing is owed. */
function owedText(owed: Owed): string {
  return Object.entries(owed)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ')
}

/** `lockstep app add`: a new app, which is off. */
export async function addApp([name = '']: readonly string[], options: Options): Promise<void> {
  await withApps(options, async (apps, tenant, local) => {
    const app = await apps.create(tenant, name, await readDraft(options, local, tenant))
    if (flagOption(options, 'json')) return printJson(app)
    printLine(`Added app "${app.id}" to tenant "${tenant}". It is off: nothing is sent yet.`)
    printLine(`See what it would get: ${commandName()} plan ${app.id} --tenant ${tenant}`)
  })
}

/** `lockstep app list`. */
export async function listApps(options: Options): Promise<void> {
  await withApps(options, async (apps, tenant, local) => {
    const { items } = await apps.list(tenant, { limit: PAGE })
    const rows: (App & { readonly owed: Owed })[] = []
    for (const app of items) rows.push({ ...app, owed: await owedBy(local, tenant, app.id) })
    if (flagOption(options, 'json')) return printJson(rows)
    if (items.length === 0) {
      printLine(`Tenant "${tenant}" has no apps. Add one: ${commandName()} app add NAME --url URL --tenant ${tenant}`)
      return
    }
    printTable(rows, [
      ['APP', ({ id }) => id],
      ['LABEL', ({ label }) => label],
      [
        'ADAPTER',
        ({ adapter, options: { profile } }) => `${adapter}${typeof profile === 'string' ? ` (${profile})` : ''}`,
      ],
      ['MODE', ({ mode }) => mode],
      ['HEALTH', ({ state }) => state.health],
      ['ACCOUNTS', ({ state }) => state.managed],
      ['OWED', ({ owed }) => owedText(owed)],
      ['SECRET EXPIRES', expiryText],
      ['WHY', ({ state }) => (state.health === 'healthy' ? '' : cut(state.reason ?? '', 120))],
    ])
  })
}

/** `lockstep app show`. */
export async function showApp([name = '']: readonly string[], options: Options): Promise<void> {
  await withApps(options, async (apps, tenant, local) => {
    const app = await apps.get(tenant, name)
    const owed = await owedBy(local, tenant, app.id)
    if (flagOption(options, 'json')) return printJson({ ...app, owed })
    printFacts([...factsOf(app), ['Owed', owedText(owed) || 'nothing']])
  })
}

/** `lockstep app change`. */
export async function changeApp([name = '']: readonly string[], options: Options): Promise<void> {
  await withApps(options, async (apps, tenant, local) => {
    const change = await readDraft(options, local, tenant)
    if (Object.keys(change).length === 0) {
      throw new AppRefusal('ERR_INVALID', 'Nothing was given to change; the options say what can be')
    }
    const app = await apps.change(tenant, name, change)
    if (flagOption(options, 'json')) return printJson(app)
    printFacts(factsOf(app))
  })
}

function factsOf(app: App): readonly (readonly [string, string | number])[] {
  const { state, credentials, review } = app
  const lines: readonly (readonly [string, string | number | undefined])[] = [
    ['App', app.label === app.id ? app.id : `${app.id} (${app.label})`],
    ['Adapter', app.adapter],
    ...Object.entries(app.options).map(([key, value]) => [`  ${key}`, oneLine(value)] as const),
    ['Credentials', credentials && credentialsText(app)],
    ['Secret expires', expiryText(app)],
    ['People', ruleText(app.scope.users, 'everyone')],
    ['Groups', app.scope.groups === undefined ? 'none' : ruleText(app.scope.groups, 'all')],
    ['Grants', app.grants.length],
    ['Map', app.map === undefined ? 'built in' : Object.keys(app.map).join(' and ')],
    ['Who leaves', `${app.policy.onLeave}${deletion(app)}`],
    ['Guard', `asks before more than ${app.guard.floor} people and more than ${app.guard.percent} % lose access`],
    ['Mode', app.mode],
    ['Review', review && `${review.reason} on ${formatTime(review.since)}: look at its plan, then resume it`],
    ['Health', `${state.health}${state.reason === undefined ? '' : `: ${state.reason}`}`],
    ['Accounts', state.managed],
  ]
  return lines.flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, value] as const]))
}

function deletion({ policy: { deleteAfterDays } }: App): string {
  return deleteAfterDays === undefined ? '' : `, and delete after ${deleteAfterDays} days`
}

function credentialsText({ credentials }: App): string {
  if (credentials === undefined) return ''
  const { kind, secret, env } = credentials
  return `${kind}, ${secret === 'env' ? `from $${env} of the server` : 'stored sealed'}`
}

function expiryText({ credentials }: App): string {
  if (credentials?.expiresAt === undefined) return ''
  return `${formatTime(Date.parse(credentials.expiresAt))}${EXPIRY[credentials.expiry ?? 'fine']}`
}

const EXPIRY = { fine: '', soon: ', soon', expired: ', expired' } as const

function ruleText(rule: JsonObject | App['scope']['users'], everyone: string): string {
  const parts = Object.entries(rule).map(
    ([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : value}`,
  )
  return parts.length === 0 ? everyone : parts.join('; ')
}

function oneLine(value: unknown): string {
  return cut(typeof value === 'string' ? value : JSON.stringify(value), 200)
}
