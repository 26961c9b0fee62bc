import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'
import type { Directory } from '../directory/index.ts'
import { LockstepError, readJson, ScimError } from '../protocol/index.ts'
import { type Tenancy, TenancyError } from '../tenancy/index.ts'
import { reportError } from '../terminal.ts'
import { openApi } from './openapi.ts'
import type { Route } from './route.ts'
import { createRoutes } from './routes.ts'
import { BODY_BYTES } from './shapes.ts'

/** Options of {@link createAdmin}. */
export interface AdminOptions {
  readonly tenancy: Tenancy
  readonly directory: Directory
  /** Scheme and host that clients see in place of the request's own. */
  readonly publicUrl?: string
  /** Told of each error that is ours. */
  readonly report?: (note: { readonly id: string; readonly error: unknown }) => void
}

/** The admin API. */
export interface Admin {
  readonly fetch: (request: Request) => Promise<Response>
}

/** Where it is mounted. */
const BASE = '/admin/v1'

type Status = 400 | 401 | 404 | 405 | 408 | 409 | 413 | 415 | 500 | 503

const STATUS: { readonly [code: string]: Status } = {
  ERR_NOT_FOUND: 404,
  ERR_EXISTS: 409,
  ERR_IN_USE: 409,
  ERR_INVALID: 400,
}

/** Makes the admin API: tenants, connections, schemas, settings and the log, at `/admin/v1`, behind tokens of its own. */
export function createAdmin(options: AdminOptions): Admin {
  const { tenancy, directory } = options
  const report = options.report ?? (({ id, error }) => reportError(`lockstep: internal error ${id}`, error))
  const routes = createRoutes({ tenancy, directory })
  const app = new Hono<{ Variables: { actor: string } }>().basePath(BASE)
  const originOf = (context: Context) => options.publicUrl ?? new URL(context.req.url).origin

  app.use(async (context, next) => {
    context.header('Cache-Control', 'no-store')
    const found = await tenancy.adminTokens.authenticate(context.req.header('authorization'))
    if ('admin' in found) {
      context.set('actor', `admin:${found.admin.id}`)
      return next()
    }
    const error = found.reason === 'missing' || found.reason === 'none' ? '' : ', error="invalid_token"'
    context.header('WWW-Authenticate', `Bearer realm="admin"${error}`)
    return refuse(context, 401, 'ERR_UNAUTHORIZED', UNAUTHORIZED[found.reason])
  })
  app.use(
    bodyLimit({
      maxSize: BODY_BYTES,
      onError: (context) => refuse(context, 413, 'ERR_TOO_LARGE', `A body may have ${BODY_BYTES} bytes at most`),
    }),
  )
  app.get('/openapi.json', (context) => context.json(openApi(routes, originOf(context))))

  for (const route of routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    app.on(route.method.toUpperCase(), path, async (context) => {
      const query = checked(route.query, context.req.query(), 'query')
      const body = route.body === undefined ? undefined : checked(route.body, await readBody(context), 'body')
      const call = { params: context.req.param(), query, body, actor: context.get('actor'), origin: originOf(context) }
      const answer = await route.run(call)
      if (route.gives.status === 204) return context.body(null, 204)
      return context.json(answer as object, route.gives.status)
    })
  }

  app.notFound((context) => {
    const { pathname } = new URL(context.req.url)
    const path = pathname.startsWith(`${BASE}/`) ? pathname.slice(BASE.length) : undefined
    const fitting = path === undefined ? [] : routes.filter((route) => fits(route, path))
    const allowed = fitting.map(({ method }) => method.toUpperCase())
    if (allowed.length === 0) {
      return refuse(
        context,
        404,
        'ERR_NOT_FOUND',
        'There is nothing here; GET /admin/v1/openapi.json lists what there is',
      )
    }
    context.header('Allow', allowed.join(', '))
    return refuse(context, 405, 'ERR_METHOD', `This takes ${allowed.join(', ')} only`)
  })
  app.onError((error, context) => {
    if (error instanceof BadRequest) return refuse(context, error.status, error.code, error.message)
    if (error instanceof TenancyError)
      return refuse(context, STATUS[error.code] ?? 400, error.code, error.message, error.count)
    if (error instanceof ScimError && error.status < 500) {
      return refuse(context, error.status === 409 ? 409 : 400, error.code, error.detail)
    }
    if (error instanceof LockstepError && error.code === 'ERR_CONFIG')
      return refuse(context, 400, error.code, error.message)
    if (error instanceof ScimError && error.status === 503) {
      context.header('Retry-After', error.headers?.['retry-after'])
      return refuse(context, 503, 'ERR_UNAVAILABLE', error.detail)
    }
    const unread = UNREAD[error.name]
    if (unread !== undefined) {
      if (unread.status === 503) context.header('Retry-After', '1')
      return refuse(context, unread.status, unread.code, unread.message)
    }
    const id = crypto.randomUUID()
    report({ id, error })
    if ('retryAfterMs' in error && typeof error.retryAfterMs === 'number') {
      const seconds = Math.max(1, Math.ceil(error.retryAfterMs / 1000))
      context.header('Retry-After', String(seconds))
      return refuse(context, 503, 'ERR_UNAVAILABLE', `The database can't answer just now; try again in ${seconds} s`)
    }
    return refuse(context, 500, 'ERR_INTERNAL', `Internal error; the log has it under ${id}`)
  })

  return { fetch: async (request) => app.fetch(request) }
}

/** A request that its route can't take. */
class BadRequest extends LockstepError {
  readonly status: Status
  constructor(status: Status, message: string) {
    super('ERR_INVALID', message)
    this.status = status
  }
}

const UNAUTHORIZED = {
  none: 'There is no admin token yet; make one with: lockstep admin token',
  missing: 'This needs an admin token in the Authorization header; make one with: lockstep admin token',
  malformed: 'The Authorization header must be like: Bearer lka_…',
  invalid: 'This admin token is unknown or revoked; make a new one with: lockstep admin token',
  expired: 'This admin token has expired; make a new one with: lockstep admin token',
} as const

/** Why a body could not be read, by the name of the error: the bridge that reads it knows nothing of this API. */
const UNREAD: {
  readonly [name: string]: { readonly status: Status; readonly code: string; readonly message: string }
} = {
  AbortError: { status: 400, code: 'ERR_INVALID', message: 'The request was broken off before its end' },
  TooLongError: { status: 413, code: 'ERR_TOO_LARGE', message: `A body may have ${BODY_BYTES} bytes at most` },
  TooSlowError: { status: 408, code: 'ERR_INVALID', message: 'The body came too slowly; send the request again' },
  NoRoomError: {
    status: 503,
    code: 'ERR_UNAVAILABLE',
    message: 'Too many bytes of request bodies are under way; try again in 1 s',
  },
}

function refuse(context: Context, status: Status, code: string, message: string, count?: number) {
  return context.json({ error: { code, message, ...(count === undefined ? {} : { count }) } }, status)
}

function fits(route: Route, path: string): boolean {
  const wanted = route.path.split('/')
  const given = path.split('/')
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith('{') || part === given[at])
}

async function readBody(context: Context): Promise<unknown> {
  const type = context.req.header('content-type') ?? 'application/json'
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(type))
    throw new BadRequest(415, `The body must be application/json, not ${type}`)
  const text = await context.req.text()
  // A body that may be empty means one without anything in it.
  if (text.trim() === '') return {}
  try {
    return readJson(text, { strictNames: false })
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    throw new BadRequest(error.status === 413 ? 413 : 400, error.detail)
  }
}

/** A query or body as its shape says; refused with each place that is wrong. */
function checked(shape: z.ZodType | undefined, given: unknown, where: string): unknown {
  if (shape === undefined) return undefined
  const result = shape.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.slice(0, 5).map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`)
  throw new BadRequest(400, faults.join('; '))
}
