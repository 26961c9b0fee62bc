// Sends one HTTP request and keeps it with its answer, however odd the answer is.

import type { Json } from '../../protocol/index.ts'

/** Headers to send; `undefined` leaves out one that would be sent otherwise. */
export type Headers = { readonly [name: string]: string | undefined }

/** One request and its answer, as they went over the wire. */
export interface Exchange {
  readonly method: string
  readonly url: string
  /** As sent, the credentials included: masked before anything is shown. */
  readonly sent: { readonly [name: string]: string }
  readonly payload: string | undefined
  readonly status: number
  readonly header: (name: string) => string | undefined
  readonly headers: { readonly [name: string]: string }
  /** The body as text, "" when there is none. */
  readonly text: string
  /** The body parsed; undefined when there is none or it isn't JSON. */
  readonly body: Json | undefined
  readonly ms: number
}

/** No answer came: the connection was refused or broken off, or the answer took too long. */
export class NoAnswer extends Error {}

/** What is needed to send. */
export interface WireOptions {
  readonly fetch: (request: Request) => Promise<Response>
  readonly timeoutMs: number
  /** Once it is aborted nothing more is sent. */
  readonly signal: AbortSignal | undefined
}

/** Longest answer that is read. */
const ANSWER_BYTES = 16 * 1024 * 1024

/** Sends one request and reads the whole answer, however odd: no redirect is followed, nothing is mended or retried. */
export async function exchange(
  options: WireOptions,
  method: string,
  url: string,
  sent: { readonly [name: string]: string },
  payload: string | undefined,
): Promise<Exchange> {
  // A request under way is waited for even when the check is stopped: what it creates must be known to be removed.
  options.signal?.throwIfAborted()
  const limit = AbortSignal.timeout(options.timeoutMs)
  const begun = Date.now()
  try {
    // Bytes and not text: fetch would add a media type of its own to text.
    const body = payload === undefined ? {} : { body: new TextEncoder().encode(payload) }
    const response = await options.fetch(
      new Request(url, { method, headers: { ...sent }, redirect: 'manual', signal: limit, ...body }),
    )
    const text = await readText(response)
    const headers = Object.fromEntries(response.headers)
    return {
      method,
      url,
      sent,
      payload,
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      headers,
      text,
      body: parse(text),
      ms: Date.now() - begun,
    }
  } catch (error) {
    throw new NoAnswer(
      `${method} ${url}: ${limit.aborted ? `no answer within ${options.timeoutMs} ms` : causeOf(error)}`,
    )
  }
}

async function readText(response: Response): Promise<string> {
  if (response.body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > ANSWER_BYTES) throw new NoAnswer(`the answer is longer than ${ANSWER_BYTES} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function parse(text: string): Json | undefined {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The cause of a failed fetch, which says more than "fetch failed". */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message
}

/** Headers that leave out all that may be credentials of an earlier request. */
export function withoutSecrets({ sent }: Exchange): Headers {
  const usual = ['accept', 'content-type', 'user-agent']
  const secret = Object.keys(sent).filter((name) => !usual.includes(name))
  return Object.fromEntries(['authorization', ...secret].map((name) => [name, undefined]))
}
