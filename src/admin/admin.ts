// The admin API: finds out who calls, checks what each route needs, and runs it.

import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Directory } from '../directory/index.ts'
import { type Environment, environment as platform } from '../environment.ts'
import { type Background, createBackground, type HubAdministration, type HubAdministrator } from '../hub/index.ts'
import { ConfigError } from '../protocol/index.ts'
import { createProvider } from '../provider/index.ts'
import { createRequestIds } from '../record/index.ts'
import type { Setup } from '../setup/index.ts'
import type { Store } from '../store/index.ts'
import { createAudit, createSealer, type Sealer, type Tenancy } from '../tenancy/index.ts'
import { reportError } from '../terminal.ts'
import { createAdmit, type AdminEnv as Env } from './admit.ts'
import { askScim, type Handle } from './ask-scim.ts'
import { createRequestAudit } from './audited.ts'
import { asAsked, carryOut } from './carry-out.ts'
import { createChecks } from './checks/checks.ts'
import type { OpenOutbound } from './checks/targets.ts'
import { createStreams } from './event-stream.ts'
import { createHistoryReader } from './history/reader.ts'
import { createLists } from './lists.ts'
import { meetsNeeds } from './needs.ts'
import { createOnce } from './once.ts'
import { openApi } from './openapi.ts'
import { presentRecord } from './present-record.ts'
import { readCall } from './read-call.ts'
import type { RecordAccess } from './record-access.ts'
import { Refused, refusalOf, refuse } from './refusals.ts'
import type { PolicyTold, Route, RouteDeps } from './route.ts'
import { ROUTES } from './routes.ts'
import { answerScim, needsOfScim, pathBelowScim, SCIM_PATH } from './scim.ts'
import { BODY_BYTES } from './shapes.ts'
import type { Visit } from './sign-in/browser.ts'
import { createWays } from './sign-in/ways.ts'

/** Options of {@link createAdmin}. */
export interface AdminOptions {
  readonly store: Store
  readonly tenancy: Tenancy
  readonly directory: Directory
  /** Setup links, and how their page looks; absent: there are none. */
  readonly setup?: Pick<Setup, 'links' | 'settings' | 'address'>
  /** Time and chance; absent: the platform's. */
  readonly environment?: Environment
  /** Seals and opens secrets; absent: without a key, so that none can be kept. */
  readonly sealer?: Pick<Sealer, 'seal' | 'open'>
  /** Goes where addresses that people typed may lead; absent: nowhere. */
  readonly fetch?: Environment['fetch']
  /** Opens a way out for a check, for as long as it takes; absent: none leads anywhere. */
  readonly openOutbound?: OpenOutbound
  /** Where checks go on that nobody waits for. Whoever made it closes it. Absent: one of its own. */
  readonly background?: Background
  /** The administration of the hub, by administrator. */
  readonly hub: (administrator: HubAdministrator) => HubAdministration
  /** Scheme and host that clients see in place of the request's own. */
  readonly publicUrl?: string
  /** The provider, for SCIM below the admin API. Absent: one of its own, without threads for what is heavy. */
  readonly scim?: Handle
  /** What browsers report of the policy of pages; absent: nobody listens. */
  readonly policy?: PolicyTold
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

const SIGNED_IN: Pick<Route, 'id' | 'needs'> = { id: 'describe', needs: { capability: 'session', reach: 'own' } }

/** Creates the admin API: tenants, connections, schemas, settings and the log, at `/admin/v1`, with tokens and sessions of its own. */
export function createAdmin(options: AdminOptions): Admin {
  const { store, tenancy, directory, environment = platform } = options
  const seen = seenOf(options)
  const report = options.report ?? (({ id, error }) => reportError(`lockstep: internal error ${id}`, error))
  const lists = createLists(tenancy, directory)
  const streams = createStreams()
  const once = createOnce(environment)
  const history = createHistoryReader(store, environment)
  const audit = createAudit(store, environment)
  const nextId = createRequestIds(environment)
  const written = createRequestAudit(audit, () => environment.monotonic())
  const ways = createWays({
    store,
    tenancy,
    directory,
    environment,
    sealer: options.sealer ?? createSealer(async () => [], environment),
    fetch: options.fetch ?? nowhere,
  })
  const checks = createChecks({ store, environment, background: options.background ?? createBackground() })
  const openOutbound = options.openOutbound ?? (() => ({ fetch: nowhere, close: async () => undefined }))
  const shared = { tenancy, directory, lists, streams, ways, audit, ...seen, store, history, checks, openOutbound }
  const app = new Hono<Env>().basePath(BASE)
  const originOf = (context: Context) => options.publicUrl ?? new URL(context.req.url).origin

  app.use(async (context, next) => {
    context.header('Cache-Control', 'no-store')
    const id = nextId(environment.now())
    context.set('request', id)
    await next()
    context.header('X-Request-Id', id)
  })
  const admit = createAdmit(ways, written)
  const scim = options.scim ?? ownProvider(options)
  // Before the limit of bodies: the provider has limits of its own.
  app.all(`${SCIM_PATH.replace('{tenant}', ':tenant')}/*`, async (context) => {
    const asked = context.req.param('tenant') ?? ''
    const path = pathBelowScim(context.req.url)
    const needs = needsOfScim(context.req.method, path)
    const caller = await admit(context, { id: 'scim', needs }, asked)
    const { name: tenant } = await tenancy.tenants.show(asked)
    const { administrator } = caller
    const answer = await answerScim(scim, context, { tenant, origin: originOf(context), administrator })
    const about = { request: context.get('request'), params: { tenant, what: `${context.req.method} ${path}` } }
    if (needs.capability === 'edit' && answer.ok) await written.done('scim', { ...caller, ...context.env, ...about })
    return answer
  })
  const limit = bodyLimit({
    maxSize: BODY_BYTES,
    onError: (context) => refuse(context, 413, 'ERR_TOO_LARGE', `A body may have ${BODY_BYTES} bytes at most`),
  })
  for (const route of ROUTES) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    const admitted: MiddlewareHandler<Env> = async (context, next) => {
      context.set('caller', await admit(context, route, context.req.param('tenant')))
      return next()
    }
    // Who calls is known before the length of a body is looked at.
    app.on(route.method.toUpperCase(), path, admitted, limit, async (context) => {
      const params: { readonly [name: string]: string } = context.req.param()
      const caller = context.get('caller')
      const { visit } = context.env
      const { headers } = context.req.raw
      const { call, cookies, changes } = await readCall(context, route, caller, {
        visit,
        origin: originOf(context),
        isAllowed: async () => meetsNeeds(await ways.callerOf(headers, visit), route.needs, params.tenant),
      })
      const { administrator, actor } = call
      const hub = options.hub({ actor, mayNameVariables: administrator.tenants === undefined })
      const asked = askScim(scim, administrator, call.origin)
      const known = { ...shared, administration: tenancy.as(actor, call.giver.told), hub, scim: asked, provider: scim }
      const deps = withSetup(known, options.setup)
      const about = { ...caller, visit, request: context.get('request'), params, facts: call.facts, changes }
      const asks = asAsked(route, call)
      const { answer, tag } = await written.run(asks, about, () => carryOut({ route: asks, call, deps }, headers, once))
      if (tag !== undefined) context.header('ETag', tag)
      if (answer instanceof Response) return withCookies(answer, cookies)
      if (asks.gives.status === 204) return context.body(null, 204)
      return context.json(answer as object, asks.gives.status)
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
    fetch: async (request, visit) => app.fetch(request, { visit: visit ?? visitOf(request) }),
    close() {
      streams.close()
      checks.close()
    },
  }
}

function visitOf({ url }: Request): Visit {
  return { origin: new URL(url).origin, address: '' }
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

/** What routes see of the record, and of what browsers report. */
function seenOf({ record, policy, store }: AdminOptions): Pick<RouteDeps, 'record' | 'policy'> {
  return { record: record === undefined ? undefined : presentRecord(record, store), policy }
}
