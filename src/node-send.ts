// Sends an answer over node:http, as fast as the client takes it.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer, Body } from './call.ts'
import { isHesitant } from './node-body.ts'

/**
 * Sends an answer; a stream only as fast as the client takes it. `broken` is called when a stream fails, not when the client leaves; `id`
 * goes out as `X-Request-Id`.
 * @example
 * createServer(async (request, response) => send(request, response, await provider.handle(call)))
 */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  broken?: (error: unknown) => void,
  id?: string,
): void {
  const { status, body } = answer
  if (response.destroyed) {
    discard(body)
    return
  }
  if (!request.complete && !response.hasHeader('Connection') && isLong(request)) {
    // The rest of the body can't be waited for without end, so the connection is given up. But a client that is cut off while it
    // still writes never reads why: let it finish for a moment.
    response.setHeader('Connection', 'close')
    if (!isHesitant(request)) {
      letFinish(request, () => send(request, response, answer, broken, id))
      return
    }
  }
  const given = answer.headers as string[]
  if (body === undefined) {
    response.writeHead(status, id === undefined ? given : [...given, 'X-Request-Id', id])
    response.end()
  } else if (typeof body === 'string') {
    const length = Buffer.byteLength(body)
    response.writeHead(
      status,
      id === undefined
        ? [...given, 'Content-Length', String(length)]
        : [...given, 'Content-Length', String(length), 'X-Request-Id', id],
    )
    // Text goes out in one piece with the headers, and plain ASCII without being encoded.
    if (request.method === 'HEAD') response.end()
    else response.end(body, length === body.length ? 'latin1' : 'utf8')
    if (length > NOTED) unsent.note(response)
  } else {
    response.writeHead(status, id === undefined ? given : [...given, 'X-Request-Id', id])
    if (request.method === 'HEAD') {
      discard(body)
      response.end()
    } else if (body instanceof Uint8Array) {
      response.end(body)
      if (body.length > NOTED) unsent.note(response)
    } else void stream(response, body, broken)
  }
}

/** Bytes of an unwanted body that are read and thrown away, so that the connection can be used again. */
const SHORT = 64 * 1024
/** How long an unwanted body may go on before the answer is sent. */
const LINGER_MS = 1_000

/** Whether more of a body may come than is worth waiting for. */
function isLong({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined || headers.expect !== undefined) return true
  return Number(headers['content-length'] ?? 0) > SHORT
}

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

/** Answers that are longer than this are noted while their clients take them. */
const NOTED = 16 * 1024
/** Bytes of finished answers that clients have not taken yet, of a process. */
const UNSENT_BYTES = 64 * 1024 * 1024

/** The answers that lie in memory because their clients don't take them. */
export interface Unsent {
  /** Notes an answer that was just sent; bytes that the operating system has taken don't count. */
  readonly note: (response: ServerResponse) => void
}

/** Bounds them: past `most` bytes the client that has kept its answer waiting longest is cut off. */
export function createUnsent(most: number): Unsent {
  const waiting = new Map<ServerResponse, number>()
  let total = 0
  const forget = (response: ServerResponse) => {
    total -= waiting.get(response) ?? 0
    waiting.delete(response)
  }
  return {
    note(response) {
      const bytes = response.writableLength
      if (bytes === 0) return
      total += bytes
      waiting.set(response, bytes)
      response.once('close', () => forget(response))
      for (const oldest of waiting.keys()) {
        if (total <= most) break
        forget(oldest)
        oldest.destroy()
      }
    },
  }
}

const unsent = createUnsent(UNSENT_BYTES)

/** Releases what a stream holds when it will not be read. */
function discard(body: Body | undefined): void {
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

/** A client that takes nothing of a stream for so long is cut off: it holds a thread and a snapshot of the database. */
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
