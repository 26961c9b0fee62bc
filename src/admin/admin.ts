// The admin API: signs administrators in, checks what each route needs, and runs it.

import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Administrator, hasCapability, isFresh, reaches } from '../access/index.ts'
import type { Answer, Call } from '../call.ts'
import type { Directory } from '../directory/index.ts'
import { environment } from '../environment.ts'
import type { HubAdministration, HubAdministrator } from '../hub/index.ts'
import { noTenant, type Tenancy } from '../tenancy/index.ts'
import { reportError } from '../terminal.ts'
import { createStreams } from './event-stream.ts'
import { createLists } from './lists.ts'
import { openApi } from './openapi.ts'
import { checked, objectOf, readBody } from './reading.ts'
import { Refused, refusalOf, refuse } from './refusals.ts'
import type { Route } from './route.ts'
import { ROUTES } from './routes.ts'
import { answerScim, needsOfScim, pathBelowScim, SCIM_PATH } from './scim.ts'
import { BODY_BYTES } from './shapes.ts'

/** Options of {@link createAdmin}. */
export interface AdminOptions {
  readonly tenancy: Tenancy
  readonly directory: Directory
  /** The administration of the hub, by administrator. */
  readonly hub: (administrator: HubAdministrator) => HubAdministration
  /** Scheme and host that clients see in place of the request's own. */
  readonly publicUrl?: string
  /** The provider, for SCIM below the admin API; absent: there is none. */
  readonly scim?: (call: Call) => Answer | Promise<Answer>
  /** Called with each internal error. */
  readonly report?: (note: { readonly id: string; readonly error: unknown }) => void
}

/** The admin API. */
export interface Admin {
  readonly fetch: (request: Request) => Promise<Response>
  /** Ends the answers that go on. */
  readonly close: () => void
}

/** Where it is mounted. */
const BASE = '/admin/v1'

type Variables = { readonly administrator: Administrator }

/** Creates the admin API: tenants, connections, schemas, settings and the log, at `/admin/v1`, with tokens of its own. */
export function createAdmin(options: AdminOptions): Admin {
  const { tenancy, directory } = options
  const report = options.report ?? (({ id, error }) => reportError(`lockstep: internal error ${id}`, error))
  const lists = createLists(tenancy, directory)
  const streams = createStreams()
  const app = new Hono<{ Variables: Variables }>().basePath(BASE)
  const originOf = (context: Context) => options.publicUrl ?? new URL(context.req.url).origin

  app.use(async (context, next) => {
    context.header('Cache-Control', 'no-store')
    const found = await tenancy.adminTokens.authenticate(context.req.header('authorization'))
    if ('administrator' in found) {
      context.set('administrator', found.administrator)
      return next()
    }
    const error = found.reason === 'missing' || found.reason === 'none' ? '' : ', error="invalid_token"'
    context.header('WWW-Authenticate', `Bearer realm="admin"${error}`)
    return refuse(context, 401, 'ERR_UNAUTHORIZED', UNAUTHORIZED[found.reason])
  })
  const { scim } = options
  if (scim !== undefined) {
    // Before the limit of bodies: the provider has limits of its own.
    app.all(`${SCIM_PATH.replace('{tenant}', ':tenant')}/*`, async (context) => {
      const administrator = context.get('administrator')
      const tenant = context.req.param('tenant') ?? ''
      requireNeeds({ needs: needsOfScim(context.req.method, pathBelowScim(context.req.url)) }, administrator, tenant)
      const { name } = await tenancy.tenants.show(tenant)
      return answerScim(scim, context, { tenant: name, origin: originOf(context), administrator })
    })
  }
  app.use(
    bodyLimit({
      maxSize: BODY_BYTES,
      onError: (context) => refuse(context, 413, 'ERR_TOO_LARGE', `A body may have ${BODY_BYTES} bytes at most`),
    }),
  )
  app.get('/openapi.json', (context) => context.json(openApi(ROUTES, originOf(context))))
  for (const route of ROUTES) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    app.on(route.method.toUpperCase(), path, async (context) => {
      const administrator = context.get('administrator')
      const params: { readonly [name: string]: string } = context.req.param()
      requireNeeds(route, administrator, params.tenant)
      requireFresh(route, administrator, context.req.query('force'))
      const query = checked(route.query, context.req.query(), 'query')
      const json = route.body === undefined ? {} : await readBody(context)
      const body = checked(route.body, json, 'body')
      const { actor } = administrator
      const isAllowed = () => meetsNeeds(tenancy, context.req.header('authorization'), route, params.tenant)
      const call = {
        params,
        query,
        body,
        json: objectOf(json),
        administrator,
        actor,
        origin: originOf(context),
        isAllowed,
      }
      const hub = options.hub({ actor, mayNameVariables: administrator.tenants === undefined })
      const answer = await route.run(call, {
        tenancy,
        directory,
        lists,
        administration: tenancy.as(actor),
        hub,
        streams,
      })
      if (answer instanceof Response) return answer
      if (route.gives.status === 204) return context.body(null, 204)
      return context.json(answer as object, route.gives.status)
    })
  }
  app.notFound(notFound)
  app.onError((error, context) => refusalOf(context, error, report))
  return { fetch: async (request) => app.fetch(request), close: streams.close }
}

/** Whether a token has, at this moment, what a route needs. */
async function meetsNeeds(
  tenancy: Tenancy,
  header: string | undefined,
  route: Route,
  tenant: string | undefined,
): Promise<boolean> {
  const found = await tenancy.adminTokens.authenticate(header)
  if (!('administrator' in found)) return false
  try {
    requireNeeds(route, found.administrator, tenant)
    return true
  } catch {
    return false
  }
}

/** Refuses an administrator that lacks what a route needs. A tenant it doesn't reach looks as if it didn't exist. */
function requireNeeds({ needs }: Pick<Route, 'needs'>, administrator: Administrator, tenant = ''): void {
  const { capability, reach } = needs
  if (reach === 'tenant' && !reaches(administrator, tenant)) throw noTenant(tenant)
  if (!hasCapability(administrator, capability)) {
    const lacks = `This admin token has the role ${administrator.role}, which lacks the capability "${capability}"`
    throw new Refused(403, 'ERR_FORBIDDEN', `${lacks}; use a token whose role has it`)
  }
  if (reach === 'database' && administrator.tenants !== undefined) {
    const message = 'This admin token is limited to tenants; this needs one for the whole database'
    throw new Refused(403, 'ERR_FORBIDDEN', message)
  }
}

/** Refuses a session that is not fresh where a route needs that. It says so by a code of its own: the browser can sign in again. */
function requireFresh({ needs }: Route, administrator: Administrator, force: string | undefined): void {
  const applies = needs.fresh === true || (needs.fresh === 'forced' && force === 'true')
  if (!applies || isFresh(administrator, environment.now())) return
  throw new Refused(403, 'ERR_NOT_FRESH', 'This needs a sign-in within the last 10 minutes; sign in again')
}

function notFound(context: Context) {
  const { pathname } = new URL(context.req.url)
  const path = pathname.startsWith(`${BASE}/`) ? pathname.slice(BASE.length) : undefined
  const fitting = path === undefined ? [] : ROUTES.filter((route) => fits(route, path))
  const allowed = fitting.map(({ method }) => method.toUpperCase())
  if (allowed.length === 0) {
    const message = 'There is nothing here; GET /admin/v1/openapi.json lists all routes'
    return refuse(context, 404, 'ERR_NOT_FOUND', message)
  }
  context.header('Allow', allowed.join(', '))
  return refuse(context, 405, 'ERR_METHOD', `This takes ${allowed.join(', ')} only`)
}

function fits(route: Route, path: string): boolean {
  const wanted = route.path.split('/')
  const given = path.split('/')
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith('{') || part === given[at])
}

const UNAUTHORIZED = {
  none: 'There is no admin token yet; make one with: lockstep admin token',
  missing: 'This needs an admin token in the Authorization header; make one with: lockstep admin token',
  malformed: 'The Authorization header must be like: Bearer lka_…',
  invalid: 'This admin token is unknown or revoked; make a new one with: lockstep admin token',
  expired: 'This admin token has expired; make a new one with: lockstep admin token',
} as const
