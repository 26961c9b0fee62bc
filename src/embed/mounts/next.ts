// SCIM as route handlers of Next.js, in the app router.

import type { Direct } from '../../call.ts'
import { fetchThrough } from '../../provider/index.ts'

/** A route handler of Next.js. */
export type NextHandler = (request: Request, context?: { readonly params?: unknown }) => Promise<Response>

/** For `export const { GET, POST, PUT, PATCH, DELETE } = scim.next()`. */
export interface NextHandlers {
  readonly GET: NextHandler
  readonly POST: NextHandler
  readonly PUT: NextHandler
  readonly PATCH: NextHandler
  readonly DELETE: NextHandler
}

/** What `authenticate` gets as its context. */
export interface NextContext {
  readonly request: Request
  readonly params: unknown
}

/**
 * Creates the handlers. In development Next.js loads modules anew when they change: `close` is then called when others of the same
 * `url` take the place of these, so that connections and readers of the log don't pile up.
 */
export function nextMount(direct: Direct, url: string, close: () => Promise<void>): NextHandlers {
  if (isDevelopment()) replaceBefore(url, close)
  const handler: NextHandler = (request, { params } = {}) => {
    const context: NextContext = { request, params }
    // The URL that Next.js gives names the server itself, not the host that was asked for.
    return fetchThrough(direct, request, { host: request.headers.get('host') ?? undefined, context })
  }
  return { GET: handler, POST: handler, PUT: handler, PATCH: handler, DELETE: handler }
}

const LIVE: unique symbol = Symbol.for('lockstep.next')

function isDevelopment(): boolean {
  return typeof process !== 'undefined' && process.env?.NODE_ENV === 'development'
}

function replaceBefore(url: string, close: () => Promise<void>): void {
  const globals = globalThis as { [LIVE]?: Map<string, () => Promise<void>> }
  const live = globals[LIVE] ?? new Map<string, () => Promise<void>>()
  globals[LIVE] = live
  const before = live.get(url)
  live.set(url, close)
  // What can't be closed any more is gone with the process.
  if (before !== undefined && before !== close) before().catch(() => undefined)
}
