// Loads `jose`, which makes and verifies signed documents, when it is first needed.

import type * as Package from 'jose'

/** A key as `jose` works with it. */
export type SigningKey = Package.CryptoKey

/** The package. Only here, and only for receipts: an app that embeds Lockstep without them need not have it. */
export async function jose(): Promise<typeof Package> {
  return await import('jose')
}
