import type { IncomingMessage, ServerResponse } from 'node:http'
import { bearerToken, hashToken, sameHash } from '../access/index.ts'
import { callOf, createBodies, type NodeAnswer, type Serving, send, serve, toNode } from '../node.ts'
import { createTurnBatch } from '../per-turn.ts'
import {
  forbidden,
  isObject,
  LIMITS,
  methodNotAllowed,
  notFound,
  SCIM_JSON,
  ScimError,
  tooManyRequests,
  unauthorized,
  uriTooLong,
} from '../protocol/index.ts'
import { belowBase, type Provider, type Report } from '../provider/index.ts'
import { isTenantName, scimPath } from '../tenancy/index.ts'
import { createHeavy } from './heavy.ts'
import type { Meter } from './metrics.ts'
import { BUSY, createOutages, whereFails, whyOf } from './outages.ts'
import type { App, Parts } from './parts.ts'
import { createReached } from './reached.ts'
import { createRefusals } from './refusals.ts'
import { createRoutes, otherRouteOf, routeOf } from './routes.ts'
import { createScim, type Skipped } from './scim.ts'
import { createBuckets } from './throttle.ts'

/** What one address may get wrong before it is told to wait: guesses get slow, and a right token is let in all the same. */
const REFUSALS = { perSecond: 5, burst: 300 }
/** Base URLs that are kept by host and tenant, so that equal ones are one string. */
const BASES = 1_000

/** Of attributes that were left out the log names so many, each with so many characters. */
const SHOWN_PATHS = 20
const SHOWN_CHARACTERS = 100

/** A request that has come. */
interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** By `performance.now()`. */
  readonly began: number
}

/** An answer that is to be sent. */
interface Departure extends Arrival {
  readonly answer: NodeAnswer
  readonly meter: Meter
}

/** Joins the rooms: SCIM, the admin API, health and metrics, behind one listener. */
export async function createApp(parts: Parts): Promise<App> {
  const { settings, database, tenancy, directory, metrics, health, log, requestLog, writability } = parts
  const outages = createOutages(log, settings)
  const crowds = createOutages(log, BUSY)
  const report: Report = (problem) => {
    const { id, error, method } = problem
    const passing = metrics.passing(error)
    if (passing === 'outage') {
      // A node of a cluster that is down takes nothing from the tenants of the others.
      if (!READING.has(method) && !(isObject(error) && error.partial === true))
        writability.failed(whereFails(whyOf(error), settings.database))
      outages(problem)
    } else if (passing === 'busy') crowds(problem)
    else log.error({ err: error, id, method }, 'internal error')
  }
  const skipped = (note: Skipped) => {
    // Names come from outside: a few, and of each no more than tells which one it is.
    const paths = note.paths.slice(0, SHOWN_PATHS).map((path) => path.slice(0, SHOWN_CHARACTERS))
    const more = note.paths.length > paths.length ? { of: note.paths.length } : {}
    log.info({ ...note, paths, ...more }, 'attributes that no schema knows were left out')
  }
  const shared = settings.postgres !== undefined || database.writerPort !== undefined
  const { requestSeconds: seconds } = settings
  const heavy = shared
    ? createHeavy({ settings, writerPort: database.writerPort, nodeOf: database.nodeOf, report, skipped, seconds })
    : undefined
  if (heavy !== undefined) metrics.heavy(heavy.load)
  const bodies = createBodies({ most: LIMITS.BODIES_BYTES })
  metrics.bodies(bodies.held)
  const rate = settings.rateLimit === undefined ? undefined : createBuckets(settings.rateLimit)
  const refusals = createBuckets(REFUSALS)
  /** The connections of calls on their way, where the log has a line for each. */
  const callers = new WeakMap<object, string>()
  const provider: Provider = createScim({
    directory,
    tenancy,
    report,
    refused: (reason, call) => {
      if (reason === 'missing') return
      metrics.refused(reason)
      requestLog.refused({ reason, tenant: call.tenant, remote: call.remote })
      const wait = refusals.take(call.remote ?? '')
      if (wait > 0) throw tooManyRequests(wait)
    },
    skipped,
    ...(requestLog.answered === undefined ? {} : { admitted: (call, id) => void callers.set(call, id) }),
    ...(heavy === undefined ? {} : { offload: heavy.run }),
    ...(rate === undefined ? {} : { throttle: (principal) => rate.take(`${principal.tenant} ${principal.actor}`) }),
  })
  const broken = (error: unknown) => log.error({ err: error }, 'an answer broke off')
  const byTenant = settings.metricsTenants === true ? createRefusals() : undefined
  if (byTenant !== undefined) metrics.measure(byTenant.source)
  const routes = createRoutes(metrics)
  const reached = createReached(settings)
  const bases = new Map<string, string>()
  /** What the last request had: nearly always the next one has the same. */
  let last = { host: '', tenant: '', base: '' }

  function baseOf(request: IncomingMessage, tenant: string): string {
    const host = reached.originKey(request)
    if (tenant === last.tenant && host === last.host) return last.base
    const key = `${host} ${tenant}`
    let base = bases.get(key)
    if (base === undefined) {
      base = `${reached.origin(request)}${scimPath(tenant)}`
      if (bases.size >= BASES) bases.clear()
      bases.set(key, base)
    }
    last = { host, tenant, base }
    return base
  }

  function scim(request: IncomingMessage, response: ServerResponse, url: string, began: number): boolean {
    const mark = url.indexOf('?')
    const end = mark === -1 ? url.length : mark
    const slash = url.indexOf('/', 9)
    if (slash === -1 || slash > end) return false
    const path = belowBase(url.slice(slash, end), '/scim/v2')
    if (path === undefined) return false
    const tenant = url.slice(9, slash)
    // What can't be a tenant isn't looked for, nor remembered.
    if (tenant !== last.tenant && !isTenantName(tenant)) return false
    const remote = reached.client(request)
    const place = { base: baseOf(request, tenant), tenant, remote, bodies }
    const call = callOf(request, path, mark === -1 ? '' : url.slice(mark + 1), place)
    const meter = routes.meter(call.method, path)
    const answered = (answer: NodeAnswer) => {
      if (answer.status >= 400) byTenant?.count(tenant, answer.status)
      if (call.method !== 'GET') bodies.release(request)
      departures.add({ request, response, began, answer, meter })
      if (requestLog.answered === undefined) return
      const ms = performance.now() - began
      const connection = callers.get(call)
      requestLog.answered({ method: call.method, route: routeOf(path), tenant, connection, ms }, answer)
    }
    // A provider never throws.
    const answer = provider.handle(call)
    if (answer instanceof Promise) void answer.then(answered)
    else answered(answer)
    return true
  }

  function refusalOf(request: IncomingMessage, url: string): ScimError | undefined {
    if (url === '/healthz' || url === '/readyz') return reached.malformed(request)
    const refusal = reached.refusal(request, url.startsWith('/tenants/') || url.startsWith('/admin/'))
    return refusal ?? (url.length > LIMITS.URL_LENGTH ? TOO_LONG : undefined)
  }

  let admin: Promise<ReturnType<typeof toNode>> | undefined
  function adminListener(): Promise<ReturnType<typeof toNode>> {
    admin ??= import('../admin/index.ts').then(({ createAdmin, BODY_BYTES: bodyBytes }) => {
      const { publicUrl } = settings
      const noted = ({ id, error }: { readonly id: string; readonly error: unknown }) =>
        report({ id, error, method: '' })
      return toNode(
        createAdmin({ tenancy, directory, report: noted, ...(publicUrl === undefined ? {} : { publicUrl }) }).fetch,
        { bodies, bodyBytes, report: broken },
      )
    })
    return admin
  }

  // What comes in one turn is answered request by request, and then sent answer by answer: decision 20.
  const departures = createTurnBatch<Departure>((all) => {
    for (const { request, response, began, answer, meter } of all) {
      guarded(response, 'an answer could not be sent', () => send(request, response, answer, broken))
      meter.seen(answer.status, (performance.now() - began) / 1000)
    }
  })
  const arrivals = createTurnBatch<Arrival>((all) => {
    for (const { request, response, began } of all) {
      guarded(response, 'internal error', () => respond(request, response, began))
    }
    departures.now()
  })

  /** One that goes wrong takes none of the others with it. */
  function guarded(response: ServerResponse, what: string, work: () => void): void {
    try {
      work()
    } catch (error) {
      log.error({ err: error }, what)
      response.destroy()
    }
  }

  function respond(request: IncomingMessage, response: ServerResponse, began: number): void {
    const url = targetOf(request)
    const refusal = refusalOf(request, url)
    if (refusal !== undefined) {
      const answer = refuse(refusal)
      send(request, response, answer)
      const { method = '' } = request
      requestLog.answered?.({ method, route: otherRouteOf(url), ms: performance.now() - began }, answer)
      return
    }
    if (url.startsWith('/tenants/') && scim(request, response, url, began)) return
    if (requestLog.answered !== undefined) {
      const { method = '' } = request
      const note = () => {
        const answer = { status: response.statusCode }
        requestLog.answered?.({ method, route: otherRouteOf(url), ms: performance.now() - began }, answer)
      }
      response.once('close', note)
    }
    void other(request, response, url).catch((error) => {
      if (error instanceof ScimError) return send(request, response, refuse(error))
      log.error({ err: error }, 'internal error')
      if (!response.headersSent) send(request, response, refuse(new ScimError(500, 'Internal error; the log has it')))
    })
  }

  async function other(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    const path = url.split('?', 1)[0] ?? url
    if (path.startsWith('/admin/')) {
      if (request.headers.authorization !== undefined) response.once('close', () => noteAdmin(request, response))
      return (await adminListener())(request, response)
    }
    if (PROBES.has(path) && request.method !== 'GET' && request.method !== 'HEAD') {
      return send(request, response, refuse(methodNotAllowed(['GET', 'HEAD'])))
    }
    const json = ['Content-Type', 'application/json', 'Cache-Control', 'no-store']
    if (path === '/healthz') return send(request, response, { headers: json, ...health.live() })
    if (path === '/readyz') return send(request, response, { headers: json, ...(await health.ready()) })
    if (path === '/metrics') {
      requireMetrics(request)
      const { type, body } = await metrics.text()
      return send(request, response, {
        status: 200,
        headers: ['Content-Type', type, 'Cache-Control', 'no-store'],
        body,
      })
    }
    send(request, response, refuse(notFound('There is nothing here; SCIM is at /tenants/{tenant}/scim/v2')))
  }

  /** Notes that a token of the admin API was refused, as those of tenants are noted. */
  function noteAdmin(request: IncomingMessage, { statusCode }: ServerResponse): void {
    if (statusCode !== 401) return
    metrics.refused('admin')
    requestLog.refused({ reason: 'admin', remote: reached.client(request) })
  }

  /** Refuses who may not read the numbers: they name the customers. */
  function requireMetrics(request: IncomingMessage): void {
    const { metrics: readers, metricsToken } = settings
    if (readers === 'off') throw notFound('Metrics are switched off; start with --metrics local')
    if (metricsToken !== undefined) {
      const given = bearerToken(request.headers.authorization)
      if (given !== undefined && sameHash(hashToken(given), hashToken(metricsToken))) return
      throw unauthorized('Metrics need the token of --metrics-token-file', 'Bearer realm="metrics"')
    }
    if (readers === 'open' || reached.isLocal(request)) return
    throw forbidden(
      'Metrics are read on this machine only, and not through a proxy; start with --metrics-token-file FILE, or --metrics open',
    )
  }

  let serving: Serving | undefined
  return {
    async listen() {
      const listener = (request: IncomingMessage, response: ServerResponse) =>
        arrivals.add({ request, response, began: performance.now() })
      // A request may wait, and then run, before anything of its answer goes out.
      const quietMs = Math.max(150, 2 * seconds + 60) * 1_000
      serving = await serve(listener, { port: settings.port, host: settings.host, quietMs, continueWhenRead: true })
      const address = serving.server.address()
      return { port: typeof address === 'object' && address !== null ? address.port : settings.port }
    },
    async close() {
      await serving?.close()
      await heavy?.close()
    },
  }
}

/** Path and query of a request. A target in absolute form, which proxies send, counts instead of Host. RFC 9112 §3.2.2. */
function targetOf(request: IncomingMessage): string {
  const { url = '/' } = request
  if (url.startsWith('/')) return url
  const [, host, target = ''] = /^https?:\/\/([^/?#]*)((?:[/?#].*)?)$/is.exec(url) ?? []
  if (host === undefined) return url
  request.headers.host = host
  return target.startsWith('/') ? target : `/${target}`
}

/** Methods that write nothing. */
const READING = new Set(['GET', 'HEAD', ''])

/** What those who watch the server ask; it changes nothing. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics'])

const TOO_LONG = uriTooLong(`the URL is longer than ${LIMITS.URL_LENGTH} characters; send a search by POST to /.search`)

function refuse(error: ScimError): NodeAnswer {
  const headers = [
    'Content-Type',
    SCIM_JSON,
    'Cache-Control',
    'no-store',
    ...Object.entries(error.headers ?? {}).flat(),
  ]
  return { status: error.status, headers, body: JSON.stringify(error) }
}
