// Opens one app of an installation for a plan, and closes it again.

import { environment } from '../environment.ts'
import { ADAPTER_KINDS, AppRefusal, type CompiledApp, createAppBook } from '../hub/index.ts'
import { createOutbound } from '../outbound/index.ts'
import type { Store } from '../store/index.ts'
import type { Sealer, Tenancy } from '../tenancy/index.ts'
import { secretOf } from './hub-run.ts'
import type { Settings } from './settings.ts'

/** Where requests to apps may go. */
export type OutboundSettings = Pick<Settings, 'outboundAllow' | 'outboundProxy'>

/** Runs work with an app, its adapter open. */
export async function withSiteApp<T>(
  { store, tenancy, sealer }: { readonly store: Store; readonly tenancy: Tenancy; readonly sealer: Sealer },
  { outboundAllow, outboundProxy }: OutboundSettings,
  tenant: string,
  id: string,
  use: (app: CompiledApp) => Promise<T>,
): Promise<T> {
  await tenancy.tenants.show(tenant)
  const outbound = createOutbound({
    ...(outboundAllow === undefined ? {} : { allow: outboundAllow }),
    ...(outboundProxy === undefined ? {} : { proxy: outboundProxy }),
  })
  const book = createAppBook({
    store,
    environment: { ...environment, fetch: outbound.fetch },
    kinds: ADAPTER_KINDS,
    catalog: tenancy.catalog,
    ready: tenancy.ready,
    secret: (owner, settings) => secretOf(sealer, owner, settings),
  })
  try {
    const app = (await book.of(tenant)).get(id)
    if (app === undefined) throw new AppRefusal('ERR_NOT_FOUND', `Tenant "${tenant}" has no app "${id}"`)
    if (app.compiled === undefined)
      throw new AppRefusal('ERR_INVALID', `App "${id}" can't be worked with: ${app.fault}`)
    return await use(app.compiled)
  } finally {
    await book.close()
    await outbound.close()
  }
}
