// A correct provider that is broken in one way, by changing its requests or its answers.

import { HERE } from './here.ts'

/** The body of a request or an answer, of any shape. */
// biome-ignore lint/suspicious/noExplicitAny: faults are made by reaching into messages of every shape
export type Body = any

/** A request on its way to the real provider. */
export interface Sent {
  method: string
  /** Below the base URL. */
  path: string
  query: URLSearchParams
  headers: Headers
  /** Parsed, when it is JSON. */
  body: Body
  /** As it came. */
  readonly text: string
}

/** An answer on its way back. */
export interface Got {
  status: number
  headers: Headers
  body: Body
}

type Provider = (sent: Sent) => Promise<Got>

/** One way in which a server is wrong, made by changing the requests or the answers of our provider. */
export interface Break {
  readonly name: string
  /** The cases that find it: these and no others. */
  readonly caught: readonly string[]
  readonly wrap: (real: Provider) => Provider
}

/** The provider with one thing broken. */
export function breakProvider(
  fetch: (request: Request) => Promise<Response>,
  { wrap }: Break,
): (request: Request) => Promise<Response> {
  const broken = wrap(async ({ method, path, query, headers, body, text }) => {
    const search = query.toString().replaceAll('+', '%20')
    const url = `${HERE}${path}${search === '' ? '' : `?${search}`}`
    // An unchanged body is passed on as it came, byte for byte.
    const payload = isSame(body, text) ? text : JSON.stringify(body)
    const answer = await fetch(
      new Request(url, { method, headers, ...(payload === '' ? {} : { body: new TextEncoder().encode(payload) }) }),
    )
    const given = await answer.text()
    return {
      status: answer.status,
      headers: new Headers(answer.headers),
      body: given === '' ? undefined : JSON.parse(given),
    }
  })
  return async (request) => {
    const url = new URL(request.url)
    if (!request.url.startsWith(HERE)) return fetch(request)
    const text = await request.text()
    const got = await broken({
      method: request.method,
      path: url.pathname.slice(new URL(HERE).pathname.length),
      query: url.searchParams,
      headers: new Headers(request.headers),
      body: parse(text),
      text,
    })
    got.headers.delete('content-length')
    const body = got.body === undefined ? null : typeof got.body === 'string' ? got.body : JSON.stringify(got.body)
    return new Response([204, 304].includes(got.status) ? null : body, { status: got.status, headers: got.headers })
  }
}

function isSame(body: Body, text: string): boolean {
  return body === undefined || JSON.stringify(body) === JSON.stringify(parse(text))
}

function parse(text: string): Body {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Changes the request, or answers it. */
export const onRequest =
  (change: (sent: Sent) => Got | undefined): Break['wrap'] =>
  (real) =>
  async (sent) =>
    change(sent) ?? real(sent)

/** Changes the answer. */
export const onAnswer =
  (change: (got: Got, sent: Sent) => void): Break['wrap'] =>
  (real) =>
  async (sent) => {
    const got = await real(sent)
    change(got, sent)
    return got
  }

/** A SCIM error. */
export function error(status: number, scimType?: string): Got {
  return {
    status,
    headers: new Headers({ 'content-type': 'application/scim+json' }),
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
      ...(scimType === undefined ? {} : { scimType }),
      detail: 'broken on purpose',
    },
  }
}

/** Changes the filter of a GET or a search. */
export const refilter = (change: (filter: string) => string | undefined | Got) =>
  onRequest((sent) => {
    const searched = sent.path.endsWith('/.search')
    const filter = searched ? sent.body?.filter : sent.query.get('filter')
    if (typeof filter !== 'string' || /^\/(Schemas|ResourceTypes|ServiceProviderConfig)/.test(sent.path)) return
    const other = change(filter)
    if (typeof other === 'object') return other
    if (searched) sent.body.filter = other
    else if (other === undefined) sent.query.delete('filter')
    else sent.query.set('filter', other)
  })

/** Changes each resource of an answer: the one, or those of a list. */
export const resources = (change: (resource: Body, sent: Sent, got: Got) => void) =>
  onAnswer((got, sent) => {
    if (got.status >= 300 || typeof got.body !== 'object') return
    if (/^\/(Schemas|ResourceTypes|ServiceProviderConfig|Bulk)/.test(sent.path)) return
    for (const one of Array.isArray(got.body.Resources) ? got.body.Resources : [got.body])
      if (one.id) change(one, sent, got)
  })

/** Changes each operation of a PATCH. */
export const operations = (change: (operations: Body[], sent: Sent) => Body[] | Got | undefined) =>
  onRequest((sent) => {
    if (sent.method !== 'PATCH' || !Array.isArray(sent.body?.Operations)) return
    const other = change(sent.body.Operations, sent)
    if (Array.isArray(other)) sent.body.Operations = other
    else if (other !== undefined) return other
  })

/** Changes the answers that are lists of users or groups. */
export const lists = (change: (body: Body, sent: Sent, got: Got) => void) =>
  onAnswer((got, sent) => {
    if (got.status !== 200 || !Array.isArray(got.body?.Resources) || /^\/(Schemas|ResourceTypes)/.test(sent.path))
      return
    change(got.body, sent, got)
  })

/** Changes errors of one status. */
export const errors = (status: number | undefined, change: (got: Got, sent: Sent) => void) =>
  onAnswer((got, sent) => {
    if (got.status >= 400 && (status === undefined || got.status === status)) change(got, sent)
  })
