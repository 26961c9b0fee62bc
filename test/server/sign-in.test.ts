// Tests how a browser signs in: by a link, by a token, with a session that ends, and not from another site.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOneTimeLinks, LINK_MS } from '../../src/admin/index.ts'
import { environment } from '../../src/environment.ts'
import { createOperators } from '../../src/tenancy/index.ts'
import { type Serving, serve } from '../serve.ts'
import { openPage, type Page } from './browser.ts'

const OWNER = { actor: 'test', role: 'owner', tenants: undefined } as const

let server: Serving
beforeAll(async () => {
  server = await serve()
})
afterAll(async () => {
  await server.close()
})

const operators = () => createOperators(server.store, environment, OWNER)
const linkFor = async (operator: string) =>
  (await createOneTimeLinks(server.store, environment).make({ operator }, LINK_MS.command, { actor: 'test' })).secret

let names = 0
/** A page on which a new operator of a role has signed in. */
async function signedIn(
  role: string,
  tenants?: readonly string[],
): Promise<{ page: Page; id: string; session: string }> {
  const id = `${role}-${++names}`
  await operators().create(id, { role, tenants: tenants ?? null })
  const page = openPage(server.url)
  const { status, body } = await page.send('POST', '/session', { body: { link: await linkFor(id) } })
  expect(status).toBe(201)
  return { page, id, session: body.session }
}

/** Sets when a session began, and when it was last used, back by so much. */
async function age(id: string, by: number) {
  for (const record of await server.store.records('', 'session', { limit: 1_000 })) {
    if (!record.key.startsWith(id)) continue
    const facts = record.value as { readonly since: number; readonly seen: number }
    const value = { ...facts, since: facts.since - by, seen: facts.seen - by }
    await server.store.commit([{ write: 'record', record: { tenant: '', kind: 'session', key: record.key }, value }])
  }
}

test('the link of a first start makes the first owner, once', async () => {
  const own = await serve()
  try {
    const page = openPage(own.url)
    expect((await page.send('GET', '/ways-in')).body).toEqual({ ways: ['link', 'token'], isFirst: true })
    const links = createOneTimeLinks(own.store, environment)
    const [one, two] = [
      await links.make({ first: true }, 1_000, { actor: 'test' }),
      await links.make({ first: true }, 1_000, { actor: 'test' }),
    ]
    const use = () => page.send('POST', '/session', { body: { link: one.secret } })
    const statuses = (await Promise.all([use(), use(), use()])).map(({ status }) => status)
    expect(statuses.sort()).toEqual([201, 401, 401])
    const { body } = await page.send('GET', '/session')
    expect(body).toMatchObject({
      actor: 'console:owner',
      name: 'Owner',
      role: 'owner',
      signedIn: 'session',
      how: 'link',
    })
    expect(body.capabilities).toContain('own')
    // There is an owner now: another link of the same kind makes no second one.
    expect((await openPage(own.url).send('POST', '/session', { body: { link: two.secret } })).status).toBe(401)
    expect((await page.send('GET', '/ways-in')).body).toMatchObject({ isFirst: false, session: { role: 'owner' } })
  } finally {
    await own.close()
  }
})

describe('a secret', () => {
  test('that never was, is used or is over gets the same answer', async () => {
    await operators().create('twice', { role: 'support' })
    const page = openPage(server.url)
    const used = await linkFor('twice')
    expect((await page.send('POST', '/session', { body: { link: used } })).status).toBe(201)
    const over = (
      await createOneTimeLinks(server.store, environment).make({ operator: 'twice' }, -1, { actor: 'test' })
    ).secret
    const answers = await Promise.all(
      [used, over, 'x'.repeat(43), 'x'].map((link) =>
        openPage(server.url).send('POST', '/session', { body: { link } }),
      ),
    )
    const wrongToken = await openPage(server.url).send('POST', '/session', { body: { token: 'lka_x' } })
    for (const { status, body, headers } of [...answers, wrongToken]) {
      expect([status, body]).toEqual([401, answers[0]?.body])
      expect(headers.getSetCookie()).toEqual([])
    }
  })

  test('of an operator that is gone lets nobody in', async () => {
    await operators().create('gone', { role: 'owner' })
    await operators().create('stays', { role: 'owner' })
    const link = await linkFor('gone')
    await operators().remove('gone')
    expect((await openPage(server.url).send('POST', '/session', { body: { link } })).status).toBe(401)
  })

  test.each([{}, { link: 'a', token: 'b' }, { link: '' }, { password: 'x' }])('in %j is refused', async (body) => {
    expect((await openPage(server.url).send('POST', '/session', { body })).status).toBe(400)
  })

  test('is guessed ten times, and then the answer says to wait; a right one is taken all the same', async () => {
    const own = await serve()
    try {
      const page = openPage(own.url)
      const guess = () => page.send('POST', '/session', { body: { link: 'y'.repeat(43) } })
      const answers = []
      for (let at = 0; at < 11; at++) answers.push(await guess())
      expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429])
      expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
      const { token } = await own.tenancy.adminTokens.create()
      expect((await page.send('POST', '/session', { body: { token } })).status).toBe(201)
    } finally {
      await own.close()
    }
  })
})

describe('a session', () => {
  test('is a cookie that scripts and other sites do not see, and of which only a hash is kept', async () => {
    const { token } = await server.tenancy.adminTokens.create({ role: 'auditor' })
    const page = openPage(server.url)
    const { headers, body } = await page.send('POST', '/session', { body: { token } })
    const [name = '', secret = ''] = [...page.cookies][0] ?? []
    expect(headers.getSetCookie()).toEqual([`${name}=${secret}; Path=/; HttpOnly; SameSite=Strict`])
    expect(name).toBe(`lockstep_${server.port}`)
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify(await server.store.records('', 'session', { limit: 1_000 }))).not.toContain(secret)
    expect(body).toMatchObject({ role: 'auditor', how: 'token', signedIn: 'session' })
    expect(body.actor).toMatch(/^admin:/)
  })

  test('ends with the token that began it', async () => {
    const { token, admin } = await server.tenancy.adminTokens.create()
    const page = openPage(server.url)
    await page.send('POST', '/session', { body: { token } })
    expect((await page.send('GET', '/tenants')).status).toBe(200)
    await server.tenancy.adminTokens.revoke(admin.id)
    expect(await page.send('GET', '/tenants')).toMatchObject({
      status: 401,
      body: { error: { code: 'ERR_UNAUTHORIZED' } },
    })
  })

  test('of somebody for one tenant does not reach a later one of the same name', async () => {
    const [tenant, other] = [await server.tenant(), await server.tenant()]
    const { page } = await signedIn('administrator', [tenant, other])
    expect((await page.send('GET', `/tenants/${tenant}`)).status).toBe(200)
    await server.tenancy.tenants.delete(tenant)
    await server.tenant(tenant)
    expect((await page.send('GET', `/tenants/${tenant}`)).status).toBe(404)
    expect((await page.send('GET', '/session')).body.tenants).toEqual([other])
  })

  test('has the role that its operator has now, and ends with the operator', async () => {
    const { page, id } = await signedIn('operator')
    expect((await page.send('GET', '/session')).body.role).toBe('operator')
    await operators().change(id, { role: 'support' })
    expect((await page.send('GET', '/session')).body.role).toBe('support')
    await operators().remove(id)
    expect((await page.send('GET', '/session')).status).toBe(401)
  })

  test('ends when it is idle for eight hours, and after a day in any case', async () => {
    const hour = 3_600_000
    const { page, session } = await signedIn('support')
    await age(session, 8 * hour - 60_000)
    expect((await page.send('GET', '/session')).status).toBe(200)
    await age(session, 8 * hour - 60_000)
    expect((await page.send('GET', '/session')).status).toBe(200)
    await age(session, 7 * hour)
    expect((await page.send('GET', '/session')).status).toBe(200)
    await age(session, 2 * hour)
    expect((await page.send('GET', '/session')).status).toBe(401)
    const idle = await signedIn('support')
    await age(idle.session, 8 * hour + 1)
    expect((await idle.page.send('GET', '/session')).status).toBe(401)
  })

  test('is a new one with each sign-in, and the one before it ends: no cookie that was put there is taken', async () => {
    const planted = 'A'.repeat(43)
    await operators().create('planted', { role: 'owner' })
    const page = openPage(server.url)
    page.cookies.set(`lockstep_${server.port}`, planted)
    expect((await page.send('GET', '/session')).status).toBe(401)
    await page.send('POST', '/session', { body: { link: await linkFor('planted') } })
    const first = [...page.cookies.values()][0]
    expect(first).not.toBe(planted)
    await page.send('POST', '/session', { body: { link: await linkFor('planted') } })
    expect([...page.cookies.values()][0]).not.toBe(first)
    const other = openPage(server.url)
    for (const secret of [planted, first ?? '']) {
      other.cookies.set(`lockstep_${server.port}`, secret)
      expect((await other.send('GET', '/session')).status).toBe(401)
    }
  })

  test('ends by signing out, and then its cookie is nothing', async () => {
    const { page } = await signedIn('support')
    const secret = [...page.cookies.values()][0] ?? ''
    const { status, headers } = await page.send('DELETE', '/session')
    expect(status).toBe(204)
    expect(headers.getSetCookie()[0]).toContain('Max-Age=0')
    page.cookies.set(`lockstep_${server.port}`, secret)
    expect((await page.send('GET', '/session')).status).toBe(401)
  })

  test("is listed and ended by whom it belongs to, and by owners; to others it doesn't exist", async () => {
    const [owner, support, other] = [await signedIn('owner'), await signedIn('support'), await signedIn('operator')]
    const second = openPage(server.url)
    await second.send('POST', '/session', { body: { link: await linkFor(support.id) } })
    const listed = async (page: Page) =>
      (await page.send('GET', '/sessions')).body.items.map(({ session }: { session: string }) => session)
    expect(await listed(support.page)).toHaveLength(2)
    expect(await listed(owner.page)).toEqual(expect.arrayContaining([support.session, other.session]))
    expect((await support.page.send('DELETE', `/sessions/${other.session}`)).status).toBe(404)
    expect((await owner.page.send('DELETE', `/sessions/${other.session}`)).status).toBe(204)
    expect((await other.page.send('GET', '/session')).status).toBe(401)
    expect((await support.page.send('DELETE', '/sessions')).body).toEqual({ ended: 1 })
    expect((await second.send('GET', '/session')).status).toBe(401)
    expect((await support.page.send('GET', '/session')).status).toBe(200)
  })

  test('that is older than ten minutes does nothing that can not be undone', async () => {
    const { page, session } = await signedIn('owner')
    const tenant = await server.tenant()
    await age(session, 600_001)
    expect(await page.send('DELETE', `/tenants/${tenant}`)).toMatchObject({
      status: 403,
      body: { error: { code: 'ERR_NOT_FRESH' } },
    })
    const forced = await page.send('DELETE', `/tenants/${tenant}/schemas/urn:x?force=true`)
    expect(forced.body.error.code).toBe('ERR_NOT_FRESH')
    expect((await page.send('DELETE', `/tenants/${tenant}/schemas/urn:x`)).status).toBe(404)
  })
})

describe('a request from elsewhere', () => {
  test('with the cookie changes nothing and reads nothing', async () => {
    const { page } = await signedIn('owner')
    const cases: { method: string; headers: { [name: string]: string } }[] = [
      { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } },
      { method: 'POST', headers: { 'sec-fetch-site': 'same-site' } },
      { method: 'POST', headers: { 'sec-fetch-site': 'none' } },
      { method: 'POST', headers: { 'x-lockstep': '' } },
      { method: 'POST', headers: { 'sec-fetch-site': '', origin: 'http://evil.example' } },
      { method: 'POST', headers: { 'sec-fetch-site': '', origin: 'null' } },
      { method: 'POST', headers: { 'sec-fetch-site': '' } },
      { method: 'GET', headers: { 'sec-fetch-site': 'cross-site' } },
      { method: 'GET', headers: { 'sec-fetch-site': 'same-site' } },
    ]
    for (const { method, headers } of cases) {
      const answer = await page.send(method, '/tenants', {
        headers,
        ...(method === 'POST' ? { body: { name: 'evil' } } : {}),
      })
      expect(answer, JSON.stringify(headers)).toMatchObject({
        status: 403,
        body: { error: { code: 'ERR_FOREIGN_SITE' } },
      })
      expect(answer.headers.get('access-control-allow-origin')).toBe(null)
    }
    await expect(server.tenancy.tenants.show('evil')).rejects.toThrow('evil')
  })

  test('can not sign somebody in, either', async () => {
    const link = await linkFor((await signedIn('support')).id)
    const page = openPage(server.url)
    const headers = { 'sec-fetch-site': 'cross-site' }
    expect((await page.send('POST', '/session', { body: { link }, headers })).status).toBe(403)
    expect((await page.send('POST', '/session', { body: { link } })).status).toBe(201)
  })

  test('under a name that points here is refused, a preflight gets no yes', async () => {
    const page = openPage(server.url)
    const rebound = { host: `evil.example:${server.port}` }
    await expect(page.send('GET', '/ways-in', { headers: rebound })).resolves.toMatchObject({ status: 421 })
    const preflight = { origin: 'http://evil.example', 'access-control-request-headers': 'x-lockstep' }
    const { status, headers } = await page.send('OPTIONS', '/tenants', { headers: preflight })
    expect(status).toBeGreaterThanOrEqual(400)
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('a token and a cookie together are refused, a token alone needs no page of ours', async () => {
    const { page } = await signedIn('owner')
    const { token } = await server.tenancy.adminTokens.create()
    const headers = { authorization: `Bearer ${token}`, 'x-lockstep': '', 'sec-fetch-site': 'cross-site' }
    expect((await page.send('GET', '/tenants', { headers })).status).toBe(400)
    const other = openPage(server.url)
    expect(await other.send('GET', '/tenants', { headers })).toMatchObject({ status: 200 })
    expect(other.cookies.size).toBe(0)
  })
})

test('every answer says that nothing of it may be run, framed, guessed at or kept', async () => {
  const { page } = await signedIn('owner')
  for (const path of ['/ways-in', '/tenants', '/nothing', '/openapi.json']) {
    const { headers } = await page.send('GET', path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('strict-transport-security')).toBe(null)
  }
})

describe('behind TLS', () => {
  test('the cookie is bound to the host, other hosts are refused, and TLS stays', async () => {
    const own = await serve({ flags: { publicUrl: 'https://scim.example.com' } })
    try {
      const { token } = await own.tenancy.adminTokens.create()
      const page = openPage(`http://127.0.0.1:${own.port}`)
      const headers = { host: 'scim.example.com' }
      const { status, headers: answered } = await page.send('POST', '/session', { body: { token }, headers })
      expect(status).toBe(201)
      expect(answered.getSetCookie()[0]).toMatch(
        /^__Host-lockstep=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
      )
      expect(answered.get('strict-transport-security')).toBe('max-age=31536000')
      expect((await page.send('GET', '/session', { headers })).status).toBe(200)
      const other = { host: 'other.example.com' }
      await expect(page.send('GET', '/session', { headers: other })).resolves.toMatchObject({ status: 421 })
      const authorization = `Bearer ${token}`
      expect(
        (
          await openPage(`http://127.0.0.1:${own.port}`).send('GET', '/tenants', {
            headers: { ...other, authorization },
          })
        ).status,
      ).toBe(200)
    } finally {
      await own.close()
    }
  })
})
