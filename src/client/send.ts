// Sends requests: paced, authenticated, retried.

import type { Environment } from '../environment.ts'
import { ScimError } from '../protocol/index.ts'
import { parseUrl } from '../url.ts'
import type { Auth } from './auth.ts'
import { type Attempts, backoffMs, NOT_NOW, retryAfterMs, TRANSIENT } from './backoff.ts'
import { createDeadline } from './deadline.ts'
import { CLIENT_LIMITS } from './limits.ts'
import type { Pace } from './pace.ts'
import { readText } from './read-text.ts'
import { type Call, type Outgoing, toOutgoing } from './request.ts'
import { type Answer, isSafe, nameOf, type Received, readAnswer, type Sending } from './response.ts'
import { TransportError } from './transport-error.ts'

/** Sends one request and gives its answer, tried again where that is safe. Throws ScimError or {@link TransportError}. */
export type Send = (call: Call) => Promise<Answer>

/** How requests are sent. */
export interface SendOptions extends Attempts {
  /** Base URL without a slash at its end. */
  readonly base: string
  readonly auth: Auth
  readonly pace: Pace
  readonly environment: Environment
  readonly timeoutMs: number
  readonly answerBytes: number
  readonly headers: { readonly [name: string]: string }
  /** Called with each attempt, for logs: no query, no body, no credentials. */
  readonly onAttempt: ((note: Attempt) => void) | undefined
}

/** One attempt of a request, as {@link SendOptions.onAttempt} gets it. */
export interface Attempt {
  readonly method: string
  /** Path below the base URL, without the query. */
  readonly path: string
  /** From 1. */
  readonly attempt: number
  readonly status?: number
  readonly error?: string
  /** It has to wait so long first, because the server asked for a pause (`Retry-After`). */
  readonly pausedMs?: number
  /** The condition has no effect: the server says that it keeps no versions. RFC 7643 §5, "etag". */
  readonly unheeded?: 'ifMatch'
}

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE'])
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Creates the sender of one client. */
export function createSend(options: SendOptions): Send {
  const { environment, attempts, onAttempt } = options
  const { origin } = new URL(options.base)
  return async (asked) => {
    const call = { ...asked, base: options.base }
    const outgoing = toOutgoing(options.base, call)
    let refused: string | undefined
    let maybeDone = false
    for (let attempt = 1; ; attempt++) {
      call.signal?.throwIfAborted()
      const note = { method: call.method, path: call.path, attempt }
      let received: Received
      try {
        const credentials = await options.auth.headers({ refused, environment, signal: call.signal, tries: options })
        const sent = { ...outgoing, headers: { ...options.headers, ...outgoing.headers, ...credentials } }
        const ask = async () => {
          const answer = await exchange(call, sent, options)
          const pauseMs = NOT_NOW.has(answer.status) ? retryAfterOf(answer, environment) : undefined
          // While it still has its turn, so that no other request goes in between.
          if (pauseMs !== undefined) options.pace.pause(origin, Math.min(pauseMs, options.waitMs))
          return answer
        }
        received = await options.pace.run(origin, ask, call.signal, {
          ms: options.timeoutMs,
          paused: (pausedMs) => onAttempt?.({ ...note, pausedMs }),
          over: (retryAfterMs) => pausedTooLong(call, options.timeoutMs, retryAfterMs),
        })
        onAttempt?.({ ...note, status: received.status })
        if (received.status === 401 && options.auth.renews && refused === undefined) {
          // The token may have been revoked before its time. What was refused was not carried out.
          refused = credentials.authorization ?? ''
          attempt -= 1
          continue
        }
      } catch (error) {
        if (!(error instanceof TransportError)) throw error
        onAttempt?.({ ...note, error: error.code })
        maybeDone ||= error.mayBeDone
        // Don't wait out a pause that outlasts all remaining attempts.
        const outlasts = (error.retryAfterMs ?? 0) > (attempts - attempt) * options.timeoutMs
        if (attempt >= attempts || outlasts || !mayRepeat(call, error)) throw error
        await environment.wait(backoffMs(attempt, options.backoffMs, options.waitMs, environment), call.signal)
        continue
      }
      const { status } = received
      const again = NOT_NOW.has(status) || (TRANSIENT.has(status) && isRepeatable(call))
      if (again) {
        const asked = retryAfterOf(received, environment)
        if (attempt < attempts && (asked ?? 0) <= options.waitMs) {
          if (TRANSIENT.has(status)) maybeDone = !isSafe(call)
          await environment.wait(
            asked ?? backoffMs(attempt, options.backoffMs, options.waitMs, environment),
            call.signal,
          )
          continue
        }
      }
      try {
        return readAnswer(call, received, environment.now())
      } catch (error) {
        // Gone already: by the attempt whose answer never came.
        if (call.method === 'DELETE' && maybeDone && error instanceof ScimError && error.status === 404) {
          return { status: 204, headers: received.headers, body: undefined }
        }
        throw error
      }
    }
  }
}

function retryAfterOf({ headers }: Received, environment: Pick<Environment, 'now'>): number | undefined {
  return retryAfterMs(headers.get('retry-after'), environment.now())
}

/** Whether sending it twice does what sending it once does. With If-Match it doesn't: the second one would be 412. RFC 9110 §9.2.2. */
function isRepeatable(call: Call): boolean {
  return isSafe(call) || (IDEMPOTENT.has(call.method) && call.ifMatch === undefined)
}

function mayRepeat(call: Call, { code, mayBeDone }: TransportError): boolean {
  if (code !== 'ERR_NETWORK' && code !== 'ERR_TIMEOUT') return false
  return !mayBeDone || isRepeatable(call)
}

/** It was never sent: the server had asked for a pause that lasts longer than an attempt may. */
function pausedTooLong(call: Sending, timeoutMs: number, retryAfterMs: number): TransportError {
  const seconds = Math.ceil(retryAfterMs / 1_000)
  const what = `${nameOf(call)} was not sent within ${timeoutMs} ms: the server asked for a pause, of which ${seconds} s are left`
  return new TransportError('ERR_TIMEOUT', what, { mayBeDone: false, retryAfterMs })
}

/** One attempt: the request, redirects within the origin, the answer's body within its limits. */
async function exchange(call: Sending, outgoing: Outgoing, options: SendOptions): Promise<Received> {
  const { environment, timeoutMs, answerBytes } = options
  const isTimed = call.isTimed === true && call.signal !== undefined
  const deadline = isTimed ? undefined : createDeadline(timeoutMs, environment, call.signal)
  const signal = deadline?.signal ?? call.signal
  let { url } = outgoing
  let answered = false
  try {
    for (let hop = 0; ; hop++) {
      const response = await environment.fetch(url, {
        method: call.method,
        headers: { ...outgoing.headers },
        redirect: 'manual',
        ...(signal === undefined ? {} : { signal }),
        ...(outgoing.body === undefined ? {} : { body: outgoing.body }),
      })
      answered = true
      const next = redirectOf(call, response, url)
      if (next === undefined) {
        const { status } = response
        const text = await readText(response, answerBytes)
        if (text !== undefined) return received(response, text)
        const what = `the answer to ${nameOf(call)} is longer than ${answerBytes} bytes`
        throw new TransportError('ERR_TOO_LARGE', what, { mayBeDone: !isSafe(call), status })
      }
      await response.body?.cancel()
      if (hop >= CLIENT_LIMITS.REDIRECTS)
        throw refusedRedirect(call, `redirects more than ${CLIENT_LIMITS.REDIRECTS} times`)
      answered = false
      url = next.href
    }
  } catch (error) {
    if (error instanceof TransportError) throw error
    call.signal?.throwIfAborted()
    const mayBeDone = !isSafe(call) && (answered || maybeSent(error))
    if (signal?.aborted === true) {
      const what = `no whole answer to ${nameOf(call)} within ${timeoutMs} ms`
      throw new TransportError('ERR_TIMEOUT', what, { mayBeDone: !isSafe(call), cause: error })
    }
    throw new TransportError('ERR_NETWORK', `${nameOf(call)}: ${reasonOf(error)}`, {
      mayBeDone,
      cause: error,
    })
  } finally {
    deadline?.end()
  }
}

/** Most answers are read without their headers, which are dear to make. */
function received(response: Response, text: string): Received {
  return {
    status: response.status,
    get headers() {
      return response.headers
    },
    text,
  }
}

/**
 * Where a redirect within the same origin leads; undefined for other answers. Credentials never go to another origin, and nothing
 * that writes is sent on by 301 to 303, which would make it a GET.
 */
function redirectOf(call: Sending, response: Response, at: string): URL | undefined {
  if (response.type === 'opaqueredirect') throw refusedRedirect(call, 'redirects; use the URL that it leads to')
  if (!REDIRECTS.has(response.status)) return undefined
  const location = response.headers.get('location')
  const from = parseUrl(at)
  const to = location === null ? null : parseUrl(location, at)
  if (to === null) return undefined
  if (!/^https?:$/.test(to.protocol)) {
    throw refusedRedirect(call, `redirects to ${to.href.slice(0, 200)}, which is not http`)
  }
  if (to.origin !== from?.origin) {
    throw refusedRedirect(
      call,
      `redirects to ${to.origin}, where the credentials don't go; use that URL if it is right`,
    )
  }
  if (response.status < 307 && call.method !== 'GET') {
    throw refusedRedirect(call, `redirects to ${to.origin}${to.pathname}; use that URL`)
  }
  return to
}

function refusedRedirect(call: Sending, what: string): TransportError {
  return new TransportError('ERR_REDIRECT', `${nameOf(call)}: the server ${what}`, { mayBeDone: false })
}

/** Codes that say that no connection came about, so that nothing was sent. */
const NEVER_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_CERT_\w+|ERR_SSL_\w+|ERR_OUTBOUND_(?:REFUSED|CONNECT))$/

/** Whether the request may have arrived: yes, unless the runtime says why it can't have. */
function maybeSent(error: unknown): boolean {
  const codes = causesOf(error).map((each) => (each as { code?: unknown }).code)
  return !codes.some((code) => typeof code === 'string' && NEVER_SENT.test(code))
}

function reasonOf(error: unknown): string {
  const causes = causesOf(error)
  const last = causes.findLast((each) => each instanceof Error && each.message !== '')
  const code = causes.map((each) => (each as { code?: unknown }).code).find((each) => typeof each === 'string')
  return (last as Error | undefined)?.message ?? (code as string | undefined) ?? 'the network failed'
}

/** An error and what caused it, outermost first; of several causes at once (one for each address tried) all. */
function causesOf(error: unknown): readonly object[] {
  const out: object[] = []
  let current = error
  while (typeof current === 'object' && current !== null && out.length < 8) {
    out.push(current)
    const { errors, cause } = current as { errors?: unknown; cause?: unknown }
    current = Array.isArray(errors) ? errors[0] : cause
  }
  return out
}
