// Requests of adapters that speak HTTP and JSON, and what their answers mean for the hub.

import { retryAfterMs } from '../../client/index.ts'
import type { Environment } from '../../environment.ts'
import { AppError, type AppErrorDetails, type AppTrouble } from '../contract/index.ts'

/** A request of an adapter. */
export interface AppRequest {
  /** `POST` */
  readonly method: string
  readonly url: string
  /** Names in lower case. */
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
  readonly signal: AbortSignal
}

/** An answer with a status from 200 to 299. */
export interface AppAnswer {
  readonly status: number
  readonly text: string
}

/** Largest answer that is read, in bytes. */
const ANSWER_BYTES = 8 * 1024 * 1024
/** How much of what an app says about a refusal is shown. */
const SAID = 200
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Sends a request. Every other answer than a success, and the lack of one, is an {@link AppError}. */
export async function sendToApp(
  request: AppRequest,
  { fetch, now }: Pick<Environment, 'fetch' | 'now'>,
): Promise<AppAnswer> {
  const { method, url, headers = {}, body, signal } = request
  const name = `${method} ${pathOf(url)}`
  const reads = READS.has(method)
  let answer: Response
  let text: string | undefined
  try {
    answer = await fetch(url, { method, headers, redirect: 'manual', signal, ...(body === undefined ? {} : { body }) })
    text = await readBounded(answer)
  } catch (error) {
    if (signal.reason instanceof AppError) throw signal.reason
    throw new AppError(reads || wasNeverSent(error) ? 'unavailable' : 'unknown', `${name}: ${messageOf(error)}`)
  }
  const { status } = answer
  if (text === undefined) {
    const trouble = reads ? 'unavailable' : 'unknown'
    throw new AppError(trouble, `${name} was answered with more than ${ANSWER_BYTES} bytes`, { status })
  }
  if (status >= 200 && status < 300) return { status, text }
  const asked = retryAfterMs(answer.headers.get('retry-after'), now())
  const details: AppErrorDetails = { status, ...(asked === undefined ? {} : { retryAfterMs: asked }) }
  const said = text.replace(/\s+/g, ' ').trim().slice(0, SAID)
  const message = `${name} was answered ${status}${said === '' ? '' : `: ${said}`}`
  throw new AppError(troubleOfStatus(status, reads), message, details)
}

/** What a status that is no success means. 404 is about the account that the URL names. */
export function troubleOfStatus(status: number, reads: boolean): AppTrouble {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return 'credentials'
    case 404:
    case 410:
      return 'gone'
    case 409:
      return reads ? 'unavailable' : 'conflict'
    case 413:
      return 'too-large'
    case 429:
    case 503:
      return 'throttled'
    default:
      break
  }
  // Somewhere else may be the app; here it isn't.
  if (status >= 300 && status < 400) return 'unavailable'
  if (status >= 400 && status < 500 && status !== 408 && status !== 425) return 'refused'
  return reads ? 'unavailable' : 'unknown'
}

/** A body as text, or undefined when it is too long. */
async function readBounded(answer: Response): Promise<string | undefined> {
  if (answer.body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for await (const chunk of answer.body) {
    length += chunk.length
    if (length > ANSWER_BYTES) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** Codes of errors that say that no connection came about. */
const NEVER_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|ERR_OUTBOUND_(?:REFUSED|CONNECT))$/

function wasNeverSent(error: unknown): boolean {
  let current = error
  for (let depth = 0; depth < 4 && typeof current === 'object' && current !== null; depth++) {
    const { code, cause } = current as { readonly code?: unknown; readonly cause?: unknown }
    if (typeof code === 'string' && NEVER_SENT.test(code)) return true
    current = cause
  }
  return false
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : 'a URL that is none'
}

function messageOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : { cause: undefined }
  const inner = cause instanceof Error && cause.message !== '' ? cause : error
  return inner instanceof Error ? inner.message : String(inner)
}
