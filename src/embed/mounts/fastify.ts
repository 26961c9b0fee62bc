// SCIM as a plugin of Fastify.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { createListener, type Fetch } from '../../node-bridge.ts'

/** What is used of a request of Fastify. */
interface FastifyRequest {
  readonly raw: IncomingMessage
  readonly originalUrl: string
  /** As the app's setting `trustProxy` has them. */
  readonly protocol: string
  readonly host: string
  readonly ip: string
}

/** What is used of a reply of Fastify. */
interface FastifyReply {
  readonly raw: ServerResponse
  hijack(): unknown
}

type Done = (error: Error | null, body?: unknown) => void

/** What is used of an instance of Fastify. */
interface FastifyScope {
  readonly prefix: string
  removeAllContentTypeParsers(): void
  addContentTypeParser(type: string, parser: (request: never, payload: never, done: Done) => void): unknown
  all(path: string, options: object, handler: (request: never, reply: never) => unknown): unknown
}

/** For `app.register`. */
export type FastifyMount = (scope: FastifyScope) => Promise<void>

/** Creates the plugin. `path` is that of the `url`, with `:tenant` where the tenant is in the path. */
export function fastifyMount(fetch: Fetch, path: string, report: (error: unknown) => void): FastifyMount {
  const listener = createListener(fetch, { report })
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack()
    void listener(request.raw, reply.raw, {
      url: request.originalUrl,
      scheme: request.protocol,
      host: request.host,
      remote: request.ip,
      context: request,
    })
  }
  return async (scope) => {
    // Within this scope, bodies are read here: the app's parsers and their limit are for the app.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    const at = routeOf(path, scope.prefix)
    scope.all(at === '' ? '/' : at, {}, answer as never)
    scope.all(`${at}/*`, {}, answer as never)
  }
}

/** The path of the route below a prefix. The base URL counts without its version, too (RFC 7644 §3.13). */
function routeOf(path: string, prefix: string): string {
  const unversioned = path.replace(/\/v2$/, '')
  if (prefix === '' || prefix === '/') return unversioned
  // A prefix that isn't part of the `url`: all below it is taken, and answered in words.
  return unversioned === prefix || unversioned.startsWith(`${prefix}/`) ? unversioned.slice(prefix.length) : ''
}
