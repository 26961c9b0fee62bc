// The examples of people: adopting, and signing in against a real OpenID provider and a SAML fixture on loopback.

import { randomBytes } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { lockstep, memoryStore, type SsoConnection } from 'lockstep'
import Provider from 'oidc-provider'
import * as oidc from 'openid-client'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { adoptAll, createScim, type Row } from '../../examples/existing-users.ts'
import { signInByOidc } from '../../examples/sign-in-oidc.ts'
import { signInBySaml } from '../../examples/sign-in-saml.ts'
import { LENIENT } from '../../src/protocol/index.ts'
import { onPostgres } from '../database-under-test.ts'
import { createBrowser } from './browser.ts'
import { createSamlIdp } from './saml-idp.ts'

const ending: (() => unknown)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const end of ending.splice(0).reverse()) await end()
})

/** A server on loopback whose listener comes once its address is known. */
async function place(): Promise<{ readonly url: string; readonly serve: (listener: RequestListener) => void }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ending.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (listener) => void server.on('request', listener),
  }
}

const PEOPLE = [
  { id: '1', userName: 'ann@acme.example', externalId: 'ann' },
  { id: '2', userName: 'bea@acme.example', externalId: 'bea', active: false },
]

async function openScim(connection: SsoConnection) {
  const scim = lockstep({
    store: memoryStore(),
    authenticate: () => undefined,
    signIn: { connections: (tenant) => (tenant === 'acme' ? [connection] : []) },
  })
  ending.push(scim.close)
  await scim.adopt('acme', PEOPLE)
  const { directory } = await scim.open()
  const deactivate = (id: string) =>
    directory.patch({ tenant: 'acme', actor: 'okta', allow: LENIENT }, 'User', id, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    })
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  return { scim, deactivate, warned }
}

describe.skipIf(onPostgres)('examples', () => {
  test('OpenID Connect: openid-client against oidc-provider', async () => {
    const idp = await place()
    const app = await place()
    const callback = `${app.url}/sign-in/done`
    const secret = randomBytes(24).toString('base64url')
    const provider = new Provider(idp.url, {
      clients: [{ client_id: 'app', client_secret: secret, redirect_uris: [callback] }],
      cookies: { keys: [randomBytes(24).toString('base64url')] },
      conformIdTokenClaims: false,
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['preferred_username', 'name'] },
      findAccount: (_context, sub) => ({
        accountId: sub,
        claims: async () => ({
          sub,
          email: `${sub}@acme.example`,
          email_verified: true,
          preferred_username: `${sub}@acme.example`,
        }),
      }),
    })
    // On loopback, without TLS.
    idp.serve(provider.callback())
    const { scim, deactivate, warned } = await openScim({
      id: 'sso',
      kind: 'keycloak',
      issuer: idp.url,
      domains: ['acme.example'],
    })
    const config = await oidc.discovery(new URL(idp.url), 'app', secret, undefined, {
      execute: [oidc.allowInsecureRequests],
    })
    app.serve(signInByOidc(scim, { tenant: 'acme', id: 'sso', config, callback }))

    /** Signs in at the provider's own pages: a name, any password, and consent. */
    async function signIn(login: string) {
      const browser = createBrowser()
      let page = await browser.get(`${app.url}/sign-in`)
      for (let forms = 0; page.url.startsWith(`${idp.url}/interaction/`) && forms < 3; forms++) {
        const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1] ?? ''
        const action = /<form[^>]* action="([^"]*)"/.exec(page.text)?.[1] ?? ''
        page = await browser.post(new URL(action, page.url).href, { prompt, login, password: 'any' })
      }
      return { browser, page }
    }

    const ann = await signIn('ann')
    expect(ann.page).toMatchObject({ status: 200, url: `${app.url}/`, text: 'Hello, ann@acme.example' })
    expect(await scim.signIns.links('acme', '1')).toMatchObject([
      { issuer: idp.url, subject: 'ann', rule: 'immutable' },
    ])
    const bea = await signIn('bea')
    expect(bea.page).toMatchObject({ status: 403, text: expect.stringMatching(/does not know you yet, or no longer/) })
    const nobody = await signIn('nobody')
    expect(nobody.page.status).toBe(403)
    expect(warned.mock.calls.map(([line]) => /ERR_SIGNIN_\w+/.exec(String(line))?.[0])).toEqual([
      'ERR_SIGNIN_INACTIVE',
      'ERR_SIGNIN_UNKNOWN',
    ])

    const ended = new Promise<void>((resolve) => void scim.signIns.onEnd(() => resolve()))
    await deactivate('1')
    expect(await ann.browser.get(`${app.url}/`)).toMatchObject({ status: 401 })
    await ended
    expect((await signIn('ann')).page.status).toBe(403)
    // A start that is not this browser's.
    expect((await createBrowser().get(`${callback}?code=x&state=y`)).status).toBe(400)
  })

  test('SAML: node-saml against an identity provider that signs', async () => {
    const app = await place()
    const callback = `${app.url}/sign-in/done`
    const idp = createSamlIdp('urn:acme:idp', 'urn:app', callback)
    const { scim, deactivate, warned } = await openScim({
      id: 'sso',
      kind: 'okta',
      protocol: 'saml',
      issuer: idp.issuer,
      domains: ['acme.example'],
    })
    const connection = {
      tenant: 'acme',
      id: 'sso',
      entryPoint: 'https://idp.acme.example/sso',
      certificate: idp.certificate,
      audience: 'urn:app',
      callback,
    }
    const begun: string[] = []
    const routes = signInBySaml(scim, connection, (person) => {
      begun.push(person)
      return `session=${person}`
    })
    routes.get('/', (_request, response) => void response.send('home'))
    app.serve(routes)

    /** Begins as a browser does, and sends what the identity provider says. */
    async function arrive(say: (id: string) => string, relayed?: string) {
      const started = await fetch(`${app.url}/sign-in`, { redirect: 'manual' })
      const { id, relay } = idp.read(started.headers.get('location') ?? '')
      const [cookie = ''] = (started.headers.get('set-cookie') ?? '').split(';')
      const send = () =>
        fetch(callback, {
          method: 'POST',
          redirect: 'manual',
          headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ SAMLResponse: answer, RelayState: relayed ?? relay }),
        })
      const answer = say(id)
      const first = await send()
      return { status: first.status, text: await first.text(), again: async () => (await send()).status }
    }
    const says =
      (nameId: string, more: object = {}) =>
      (inResponseTo: string) =>
        idp.say({ nameId, inResponseTo, ...more })

    const ann = await arrive(says('ann'))
    expect(ann.status).toBe(303)
    expect(begun).toEqual(['1'])
    // The same answer once more.
    expect(await ann.again()).toBe(400)
    expect((await arrive(says('ANN@acme.example'))).status).toBe(403)
    expect((await arrive(says('bea'))).status).toBe(403)
    expect((await arrive(says('nobody'))).status).toBe(403)
    // Signed with the right key, and said by somebody else: node-saml lets it pass.
    expect((await arrive(says('ann', { issuer: 'urn:other:idp' }))).status).toBe(403)
    expect(String(warned.mock.calls.at(-1))).toContain('ERR_SIGNIN_CONNECTION')
    expect((await arrive(says('ann', { audience: 'urn:another-app' }))).status).toBe(400)
    expect((await arrive(says('bea', { forged: (xml: string) => xml.replace('>bea<', '>ann<') }))).status).toBe(400)
    expect((await arrive(() => idp.say({ nameId: 'ann', inResponseTo: '_never-asked' }))).status).toBe(400)
    expect((await arrive(says('ann'), 'the relay state of another browser')).status).toBe(400)
    await deactivate('1')
    expect((await arrive(says('ann'))).status).toBe(403)
    expect(begun).toEqual(['1'])
  })

  test('people whom the app has', async () => {
    const rows: readonly Row[] = [1, 2, 3].map((n) => ({
      id: `u${n}`,
      email: `u${n}@acme.example`,
      emailVerified: n !== 2,
      name: `User ${n}`,
      disabled: false,
      createdAt: new Date('2022-02-02T00:00:00Z'),
    }))
    const users = {
      byEmail: async (_tenant: string, email: string) => rows.find((row) => row.email === email),
      async *all() {
        yield* rows.slice(0, 1)
      },
    }
    vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const scim = createScim(memoryStore(), users, () => ({ tenant: 'acme', actor: 'okta', kind: 'okta' }))
    ending.push(scim.close)
    expect(await adoptAll(scim, users, 'acme')).toBe('1 adopted, 0 there already, 0 refused')
    expect(await adoptAll(scim, users, 'acme')).toBe('0 adopted, 1 there already, 0 refused')
    const post = async (n: number) => {
      const response = await scim.fetch(
        new Request('https://app.example/scim/v2/Users', {
          method: 'POST',
          headers: { authorization: 'Bearer x', 'content-type': 'application/scim+json' },
          body: JSON.stringify({
            userName: `login${n}`,
            externalId: `x${n}`,
            emails: [{ value: `u${n}@acme.example` }],
          }),
        }),
      )
      return { status: response.status, id: ((await response.json()) as { readonly id?: string }).id }
    }
    expect(await post(3)).toEqual({ status: 201, id: 'u3' })
    const unverified = await post(2)
    expect(unverified.status).toBe(201)
    expect(unverified.id).not.toBe('u2')
  })
})
