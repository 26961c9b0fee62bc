// The resource types of tenants: the same for all, or loaded once for each and kept.

import { openTenant } from '../directory/index.ts'
import type { Environment } from '../environment.ts'
import { type Catalog, createCatalog, Group, type ResourceType, User } from '../protocol/index.ts'
import { oneRecord, type Store } from '../store/index.ts'

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
  /** Follows what other processes refresh. Returns how to stop. */
  readonly follow: (store: Store) => () => void
}

/** Tenants whose catalogs are kept since about so many others were used. */
const KEPT = 5_000

/** The types of an app that gives none. RFC 7643 §4. */
export const DEFAULT_TYPES = [User, Group] as const

/** Creates the catalogs. Throws ConfigError for types that conflict, where they are the same for all tenants. */
export function createTenantTypes(types: TypesOption = DEFAULT_TYPES): TenantTypes {
  if (typeof types !== 'function') {
    const fixed = createCatalog(types, 0)
    return {
      ready: () => undefined,
      catalog: () => fixed,
      fixed: types,
      forget: () => undefined,
      follow: () => () => undefined,
    }
  }
  return loaded(types)
}

/** The types of a tenant as they were loaded. */
interface Loaded {
  readonly catalog: Catalog
  /** What the records of refreshing said before they were loaded. */
  stamp: string
  /** The number of the last doubt that it has outlived. */
  sure: number
}

/** What no records say, and no doubt leaves. */
const OUTDATED = { stamp: '', sure: -1 } as const

function loaded(load: Extract<TypesOption, (...args: never) => unknown>): TenantTypes {
  const kept = createGenerations<Loaded>()
  const doubts = createDoubts()
  const loading = new Map<string, Promise<void>>()
  /** Tenants that are given the same list share a catalog, and everything that is cached by it. */
  const shared = new WeakMap<readonly ResourceType[], Catalog>()
  let stampOf: (tenant: string) => string | Promise<string> = () => ''
  let revision = 0
  /** Rises with each forgetting. */
  let epoch = 0

  function catalogOf(types: readonly ResourceType[]): Catalog {
    let catalog = shared.get(types)
    if (catalog === undefined) {
      catalog = createCatalog(types, ++revision)
      shared.set(types, catalog)
    }
    return catalog
  }

  async function fill(tenant: string): Promise<void> {
    for (;;) {
      const before = epoch
      const known = kept.find(tenant)
      // As of before it is read: a doubt that comes meanwhile has it read again.
      const sure = doubts.last()
      const stamp = await stampOf(tenant)
      // Forgotten meanwhile: what was read may be out of date.
      if (before !== epoch) continue
      if (known !== undefined && known.stamp === stamp) {
        known.sure = sure
        return
      }
      const catalog = catalogOf(await load(tenant))
      if (before !== epoch) continue
      kept.keep(tenant, { catalog, stamp, sure })
      return
    }
  }

  return {
    fixed: undefined,
    ready(tenant) {
      const found = kept.find(tenant)
      if (found !== undefined && found.sure >= doubts.about(tenant)) return
      let promise = loading.get(tenant)
      if (promise === undefined) {
        promise = fill(tenant).finally(() => loading.delete(tenant))
        loading.set(tenant, promise)
      }
      return promise
    },
    catalog(tenant) {
      const found = kept.find(tenant)
      if (found === undefined) throw new Error('The types of the tenant are not loaded')
      return found.catalog
    },
    forget(tenant) {
      epoch++
      // Requests that have begun with them end with them; whoever comes has them loaded, whatever the records say.
      for (const one of kept.of(tenant)) Object.assign(one, OUTDATED)
    },
    follow(store) {
      stampOf = (tenant) => readStamp(store, tenant)
      return store.watch((affected) => {
        for (const one of affected) {
          if ('everything' in one) doubts.add('')
          else if ('records' in one) doubts.add(one.tenant)
        }
      })
    },
  }
}

/** Keeps something for each tenant, in two generations: what was used since the last change of generation is in the young one. */
function createGenerations<T>() {
  let young = new Map<string, T>()
  let old = new Map<string, T>()

  function keep(tenant: string, one: T): void {
    if (young.size >= KEPT) {
      old = young
      young = new Map()
    }
    young.set(tenant, one)
  }

  return {
    keep,
    find(tenant: string): T | undefined {
      const found = young.get(tenant)
      if (found !== undefined) return found
      const before = old.get(tenant)
      if (before !== undefined) keep(tenant, before)
      return before
    },
    /** That of one tenant, or of all. */
    of(tenant: string | undefined): readonly T[] {
      return [young, old].flatMap((generation) =>
        tenant === undefined
          ? [...generation.values()]
          : [...(generation.has(tenant) ? [generation.get(tenant) as T] : [])],
      )
    },
  }
}

/** Doubts whether a tenant's types are still the same, or with "" those of all: numbered, so that one that was settled is known. */
function createDoubts() {
  let last = 0
  let ofAll = 0
  const ofOne = new Map<string, number>()
  return {
    last: () => last,
    about: (tenant: string) => Math.max(ofAll, ofOne.get(tenant) ?? 0),
    add(tenant: string): void {
      last++
      if (tenant !== '' && ofOne.size < KEPT) ofOne.set(tenant, last)
      else {
        ofOne.clear()
        ofAll = last
      }
    },
  }
}

/** The record whose writing tells all processes that a tenant's types are to be loaded again; with "", those of all. */
const REFRESH = { kind: 'types', key: 'refresh' } as const

/** Tells all processes that the types of a tenant, or of all, are to be loaded again. */
export async function tellRefresh(store: Store, tenant = '', environment: Environment): Promise<void> {
  const at = environment.now()
  if (tenant !== '') await openTenant(store, tenant, at)
  // Two within one millisecond must not look like one.
  const value = `${at} ${environment.chance()}`
  await store.commit([{ write: 'record', record: { tenant, ...REFRESH }, value }])
}

async function readStamp(store: Store, tenant: string): Promise<string> {
  const [all, own] = await Promise.all(['', tenant].map((each) => oneRecord(store, each, REFRESH.kind, REFRESH.key)))
  return JSON.stringify([all?.value ?? null, own?.value ?? null])
}
