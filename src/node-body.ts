// Reads the bodies of node:http requests, bounded for the whole process.

import type { IncomingMessage, ServerResponse } from 'node:http'

/** A request as it comes; `body` holds what a framework has parsed before us. */
export type Parsed = IncomingMessage & {
  readonly originalUrl?: string
  /** The path that Express has mounted this at. */
  readonly baseUrl?: string
  readonly body?: unknown
}

/** The client disconnected before its request was complete: not an error, and nothing to log. */
export class BrokenOff extends Error {
  constructor() {
    super('The request was aborted before it was complete')
    this.name = 'AbortError'
  }
}

const REFUSALS = {
  NoRoomError: 'too many bytes of bodies are under way',
  TooSlowError: 'the body came too slowly',
  TooLongError: 'the body is longer than is read here',
} as const

/** A body was not read to its end; the name says why. */
export class BodyRefused extends Error {
  constructor(name: keyof typeof REFUSALS) {
    super(REFUSALS[name])
    this.name = name
  }
}

/**
 * Reads bodies, and bounds what all of them together take in memory. A body counts as its bytes come, until its request is
 * answered: what a client only announces costs nothing.
 */
export interface Bodies {
  /**
   * Reads a body whole; `undefined` past the limit. `key` is whose it is, for the share: a tenant, or the connection. Rejects with
   * {@link BrokenOff} when the other side goes away, and with {@link BodyRefused}.
   */
  readonly read: (request: Parsed, limit: number, key: unknown) => Promise<Uint8Array | undefined>
  /** The request is answered: its body no longer counts. */
  readonly release: (request: IncomingMessage) => void
  /** Bytes under way. */
  readonly held: () => number
}

/** Default bound on the bytes of all bodies under way in a process. */
const MOST = 64 * 1024 * 1024
/** A client that sends nothing of its body for so long is cut off: it holds a share of the memory for all. */
const SILENT_MS = 15_000

/**
 * Creates the count. A client may not hold more than is left for the others: one alone gets half of it, and however many
 * fill their share, there is always as large a share left for the next.
 * @example
 * const bodies = createBodies({ most: 64 * 1024 * 1024 })
 */
export function createBodies(options: { readonly most?: number; readonly silentMs?: number } = {}): Bodies {
  const { most = MOST, silentMs = SILENT_MS } = options
  const shares = new Map<unknown, number>()
  const taken = new WeakMap<IncomingMessage, { readonly key: unknown; bytes: number }>()
  let held = 0

  function take(request: IncomingMessage, key: unknown, bytes: number): void {
    const share = (shares.get(key) ?? 0) + bytes
    if (share > most - held) {
      release(request)
      throw new BodyRefused('NoRoomError')
    }
    held += bytes
    shares.set(key, share)
    const one = taken.get(request)
    if (one === undefined) taken.set(request, { key, bytes })
    else one.bytes += bytes
  }

  function release(request: IncomingMessage): void {
    const one = taken.get(request)
    if (one === undefined) return
    taken.delete(request)
    held -= one.bytes
    const share = (shares.get(one.key) ?? 0) - one.bytes
    if (share > 0) shares.set(one.key, share)
    else shares.delete(one.key)
  }

  function read(request: Parsed, limit: number, key: unknown): Promise<Uint8Array | undefined> {
    if (request.readableEnded) return bodyReadBefore(request, limit)
    if (request.destroyed) return Promise.reject(new BrokenOff())
    askFor(request)
    return new Promise((resolve, reject) => {
      let chunks: Buffer[] = []
      let size = 0
      let settled = false
      // Nearly every body has come as a whole already.
      const silence = request.complete ? undefined : setTimeout(() => refuse(new BodyRefused('TooSlowError')), silentMs)
      const settle = () => {
        settled = true
        clearTimeout(silence)
        // What still comes is not kept; the answer says so and the connection is closed after it.
        chunks = []
      }
      const refuse = (error: Error) => {
        if (settled) return
        settle()
        release(request)
        reject(error)
      }
      request.on('data', (chunk: Buffer) => {
        if (settled) return
        silence?.refresh()
        size += chunk.length
        if (size > limit) {
          settle()
          release(request)
          resolve(undefined)
          return
        }
        try {
          take(request, key, chunk.length)
          chunks.push(chunk)
        } catch (error) {
          refuse(error as Error)
        }
      })
      request.once('end', () => {
        if (settled) return
        const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
        settle()
        resolve(bytes)
      })
      // An error without a listener ends here too; every request closes.
      request.once('close', () => {
        if (!settled) refuse(new BrokenOff())
      })
    })
  }

  return { read, release, held: () => held }
}

/**
 * Reads a whole body without a shared bound; `undefined` past the limit.
 * @example
 * const body = await readBody(request, 1_000_000)
 */
export function readBody(request: Parsed, limit: number): Promise<Uint8Array | undefined> {
  return createBodies({ most: Number.POSITIVE_INFINITY }).read(request, limit, undefined)
}

/** Answers of requests with `Expect: 100-continue`, whose client waits before it sends the body. RFC 9110 §10.1.1. */
const hesitant = new WeakMap<IncomingMessage, ServerResponse>()

/** Records that a client waits for 100 Continue, which is sent when its body is read, or never if its headers are rejected. */
export function hesitates(request: IncomingMessage, response: ServerResponse): void {
  hesitant.set(request, response)
}

/** Whether a client still waits for a word, and so has sent nothing of its body. */
export function isHesitant(request: IncomingMessage): boolean {
  return request.headers.expect !== undefined && hesitant.has(request)
}

function askFor(request: IncomingMessage): void {
  if (request.headers.expect === undefined) return
  const response = hesitant.get(request)
  hesitant.delete(request)
  if (response !== undefined && !response.headersSent && !response.destroyed) response.writeContinue()
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
