// How requests reach the server: whether their Host and origin are trusted, and what the client's address is.

import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'
import { isHost, originOf } from '../node.ts'
import type { Network } from '../outbound/index.ts'
import { forbidden, ScimError } from '../protocol/index.ts'
import type { Settings } from '../site/index.ts'

/** How requests reach the server: by which address, from where, and whether that is allowed. */
export interface RequestOrigin {
  /** The refusal of a request without a Host, or with two: 400 for every path. RFC 9112 §3.2. */
  readonly malformed: (request: IncomingMessage) => ScimError | undefined
  /** Why a request is refused before anything else of it is read; undefined if it isn't. */
  readonly refusal: (request: IncomingMessage, isPrivate: boolean) => ScimError | undefined
  /** Scheme and host that the client used, or the public URL. */
  readonly origin: (request: IncomingMessage) => string
  /** What the origin depends on: equal for requests with the same origin. */
  readonly originKey: (request: IncomingMessage) => string
  /** Address of the client as a trusted proxy states it, else that of the other end of the connection. */
  readonly client: (request: IncomingMessage) => string
  /** The refusal of a page under a name that isn't this server's: a site may let its own name point here. Undefined if it is. */
  readonly rebound: (request: IncomingMessage) => ScimError | undefined
  /** Whether a request comes from this machine, and not through a proxy. */
  readonly isLocal: (request: IncomingMessage) => boolean
}

/** A name that can only mean this machine, or a literal address: DNS can't make either point here. */
const SURE_HOST = /^(?:localhost|[\w.-]{1,255}\.localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])(?::\d{1,5})?$/i
const LOOPBACK_HOST = /^(?:localhost|[\w.-]{1,255}\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i
const LOOPBACK = /^(?:::1|(?:::ffff:)?127\.)/
/** Headers that proxies add. */
const FORWARDING = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'via', 'x-real-ip']

/**
 * Creates the checks of how requests arrive. A Host is trusted if it is a loopback name or a literal address, if `--public-url` replaces
 * it, or if it comes from a proxy that `--trusted-proxies` names. X-Forwarded-Proto and X-Forwarded-For of such a proxy state the scheme
 * and address of the client; from any other source they are ignored. RFC 9110 §7.4, RFC 9112 §3.2.
 */
export function createRequestOrigin({ publicUrl, trustedProxies = [] }: Settings): RequestOrigin {
  const proxies = trustedProxies.length === 0 ? undefined : blockListOf(trustedProxies)
  const publicHost = publicUrl === undefined ? undefined : new URL(publicUrl).host
  const behindTls = publicUrl?.startsWith('https://') === true
  /** Checked once for each connection. */
  const trusted = new WeakMap<object, boolean>()
  /** The last host that was sure: nearly every request names the same one. */
  let lastSure: string | undefined

  function isTrusted({ socket }: IncomingMessage): boolean {
    if (proxies === undefined) return false
    let is = trusted.get(socket)
    if (is === undefined) {
      is = isIn(proxies, socket.remoteAddress)
      trusted.set(socket, is)
    }
    return is
  }

  function isSure(host: string): boolean {
    if (host === lastSure) return true
    const is = SURE_HOST.test(host)
    if (is) lastSure = host
    return is
  }

  function client(request: IncomingMessage): string {
    const own = request.socket.remoteAddress ?? ''
    if (proxies === undefined || !isTrusted(request)) return own
    // The nearest proxy has added its entry at the end; entries before the first untrusted one may be forged.
    const hops = (textOf(request.headers['x-forwarded-for']) ?? '').split(',').map((hop) => hop.trim())
    return hops.findLast((hop) => hop !== '' && !isIn(proxies, hop)) ?? own
  }

  /** The scheme that the client used, if a trusted proxy states it. */
  function proto(request: IncomingMessage): string | undefined {
    if (!isTrusted(request)) return undefined
    return textOf(request.headers['x-forwarded-proto'])?.split(',').at(-1)?.trim().toLowerCase()
  }

  /** Whether a request came from another machine without TLS, which tokens and personal data must not. RFC 7644 §7.2. */
  function isExposed(request: IncomingMessage): boolean {
    if (behindTls) return false
    if (!isTrusted(request)) return !LOOPBACK.test(request.socket.remoteAddress ?? '')
    return proto(request) !== 'https' && !LOOPBACK.test(client(request))
  }

  function hostRefusal(request: IncomingMessage): ScimError | undefined {
    const fault = malformed(request)
    if (fault !== undefined) return fault
    const { host } = request.headers
    if (publicUrl !== undefined || host === undefined || isSure(host) || isTrusted(request)) return undefined
    return foreignHost(host)
  }

  return {
    malformed,
    refusal: (request, isPrivate) =>
      hostRefusal(request) ?? (isPrivate && isExposed(request) ? IN_THE_CLEAR : undefined),
    origin: (request) => {
      if (publicUrl !== undefined) return publicUrl
      const own = originOf(request)
      return proto(request) === 'https' ? own.replace(/^http:/, 'https:') : own
    },
    originKey: (request) => {
      if (publicUrl !== undefined) return ''
      const host = request.headers.host ?? ''
      return proxies === undefined ? host : `${proto(request) ?? ''} ${host}`
    },
    client,
    rebound: (request) => {
      const { host = '' } = request.headers
      const isOwn = publicHost === host.toLowerCase() || isSure(host) || isTrusted(request)
      return isOwn ? undefined : foreignHost(host)
    },
    isLocal: (request) =>
      LOOPBACK.test(request.socket.remoteAddress ?? '') &&
      LOOPBACK_HOST.test(request.headers.host ?? '') &&
      FORWARDING.every((name) => request.headers[name] === undefined),
  }
}

function malformed({ headers: { host }, httpVersion, rawHeaders }: IncomingMessage): ScimError | undefined {
  if (host === undefined ? httpVersion !== '1.0' : !isHost(host)) return NO_HOST
  return hasTwoHosts(rawHeaders) ? TWO_HOSTS : undefined
}

/** `raw` alternates names and values; in `headers` Node silently keeps the first of several. */
function hasTwoHosts(raw: readonly string[]): boolean {
  let seen = false
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]
    if (name?.length !== 4 || name.toLowerCase() !== 'host') continue
    if (seen) return true
    seen = true
  }
  return false
}

function blockListOf(proxies: readonly Network[]): BlockList {
  const list = new BlockList()
  for (const { address, bits } of proxies) list.addSubnet(address, bits, isIPv6(address) ? 'ipv6' : 'ipv4')
  return list
}

function isIn(list: BlockList, address: string | undefined): boolean {
  if (address === undefined) return false
  // A socket for both families shows IPv4 addresses like this.
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(', ')
}

const IN_THE_CLEAR = forbidden(
  'This came from another machine without TLS; put a proxy with TLS in front, and start with --public-url https://…',
)
const NO_HOST = new ScimError(400, 'The request has no Host header with a host and port, which HTTP/1.1 requires')
const TWO_HOSTS = new ScimError(400, 'The request has more than one Host header; send one')

function foreignHost(host: string): ScimError {
  return new ScimError(
    421,
    `This server does not answer for the host ${host}; start it with --public-url https://…, or name the proxy in front of it with --trusted-proxies`,
  )
}
