// SCIM as middleware of Koa.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Direct } from '../../call.ts'
import { createListener, type Fetch, type Known, targetOf } from '../../node-bridge.ts'
import { passesOn } from './pass.ts'

/** What is used of a context of Koa. */
interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly originalUrl: string
  /** Where koa-mount has mounted this. */
  readonly mountPath?: string | undefined
  /** As the app's setting `proxy` has them. */
  readonly protocol: string
  readonly host: string
  readonly ip: string
  readonly request: { readonly body?: unknown; readonly rawBody?: unknown }
  respond?: boolean | undefined
}

/** For `app.use`. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>

/** Creates the middleware. */
export function koaMount(fetch: Fetch, direct: Direct, report: (error: unknown) => void): KoaMiddleware {
  const listener = createListener(fetch, { report })
  return async (context, next) => {
    const known = knownOf(context)
    const { req, res, request } = context
    if (passesOn(direct, targetOf(req, known), context.mountPath === undefined)) return next()
    // A body parser of Koa leaves what it has read in its own request.
    const body = request.rawBody ?? request.body
    if (req.readableEnded && body !== undefined) Object.assign(req, { body })
    // Koa must not answer as well.
    context.respond = false
    return listener(req, res, known)
  }
}

function knownOf(context: KoaContext): Known {
  const { originalUrl: url, mountPath: mount, protocol: scheme, host, ip: remote } = context
  return { url, mount, scheme, host: host === '' ? undefined : host, remote, context }
}
