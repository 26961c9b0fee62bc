// The bridge from a provider to node:http and frameworks on top of it. Loads nothing of Node by itself.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import {
  type About,
  type Answer,
  type Call,
  DIRECT,
  type Direct,
  isHost,
  originOf as originOfTarget,
  type Target,
} from './call.ts'
import { type Bodies, BodyRefused, BrokenOff, createBodies, type Parsed } from './node-body.ts'
import { send } from './node-send.ts'
import { reportError } from './terminal.ts'
import { parseUrl } from './url.ts'

/** A function from Request to Response: every provider's public face. */
export type Fetch = (request: Request) => Response | Promise<Response>

/** Options of {@link toNode}. */
export interface BridgeOptions {
  /** Bounds what the bodies under way take in memory; shared by all listeners of a process that are to be bounded together. */
  readonly bodies?: Bodies | undefined
  /** The longest body that is read for a plain function; a provider has limits of its own. Default 16 MiB. */
  readonly bodyBytes?: number | undefined
  /** Called with what a function throws, and with answers that break off. Default: prints to standard error. */
  readonly report?: ((error: unknown) => void) | undefined
}

/**
 * Makes a listener for `node:http`, Express, Fastify's raw requests, and whatever else speaks `(req, res)`. Also works behind
 * a body parser. A body is read when it is asked for: a request that is refused by its headers has none read.
 * @example express.use('/scim/v2', toNode(scim.fetch))
 */
export function toNode(
  fetch: Fetch,
  options: BridgeOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const listener = createListener(fetch, options)
  // A framework passes more than two arguments.
  return (request, response) => listener(request, response)
}

/** What a framework knows of a request that the request itself doesn't show. */
export interface Known {
  /** Path and query as the client sent them, where the framework has changed `request.url`. */
  readonly url?: string | undefined
  readonly mount?: string | undefined
  readonly scheme?: string | undefined
  readonly host?: string | undefined
  readonly remote?: string | undefined
  /** For the call. */
  readonly context?: unknown
}

/** The same as {@link toNode}, for frameworks that know more of a request. Resolves once the answer is on its way. */
export function createListener(
  fetch: Fetch,
  options: BridgeOptions = {},
): (request: IncomingMessage, response: ServerResponse, known?: Known) => void | Promise<void> {
  const direct = directOf(fetch)
  const { bodies = createBodies(), bodyBytes = BRIDGED_BYTES } = options
  const report = options.report ?? ((error) => reportError('lockstep: an answer could not be given', error))
  return (request, response, known) => {
    if (!isHost(hostOf(request))) return send(request, response, NO_HOST)
    const work =
      direct === undefined
        ? throughFetch(fetch, request, { bodies, bodyBytes })
        : throughDirect(direct, request, bodies, known)
    if (!(work instanceof Promise)) return send(request, response, work, report)
    return work.then(
      (answer) => {
        bodies.release(request)
        send(request, response, answer, report)
      },
      (error) => {
        bodies.release(request)
        fail(response, error, report)
      },
    )
  }
}

/** The longest body that is read for a plain function; a provider has limits of its own. */
const BRIDGED_BYTES = 16 * 1024 * 1024
const NO_HOST: Answer = { status: 400, headers: [] }

/** The way past Request and Response that a provider's `fetch` carries; undefined for other functions. */
export function directOf(fetch: Fetch): Direct | undefined {
  return (fetch as Fetch & { readonly [DIRECT]?: Direct })[DIRECT]
}

/** Where a request was sent. */
export function targetOf(request: Parsed, known: Known = {}): Target {
  return {
    path: pathOf(sentTo(request, known)),
    scheme: known.scheme ?? schemeOf(request),
    host: known.host !== undefined && isHost(known.host) ? known.host : hostOf(request),
    mount: known.mount ?? request.baseUrl,
    remote: known.remote ?? request.socket.remoteAddress,
    header: headerOf(request),
  }
}

function sentTo(request: Parsed, { url }: Known): string {
  return url ?? request.originalUrl ?? request.url ?? '/'
}

function pathOf(sent: string): string {
  const mark = sent.indexOf('?')
  return mark === -1 ? sent : sent.slice(0, mark)
}

function throughDirect(direct: Direct, request: Parsed, bodies: Bodies, known: Known = {}): Answer | Promise<Answer> {
  const target = targetOf(request, known)
  const located = direct.locate(target)
  if ('status' in located) return located
  const search = sentTo(request, known).slice(target.path.length + 1)
  return direct.handle(callOf(request, located.path, search, { ...located, bodies, context: known.context }))
}

/** Where a request was sent to, and what counts its body. */
export interface Place {
  readonly base: string
  readonly bodies: Bodies
  readonly tenant?: string | undefined
  readonly remote?: string | undefined
  readonly txn?: string | undefined
  readonly context?: unknown
  readonly about?: About | undefined
}

/**
 * A request as a call with a base URL.
 * @example
 * provider.handle(callOf(request, '/Users', '?count=10', { base, bodies }))
 */
export function callOf(request: IncomingMessage, path: string, search: string, place: Place): Call {
  const { base, tenant, remote, txn, context, about, bodies } = place
  return {
    method: request.method ?? 'GET',
    path,
    search,
    base,
    tenant,
    remote,
    txn,
    context,
    about,
    header: headerOf(request),
    body: (limit) => bodies.read(request, limit, tenant ?? request.socket),
    gone: (listener) => whenGone(request.socket, listener),
  }
}

function whenGone(socket: Socket, listener: () => void): () => void {
  if (socket.closed) listener()
  // Requests that were sent one behind the other, each of which may wait, share it.
  else socket.setMaxListeners(0).once('close', listener)
  return () => socket.off('close', listener)
}

function headerOf({ headers }: IncomingMessage): (name: string) => string | undefined {
  return (name) => {
    const value = headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
}

/**
 * Scheme and host that the client used.
 * @example
 * originOf(request) // https://app.example
 */
export function originOf(request: IncomingMessage): string {
  return originOfTarget({ scheme: schemeOf(request), host: hostOf(request) })
}

function schemeOf({ socket }: IncomingMessage): string {
  return 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http'
}

/** The host that a request names; HTTP/2 has it in `:authority` (RFC 9113 §8.3.1). */
function hostOf({ headers }: IncomingMessage): string | undefined {
  const { host = headers[':authority'] } = headers
  return typeof host === 'string' ? host : undefined
}

async function throughFetch(
  fetch: Fetch,
  request: Parsed,
  { bodies, bodyBytes }: { readonly bodies: Bodies; readonly bodyBytes: number },
): Promise<Answer> {
  const method = request.method ?? 'GET'
  const target = request.originalUrl ?? request.url ?? '/'
  const origin = originOf(request)
  const url = parseUrl(target.startsWith('/') ? origin + target : target, origin)
  if (url === null) return { status: 400, headers: [] }
  const refused: Refused = {}
  const left = new AbortController()
  const stay = whenGone(request.socket, () => left.abort())
  const body = carriesBody(request) ? bodyOf(request, { bodies, bodyBytes, refused }) : null
  let made: Request
  try {
    const headers = new Headers()
    for (const [name, value] of Object.entries(request.headers)) {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one)
    }
    // Without `duplex` a Request takes no stream; the types of TypeScript don't know it.
    const { signal } = left
    made = new Request(url, { method, headers, body, signal, ...(body === null ? {} : { duplex: 'half' }) })
  } catch {
    stay()
    // What a Request can't be made of: some methods (TRACE, TRACK), and URLs with credentials in them.
    return NO_REQUEST.has(method) ? NOT_ALLOWED : { status: 400, headers: [] }
  }
  let goesOn = false
  try {
    const response = await fetch(made)
    // The signal is still listened to by an answer that goes on until the client leaves.
    goesOn = response.headers.get('content-type')?.startsWith('text/event-stream') === true
    if (refused.answer !== undefined && response.status === 500) return refused.answer
    const flat: string[] = []
    for (const [name, value] of response.headers) flat.push(name, value)
    return { status: response.status, headers: flat, ...(response.body === null ? {} : { body: response.body }) }
  } catch (error) {
    if (refused.answer !== undefined) return refused.answer
    throw error
  } finally {
    if (!goesOn) stay()
  }
}

/** The answer when a body could not be read. */
interface Refused {
  answer?: Answer | undefined
}

/** Methods that a Request can't have. Fetch §2.2.1. */
const NO_REQUEST: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])
const NOT_ALLOWED: Answer = {
  status: 405,
  headers: ['Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS', 'Content-Length', '0'],
}

/** Answers for bodies that could not be read, by the name of the error, where the function has no answer of its own. */
const UNREAD: { readonly [name: string]: Answer } = {
  AbortError: { status: 400, headers: [] },
  TooLongError: { status: 413, headers: [] },
  TooSlowError: { status: 408, headers: [] },
  NoRoomError: { status: 503, headers: ['Retry-After', '1'] },
}

/** Whether a request has a body, as far as a Request may have one. RFC 9112 §6. */
function carriesBody({ method = 'GET', headers, body }: Parsed): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  return body !== undefined || headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** The body as a stream that is read on demand. `refused` holds the answer if it can't be read. */
function bodyOf(
  request: Parsed,
  options: { readonly bodies: Bodies; readonly bodyBytes: number; readonly refused: Refused },
): ReadableStream<Uint8Array> {
  const { bodies, bodyBytes, refused } = options
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const bytes = await bodies.read(request, bodyBytes, request.socket)
          if (bytes === undefined) throw new BodyRefused('TooLongError')
          if (bytes.length > 0) controller.enqueue(bytes)
          controller.close()
        } catch (error) {
          if (error instanceof Error) refused.answer = UNREAD[error.name]
          controller.error(error)
        }
      },
    },
    { highWaterMark: 0 },
  )
}

function fail(response: ServerResponse, error: unknown, report: (error: unknown) => void): void {
  if (response.headersSent || response.destroyed) response.destroy()
  else {
    response.writeHead(500)
    response.end()
  }
  if (!(error instanceof BrokenOff)) report(error)
}
