// What frameworks mount.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Direct } from '../../call.ts'
import { createListener, type Fetch } from '../../node-bridge.ts'
import type { Report } from '../report.ts'
import type { UrlTemplate } from '../url.ts'
import { type ExpressHandlers, expressMount } from './express.ts'
import { type FastifyMount, fastifyMount } from './fastify.ts'
import { type HonoHandler, honoMount } from './hono.ts'
import { type KoaMiddleware, koaMount } from './koa.ts'
import { type NextHandlers, nextMount } from './next.ts'

/**
 * SCIM as frameworks mount it. Each hands its own request or context over to `authenticate`. A path that isn't the one of the option
 * `url` is passed on to the app by a mount at the root, and answered in words by a mount at a path, or if it comes as SCIM.
 */
export interface Mounts {
  /**
   * Middleware of Express: `authenticate` gets its request. Mount it before body parsers, whose limit (100 kB) is too small for
   * groups; behind one it works with what was parsed, and says so when the parser has refused a body.
   * @example app.use(scim.express())
   */
  readonly express: () => ExpressHandlers
  /**
   * A plugin of Fastify: `authenticate` gets its request. Its route is the path of `url`; parsers of the app don't matter to it.
   * @example await app.register(scim.fastify())
   */
  readonly fastify: () => FastifyMount
  /**
   * A handler of Hono: `authenticate` gets its context.
   * @example app.use(scim.hono())
   */
  readonly hono: () => HonoHandler
  /**
   * Route handlers of Next.js, for `app/scim/v2/[...path]/route.ts`: `authenticate` gets `{ request, params }`. Nothing is opened
   * when the module is loaded, as `next build` does.
   * @example export const { GET, POST, PUT, PATCH, DELETE } = scim.next()
   */
  readonly next: () => NextHandlers
  /**
   * Middleware of Koa: `authenticate` gets its context.
   * @example app.use(scim.koa())
   */
  readonly koa: () => KoaMiddleware
  /**
   * A listener for `node:http`, and for whatever else calls `(request, response)`: `authenticate` gets the request.
   * @example createServer(scim.node()).listen(3000)
   */
  readonly node: () => (request: IncomingMessage, response: ServerResponse) => void
}

/** Creates what frameworks mount. */
export function createMounts(
  fetch: Fetch,
  direct: Direct,
  url: UrlTemplate,
  { report, close }: { readonly report: Report; readonly close: () => Promise<void> },
): Mounts {
  const told = (error: unknown) => report({ error })
  return {
    express: () => expressMount(fetch, direct, told),
    fastify: () => fastifyMount(fetch, url.path, told),
    hono: () => honoMount(direct),
    next: () => nextMount(direct, url.text, close),
    koa: () => koaMount(fetch, direct, told),
    node: () => {
      const listener = createListener(fetch, { report: told })
      return (request, response) => void listener(request, response, { context: request })
    },
  }
}
