// The administration of the hub of an installation.

import { environment } from '../environment.ts'
import {
  ADAPTER_KINDS,
  APP_RECORD,
  type Background,
  createBackground,
  createHubAdministration,
  type HubAdministration,
  type HubAdministrator,
} from '../hub/index.ts'
import type { Store } from '../store/index.ts'
import type { Sealer, Tenancy } from '../tenancy/index.ts'
import { type OutboundSettings, withSiteAdapterDeps, withSiteApp } from './hub-app.ts'

/** Creates the administration of the hub, by administrator. */
export function createSiteHub(
  store: Store,
  tenancy: Tenancy,
  sealer: Sealer,
  issuer: () => Promise<string> = async () => 'lockstep',
  settings: OutboundSettings = {},
  background: Background = createBackground(),
): (administrator: HubAdministrator) => HubAdministration {
  return createHubAdministration({
    store,
    environment,
    kinds: ADAPTER_KINDS,
    withApp: (tenant, app, use) => withSiteApp({ store, tenancy, sealer }, settings, tenant, app, use),
    withAdapterDeps: (tenant, app, use) => withSiteAdapterDeps({ tenancy, sealer }, settings, tenant, app, use),
    background,
    sealing: sealer,
    issuer,
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
