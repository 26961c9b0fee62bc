// What is asked of requests that come without a token: that a page of ours sent them, and the cookie of a session.

import { Refused } from '../refusals.ts'

/** How a request reached the server. */
export interface Visit {
  /** Scheme and host that the browser shows, without a slash at the end: what its Origin must be. */
  readonly origin: string
  /** The address of the client. */
  readonly address: string
}

/** The header that no form can send: a page of another site has to ask first, and gets no yes. */
export const OWN_HEADER = 'x-lockstep'

/**
 * The name of the cookie. Over TLS it is bound to the host and can't be set from elsewhere. On plain loopback, where browsers keep no
 * such cookie, it has another name, so that one never stands in for the other, and the port in it, since cookies have none.
 */
export function cookieName(origin: string): string {
  const { protocol, port } = new URL(origin)
  return protocol === 'https:' ? '__Host-lockstep' : `lockstep_${port === '' ? '80' : port}`
}

/** The secret of the session that a request carries; undefined without one. */
export function readCookie(header: string | undefined | null, origin: string): string | undefined {
  return namedCookie(header, cookieName(origin))
}

/** A cookie by its name. RFC 6265 §4.2. Of two with the same name neither counts: one of them was put there by somebody else. */
export function namedCookie(header: string | undefined | null, name: string): string | undefined {
  const values = (header ?? '').split(';').flatMap((pair) => {
    const mark = pair.indexOf('=')
    return mark !== -1 && pair.slice(0, mark).trim() === name ? [pair.slice(mark + 1).trim()] : []
  })
  return values.length === 1 ? values[0] : undefined
}

/** The line that sets the cookie of a session, or with an empty secret takes it away. RFC 6265bis §4.1. */
export function writeCookie(secret: string, origin: string): string {
  const secure = origin.startsWith('https:') ? '; Secure' : ''
  const ended = secret === '' ? '; Max-Age=0' : ''
  return `${cookieName(origin)}=${secret}; Path=/; HttpOnly; SameSite=Strict${secure}${ended}`
}

/** The name of the cookie that a sign-in at an identity provider comes back with. */
export function flowCookie(origin: string): string {
  return `${cookieName(origin)}${origin.startsWith('https:') ? '-flow' : '_flow'}`
}

/** The line that sets that cookie, or takes it away. Lax: the browser comes back from another site. */
export function writeFlowCookie(secret: string, origin: string): string {
  const secure = origin.startsWith('https:') ? '; Secure' : ''
  return `${flowCookie(origin)}=${secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${secret === '' ? 0 : 600}${secure}`
}

/** Refuses a request that a page of another site has sent. Fetch Metadata §2, RFC 6454 §7. */
export function requireOwnPage(method: string, headers: Headers, origin: string): void {
  const reads = method === 'GET' || method === 'HEAD'
  const site = headers.get('sec-fetch-site')
  // Browsers that say where a request comes from say it always; `none` is what somebody types or bookmarks.
  if (site !== null && site !== 'same-origin' && !(reads && site === 'none')) throw elsewhere()
  if (reads) return
  if (site === null && headers.get('origin') !== origin) throw elsewhere()
  if (headers.get(OWN_HEADER) === null) throw elsewhere()
}

function elsewhere(): Refused {
  return new Refused(
    403,
    'ERR_FOREIGN_SITE',
    'This was sent by a page of another site; requests without a token must come from the console itself, with the header X-Lockstep: 1',
  )
}
