// Opens an installation: the store, tenancy, the directory and the provider on top of one database.

import type { Directory } from '../directory/index.ts'
import { environment } from '../environment.ts'
import type { Background, HubAdministration, HubAdministrator } from '../hub/index.ts'
import type { Provider } from '../provider/index.ts'
import type { Setup } from '../setup/index.ts'
import type { Noted, Store } from '../store/index.ts'
import type { Sealer, Tenancy } from '../tenancy/index.ts'
import {
  type Database,
  type DatabaseSettings,
  type OpenOptions,
  openDatabase,
  openInThread,
  type ThreadOptions,
} from './database.ts'
import type { HubHooks, HubSettings, RunningHub } from './hub-run.ts'
import type { ProviderHooks } from './provider.ts'
import type { SealKeys, SealSettings } from './seal-keys.ts'
import type { Settings } from './settings.ts'

/** What of the settings an installation is opened with. */
export type SiteSettings = DatabaseSettings &
  SealSettings &
  Pick<Settings, 'publicUrl' | 'outboundAllow' | 'outboundProxy'>

/** How an installation is opened. */
export interface SiteOptions extends OpenOptions {
  /** The name in the change log for changes of administration. Default: the app. */
  readonly actor?: string
  /** Hears of each note in the log about what administration changed, as it is made. */
  readonly told?: (noted: Noted) => void
  /** Called with the path of a file for the keys that seal secrets, when it was made. */
  readonly madeKey?: (file: string) => void
}

/** How a thread opens the installation of its process. */
export interface ThreadSiteOptions extends ThreadOptions {
  /** Wraps the store that the directory works on. */
  readonly watch: (store: Store) => Store
}

/** An open installation. */
export interface Site {
  readonly database: Database
  readonly store: Store
  readonly tenancy: Tenancy
  /** The directory, loaded when it is first needed: most commands write no resource. */
  readonly directory: () => Promise<Directory>
  /** The administration of the hub, by administrator; loaded when it is first needed. */
  readonly hub: () => Promise<(administrator: HubAdministrator) => HubAdministration>
  /** Where work goes on that nobody waits for: plans, probes, checks. Ended with the installation. */
  readonly background: () => Promise<Background>
  /** Starts the hub, which keeps apps in lockstep; its code is loaded only then. */
  readonly runHub: (settings: HubSettings, hooks: HubHooks) => Promise<RunningHub>
  /** Seals and opens secrets. Its keys are read when they are first needed. */
  readonly sealer: Sealer
  /** Where those keys are kept. */
  readonly sealKeys: SealKeys
  /** Makes setup links and what is behind them, with what receives errors. */
  readonly setup: (report: (error: unknown) => void) => Promise<Setup>
  /** Makes the provider, with what the caller wants to be told. */
  readonly provider: (hooks: ProviderHooks) => Promise<Provider>
  /** Writes what is still in memory, and closes the database. */
  readonly close: () => Promise<void>
}

/** Opens the installation that the settings name. Throws `ConfigError`. */
export async function openSite(settings: SiteSettings, options: SiteOptions = {}): Promise<Site> {
  return siteOn(await openDatabase(settings, options), settings, options)
}

/** Opens the installation a second time, in a thread beside the one that serves. */
export async function openSiteInThread(settings: SiteSettings, options: ThreadSiteOptions): Promise<Site> {
  const { check, watch } = options
  return siteOn(await openInThread(settings, options), settings, { check, watch })
}

async function siteOn(
  database: Database,
  settings: SiteSettings,
  { actor, madeKey, told, ...thread }: SiteOptions & Partial<Pick<ThreadSiteOptions, 'check' | 'watch'>>,
): Promise<Site> {
  const { store } = database
  // Loaded when an installation is opened: the command line reads settings far more often.
  const [{ createSealer, createTenancy }, { sealKeysOf }] = await Promise.all([
    import('../tenancy/index.ts'),
    import('./seal-keys.ts'),
  ])
  const sealKeys = sealKeysOf(settings, madeKey)
  const sealer = createSealer(sealKeys.load, environment)
  const tenancy = createTenancy({
    store,
    ...(actor === undefined ? {} : { actor }),
    ...(told === undefined ? {} : { told }),
  })
  const issuer = async () => settings.publicUrl ?? (await tenancy.publicUrl()) ?? 'lockstep'
  let directory: Promise<Directory> | undefined
  let background: Background | undefined
  const open = () => {
    directory ??= import('./directory.ts').then(({ createSiteDirectory }) =>
      createSiteDirectory(thread.watch?.(store) ?? store, tenancy, thread.check),
    )
    return directory
  }
  const openBackground = async () => {
    const { createBackground } = await import('../hub/index.ts')
    background ??= createBackground()
    return background
  }
  return {
    database,
    store,
    tenancy,
    directory: open,
    hub: async () => {
      const { createSiteHub } = await import('./hub.ts')
      return createSiteHub(store, tenancy, sealer, issuer, settings, await openBackground())
    },
    background: openBackground,
    runHub: async (own, hooks) =>
      (await import('./hub-run.ts')).startSiteHub({ store, tenancy, sealer, issuer }, own, hooks),
    sealer,
    sealKeys,
    setup: async (report) => (await import('./setup.ts')).createSiteSetup(store, tenancy, report),
    provider: async (hooks) => {
      const { createSiteProvider } = await import('./provider.ts')
      return createSiteProvider(await open(), tenancy, hooks)
    },
    close: async () => {
      try {
        await background?.close()
        await tenancy.close()
      } finally {
        await store.close()
      }
    },
  }
}
