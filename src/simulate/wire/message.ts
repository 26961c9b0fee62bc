// Requests and answers as they go over the wire, and how a request is made from a template.

import type { Json } from '../../protocol/index.ts'
import { fill, fillText, type Variables } from './substitute.ts'

/** Headers of a template; `null` keeps one off the wire that a client would add by itself. */
export interface HeaderTemplates {
  readonly [name: string]: string | null
}

/** A request with its placeholders unfilled. */
export interface RequestTemplate {
  readonly method: string
  /** What is appended to the base URL, percent-encoded already. */
  readonly path: string
  readonly headers?: HeaderTemplates
  readonly body?: Json
  /** Sent as it is, instead of `body`. */
  readonly rawBody?: string
}

/** What every request of a conversation has in common. */
export interface Manners {
  readonly headers?: HeaderTemplates
  /** Whether `Content-Type` is sent with requests that have no body, too. */
  readonly contentTypeAlways?: boolean
}

/** A request exactly as it goes over the wire: nothing is encoded or tidied on the way. */
export interface WireRequest {
  /** `https://scim.example.com:8443`. */
  readonly origin: string
  readonly method: string
  /** The request target, byte for byte. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** An answer. Header names are in lower case. */
export interface WireAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** The path of a base URL, without a slash at its end: empty where it is the root. */
export function basePath(base: string): string {
  const { pathname } = new URL(base)
  return pathname.endsWith('/') ? pathname.slice(0, -1) : pathname
}

/** Fills in a template. A bearer token is added unless the template has an `Authorization` of its own, or none is given. */
export function writeRequest(
  base: string,
  token: string | undefined,
  manners: Manners,
  template: RequestTemplate,
  variables: Variables,
): WireRequest {
  const body = bodyOf(template, variables)
  const headers = headersOf(manners, template, variables, body !== undefined)
  if (token !== undefined && !headers.has('authorization'))
    headers.set('authorization', ['Authorization', `Bearer ${token}`])
  return {
    origin: new URL(base).origin,
    method: template.method,
    // Not through a URL parser: that would tidy away a dangling "?".
    target: basePath(base) + fillText(template.path, variables),
    headers: [...headers.values()].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
    ...(body === undefined ? {} : { body }),
  }
}

function bodyOf(template: RequestTemplate, variables: Variables): string | undefined {
  if (template.rawBody !== undefined) return fillText(template.rawBody, variables)
  return template.body === undefined ? undefined : JSON.stringify(fill(template.body, variables))
}

/** The request's headers over those of the conversation, names without regard to case. */
function headersOf(manners: Manners, template: RequestTemplate, variables: Variables, hasBody: boolean) {
  const headers = new Map<string, readonly [string, string | null]>()
  for (const [name, value] of Object.entries(manners.headers ?? {})) {
    const isForBodies = name.toLowerCase() === 'content-type'
    if (isForBodies && !hasBody && manners.contentTypeAlways !== true) continue
    headers.set(name.toLowerCase(), [name, value === null ? null : fillText(value, variables)])
  }
  for (const [name, value] of Object.entries(template.headers ?? {})) {
    headers.set(name.toLowerCase(), [name, value === null ? null : fillText(value, variables)])
  }
  return headers
}
