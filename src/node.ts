import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

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

/** A request that reads its body only when asked. */
export interface NodeCall {
  readonly method: string
  readonly path: string
  readonly search: string
  readonly base: string
  readonly tenant?: string
  /** Address of the other side, to slow down whoever guesses tokens. */
  readonly remote?: string
  header(name: string): string | undefined
  body(limit: number): Promise<Uint8Array | undefined>
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
  return (request, response) => {
    const work = direct === undefined ? throughFetch(fetch, request) : throughDirect(direct, request)
    if (work instanceof Promise)
      work.then(
        (answer) => send(request, response, answer),
        (error) => fail(response, error),
      )
    else send(request, response, work)
  }
}

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
    { maxHeaderSize: 80 * 1024, keepAliveTimeout: 65_000 },
    listen as Parameters<typeof createServer>[1],
  )
  server.on('clientError', refuseMalformed)
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    send(request, response, scimError('417', 'the Expect header asks for something that is not known here; leave it out'))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => {
      server.off('error', reject)
      const { address, port, family } = server.address() as AddressInfo
      resolve({
        url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
        server,
        close: () => closeGently(server),
      })
    })
  })
}

/** Reads a body whole; `undefined` past the limit. Rejects when the other side goes away. */
export function readBody(request: Parsed, limit: number): Promise<Uint8Array | undefined> {
  if (request.complete && request.readableEnded && request.body !== undefined) {
    // A framework has read it before us: back to bytes.
    const { body } = request
    if (Buffer.isBuffer(body)) return Promise.resolve(body.length > limit ? undefined : body)
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    return Promise.resolve(bytes.length > limit ? undefined : bytes)
  }
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
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
    request.once('error', reject)
    request.once('close', () => reject(new Error('the request was broken off')))
  })
}

/** Sends an answer; a stream only as fast as it is taken. */
export function send(request: IncomingMessage, response: ServerResponse, answer: NodeAnswer): void {
  const { status, headers, body } = answer
  if (response.destroyed) return
  // A body that was not read to its end can't be skipped in time: give the connection up.
  if (status === 413 && !request.complete) response.setHeader('Connection', 'close')
  if (body === undefined) {
    response.writeHead(status, headers as string[])
    response.end()
  } else if (typeof body === 'string') {
    const bytes = Buffer.from(body)
    response.writeHead(status, [...headers, 'Content-Length', String(bytes.length)])
    response.end(request.method === 'HEAD' ? undefined : bytes)
  } else if (body instanceof Uint8Array) {
    response.writeHead(status, headers as string[])
    response.end(request.method === 'HEAD' ? undefined : body)
  } else {
    response.writeHead(status, headers as string[])
    if (request.method === 'HEAD') response.end()
    else void stream(response, body)
  }
}

async function stream(response: ServerResponse, body: AsyncIterable<string | Uint8Array>): Promise<void> {
  try {
    for await (const piece of body) {
      if (response.destroyed) return
      if (!response.write(piece)) await drained(response)
    }
    response.end()
  } catch (error) {
    // The status is out already: cutting the connection is the only way to say that the answer isn't whole.
    response.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
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
    ...(tenant === undefined ? {} : { tenant }),
    ...(remote === undefined ? {} : { remote }),
    header: (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    body: (limit) => readBody(request, limit),
  }
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
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const bytes = hasBody ? await readBody(request, Number.MAX_SAFE_INTEGER) : undefined
  const url = new URL(request.originalUrl ?? request.url ?? '/', originOf(request))
  const body = bytes === undefined || bytes.length === 0 ? null : (bytes as Uint8Array<ArrayBuffer>)
  const response = await fetch(new Request(url, { method, headers, body }))
  const flat: string[] = []
  for (const [name, value] of response.headers) flat.push(name, value)
  if (response.body === null) return { status: response.status, headers: flat }
  return {
    status: response.status,
    headers: flat,
    body: response.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>,
  }
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) response.destroy()
  else {
    response.writeHead(500)
    response.end()
  }
  if (error instanceof Error && error.message !== 'the request was broken off') console.error(error)
}

/** Bytes that aren't HTTP get a SCIM error all the same, as far as the connection still takes one. */
function refuseMalformed(error: Error & { code?: string }, socket: import('node:stream').Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, detail] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [
          '431 Request Header Fields Too Large',
          'the request line and headers are longer than 80 KiB; send a long search by POST to /.search',
        ]
      : ['400 Bad Request', 'this is not an HTTP/1.1 request that can be read']
  const body = JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: status.slice(0, 3),
    detail,
  })
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/scim+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** How often connections whose last answer is out are looked for while closing. */
const LOOK_EVERY_MS = 20
/** Whoever has not sent or taken everything by then is cut off; those who run servers give about half a minute. */
const PATIENCE_MS = 25_000

/** An error of HTTP itself in the form that SCIM clients read. RFC 7644 §3.12. */
function scimError(status: string, detail: string): { status: number; headers: string[]; body: string } {
  const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status, detail })
  return { status: Number(status), headers: ['Content-Type', 'application/scim+json'], body }
}

function closeGently(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    // Who is told to go away doesn't send another request on the same connection.
    server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'))
    // Keep-alive connections would hold it open: those without a request in flight are closed now, the others after it.
    const looking = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS)
    const patience = setTimeout(() => server.closeAllConnections(), PATIENCE_MS)
    server.close((error) => {
      clearInterval(looking)
      clearTimeout(patience)
      if (error) reject(error)
      else resolve()
    })
  })
}
