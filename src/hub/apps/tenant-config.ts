// The form of configuration files: tenants with their connections and apps.

import type { JsonObject } from '../../protocol/index.ts'
import type {
  AppCredentials,
  AppGrant,
  AppGuard,
  AppPolicy,
  AppScope,
  AppSettings,
  AppSweeps,
} from '../contract/index.ts'

/** A tenant as configuration files describe it. */
export interface TenantConfig {
  /** Its name; it is made if it doesn't exist. */
  readonly tenant: string
  /** Settings of the tenant, like `uniqueGroupNames`; those that are left out stay as they are. */
  readonly settings?: JsonObject
  /** By label, or by id. */
  readonly connections?: { readonly [label: string]: ConnectionConfig }
  /** By id. */
  readonly apps?: { readonly [id: string]: AppConfig }
}

/** A connection as configuration files describe it. Its tokens are issued by `lockstep connection rotate`. */
export interface ConnectionConfig {
  /** Its label, where it is named by its id. */
  readonly label?: string
  readonly kind?: string
  readonly profile?: string
  /** Like `read:users,write:users`; all when absent. */
  readonly rights?: string
  readonly allow?: readonly string[]
  readonly forbid?: readonly string[]
  readonly subject?: string
}

/** An app as configuration files describe it: what is left out is as it is by default. Groups are named by display name or id. */
export interface AppConfig {
  readonly label?: string
  readonly adapter?: string
  readonly options?: JsonObject
  /** Absent: they stay as they are. null: there are none. */
  readonly credentials?: CredentialsConfig | null
  readonly map?: AppSettings['map']
  readonly scope?: Partial<AppScope>
  readonly grants?: readonly AppGrant[]
  readonly policy?: Partial<AppPolicy>
  readonly guard?: Partial<AppGuard>
  readonly sweeps?: { readonly fullHours?: number; readonly policies?: Partial<AppSweeps['policies']> }
}

/** Credentials as configuration files describe them: where the secret is, never the secret itself. */
export interface CredentialsConfig extends Omit<AppCredentials, 'sealed'> {
  /** A file that holds the secret, beside the file that names it. It is stored sealed. */
  readonly file?: string
  /** The secret that is stored already stays. */
  readonly stored?: true
}

/**
 * Types a configuration in TypeScript, and returns it as it is.
 * @example export default defineConfig({ tenant: 'acme', apps: { wiki: { options: { url: 'https://wiki.example/scim' } } } })
 */
export function defineConfig<const T extends TenantConfig | readonly TenantConfig[]>(config: T): T {
  return config
}
