// Setup of an installation: links for the customers of its tenants, and the page behind them.

import { createSetup, type Setup } from '../setup/index.ts'
import type { Store } from '../store/index.ts'
import { isTenantName, scimPath, type Tenancy } from '../tenancy/index.ts'

/** Creates the setup of an installation. */
export function createSiteSetup(store: Store, tenancy: Tenancy, report: (error: unknown) => void): Setup {
  return createSetup({
    store,
    requireTenant: (tenant) => tenancy.tenants.show(tenant),
    connections: (actor) => tenancy.as(actor).connections,
    catalog: async (tenant) => {
      await tenancy.ready(tenant)
      return tenancy.catalog(tenant)
    },
    basePath: scimPath,
    baseUrl: (tenant, origin) => origin + scimPath(tenant),
    tenantIn: (path) => {
      const [, first, tenant = ''] = path.split('/')
      return first?.toLowerCase() === 'tenants' && isTenantName(tenant) ? tenant : undefined
    },
    report,
  })
}
