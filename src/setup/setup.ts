// Joins the parts of setup: links for the vendor, routes for the customer, and what watches arrivals.

import { type Environment, environment as realEnvironment } from '../environment.ts'
import type { Catalog } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import { createWrittenReader } from './arrivals/people.ts'
import { createSetupWatch, type SetupWatch, type WatchDeps } from './arrivals/watch.ts'
import type { ConnectionDoor } from './link/connection-door.ts'
import { createSetupLinks, type SetupLinks } from './link/links.ts'
import { createSetupSessions } from './link/session.ts'
import { createPageSettings, type PageSettings, type SetupPageSettings } from './look/page-settings.ts'
import { createPageApi, type PageApi, type PageApiDeps } from './page/page-api.ts'

/** What setup works with. */
export interface SetupOptions extends Pick<WatchDeps, 'basePath' | 'tenantIn'>, Pick<PageApiDeps, 'did'> {
  readonly store: Store
  readonly environment?: Environment | undefined
  /** Rejects for a tenant that is not there. */
  readonly requireTenant: (tenant: string) => Promise<unknown>
  /** The connections of tenants, for changes under a name in the log. */
  readonly connections: (actor: string) => ConnectionDoor
  /** The types of a tenant. */
  readonly catalog: (tenant: string) => Promise<Catalog>
  /** The base URL of a tenant, as a request to this origin sees it. */
  readonly baseUrl: (tenant: string, origin: string) => string
  /** Where the page is. Default `/setup`. */
  readonly path?: string | undefined
  /** How the page looks where nothing else is set. */
  readonly page?: PageSettings | undefined
  /** Receives errors that are ours. */
  readonly report: (error: unknown) => void
}

/** Setup links, and the page behind them. */
export interface Setup {
  /** The links, as an administrator of this name handles them. */
  readonly links: (actor: string) => SetupLinks
  readonly settings: SetupPageSettings
  readonly api: PageApi
  readonly watch: SetupWatch
  /** The address of a link just made. */
  readonly address: (origin: string, key: string) => string
  readonly close: () => Promise<void>
}

/** Creates setup on a store. */
export function createSetup(options: SetupOptions): Setup {
  const { store, environment = realEnvironment, path = '/setup', report, connections, requireTenant } = options
  const watch = createSetupWatch({ ...options, environment })
  const settings = createPageSettings(store, environment, options.page)
  const { baseUrl, catalog } = options
  const state = {
    store,
    environment,
    connections: connections('setup'),
    watch,
    written: createWrittenReader(store),
    settings,
    catalog,
    baseUrl,
  }
  const sessions = createSetupSessions({ store, environment })
  const token = { store, environment, connections }
  const { did } = options
  const api = createPageApi({ store, environment, path, sessions, settings, state, token, watch, did, report })
  return {
    links: (actor) => createSetupLinks({ store, environment, requireTenant, connections: connections(actor), actor }),
    settings,
    api,
    watch,
    address: (origin, key) => `${origin}${path}#k=${key}`,
    async close() {
      api.close()
      await watch.close()
    },
  }
}
