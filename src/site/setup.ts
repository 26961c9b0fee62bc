// Setup of an installation: links for the customers of its tenants, and the page behind them.

import { environment } from '../environment.ts'
import { createSetup, type Setup } from '../setup/index.ts'
import type { Store } from '../store/index.ts'
import { createAudit, isTenantName, scimPath, type Tenancy } from '../tenancy/index.ts'

/** Creates the setup of an installation. */
export function createSiteSetup(store: Store, tenancy: Tenancy, report: (error: unknown) => void): Setup {
  const audit = createAudit(store, environment)
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
    did: ({ tenant, link, did, step, network }) =>
      audit.append({
        actor: `setup:${link}`,
        how: 'link',
        address: network,
        action: `setup.${did}`,
        tenant,
        object: link,
        outcome: 'done',
        ...(step === undefined
          ? {}
          : { changes: [{ type: 'SetupLink', id: link, paths: [{ path: 'step', new: step }] }] }),
      }),
    report,
  })
}
