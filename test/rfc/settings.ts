// Changes a tenant's settings in the requirement tests.

import type { Client } from './client.ts'
import { type Site, tenantOf } from './site.ts'

type Change = Parameters<Site['server']['tenancy']['changeSettings']>[1]

/** Changes settings of the tenant of a client: features switched off, sensitive filters. */
export async function changeTenant({ server }: Site, client: Client, change: Change): Promise<void> {
  await server.tenancy.changeSettings(tenantOf(client), change, server.directory)
}
