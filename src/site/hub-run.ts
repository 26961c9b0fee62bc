// Runs the hub of an installation: with the tenants' schemas, sealed secrets, and a way out that checks addresses.

import { environment } from '../environment.ts'
import {
  ADAPTER_KINDS,
  APP_RECORD,
  AppError,
  type AppSettings,
  clearApp,
  createHub,
  type HubOptions,
} from '../hub/index.ts'
import { createOutbound } from '../outbound/index.ts'
import type { Store } from '../store/index.ts'
import { isImported, SealError, type Sealer, type Tenancy } from '../tenancy/index.ts'
import type { Settings } from './settings.ts'

/** What the hub is told by the process that runs it. */
export interface HubHooks extends Pick<HubOptions, 'owner' | 'report' | 'onEvent' | 'meter' | 'tracer' | 'pace'> {}

/** A hub that runs. */
export interface RunningHub {
  /** Starts nothing more, lets requests on their way end for `graceMs`, and gives back what it owns. */
  readonly stop: (graceMs?: number) => Promise<void>
}

/** Starts the hub. */
export function startSiteHub(
  { store, tenancy, sealer }: { readonly store: Store; readonly tenancy: Tenancy; readonly sealer: Sealer },
  { outboundAllow, outboundProxy }: Pick<Settings, 'outboundAllow' | 'outboundProxy'>,
  hooks: HubHooks,
): RunningHub {
  const outbound = createOutbound({
    ...(outboundAllow === undefined ? {} : { allow: outboundAllow }),
    ...(outboundProxy === undefined ? {} : { proxy: outboundProxy }),
  })
  const hub = createHub({
    ...hooks,
    store,
    environment: { ...environment, fetch: outbound.fetch },
    kinds: ADAPTER_KINDS,
    secret: (tenant, settings) => secretOf(sealer, tenant, settings),
    catalog: tenancy.catalog,
    ready: tenancy.ready,
    isImported: async (tenant) => !(await isImported(store, tenant)),
    clear: (tenant, app, signal) => clearApp(store, tenant, app, signal),
  })
  hub.start()
  return {
    async stop(graceMs) {
      await hub.stop(graceMs)
      await outbound.close()
    },
  }
}

/** The secret of an app in the clear; undefined when it has none, or the variable that should hold it is not set. */
async function secretOf(sealer: Sealer, tenant: string, { id, credentials }: AppSettings): Promise<string | undefined> {
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
