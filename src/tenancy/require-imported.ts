import { ScimError } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import { oneRecord } from './records.ts'

/** The record that says that a tenant is not whole yet. It goes last, so that nobody is served half a tenant. */
export const ARRIVAL = { kind: 'arrival', key: 'arrival' } as const
/** When clients of a tenant that is not whole yet should ask again, in seconds. */
const RETRY_AFTER_S = 30

/** Whether a tenant is whole: not one whose import has not come to its end. */
export async function isWhole(store: Store, tenant: string): Promise<boolean> {
  return (await oneRecord(store, tenant, ARRIVAL.kind, ARRIVAL.key)) === undefined
}

/** Refuses a tenant that is not whole yet: 503 for clients, with when to come back. */
export async function requireWhole(store: Store, tenant: string): Promise<void> {
  if (await isWhole(store, tenant)) return
  throw new ScimError(503, `tenant "${tenant}" is being imported and not whole yet; try again later`, {
    headers: { 'retry-after': String(RETRY_AFTER_S) },
  })
}
