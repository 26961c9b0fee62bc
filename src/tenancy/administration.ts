// What an administrator does to tenants, connections, tokens and settings, with notes in the log under one name.

import type { SchemaUse } from '../directory/index.ts'
import type { Environment } from '../environment.ts'
import type { JsonObject } from '../protocol/index.ts'
import { Conflict, createNote, type Note, type Noted, type Store } from '../store/index.ts'
import { type AdminTokens, createAdminTokens, dropFromAdminTokens } from './admin-tokens.ts'
import type { Catalogs } from './catalogs.ts'
import type { ConnectionDraft } from './connection-draft.ts'
import { type Connections, createConnections, type Issued } from './connections.ts'
import { inUse, TenancyError } from './errors.ts'
import { dropFromOperators } from './operators.ts'
import { changeSettings, type TenantSettings, takeBack } from './settings.ts'
import { editSettings } from './settings-record.ts'
import { dropFromSignIn } from './sign-in-settings.ts'
import { createTenants, type Tenants } from './tenants.ts'

/** What an administrator does; the log names the administrator. */
export interface Administration {
  readonly tenants: Tenants
  readonly connections: Connections
  /** Makes a tenant with one connection; if the connection can't be made, no tenant is left behind. */
  readonly createTenant: (name: string, draft?: ConnectionDraft) => Promise<Issued>
  readonly adminTokens: AdminTokens
  readonly changeSettings: (tenant: string, change: JsonObject, usage: SchemaUse) => Promise<TenantSettings>
}

/** What administration works with. */
export interface AdministrationDeps {
  readonly store: Store
  readonly environment: Environment
  readonly catalogs: Catalogs
  /** Reads a tenant's catalog and settings again. */
  readonly reload: (tenant: string) => Promise<void>
}

/** Creates the administration of one administrator. */
export function createAdministration(
  deps: AdministrationDeps,
  actor: string,
  told?: (noted: Noted) => void,
): Administration {
  const { store, environment } = deps
  const note = createNote(environment, actor, told)
  const plain = createTenants(store, environment, note)
  const tenants: Tenants = {
    ...plain,
    delete: async (name) => {
      // First, so that no failure in between leaves a token or an operator for a later tenant of this name.
      await dropFromAdminTokens(store, name)
      await dropFromOperators(store, name)
      await dropFromSignIn(store, name)
      await plain.delete(name)
    },
  }
  const connections = createConnections({ store, environment, tenants, note })
  return {
    tenants,
    connections,
    adminTokens: createAdminTokens(store, environment, note),
    createTenant: async (name, draft) => {
      const made = await tenants.create(name)
      return connections.create(made.name, draft).catch(async (error) => {
        // A tenant without a way in would be of no use.
        if (error instanceof TenancyError) await tenants.delete(made.name)
        throw error
      })
    },
    changeSettings: async (tenant, change, usage) => {
      await tenants.show(tenant)
      return settle(deps, note, tenant, change, usage)
    },
  }
}

/** Changes settings. If the resources of the tenant already break a new rule, the change is taken back and refused. */
async function settle(
  { store, catalogs, reload }: AdministrationDeps,
  note: Note,
  tenant: string,
  change: JsonObject,
  usage: SchemaUse,
): Promise<TenantSettings> {
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
    // Only what this change has changed; what others have changed in the meantime stays.
    await editSettings(store, tenant, note, (now) => takeBack(now, before, after))
    await reload(tenant)
    await reindex()
    throw inUse(
      `${error.what} can't be unique in tenant "${tenant}": some resources share a value; change those first`,
      1,
    )
  }
  return after
}
