// Credentials of apps that expire soon.

import { allRecords, type Store } from '../../store/index.ts'
import { APP_RECORD, settingsOf } from '../contract/index.ts'
import { expiryOf } from './credentials.ts'

/** Credentials that have expired, or will soon. */
export interface Expiring {
  readonly tenant: string
  readonly app: string
  /** ISO 8601. */
  readonly expiresAt: string
  readonly expired: boolean
}

/** Tenants that are read at once. */
const PAGE = 500

/** The apps of all tenants whose credentials have expired, or will within the days that each is warned before. */
export async function* expiringCredentials(
  store: Pick<Store, 'records' | 'tenants'>,
  now: number,
): AsyncGenerator<Expiring> {
  for (let after: string | undefined; ; ) {
    const page = await store.tenants({ limit: PAGE, ...(after === undefined ? {} : { after }) })
    for (const { tenant } of page) {
      for (const { id: app, credentials } of (await allRecords(store, tenant, APP_RECORD)).map(settingsOf)) {
        const expiry = credentials && expiryOf(credentials, now)
        if (credentials?.expiresAt === undefined || expiry === undefined || expiry === 'fine') continue
        yield { tenant, app, expiresAt: credentials.expiresAt, expired: expiry === 'expired' }
      }
    }
    after = page.at(-1)?.tenant
    if (page.length < PAGE || after === undefined) return
  }
}
