// Builds the requests of the client: base URL, path, headers.

import { ConfigError, JSON_TYPE, type Json, SCIM_JSON, withoutLastSlashes } from '../protocol/index.ts'
import { parseUrl } from '../url.ts'

/** One request, before it has credentials. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below the base URL, percent-encoded, with its leading slash: `/Users/2819…`. */
  readonly path: string
  readonly query?: { readonly [name: string]: string | number | undefined }
  readonly body?: Json
  /** Further headers, in lower case; they take the place of those that the client would send. */
  readonly headers?: { readonly [name: string]: string }
  readonly ifMatch?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** The signal ends the call in time: no clock of the client's own is started. */
  readonly isTimed?: boolean | undefined
  /** POST that only looks, like `/.search`: as safe to repeat as a GET. */
  readonly isSafe?: boolean
}

/** What goes out. */
export interface Outgoing {
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body: string | undefined
}

/** The base URL of a service provider, without a slash at its end; throws ConfigError for anything else. RFC 7644 §1.3. */
export function readBaseUrl(text: string): string {
  const url = parseUrl(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(
      'url',
      `must be the base URL of a SCIM server, like https://app.example/scim/v2, not "${text}"`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError('url', 'must not contain credentials; give them as auth, so that they are not logged')
  }
  if (url.search !== '' || url.hash !== '') throw new ConfigError('url', 'must end in its path, without ? or #')
  return withoutLastSlashes(url.href)
}

/** A call as it goes out. Spaces of a query are `%20`, which every server reads; `+` is not. RFC 7644 §3.1, §3.4.2. */
export function toOutgoing(base: string, call: Call): Outgoing {
  const { path, query = {}, body, headers, ifMatch } = call
  const parts: string[] = []
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parts.push(`${name}=${encode(String(value))}`)
  }
  return {
    url: `${base}${path}${parts.length === 0 ? '' : `?${parts.join('&')}`}`,
    headers: {
      accept: `${SCIM_JSON}, ${JSON_TYPE}`,
      ...(body === undefined ? {} : { 'content-type': SCIM_JSON }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  }
}

/**
 * The path of a resource. Ids may hold anything (Zoom's hold `&`), so they are percent-encoded whole. RFC 7644 §3.2.
 * @example
 * pathOf('/Users', id)
 */
export function pathOf(endpoint: string, id: string): string {
  if (id === '' || id === '.' || id === '..') throw new ConfigError('id', `must be the id of a resource, not "${id}"`)
  return `${endpoint}/${encode(id)}`
}

/** Marks that a URL may hold, but that some servers read as their own. RFC 3986 §2.2. */
const MARKS = /[!'()*]/
const EACH_MARK = /[!'()*]/g

function encode(text: string): string {
  const encoded = encodeURIComponent(text)
  return MARKS.test(encoded)
    ? encoded.replace(EACH_MARK, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    : encoded
}
