// The administration of the hub of an installation.

import { environment } from '../environment.ts'
import { ADAPTER_KINDS, createHubAdministration, type HubAdministration, type HubAdministrator } from '../hub/index.ts'
import { ConfigError } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import type { Tenancy } from '../tenancy/index.ts'

/** Creates the administration of the hub, by administrator. */
export function createSiteHub(store: Store, tenancy: Tenancy): (administrator: HubAdministrator) => HubAdministration {
  return createHubAdministration({
    store,
    environment,
    kinds: ADAPTER_KINDS,
    seal: async () => {
      throw new ConfigError('credentials.secret', "secrets can't be kept yet; name an environment variable instead")
    },
    types: async (tenant) => {
      await tenancy.tenants.show(tenant)
      await tenancy.ready(tenant)
      return tenancy.catalog(tenant).types
    },
  })
}
