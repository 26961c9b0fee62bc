// Makes the line of a request from what the provider has noted and what the server knows.

import type { About, Call } from '../call.ts'
import { requireNodeCrypto } from '../node-crypto.ts'
import { networkOf } from './address.ts'
import { classOf, kindOf, type RequestLine } from './line.ts'
import { maskDetail, maskExpression, maskUrl, wordsOf } from './mask.ts'
import { namedIn } from './named.ts'
import { type BodyMode, bodyText } from './shape.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A request as it was asked. */
export interface Asked {
  /** Its id. */
  readonly id: string
  readonly call: Pick<Call, 'method' | 'path' | 'search' | 'header' | 'remote'>
  readonly about: About
  readonly tenant: string
}

/** A request that was answered. */
export interface Answered extends Asked {
  readonly status: number
  /** Time to answer, in microseconds. */
  readonly us: number
  readonly bytesOut: number
}

/** What lines are made with. */
export interface LineDeps {
  readonly vocabulary: Vocabulary
  /** Milliseconds since 1970. */
  readonly at: number
  readonly process: string
  /** The keyed hash of what a request names; absent as long as there is no key. */
  readonly hash?: ((tenant: string, name: string) => string) | undefined
}

/** Longest user agent, and most paths and names that are kept. */
const AGENT = 120
const MOST_NAMES = 50
/** Longest URL that is kept. */
const URL_CHARACTERS = 1_000

/** Makes the line. */
export function makeLine(
  { id, call, about, tenant, status, us, bytesOut }: Answered,
  { vocabulary, at, process, hash }: LineDeps,
): RequestLine {
  const { method, path, search } = call
  const { caller, sent } = about
  const outcome = classOf(status)
  const mode = modeOf(about, at)
  const asks = caller === undefined ? 'door' : kindOf(method, path)
  const isRead = asks === 'read' || asks === 'search' || asks === 'discovery'
  const keepsBody = (sent !== undefined || about.kept !== undefined) && !(isRead && outcome === 'answered')
  const detail = outcome === 'answered' ? undefined : detailOf(about, call, vocabulary)
  const route = routeOf(path, vocabulary)
  const address = networkOf(call.remote)
  const agent = call.header('user-agent')?.slice(0, AGENT)
  const code = outcome === 'answered' ? undefined : (about.code ?? `SCIM_${status}`)
  const resource = about.id
  // Nothing is made of what an unknown caller says.
  const named = hash === undefined || caller === undefined ? [] : (about.named ?? namedIn(search, sent))
  const hashes = hash === undefined ? [] : named.map((name) => hash(tenant, name))
  return {
    id,
    at,
    tenant,
    method,
    route,
    asks,
    path: maskUrl(path, search, vocabulary).slice(0, URL_CHARACTERS),
    status,
    us: Math.round(us),
    bytesIn: Number(call.header('content-length') ?? 0) || 0,
    bytesOut,
    process,
    ...(caller === undefined
      ? about.token === undefined
        ? {}
        : { token: about.token }
      : {
          connection: caller.actor,
          kind: caller.kind,
          ...(caller.token === undefined ? {} : { token: caller.token }),
        }),
    ...(about.type === undefined ? {} : { type: about.type }),
    ...(resource === undefined || !OURS.test(resource) ? {} : { resource }),
    ...(about.version === undefined ? {} : { version: about.version }),
    ...(code === undefined
      ? {}
      : {
          code,
          ...(detail === undefined ? {} : { detail }),
          print: printOf([caller?.actor ?? '', method, route, String(status), code, detail ?? '']),
        }),
    ...(about.bends === undefined ? {} : { bends: about.bends.slice(0, MOST_NAMES) }),
    ...(about.left === undefined
      ? {}
      : { left: about.left.slice(0, MOST_NAMES).map((one) => maskExpression(one, vocabulary, 'path')) }),
    ...(address === undefined ? {} : { address }),
    ...(agent === undefined ? {} : { agent }),
    ...(hashes.length === 0 ? {} : { about: hashes }),
    ...(keepsBody ? { body: mode, sent: about.kept ?? bodyText(sent, vocabulary, mode) } : {}),
  }
}

const OURS = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

/** The template of a path, like `/Users/{id}`: of the tenant's own endpoints too. */
function routeOf(path: string, { endpoints }: Vocabulary): string {
  const second = path.indexOf('/', 1)
  const endpoint = second === -1 ? path : path.slice(0, second)
  if (endpoint !== '/' && !endpoints.has(endpoint.toLowerCase())) return '/{endpoint}'
  if (second === -1 || second === path.length - 1) return endpoint
  return path.startsWith('/.search', second) ? `${endpoint}/.search` : `${endpoint}/{id}`
}

/** How the body of a request is kept. */
function modeOf({ caller }: About, at: number): BodyMode {
  return caller?.valuesUntil !== undefined && at < caller.valuesUntil ? 'values' : 'shape'
}

/** Makes of what was noted in another thread what can be handed over: the body as it is kept, the detail masked. */
export function settle(about: About, call: MaskedCall, vocabulary: Vocabulary, at: number): About {
  const { sent, ...rest } = about
  return {
    ...rest,
    sent: undefined,
    named: namedIn(call.search, sent),
    detail: detailOf(about, call, vocabulary),
    kept: sent === undefined ? undefined : bodyText(sent, vocabulary, modeOf(about, at)),
    isMasked: true,
  }
}

/** What of a call a detail may repeat. */
type MaskedCall = Pick<Call, 'path' | 'search' | 'header'>

/** The detail, masked; only what can be masked for certain. */
function detailOf(
  { detail, refused, sent, isMasked }: About,
  call: MaskedCall,
  vocabulary: Vocabulary,
): string | undefined {
  if (isMasked) return detail
  // It says more than what the client was told, and holds nothing of anybody.
  if (refused !== undefined) return refused
  if (detail === undefined) return undefined
  const words = wordsOf(sent, call.path, call.search, call.header('accept'), call.header('content-type'))
  return words === undefined ? undefined : maskDetail(detail, vocabulary, words)
}

/** What is left of a masked text without its forms. */
function withoutForms(text: string): string {
  return text
    .split('‹')
    .map((part, at) => (at === 0 ? part : part.slice(part.indexOf('›') + 1)))
    .join('')
}

/** What similar failures have in common: everything but whose they are. */
function printOf(parts: readonly string[]): string {
  const text = parts.map((part) => withoutForms(part).replace(/\d/g, '')).join('\n')
  return requireNodeCrypto().createHash('sha256').update(text).digest('hex').slice(0, 12)
}
