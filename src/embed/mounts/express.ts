// SCIM as middleware of Express, 4 and 5.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer, Direct } from '../../call.ts'
import { createListener, type Fetch, type Known, targetOf } from '../../node-bridge.ts'
import { send } from '../../node-send.ts'
import { SCIM_JSON, ScimError } from '../../protocol/index.ts'
import { passesOn } from './pass.ts'

/** What is used of a request of Express. */
interface ExpressRequest extends IncomingMessage {
  readonly baseUrl?: string
  readonly originalUrl?: string
  /** As the app's setting `trust proxy` has them. */
  readonly protocol?: string
  readonly hostname?: string
  readonly ip?: string | undefined
}

type Next = (error?: unknown) => void

/** For `app.use`: the middleware, and what answers when a body parser before it has refused a body. */
export type ExpressHandlers = [
  (request: ExpressRequest, response: ServerResponse, next: Next) => void,
  (error: unknown, request: ExpressRequest, response: ServerResponse, next: Next) => void,
]

/** Creates the middleware. */
export function expressMount(fetch: Fetch, direct: Direct, report: (error: unknown) => void): ExpressHandlers {
  const listener = createListener(fetch, { report })
  return [
    (request, response, next) => {
      const known = knownOf(request)
      if (passesOn(direct, targetOf(request, known), !request.baseUrl)) return next()
      void listener(request, response, known)
    },
    (error, request, response, next) => {
      const answer = refusedBefore(error)
      const located = direct.locate(targetOf(request, knownOf(request)))
      if (answer === undefined || 'status' in located || response.headersSent) return next(error)
      send(request, response, answer)
    },
  ]
}

function knownOf(request: ExpressRequest): Known {
  return { scheme: request.protocol, host: hostOf(request), remote: request.ip, context: request }
}

/** The host with its port: Express shows the name alone, from X-Forwarded-Host where the app trusts that. */
function hostOf({ headers, hostname }: ExpressRequest): string | undefined {
  const [forwarded = ''] = String(headers['x-forwarded-host'] ?? '').split(',')
  const host = forwarded.trim()
  if (host !== '' && hostname !== undefined && host.replace(/:\d{1,5}$/, '') === hostname) return host
  return headers.host
}

/** The answer where a body parser of the app has refused a body, with a limit or a grammar of its own; undefined for other errors. */
function refusedBefore(error: unknown): Answer | undefined {
  // What the parsers of Express say.
  if (!(error instanceof Error && 'status' in error && 'type' in error)) return undefined
  const { status, message } = error
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined
  const detail = `A body parser that the app runs before SCIM has refused the body (${message.slice(0, 200)}); mount scim.express() before it`
  return { status, headers: ['Content-Type', SCIM_JSON], body: JSON.stringify(new ScimError(status, detail)) }
}
