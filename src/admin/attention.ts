// Things to look at: what is not as it should be, worst first, each a code with facts for a sentence.

import type { HubAdministration } from '../hub/index.ts'
import { HEARD_MS, quietOf, type RecordStore } from '../record/index.ts'
import { type Connection, isoTime, type Tenancy } from '../tenancy/index.ts'
import { isRefusing } from './lately.ts'
import type { RecordAccess } from './record-access.ts'

/** What there may be to look at, worst first. */
export const THINGS = [
  'record.failing',
  'server.failing',
  'removals.held',
  'app.stopped',
  'connection.refused',
  'connection.quiet',
  'token.expires',
  'values.recorded',
] as const

/** One thing to look at. */
export interface Thing {
  readonly code: (typeof THINGS)[number]
  /** Absent: of the whole installation. */
  readonly tenant?: string
  readonly connection?: string
  readonly app?: string
  /** Since when, as ISO 8601. */
  readonly since?: string
  /** For the sentence: numbers, names and times. */
  readonly facts: { readonly [name: string]: string | number }
  /** Where to look, below the console. */
  readonly link: string
}

/** What they are found with. */
export interface AttentionDeps {
  readonly record: RecordAccess | undefined
  readonly tenancy: Tenancy
  readonly hub: Pick<HubAdministration, 'apps' | 'holds'>
  readonly now: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Tokens that end within this time are told. */
const SOON_MS = 30 * DAY_MS
/** Most apps and holds of one tenant that are looked at. */
const MOST = 100

/** Finds the things to look at in these tenants. `isWhole`: also those of the whole installation. */
export async function findThings(
  deps: AttentionDeps,
  tenants: readonly string[],
  isWhole: boolean,
): Promise<readonly Thing[]> {
  const { record, now } = deps
  const things: Thing[] = []
  const since = record?.failingSince()
  if (since !== undefined && isWhole)
    things.push({ code: 'record.failing', since: isoTime(since) ?? '', facts: {}, link: '/system' })
  const heard = record === undefined ? undefined : await heardOf(record.store, tenants, now)
  for (const tenant of tenants) {
    const connections = toldApart(await deps.tenancy.connections.list(tenant))
    things.push(...expiring(connections, now), ...recorded(connections, now), ...(await ofApps(deps, tenant)))
    if (heard !== undefined) things.push(...ofConnections(connections, heard, now))
  }
  if (heard !== undefined) things.push(...failing(heard))
  return things.sort((a, b) => THINGS.indexOf(a.code) - THINGS.indexOf(b.code))
}

/** The connections of a tenant; two with the same label are told apart by their ids. */
function toldApart(connections: readonly Connection[]): readonly Connection[] {
  return connections.map((one) =>
    one.label !== '' && connections.some(({ id, label }) => label === one.label && id !== one.id)
      ? { ...one, label: `${one.label} (${one.id})` }
      : one,
  )
}

/** What the record says of the connections of some tenants. */
async function heardOf(store: RecordStore, tenants: readonly string[], now: number) {
  const [heard, hour, faults] = await Promise.all([
    store.heard({ tenants, from: now - HEARD_MS }),
    store.counts({ tenants, from: now - HOUR_MS, until: now + HOUR_MS, by: 'minute' }),
    store.faults({ tenants, from: now - HOUR_MS, limit: 1_000 }),
  ])
  return { heard, hour, faults }
}

type Found = Awaited<ReturnType<typeof heardOf>>

function ofConnections(connections: readonly Connection[], { heard, hour, faults }: Found, now: number): Thing[] {
  return connections.flatMap(({ tenant, id, kind, label, paused }): Thing[] => {
    // Whoever has paused it knows.
    if (paused === true) return []
    const isOwn = (one: { readonly tenant: string; readonly connection?: string }) =>
      one.tenant === tenant && one.connection === id
    const own = heard.find(isOwn)
    const quiet = own === undefined ? undefined : quietOf(own, kind, now)
    const lately = hour.filter(isOwn)
    const refusals = lately.reduce((sum, { outcome, n }) => sum + (outcome === 'refused' ? n : 0), 0)
    const alike = faults.filter((fault) => isOwn(fault.newest) && fault.newest.status < 500)
    const link = `/t/${tenant}/connections/${id}`
    const about = { tenant, connection: id }
    return [
      ...(quiet === undefined
        ? []
        : [
            {
              code: 'connection.quiet' as const,
              ...about,
              since: isoTime(quiet.since) ?? '',
              facts: { label, kind, usualHours: Math.round(quiet.usualMs / HOUR_MS) },
              link,
            },
          ]),
      ...(!isRefusing(lately)
        ? []
        : [
            {
              code: 'connection.refused' as const,
              ...about,
              facts: { label, kind, refusals, reasons: alike.length },
              link:
                alike.length === 1
                  ? `/t/${tenant}/faults/${alike[0]?.print}`
                  : `/t/${tenant}/requests?show=alike&filter=connection:${id}`,
            },
          ]),
    ]
  })
}

function expiring(connections: readonly Connection[], now: number): Thing[] {
  return connections.flatMap(({ tenant, id, label, kind, tokens }): Thing[] => {
    const ends = tokens.flatMap(({ expires }) => expires ?? [])
    // A successor that lives longer is there already.
    if (ends.length < tokens.length || ends.length === 0) return []
    const last = Math.max(...ends)
    if (last - now > SOON_MS) return []
    const days = Math.max(0, Math.floor((last - now) / DAY_MS))
    const facts = { label, kind, days, ends: isoTime(last) ?? '' }
    return [{ code: 'token.expires', tenant, connection: id, facts, link: `/t/${tenant}/connections/${id}` }]
  })
}

/** Connections whose requests are recorded with people's values, until they end. */
function recorded(connections: readonly Connection[], now: number): Thing[] {
  return connections.flatMap(({ tenant, id, label, kind, valuesUntil, valuesBy }): Thing[] => {
    if (valuesUntil === undefined || valuesUntil <= now) return []
    const facts = {
      label,
      kind,
      until: isoTime(valuesUntil) ?? '',
      ...(valuesBy === undefined ? {} : { by: valuesBy }),
    }
    return [{ code: 'values.recorded', tenant, connection: id, facts, link: `/t/${tenant}/connections/${id}` }]
  })
}

async function ofApps({ hub }: AttentionDeps, tenant: string): Promise<Thing[]> {
  const holds = await hub.holds.open(tenant, MOST)
  const { items: apps } = await hub.apps.list(tenant, { limit: MOST })
  return [
    ...holds.map(({ app, count, limit, openedAt }): Thing => {
      const since = isoTime(openedAt) ?? ''
      const facts = { count, limit, label: apps.find(({ id }) => id === app)?.label ?? app }
      return { code: 'removals.held', tenant, app, since, facts, link: `/t/${tenant}/held` }
    }),
    ...apps
      // Also while it is tried again: only an answer ends it.
      .filter(({ mode, state }) => mode === 'on' && (state.health === 'open' || state.health === 'half-open'))
      .map(({ id, label, state }): Thing => {
        const since = state.healthSince === undefined ? {} : { since: isoTime(state.healthSince) ?? '' }
        const facts = { label, ...(state.reason === undefined ? {} : { reason: state.reason }) }
        return { code: 'app.stopped', tenant, app: id, ...since, facts, link: `/t/${tenant}/apps/${id}` }
      }),
  ]
}

/** Requests that failed here, by tenant: not the fault of any identity provider. */
function failing({ hour }: Found): Thing[] {
  const failures = new Map<string, number>()
  for (const { tenant, outcome, n } of hour)
    if (outcome === 'failed') failures.set(tenant, (failures.get(tenant) ?? 0) + n)
  return [...failures].map(([tenant, count]) => ({
    code: 'server.failing',
    tenant,
    facts: { count },
    link: `/t/${tenant}/requests?show=failed`,
  }))
}
