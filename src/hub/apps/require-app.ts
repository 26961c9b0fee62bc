// Finds the app that an administrator names, with its tenant's types loaded.

import type { Store } from '../../store/index.ts'
import { type AppSettings, readApp } from '../contract/index.ts'
import { noApp } from './app-refusal.ts'

/** Where apps and types are. */
export interface AppDeps {
  readonly store: Store
  /** Loads the types of a tenant. */
  readonly types: (tenant: string) => Promise<unknown>
}

/** The settings of an app. Throws {@link AppRefusal} for one that is not there. */
export async function requireApp({ store, types }: AppDeps, tenant: string, app: string): Promise<AppSettings> {
  await types(tenant)
  const settings = await readApp(store, tenant, app)
  if (settings === undefined) throw noApp(tenant, app)
  return settings
}
