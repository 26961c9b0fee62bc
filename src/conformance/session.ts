// What all requests of a run have in common, and the one way in which they are sent.

import { SCIM_JSON } from '../protocol/index.ts'
import { Blocked } from './fault.ts'
import type { Register } from './wire/created-register.ts'
import { type Exchange, exchange, type Headers, type WireOptions } from './wire/exchange.ts'

/** Names begin with this, so that it is plain where they come from. */
export const PREFIX = 'lockstep-check-'

/** What all cases of a run share. */
export interface Session {
  /** Base URL without a slash at its end. */
  readonly base: string
  /** Headers of every request: the credentials. */
  readonly headers: { readonly [name: string]: string }
  readonly wire: WireOptions
  readonly pace: (send: () => Promise<Exchange>) => Promise<Exchange>
  readonly register: Register
  /** Whether requests may be sent that could destroy what the check has not created. */
  readonly destructive: boolean
  /** Called with every exchange. */
  readonly seen: (exchange: Exchange) => void
  /** `lockstep-check-k3f9x2-`. */
  readonly prefix: string
  readonly number: () => number
}

/** Sends one request of a case, and registers what it created. */
export async function send(
  session: Session,
  owner: string,
  method: string,
  path: string,
  body?: unknown,
  more: Headers = {},
): Promise<Exchange> {
  const url = urlOf(path, session.base)
  if (new URL(url).origin !== new URL(session.base).origin)
    throw new Blocked(`the server names another host, to which credentials are not sent: ${url}`)
  // Some servers and gateways then delete every resource.
  if (method === 'DELETE' && !session.destructive && !isOfOne(url, session.base))
    throw new Blocked(`DELETE of ${path} is not sent: a server that has it might delete every resource (--destructive)`)
  const sent: { [name: string]: string } = { accept: SCIM_JSON, ...session.headers }
  if (body !== undefined) sent['content-type'] = SCIM_JSON
  for (const [name, value] of Object.entries(more)) {
    for (const other of Object.keys(sent)) if (other.toLowerCase() === name.toLowerCase()) delete sent[other]
    if (value !== undefined) sent[name] = value
  }
  const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await session.pace(() => exchange(session.wire, method, url, sent, payload))
  session.register.note(answer, owner)
  session.seen(answer)
  return answer
}

/** The URL of a path below the base URL, of one from the root, or of a reference relative to the base URL. RFC 7643 §2.3.7. */
function urlOf(path: string, base: string): string {
  if (/^https?:\/\//.test(path)) return path
  const { origin, pathname } = new URL(base)
  if (pathname !== '/' && path.startsWith(`${pathname}/`)) return origin + path
  return path.startsWith('/') || path === '' ? base + path : `${base}/${path}`
}

/** Whether a URL is that of one resource, `/Users/2819c223`, and not of an endpoint. */
function isOfOne(url: string, base: string): boolean {
  const path = url.startsWith(base) ? url.slice(base.length) : new URL(url).pathname
  return /^\/[^/?#]+\/[^/?#]/.test(path)
}

/** A name that nothing else on the server has: an e-mail address, since many servers require one for a userName. */
export function freshName(session: Session): string {
  return `${session.prefix}${session.number()}@example.com`
}
