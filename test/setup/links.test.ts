// Setup links over HTTP: made by a vendor, opened by a customer, and everything that must not open them.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Serving, serve } from '../serve.ts'
import { begin, keyOf, pageOf, scim, type Vendor, vendorOf } from './customer.ts'

let serving: Serving
let vendor: Vendor

beforeAll(async () => {
  serving = await serve()
  vendor = await vendorOf(serving)
})
afterAll(() => serving.close())

/** A tenant with a link. */
async function linked(draft: object = {}) {
  const tenant = await serving.tenant()
  const made = await vendor('POST', `/tenants/${tenant}/setup-links`, draft)
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  const { link, url, code } = made.body as { readonly link: string; readonly url: string; readonly code?: string }
  return { tenant, link, url, code, path: `/tenants/${tenant}/setup-links/${link}` }
}

describe('a vendor', () => {
  test('makes a link once, sees how far it came, extends and revokes it', async () => {
    const { tenant, link, url, path } = await linked({ kinds: ['entra', 'okta'], note: 'for Globex', days: 3 })
    expect(url).toMatch(new RegExp(`^${serving.url}/setup#k=${tenant}\\.[\\w-]{43}$`))
    const customer = await begin(serving.url, url)
    await customer.step({ step: 'clicks', kind: 'entra', expected: 12 })
    const { body } = await vendor('GET', path)
    expect(body).toMatchObject({ link, state: 'open', note: 'for Globex', step: 'clicks', chosen: 'entra', tokens: [] })
    expect(body.opened).toMatchObject({ times: 1, last: [{ from: '127.0.0.0/24' }] })
    expect(JSON.stringify(body)).not.toContain(keyOf(url).slice(-20))
    await customer.token('entra')
    const audit = (await vendor('GET', `/audit?actor=${encodeURIComponent(`setup:${link}`)}`)).body.items
    expect(audit).toMatchObject([
      { action: 'setup.token', tenant, object: link, how: 'link', outcome: 'done' },
      { action: 'setup.step', changes: [{ paths: [{ path: 'step', new: 'clicks' }] }] },
      { action: 'setup.begin', address: '127.0.0.0/24' },
    ])
    const extended = await vendor('PATCH', path, { days: 30 })
    expect(Date.parse(extended.body.expires)).toBeGreaterThan(Date.now() + 29 * 86_400_000)
    expect((await vendor('DELETE', path)).status).toBe(204)
    expect((await customer.ask('GET', '/state')).status).toBe(401)
    expect((await pageOf(serving.url)('POST', '/session', { key: keyOf(url) })).status).toBe(404)
    expect((await vendor('GET', path)).body).toMatchObject({ state: 'revoked' })
    expect((await vendor('PATCH', path, { days: 1 })).status).toBe(409)
  })

  test.each([
    ['too many days', { days: 31 }],
    ['no days', { days: 0 }],
    ['no kinds', { kinds: [] }],
    ['a kind that no customer has', { kinds: ['strict'] }],
    ['a field that is none', { secret: 'x' }],
  ])('is refused %s', async (_what, draft) => {
    const tenant = await serving.tenant()
    expect((await vendor('POST', `/tenants/${tenant}/setup-links`, draft)).status).toBe(400)
  })

  test('finds no link of another tenant', async () => {
    const one = await linked()
    const other = await serving.tenant()
    expect((await vendor('GET', `/tenants/${other}/setup-links/${one.link}`)).status).toBe(404)
    expect((await vendor('GET', '/tenants/nowhere/setup-links')).status).toBe(404)
    expect((await vendor('GET', `/tenants/${other}/setup-links`)).body.items).toEqual([])
  })

  test('revokes the connection with the link, when that is wanted', async () => {
    const { tenant, url, path } = await linked({ kinds: ['okta'] })
    const customer = await begin(serving.url, url)
    const token = await customer.token()
    const { baseUrl } = await customer.state()
    expect((await scim(baseUrl, `Bearer ${token}`)).status).toBe(200)
    await vendor('DELETE', `${path}?tokens=true`)
    expect((await scim(baseUrl, `Bearer ${token}`)).status).toBe(401)
    expect(await serving.tenancy.connections.list(tenant)).toEqual([])
  })

  test('offers the customer an existing connection, whose token is replaced', async () => {
    const { tenant, token, connection, base } = await serving.connection('okta')
    const { body } = await vendor('POST', `/tenants/${tenant}/setup-links`, { connection })
    const customer = await begin(serving.url, body.url)
    expect(await customer.state()).toMatchObject({ kinds: ['okta'] })
    const own = await customer.token()
    expect((await scim(base, `Bearer ${token}`)).status).toBe(401)
    expect((await scim(base, `Bearer ${own}`)).status).toBe(200)
  })
})

describe('a customer', () => {
  test('opens a link as often as wanted, makes a token, and ends the earlier one with the next', async () => {
    const { url, path } = await linked({ kinds: ['entra', 'okta'] })
    await begin(serving.url, url)
    const customer = await begin(serving.url, url)
    const first = await customer.token('okta')
    const { baseUrl, token } = await customer.state()
    expect(token).toMatchObject({ length: first.length, earlier: 0 })
    expect((await scim(baseUrl, `Bearer ${first}`)).status).toBe(200)
    const second = await customer.token('entra')
    expect((await scim(baseUrl, `Bearer ${first}`)).status).toBe(401)
    expect((await scim(baseUrl, `Bearer ${second}`)).status).toBe(200)
    const state = await customer.state()
    expect(state.token).toMatchObject({ earlier: 1 })
    expect(JSON.stringify(state)).not.toContain(second)
    const { body } = await vendor('GET', path)
    expect(body.tokens).toHaveLength(2)
    expect(body.tokens[0]?.ended).toBeDefined()
    expect(JSON.stringify(body)).not.toContain(second.slice(-20))
  })

  test('sees nothing of the directory before a request has come with the token', async () => {
    const { tenant, url } = await linked({ kinds: ['generic'] })
    const other = await serving.connection('generic', { tenant })
    const person = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'kept@secret.example' }
    await scim(other.base, `Bearer ${other.token}`, '/Users', { method: 'POST', body: JSON.stringify(person) })
    const customer = await begin(serving.url, url)
    expect((await customer.people()).status).toBe(409)
    const token = await customer.token()
    expect(await customer.people()).toMatchObject({ status: 409, body: { error: { code: 'ERR_TOO_EARLY' } } })
    const { baseUrl } = await customer.state()
    await scim(baseUrl, `Bearer ${token}`)
    await expect.poll(async () => (await customer.people()).status).toBe(200)
    // What others have written is none of this link's business.
    expect((await customer.people()).body).toMatchObject({ people: [] })
  })

  test('gives the code, and the link closes after five wrong ones', async () => {
    const right = await linked({ code: true })
    expect(right.code).toMatch(/^\d{6}$/)
    const ask = pageOf(serving.url)
    const without = await ask('POST', '/session', { key: keyOf(right.url) })
    expect(without.status).toBe(403)
    expect(await without.json()).toMatchObject({ error: { code: 'ERR_CODE' } })
    await begin(serving.url, right.url, `${right.code?.slice(0, 3)} ${right.code?.slice(3)}`)
    const closed = await linked({ code: true })
    const wrong = closed.code === '000000' ? '111111' : '000000'
    const statuses: number[] = []
    for (let tries = 1; tries <= 5; tries++)
      statuses.push((await ask('POST', '/session', { key: keyOf(closed.url), code: wrong })).status)
    expect(statuses).toEqual([403, 403, 403, 403, 404])
    expect((await ask('POST', '/session', { key: keyOf(closed.url), code: closed.code })).status).toBe(404)
    expect((await vendor('GET', closed.path)).body).toMatchObject({ state: 'guessed' })
  })

  test('of tries at the same time, no more than five count', async () => {
    const { url, code } = await linked({ code: true })
    const ask = pageOf(serving.url)
    const wrong = code === '000000' ? '111111' : '000000'
    const tries = Array.from({ length: 8 }, () => ask('POST', '/session', { key: keyOf(url), code: wrong }))
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 403).length).toBeLessThanOrEqual(4)
    expect((await ask('POST', '/session', { key: keyOf(url), code })).status).toBe(404)
  })

  test('chooses only what the link offers', async () => {
    const { url } = await linked({ kinds: ['okta', 'entra'] })
    const customer = await begin(serving.url, url)
    for (const kind of ['google', 'strict', 'nothing'])
      expect((await customer.ask('POST', '/token', { kind })).status).toBe(400)
    expect((await customer.ask('POST', '/token', {})).status).toBe(400)
  })
})

describe('nobody else', () => {
  test('opens anything with a cookie or link of another tenant, a changed one, or none', async () => {
    const { url, tenant } = await linked()
    const other = await linked()
    const { cookie } = await begin(serving.url, url)
    const moved = cookie.replace(`=${tenant}.`, `=${other.tenant}.`)
    for (const wrong of ['', 'lockstep-setup=x', `${cookie}x`, moved, `${cookie}; ${cookie}`])
      expect((await pageOf(serving.url, wrong)('GET', '/state')).status).toBe(401)
    const key = keyOf(url)
    for (const wrong of ['', 'x', key.slice(0, -1), key.replace(tenant, other.tenant), `~${key}`])
      expect([404, 429]).toContain((await pageOf(serving.url)('POST', '/session', { key: wrong })).status)
  })

  test('from another site makes a browser do anything', async () => {
    const { url } = await linked({ kinds: ['okta'] })
    const { cookie } = await begin(serving.url, url)
    const send = (headers: Record<string, string>, body = '{}') =>
      fetch(`${serving.url}/setup/v1/token`, { method: 'POST', headers: { cookie, ...headers }, body })
    const json = { 'content-type': 'application/json' }
    expect((await send(json)).status).toBe(403)
    expect((await send({ ...json, 'x-lockstep': '1', 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await send({ 'x-lockstep': '1', 'content-type': 'text/plain' })).status).toBe(415)
    expect((await send({ ...json, 'x-lockstep': '1' }, `{"kind":"${'x'.repeat(20_000)}"}`)).status).toBe(413)
    expect((await fetch(`${serving.url}/setup/v1/token`, { headers: { cookie } })).status).toBe(405)
    const answer = await fetch(`${serving.url}/setup/v1/page`)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })
})
