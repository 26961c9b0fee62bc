// Finds the addresses of names.

import { lookup, Resolver } from 'node:dns/promises'

/** Finds all addresses of a name; rejects when it has none. */
export type Resolve = (name: string) => Promise<readonly string[]>

/** How long one name server has, in milliseconds, and how often it is asked. */
const ASKED = { timeout: 2_000, tries: 2 }

/**
 * Asks the name servers directly. The system's own look-up takes one of Node's four threads for as long as it lasts, so slow name servers
 * of strangers would hold up the hashing of passwords and each other. It also reads the hosts file, whose addresses are never public.
 */
export function publicResolve(): Resolve {
  const resolver = new Resolver(ASKED)
  return async (name) => {
    const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    const addresses = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
    if (addresses.length === 0) throw (found[0] as PromiseRejectedResult).reason ?? new Error('No address')
    return addresses
  }
}

/** Asks the system, which knows the hosts file and search domains too: for operators who opened inner networks. */
export const systemResolve: Resolve = async (name) => {
  const found = await lookup(name, { all: true, order: 'verbatim' })
  return found.map(({ address }) => address)
}
