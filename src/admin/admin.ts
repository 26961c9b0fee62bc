// The admin API: finds out who calls, checks what each route needs, and runs it.

import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Directory } from '../directory/index.ts'
import { type Environment, environment } from '../environment.ts'
import type { HubAdministration, HubAdministrator } from '../hub/index.ts'
import { ConfigError } from '../protocol/index.ts'
import { createProvider } from '../provider/index.ts'
import type { Setup } from '../setup/index.ts'
import type { Store } from '../store/index.ts'
import { createSealer, type Sealer, type Tenancy } from '../tenancy/index.ts'
import { reportError } from '../terminal.ts'
import { askScim, type Handle } from './ask-scim.ts'
import { createStreams } from './event-stream.ts'
import { createHistoryReader } from './history/reader.ts'
import { createLists } from './lists.ts'
import { meetsNeeds, NOBODY, requireFresh, requireNeeds } from './needs.ts'
import { openApi } from './openapi.ts'
import { readCall } from './read-call.ts'
import type { RecordAccess } from './record-access.ts'
import { Refused, refusalOf, refuse } from './refusals.ts'
import type { Route, RouteDeps } from './route.ts'
import { ROUTES } from './routes.ts'
import { answerScim, needsOfScim, pathBelowScim, SCIM_PATH } from './scim.ts'
import { BODY_BYTES } from './shapes.ts'
import { requireOwnPage, type Visit } from './sign-in/browser.ts'
import { type Caller, createWays } from './sign-in/ways.ts'

/** Options of {@link createAdmin}. */
export interface AdminOptions {
  readonly store: Store
  readonly tenancy: Tenancy
  readonly directory: Directory
  /** Setup links, and how their page looks; absent: there are none. */
  readonly setup?: Pick<Setup, 'links' | 'settings' | 'address'>
  /** Seals and opens secrets; absent: without a key, so that none can be kept. */
  readonly sealer?: Pick<Sealer, 'seal' | 'open'>
  /** Goes where addresses that people typed may lead; absent: nowhere. */
  readonly fetch?: Environment['fetch']
  /** The administration of the hub, by administrator. */
  readonly hub: (administrator: HubAdministrator) => HubAdministration
  /** Scheme and host that clients see in place of the request's own. */
  readonly publicUrl?: string
  /** The provider, for SCIM below the admin API. Absent: one of its own, without threads for what is heavy. */
  readonly scim?: Handle
  /** The record of requests; absent: none is kept. */
  readonly record?: RecordAccess
  /** Called with each internal error. */
  readonly report?: (note: { readonly id: string; readonly error: unknown }) => void
}

/** The admin API. */
export interface Admin {
  /** `visit`: what the server knows of how the request came; made of its URL if absent. */
  readonly fetch: (request: Request, visit?: Visit) => Promise<Response>
  /** Ends the answers that go on. */
  readonly close: () => void
}

/** Where it is mounted. */
const BASE = '/admin/v1'

interface Env {
  readonly Bindings: { readonly visit: Visit }
}

const SIGNED_IN: Pick<Route, 'needs'> = { needs: { capability: 'session', reach: 'own' } }

/** Creates the admin API: tenants, connections, schemas, settings and the log, at `/admin/v1`, with tokens and sessions of its own. */
export function createAdmin(options: AdminOptions): Admin {
  const { store, tenancy, directory, record } = options
  const report = options.report ?? (({ id, error }) => reportError(`lockstep: internal error ${id}`, error))
  const lists = createLists(tenancy, directory)
  const streams = createStreams()
  const history = createHistoryReader(store, environment)
  const ways = createWays({
    store,
    tenancy,
    directory,
    environment,
    sealer: options.sealer ?? createSealer(async () => [], environment),
    fetch: options.fetch ?? nowhere,
  })
  const shared = { tenancy, directory, lists, streams, ways, record, store, history }
  const app = new Hono<Env>().basePath(BASE)
  const originOf = (context: Context) => options.publicUrl ?? new URL(context.req.url).origin

  app.use(async (context, next) => {
    context.header('Cache-Control', 'no-store')
    return next()
  })
  /** Whoever may do what is asked; refuses everybody else. Nothing of a body is read before it. */
  async function admit(
    context: Context<Env>,
    { needs, fromElsewhere }: Pick<Route, 'needs' | 'fromElsewhere'>,
    tenant?: string,
  ): Promise<Caller> {
    const { method, headers } = context.req.raw
    const { visit } = context.env
    if (!headers.has('authorization') && fromElsewhere !== true) requireOwnPage(method, headers, visit.origin)
    const called = await ways.callerOf(headers, visit)
    if ('reason' in called && needs.capability !== 'nothing') throw unauthorized(called.reason)
    const caller = 'reason' in called ? { administrator: NOBODY } : called
    requireNeeds(needs, caller.administrator, tenant)
    requireFresh(needs, caller.administrator, context.req.query('force'), environment.now())
    return caller
  }

  const scim = options.scim ?? ownProvider(options)
  // Before the limit of bodies: the provider has limits of its own.
  app.all(`${SCIM_PATH.replace('{tenant}', ':tenant')}/*`, async (context) => {
    const tenant = context.req.param('tenant') ?? ''
    const needs = needsOfScim(context.req.method, pathBelowScim(context.req.url))
    const { administrator } = await admit(context, { needs }, tenant)
    const { name } = await tenancy.tenants.show(tenant)
    return answerScim(scim, context, { tenant: name, origin: originOf(context), administrator })
  })
  app.use(
    bodyLimit({
      maxSize: BODY_BYTES,
      onError: (context) => refuse(context, 413, 'ERR_TOO_LARGE', `A body may have ${BODY_BYTES} bytes at most`),
    }),
  )
  for (const route of ROUTES) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    app.on(route.method.toUpperCase(), path, async (context) => {
      const params: { readonly [name: string]: string } = context.req.param()
      const caller = await admit(context, route, params.tenant)
      const { visit } = context.env
      const { headers } = context.req.raw
      const { call, cookies } = await readCall(context, route, caller, {
        visit,
        origin: originOf(context),
        isAllowed: async () => meetsNeeds(await ways.callerOf(headers, visit), route.needs, params.tenant),
      })
      const { administrator, actor } = call
      const hub = options.hub({ actor, mayNameVariables: administrator.tenants === undefined })
      const asked = askScim(scim, administrator, call.origin)
      const known = { ...shared, administration: tenancy.as(actor), hub, scim: asked, provider: scim }
      const deps = withSetup(known, options.setup)
      const answer = await route.run(call, deps)
      if (answer instanceof Response) return withCookies(answer, cookies)
      if (route.gives.status === 204) return context.body(null, 204)
      return context.json(answer as object, route.gives.status)
    })
  }
  app.get('/openapi.json', async (context) => {
    await admit(context, SIGNED_IN)
    return context.json(openApi(ROUTES, originOf(context)))
  })
  app.notFound(async (context) => {
    await admit(context, SIGNED_IN)
    return notFound(context)
  })
  app.onError((error, context) => refusalOf(context, error, report))
  return {
    fetch: async (request, visit) =>
      app.fetch(request, { visit: visit ?? { origin: new URL(request.url).origin, address: '' } }),
    close: streams.close,
  }
}

function ownProvider({ directory, tenancy }: AdminOptions): Handle {
  return createProvider({ directory, authenticate: () => undefined, ready: tenancy.ready, cacheBytes: 0 }).handle
}

/** An answer that a route has made whole, with the cookies that it sets. */
function withCookies(answer: Response, cookies: readonly string[]): Response {
  for (const line of cookies) answer.headers.append('Set-Cookie', line)
  return answer
}

async function nowhere(): Promise<Response> {
  throw new ConfigError('fetch', 'This admin API has no way out')
}

function unauthorized(reason: keyof typeof UNAUTHORIZED): Refused {
  const error = reason === 'missing' || reason === 'none' || reason === 'ended' ? '' : ', error="invalid_token"'
  return new Refused(401, 'ERR_UNAUTHORIZED', UNAUTHORIZED[reason], [], {
    'WWW-Authenticate': `Bearer realm="admin"${error}`,
  })
}

/** What routes work with, and the setup links; without them their routes are refused. */
function withSetup<Known>(known: Known, setup: AdminOptions['setup']): Known & Required<Pick<RouteDeps, 'setup'>> {
  return {
    ...known,
    get setup() {
      if (setup === undefined) throw new Refused(404, 'ERR_NOT_FOUND', 'There are no setup links here')
      return setup
    },
  }
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
  ended: 'This session has ended; sign in again',
} as const
