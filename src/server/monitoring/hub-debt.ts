// Measures what the hub owes to apps: what is not confirmed, how old it is, and how the apps are doing.

import { type AppSettings, type AppState, HUB_LANES, HUB_READER, type Link, QUEUES, readApps } from '../../hub/index.ts'
import { NEVER, type Store, WORK_LIMITS } from '../../store/index.ts'
import { withPatience } from './with-timeout.ts'

/** What one app is owed. */
export interface AppDebt {
  readonly tenant: string
  readonly app: string
  readonly health: AppState['health']
  /** Links by state, those at rest left out. */
  readonly states: { readonly [state: string]: number }
  /** Leavers who are not confirmed yet, and the age of the oldest in seconds. */
  readonly leavers: number
  readonly oldestLeaver: number
  /** Seconds until the credentials expire. */
  readonly credentialsExpire?: number
}

/** What is owed at a moment. */
export interface HubDebt {
  readonly apps: readonly AppDebt[]
  /** Lines that are not planned for, of tenants that have any. */
  readonly lags: readonly { readonly tenant: string; readonly lines: number }[]
}

/** Most apps that are looked at. Those of which something is due soonest come first. */
const APPS = Math.min(500, WORK_LIMITS.ITEM_KEYS)
/** Leavers of an app whose age is looked at; the count stops there too. */
const LEAVERS = WORK_LIMITS.ITEM_KEYS
/** How long a result is good for: several may ask for the metrics. */
const FRESH_MS = 5_000
/** Longest wait for the database. */
const PATIENCE_MS = 2_000
/** States of a link that is not confirmed and not held back by a person's decision. */
const UNDER_WAY = ['ready', 'waiting', 'parked'] as const

/** Creates the measurement. It reads a few items for each app, whatever the number of people. */
export function createHubDebt(
  store: Pick<Store, 'due' | 'states' | 'news' | 'records'>,
  now: () => number = Date.now,
): () => Promise<HubDebt | undefined> {
  let last: { readonly at: number; readonly debt: Promise<HubDebt> } | undefined
  return () => {
    if (last === undefined || now() - last.at > FRESH_MS) {
      const debt = measure(store, now())
      last = { at: now(), debt }
      debt.catch(() => {
        // The next one tries again.
        if (last?.debt === debt) last = undefined
      })
    }
    return withPatience(last.debt, PATIENCE_MS)
  }
}

async function measure(store: Pick<Store, 'due' | 'states' | 'news' | 'records'>, now: number): Promise<HubDebt> {
  const units = await store.due(QUEUES.units, { until: NEVER - 1, limit: APPS })
  const settings = new Map<string, readonly AppSettings[]>()
  const apps: AppDebt[] = []
  for (const { tenant, key: app, value } of units) {
    let own = settings.get(tenant)
    if (own === undefined) {
      own = await readApps(store, tenant)
      settings.set(tenant, own)
    }
    const expiresAt = own.find(({ id }) => id === app)?.credentials?.expiresAt
    const leavers = await leaversOf(store, tenant, app)
    apps.push({
      tenant,
      app,
      health: (value as unknown as AppState | null)?.health ?? 'healthy',
      states: await store.states(tenant, QUEUES.links(app)),
      leavers: leavers.length,
      oldestLeaver: leavers.reduce((oldest, since) => Math.max(oldest, (now - since) / 1_000), 0),
      ...(expiresAt === undefined ? {} : { credentialsExpire: Math.round((Date.parse(expiresAt) - now) / 1_000) }),
    })
  }
  const news = await store.news(HUB_READER, APPS)
  return { apps, lags: news.map(({ tenant, place, last }) => ({ tenant, lines: last - place })) }
}

/** When the changes of leavers were committed whom an app has not confirmed yet. */
async function leaversOf(store: Pick<Store, 'due'>, tenant: string, app: string): Promise<readonly number[]> {
  const found: number[] = []
  for (const state of UNDER_WAY) {
    const within = { tenant, state }
    const links = await store.due(QUEUES.links(app), { until: NEVER, limit: LEAVERS, lanes: [HUB_LANES.leave], within })
    for (const { value, due } of links) {
      const { since } = (value ?? {}) as unknown as Partial<Link>
      // Marked and not looked at yet: it became due when it was marked.
      found.push(since ?? due)
    }
  }
  return found
}
