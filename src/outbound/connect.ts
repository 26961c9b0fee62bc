// Opens connections to addresses that were checked, and gives up those that take too long.

import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP, type LookupFunction, connect as openTcp, type Socket } from 'node:net'
import { connect as openTls } from 'node:tls'
import type { Environment } from '../environment.ts'
import { OutboundError, outboundReason } from './outbound-error.ts'
import type { Resolve } from './resolve.ts'

/** How connections are made. */
export interface ConnectOptions {
  readonly resolve: Resolve
  /** Whether an address may be connected to. */
  readonly judge: (address: string) => boolean
  /** A proxy that connections go through: it resolves the name and checks its addresses. Its own address is the operator's choice. */
  readonly proxy?: URL | undefined
  /** Certificates of authorities in PEM, instead of those that Node knows. */
  readonly ca?: string | undefined
  readonly connectMs: number
  readonly setTimer: Environment['setTimer']
}

/** Where a connection leads. */
export interface Endpoint {
  readonly hostname: string
  /** Empty: the usual one. */
  readonly port: string
  readonly isTls: boolean
}

/** What becomes of a connection. */
export type Opened = (error: Error | null, socket: Socket | null) => void

/** Opens a connection and calls back once. Returns how to give it up. */
export type Connect = (to: Endpoint, done: Opened) => (reason: Error) => void

/** What is underway. */
interface Step {
  destroy(error?: Error): unknown
}

/** Servers whose TLS sessions are kept, so that the next handshake is short. */
const SESSIONS = 100

/** Makes what opens connections. */
export function createConnect(options: ConnectOptions): Connect {
  const { connectMs, setTimer, proxy } = options
  const open = opener(options)
  return (to, done) => {
    let step: Step | undefined
    let isOpen = true
    const settle: Opened = (error, socket) => {
      if (!isOpen) return
      isOpen = false
      stop()
      done(error, socket)
    }
    const fail = (error: Error) => {
      settle(error, null)
      step?.destroy(error)
    }
    const late = () =>
      new OutboundError('ERR_OUTBOUND_CONNECT', `No connection to ${to.hostname} within ${connectMs} ms`)
    const stop = setTimer(connectMs, () => fail(late()), { background: true })
    const through = (tunnel: Socket | undefined) => {
      step = open(to, tunnel, settle)
    }
    if (proxy === undefined) through(undefined)
    else step = tunnelTo(to, proxy, (error, tunnel) => (tunnel === null ? fail(error as Error) : through(tunnel)))
    return fail
  }
}

/** Makes what opens a socket, through a tunnel where there is one, and looks at where it has led. */
function opener({ resolve, judge, proxy, ca }: ConnectOptions) {
  const lookup = checkedLookup(resolve, judge)
  const sessions = new Map<string, Buffer>()
  return ({ hostname, port, isTls }: Endpoint, tunnel: Socket | undefined, done: Opened): Socket => {
    const to = { host: hostname, port: Number(port || (isTls ? 443 : 80)), lookup, noDelay: true, keepAlive: true }
    const key = `${hostname}:${to.port}`
    const session = sessions.get(key)
    const socket: Socket = isTls
      ? openTls({
          ...(tunnel === undefined ? to : { socket: tunnel }),
          servername: isIP(hostname) === 0 ? hostname : '',
          ALPNProtocols: ['http/1.1'],
          ...(ca === undefined ? {} : { ca }),
          ...(session === undefined ? {} : { session }),
        })
      : openTcp(to)
    // Before anything is said.
    socket.prependOnceListener('connect', () => {
      const address = socket.remoteAddress
      // A system may lead an address elsewhere: 0.0.0.0 to 127.0.0.1.
      if (proxy === undefined && (address === undefined || !judge(address))) socket.destroy(notPublic(hostname))
    })
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      if (!socket.destroyed) done(null, socket)
    })
    socket.on('error', (error) => {
      sessions.delete(key)
      done(error, null)
    })
    socket.on('session', (one: Buffer) => {
      sessions.delete(key)
      for (const oldest of sessions.keys()) {
        if (sessions.size < SESSIONS) break
        sessions.delete(oldest)
      }
      sessions.set(key, one)
    })
    return socket
  }
}

/** Resolves a name once, and gives its addresses only if each of them is allowed. The connection goes to one of them. */
function checkedLookup(resolve: Resolve, judge: ConnectOptions['judge']): LookupFunction {
  const running = new Map<string, Promise<readonly string[]>>()
  const addressesOf = (name: string) => {
    let found = running.get(name)
    if (found === undefined) {
      found = resolve(name).finally(() => running.delete(name))
      running.set(name, found)
    }
    return found
  }
  return (name, { all }, done) => {
    addressesOf(name).then(
      (addresses) => {
        // One inner address among public ones is how names are made to lead inside.
        const [first] = addresses
        if (first === undefined || !addresses.every(judge)) return done(notPublic(name), '')
        if (all)
          return done(
            null,
            addresses.map((address) => ({ address, family: isIP(address) })),
          )
        done(null, first, isIP(first))
      },
      () => done(new OutboundError('ERR_OUTBOUND_CONNECT', `${name} can't be resolved to an address`), ''),
    )
  }
}

function notPublic(name: string): OutboundError {
  return new OutboundError(
    'ERR_OUTBOUND_REFUSED',
    `${name} leads to an address that is not public; requests go to public addresses, and to networks that the operator allows`,
  )
}

/** Asks a proxy for a tunnel to a server. RFC 9110 §9.3.6. */
function tunnelTo({ hostname, port }: Endpoint, proxy: URL, done: Opened): Step {
  const { username, password } = proxy
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  const failed = (why: string) =>
    done(new OutboundError('ERR_OUTBOUND_CONNECT', `The proxy ${why} for ${hostname}`), null)
  const server = `${hostname}:${port || 443}`
  const call = (proxy.protocol === 'https:' ? requestTls : request)({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: server,
    agent: false,
    headers: { host: server, ...(username === '' ? {} : { 'proxy-authorization': `Basic ${credentials}` }) },
  })
  call.once('error', (error) => failed(outboundReason(error, "can't be reached")))
  call.once('response', (answer) => {
    answer.resume()
    failed(`answered ${answer.statusCode}`)
  })
  call.once('connect', ({ statusCode }, socket) => {
    if (statusCode === 200) return done(null, socket)
    socket.destroy()
    failed(`answered ${statusCode}`)
  })
  call.end()
  return call
}
