// Tests sign-in by a real OpenID provider on loopback: what is checked, who gets which role, how leavers are out.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LENIENT } from '../../src/protocol/index.ts'
import { type Serving, serve } from '../serve.ts'
import { openPage } from './browser.ts'
import {
  below,
  CALLBACK,
  FROM_ELSEWHERE,
  type OpenIdProvider,
  signIn,
  startProvider,
  visitProvider,
} from './openid-provider.ts'

const SECRET = 'the-secret-of-the-client'
let idp: OpenIdProvider
let server: Serving
let owner: string

beforeAll(async () => {
  server = await serve({ flags: { outboundAllow: '127.0.0.0/8' } })
  idp = await startProvider([
    {
      client_id: 'console',
      client_secret: SECRET,
      redirect_uris: [`${server.url}${CALLBACK}`],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ])
  owner = (await server.tenancy.adminTokens.create()).token
})
afterAll(async () => {
  idp.close()
  await server.close()
})
beforeEach(() => {
  idp.claims = {}
})

const send = (method: string, path: string, body?: unknown) =>
  openPage(server.url).send(method, path, { body, headers: { authorization: `Bearer ${owner}` } })
const settings = (more: object = {}) => ({ oidc: { issuer: idp.issuer, clientId: 'console', secret: SECRET }, ...more })

test('the settings keep the secret sealed, show where it is, and are refused at their fields', async () => {
  const put = await send('PUT', '/sign-in', settings({ rules: [{ claim: 'groups', value: 'owners', role: 'owner' }] }))
  expect(put).toMatchObject({ status: 200, body: { oidc: { issuer: idp.issuer, client: 'secret', secret: 'sealed' } } })
  expect(put.body.redirect).toBe(`${server.url}/admin/v1/session/oidc/callback`)
  const kept = JSON.stringify(await server.store.records('', 'sign-in', { limit: 10 }))
  expect(kept).not.toContain(SECRET)
  expect(JSON.stringify(await server.store.changes('', 0, 1_000))).not.toContain(SECRET)
  // The same client keeps its secret, another one needs one of its own.
  const again = { oidc: { issuer: idp.issuer, clientId: 'console', label: 'Acme' } }
  expect((await send('PUT', '/sign-in', again)).body.oidc).toMatchObject({ label: 'Acme', secret: 'sealed' })
  for (const [body, field] of [
    [{ oidc: { issuer: idp.issuer, clientId: 'other' } }, 'oidc.secret'],
    [{ oidc: { issuer: 'http://idp.example', clientId: 'x', secret: 'y' } }, 'oidc.issuer'],
    [{ oidc: { issuer: 'https://idp.example?x', clientId: 'x', secret: 'y' } }, 'oidc.issuer'],
    [{ oidc: { issuer: 'https://idp.example', clientId: 'x', env: 'LOCKSTEP_SEAL_KEY' } }, 'oidc.env'],
    [{ rules: [{ claim: 'a', value: 'b', role: 'administrator' }] }, 'tenants'],
  ] as const) {
    const refused = await send('PUT', '/sign-in', body)
    expect([refused.status, refused.body.error.faults?.[0]?.field]).toEqual([400, field])
  }
})

describe('with rules over claims', () => {
  beforeAll(async () => {
    const rules = [
      { claim: 'groups', value: 'owners', role: 'owner' },
      { claim: 'email', value: 'bo@acme.example', role: 'support', tenants: ['acme'] },
    ]
    await send('PUT', '/sign-in', settings({ rules }))
  })

  test('whom a rule fits is in, on the page they wanted, and out when the rule goes', async () => {
    idp.claims = { groups: ['all', 'owners'], name: 'Ada Lovelace' }
    const page = openPage(server.url)
    expect((await page.send('GET', '/ways-in')).body.ways).toEqual(['oidc', 'link', 'token'])
    expect(await signIn(server.url, page)).toBe('/console/t/acme')
    expect((await page.send('GET', '/session')).body).toMatchObject({
      name: 'Ada Lovelace',
      role: 'owner',
      how: 'oidc',
    })
    // Of the claims those alone are kept that a rule asks for.
    const kept = JSON.stringify(await server.store.records('', 'session', { limit: 100 }))
    expect(kept).toContain('owners')
    expect(kept).not.toContain('"all"')
    await send('PUT', '/sign-in', settings({ rules: [{ claim: 'groups', value: 'all', role: 'support' }] }))
    expect((await page.send('GET', '/session')).status).toBe(401)
    await send('PUT', '/sign-in', settings({ rules: [{ claim: 'groups', value: 'owners', role: 'owner' }] }))
  })

  test.each([
    ['no rule fits', {}],
    ['the address is not verified', { email: 'bo@acme.example' }],
    ['the address is said to be unverified', { email: 'bo@acme.example', email_verified: false }],
  ])('nobody is in when %s', async (_case, claims) => {
    idp.claims = claims
    const page = openPage(server.url)
    expect(await signIn(server.url, page)).toBe('/console/sign-in?problem=no-role')
    expect((await page.send('GET', '/session')).status).toBe(401)
  })

  test('an answer counts once, in the browser that asked, with its state and its issuer', async () => {
    idp.claims = { groups: ['owners'] }
    const page = openPage(server.url)
    const start = await page.send('GET', '/session/oidc', { headers: { 'x-lockstep': '' } })
    const asked = new URL(start.headers.get('location') ?? '')
    expect(asked.searchParams.get('code_challenge_method')).toBe('S256')
    expect(asked.searchParams.get('nonce')).toBeTruthy()
    expect(asked.searchParams.get('state')).toBeTruthy()
    expect(start.headers.getSetCookie()[0]).toMatch(/SameSite=Lax; Max-Age=600/)
    const back = below(server.url, await visitProvider(server.url, asked.href))
    expect(back).toContain('iss=')
    // Another browser, to which somebody has sent the address.
    const other = openPage(server.url)
    const stolen = await other.send('GET', back, { headers: FROM_ELSEWHERE })
    expect(stolen.headers.get('location')).toContain('problem=over')
    expect((await other.send('GET', '/session')).status).toBe(401)
    const twice = openPage(server.url)
    for (const [name, value] of page.cookies) twice.cookies.set(name, value)
    expect((await page.send('GET', back, { headers: FROM_ELSEWHERE })).headers.get('location')).toBe(
      `${server.url}/console/`,
    )
    expect((await twice.send('GET', back, { headers: FROM_ELSEWHERE })).headers.get('location')).toContain(
      'problem=over',
    )
  })

  test.each([
    ['another state', (url: URL) => url.searchParams.set('state', 'x')],
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
    ['no issuer', (url: URL) => url.searchParams.delete('iss')],
    ['another code', (url: URL) => url.searchParams.set('code', 'x')],
    ['an error', (url: URL) => url.searchParams.set('error', 'access_denied')],
  ])('an answer with %s lets nobody in', async (_case, bend) => {
    idp.claims = { groups: ['owners'] }
    const page = openPage(server.url)
    const start = await page.send('GET', '/session/oidc', { headers: { 'x-lockstep': '' } })
    const back = new URL(await visitProvider(server.url, start.headers.get('location') ?? ''))
    bend(back)
    const { headers } = await page.send('GET', below(server.url, back.href), { headers: FROM_ELSEWHERE })
    expect(headers.get('location')).toMatch(/problem=(?:answer|refused)$/)
    expect((await page.send('GET', '/session')).status).toBe(401)
  })

  test('a try shows the claims and the role that they would give, once, and keeps nothing', async () => {
    idp.claims = { groups: ['new'], email: 'ada@acme.example', email_verified: true }
    const { token } = await server.tenancy.adminTokens.create()
    const page = openPage(server.url)
    await page.send('POST', '/session', { body: { token } })
    const rules = [{ claim: 'groups', value: 'new', role: 'auditor' }]
    const started = await page.send('POST', '/sign-in/test', { body: settings({ rules }) })
    expect(started.body.error).toBe(undefined)
    const back = await visitProvider(server.url, started.body.url)
    const sent = await page.send('GET', below(server.url, back), { headers: { ...FROM_ELSEWHERE } })
    const test = (sent.headers.get('location') ?? '').split('tried=')[1]
    const { body } = await page.send('GET', `/sign-in/tests/${test}`)
    expect(body).toMatchObject({ role: 'auditor', claims: { groups: ['new'], email: ['ada@acme.example'] } })
    expect((await page.send('GET', `/sign-in/tests/${test}`)).status).toBe(404)
    expect((await page.send('GET', '/sign-in')).body.rules).not.toEqual(rules)
    expect((await page.send('GET', '/session')).body.role).toBe('owner')
  })

  test('what the server may not reach, or nobody answers at, is said in a word', async () => {
    const port = Number(new URL(idp.issuer).port)
    for (const issuer of [`http://127.0.0.1:${port === 1 ? 2 : 1}`, 'https://10.1.2.3']) {
      const refused = await send('POST', '/sign-in/test', { oidc: { issuer, clientId: 'x', secret: 'y' } })
      expect(refused).toMatchObject({ status: 409, body: { error: { code: 'ERR_IDENTITY_PROVIDER' } } })
    }
  })
})

describe('people of a tenant', () => {
  const context = (tenant: string) => ({ tenant, actor: 'test', allow: LENIENT })
  const USER = ['urn:ietf:params:scim:schemas:core:2.0:User']
  const GROUP = ['urn:ietf:params:scim:schemas:core:2.0:Group']

  async function setUp() {
    const tenant = await server.tenant()
    const { directory } = server
    const ada = await directory.create(context(tenant), 'User', {
      schemas: USER,
      userName: 'ada@acme.example',
      displayName: 'Ada',
      active: true,
    })
    const { id } = ada.stored
    const group = await directory.create(context(tenant), 'Group', {
      schemas: GROUP,
      displayName: 'Operators',
      members: [{ value: id }],
    })
    const staff = {
      tenant,
      claim: 'preferred_username',
      groups: [{ group: group.stored.id, role: 'operator' }],
    }
    expect((await send('PUT', '/sign-in', settings({ staff }))).status).toBe(200)
    idp.claims = { preferred_username: 'ada@acme.example' }
    const page = openPage(server.url)
    expect(await signIn(server.url, page)).toBe('/console/t/acme')
    const patch = (type: string, of: string, operation: object) =>
      directory.patch(context(tenant), type, of, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [JSON.parse(JSON.stringify(operation))],
      })
    return { tenant, id, group: group.stored.id, page, patch, directory }
  }

  test.each<[string, (set: Awaited<ReturnType<typeof setUp>>) => Promise<unknown>]>([
    ['is switched off', ({ patch, id }) => patch('User', id, { op: 'replace', path: 'active', value: false })],
    ['is removed', ({ directory, tenant, id }) => directory.remove(context(tenant), 'User', id)],
    [
      'leaves the group',
      ({ patch, group, id }) => patch('Group', group, { op: 'remove', path: `members[value eq "${id}"]` }),
    ],
    ['has a tenant no more', ({ tenant }) => server.tenancy.tenants.delete(tenant)],
  ])(
    'may sign in, and whoever %s is out with the next request, and an open stream within a second',
    async (_case, leave) => {
      const set = await setUp()
      const { page } = set
      expect((await page.send('GET', '/session')).body).toMatchObject({ role: 'operator', name: 'Ada', how: 'person' })
      const other = await server.tenant()
      const stream = await fetch(`${server.url}/admin/v1/tenants/${other}/live`, {
        headers: {
          cookie: [...page.cookies].map((pair) => pair.join('=')).join('; '),
          'sec-fetch-site': 'same-origin',
        },
      })
      expect(stream.status).toBe(200)
      await leave(set)
      const left = Date.now()
      expect((await page.send('GET', '/session')).status).toBe(401)
      for await (const _piece of stream.body ?? []) expect(Date.now() - left).toBeLessThan(30_000)
      // The lines above end only with the stream; a second is what it may take, the rest is for a busy machine.
      expect(Date.now() - left).toBeLessThan(10_000)
    },
  )

  test('in no group that gives a role, or found twice, are not in', async () => {
    const { tenant, directory } = await setUp()
    await directory.create(context(tenant), 'User', { schemas: USER, userName: 'bo@acme.example' })
    for (const name of ['bo@acme.example', 'nobody@acme.example', ['ada@acme.example', 'x']]) {
      idp.claims = { preferred_username: name }
      expect(await signIn(server.url, openPage(server.url))).toBe('/console/sign-in?problem=no-role')
    }
  })
})
