// The tenants of a database: made, listed, deleted, and the default one of a first start.

import type { Environment } from '../environment.ts'
import {
  beginsWith,
  Conflict,
  type ListPage,
  type ListRequest,
  type Note,
  oneRecord,
  type Store,
  type TenantRow,
} from '../store/index.ts'
import { exists, invalid, missing, type TenancyError } from './errors.ts'
import { isImported, requireImported } from './require-imported.ts'

/** The tenant that the first start of a server makes. */
export const DEFAULT_TENANT = 'default'

/** The record of the whole database that notes that the first start is over. */
const FIRST_START = { tenant: '', kind: 'server', key: 'first-start' } as const

/** A first start that takes longer counts as interrupted. */
const FIRST_START_MS = 30_000

/** No underscores: identity providers refuse them in URLs, and a token's name ends with one. */
const NAME = /^[a-z0-9-]{1,63}$/

/** One customer's separate directory. */
export interface Tenant {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly created: number
  /** The last place of its log. */
  readonly place: number
  /** Counts of resources, by type. */
  readonly resources: { readonly [type: string]: number }
}

/** The tenants of a database. */
export interface Tenants {
  readonly create: (name: string) => Promise<Tenant>
  /** All, by name. */
  readonly list: () => Promise<readonly Tenant[]>
  /** A page, in the order of their names; `search` looks at names. `among`: only these tenants. */
  readonly page: (request: ListRequest, among?: readonly string[]) => Promise<ListPage<Tenant>>
  /** The tenant. Refuses one that doesn't exist, or whose import is unfinished unless `includeUnfinished`. */
  readonly show: (name: string, options?: { readonly includeUnfinished?: boolean }) => Promise<Tenant>
  /** Whether it is served: its import, if any, is finished. */
  readonly isImported: (name: string) => Promise<boolean>
  /** Removes the tenant with everything in it. */
  readonly delete: (name: string) => Promise<void>
  /** Whether no server has made the default tenant yet. */
  readonly isFirstStart: () => Promise<boolean>
  /**
   * Whether this process is the one to carry out the first start, among all that may have started at once. One that claimed it before
   * and `isGone`, or takes too long, counts as interrupted.
   */
  readonly claimFirstStart: (by: string, isGone: (by: string) => boolean) => Promise<boolean>
  /** Makes the default tenant, unless an interrupted first start has made it already. */
  readonly createDefault: () => Promise<Tenant>
  /** Notes that the first start is over. */
  readonly endFirstStart: () => Promise<void>
}

/** Whether a text can name a tenant: `[a-z0-9-]{1,63}`. */
export function isTenantName(name: string): boolean {
  return NAME.test(name)
}

/** The path of a tenant's SCIM endpoints below the public URL, without a slash at its end. RFC 7644 §6.1. */
export function scimPath(tenant: string): string {
  return `/tenants/${tenant}/scim/v2`
}

/** Creates the tenants part of tenancy. */
export function createTenants(store: Store, environment: Environment, note: Note): Tenants {
  const add = async (name: string) => {
    const at = environment.now()
    try {
      await store.commit([{ write: 'tenant', tenant: name, as: 'new', at }])
    } catch (error) {
      if (error instanceof Conflict && error.reason === 'exists') {
        throw exists(
          `A tenant named "${name}" exists already; choose another name, or see it with: lockstep tenant show ${name}`,
        )
      }
      throw error
    }
    // A tenant is created in a commit of its own.
    await store.commit([note(name, 'Tenant', name, 'created')])
    return { name, created: at, place: 1, resources: {} }
  }
  const find = async (name: string) => {
    const row = await store.tenant(name)
    return row && toTenant(row)
  }
  const isFirstStart = async () => (await oneRecord(store, '', FIRST_START.kind, FIRST_START.key)) === undefined

  return {
    create: async (name) => {
      if (!isTenantName(name)) {
        throw invalid(`"${name}" can't name a tenant: a name is 1 to 63 characters long, of a-z, 0-9 and -`, 'name')
      }
      if (name === DEFAULT_TENANT && (await isFirstStart())) {
        throw invalid(`"${DEFAULT_TENANT}" is made by the first start of the server; choose another name`, 'name')
      }
      return add(name)
    },
    list: async () =>
      (await store.tenants()).map(toTenant).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    page: (request, among) => (among === undefined ? pageOfAll(store, request) : pageAmong(store, request, among)),
    show: async (name, { includeUnfinished = false } = {}) => {
      const tenant = await find(name)
      if (tenant === undefined) throw noTenant(name)
      if (!includeUnfinished) await requireImported(store, name)
      return tenant
    },
    isImported: (name) => isImported(store, name),
    delete: async (name) => {
      try {
        await store.commit([{ write: 'tenant', tenant: name, as: 'gone', at: environment.now() }])
      } catch (error) {
        if (error instanceof Conflict && error.reason === 'missing') throw noTenant(name)
        throw error
      }
      // Its own log is deleted with it.
      await store.commit([note('', 'Tenant', name, 'deleted')])
    },
    isFirstStart,
    claimFirstStart: async (by, isGone) => {
      const lease = { tenant: '', name: FIRST_START.key }
      let claimed = await store.lease(lease, by, FIRST_START_MS)
      const holder = claimed === undefined ? await store.leaseHolder(lease) : undefined
      if (holder !== undefined && isGone(holder.owner)) {
        claimed = await store.lease(lease, by, FIRST_START_MS, { from: holder.owner })
      }
      // The one before may have ended after it was through.
      return claimed !== undefined && (await isFirstStart())
    },
    createDefault: async () => (await find(DEFAULT_TENANT)) ?? add(DEFAULT_TENANT),
    endFirstStart: async () => {
      await store.commit([{ write: 'record', record: FIRST_START, value: { at: environment.now() } }])
    },
  }
}

/** Reads one tenant more than wanted, to see whether there is a next page. */
async function pageOfAll(store: Store, { search, after, limit }: ListRequest): Promise<ListPage<Tenant>> {
  const rows = await store.tenants({
    limit: limit + 1,
    ...(after === undefined ? {} : { after }),
    // Names have no capital letters.
    ...(search === undefined ? {} : { prefix: search.toLowerCase() }),
  })
  const items = rows.slice(0, limit).map(toTenant)
  const last = items.at(-1)
  return { items, ...(rows.length > limit && last !== undefined ? { next: last.name } : {}) }
}

async function pageAmong(
  store: Store,
  { search, after, limit }: ListRequest,
  among: readonly string[],
): Promise<ListPage<Tenant>> {
  const names = [...among].sort().filter((name) => beginsWith([name], search) && (after === undefined || name > after))
  const rows = await Promise.all(names.slice(0, limit).map((name) => store.tenant(name)))
  const last = names[limit - 1]
  return {
    items: rows.flatMap((row) => (row === undefined ? [] : toTenant(row))),
    ...(names.length > limit && last !== undefined ? { next: last } : {}),
  }
}

/** The refusal of a tenant that doesn't exist. */
export function noTenant(name: string): TenancyError {
  return missing(`There is no tenant named "${name}"; see them with: lockstep tenant list`)
}

function toTenant(row: TenantRow): Tenant {
  return { name: row.tenant, created: row.created, place: row.place, resources: row.resources }
}
