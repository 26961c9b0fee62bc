// Runs the hub of an installation: with the tenants' schemas, sealed secrets, and a way out that checks addresses.

import { environment } from '../environment.ts'
import {
  ADAPTER_KINDS,
  APP_ANSWER_BYTES,
  APP_RECORD,
  AppError,
  type AppSettings,
  clearApp,
  createHub,
  createSigningKeys,
  type HubOptions,
  reviewAll,
  startReceipts,
} from '../hub/index.ts'
import { createOutbound } from '../outbound/index.ts'
import type { Store } from '../store/index.ts'
import { isImported, SealError, type Sealer, type Tenancy } from '../tenancy/index.ts'
import { countFileOf, type RestoreWatch, watchRestores } from './restore-watch.ts'
import type { Settings } from './settings.ts'

/** What the hub is told by the process that runs it. */
export interface HubHooks
  extends Pick<HubOptions, 'owner' | 'hasEnded' | 'report' | 'onEvent' | 'meter' | 'tracer' | 'pace'> {
  /** Called when the database turns out to be older than what was sent: so many apps wait for somebody to look at them. */
  readonly restored?: (apps: number) => void
}

/** The settings that the hub runs by. */
export type HubSettings = Pick<Settings, 'database' | 'postgres' | 'outboundAllow' | 'outboundProxy'>

/** A hub that runs. */
export interface RunningHub {
  /** Starts nothing more, lets requests on their way end for `graceMs`, and gives back what it owns. */
  readonly stop: (graceMs?: number) => Promise<void>
}

/** How often it is counted on, while something is sent. */
const COUNT_MS = 5_000

/** Starts the hub, after it has made sure that the database is not a backup that was restored. */
export async function startSiteHub(
  site: {
    readonly store: Store
    readonly tenancy: Tenancy
    readonly sealer: Sealer
    readonly issuer: () => Promise<string>
  },
  settings: HubSettings,
  hooks: HubHooks,
): Promise<RunningHub> {
  const { store, tenancy, sealer, issuer } = site
  const { outboundAllow, outboundProxy } = settings
  const watch = watchOf(store, settings, hooks)
  if (await watch?.isRestored()) hooks.restored?.(await reviewAll({ store, environment, actor: 'hub' }, 'restored'))
  await watch?.count()
  const counting = countOn(watch, hooks)
  const outbound = createOutbound({
    ...(outboundAllow === undefined ? {} : { allow: outboundAllow }),
    ...(outboundProxy === undefined ? {} : { proxy: outboundProxy }),
  })
  const hub = createHub({
    ...hooks,
    onEvent: (event) => {
      counting.sent()
      hooks.onEvent?.(event)
    },
    store,
    environment: { ...environment, fetch: outbound.within({ answerBytes: APP_ANSWER_BYTES }) },
    kinds: ADAPTER_KINDS,
    secret: (tenant, app) => secretOf(sealer, tenant, app),
    catalog: tenancy.catalog,
    ready: tenancy.ready,
    isImported: async (tenant) => !(await isImported(store, tenant)),
    clear: (tenant, app, signal) => clearApp(store, tenant, app, signal),
  })
  hub.start()
  const receipts = startReceipts({
    store,
    environment,
    owner: hooks.owner,
    keys: createSigningKeys({ store, environment, sealing: sealer }),
    issuer,
    report: (error, tenant) => hooks.report(error, tenant === undefined ? undefined : { tenant }),
  })
  return {
    async stop(graceMs) {
      await Promise.all([hub.stop(graceMs), receipts.stop(graceMs)])
      await counting.stop()
      await outbound.close()
    },
  }
}

/** The secret of an app in the clear; undefined when it has none, or the variable that should hold it is not set. */
export async function secretOf(
  sealer: Sealer,
  tenant: string,
  { id, credentials }: AppSettings,
): Promise<string | undefined> {
  if (credentials?.env !== undefined) return process.env[credentials.env]
  if (credentials?.sealed === undefined) return undefined
  try {
    return await sealer.open(credentials.sealed, { tenant, kind: APP_RECORD, key: id })
  } catch (error) {
    // After a move to an installation with another key: the app waits for its secret, and says so.
    if (error instanceof SealError) throw new AppError('credentials', error.message)
    throw error
  }
}

/** Only beside a SQLite file is there a place for the count. */
function watchOf(store: Store, { database, postgres }: HubSettings, { report }: HubHooks): RestoreWatch | undefined {
  if (postgres !== undefined || database === ':memory:') return undefined
  return watchRestores(store, countFileOf(database), (error) => report(error, undefined))
}

/** Counts on every few seconds in which something was sent, and at the end. */
function countOn(watch: RestoreWatch | undefined, { report }: HubHooks) {
  let isSent = false
  let running = Promise.resolve()
  let cancel = () => {}
  const count = async () => {
    if (!isSent || watch === undefined) return
    isSent = false
    await watch.count().catch((error) => report(error, undefined))
  }
  const tick = () => {
    running = count()
    cancel = environment.setTimer(COUNT_MS, tick, { background: true })
  }
  tick()
  return {
    sent: () => {
      isSent = true
    },
    async stop() {
      cancel()
      await running
      await count()
    },
  }
}
