// Keys of the database by purpose, made once and kept.

import { fromBase64url, toBase64url } from '../base64url.ts'
import type { Environment } from '../environment.ts'
import { Conflict, type Store } from '../store/index.ts'

/** A key of the whole database by its purpose. Two processes that ask first at the same time get the same one. */
export async function secretKey<Tx>(store: Store<Tx>, environment: Environment, purpose: string): Promise<Uint8Array> {
  const record = { tenant: '', kind: 'key', key: purpose }
  for (;;) {
    const [found] = await store.records('', 'key', { key: purpose })
    if (typeof found?.value === 'string') return fromBase64url(found.value)
    const value = toBase64url(environment.random(new Uint8Array(32)))
    try {
      await store.commit([{ write: 'record', record, value, ifAbsent: true }])
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
    }
  }
}
