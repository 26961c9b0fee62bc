import { type Environment, environment as realEnvironment } from '../environment.ts'
import type { Catalog, JsonObject } from '../protocol/index.ts'
import { Conflict, type Store, StoreUnavailable } from '../store/index.ts'
import { type AdminTokens, createAdminTokens } from './admin-tokens.ts'
import { type Authenticated, createAuthenticator, type TokenInUse } from './authenticate.ts'
import { createCatalogs, editSettings } from './catalogs.ts'
import { type ConnectionDraft, type Connections, createConnections, type Issued } from './connections.ts'
import { inUse, TenancyError } from './errors.ts'
import { createNote } from './notes.ts'
import { createSchemas, type Schemas } from './schemas.ts'
import { changeSettings, type TenantSettings, takeBack } from './settings.ts'
import { createTenantImports, type TenantImports } from './tenant-import.ts'
import { createTenants, type Tenants } from './tenants.ts'
import type { Usage } from './usage.ts'

/** What an administrator does; the log says who it was. */
export interface Administration {
  readonly tenants: Tenants
  readonly connections: Connections
  /** Makes a tenant with one connection; when that can't be made, no tenant is left behind. */
  readonly createTenant: (name: string, draft?: ConnectionDraft) => Promise<Issued>
  readonly adminTokens: AdminTokens
  readonly changeSettings: (tenant: string, change: JsonObject, usage: Usage) => Promise<TenantSettings>
}

/** Who may come in, and what is theirs. */
export interface Tenancy extends Administration {
  /** The same for another administrator, by the name that the log gives. */
  readonly as: (actor: string) => Administration
  readonly imports: TenantImports
  readonly schemas: Schemas
  /**
   * Who calls, by the Authorization header: at once when it is known. What another process has made or revoked counts
   * at once. After it, `catalog` and `settings` of the tenant are in memory. RFC 7644 §2, RFC 6750.
   */
  readonly authenticate: (tenant: string, header: string | undefined | null) => Authenticated | Promise<Authenticated>
  /** Has a tenant's catalog and settings in memory, for callers that don't come with a token. */
  readonly ready: (tenant: string) => void | Promise<void>
  readonly catalog: (tenant: string) => Catalog
  readonly settings: (tenant: string) => TenantSettings
  /** Paths that are unique in the tenant besides those its schemas say. */
  readonly uniquePaths: (tenant: string) => ReadonlySet<string>
  /** The address the server was last reached at, for commands that print base URLs. */
  readonly publicUrl: () => Promise<string | undefined>
  readonly notePublicUrl: (url: string) => Promise<void>
  /** Writes when tokens were last used. */
  readonly flush: () => Promise<void>
  /** The tokens that have let somebody in here and are still known. */
  readonly tokensInUse: () => readonly TokenInUse[]
  /** Flushes, and stops watching the store. */
  readonly close: () => Promise<void>
}

const URL_RECORD = { tenant: '', kind: 'server', key: 'public-url' } as const
const NONE: ReadonlySet<string> = new Set()

/** Makes the room: tenants, connections with their tokens, schemas and settings, all kept in the store. */
export function createTenancy(options: {
  readonly store: Store
  readonly environment?: Environment
  /** Who changes something, as the log names it. */
  readonly actor?: string
}): Tenancy {
  const { store, environment = realEnvironment, actor = 'app' } = options
  const catalogs = createCatalogs(store, environment)
  const authenticator = createAuthenticator(store, environment, catalogs.ready)
  const unique = new WeakMap<TenantSettings, ReadonlySet<string>>()

  const forget = (tenant?: string) => {
    authenticator.forget(tenant)
    catalogs.forget(tenant)
  }
  const unwatch = store.watch((affected) => {
    for (const one of affected) {
      if ('everything' in one) forget()
      // A tenant that comes or goes is told of as its records.
      else if ('records' in one) forget(one.tenant)
    }
  })
  const reload = async (tenant: string) => {
    catalogs.forget(tenant)
    await catalogs.ready(tenant)
  }

  /** What an administrator does, noted in the log under a name. */
  const administration = (actor: string): Administration => {
    const note = createNote(environment, actor)
    const tenants = createTenants(store, environment, note)
    const connections = createConnections(store, environment, tenants, note)
    return {
      tenants,
      connections,
      adminTokens: createAdminTokens(store, environment, note),
      createTenant: async (name, draft) => {
        const made = await tenants.create(name)
        return connections.create(made.name, draft).catch(async (error) => {
          // Half a tenant helps nobody.
          if (error instanceof TenancyError) await tenants.delete(made.name)
          throw error
        })
      },
      changeSettings: async (tenant, change, usage) => {
        await tenants.show(tenant)
        const { before, after } = await editSettings(store, tenant, note, (now) => changeSettings(now, change))
        await reload(tenant)
        const types = [
          ...(before.uniqueGroupNames === after.uniqueGroupNames ? [] : ['Group']),
          ...(before.uniqueEmails === after.uniqueEmails ? [] : ['User']),
        ]
        const reindex = async () => {
          for (const type of catalogs.catalog(tenant).types) {
            if (types.includes(type.name)) await usage.reindex(tenant, type)
          }
        }
        try {
          await reindex()
        } catch (error) {
          if (!(error instanceof Conflict && error.reason === 'unique')) throw error
          // Only what this change has changed; what others have changed meanwhile stays.
          await editSettings(store, tenant, note, (now) => takeBack(now, before, after))
          await reload(tenant)
          await reindex()
          throw inUse(
            `${error.what} can't be unique in tenant "${tenant}": some resources share a value; change those first`,
            1,
          )
        }
        return after
      },
    }
  }
  const own = administration(actor)

  return {
    ...own,
    as: administration,
    imports: createTenantImports(store, own.tenants),
    schemas: createSchemas(store, environment, own.tenants, reload),
    authenticate: authenticator.authenticate,
    ready: catalogs.ready,
    catalog: catalogs.catalog,
    settings: catalogs.settings,
    uniquePaths: (tenant) => {
      const settings = catalogs.settings(tenant)
      let paths = unique.get(settings)
      if (paths === undefined) {
        paths = uniquePathsOf(settings)
        unique.set(settings, paths)
      }
      return paths
    },

    publicUrl: async () => {
      const [record] = await store.records('', URL_RECORD.kind, { key: URL_RECORD.key, limit: 1 })
      return typeof record?.value === 'string' ? record.value : undefined
    },
    notePublicUrl: async (url) => {
      const [record] = await store.records('', URL_RECORD.kind, { key: URL_RECORD.key, limit: 1 })
      if (record?.value !== url) await store.commit([{ write: 'record', record: URL_RECORD, value: url }])
    },
    flush: authenticator.flush,
    tokensInUse: authenticator.inUse,
    close: async () => {
      unwatch()
      // A database that is gone keeps nobody from ending; all that is lost is when tokens were last used.
      await authenticator.flush().catch((error) => {
        if (!(error instanceof StoreUnavailable)) throw error
      })
    },
  }
}

function uniquePathsOf(settings: TenantSettings): ReadonlySet<string> {
  const paths = [
    ...(settings.uniqueGroupNames ? ['displayName'] : []),
    ...(settings.uniqueEmails ? ['emails.value'] : []),
  ]
  return paths.length === 0 ? NONE : new Set(paths)
}
