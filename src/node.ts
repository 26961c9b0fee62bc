import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { reportError } from './terminal.ts'

/** A function from Request to Response: every provider's public face. */
export type Fetch = (request: Request) => Response | Promise<Response>

/** What an answer may carry: finished, or made while it is sent. */
export type NodeBody = string | Uint8Array | AsyncIterable<string | Uint8Array>

/** An answer without a Response around it: headers are name, value, name, value …. */
export interface NodeAnswer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body?: NodeBody
}

/**
 * A request that reads its body only when asked, its base URL already cut off the path: what `Request` says, without the cost
 * of making one.
 */
export interface NodeCall {
  readonly method: string
  /** Path below the base URL as sent, percent-encoded, with its leading slash: `/Users/2819…`. */
  readonly path: string
  /** The query as sent, without the question mark; "" if there is none. */
  readonly search: string
  /** Absolute base URL without a slash at its end: `https://scim.example/tenants/acme/scim/v2`. */
  readonly base: string
  /** The tenant that the URL names, where it names one. */
  readonly tenant?: string | undefined
  /** Address of the other side, to slow down whoever guesses tokens. */
  readonly remote?: string | undefined
  /** A header by its lower-case name. */
  header(name: string): string | undefined
  /** The body, whole; `undefined` as soon as it turns out longer than `limit` bytes. */
  body(limit: number): Promise<Uint8Array | undefined>
  /** Calls back when the client goes away before it has its answer. Returns how not to be told any more. */
  gone?(listener: () => void): () => void
}

/** Under this symbol a `fetch` may carry a way to be called without Request and Response. */
const DIRECT = Symbol.for('lockstep.direct')

interface Direct {
  readonly handle: (call: NodeCall) => NodeAnswer | Promise<NodeAnswer>
  readonly basePath: string
  readonly publicUrl: string | undefined
  readonly belowBase: (path: string, basePath: string) => string | undefined
}

/** A body that a framework has parsed before us stands here. */
type Parsed = IncomingMessage & { readonly originalUrl?: string; readonly body?: unknown }

/**
 * Makes a listener for `node:http`, Express, Fastify's raw requests, and whatever else speaks `(req, res)`. Also works behind
 * a body parser.
 * @example express.use('/scim/v2', toNode(scim.fetch))
 */
export function toNode(fetch: Fetch): (request: IncomingMessage, response: ServerResponse) => void {
  const direct = directOf(fetch)
  const broken = (error: unknown) => reportError('lockstep: an answer broke off', error)
  return (request, response) => {
    if (!isHost(request.headers.host)) return send(request, response, NO_HOST)
    const work = direct === undefined ? throughFetch(fetch, request) : throughDirect(direct, request)
    if (!(work instanceof Promise)) return send(request, response, work, broken)
    work.then(
      (answer) => send(request, response, answer, broken),
      (error) => fail(response, error),
    )
  }
}

/** The other side went away before its request was whole: nobody's fault and nothing to log. */
export class BrokenOff extends Error {
  constructor() {
    super('the request was broken off before its end')
    this.name = 'AbortError'
  }
}

/** The longest body that is gathered for a plain function; a provider has limits of its own. */
const BRIDGED_BYTES = 16 * 1024 * 1024
const NO_HOST: NodeAnswer = { status: 400, headers: [] }

/** Whether a Host header is a host and port, so that it may stand in URLs. None counts as one. RFC 9110 §7.2, RFC 3986 §3.2.2. */
export function isHost(host: string | undefined): boolean {
  if (host === undefined || host === lastHost) return true
  const is = /^(?:[\w.~!$&'()*+,;=-]{1,255}|\[[\da-fA-F:.]{2,45}\])(?::\d{1,5})?$/.test(host)
  if (is) lastHost = host
  return is
}

/** Nearly every request names the same one. */
let lastHost: string | undefined

/** A server that is listening. */
export interface Serving {
  readonly url: string
  readonly server: Server
  /** Takes no new connections, finishes the requests in flight, then resolves. */
  close(): Promise<void>
}

/** Serves a listener over HTTP. `port` 0 takes any free one. Rejects when the address is taken. */
export function serve(
  listener: Fetch | ((request: IncomingMessage, response: ServerResponse) => void),
  options: { readonly port?: number; readonly host?: string } = {},
): Promise<Serving> {
  const listen =
    directOf(listener as Fetch) !== undefined || listener.length === 1 ? toNode(listener as Fetch) : listener
  // A request line and headers of 80 KiB hold the longest URL that is read.
  const server = createServer(
    // A request without Host gets an answer that SCIM clients read, not one of Node's.
    { maxHeaderSize: 80 * 1024, keepAliveTimeout: 65_000, requireHostHeader: false },
    listen as Parameters<typeof createServer>[1],
  )
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  server.on('clientError', refuseMalformed)
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    send(
      request,
      response,
      scimError('417', 'the Expect header asks for something that is not known here; leave it out'),
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

/** Reads a body whole; `undefined` past the limit. Rejects with {@link BrokenOff} when the other side goes away. */
export function readBody(request: Parsed, limit: number): Promise<Uint8Array | undefined> {
  if (request.readableEnded) return bodyReadBefore(request, limit)
  if (request.destroyed) return Promise.reject(new BrokenOff())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else {
        // What still comes is not kept; the answer says so and the connection is closed after it.
        chunks.length = 0
        resolve(undefined)
      }
    })
    let ended = false
    request.once('end', () => {
      ended = true
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))
    })
    // Every request closes; to make an error, with its stack, costs as much as reading the body.
    const breakOff = () => {
      if (!ended) reject(new BrokenOff())
    }
    // An error that nobody listens to ends in this, too.
    request.once('close', breakOff)
  })
}

/** A body that a framework has read before us: back to bytes. */
async function bodyReadBefore({ body, headers }: Parsed, limit: number): Promise<Uint8Array | undefined> {
  if (body === undefined) {
    const had = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    if (had) throw new Error('the body was read before and is gone; mount this before what reads bodies')
    return new Uint8Array()
  }
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return bytes.length > limit ? undefined : bytes
}

/** Sends an answer; a stream only as fast as it is taken. `broken` is told when a stream fails, not when the client leaves. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: NodeAnswer,
  broken?: (error: unknown) => void,
): void {
  const { status, headers, body } = answer
  if (response.destroyed) {
    discard(body)
    return
  }
  if (status === 413 && !request.complete && !response.hasHeader('Connection')) {
    // The rest of the body can't be waited for without end, so the connection is given up. But a client that is cut off while it
    // still writes never reads why: let it finish for a moment.
    response.setHeader('Connection', 'close')
    letFinish(request, () => send(request, response, answer, broken))
    return
  }
  if (body === undefined) {
    response.writeHead(status, headers as string[])
    response.end()
  } else if (typeof body === 'string') {
    const length = Buffer.byteLength(body)
    response.writeHead(status, [...headers, 'Content-Length', String(length)])
    // Text goes out in one piece with the headers, and plain ASCII without being encoded.
    if (request.method === 'HEAD') response.end()
    else response.end(body, length === body.length ? 'latin1' : 'utf8')
  } else {
    response.writeHead(status, headers as string[])
    if (request.method === 'HEAD') {
      discard(body)
      response.end()
    } else if (body instanceof Uint8Array) response.end(body)
    else void stream(response, body, broken)
  }
}

/** How long a body that is too long may go on before the answer to it is sent. */
const LINGER_MS = 1_000

function letFinish(request: IncomingMessage, done: () => void): void {
  const go = () => {
    clearTimeout(enough)
    request.off('end', go)
    request.off('close', go)
    done()
  }
  const enough = setTimeout(go, LINGER_MS)
  request.once('end', go)
  request.once('close', go)
  request.resume()
}

/** Lets go of what a stream holds when nobody will read it. */
function discard(body: NodeBody | undefined): void {
  if (typeof body !== 'object' || body instanceof Uint8Array) return
  body[Symbol.asyncIterator]()
    .return?.()
    .catch(() => undefined)
}

async function stream(
  response: ServerResponse,
  body: AsyncIterable<string | Uint8Array>,
  broken: ((error: unknown) => void) | undefined,
): Promise<void> {
  try {
    for await (const piece of body) {
      if (response.destroyed) return
      if (!response.write(piece)) await drained(response)
    }
    response.end()
  } catch (error) {
    if (response.destroyed) return
    // The status is out already: cutting the connection is the only way to say that the answer isn't whole.
    response.destroy()
    broken?.(error)
  }
}

/** Whoever takes nothing of a stream for so long is cut off: it holds a thread and a snapshot of the database. */
const STALLED_MS = 60_000

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const stalled = setTimeout(() => response.destroy(), STALLED_MS)
    const go = () => {
      clearTimeout(stalled)
      response.off('drain', go)
      response.off('close', go)
      resolve()
    }
    response.once('drain', go)
    response.once('close', go)
  })
}

function directOf(fetch: Fetch): Direct | undefined {
  return (fetch as Fetch & { readonly [DIRECT]?: Direct })[DIRECT]
}

function throughDirect(direct: Direct, request: Parsed): NodeAnswer | Promise<NodeAnswer> {
  const target = request.originalUrl ?? request.url ?? '/'
  const mark = target.indexOf('?')
  const whole = mark === -1 ? target : target.slice(0, mark)
  const path = direct.belowBase(whole, direct.basePath)
  if (path === undefined) return { status: 404, headers: [] }
  return direct.handle(
    callOf(
      request,
      path,
      mark === -1 ? '' : target.slice(mark + 1),
      `${direct.publicUrl ?? originOf(request)}${direct.basePath}`,
    ),
  )
}

/** A request as a call with a base URL. */
export function callOf(
  request: IncomingMessage,
  path: string,
  search: string,
  base: string,
  tenant?: string,
  remote?: string,
): NodeCall {
  return {
    method: request.method ?? 'GET',
    path,
    search,
    base,
    tenant,
    remote,
    header: (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    body: (limit) => readBody(request, limit),
    gone: (listener) => whenGone(request.socket, listener),
  }
}

function whenGone(socket: Socket, listener: () => void): () => void {
  if (socket.closed) listener()
  // Requests that were sent one behind the other, each of which may wait, share it.
  else socket.setMaxListeners(0).once('close', listener)
  return () => socket.off('close', listener)
}

/** Scheme and host that the client used. */
export function originOf(request: IncomingMessage): string {
  const secure = 'encrypted' in request.socket && request.socket.encrypted === true
  return `${secure ? 'https' : 'http'}://${request.headers.host ?? 'localhost'}`
}

async function throughFetch(fetch: Fetch, request: Parsed): Promise<NodeAnswer> {
  const method = request.method ?? 'GET'
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one)
  }
  const bytes = method === 'GET' || method === 'HEAD' ? new Uint8Array() : await readBody(request, BRIDGED_BYTES)
  if (bytes === undefined) return { status: 413, headers: [] }
  const target = request.originalUrl ?? request.url ?? '/'
  const origin = originOf(request)
  const url = URL.parse(target.startsWith('/') ? origin + target : target, origin)
  if (url === null) return { status: 400, headers: [] }
  const body = bytes.length === 0 ? null : (bytes as Uint8Array<ArrayBuffer>)
  const response = await fetch(new Request(url, { method, headers, body }))
  const flat: string[] = []
  for (const [name, value] of response.headers) flat.push(name, value)
  return { status: response.status, headers: flat, ...(response.body === null ? {} : { body: response.body }) }
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) response.destroy()
  else {
    response.writeHead(500)
    response.end()
  }
  if (!(error instanceof BrokenOff)) reportError('lockstep', error)
}

/** Bytes that aren't HTTP get a SCIM error all the same, as far as the connection still takes one. */
function refuseMalformed(error: Error & { code?: string }, socket: Duplex & { _httpMessage?: ServerResponse }): void {
  // In the middle of an answer it would be taken for a part of it.
  if (!socket.writable || error.code === 'ECONNRESET' || socket._httpMessage?.headersSent) {
    socket.destroy()
    return
  }
  const [status, detail] = MALFORMED[error.code ?? ''] ?? NOT_HTTP
  const body = JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: status.slice(0, 3),
    detail,
  })
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/scim+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

const NOT_HTTP = ['400 Bad Request', 'this is not an HTTP/1.1 request that can be read'] as const
const MALFORMED: { readonly [code: string]: readonly [status: string, detail: string] } = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'the request line and headers are longer than 80 KiB; send a long search by POST to /.search',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request took too long to arrive'],
}

/** How often connections whose last answer is out are looked for while closing. */
const LOOK_EVERY_MS = 20
/** Whoever has not sent or taken everything by then is cut off; those who run servers give about half a minute. */
const PATIENCE_MS = 25_000
/** Whoever has opened a connection ahead and sent nothing by then has no request in flight. Node doesn't count it as idle. */
const SILENT_MS = 500

/** An error of HTTP itself in the form that SCIM clients read. RFC 7644 §3.12. */
function scimError(status: string, detail: string): { status: number; headers: string[]; body: string } {
  const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status, detail })
  return { status: Number(status), headers: ['Content-Type', 'application/scim+json'], body }
}

function closeGently(server: Server, connections: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!server.listening) return resolve()
    // Who is told to go away doesn't send another request on the same connection.
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
