// Removes from the record of requests what there is of tenants that were deleted.

import { type Environment, environment as realEnvironment } from '../environment.ts'
import type { RecordStore } from '../record/index.ts'
import type { Store } from '../store/index.ts'

/** What they are forgotten with. */
export interface GoneTenantsDeps {
  /** The directory's store, which knows the tenants that exist. */
  readonly store: Pick<Store, 'tenant' | 'tenants'>
  readonly record: Pick<RecordStore, 'tenants' | 'forget'>
  readonly environment?: Environment
}

/** How many lines one step removes, and the pause after each, so that requests are written in between. */
const STEP = 2_000
const PAUSE_MS = 100

/**
 * Forgets the tenants that the record names and that don't exist, and what is older than a tenant that was made anew under the same name.
 * What is to be forgotten is found anew each time, so work that was interrupted goes on by itself.
 */
export async function forgetGoneTenants(
  deps: GoneTenantsDeps,
  signal: AbortSignal,
  step: number = STEP,
): Promise<void> {
  const { store, record, environment = realEnvironment } = deps
  const named = await record.tenants()
  // Read after the names: whoever is named and made in between counts as existing.
  const created = new Map((await store.tenants()).map((row) => [row.tenant, row.created]))
  for (const { tenant, oldest } of named) {
    const begins = created.get(tenant)
    if (begins !== undefined && begins <= oldest) continue
    while (!signal.aborted) {
      const now = environment.now()
      // Looked at before each step: it may have been made anew.
      const before = (await store.tenant(tenant))?.created ?? now
      if (!(await record.forget(tenant, { before, step }))) break
      await environment.wait(PAUSE_MS, signal)
    }
  }
}
