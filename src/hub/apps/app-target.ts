// Runs work with a SCIM app as a plain server: where it is, and the headers that let requests in.

import type { Store } from '../../store/index.ts'
import { type ScimTarget, scimTarget } from '../adapters/scim/scim-target.ts'
import { type AdapterDeps, type AppSettings, readApp } from '../contract/index.ts'
import { AppRefusal, noApp } from './app-refusal.ts'

/** What it works with. */
export interface AppTargetDeps {
  readonly store: Store
  readonly types: (tenant: string) => Promise<unknown>
  readonly withAdapterDeps: <T>(
    tenant: string,
    settings: AppSettings,
    use: (deps: AdapterDeps) => Promise<T>,
  ) => Promise<T>
}

/** Runs work with where an app is. Throws {@link AppRefusal} for one that is not there or speaks something else than SCIM. */
export async function withAppTarget<T>(
  { store, types, withAdapterDeps }: AppTargetDeps,
  tenant: string,
  app: string,
  use: (target: ScimTarget) => Promise<T>,
): Promise<T> {
  await types(tenant)
  const settings = await readApp(store, tenant, app)
  if (settings === undefined) throw noApp(tenant, app)
  if (settings.adapter !== 'scim')
    throw new AppRefusal('ERR_INVALID', `App "${app}" does not speak SCIM: there is nothing to check`)
  return withAdapterDeps(tenant, settings, async (adapter) => use(await scimTarget(settings, adapter)))
}
