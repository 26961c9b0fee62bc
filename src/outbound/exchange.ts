// Sends one request and reads its answer whole, within limits of bytes and time.

import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { request as requestTls } from 'node:https'
import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import type { Environment } from '../environment.ts'
import { createWholeAnswer } from '../whole-answer.ts'
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

/** Methods whose requests have no body unless they are given one. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS'])

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
  const headers = ['host', to.url.host]
  for (const [name, value] of Object.entries(readHeaders(init.headers, type))) headers.push(name, value)
  // What has no body says nothing of one, but where one is expected. RFC 9110 §8.6.
  if (body !== undefined || !BODILESS.has(method.toUpperCase()))
    headers.push('content-length', String(body === undefined ? 0 : Buffer.byteLength(body)))
  // It may have been aborted while the body was read: then nobody would tell the request.
  init.signal?.throwIfAborted()
  const { answer, bytes } = await send(to, { method, headers }, body, init.signal, options)
  const status = answer.statusCode ?? 0
  if (status >= 300 && status < 400 && answer.headers.location !== undefined && init.redirect !== 'manual')
    throw wrongAnswer(to, 'redirects, which is not followed; use the URL that it leads to')
  const packed = answer.headers['content-encoding']
  const plain = bytes.length > 0 && packed !== undefined ? await unpack(to, bytes, packed, options.limits) : bytes
  try {
    return createWholeAnswer(status, pairsOf(answer, packed !== undefined), WITHOUT_BODY.has(status) ? null : plain)
  } catch {
    throw wrongAnswer(to, `answers with status ${status}, or headers, that HTTP does not have`)
  }
}

/** An answer whose body has come whole. */
interface Received {
  readonly answer: IncomingMessage
  readonly bytes: Uint8Array<ArrayBuffer>
}

function send(
  to: Destination,
  head: { readonly method: string; readonly headers: readonly string[] },
  body: string | Uint8Array | undefined,
  signal: AbortSignal | null | undefined,
  { connections, limits, setTimer }: ExchangeOptions,
): Promise<Received> {
  const { url, host } = to
  return new Promise((resolve, reject) => {
    const call = start(
      { ...head, host, port: url.port, path: `${url.pathname}${url.search}`, agent: connections.agentFor(to) },
      url,
    )
    const abort = () => end(signal?.reason)
    const stop = setTimer(limits.timeMs, () => end(tooLate()), { background: true })
    let open = true
    const finish = () => {
      open = false
      stop()
      signal?.removeEventListener('abort', abort)
    }
    const end = (error: unknown) => {
      if (!open) return
      finish()
      reject(error)
      call.destroy()
    }
    const failed = (error: unknown) => {
      // Every answer closes in the end: an error costs more than all else that is done for one.
      if (open) end(error instanceof OutboundError ? error : troubleOf(error))
    }
    const sent = () => connections.established(call.socket)
    const tooLate = () => {
      const what = sent() ? 'whole answer from' : 'connection to'
      return new OutboundError(
        sent() ? 'ERR_OUTBOUND_TIME' : 'ERR_OUTBOUND_CONNECT',
        `No ${what} ${to.name} within ${limits.timeMs} ms`,
      )
    }
    const troubleOf = (error: unknown) => {
      const code: OutboundCode = sent() ? 'ERR_OUTBOUND_BROKEN' : 'ERR_OUTBOUND_CONNECT'
      const otherwise = sent() ? 'ended the connection before the whole answer had come' : "can't be reached"
      return new OutboundError(code, `${to.name} ${outboundReason(error, otherwise)}`)
    }
    signal?.addEventListener('abort', abort, { once: true })
    call.on('error', failed)
    // Nothing here speaks another protocol.
    call.once('upgrade', (_answer, socket) => {
      socket.destroy()
      failed(wrongAnswer(to, 'answers that it changes to another protocol'))
    })
    call.once('response', (answer: IncomingMessage) => {
      const body = createBody()
      answer.on('data', (chunk: Uint8Array<ArrayBuffer>) => {
        if (body.add(chunk) > limits.answerBytes) failed(tooLong(to, limits))
      })
      answer.on('error', failed)
      answer.once('end', () => {
        finish()
        resolve({ answer, bytes: body.whole() })
      })
      // Where neither an end nor an error comes.
      answer.once('close', () => failed(undefined))
    })
    call.end(body)
  })
}

/** Begins a request. Node refuses headers that would break out of their line. */
function start(options: RequestOptions, url: URL): ClientRequest {
  try {
    return (url.protocol === 'https:' ? requestTls : request)(options)
  } catch {
    throw new OutboundError(
      'ERR_OUTBOUND_REFUSED',
      'The request has a method or a header with characters that HTTP does not allow',
    )
  }
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
function pairsOf({ rawHeaders }: IncomingMessage, unpacked: boolean): [string, string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const { [at]: name = '', [at + 1]: value = '' } = rawHeaders
    if (unpacked && /^content-(?:encoding|length)$/i.test(name)) continue
    pairs.push([name, value])
  }
  return pairs
}

function readHeaders(given: RequestInit['headers'], type: string | undefined): { readonly [name: string]: string } {
  const headers: { [name: string]: string } = { 'accept-encoding': 'gzip, deflate', 'user-agent': 'lockstep' }
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
