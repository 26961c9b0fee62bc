// The resource types of tenants: the same for all, or loaded once for each and kept.

import { openTenant } from '../directory/index.ts'
import { type Catalog, createCatalog, Group, type ResourceType, User } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'

/** The option `types`: the same for all tenants, or each tenant's own. */
export type TypesOption =
  | readonly ResourceType[]
  | ((tenant: string) => readonly ResourceType[] | Promise<readonly ResourceType[]>)

/** The catalogs of tenants, in memory so that a request finds them at once. */
export interface TenantTypes {
  /** Loads the tenant's types, if they are not known. */
  readonly ready: (tenant: string) => void | Promise<void>
  /** The tenant's catalog, after `ready`. */
  readonly catalog: (tenant: string) => Catalog
  /** The types where they are the same for all tenants. */
  readonly fixed: readonly ResourceType[] | undefined
  /** Lets the types of one tenant, or all, be loaded again before the next use. */
  readonly forget: (tenant?: string) => void
}

/** Tenants whose catalogs are kept since about so many others were used. */
const KEPT = 5_000

/** The types of an app that gives none. RFC 7643 §4. */
export const DEFAULT_TYPES = [User, Group] as const

/** Creates the catalogs. Throws ConfigError for types that conflict, where they are the same for all tenants. */
export function createTenantTypes(types: TypesOption = DEFAULT_TYPES): TenantTypes {
  if (typeof types !== 'function') {
    const fixed = createCatalog(types, 0)
    return { ready: () => undefined, catalog: () => fixed, fixed: types, forget: () => undefined }
  }
  return loaded(types)
}

function loaded(load: Extract<TypesOption, (...args: never) => unknown>): TenantTypes {
  // Two generations: a tenant that was used since the last change of generation is in the new one.
  let young = new Map<string, Catalog>()
  let old = new Map<string, Catalog>()
  const loading = new Map<string, Promise<void>>()
  /** Tenants that are given the same list share a catalog, and everything that is cached by it. */
  const shared = new WeakMap<readonly ResourceType[], Catalog>()
  let revision = 0
  let epoch = 0

  function keep(tenant: string, catalog: Catalog): void {
    if (young.size >= KEPT) {
      old = young
      young = new Map()
    }
    young.set(tenant, catalog)
  }

  function find(tenant: string): Catalog | undefined {
    const found = young.get(tenant)
    if (found !== undefined) return found
    const before = old.get(tenant)
    if (before !== undefined) keep(tenant, before)
    return before
  }

  async function fill(tenant: string): Promise<void> {
    for (;;) {
      const before = epoch
      const types = await load(tenant)
      // Forgotten while it was loaded: what was read may be out of date.
      if (before !== epoch) continue
      let catalog = shared.get(types)
      if (catalog === undefined) {
        catalog = createCatalog(types, ++revision)
        shared.set(types, catalog)
      }
      keep(tenant, catalog)
      return
    }
  }

  return {
    ready(tenant) {
      if (find(tenant) !== undefined) return
      let promise = loading.get(tenant)
      if (promise === undefined) {
        promise = fill(tenant).finally(() => loading.delete(tenant))
        loading.set(tenant, promise)
      }
      return promise
    },
    fixed: undefined,
    catalog(tenant) {
      const found = find(tenant)
      if (found === undefined) throw new Error('The types of the tenant are not loaded')
      return found
    },
    forget(tenant) {
      epoch++
      if (tenant === undefined) {
        young.clear()
        old.clear()
        return
      }
      young.delete(tenant)
      old.delete(tenant)
    },
  }
}

/** The record whose writing tells all processes that a tenant's types are to be loaded again. */
const REFRESH = { kind: 'types', key: 'refresh' } as const

/** Tells all processes that the types of a tenant, or of all, are to be loaded again. */
export async function tellRefresh(store: Store, tenant = '', at: number): Promise<void> {
  if (tenant !== '') await openTenant(store, tenant, at)
  await store.commit([{ write: 'record', record: { tenant, ...REFRESH }, value: at }])
}

/** Lets types be loaded again when a record of their tenant was written. Returns how to stop. */
export function watchTypes(store: Store, types: TenantTypes): () => void {
  return store.watch((affected) => {
    for (const one of affected) {
      if ('everything' in one) types.forget()
      else if ('records' in one) types.forget(one.tenant === '' ? undefined : one.tenant)
    }
  })
}
