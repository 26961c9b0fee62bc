// The requests of a case: sends them, creates resources for it, and reads them back.

import { BULK_REQUEST, isObject, type JsonObject, PATCH_OP, SCIM_JSON, SEARCH_REQUEST } from '../protocol/index.ts'
import type { Made, Probe } from './case.ts'
import type { Register } from './created-register.ts'
import type { Declared } from './declared.ts'
import { type Exchange, exchange, type Headers, type WireOptions } from './exchange.ts'
import { Blocked } from './fault.ts'
import { member, objects, pathOf } from './json-access.ts'
import { listElement } from './list-element.ts'
import type { Subject } from './subject.ts'

/** Names begin with this, so that people who find one know whose it is. */
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
  /** Whether requests may be sent that could destroy what the check has not made. */
  readonly destructive: boolean
  /** Told of every exchange. */
  readonly seen: (exchange: Exchange) => void
  /** `lockstep-check-k3f9x2-`. */
  readonly prefix: string
  readonly number: () => number
}

/** What a run has found out before its cases begin. */
export interface ServerUnderTest {
  readonly declared: Declared
  readonly subject: Subject | Error
  readonly groups: Subject | Error
}

/** Sends one request of a case, and notes what it made. */
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
    throw new Blocked(`the server names another host, where credentials are not sent: ${url}`)
  // Some servers and gateways delete all that is there.
  if (method === 'DELETE' && !session.destructive && !isOfOne(url, session.base))
    throw new Blocked(`DELETE of ${path} is not sent: a server that has it might delete everybody (--destructive)`)
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

/** A name that nothing else on the server has. An e-mail address, since many servers want one for a userName. */
export function freshName(session: Session): string {
  return `${session.prefix}${session.number()}@example.com`
}

/** Makes what a case works with. */
export function createProbe(session: Session, server: ServerUnderTest, owner: string): Probe {
  const call: Probe['call'] = (method, path, body, headers) => send(session, owner, method, path, body, headers)
  const name = () => freshName(session)
  const given = (one: Subject | Error) => {
    if (one instanceof Error) throw one
    return one
  }
  const make = async (members: JsonObject = {}, of = given(server.subject)): Promise<Made> => {
    const own = name()
    const made = await call('POST', of.type.endpoint, of.body(own, members))
    const id = member(made.body, 'id')
    if (made.status < 200 || made.status > 299 || typeof id !== 'string' || !isObject(made.body))
      throw new Blocked(`a ${of.type.name} that this needs was not created: ${made.status}`, [made])
    return {
      id,
      type: of.type,
      path: `${of.type.endpoint}/${encodeURIComponent(id)}`,
      body: made.body,
      name: own,
      filter: `${pathOf(of.named)} eq "${own}"`,
      exchange: made,
    }
  }
  const filter: Probe['filter'] = (endpoint, text, more = {}) =>
    call('GET', `${endpoint}?${new URLSearchParams({ filter: text, ...more }).toString().replaceAll('+', '%20')}`)
  return {
    declared: server.declared,
    subject: () => given(server.subject),
    groups: () => given(server.groups),
    prefix: session.prefix,
    base: session.base,
    destructive: session.destructive,
    name,
    word: () => (name().split('@')[0] ?? '').replaceAll('-', ''),
    elements(list) {
      const own = name()
      return [listElement(list, own, 0), listElement(list, own, 1), listElement(list, name(), 1)]
    },
    call,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    patch: (path, body, headers) =>
      call('PATCH', path, Array.isArray(body) ? { schemas: [PATCH_OP], Operations: body } : body, headers),
    del: (path, headers) => call('DELETE', path, undefined, headers),
    filter,
    search: (endpoint, members) => call('POST', `${endpoint}/.search`, { schemas: [SEARCH_REQUEST], ...members }),
    bulk: (operations, more = {}, headers) =>
      call('POST', '/Bulk', { schemas: [BULK_REQUEST], ...more, Operations: operations }, headers),
    make,
    async makeEach<const T extends readonly JsonObject[]>(...all: T) {
      const made: Made[] = []
      for (const members of all) made.push(await make(members))
      return made as { readonly [K in keyof T]: Made }
    },
    create: (members = {}, of = given(server.subject)) => call('POST', of.type.endpoint, of.body(name(), members)),
    async makeGroup(members) {
      return make(members === undefined ? {} : { members }, given(server.groups))
    },
    tick: (time) => new Promise((resolve) => setTimeout(resolve, /\.\d/.test(String(time)) ? 20 : 1100)),
    async read({ path }) {
      const shown = await call('GET', path)
      if (shown.status !== 200 || !isObject(shown.body))
        throw new Blocked(`${path} could not be read: ${shown.status}`, [shown])
      return shown.body
    },
    async find(text, of = given(server.subject)) {
      const own = session.register.ids(owner)
      const scoped = `(${text}) and ${pathOf(of.named)} sw "${session.prefix}"`
      const found = await filter(of.type.endpoint, scoped, { count: '100' })
      if (found.status !== 200) throw new Blocked(`the filter ${scoped} was answered ${found.status}`, [found])
      return objects(member(found.body, 'Resources'))
        .map((one) => String(member(one, 'id')))
        .filter((id) => own.has(id))
    },
  }
}
