// The routes of the setup page, below its path at /v1: session, state, token, step, people, stream, logo.

import type { Environment } from '../../environment.ts'
import type { JsonObject } from '../../protocol/index.ts'
import { createNote, type Store } from '../../store/index.ts'
import type { SetupWatch } from '../arrivals/watch.ts'
import { cutAddress } from '../link/address.ts'
import type { KeptLink } from '../link/link.ts'
import { changeProgress } from '../link/progress.ts'
import { Refused, wrong } from '../link/refused.ts'
import type { SetupSessions } from '../link/session.ts'
import { makeLinkToken, type TokenDeps } from '../link/token.ts'
import type { SetupPageSettings } from '../look/page-settings.ts'
import { cookieOf, readPageBody, requireOwnPage, SECURITY_HEADERS } from './page-request.ts'
import { pageEvents, streamOf } from './page-stream.ts'
import { hasLetIn, personIn, type StateDeps, stateOfLink } from './state.ts'
import { readStep, stepChanged } from './step.ts'

/** Something that a customer did through a link. */
export interface SetupDeed {
  readonly tenant: string
  /** The id of the link. */
  readonly link: string
  readonly did: 'begin' | 'token' | 'step'
  /** Which step was reached. */
  readonly step?: string
  /** The network of the client. */
  readonly network: string
}

/** What the routes work with. */
export interface PageApiDeps {
  readonly store: Store
  readonly environment: Environment
  /** Where the page is: `/setup`. */
  readonly path: string
  readonly sessions: SetupSessions
  readonly settings: SetupPageSettings
  readonly state: StateDeps
  readonly token: TokenDeps
  readonly watch: SetupWatch
  /** Hears of what a customer does, once it is done; what it rejects with is reported. */
  readonly did?: ((deed: SetupDeed) => Promise<unknown>) | undefined
  /** Receives errors that are ours. */
  readonly report: (error: unknown) => void
}

/** What is known of a request besides itself. */
export interface PageCaller {
  /** Scheme and host that the browser sees, without a slash at the end. */
  readonly origin: string
  /** Address of the client. */
  readonly remote: string
}

/** The routes as a function. Never rejects. */
export interface PageApi {
  readonly fetch: (request: Request, caller: PageCaller) => Promise<Response>
  /** Ends streams. */
  readonly close: () => void
}

/** Streams of one process at the same time, and of one link. */
const STREAMS = { ALL: 100, LINK: 6 } as const

/** A request on its way. */
interface PageCall {
  readonly request: Request
  readonly caller: PageCaller
  readonly deps: PageApiDeps
  readonly streams: Streams
}

interface Streams {
  readonly open: Map<string, number>
  readonly signal: AbortSignal
}

/** Creates the routes. */
export function createPageApi(deps: PageApiDeps): PageApi {
  const closing = new AbortController()
  const streams: Streams = { open: new Map(), signal: closing.signal }
  return {
    async fetch(request, caller) {
      try {
        requireOwnPage(request)
        return await answer({ request, caller, deps, streams })
      } catch (error) {
        if (error instanceof Refused) return refused(error)
        deps.report(error)
        const message = 'The server cannot answer this now; try again in a moment'
        return json(503, { error: { code: 'ERR_UNAVAILABLE', message } }, [['Retry-After', '2']])
      }
    },
    close: () => closing.abort(),
  }
}

type Handler = (call: PageCall) => Promise<Response>

const ROUTES: { readonly [route: string]: Handler } = {
  'GET /page': page,
  'GET /logo': logo,
  'POST /session': begin,
  'GET /state': state,
  'POST /token': token,
  'POST /step': step,
  'GET /people': people,
  'GET /stream': stream,
}

function answer(call: PageCall): Promise<Response> {
  const { request, deps } = call
  const path = new URL(request.url).pathname
  const base = `${deps.path}/v1`
  const route = path.startsWith(`${base}/`) ? path.slice(base.length) : ''
  const handler = Object.hasOwn(ROUTES, `${request.method} ${route}`) ? ROUTES[`${request.method} ${route}`] : undefined
  if (handler !== undefined) return handler(call)
  const allowed = Object.keys(ROUTES).flatMap((one) => (one.endsWith(` ${route}`) ? [one.split(' ')[0] ?? ''] : []))
  if (allowed.length === 0) throw new Refused({ status: 404, code: 'ERR_NOT_FOUND', message: 'There is nothing here' })
  throw new Refused({
    status: 405,
    code: 'ERR_NOT_FOUND',
    message: `This takes ${allowed.join(', ')} only`,
    headers: [['Allow', allowed.join(', ')]],
  })
}

/** What the page shows before anybody has begun: nothing of a tenant. */
async function page({ deps }: PageCall): Promise<Response> {
  return json(200, { vendor: await deps.settings.effective('') })
}

/** The logo, in a sandbox: it is a picture of strangers' making. */
async function logo(call: PageCall): Promise<Response> {
  const { deps } = call
  const kept = await session(call).catch((error: unknown) => {
    if (error instanceof Refused) return undefined
    throw error
  })
  const found = await deps.settings.logo(kept?.link.tenant ?? '')
  if (found === undefined) throw new Refused({ status: 404, code: 'ERR_NOT_FOUND', message: 'There is no logo' })
  const headers = new Headers(SECURITY_HEADERS as [string, string][])
  headers.set('Content-Type', found.type)
  headers.set('Content-Security-Policy', "sandbox; default-src 'none'; style-src 'unsafe-inline'")
  return new Response(found.bytes as Uint8Array<ArrayBuffer>, { headers })
}

async function begin({ request, caller, deps }: PageCall): Promise<Response> {
  const { key, code } = await readPageBody(request)
  if (typeof key !== 'string') throw wrong('key must be what stands behind #k= in the link')
  if (code !== undefined && typeof code !== 'string') throw wrong('code must be the six digits as a text')
  const { kept, secret, seconds } = await deps.sessions.begin(key, { code, remote: caller.remote })
  const isSecure = caller.origin.startsWith('https:')
  const cookie = [
    `${cookieName(isSecure)}=${secret}`,
    `Path=${deps.path}`,
    `Max-Age=${seconds}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(isSecure ? ['Secure'] : []),
  ]
  const body = await stateOfLink(deps.state, kept, caller.origin)
  await tell(deps, caller, kept, 'begin')
  return json(200, body, [['Set-Cookie', cookie.join('; ')]])
}

/** Tells of what was done. It is done, and the customer goes on, whether or not it could be told. */
async function tell(
  { did, report }: PageApiDeps,
  { remote }: PageCaller,
  { link }: KeptLink,
  what: SetupDeed['did'],
  step?: string,
): Promise<void> {
  try {
    const { tenant, id } = link
    const network = cutAddress(remote)
    await did?.({ tenant, link: id, did: what, network, ...(step === undefined ? {} : { step }) })
  } catch (error) {
    report(error)
  }
}

/** On plain loopback another name, since browsers take the prefix only with Secure. */
function cookieName(isSecure: boolean): string {
  return isSecure ? '__Secure-lockstep-setup' : 'lockstep-setup'
}

function session({ request, caller, deps }: PageCall): Promise<KeptLink> {
  return deps.sessions.of(cookieOf(request, cookieName(caller.origin.startsWith('https:'))))
}

async function state(call: PageCall): Promise<Response> {
  return json(200, await stateOfLink(call.deps.state, await session(call), call.caller.origin))
}

async function token(call: PageCall): Promise<Response> {
  const { deps, request, caller } = call
  const kept = await session(call)
  const { kind } = await readPageBody(request)
  if (kind !== undefined && typeof kind !== 'string') throw wrong('kind must be a text')
  const made = await makeLinkToken(deps.token, kept, kind)
  const changed = { ...kept, link: made.link }
  await tell(deps, caller, kept, 'token')
  if (kind !== undefined) await changeProgress(deps.store, made.link, (now) => ({ ...now, kind }))
  return json(201, { token: made.token, state: await stateOfLink(deps.state, changed, caller.origin) })
}

async function step(call: PageCall): Promise<Response> {
  const { deps, request, caller } = call
  const kept = await session(call)
  const change = readStep(await readPageBody(request), kept.link)
  const { link } = kept
  let reached: string | undefined
  await changeProgress(deps.store, link, (now) => {
    const after = stepChanged(now, change, deps.environment.now())
    reached = after.reached === now.reached ? undefined : after.reached
    return after
  })
  const facts: JsonObject = {
    ...(reached === undefined ? {} : { step: reached }),
    ...(change.different === undefined ? {} : { looksDifferent: change.different }),
  }
  if (Object.keys(facts).length > 0) {
    const note = createNote(deps.environment, `setup:${link.id}`)
    await deps.store.commit([note(link.tenant, 'SetupLink', link.id, 'stepped', facts)])
  }
  if (reached !== undefined) await tell(deps, caller, kept, 'step', reached)
  return json(200, await stateOfLink(deps.state, kept, caller.origin))
}

async function people(call: PageCall): Promise<Response> {
  const { deps } = call
  const { link } = await session(call)
  if (!hasLetIn(link, await deps.watch.of(link.tenant, link.id))) {
    const message = 'Nothing is shown of the directory before the first request has come with the token of this link'
    throw new Refused({ status: 409, code: 'ERR_TOO_EARLY', message })
  }
  const { types } = await deps.state.catalog(link.tenant)
  return json(200, await deps.state.written.first(link, personIn(types)))
}

async function stream(call: PageCall): Promise<Response> {
  const { deps, streams, caller } = call
  const { link } = await session(call)
  const { open } = streams
  const own = open.get(link.id) ?? 0
  const all = [...open.values()].reduce((sum, count) => sum + count, 0)
  if (own >= STREAMS.LINK || all >= STREAMS.ALL) {
    const message = 'Too many pages are open already; close one'
    throw new Refused({ status: 503, code: 'ERR_LIMIT', message, headers: [['Retry-After', '10']] })
  }
  open.set(link.id, own + 1)
  const events = pageEvents({
    environment: deps.environment,
    look: async () => stateOfLink(deps.state, await session(call), caller.origin),
    listen: (changed) => deps.watch.listen((tenant) => tenant === link.tenant && changed()),
    signal: streams.signal,
    ended: () => {
      const left = (open.get(link.id) ?? 1) - 1
      if (left === 0) open.delete(link.id)
      else open.set(link.id, left)
    },
  })
  const headers = new Headers(SECURITY_HEADERS as [string, string][])
  headers.set('Content-Type', 'text/event-stream; charset=utf-8')
  headers.set('Cache-Control', 'no-store, no-transform')
  headers.set('X-Accel-Buffering', 'no')
  return new Response(streamOf(events), { headers })
}

function refused({ refusal: { status, code, message, headers } }: Refused): Response {
  return json(status, { error: { code, message } }, headers)
}

function json(status: number, body: object, more: readonly (readonly [string, string])[] = []): Response {
  const headers = new Headers([...SECURITY_HEADERS, ['Content-Type', 'application/json'], ...more] as [
    string,
    string,
  ][])
  return new Response(JSON.stringify(body), { status, headers })
}
