// Keeps the catalogs and settings of tenants in memory, so that a request finds them at once.

import type { Environment } from '../environment.ts'
import { type Catalog, createCatalog } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import { BUILT_IN_TYPES, buildModel, NOTHING, readOwn } from './model.ts'
import { requireImported } from './require-imported.ts'
import { DEFAULT_SETTINGS, type TenantSettings } from './settings.ts'
import { readSettings } from './settings-record.ts'

/** The catalogs and settings of tenants, in memory so that a request finds them at once. */
export interface Catalogs {
  /** Reads the tenant's catalog and settings, if they are not known or may have changed. */
  readonly ready: (tenant: string) => void | Promise<void>
  /** The tenant's catalog, after `ready`. */
  readonly catalog: (tenant: string) => Catalog
  /** The tenant's settings, after `ready`. */
  readonly settings: (tenant: string) => TenantSettings
  /** Lets one tenant, or all, be read again before the next use. */
  readonly forget: (tenant?: string) => void
}

/** How often tenants are checked for use: one that was not used since the last check is forgotten. */
const IDLE_MS = 3_600_000

interface Loaded {
  readonly catalog: Catalog
  readonly settings: TenantSettings
  /** What it was made from: for an equal text the same catalog object is kept, with everything that is cached by it. */
  readonly text: string
  /** Whether it was used since the last check. */
  used: boolean
}

/** Most tenants known to be unchanged since they were read; beyond it, all are read again. */
const FRESH_TENANTS = 100_000

/** Creates the memory of catalogs and settings. Tenants without anything of their own take no memory. */
export function createCatalogs(store: Store, environment: Environment): Catalogs {
  const plain: Loaded = { catalog: createCatalog(BUILT_IN_TYPES, 0), settings: DEFAULT_SETTINGS, text: '', used: true }
  const loaded = new Map<string, Loaded>()
  const fresh = new Set<string>()
  const waiting = new Map<string, Promise<void>>()
  let revision = 0
  /** Rises with each forgetting. */
  let epoch = 0
  let looked = environment.now()

  const load = async (tenant: string) => {
    for (;;) {
      const before = epoch
      await requireImported(store, tenant)
      const [own, settings] = await Promise.all([readOwn(store, tenant), readSettings(store, tenant)])
      // Something was written in the meantime: read again.
      if (before !== epoch) continue
      if (own === NOTHING && settings === DEFAULT_SETTINGS) {
        loaded.delete(tenant)
      } else {
        const text = JSON.stringify([[...own.schemas], [...own.types], [...own.indexes], settings])
        if (loaded.get(tenant)?.text !== text) {
          const model = buildModel(own)
          const catalog = own === NOTHING ? plain.catalog : createCatalog(model.types, ++revision, model.schemas)
          loaded.set(tenant, { catalog, settings, text, used: true })
        }
      }
      // A client can send any name; what is remembered is bounded.
      if (fresh.size >= FRESH_TENANTS) fresh.clear()
      fresh.add(tenant)
      forgetIdle()
      return
    }
  }

  const find = (tenant: string) => {
    const found = loaded.get(tenant) ?? plain
    found.used = true
    return found
  }

  /** Checked when something is read, since memory grows only then. */
  const forgetIdle = () => {
    if (environment.now() - looked < IDLE_MS) return
    looked = environment.now()
    for (const [tenant, one] of loaded) {
      if (!one.used) {
        loaded.delete(tenant)
        fresh.delete(tenant)
      }
      one.used = false
    }
  }

  return {
    ready: (tenant) => {
      if (fresh.has(tenant)) return
      let promise = waiting.get(tenant)
      if (promise === undefined) {
        promise = load(tenant).finally(() => waiting.delete(tenant))
        waiting.set(tenant, promise)
      }
      return promise
    },
    catalog: (tenant) => find(tenant).catalog,
    settings: (tenant) => find(tenant).settings,
    forget: (tenant) => {
      epoch++
      if (tenant === undefined) fresh.clear()
      else fresh.delete(tenant)
    },
  }
}
