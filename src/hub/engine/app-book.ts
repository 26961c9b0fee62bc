// The apps of each tenant, compiled and open: read from records, kept until one of them changes.

import type { Environment } from '../../environment.ts'
import { type Catalog, canonicalJson, type Json } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import { type AdapterKind, type AppSettings, type CompiledApp, readApps } from '../contract/index.ts'
import { compileMaps } from '../map/app-maps.ts'
import { compileScope } from '../scope/compile-scope.ts'

/** An app of a tenant. Without `compiled` it can't be worked with, and `fault` says why. */
export interface BookApp {
  readonly settings: AppSettings
  readonly compiled?: CompiledApp
  readonly fault?: string
}

/** The apps of a tenant by id. */
export type TenantApps = ReadonlyMap<string, BookApp>

/** What the book works with. */
export interface AppBookDeps {
  readonly store: Pick<Store, 'records' | 'tenant' | 'watch'>
  readonly environment: Environment
  /** The tenant's resource types and schemas. */
  readonly catalog: (tenant: string) => Catalog
  /** Brings `catalog` up to date with other processes. */
  readonly ready?: (tenant: string) => void | Promise<void>
  readonly kinds: readonly AdapterKind[]
  /** The secret of an app's credentials, in the clear; asked for when it is needed. */
  readonly secret: (tenant: string, settings: AppSettings) => Promise<string | undefined>
}

/** The apps of all tenants. */
export interface AppBook {
  /**
   * The apps of a tenant, as configured now or, by other processes, within the last second; at the least as of `place` in the log, when
   * that is given.
   */
  readonly of: (tenant: string, place?: number) => Promise<TenantApps>
  /** The same, read anew: after a change that the caller knows of. */
  readonly reload: (tenant: string) => Promise<TenantApps>
  /** Closes every adapter. */
  readonly close: () => Promise<void>
}

interface Entry {
  readonly app: BookApp
  readonly settingsText: string
  readonly revision: number
}

interface Shelf {
  /** The place of the log that the entries reflect at least. */
  place: number
  entries: ReadonlyMap<string, Entry>
  loaded: Promise<TenantApps> | undefined
}

/** Opens the book. */
export function createAppBook(deps: AppBookDeps): AppBook {
  const shelves = new Map<string, Shelf>()
  const unwatch = deps.store.watch((affected) => {
    for (const one of affected) {
      if ('everything' in one) for (const shelf of shelves.values()) shelf.loaded = undefined
      else if ('records' in one) forget(shelves, one.tenant)
    }
  })

  function load(tenant: string): Promise<TenantApps> {
    const shelf = shelves.get(tenant) ?? { place: 0, entries: new Map<string, Entry>(), loaded: undefined }
    shelves.set(tenant, shelf)
    // One after the other: two loads at once would open adapters twice.
    const before = shelf.loaded?.catch(() => {}) ?? Promise.resolve()
    const loaded = before.then(() => readShelf(deps, tenant, shelf))
    shelf.loaded = loaded
    loaded.catch(() => {
      if (shelf.loaded === loaded) shelf.loaded = undefined
    })
    return loaded
  }

  return {
    async of(tenant, place = 0) {
      const apps = await (shelves.get(tenant)?.loaded ?? load(tenant))
      return (shelves.get(tenant)?.place ?? 0) < place ? load(tenant) : apps
    },
    reload: load,
    async close() {
      unwatch()
      const open = [...shelves.values()].flatMap(({ entries }) => [...entries.values()])
      shelves.clear()
      await Promise.allSettled(open.map(({ app }) => app.compiled?.adapter.close?.()))
    },
  }
}

function forget(shelves: ReadonlyMap<string, Shelf>, tenant: string): void {
  // A record of the whole database concerns every tenant.
  const concerned = tenant === '' ? shelves.values() : [shelves.get(tenant)]
  for (const shelf of concerned) if (shelf !== undefined) shelf.loaded = undefined
}

/** Reads the apps of a tenant. Those whose settings and schemas are as before stay open. */
async function readShelf(deps: AppBookDeps, tenant: string, shelf: Shelf): Promise<TenantApps> {
  // Read before the records, which may be newer.
  const place = (await deps.store.tenant(tenant))?.place ?? 0
  await deps.ready?.(tenant)
  const catalog = deps.catalog(tenant)
  const entries = new Map<string, Entry>()
  for (const settings of await readApps(deps.store, tenant)) {
    const settingsText = canonicalJson(settings as unknown as Json)
    const before = shelf.entries.get(settings.id)
    const same = before?.settingsText === settingsText && before.revision === catalog.revision
    const opened = () => ({
      app: compileApp(deps, tenant, settings, catalog),
      settingsText,
      revision: catalog.revision,
    })
    entries.set(settings.id, same ? before : opened())
  }
  for (const [id, { app }] of shelf.entries) {
    // Turns that still work with it end by their own: an adapter that is closed refuses.
    if (entries.get(id)?.app !== app) await app.compiled?.adapter.close?.()
  }
  shelf.entries = entries
  shelf.place = place
  return new Map([...entries].map(([id, { app }]) => [id, app]))
}

function compileApp(deps: AppBookDeps, tenant: string, settings: AppSettings, { types }: Catalog): BookApp {
  try {
    const kind = deps.kinds.find((one) => one.kind === settings.adapter)
    if (kind === undefined) throw new Error(`There is no adapter of the kind "${settings.adapter}" here`)
    kind.check(settings)
    const scope = compileScope(settings.scope, settings.grants, types)
    const maps = compileMaps(settings, kind, types)
    const { environment } = deps
    const secret = () => deps.secret(tenant, settings)
    const adapter = kind.open(settings, { tenant, environment, secret, types })
    return { settings, compiled: { tenant, settings, adapter, scope, maps } }
  } catch (error) {
    return { settings, fault: (error instanceof Error ? error.message : String(error)).slice(0, 500) }
  }
}
