// Joins the parts of tenancy: authentication, catalogs, administration, schemas, imports; all kept in the store.

import { type Environment, environment as realEnvironment } from '../environment.ts'
import type { Catalog } from '../protocol/index.ts'
import { type Noted, type Store, StoreUnavailable } from '../store/index.ts'
import { type Administration, createAdministration } from './administration.ts'
import { type Authenticated, createAuthenticator, type TokenInUse } from './authenticate.ts'
import { createCatalogs } from './catalogs.ts'
import { createSchemas, type Schemas } from './schemas.ts'
import type { TenantSettings } from './settings.ts'
import { createTenantImports, type TenantImports } from './tenant-import.ts'

/** Tenants and everything that is theirs. */
export interface Tenancy extends Administration {
  /** The same for another administrator, by the name that the log gives. */
  readonly as: (actor: string, told?: (noted: Noted) => void) => Administration
  readonly imports: TenantImports
  readonly schemas: Schemas
  /**
   * Who calls, by the Authorization header: at once if it is known. What another process has made or revoked counts at once.
   * Afterwards `catalog` and `settings` of the tenant are in memory. RFC 7644 §2, RFC 6750.
   */
  readonly authenticate: (tenant: string, header: string | undefined | null) => Authenticated | Promise<Authenticated>
  /** Reads a tenant's catalog and settings into memory, for callers that don't come with a token. */
  readonly ready: (tenant: string) => void | Promise<void>
  readonly catalog: (tenant: string) => Catalog
  readonly settings: (tenant: string) => TenantSettings
  /** Paths that are unique in the tenant besides those that its schemas declare. */
  readonly uniquePaths: (tenant: string) => ReadonlySet<string>
  /** The address the server was last reached at, for commands that print base URLs. */
  readonly publicUrl: () => Promise<string | undefined>
  readonly notePublicUrl: (url: string) => Promise<void>
  /** Writes when tokens were last used. */
  readonly flush: () => Promise<void>
  /** The tokens that have let a client in here and are still known. */
  readonly tokensInUse: () => readonly TokenInUse[]
  /** Flushes, and stops watching the store. */
  readonly close: () => Promise<void>
}

const URL_RECORD = { tenant: '', kind: 'server', key: 'public-url' } as const
const NONE: ReadonlySet<string> = new Set()

/** Creates tenancy on a store. */
export function createTenancy(options: {
  readonly store: Store
  readonly environment?: Environment
  /** The name of the administrator in the log. */
  readonly actor?: string
  /** Hears of each note in the log, as it is made. */
  readonly told?: (noted: Noted) => void
}): Tenancy {
  const { store, environment = realEnvironment, actor = 'app', told } = options
  const catalogs = createCatalogs(store, environment)
  const authenticator = createAuthenticator(store, environment, catalogs.ready)
  const forget = (tenant?: string) => {
    authenticator.forget(tenant)
    catalogs.forget(tenant)
  }
  const unwatch = store.watch((affected) => {
    for (const one of affected) {
      if ('everything' in one) forget()
      // The creation or deletion of a tenant is reported as a change of its records.
      else if ('records' in one) forget(one.tenant)
    }
  })
  const reload = async (tenant: string) => {
    catalogs.forget(tenant)
    await catalogs.ready(tenant)
  }
  const deps = { store, environment, catalogs, reload }
  const own = createAdministration(deps, actor, told)
  return {
    ...own,
    as: (name, own) => createAdministration(deps, name, own),
    imports: createTenantImports(store, own.tenants),
    schemas: createSchemas({ store, environment, tenants: own.tenants, reload }),
    authenticate: authenticator.authenticate,
    ready: catalogs.ready,
    catalog: catalogs.catalog,
    settings: catalogs.settings,
    uniquePaths: createUniquePaths(catalogs.settings),
    publicUrl: () => readPublicUrl(store),
    notePublicUrl: async (url) => {
      if ((await readPublicUrl(store)) !== url)
        await store.commit([{ write: 'record', record: URL_RECORD, value: url }])
    },
    flush: authenticator.flush,
    tokensInUse: authenticator.inUse,
    close: async () => {
      unwatch()
      // A database that is gone must not prevent the end; all that is lost is when tokens were last used.
      await authenticator.flush().catch((error) => {
        if (!(error instanceof StoreUnavailable)) throw error
      })
    },
  }
}

async function readPublicUrl(store: Store): Promise<string | undefined> {
  const [record] = await store.records('', URL_RECORD.kind, { key: URL_RECORD.key, limit: 1 })
  return typeof record?.value === 'string' ? record.value : undefined
}

/** The paths by tenant, made once for each state of its settings. */
function createUniquePaths(settingsOf: (tenant: string) => TenantSettings): (tenant: string) => ReadonlySet<string> {
  const unique = new WeakMap<TenantSettings, ReadonlySet<string>>()
  return (tenant) => {
    const settings = settingsOf(tenant)
    let paths = unique.get(settings)
    if (paths === undefined) {
      paths = uniquePathsOf(settings)
      unique.set(settings, paths)
    }
    return paths
  }
}

function uniquePathsOf(settings: TenantSettings): ReadonlySet<string> {
  const paths = [
    ...(settings.uniqueGroupNames ? ['displayName'] : []),
    ...(settings.uniqueEmails ? ['emails.value'] : []),
  ]
  return paths.length === 0 ? NONE : new Set(paths)
}
