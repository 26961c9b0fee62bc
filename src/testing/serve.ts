// One request of SCIM: from its path and body to an answer. RFC 7644 §3, §4.

import type { Held } from './accounts.ts'
import { discover } from './discovery.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import type { FakeProfile } from './profile.ts'
import type { createRates } from './rates.ts'
import { invalid, Refusal } from './refusal.ts'
import {
  ENDPOINTS,
  etagOf,
  fromV1,
  locationOf,
  represent,
  type Selection,
  type Shown,
  V1_ENTERPRISE,
} from './represent.ts'
import type { Incoming, Outgoing } from './requests.ts'
import { ENTERPRISE, type Type } from './schema.ts'
import { isSearch, list, type Query, readQuery, readSearch, type Shift } from './search.ts'
import { create, patch, put, remove, type WriteContext } from './writes.ts'

/** What requests are served with. */
export interface ServeContext extends WriteContext {
  readonly base: string
  readonly token: string | undefined
  readonly take: ReturnType<typeof createRates>
  readonly shift: Shift
}

/** A request below the base URL. */
interface Routed {
  readonly incoming: Incoming
  readonly type: Type
  readonly id: string | undefined
}

const JSON_TYPES = ['application/scim+json', 'application/json']
const TYPES: readonly Type[] = ['User', 'Group']

/** Answers a request; refusals become error answers. */
export function serve(context: ServeContext, incoming: Incoming): Outgoing {
  try {
    return withType(context.profile, answer(context, incoming))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refused(context.profile, error)
  }
}

function answer(context: ServeContext, incoming: Incoming): Outgoing {
  const { profile, base } = context
  const { url, method } = incoming
  const path = new URL(base).pathname
  if (!url.pathname.startsWith(`${path}/`)) throw new Refusal(404, `There is no ${url.pathname}`)
  const segments = url.pathname.slice(path.length).split('/').slice(1).map(decode)
  requireWelcome(context, incoming, segments[0]?.startsWith('ServiceProviderConfig') === true)
  const type = TYPES.find((one) => ENDPOINTS[one].slice(1) === segments[0])
  requirePace(context, incoming, type)
  const found = discover(profile, base, segments)
  if (found !== undefined) {
    if (method !== 'GET') throw notAllowed('GET')
    if (url.searchParams.has('filter')) throw new Refusal(403, 'Discovery takes no filter')
    return { status: 200, headers: {}, body: found }
  }
  if (segments.join('/') === '.search') return search(context, incoming, TYPES)
  if (['Me', 'Bulk'].includes(segments[0] ?? '')) throw new Refusal(501, `/${segments[0]} is not supported`)
  if (type === undefined || segments.length > 2 || segments[1] === '')
    throw new Refusal(404, `There is no ${url.pathname}`)
  if (segments[1] === '.search') return search(context, incoming, [type])
  const routed = { incoming, type, id: segments[1] }
  return routed.id === undefined ? collection(context, routed) : single(context, routed, routed.id)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Refusal(404, 'The path is not encoded well')
  }
}

/** `open`: RFC 7644 §4 lets anybody read how to authenticate. */
function requireWelcome({ profile, token }: ServeContext, { headers, method, body }: Incoming, open: boolean): void {
  const { authorization = '' } = headers
  if (!open && token !== undefined && authorization.replace(/^bearer +/i, '') !== token)
    throw new Refusal(401, 'The token is not known', undefined, { 'www-authenticate': 'Bearer realm="fake"' })
  if (profile.userAgent && (headers['user-agent'] ?? '') === '') throw new Refusal(403, 'A User-Agent is required')
  if (new TextEncoder().encode(body).length > profile.bytes)
    throw new Refusal(413, `A body has ${profile.bytes} bytes at most`)
  const { accept } = headers
  const takes = accept === undefined || /\*\/\*|application\/(\*|json|scim\+json)/i.test(accept)
  if (profile.strictContent && !takes) throw new Refusal(406, 'Answers are application/scim+json')
  if (!['POST', 'PUT', 'PATCH'].includes(method)) return
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (profile.strictContent && !JSON_TYPES.includes(type)) throw new Refusal(415, 'Send application/scim+json')
}

function requirePace({ profile, take, clock }: ServeContext, { method, body }: Incoming, type: Type | undefined): void {
  const ms = take(profile.rates, { method, type, bytes: body.length })
  if (ms === undefined) return
  const retryAfter = writeRetryAfter(profile.retryAfter, Math.ceil(ms / 1_000), clock.now())
  throw new Refusal(429, 'Too many requests', undefined, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
}

/** The value of a Retry-After header. RFC 9110 §10.2.3. */
export function writeRetryAfter(how: FakeProfile['retryAfter'], seconds: number, now: number): string | undefined {
  switch (how) {
    case 'seconds':
      return String(seconds)
    case 'date':
      return new Date(now + seconds * 1_000 + 999).toUTCString()
    case 'nonsense':
      return 'soon'
    case 'none':
      return undefined
  }
}

function collection(context: ServeContext, { incoming, type }: Routed): Outgoing {
  const { method, url } = incoming
  if (method === 'GET') return listed(context, [type], readQuery(url.searchParams))
  if (method !== 'POST') throw notAllowed('GET, POST')
  const held = create(context, type, bodyOf(context.profile, incoming))
  return shownAs(context, held, 201, readQuery(url.searchParams).selection)
}

function search(context: ServeContext, incoming: Incoming, types: readonly Type[]): Outgoing {
  if (incoming.method !== 'POST') throw notAllowed('POST')
  const body = bodyOf(context.profile, incoming)
  if (!isSearch(body)) throw invalid('invalidSyntax', 'A search has the schema of SearchRequest')
  return listed(context, types, readSearch(body))
}

function listed(context: ServeContext, types: readonly Type[], query: Query): Outgoing {
  return { status: 200, headers: {}, body: list(context as Shown, types, query, context.shift) }
}

function single(context: ServeContext, { incoming, type }: Routed, id: string): Outgoing {
  const { method, headers, url } = incoming
  const { selection } = readQuery(url.searchParams)
  const held = method === 'GET' ? context.accounts.seen(type, id) : context.accounts.get(type, id)
  if (!['GET', 'PUT', 'PATCH', 'DELETE'].includes(method)) throw notAllowed('GET, PUT, PATCH, DELETE')
  if (held === undefined || (held.hidden && method !== 'PATCH' && method !== 'PUT'))
    throw new Refusal(404, `There is no ${type} "${id}"`)
  if (context.profile.etags) {
    const ifMatch = headers['if-match']
    if (method !== 'GET' && ifMatch !== undefined && !names(ifMatch, held))
      throw new Refusal(412, 'It has changed meanwhile')
    const ifNoneMatch = headers['if-none-match']
    if (method === 'GET' && ifNoneMatch !== undefined && names(ifNoneMatch, held))
      return { status: 304, headers: { etag: etagOf(held) }, body: undefined }
  }
  switch (method) {
    case 'PUT':
      return shownAs(context, put(context, held, bodyOf(context.profile, incoming)), 200, selection)
    case 'PATCH':
      return shownAs(context, patch(context, held, bodyOf(context.profile, incoming)), 200, selection)
    case 'DELETE':
      remove(context, held)
      return { status: 204, headers: {}, body: undefined }
    default:
      return shownAs(context, held, 200, selection)
  }
}

/** Whether a list of ETags names the version of an account. RFC 9110 §8.8.3.2. */
function names(header: string, held: Held): boolean {
  if (header.trim() === '*') return true
  const own = etagOf(held).replace('W/', '')
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === own)
}

function shownAs(context: ServeContext, held: Held, status: number, selection: Selection): Outgoing {
  const location = locationOf(context.base, held.type, held.id)
  return {
    status,
    headers: {
      ...(status === 201 ? { location } : {}),
      ...(context.profile.etags ? { etag: etagOf(held) } : {}),
    },
    body: represent(context as Shown, held, selection),
  }
}

function bodyOf(profile: FakeProfile, { body }: Incoming): JsonObject {
  let value: Json
  try {
    value = JSON.parse(body) as Json
  } catch {
    throw invalid('invalidSyntax', 'The body is not JSON')
  }
  if (!isObject(value)) throw invalid('invalidSyntax', 'The body is no JSON object')
  const { [V1_ENTERPRISE]: extension, ...rest } = value
  return profile.protocol === '1.1' && extension !== undefined ? { ...rest, [ENTERPRISE]: fromV1(extension) } : value
}

function notAllowed(allow: string): Refusal {
  return new Refusal(405, `Only ${allow} is allowed here`, undefined, { allow })
}

/** A refusal as the app words it. RFC 7644 §3.12; SCIM 1.1 §3.9. */
export function refused(profile: FakeProfile, { status, message, keyword, headers }: Refusal): Outgoing {
  const body: JsonObject =
    profile.errors === 'code-message'
      ? { code: status * 10, message }
      : profile.protocol === '1.1'
        ? { Errors: [{ description: message, code: status }] }
        : {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
            status: String(status),
            ...(keyword === undefined ? {} : { scimType: keyword }),
            detail: message,
          }
  return withType(profile, { status, headers, body })
}

function withType({ protocol, strictContent }: FakeProfile, { status, headers, body }: Outgoing): Outgoing {
  if (body === undefined) return { status, headers, body }
  const type = protocol === '1.1' || !strictContent ? 'application/json' : 'application/scim+json'
  return { status, headers: { 'content-type': `${type};charset=utf-8`, ...headers }, body }
}
