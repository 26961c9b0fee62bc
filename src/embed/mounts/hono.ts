// SCIM as a handler of Hono.

import type { Direct } from '../../call.ts'
import { fetchThrough, type KnownOfRequest, targetOf } from '../../provider/index.ts'
import { passesOn } from './pass.ts'

/** What is used of a context of Hono. */
interface HonoContext {
  readonly req: {
    readonly raw: Request
    /** The path of the route; not every version has it. */
    readonly routePath?: string
    arrayBuffer(): Promise<ArrayBuffer>
  }
  readonly env: unknown
}

/** For `app.use` and `app.all`. */
export type HonoHandler = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>

/** Creates the handler. */
export function honoMount(direct: Direct): HonoHandler {
  return async (context, next) => {
    const { raw, routePath } = context.req
    const known: KnownOfRequest = { remote: remoteOf(context.env), context }
    if (passesOn(direct, targetOf(raw, known), routePath === undefined || routePath === '*' || routePath === '/*')) {
      await next()
      return undefined
    }
    return fetchThrough(direct, raw.bodyUsed ? await readAgain(context, raw) : raw, known)
  }
}

/** The request with its body, which a middleware has read: Hono keeps it. */
async function readAgain({ req }: HonoContext, raw: Request): Promise<Request> {
  const { url, method, headers } = raw
  return new Request(url, { method, headers, body: await req.arrayBuffer() })
}

/** The client's address, on Node's server of Hono. */
function remoteOf(env: unknown): string | undefined {
  const { incoming } = (env ?? {}) as { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } }
  return incoming?.socket?.remoteAddress
}
