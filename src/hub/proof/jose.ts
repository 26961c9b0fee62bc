// Loads `jose`, which makes and verifies signed documents, when it is first needed.

import type * as Package from 'jose'
import { notInstalled, providedPackage } from '../../packages.ts'
import { ConfigError } from '../../protocol/index.ts'

/** A key as `jose` works with it. */
export type SigningKey = Package.CryptoKey

/**
 * The package. Only here, and only for receipts: an app that embeds Lockstep without them need not have it. Throws ConfigError where it
 * is not installed, or so old that receipts can't use it.
 */
export async function jose(): Promise<typeof Package> {
  const loaded = await load()
  if (typeof loaded.calculateJwkThumbprint !== 'function' || typeof loaded.createLocalJWKSet !== 'function') {
    throw new ConfigError('jose', 'is of a release that receipts can’t use; run npm install jose@6')
  }
  return loaded
}

async function load(): Promise<typeof Package> {
  const provided = providedPackage('jose')
  if (provided !== undefined) return (await provided()) as typeof Package
  try {
    return await import('jose')
  } catch (error) {
    const words = notInstalled('jose', 'a receipt', error)
    throw words === undefined ? error : new ConfigError('jose', words, { cause: error })
  }
}
