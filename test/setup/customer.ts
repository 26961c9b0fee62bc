// A customer's browser at the setup page, without the browser: a link, its cookie, and the page's own routes.

import type { SetupState } from '../../src/setup/index.ts'
import type { Serving } from '../serve.ts'

/** A customer who has opened a link. */
export interface Customer {
  readonly cookie: string
  readonly state: () => Promise<SetupState>
  readonly step: (body: object) => Promise<SetupState>
  readonly token: (kind?: string) => Promise<string>
  readonly people: () => Promise<{ readonly status: number; readonly body: unknown }>
  /** Asks a route of the page. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Response>
}

/** What a vendor does with the admin API. */
export type Vendor = (
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly body: Told }>

/** What the admin API tells of links, as far as tests look at it. */
export interface Told {
  readonly link: string
  readonly url: string
  readonly code?: string
  readonly expires: string
  readonly opened: object
  readonly tokens: readonly { readonly id: string; readonly ended?: string }[]
  readonly items: readonly object[]
}

const NOTHING: Told = { link: '', url: '', expires: '', opened: {}, tokens: [], items: [] }

/** A vendor with an admin token of its own. */
export async function vendorOf(serving: Serving): Promise<Vendor> {
  const { token } = await serving.tenancy.adminTokens.create({ role: 'owner' })
  return async (method, path, body) => {
    const response = await fetch(`${serving.url}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? NOTHING : (JSON.parse(text) as Told) }
  }
}

/** What stands behind `#k=` in a link. */
export function keyOf(url: string): string {
  return new URL(url).hash.slice('#k='.length)
}

/** Asks the page's own routes. */
export function pageOf(url: string, cookie = ''): Customer['ask'] {
  return (method, path, body) =>
    fetch(`${url}/setup/v1${path}`, {
      method,
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(method === 'GET' ? {} : { 'x-lockstep': '1', 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
}

/** Opens a link, as a click on *Begin* does. */
export async function begin(url: string, link: string, code?: string): Promise<Customer> {
  const begun = await pageOf(url)('POST', '/session', { key: keyOf(link), ...(code === undefined ? {} : { code }) })
  if (begun.status !== 200) throw new Error(`the link did not open: ${begun.status} ${await begun.text()}`)
  const [cookie = ''] = (begun.headers.get('set-cookie') ?? '').split(';')
  const ask = pageOf(url, cookie)
  const stateOf = async (response: Response): Promise<SetupState> => {
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return response.json() as Promise<SetupState>
  }
  return {
    cookie,
    ask,
    state: async () => stateOf(await ask('GET', '/state')),
    step: async (body) => stateOf(await ask('POST', '/step', body)),
    async token(kind) {
      const made = await ask('POST', '/token', kind === undefined ? {} : { kind })
      if (made.status !== 201) throw new Error(`no token: ${made.status} ${await made.text()}`)
      return ((await made.json()) as { readonly token: string }).token
    },
    async people() {
      const response = await ask('GET', '/people')
      return { status: response.status, body: await response.json() }
    },
  }
}

/** Sends a SCIM request as an identity provider. */
export function scim(
  base: string,
  header: string | undefined,
  path = '/Users?filter=userName%20eq%20%22x%22',
  init: RequestInit = {},
) {
  return fetch(base + path, {
    ...init,
    headers: {
      ...(header === undefined ? {} : { authorization: header }),
      ...(init.body === undefined ? {} : { 'content-type': 'application/scim+json' }),
    },
  })
}
