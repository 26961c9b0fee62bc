// The `url` option: one text that says where clients reach SCIM, and where in it the tenant stands.

import { type Answer, isHost, type Located, originOf, type Target } from '../call.ts'
import { ConfigError, notFound, SCIM_JSON, withoutLastSlashes } from '../protocol/index.ts'
import { belowBase } from '../provider/index.ts'

/** Where in its URL a request names the tenant; `credential`: it doesn't, and the credential does. */
export type TenantIn = 'path' | 'host' | 'credential'

/** A `url` as read. */
export interface UrlTemplate {
  readonly text: string
  readonly tenantIn: TenantIn
  /** Its path, with `:tenant` where the tenant is in it; empty at the root. */
  readonly path: string
  /** Finds where a request leads; 404 in words for one that leads elsewhere. */
  readonly locate: (target: Target) => Located | Answer
  /** The base URL of a tenant without a slash at its end; a path where `url` is one, since only a request shows the host then. */
  readonly base: (tenant: string) => string
}

/** The parts of a `url`. */
interface Parts {
  readonly text: string
  readonly tenantIn: TenantIn
  /** Scheme and host, up to the tenant where it is in the host; undefined where `url` is a path. */
  readonly origin: string | undefined
  /** With the tenant in the host: its name before the tenant and after it, in lower case without the port, and the port. */
  readonly host: { readonly scheme: string; readonly before: string; readonly after: string; readonly port: string }
  /** The path before the tenant and after it; the whole path is `after` where it has no tenant. */
  readonly before: string
  readonly after: string
}

const PARAMETER = ':tenant'
/** A host label: what a tenant in a sub-domain may be called. RFC 1123 §2.1. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
/** Longest `url`, and longest name of a tenant in one. */
const MOST = 2_000
const TENANT_LENGTH = 200

/** Stands for the tenant while the URL is parsed: a host label that nobody has. */
const MARK = 'lockstep-tenant-0x'

/** Endpoints that tell a path below a base URL whose base a framework has cut off. */
const ENDPOINTS: ReadonlySet<string> = new Set([
  'Users',
  'Groups',
  'Me',
  'Bulk',
  'Schemas',
  'ResourceTypes',
  'ServiceProviderConfig',
  '.search',
])

/** Reads a `url`. Throws {@link ConfigError} for one that can't be served, and says what would be right. */
export function readUrl(
  text: string,
  options: { readonly trustProxy: boolean; readonly endpoints?: readonly string[] },
): UrlTemplate {
  const parts = partsOf(text)
  const endpoints = new Set([...ENDPOINTS, ...(options.endpoints ?? []).map((one) => one.slice(1))])
  return {
    text,
    tenantIn: parts.tenantIn,
    path: templateOf(parts),
    locate: (target) => locate(parts, options.trustProxy ? throughProxy(target) : target, endpoints),
    base: (tenant) => baseOf(parts, tenant),
  }
}

function partsOf(text: string): Parts {
  if (typeof text !== 'string' || text.length > MOST) refuse('must be a text of at most 2,000 characters')
  requireParameters(text)
  const isPath = text.startsWith('/')
  const marked = text.replace(PARAMETER, MARK)
  const url = URL.canParse(marked, isPath ? 'http://localhost' : undefined)
    ? new URL(marked, isPath ? 'http://localhost' : undefined)
    : undefined
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== '' ||
    url.hash !== '' ||
    url.username !== '' ||
    url.password !== ''
  ) {
    return refuse(
      'must be an absolute http or https URL without credentials, query or fragment, like https://app.example/scim/v2, or a path like /scim/v2',
    )
  }
  const path = withoutLastSlashes(withSingleSlashes(url.pathname))
  const [before = '', after] = path.split(MARK)
  const inPath = after !== undefined
  if (inPath && (!before.endsWith('/') || (after !== '' && !after.startsWith('/')))) {
    refuse(`${PARAMETER} must be a whole segment of the path, like /t/${PARAMETER}/scim/v2`)
  }
  const inHost = url.hostname.includes(MARK)
  if (inHost && !url.hostname.split('.').includes(MARK)) {
    refuse(`${PARAMETER} must be a whole part of the host between dots, like https://${PARAMETER}.app.example/scim/v2`)
  }
  if (inHost && url.hostname === MARK)
    refuse(`${PARAMETER} must not be the whole host; write like https://${PARAMETER}.app.example/scim/v2`)
  const [hostBefore = '', hostAfter = ''] = inHost ? url.hostname.split(MARK) : []
  return {
    text,
    tenantIn: inPath ? 'path' : inHost ? 'host' : 'credential',
    origin: isPath || inHost ? undefined : url.origin,
    host: { scheme: url.protocol.slice(0, -1), before: hostBefore, after: hostAfter, port: url.port },
    before: inPath ? before : '',
    after: inPath ? after : path,
  }
}

function requireParameters(text: string): void {
  if (/[{}[\]*]/.test(text.replace(/^https?:\/\/\[[\da-f:.]+\]/i, '')))
    refuse(`write the place of the tenant as ${PARAMETER}, like /t/${PARAMETER}/scim/v2`)
  // A port is no parameter: its first character is a digit.
  const parameters = text.match(/:[A-Za-z_]\w*/g) ?? []
  const other = parameters.find((one) => one !== PARAMETER)
  if (other !== undefined && !text.includes('@'))
    refuse(`has the parameter ${other}; the only one that there is is called ${PARAMETER}`)
  if (parameters.length > 1) refuse(`may have ${PARAMETER} only once`)
}

function refuse(expected: string): never {
  throw new ConfigError('url', expected)
}

/** What a proxy says of the request that it passes on; where there are several, the nearest one. */
function throughProxy(target: Target): Target {
  const last = (name: string) => target.header(name)?.split(',').at(-1)?.trim()
  const scheme = last('x-forwarded-proto')?.toLowerCase()
  const host = last('x-forwarded-host')
  return {
    ...target,
    scheme: scheme === 'https' || scheme === 'http' ? scheme : target.scheme,
    host: host !== undefined && isHost(host) ? host : target.host,
    remote: last('x-forwarded-for') ?? target.remote,
  }
}

function locate(parts: Parts, target: Target, endpoints: ReadonlySet<string>): Located | Answer {
  const tenant = parts.tenantIn === 'host' ? tenantOfHost(parts, target.host) : undefined
  if (parts.tenantIn === 'host' && tenant === undefined) return noTenantInHost(parts, target)
  const found = find(parts, target, endpoints)
  if (found === undefined) return elsewhere(parts, target)
  const named = tenant ?? found.tenant
  const origin = parts.tenantIn === 'host' ? hostOrigin(parts, named ?? '') : (parts.origin ?? originOf(target))
  return { path: found.path, base: origin + pathOf(parts, named), tenant: named, remote: target.remote }
}

interface Below {
  readonly path: string
  readonly tenant?: string
  /** The base was there without its version. */
  readonly unversioned?: boolean
}

/** Cuts the base off a path in whatever form it came. */
function find(parts: Parts, target: Target, endpoints: ReadonlySet<string>): Below | undefined {
  const found = below(parts, target.path) ?? below(parts, withSingleSlashes(target.path))
  if (found === undefined) return belowCut(parts, target, endpoints)
  // `/api/v2` without its version is `/api`, below which an app has a lot else.
  const nothingLeft = parts.tenantIn !== 'path' && parts.after === '/v2'
  if (target.shared && found.unversioned && (nothingLeft || !isEndpoint(found.path, endpoints))) return undefined
  return found
}

/** Whether a path begins with an endpoint, or with a version that the route then refuses by name. */
function isEndpoint(path: string, endpoints: ReadonlySet<string>): boolean {
  const first = path.split('/', 2)[1] ?? ''
  return endpoints.has(first) || /^v\d+$/.test(first)
}

/** Cuts the base off a path. */
function below({ tenantIn, before, after }: Parts, path: string): Below | undefined {
  if (tenantIn !== 'path') {
    return belowAny(path, after)
  }
  if (!path.startsWith(before)) return undefined
  const slash = path.indexOf('/', before.length)
  const end = slash === -1 ? path.length : slash
  const tenant = tenantOf(path.slice(before.length, end))
  const rest = belowAny(path.slice(end), after)
  return tenant === undefined || rest === undefined ? undefined : { ...rest, tenant }
}

/** Below a base with its version, or without. */
function belowAny(path: string, base: string): Below | undefined {
  const rest = belowBase(path, base)
  if (rest === undefined) return undefined
  return belowExactly(path, base) === undefined ? { path: rest, unversioned: true } : { path: rest }
}

/**
 * The same where a framework or proxy has cut off the beginning of the path (Next.js its `basePath`): the rest of the base must
 * still be there, or where all of it is gone, the name of an endpoint.
 */
function belowCut(parts: Parts, { path, mount, shared }: Target, endpoints: ReadonlySet<string>): Below | undefined {
  const inPath = parts.tenantIn === 'path'
  let left = inPath ? parts.before : parts.after
  for (;;) {
    const next = left.indexOf('/', 1)
    if (next === -1) break
    left = left.slice(next)
    // One segment alone, like `/v2`, may well be another one of the app's.
    if (shared && segmentsIn(left) + (inPath ? segmentsIn(parts.after) : 0) < 2) return undefined
    const found = inPath ? below({ ...parts, before: left }, path) : belowExactly(path, left)
    // Neither may both its beginning and its version be gone: `/docs/scim` is the app's.
    if (found !== undefined && !(shared && found.unversioned)) return found
    if (left === '/') break
  }
  if (inPath || shared) return undefined
  // Where a framework says where it has mounted this, a `url` that is only a path is wrong.
  if (mount && parts.origin === undefined && parts.tenantIn !== 'host') return undefined
  const rest = mount ? belowBase(path, mount) : path
  return rest !== undefined && isEndpoint(rest, endpoints) ? { path: rest } : undefined
}

function segmentsIn(path: string): number {
  return path.split('/').filter((segment) => segment !== '').length
}

function belowExactly(path: string, base: string): Below | undefined {
  if (!path.startsWith(base)) return undefined
  const rest = path.slice(base.length)
  return rest === '' ? { path: '/' } : rest.startsWith('/') ? { path: rest } : undefined
}

/** The tenant that a segment of a path names. */
function tenantOf(segment: string): string | undefined {
  let name = segment
  if (segment.includes('%')) {
    try {
      name = decodeURIComponent(segment)
    } catch {
      return undefined
    }
  }
  return isTenant(name) ? name : undefined
}

/** Whether a text can name a tenant: 1 to 200 characters, without a slash or control characters, and no dots alone. */
export function isTenant(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    name.length > 0 &&
    name.length <= TENANT_LENGTH &&
    !/[\p{Cc}/]|^\.{1,2}$/u.test(name) &&
    name.isWellFormed()
  )
}

/** A tenant that the app names. Throws ConfigError for a text that can't name one. */
export function requireTenant(name: string): string {
  if (isTenant(name)) return name
  throw new ConfigError('tenant', 'must be a name of 1 to 200 characters without slashes and control characters')
}

function tenantOfHost({ host: { before, after } }: Parts, host = ''): string | undefined {
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase()
  if (!name.startsWith(before) || !name.endsWith(after) || name.length <= before.length + after.length) return undefined
  const label = name.slice(before.length, name.length - after.length)
  return LABEL.test(label) ? label : undefined
}

function hostOrigin({ host: { scheme, before, after, port } }: Parts, tenant: string): string {
  return `${scheme}://${before}${tenant}${after}${port === '' ? '' : `:${port}`}`
}

function pathOf({ tenantIn, before, after }: Parts, tenant = ''): string {
  return tenantIn === 'path' ? before + encodeURIComponent(tenant) + after : after
}

function templateOf({ tenantIn, before, after }: Parts): string {
  return tenantIn === 'path' ? before + PARAMETER + after : after
}

function baseOf(parts: Parts, tenant: string): string {
  const origin = parts.tenantIn === 'host' ? hostOrigin(parts, tenant) : (parts.origin ?? '')
  return origin + pathOf(parts, tenant)
}

function withSingleSlashes(path: string): string {
  return path.includes('//') ? path.replace(/\/+/g, '/') : path
}

/** The answer to a request for another path: nearly always `url` and the framework's route differ. */
function elsewhere(parts: Parts, { path, mount }: Target): Answer {
  const { text } = parts
  const at = templateOf(parts) || '/'
  const mounted = mount ? ` and it is mounted at ${mount.slice(0, 200)}` : ''
  return answer(
    `There is no SCIM at ${path.slice(0, 200)}: the option url is ${text}, so it answers below ${at}${mounted}; change url to where clients reach it, or the route of the framework to ${at}`,
  )
}

function noTenantInHost({ text }: Parts, { host = 'that the request does not give' }: Target): Answer {
  return answer(
    `The host ${host} names no tenant: the option url is ${text}; behind a proxy, have it pass the Host on, or set trustProxy so that X-Forwarded-Host is read`,
  )
}

function answer(detail: string): Answer {
  return { status: 404, headers: ['Content-Type', SCIM_JSON], body: JSON.stringify(notFound(detail)) }
}
