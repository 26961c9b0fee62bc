// Listens over HTTP: limits on slow and silent clients, and a close that waits for answers under way.

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { hesitates } from './node-body.ts'
import { send } from './node-send.ts'

/** A server that is listening. */
export interface Serving {
  readonly url: string
  readonly server: Server
  /** Takes no new connections, finishes the requests in flight, then resolves. */
  close(): Promise<void>
}

/** How long things may take. */
const HEADERS_MS = 20_000
/** A request, its body included. */
const REQUEST_MS = 120_000
/** A connection on which nothing comes and nothing is taken, while an answer is made or sent. */
const QUIET_MS = 150_000
/** How often connections are checked for time-outs. */
const CHECK_MS = 5_000
/** Connections kept that have no request under way. */
const RESTING = 4_000

/** Options of {@link listen}. */
export interface ListenOptions {
  readonly port?: number | undefined
  readonly host?: string | undefined
  /** How long a connection may be quiet while its answer is made. */
  readonly quietMs?: number | undefined
  /** Most connections without a request under way; past it the oldest is closed. */
  readonly resting?: number | undefined
  /** Answers `Expect: 100-continue` when the body is read, not at once. */
  readonly continueWhenRead?: boolean | undefined
}

/** Listens over HTTP. `port` 0 takes any free one. Rejects when the address is taken. */
export function listen(listener: RequestListener, options: ListenOptions): Promise<Serving> {
  // A request line and headers of 80 KiB hold the longest URL that is read.
  const server = createServer(
    {
      maxHeaderSize: 80 * 1024,
      keepAliveTimeout: 65_000,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: CHECK_MS,
      // A request without Host gets an answer that SCIM clients read, not one of Node's.
      requireHostHeader: false,
    },
    listener,
  )
  const connections = new Set<Socket>()
  const stopWatching = closeQuiet(connections, options.quietMs ?? QUIET_MS)
  server.once('close', stopWatching)
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
    closeOldest(connections, options.resting ?? RESTING)
  })
  server.on('clientError', refuseMalformed)
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => refuse(socket, ...NO_TUNNEL))
  if (options.continueWhenRead === true) {
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      hesitates(request, response)
      server.emit('request', request, response)
    })
  }
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    send(
      request,
      response,
      scimError('417', 'The Expect header asks for something that is not known here; leave it out'),
    )
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => {
      server.off('error', reject)
      const { address, port, family } = server.address() as AddressInfo
      resolve({
        url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
        server,
        close: () => closeGently(server, connections),
      })
    })
  })
}

/** The answer that Node has under way on a connection, if there is one. */
type Busy = Duplex & { readonly _httpMessage?: ServerResponse | null }

/** Half-sent and silent requests take memory too: past a number the oldest are closed. */
function closeOldest(connections: ReadonlySet<Socket>, resting: number): void {
  let over = connections.size - resting
  if (over <= 0) return
  for (const socket of connections) {
    if ((socket as Busy)._httpMessage != null) continue
    socket.destroy()
    if (--over === 0) return
  }
}

/** A connection as Node has it inside: with the bytes that the operating system has not taken yet. */
type Handled = Socket & { readonly _handle?: { readonly writeQueueSize?: number } | null }

/**
 * Closes connections on which nothing has moved for so long: no byte came, and none was taken. Looks at all of them from time to
 * time. Node's own `server.timeout` would set a timer twice for each request, which costs a twentieth of a quick one.
 */
function closeQuiet(connections: ReadonlySet<Socket>, quietMs: number): () => void {
  const seen = new WeakMap<Socket, { moved: number; at: number }>()
  const look = () => {
    const now = performance.now()
    for (const socket of connections as ReadonlySet<Handled>) {
      const moved = socket.bytesRead + socket.bytesWritten - (socket._handle?.writeQueueSize ?? 0)
      const last = seen.get(socket)
      if (last === undefined) seen.set(socket, { moved, at: now })
      else if (last.moved === moved) {
        if (now - last.at >= quietMs) socket.destroy()
      } else {
        last.moved = moved
        last.at = now
      }
    }
  }
  const timer = setInterval(look, Math.min(CHECK_MS, quietMs / 4)).unref()
  return () => clearInterval(timer)
}

/** How long a refused client has to read the answer. */
const LINGER_MS = 1_000

/** Bytes that aren't HTTP get a SCIM error all the same, as far as the connection still takes one. */
function refuseMalformed(error: Error & { code?: string }, socket: Busy): void {
  // In the middle of an answer it would be taken for a part of it.
  if (!socket.writable || error.code === 'ECONNRESET' || socket._httpMessage?.headersSent) {
    socket.destroy()
    return
  }
  const [status, detail] = MALFORMED[error.code ?? ''] ?? NOT_HTTP
  refuse(socket, status, detail)
}

function refuse(socket: Duplex, status: string, detail: string, more = ''): void {
  const { body } = scimError(status.slice(0, 3), detail)
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/scim+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}Connection: close\r\n\r\n${body}`,
  )
  // A client that never closes its side would keep the connection, and its file descriptor, for ever.
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

const NO_TUNNEL = [
  '405 Method Not Allowed',
  'This is no proxy: CONNECT is not taken',
  'Allow: GET, HEAD, POST, PUT, PATCH, DELETE\r\n',
] as const
const NOT_HTTP = ['400 Bad Request', 'This is not an HTTP/1.1 request that can be read'] as const
const MALFORMED: { readonly [code: string]: readonly [status: string, detail: string] } = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The request line and headers are longer than 80 KiB; send a long search by POST to /.search',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive'],
}

/** An error of HTTP itself in the form that SCIM clients read. RFC 7644 §3.12. */
function scimError(status: string, detail: string): { status: number; headers: string[]; body: string } {
  const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status, detail })
  return { status: Number(status), headers: ['Content-Type', 'application/scim+json'], body }
}

/** How often connections whose last answer is out are looked for while closing. */
const LOOK_EVERY_MS = 20
/** Connections still open by then are cut off; process managers usually allow about half a minute. */
const PATIENCE_MS = 25_000
/** A connection opened ahead that has sent nothing by then has no request in flight. Node does not count it as idle. */
const SILENT_MS = 500

function closeGently(server: Server, connections: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!server.listening) return resolve()
    // With `Connection: close` a client sends no other request on the same connection.
    server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'))
    // Keep-alive connections would hold it open: those without a request in flight are closed now, the others after it.
    const looking = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS)
    const silent = setTimeout(() => {
      for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
    }, SILENT_MS)
    const patience = setTimeout(() => server.closeAllConnections(), PATIENCE_MS)
    server.close((error) => {
      clearInterval(looking)
      clearTimeout(silent)
      clearTimeout(patience)
      if (error) reject(error)
      else resolve()
    })
  })
}
