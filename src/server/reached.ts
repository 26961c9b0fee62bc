import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'
import { isHost, originOf } from '../node.ts'
import { forbidden, ScimError } from '../protocol/index.ts'
import type { Network, Settings } from '../site/index.ts'

/** How requests reach the server: by which address, from where, and whether they may. */
export interface Reached {
  /** Whether Host is missing, or there are two: a 400, whatever is asked. RFC 9112 §3.2. */
  readonly malformed: (request: IncomingMessage) => ScimError | undefined
  /** Why a request is refused before anything of it is looked at; undefined when it is not. */
  readonly refusal: (request: IncomingMessage, isPrivate: boolean) => ScimError | undefined
  /** Scheme and host that the client used, or the public URL. */
  readonly origin: (request: IncomingMessage) => string
  /** What the origin depends on: equal for requests that have the same. */
  readonly originKey: (request: IncomingMessage) => string
  /** Address of the client, as a trusted proxy says it, else of the other end of the connection. */
  readonly client: (request: IncomingMessage) => string
  /** Whether a request was made on this machine and has not come through a proxy. */
  readonly isLocal: (request: IncomingMessage) => boolean
}

/** A name or address that can only mean this machine, or a literal address: neither can be made to point here by DNS. */
const SURE_HOST = /^(?:localhost|[\w.-]{1,255}\.localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])(?::\d{1,5})?$/i
const LOOPBACK_HOST = /^(?:localhost|[\w.-]{1,255}\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i
const LOOPBACK = /^(?:::1|(?:::ffff:)?127\.)/
/** Headers that proxies add. */
const FORWARDING = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'via', 'x-real-ip']

/**
 * Makes the look at how requests arrive. A Host is believed when it is a loopback name or a literal address, when `--public-url`
 * stands in its place, or when it comes from a proxy that `--trusted-proxies` names. Such a proxy also says by X-Forwarded-Proto
 * and X-Forwarded-For what the client used and where it is; from anybody else these headers mean nothing. RFC 9110 §7.4, RFC 9112 §3.2.
 */
export function createReached({ publicUrl, trustedProxies = [] }: Settings): Reached {
  const proxies = trustedProxies.length === 0 ? undefined : blockListOf(trustedProxies)
  const behindTls = publicUrl?.startsWith('https://') === true
  /** Looked at once for each connection. */
  const trusted = new WeakMap<object, boolean>()
  /** Nearly every request names the same one. */
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
    // The nearest proxy has added its entry at the end; what lies before the first stranger is hearsay.
    const hops = (textOf(request.headers['x-forwarded-for']) ?? '').split(',').map((hop) => hop.trim())
    return hops.findLast((hop) => hop !== '' && !isIn(proxies, hop)) ?? own
  }

  /** The scheme that the client used, as far as a trusted proxy says. */
  function proto(request: IncomingMessage): string | undefined {
    if (!isTrusted(request)) return undefined
    return textOf(request.headers['x-forwarded-proto'])?.split(',').at(-1)?.trim().toLowerCase()
  }

  /** Whether it came from another machine in the clear: tokens and people's data don't travel so. RFC 7644 §7.2. */
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

/** Names and values stand in turn; Node keeps the first of several in `headers` and says nothing. */
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
  // Node shows an IPv4 address on a socket for both families so.
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(', ')
}

const IN_THE_CLEAR = forbidden(
  'This came from another machine without TLS; put a proxy with TLS in front, and start with --public-url https://…',
)
const NO_HOST = new ScimError(400, 'The request has no Host header that names a host and port, which HTTP/1.1 asks for')
const TWO_HOSTS = new ScimError(400, 'The request has more than one Host header; send one')

function foreignHost(host: string): ScimError {
  return new ScimError(
    421,
    `This server does not answer for the host ${host}; start it with --public-url https://…, or name the proxy in front of it with --trusted-proxies`,
  )
}
