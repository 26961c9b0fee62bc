// The connections of a process to the outside, apart for public names and for inner ones.

import type { Client } from 'undici'
import { type ConnectOptions, createConnect } from './connect.ts'
import type { Destination } from './destination.ts'
import { createPool, type Pool, type PoolLimits } from './pool.ts'

/** How connections are made and kept. */
export interface ConnectionOptions extends Omit<ConnectOptions, 'judge'> {
  /** Whether an address may be connected to, for public names and for those that are only fit for inner networks. */
  readonly allowed: { readonly public: (address: string) => boolean; readonly inner: (address: string) => boolean }
  readonly limits: PoolLimits
}

/** The connections of a process to the outside. */
export interface Connections {
  /** The pool for a destination. */
  poolFor(destination: Destination): Pool
  close(): void
}

/** Makes pools: one for public names, two for inner ones, with and without TLS. Each allows other addresses. */
export function createConnections(Made: typeof Client, options: ConnectionOptions): Connections {
  const { allowed, proxy, limits, ...rest } = options
  const pool = (judge: ConnectOptions['judge'], through?: URL) =>
    createPool(Made, createConnect({ ...rest, judge, proxy: through }), limits)
  const pools = { outer: pool(allowed.public, proxy), inner: pool(allowed.inner), plain: pool(allowed.inner) }
  return {
    poolFor: ({ url, inner }) => (url.protocol === 'http:' ? pools.plain : inner ? pools.inner : pools.outer),
    close: () => {
      for (const one of Object.values(pools)) one.close()
    },
  }
}
