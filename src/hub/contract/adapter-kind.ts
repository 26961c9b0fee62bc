// How adapters come into being: one kind per way of speaking to apps.

import type { Environment } from '../../environment.ts'
import type { JsonObject, ResourceType } from '../../protocol/index.ts'
import type { AccountType, Adapter } from './adapter.ts'
import type { AppSettings } from './app-settings.ts'

/** One way of speaking to apps: `scim`, `webhook`, `table`, or the host's own. */
export interface AdapterKind {
  /** The name that `AppSettings.adapter` has. */
  readonly kind: string
  /** Throws ConfigError, with the option's path, for `options` or `credentials` that make no sense. Pure. */
  check(settings: Pick<AppSettings, 'options' | 'credentials'> & Partial<Pick<AppSettings, 'scope'>>): void
  /** The map of apps that have none of their own. */
  defaultMap(settings: Pick<AppSettings, 'options'>): { readonly [type in AccountType]?: JsonObject }
  /** What accounts of a type can hold: paths of maps are checked against it. Undefined: anything. */
  accountSchema(
    type: AccountType,
    settings: Pick<AppSettings, 'options'>,
    types: readonly ResourceType[],
  ): ResourceType | undefined
  open(settings: AdapterSettings, deps: AdapterDeps): Adapter
}

/** What an adapter is opened with, of an app's settings. */
export type AdapterSettings = Pick<AppSettings, 'id' | 'label' | 'options' | 'credentials'>

/** What an adapter works with. */
export interface AdapterDeps {
  readonly tenant: string
  /** Its `fetch` checks addresses (`outbound/`); time and chance come from it too. */
  readonly environment: Environment
  /** The secret of the credentials in the clear, or undefined; asked for when it is needed, as it may be rotated. Never keep it. */
  readonly secret: () => Promise<string | undefined>
  /** The tenant's resource types. */
  readonly types: readonly ResourceType[]
}
