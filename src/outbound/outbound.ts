// HTTP to addresses that strangers chose: a `fetch` that goes to public addresses only, within limits.

import { type Environment, environment } from '../environment.ts'
import { ConfigError } from '../protocol/index.ts'
import { parseUrl } from '../url.ts'
import { insideOf, isPublic, type Network } from './addresses.ts'
import { type ConnectionOptions, type Connections, createConnections } from './connections.ts'
import { toDestination } from './destination.ts'
import { type ExchangeLimits, exchange } from './exchange.ts'
import { OutboundError } from './outbound-error.ts'
import { publicResolve, type Resolve, systemResolve } from './resolve.ts'

/** Limits of all requests that go out. */
export const OUTBOUND_LIMITS = {
  /** From asking for the name's addresses to the end of the TLS handshake, in milliseconds. */
  CONNECT_MS: 5_000,
  /** One request with its whole answer, in milliseconds, unless a use has a limit of its own. */
  TIME_MS: 60_000,
  /** Largest answer, unpacked, unless a use has a limit of its own. */
  ANSWER_BYTES: 64 * 1024 * 1024,
  /** Connections to one host. */
  SOCKETS_PER_HOST: 32,
  /** Connections to all public hosts; as many to those inside allowed networks. */
  SOCKETS: 256,
} as const

/** What the operator of an installation allows. */
export interface OutboundPolicy {
  /** Networks inside which private addresses, http, addresses as hosts and names without a dot are allowed. */
  readonly allow?: readonly Network[]
  /** A filtering proxy, http or https, that requests to public names go through. It resolves names and must refuse inner addresses. */
  readonly proxy?: string
  /** Default: the name servers of the system; with `allow`, its own look-up, which knows the hosts file too. */
  readonly resolve?: Resolve
  /** Certificates of authorities in PEM, instead of those that Node knows. */
  readonly ca?: string
  readonly environment?: Pick<Environment, 'setTimer'>
  /** In place of {@link OUTBOUND_LIMITS}. */
  readonly limits?: { readonly [name in keyof typeof OUTBOUND_LIMITS]?: number }
}

/** HTTP to the outside. */
export interface Outbound {
  /**
   * Sends a request like the `fetch` of the platform, with these differences: it goes to public addresses and allowed networks only, the
   * answer is read whole, redirects are returned with `redirect: 'manual'` and refused otherwise, and proxies named by the environment
   * are not used. Throws {@link OutboundError}, or the reason of the signal.
   */
  readonly fetch: Environment['fetch']
  /** The same with limits of its own, over the same connections. */
  within(limits: Partial<ExchangeLimits>): Environment['fetch']
  /** Ends all connections. */
  close(): Promise<void>
}

/** Opens the way out. Throws {@link ConfigError} for a proxy that is no URL. */
export function createOutbound(policy: OutboundPolicy = {}): Outbound {
  const { allow = [], proxy, ca } = policy
  const limits = { ...OUTBOUND_LIMITS, ...policy.limits }
  const { setTimer } = policy.environment ?? environment
  const open = insideOf(allow)
  const settings: ConnectionOptions = {
    resolve: policy.resolve ?? (allow.length > 0 ? systemResolve : publicResolve()),
    allowed: { public: (address) => isPublic(address) || open(address), inner: open },
    ...(proxy === undefined ? {} : { proxy: readProxy(proxy) }),
    ...(ca === undefined ? {} : { ca }),
    connectMs: limits.CONNECT_MS,
    limits: { perHost: limits.SOCKETS_PER_HOST, inAll: limits.SOCKETS },
    setTimer,
  }
  let connections: Connections | undefined
  let closed = false
  // Loaded by the first request: most processes send none.
  const load = async () => {
    const { Client } = await import('undici')
    connections ??= createConnections(Client, settings)
    return connections
  }
  const within = (own: Partial<ExchangeLimits>): Environment['fetch'] => {
    const within = { timeMs: limits.TIME_MS, answerBytes: limits.ANSWER_BYTES, ...own }
    return async (url, init) => {
      const to = toDestination(url, open, allow.length > 0)
      const over = connections ?? (await load())
      if (closed) throw new OutboundError('ERR_OUTBOUND_CONNECT', 'The process is stopping')
      return exchange(to, init, { connections: over, setTimer, limits: within })
    }
  }
  return {
    fetch: within({}),
    within,
    close: async () => {
      closed = true
      connections?.close()
    },
  }
}

function readProxy(text: string): URL {
  const url = parseUrl(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '') return url
  // It may contain a password.
  throw new ConfigError(
    'proxy',
    'A proxy must be an http or https URL without a path, like http://proxy.example.com:3128',
  )
}
