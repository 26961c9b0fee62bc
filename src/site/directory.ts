// The directory of an installation, whose tenants have their own schemas and settings.

import { createDirectory, type Directory } from '../directory/index.ts'
import type { Store } from '../store/index.ts'
import type { Tenancy } from '../tenancy/index.ts'

/** Creates the directory on a store. `check` runs within long work; an error that it throws ends the work. */
export function createSiteDirectory(store: Store, tenancy: Tenancy, check?: () => void): Directory {
  const { catalog, uniquePaths: unique, ready } = tenancy
  const options = { store, catalog, unique, ready, openTenants: false }
  return createDirectory({ ...options, ...(check === undefined ? {} : { check }) })
}
