// Opens one app of an installation for a plan or a probe, and closes it again.

import { environment } from '../environment.ts'
import {
  ADAPTER_KINDS,
  type AdapterDeps,
  APP_ANSWER_BYTES,
  AppRefusal,
  type AppSettings,
  type CompiledApp,
  createAppBook,
} from '../hub/index.ts'
import { createOutbound } from '../outbound/index.ts'
import type { Store } from '../store/index.ts'
import type { Sealer, Tenancy } from '../tenancy/index.ts'
import { secretOf } from './hub-run.ts'
import type { Settings } from './settings.ts'

/** Where requests to apps may go. */
export type OutboundSettings = Pick<Settings, 'outboundAllow' | 'outboundProxy'>

interface Parts {
  readonly store: Store
  readonly tenancy: Tenancy
  readonly sealer: Sealer
}

function openOutbound({ outboundAllow, outboundProxy }: OutboundSettings) {
  return createOutbound({
    ...(outboundAllow === undefined ? {} : { allow: outboundAllow }),
    ...(outboundProxy === undefined ? {} : { proxy: outboundProxy }),
  })
}

/** Runs work with what the adapter of an app is opened with. */
export async function withSiteAdapterDeps<T>(
  { tenancy, sealer }: Omit<Parts, 'store'>,
  settings: OutboundSettings,
  tenant: string,
  app: AppSettings,
  use: (deps: AdapterDeps) => Promise<T>,
): Promise<T> {
  const outbound = openOutbound(settings)
  try {
    return await use({
      tenant,
      environment: { ...environment, fetch: outbound.within({ answerBytes: APP_ANSWER_BYTES }) },
      secret: () => secretOf(sealer, tenant, app),
      types: tenancy.catalog(tenant).types,
    })
  } finally {
    await outbound.close()
  }
}

/** Runs work with an app, its adapter open. */
export async function withSiteApp<T>(
  { store, tenancy, sealer }: Parts,
  settings: OutboundSettings,
  tenant: string,
  id: string,
  use: (app: CompiledApp) => Promise<T>,
): Promise<T> {
  await tenancy.tenants.show(tenant)
  const outbound = openOutbound(settings)
  const book = createAppBook({
    store,
    environment: { ...environment, fetch: outbound.within({ answerBytes: APP_ANSWER_BYTES }) },
    kinds: ADAPTER_KINDS,
    catalog: tenancy.catalog,
    ready: tenancy.ready,
    secret: (owner, own) => secretOf(sealer, owner, own),
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
