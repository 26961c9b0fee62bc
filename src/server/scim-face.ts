// The face of SCIM: `/tenants/{tenant}/scim/v2`. The hot path of the server.

import { type Answer, blankAbout } from '../call.ts'
import { callOf, type createBodies } from '../node.ts'
import { belowBase, type Provider } from '../provider/index.ts'
import type { Setup } from '../setup/index.ts'
import { isTenantName, scimPath } from '../tenancy/index.ts'
import type { Arrival, Face } from './faces.ts'
import type { Refusals } from './monitoring/refusals.ts'
import type { RequestLog } from './monitoring/request-log.ts'
import { type RouteMeters, routeOf } from './monitoring/route-meters.ts'
import type { Recording } from './recording.ts'
import type { RequestOrigin } from './request-origin.ts'
import type { Departure } from './sending.ts'
import type { Tracing } from './tracing.ts'

/** Base URLs kept by host and tenant, so that equal ones are the same string. */
const BASES = 1_000

const PREFIX = '/tenants/'

/** What the face is connected to. */
export interface ScimFaceDeps {
  readonly provider: Provider
  readonly bodies: ReturnType<typeof createBodies>
  readonly requestOrigin: RequestOrigin
  readonly meters: RouteMeters
  readonly requestLog: RequestLog
  /** Counts refusals by tenant, if they are wanted. */
  readonly refusals: Refusals | undefined
  /** The connection of each call under way, if requests are logged. */
  readonly callers: WeakMap<object, string>
  /** Absent unless requests are traced. */
  readonly tracing: Pick<Tracing, 'request'> | undefined
  /** Absent where no record of requests is kept. */
  readonly recording: Recording | undefined
  /** Sends an answer at the end of this turn of the event loop. */
  readonly depart: (departure: Departure) => void
  /** Notes what arrives at tenants with an open setup link. */
  readonly watch: Pick<Setup['watch'], 'seen'>
}

/** What the last request had: nearly always the next one has the same. */
interface Bases {
  readonly known: Map<string, string>
  host: string
  tenant: string
  base: string
}

/** Makes the face of SCIM. */
export function scimFace(deps: ScimFaceDeps): Face {
  const bases: Bases = { known: new Map(), host: '', tenant: '', base: '' }
  return { prefix: PREFIX, openTo: 'private', answer: (arrival, url) => answerScim(deps, bases, arrival, url) }
}

function answerScim(deps: ScimFaceDeps, bases: Bases, { request, response, began }: Arrival, url: string): boolean {
  const mark = url.indexOf('?')
  const end = mark === -1 ? url.length : mark
  const slash = url.indexOf('/', PREFIX.length)
  if (slash === -1 || slash > end) return false
  const path = belowBase(url.slice(slash, end), '/scim/v2')
  if (path === undefined) return false
  const tenant = url.slice(PREFIX.length, slash)
  // A text that can't name a tenant is neither looked up nor remembered.
  if (tenant !== bases.tenant && !isTenantName(tenant)) return false
  const { requestOrigin, bodies, requestLog } = deps
  const remote = requestOrigin.client(request)
  const span = deps.tracing?.request(request, request.method ?? 'GET', routeOf(path), tenant)
  const { recording } = deps
  const about = recording === undefined ? undefined : blankAbout()
  const place = { base: baseOf(bases, requestOrigin, request, tenant), tenant, remote, txn: span?.txn, about, bodies }
  const call = callOf(request, path, mark === -1 ? '' : url.slice(mark + 1), place)
  const recorded =
    recording === undefined || about === undefined
      ? undefined
      : { id: recording.recorder.nextId(began), call, about, tenant }
  const meter = deps.meters.meter(call.method, path)
  const answered = (plain: Answer) => {
    const answer =
      recorded === undefined || plain.status < 400 ? plain : (recording?.withId(plain, recorded.id, tenant) ?? plain)
    span?.end(answer.status)
    if (answer.status >= 400) deps.refusals?.count(tenant, answer.status)
    if (call.method !== 'GET') bodies.release(request)
    deps.depart({ request, response, began, answer, meter, recorded })
    deps.watch.seen(call, answer)
    if (requestLog.answered === undefined) return
    const ms = performance.now() - began
    const connection = deps.callers.get(call)
    requestLog.answered({ method: call.method, route: routeOf(path), tenant, connection, ms }, answer)
  }
  // A provider never throws.
  const answer = deps.provider.handle(call)
  if (answer instanceof Promise) void answer.then(answered)
  else answered(answer)
  return true
}

function baseOf(bases: Bases, requestOrigin: RequestOrigin, request: Arrival['request'], tenant: string): string {
  const host = requestOrigin.originKey(request)
  if (tenant === bases.tenant && host === bases.host) return bases.base
  const key = `${host} ${tenant}`
  let base = bases.known.get(key)
  if (base === undefined) {
    base = `${requestOrigin.origin(request)}${scimPath(tenant)}`
    if (bases.known.size >= BASES) bases.known.clear()
    bases.known.set(key, base)
  }
  bases.host = host
  bases.tenant = tenant
  bases.base = base
  return base
}
