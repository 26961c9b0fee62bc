// A real OpenID provider on loopback, and a browser that signs in there.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClientMetadata, Provider } from 'oidc-provider'
import { expect } from 'vitest'
import type { Page } from './browser.ts'

/** Where the provider sends the browser back to, below the server. */
export const CALLBACK = '/admin/v1/session/oidc/callback'

/** A provider. */
export interface OpenIdProvider {
  readonly issuer: string
  /** What it says of everybody. */
  claims: { [claim: string]: unknown }
  readonly close: () => void
}

/** Starts a provider with these clients. */
export async function startProvider(clients: ClientMetadata[]): Promise<OpenIdProvider> {
  const listening = createServer()
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
  const started: OpenIdProvider = {
    issuer,
    claims: {},
    close: () => {
      listening.closeAllConnections()
      listening.close()
    },
  }
  const provider = new Provider(issuer, {
    clients,
    claims: { openid: ['sub', 'groups', 'email', 'email_verified', 'preferred_username', 'name'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: true } },
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...started.claims }) }),
    cookies: { keys: ['test'] },
    pkce: { required: () => true },
  })
  listening.on('request', provider.callback())
  return started
}

/** Signs in at the provider as a browser does, and returns the address that it is sent back to. */
export async function visitProvider(server: string, start: string, login = 'ada'): Promise<string> {
  const cookies = new Map<string, string>()
  let url = start
  let form: URLSearchParams | undefined
  for (let step = 0; step < 20; step++) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location !== null) {
      url = new URL(location, url).href
      form = undefined
      if (url.startsWith(server)) return url
      continue
    }
    const html = await response.text()
    const action = /action="([^"]+)"/.exec(html)?.[1]
    if (action === undefined) throw new Error(`The provider says ${response.status}: ${html.slice(0, 500)}`)
    const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1] ?? 'login'
    form = new URLSearchParams({ prompt, login, password: 'x' })
    url = new URL(action, url).href
  }
  throw new Error('The provider goes round in circles')
}

/** The path of an address below the admin API. */
export const below = (server: string, url: string): string => url.slice(`${server}/admin/v1`.length)

/** What a browser sends when another site sends it here. */
export const FROM_ELSEWHERE = { 'sec-fetch-site': 'cross-site', 'x-lockstep': '' }

/** Signs in to the console by the provider, and returns the address that the browser is sent to. */
export async function signIn(server: string, page: Page, login?: string): Promise<string> {
  const start = await page.send('GET', '/session/oidc?back=/t/acme', { headers: { 'x-lockstep': '' } })
  expect(start.status).toBe(303)
  const back = await visitProvider(server, start.headers.get('location') ?? '', login)
  const { status, headers } = await page.send('GET', below(server, back), { headers: FROM_ELSEWHERE })
  expect(status).toBe(303)
  return (headers.get('location') ?? '').slice(server.length)
}
