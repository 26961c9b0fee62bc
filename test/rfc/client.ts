// A minimal SCIM client for the requirement tests, with the URNs they use.

import { expect } from 'vitest'

// Message URIs are written out here and not taken from src/: these tests look at the server from outside.
export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const SEARCH_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
export const BULK_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
export const BULK_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'
export const SCIM_JSON = 'application/scim+json'

/** A parsed answer body. */
// biome-ignore lint/suspicious/noExplicitAny: the tests read answers freely; each expectation is the check of its type
export type Body = any

/** What the server answered. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The body as text, "" when there is none. */
  readonly text: string
  /** The body parsed; undefined when there is none or it isn't JSON. */
  readonly body: Body
}

/** Headers of one request; `undefined` leaves out one that would be sent otherwise. */
export type HeaderChoice = { readonly [name: string]: string | undefined }

/** A SCIM client without logic of its own: it sends exactly what it is given. */
export interface Client {
  readonly base: string
  readonly token: string | undefined
  /** Any method; `body` a string goes out as it is, bytes without Content-Type, anything else as JSON. */
  call(method: string, path: string, body?: unknown, headers?: HeaderChoice): Promise<Answer>
  get(path: string, headers?: HeaderChoice): Promise<Answer>
  post(path: string, body: unknown, headers?: HeaderChoice): Promise<Answer>
  put(path: string, body: unknown, headers?: HeaderChoice): Promise<Answer>
  /** An array is taken for the operations and wrapped in a PatchOp; anything else goes out as it is. */
  patch(path: string, operations: unknown, headers?: HeaderChoice): Promise<Answer>
  del(path: string, headers?: HeaderChoice): Promise<Answer>
  /** POST to `{path}/.search`; `schemas` is added when the request has none. */
  search(path: string, request: { readonly [name: string]: unknown }): Promise<Answer>
  bulk(
    operations: readonly unknown[],
    more?: { readonly [name: string]: unknown },
    headers?: HeaderChoice,
  ): Promise<Answer>
  /** GET `path?filter=…`, encoded. */
  filter(path: string, filter: string, more?: { readonly [name: string]: string }): Promise<Answer>
  /** The ids that a filter finds, at most 1,000, in the order of the answer. */
  ids(path: string, filter: string): Promise<readonly string[]>
  /** Creates a user, unique unless the members given say otherwise, and returns it. */
  makeUser(members?: { readonly [name: string]: unknown }): Promise<Body>
  /** Creates a group, unique unless the members given say otherwise, and returns it as GET shows it. */
  makeGroup(members?: { readonly [name: string]: unknown }): Promise<Body>
  /** The same server with another token, or none. */
  as(token: string | undefined): Client
}

let made = 0
const run = Math.random().toString(36).slice(2, 8)

/** A word that no other test of the run uses. */
export function unique(word = 'x'): string {
  made += 1
  return `${word}-${run}-${made}`
}

/** The body of a unique user; `undefined` members are left out. */
export function user(members: { readonly [name: string]: unknown } = {}): Body {
  return { schemas: [USER], userName: unique('user'), ...members }
}

/** The body of a unique group. */
export function group(members: { readonly [name: string]: unknown } = {}): Body {
  return { schemas: [GROUP], displayName: unique('group'), ...members }
}

/** A client for a base URL, as `connection()` of test/serve.ts gives it. */
export function createClient({ base, token }: { readonly base: string; readonly token?: string | undefined }): Client {
  const root = base.replace(/\/$/, '')

  async function call(method: string, path: string, body?: unknown, headers: HeaderChoice = {}): Promise<Answer> {
    const sent = new Headers({ accept: SCIM_JSON })
    if (token !== undefined) sent.set('authorization', `Bearer ${token}`)
    if (body !== undefined && !(body instanceof Uint8Array)) sent.set('content-type', SCIM_JSON)
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined) sent.delete(name)
      else sent.set(name, value)
    }
    const payload =
      body === undefined
        ? {}
        : {
            body:
              typeof body === 'string' || body instanceof Uint8Array
                ? (body as string | Uint8Array<ArrayBuffer>)
                : JSON.stringify(body),
          }
    const url = /^https?:/.test(path) ? path : root + path
    const response = await fetch(url, { method, headers: sent, redirect: 'manual', ...payload })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parse(text) }
  }

  const client: Client = {
    base: root,
    token,
    call,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    patch: (path, operations, headers) =>
      call(
        'PATCH',
        path,
        Array.isArray(operations) ? { schemas: [PATCH_OP], Operations: operations } : operations,
        headers,
      ),
    del: (path, headers) => call('DELETE', path, undefined, headers),
    search: (path, request) => call('POST', `${path}/.search`, { schemas: [SEARCH_REQUEST], ...request }),
    bulk: (operations, more = {}, headers) =>
      call('POST', '/Bulk', { schemas: [BULK_REQUEST], ...more, Operations: operations }, headers),
    filter: (path, filter, more = {}) => call('GET', `${path}?${new URLSearchParams({ filter, ...more })}`),
    async ids(path, filter) {
      const answer = await client.filter(path, filter, { attributes: 'id', count: '1000' })
      expect(answer.status, answer.text).toBe(200)
      return answer.body.Resources.map((resource: Body) => resource.id)
    },
    makeUser: (members) => make('/Users', user(members)),
    makeGroup: (members) => make('/Groups', group(members)),
    as: (other) => createClient({ base: root, token: other }),
  }

  async function make(path: string, body: Body): Promise<Body> {
    const answer = await client.post(path, body)
    expect(answer.status, answer.text).toBe(201)
    return answer.body
  }

  return client
}

function parse(text: string): Body {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A text without the id of its request, which errors end their detail with. */
export function withoutId(text: string): string {
  return text.replaceAll(/ \[r_[0-9a-z]{13}\]/g, '')
}

/**
 * Expects a SCIM error: status in line and body, the detail keyword (undefined: none), a detail for a person.
 * RFC 7644 §3.12.
 */
export function expectError(answer: Answer, status: number, scimType?: string): void {
  expect({ status: answer.status, scimType: answer.body?.scimType }, answer.text).toEqual({ status, scimType })
  expect(answer.body.schemas).toEqual([ERROR])
  expect(answer.body.status).toBe(String(status))
  expect(answer.headers.get('content-type')).toMatch(/^application\/(scim\+)?json\b/)
  expect(answer.body.detail).toEqual(expect.any(String))
  expect(answer.body.detail.length).toBeGreaterThan(0)
}

/** Expects a ListResponse and returns its resources. RFC 7644 §3.4.2. */
export function expectList(answer: Answer): readonly Body[] {
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.schemas).toEqual([LIST_RESPONSE])
  expect(answer.body.totalResults).toEqual(expect.any(Number))
  expect(answer.body.Resources).toEqual(expect.any(Array))
  expect(answer.body.itemsPerPage).toBe(answer.body.Resources.length)
  return answer.body.Resources
}
