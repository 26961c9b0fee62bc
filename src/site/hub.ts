// The administration of the hub of an installation.

import { environment } from '../environment.ts'
import {
  ADAPTER_KINDS,
  APP_RECORD,
  createHubAdministration,
  type HubAdministration,
  type HubAdministrator,
} from '../hub/index.ts'
import type { Store } from '../store/index.ts'
import type { Sealer, Tenancy } from '../tenancy/index.ts'

/** Creates the administration of the hub, by administrator. */
export function createSiteHub(
  store: Store,
  tenancy: Tenancy,
  sealer: Sealer,
  publicUrl?: string,
): (administrator: HubAdministrator) => HubAdministration {
  return createHubAdministration({
    store,
    environment,
    kinds: ADAPTER_KINDS,
    sealing: sealer,
    issuer: async () => publicUrl ?? (await tenancy.publicUrl()) ?? 'lockstep',
    seal: (tenant, app, secret) => sealer.seal(secret, { tenant, kind: APP_RECORD, key: app }),
    matches: async (tenant, app, sealed, secret) =>
      (await sealer.open(sealed, { tenant, kind: APP_RECORD, key: app })) === secret,
    types: async (tenant) => {
      await tenancy.tenants.show(tenant)
      await tenancy.ready(tenant)
      return tenancy.catalog(tenant).types
    },
  })
}
