// Opens connections to addresses that were checked, and keeps them for the next request.

import { type AgentOptions, Agent as HttpAgent, request } from 'node:http'
import { Agent as HttpsAgent, request as requestTls } from 'node:https'
import { isIP, type LookupFunction, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { Environment } from '../environment.ts'
import type { Destination } from './destination.ts'
import { OutboundError, outboundReason } from './outbound-error.ts'
import type { Resolve } from './resolve.ts'

/** How connections are made. */
export interface ConnectionOptions {
  readonly resolve: Resolve
  /** Whether an address may be connected to, for public names and for those that are only fit for inner networks. */
  readonly allowed: { readonly public: (address: string) => boolean; readonly inner: (address: string) => boolean }
  /** A proxy that requests to public names go through; it resolves the name and checks its addresses. */
  readonly proxy?: URL | undefined
  /** Certificates of authorities in PEM, instead of those that Node knows. */
  readonly ca?: string | undefined
  readonly connectMs: number
  readonly socketsPerHost: number
  readonly sockets: number
  readonly setTimer: Environment['setTimer']
}

/** The connections of a process to the outside. */
export interface Connections {
  /** The pool for a destination. */
  agentFor(destination: Destination): HttpAgent
  /** Whether a connection has come about: if not, nothing can have been sent over it. */
  established(socket: Socket | null): boolean
  close(): void
}

/** How long a connection that nothing uses is kept, in milliseconds: servers close theirs after five seconds or more. */
const IDLE_MS = 4_000

type Judge = (address: string) => boolean
type CreateConnection = HttpAgent['createConnection']

/** Makes pools of connections: one for public names, two for inner ones, with and without TLS. */
export function createConnections(options: ConnectionOptions): Connections {
  const { socketsPerHost, sockets, allowed, proxy, ca } = options
  const established = new WeakSet<object>()
  const settings = (judge: Judge) =>
    ({
      keepAlive: true,
      timeout: IDLE_MS,
      scheduling: 'lifo',
      maxSockets: socketsPerHost,
      maxTotalSockets: sockets,
      maxFreeSockets: socketsPerHost,
      lookup: checkedLookup(options.resolve, judge),
      ...(ca === undefined ? {} : { ca }),
    }) as AgentOptions
  const guard = (
    agent: HttpAgent,
    judge: Judge | undefined,
    open: CreateConnection = agent.createConnection.bind(agent),
  ) => guarded(agent, open, { judge, established, options })
  const outer = new HttpsAgent(settings(allowed.public))
  const pools = {
    // The proxy's address is the operator's choice.
    outer: proxy === undefined ? guard(outer, allowed.public) : guard(outer, undefined, throughProxy(proxy, options)),
    inner: guard(new HttpsAgent(settings(allowed.inner)), allowed.inner),
    plain: guard(new HttpAgent(settings(allowed.inner)), allowed.inner),
  }
  return {
    agentFor: ({ url, inner }) => (url.protocol === 'http:' ? pools.plain : inner ? pools.inner : pools.outer),
    established: (socket) => socket !== null && established.has(socket),
    close: () => {
      for (const agent of Object.values(pools)) agent.destroy()
    },
  }
}

/** What watches over the connections of a pool. */
interface Guard {
  /** Absent: it leads to a proxy. */
  readonly judge: Judge | undefined
  readonly established: WeakSet<object>
  readonly options: ConnectionOptions
}

/** Makes a pool that gives up connections that take too long, looks at where they have led, and has room for hosts without connections. */
function guarded(agent: HttpAgent, open: CreateConnection, { judge, established, options }: Guard): HttpAgent {
  const { connectMs, setTimer, sockets } = options
  const idle = () => Object.values(agent.freeSockets).find((list) => list !== undefined && list.length > 0)?.[0]
  let opened = 0
  agent.createConnection = (to, done) => {
    const name = to.host ?? ''
    const watch = (stream: Duplex) => {
      const socket = stream as Socket
      const late = new OutboundError('ERR_OUTBOUND_CONNECT', `No connection to ${name} within ${connectMs} ms`)
      const stop = setTimer(connectMs, () => socket.destroy(late), { background: true })
      opened++
      // Idle connections count too: the oldest makes room for the next host.
      if (opened >= sockets) idle()?.destroy()
      const check = () => {
        const address = socket.remoteAddress
        // A system may lead an address elsewhere: 0.0.0.0 to 127.0.0.1.
        if (judge !== undefined && (address === undefined || !judge(address))) socket.destroy(notPublic(name))
        else if (!('encrypted' in socket)) ready()
      }
      const ready = () => {
        stop()
        established.add(socket)
      }
      if (socket.connecting) socket.once('connect', check)
      else check()
      socket.once('secureConnect', ready)
      socket.once('close', () => {
        stop()
        opened--
      })
      return stream
    }
    const made = open(to, (error, stream) => done?.(error, error === null ? watch(stream) : stream))
    return made && watch(made)
  }
  const keep = agent.keepSocketAlive.bind(agent)
  // Else connections that nobody uses would keep out every other host.
  agent.keepSocketAlive = (socket) => opened < sockets && keep(socket)
  return agent
}

/** Resolves a name once, and gives its addresses only if each of them is allowed. The connection goes to one of them. */
function checkedLookup(resolve: Resolve, judge: Judge): LookupFunction {
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

/** Opens a connection through a proxy, with TLS to the server itself. RFC 9110 §9.3.6. */
function throughProxy(proxy: URL, { ca, connectMs }: ConnectionOptions): CreateConnection {
  const { username, password } = proxy
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  return (to, done) => {
    const host = to.host ?? ''
    const failed = (why: string) =>
      done?.(new OutboundError('ERR_OUTBOUND_CONNECT', `The proxy ${why} for ${host}`), undefined as never)
    const call = (proxy.protocol === 'https:' ? requestTls : request)({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: `${host}:${to.port}`,
      agent: false,
      timeout: connectMs,
      headers: {
        host: `${host}:${to.port}`,
        ...(username === '' ? {} : { 'proxy-authorization': `Basic ${credentials}` }),
      },
    })
    call.once('timeout', () => call.destroy())
    call.once('error', (error) => failed(outboundReason(error, "can't be reached")))
    call.once('response', (answer) => {
      answer.resume()
      failed(`answered ${answer.statusCode}`)
    })
    call.once('connect', ({ statusCode }, socket) => {
      if (statusCode !== 200) {
        socket.destroy()
        return failed(`answered ${statusCode}`)
      }
      done?.(null, connectTls({ socket, servername: host, ...(ca === undefined ? {} : { ca }) }))
    })
    call.end()
    return undefined
  }
}
