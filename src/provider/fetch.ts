// Answers a Request through a provider: turns it into a call, and the answer into a Response.

import { type Answer, type Call, type Direct, isHost, type Target } from '../call.ts'

/** What a framework knows of a Request that the Request itself doesn't show. */
export interface KnownOfRequest extends Partial<Pick<Target, 'host' | 'remote'>> {
  /** For the call. */
  readonly context?: unknown
}

/** Where a Request was sent. */
export function targetOf(request: Request, known: KnownOfRequest = {}): Target {
  const { pathname, protocol, host } = new URL(request.url)
  return {
    path: pathname,
    scheme: protocol.slice(0, -1),
    host: known.host !== undefined && isHost(known.host) ? known.host : host,
    remote: known.remote,
    header: (name) => request.headers.get(name) ?? undefined,
  }
}

/** Answers a Request through a provider. */
export async function fetchThrough(direct: Direct, request: Request, known: KnownOfRequest = {}): Promise<Response> {
  const target = targetOf(request, known)
  const located = direct.locate(target)
  if ('status' in located) return responseOf(located, request.method)
  const call: Call = {
    ...located,
    method: request.method,
    search: new URL(request.url).search.slice(1),
    context: known.context,
    header: target.header,
    body: (limit) => readAll(request, limit),
    gone: (listener) => whenGone(request.signal, listener),
  }
  return responseOf(await direct.handle(call), request.method)
}

function whenGone(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) listener()
  else signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

/** An answer as a Response; a stream is read as the other side takes it. */
function responseOf(answer: Answer, method: string): Response {
  const headers = new Headers()
  for (let at = 0; at < answer.headers.length; at += 2) {
    const name = answer.headers[at]
    if (name !== undefined) headers.append(name, answer.headers[at + 1] ?? '')
  }
  const { status, body } = answer
  if (body === undefined || method === 'HEAD') {
    if (typeof body === 'object' && !(body instanceof Uint8Array)) body[Symbol.asyncIterator]().return?.().catch(ignore)
    return new Response(null, { status, headers })
  }
  if (typeof body === 'string') return new Response(body, { status, headers })
  if (body instanceof Uint8Array) return new Response(body as Uint8Array<ArrayBuffer>, { status, headers })
  const encoder = new TextEncoder()
  const pieces = body[Symbol.asyncIterator]()
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await pieces.next()
      if (next.done) controller.close()
      else controller.enqueue(typeof next.value === 'string' ? encoder.encode(next.value) : next.value)
    },
    async cancel() {
      await pieces.return?.()
    },
  })
  return new Response(stream, { status, headers })
}

function ignore(): void {}

async function readAll(request: Request, limit: number): Promise<Uint8Array | undefined> {
  if (request.bodyUsed || request.body?.locked === true) {
    throw new Error('The body was read before and is gone; mount this before what reads bodies')
  }
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.length
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  const [first] = chunks
  if (chunks.length === 1 && first !== undefined) return first
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
