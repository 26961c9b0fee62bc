// Runs work with a SCIM app as a plain server: where it is, and the headers that let requests in.

import { type ScimTarget, scimTarget } from '../adapters/scim/scim-target.ts'
import type { AdapterDeps, AppSettings } from '../contract/index.ts'
import { AppRefusal } from './app-refusal.ts'
import { type AppDeps, requireApp } from './require-app.ts'

/** What it works with. */
export interface AppTargetDeps extends AppDeps {
  /** Runs work with what the adapter of an app is opened with. */
  readonly withAdapterDeps: <T>(
    tenant: string,
    settings: AppSettings,
    use: (deps: AdapterDeps) => Promise<T>,
  ) => Promise<T>
}

/** Runs work with where an app is. Throws {@link AppRefusal} for one that is not there or speaks something else than SCIM. */
export async function withAppTarget<T>(
  deps: AppTargetDeps,
  tenant: string,
  app: string,
  use: (target: ScimTarget) => Promise<T>,
): Promise<T> {
  const settings = await requireApp(deps, tenant, app)
  if (settings.adapter !== 'scim')
    throw new AppRefusal('ERR_INVALID', `App "${app}" does not speak SCIM: there is nothing to check`)
  return deps.withAdapterDeps(tenant, settings, async (adapter) => use(await scimTarget(settings, adapter)))
}
