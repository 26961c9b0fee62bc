// The table of faces: which part of the server answers a path. A new face is one line in `app.ts`.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from '../call.ts'
import { send } from '../node.ts'
import { LIMITS, notFound, SCIM_JSON, ScimError, uriTooLong } from '../protocol/index.ts'
import type { Log } from './monitoring/log.ts'
import type { RequestLog } from './monitoring/request-log.ts'
import { otherRouteOf } from './monitoring/route-meters.ts'
import type { RequestOrigin } from './request-origin.ts'

/** A request that has arrived. */
export interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** By `performance.now()`. */
  readonly began: number
}

/** One part of the server, by the beginning of its paths. */
export interface Face {
  /** Like `/admin/`; without a slash at the end it is the whole path. */
  readonly prefix: string
  /** Who may use it: `private` carries tokens and personal data, so never in the clear; `probe` answers for any Host. */
  readonly openTo: 'private' | 'probe' | 'public'
  /** Ends answers that would go on for ever: the server stops. */
  readonly end?: () => void
  /** Answers a request. Returns false if the path isn't one of its own after all. Must not throw. */
  readonly answer: (arrival: Arrival, url: string) => boolean
}

/** What faces and their table are connected to. */
export interface FaceDeps {
  readonly requestOrigin: RequestOrigin
  readonly log: Log
  readonly requestLog: RequestLog
  /** Receives requests that no face takes, and their paths. */
  readonly lost?: (request: IncomingMessage, path: string, began: number) => void
}

/** A face of a listener, with its errors and its line in the log. */
export function faceOf(
  deps: FaceDeps,
  face: Omit<Face, 'answer'> & {
    readonly listener: (request: IncomingMessage, response: ServerResponse) => unknown
  },
): Face {
  const { prefix, openTo, listener } = face
  const whole = !prefix.endsWith('/')
  return {
    prefix,
    openTo,
    answer: (arrival, url) => {
      if (whole && url.length > prefix.length && url[prefix.length] !== '?') return false
      logWhenSent(deps, arrival, url)
      void answerLater(deps, arrival, listener)
      return true
    },
  }
}

async function answerLater(
  { log }: FaceDeps,
  { request, response }: Arrival,
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<void> {
  try {
    await listener(request, response)
  } catch (error) {
    if (error instanceof ScimError) return send(request, response, refusalAnswer(error))
    log.error({ err: error }, 'internal error')
    const internal = new ScimError(500, 'Internal error; see the log of the server')
    if (!response.headersSent) send(request, response, refusalAnswer(internal))
  }
}

/** Answers a request by the first face that takes it, or refuses it. */
export function answerBy(faces: readonly Face[], deps: FaceDeps, arrival: Arrival): void {
  const { request, response, began } = arrival
  const url = targetOf(request)
  const face = faceAt(faces, url)
  const refusal = refusalOf(deps.requestOrigin, face, request, url)
  if (refusal !== undefined) {
    const answer = refusalAnswer(refusal)
    send(request, response, answer)
    const { method = '' } = request
    deps.requestLog.answered?.({ method, route: otherRouteOf(url), ms: performance.now() - began }, answer)
    return
  }
  if (face?.answer(arrival, url)) return
  logWhenSent(deps, arrival, url)
  send(request, response, NOTHING)
  deps.lost?.(request, url.split('?', 1)[0] ?? url, began)
}

function faceAt(faces: readonly Face[], url: string): Face | undefined {
  for (const face of faces) if (url.startsWith(face.prefix)) return face
  return undefined
}

/** Why a request is refused before any face sees it. */
function refusalOf(
  requestOrigin: RequestOrigin,
  face: Face | undefined,
  request: IncomingMessage,
  url: string,
): ScimError | undefined {
  if (face?.openTo === 'probe' && url === face.prefix) return requestOrigin.malformed(request)
  const refusal = requestOrigin.refusal(request, face?.openTo === 'private')
  return refusal ?? (url.length > LIMITS.URL_LENGTH ? TOO_LONG : undefined)
}

function logWhenSent({ requestLog }: FaceDeps, { request, response, began }: Arrival, url: string): void {
  if (requestLog.answered === undefined) return
  const { method = '' } = request
  response.once('close', () => {
    const answer = { status: response.statusCode }
    requestLog.answered?.({ method, route: otherRouteOf(url), ms: performance.now() - began }, answer)
  })
}

/** Path and query of a request. A target in absolute form, which proxies send, counts instead of Host. RFC 9112 §3.2.2. */
function targetOf(request: IncomingMessage): string {
  const { url = '/' } = request
  if (url.startsWith('/')) return url
  const [, host, target = ''] = /^https?:\/\/([^/?#]*)((?:[/?#].*)?)$/is.exec(url) ?? []
  if (host === undefined) return url
  request.headers.host = host
  return target.startsWith('/') ? target : `/${target}`
}

/** An error of the server itself as an answer. */
export function refusalAnswer(error: ScimError): Answer {
  const headers = [
    'Content-Type',
    SCIM_JSON,
    'Cache-Control',
    'no-store',
    ...Object.entries(error.headers ?? {}).flat(),
  ]
  return { status: error.status, headers, body: JSON.stringify(error) }
}

const TOO_LONG = uriTooLong(`The URL is longer than ${LIMITS.URL_LENGTH} characters; send a search by POST to /.search`)
const NOTHING = refusalAnswer(notFound('There is nothing here; SCIM is at /tenants/{tenant}/scim/v2'))
