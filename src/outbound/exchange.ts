// Sends one request and reads its answer whole, within limits of bytes and time.

import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import type { Dispatcher } from 'undici'
import type { Environment } from '../environment.ts'
import { createWholeAnswer } from '../whole-answer.ts'
import type { Connection } from './connection.ts'
import type { Connections } from './connections.ts'
import type { Destination } from './destination.ts'
import { type OutboundCode, OutboundError, outboundReason } from './outbound-error.ts'

/** What one request may take. */
export interface ExchangeLimits {
  /** From the call to the last byte of the answer, in milliseconds. */
  readonly timeMs: number
  /** Largest answer, unpacked. */
  readonly answerBytes: number
}

/** What an exchange works with. */
export interface ExchangeOptions {
  readonly connections: Connections
  readonly limits: ExchangeLimits
  readonly setTimer: Environment['setTimer']
}

/** Headers that are the connection's, or that the runtime makes itself. */
const NOT_THE_CALLERS: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'proxy-authorization',
  'proxy-connection',
])

/** Statuses whose answers have no body, not even an empty one. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

const EMPTY = new Uint8Array(0)

const unpackers = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), deflate: promisify(inflate) }

/** Sends a request as `fetch` would, but follows no redirect. Throws {@link OutboundError}, or the reason of `init.signal`. */
export async function exchange(to: Destination, init: RequestInit, options: ExchangeOptions): Promise<Response> {
  init.signal?.throwIfAborted()
  const { method = 'GET' } = init
  // A tunnel through the server would lead anywhere; the other two repeat credentials. The same as `fetch`.
  if (/^(?:CONNECT|TRACE|TRACK)$/i.test(method))
    throw new OutboundError('ERR_OUTBOUND_REFUSED', `The method ${method} is not allowed`)
  const { body, type } = await readBody(init.body)
  // It may have been aborted while the body was read: then nobody would tell the request.
  init.signal?.throwIfAborted()
  const request = {
    method: method.toUpperCase(),
    path: `${to.url.pathname}${to.url.search}`,
    headers: readHeaders(init.headers, type),
    body: body ?? null,
  }
  const { status, headers, bytes } = await send(to, request, init.signal, options)
  if (status >= 300 && status < 400 && headers.location !== undefined && init.redirect !== 'manual')
    throw wrongAnswer(to, 'redirects, which is not followed; use the URL that it leads to')
  const packed = headers['content-encoding']
  const plain =
    bytes.length > 0 && packed !== undefined ? await unpack(to, bytes, String(packed), options.limits) : bytes
  try {
    return createWholeAnswer(status, pairsOf(headers, packed !== undefined), WITHOUT_BODY.has(status) ? null : plain)
  } catch {
    throw wrongAnswer(to, `answers with status ${status}, or headers, that HTTP does not have`)
  }
}

type AnswerHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2]

/** An answer whose body has come whole. */
interface Received {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly bytes: Uint8Array<ArrayBuffer>
}

function send(
  to: Destination,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal | null | undefined,
  { connections, limits, setTimer }: ExchangeOptions,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    let open = true
    let sent = false
    let held: Connection | undefined
    const abort = () => end(signal?.reason)
    const finish = () => {
      open = false
      stop()
      signal?.removeEventListener('abort', abort)
    }
    const end = (error: unknown) => {
      if (!open) return
      finish()
      reject(error)
      if (held === undefined) leave()
      else held.drop()
    }
    const tooLate = () => {
      const what = sent ? 'whole answer from' : 'connection to'
      const code = sent ? 'ERR_OUTBOUND_TIME' : 'ERR_OUTBOUND_CONNECT'
      return new OutboundError(code, `No ${what} ${to.name} within ${limits.timeMs} ms`)
    }
    const stop = setTimer(limits.timeMs, () => end(tooLate()), { background: true })
    signal?.addEventListener('abort', abort, { once: true })
    const body = createBody()
    let status = 0
    let headers: AnswerHeaders = {}
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => {
        sent = true
      },
      // Comes for each of the answers before the answer too, with a status below 200.
      onResponseStart: (_controller, code, fields) => {
        status = code
        headers = fields
      },
      onResponseData: (_controller, chunk) => {
        if (body.add(chunk as Uint8Array<ArrayBuffer>) > limits.answerBytes) end(tooLong(to, limits))
      },
      onResponseEnd: () => {
        if (!open) return
        finish()
        held?.release()
        resolve({ status, headers, bytes: body.whole() })
      },
      // Making an error costs more than all else that is done for an answer.
      onResponseError: (_controller, error) => {
        if (open) end(error instanceof OutboundError ? error : troubleOf(to, error, sent))
      },
    }
    const leave = connections.poolFor(to).take(to.url.origin, {
      use: (connection) => {
        held = connection
        connection.client.dispatch(request, handler)
      },
      refuse: end,
    })
  })
}

/** What went wrong with a request that got no answer. */
function troubleOf(to: Destination, error: Error, sent: boolean): OutboundError {
  const { code } = error as { readonly code?: unknown }
  if (code === 'UND_ERR_INVALID_ARG')
    return new OutboundError(
      'ERR_OUTBOUND_REFUSED',
      'The request has a method or a header with characters that HTTP does not allow',
    )
  // Nothing here speaks another protocol.
  if (code === 'UND_ERR_SOCKET' && error.message === 'bad upgrade')
    return wrongAnswer(to, 'answers that it changes to another protocol')
  const what: OutboundCode = sent ? 'ERR_OUTBOUND_BROKEN' : 'ERR_OUTBOUND_CONNECT'
  const broken =
    error.name === 'HTTPParserError'
      ? 'did not answer in HTTP'
      : 'ended the connection before the whole answer had come'
  const otherwise = sent ? broken : "can't be reached"
  return new OutboundError(what, `${to.name} ${outboundReason(error, otherwise)}`)
}

/** A growing body: most come in one piece; of more one buffer is made, because they may come byte by byte, and each is an object. */
function createBody(): { add(chunk: Uint8Array<ArrayBuffer>): number; whole(): Uint8Array<ArrayBuffer> } {
  let bytes: Uint8Array<ArrayBuffer> = EMPTY
  let length = 0
  return {
    add: (chunk) => {
      if (length === 0) {
        bytes = chunk
        length = chunk.length
        return length
      }
      const next = length + chunk.length
      if (next > bytes.length) {
        const wider = new Uint8Array(Math.max(next, 2 * bytes.length))
        wider.set(bytes.subarray(0, length))
        bytes = wider
      }
      bytes.set(chunk, length)
      length = next
      return length
    },
    whole: () => (bytes.length === length ? bytes : bytes.subarray(0, length)),
  }
}

async function unpack(
  to: Destination,
  bytes: Uint8Array,
  encoding: string,
  limits: ExchangeLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const name = encoding.trim().toLowerCase()
  if (name === 'identity') return new Uint8Array(bytes)
  if (!Object.hasOwn(unpackers, name)) throw wrongAnswer(to, 'answers in an encoding that was not asked for')
  try {
    return new Uint8Array(
      await unpackers[name as keyof typeof unpackers](bytes, { maxOutputLength: limits.answerBytes }),
    )
  } catch (error) {
    if (error instanceof RangeError) throw tooLong(to, limits)
    throw wrongAnswer(to, "answers with a body that can't be unpacked")
  }
}

function tooLong({ name }: Destination, { answerBytes }: ExchangeLimits): OutboundError {
  return new OutboundError('ERR_OUTBOUND_SIZE', `${name} answers with more than ${answerBytes} bytes`)
}

function wrongAnswer({ name }: Destination, what: string): OutboundError {
  return new OutboundError('ERR_OUTBOUND_ANSWER', `${name} ${what}`)
}

/** The headers of an answer, without those that describe a body as it was before it was unpacked. */
function pairsOf(headers: AnswerHeaders, unpacked: boolean): [string, string][] {
  const pairs: [string, string][] = []
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || (unpacked && (name === 'content-encoding' || name === 'content-length'))) continue
    if (typeof value === 'string') pairs.push([name, value])
    else for (const one of value) pairs.push([name, one])
  }
  return pairs
}

function readHeaders(given: RequestInit['headers'], type: string | undefined): Record<string, string> {
  const headers: Record<string, string> = { 'accept-encoding': 'gzip, deflate', 'user-agent': 'lockstep' }
  if (type !== undefined) headers['content-type'] = type
  const pairs = given instanceof Headers || Array.isArray(given) ? given : Object.entries(given ?? {})
  for (const [name = '', value = ''] of pairs) {
    const key = name.toLowerCase()
    if (!NOT_THE_CALLERS.has(key)) headers[key] = String(value)
  }
  return headers
}

/** A body in a form that can be sent, and the type that goes with it if the caller names none. */
async function readBody(
  body: RequestInit['body'],
): Promise<{ readonly body: string | Uint8Array | undefined; readonly type?: string }> {
  if (body === undefined || body === null) return { body: undefined }
  if (typeof body === 'string' || body instanceof Uint8Array) return { body }
  const whole = new Response(body)
  const type = whole.headers.get('content-type')
  return { body: new Uint8Array(await whole.arrayBuffer()), ...(type === null ? {} : { type }) }
}
