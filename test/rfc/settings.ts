import type { Client } from './client.ts'
import { type Site, tenantOf } from './site.ts'

type Change = Parameters<Site['server']['tenancy']['settings']['change']>[1]

/** Changes settings of the tenant of a client: features switched off, sensitive filters. */
export async function changeTenant(at: Site, client: Client, change: Change): Promise<void> {
  await at.server.tenancy.settings.change(tenantOf(client), change)
}
