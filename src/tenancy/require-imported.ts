// Whether a tenant is still being imported, and the refusal of one that is.

import { ScimError } from '../protocol/index.ts'
import { oneRecord, type Store } from '../store/index.ts'

/** The record of an import in progress. It is deleted last, so that no client ever sees half a tenant. */
export const IMPORT_RECORD = { kind: 'arrival', key: 'arrival' } as const
/** When clients of a tenant that is being imported should retry, in seconds. */
const RETRY_AFTER_S = 30

/** Whether a tenant is complete: not one whose import is unfinished. */
export async function isImported(store: Store, tenant: string): Promise<boolean> {
  return (await oneRecord(store, tenant, IMPORT_RECORD.kind, IMPORT_RECORD.key)) === undefined
}

/** Refuses a tenant whose import is unfinished: 503 with Retry-After. */
export async function requireImported(store: Store, tenant: string): Promise<void> {
  if (await isImported(store, tenant)) return
  throw new ScimError(503, `Tenant "${tenant}" is being imported; try again when it is complete`, {
    headers: { 'retry-after': String(RETRY_AFTER_S) },
  })
}
