// Error responses. RFC 7644 §3.12.

import { describe, expect, test } from 'vitest'
import { bearer } from '../../src/access/index.ts'
import { createProvider } from '../../src/provider/index.ts'
import { serve } from '../serve.ts'
import { type Body, createClient, ERROR, expectError, SCIM_JSON, USER, user, withoutId } from './client.ts'
import { BADGE, badge, serverWithBadge } from './custom.ts'
import { changeTenant } from './settings.ts'
import { site, tenantOf } from './site.ts'

// Requirements block P.16: errors. RFC 7644 §3.12; RFC 9865 §2.1.
const at = site()
const scim = serverWithBadge(at)

const NOBODY = '/Users/3f1c2b60-0000-7000-8000-000000000001'

test('P-470 an error has schemas, status as a string, and a detail for a person', async () => {
  const answer = await scim.get(NOBODY)
  expectError(answer, 404)
  expect(Object.keys(answer.body).toSorted()).toEqual(['detail', 'schemas', 'status'])
  expect(typeof answer.body.status).toBe('string')
  expect(answer.body.schemas).toEqual([ERROR])
  expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json/)
  const asJson = await scim.get(NOBODY, { accept: 'application/json' })
  expect(asJson.headers.get('content-type')).toMatch(/^application\/(scim\+)?json/)
})

describe('all errors have that body', () => {
  test('P-471 401', async () => {
    const none = await scim.as(undefined).get('/Users')
    expectError(none, 401)
    expect(none.headers.get('www-authenticate')).toMatch(/^Bearer/i)
    expectError(await scim.as('lk_nobody_nothing').get('/Users'), 401)
    expectError(await scim.as('x').post('/Users', user()), 401)
  })
  test('P-471 403', async () => {
    const reader = await at.connect({ rights: { '*': { read: true, write: false } } })
    expectError(await reader.post('/Users', user()), 403)
  })
  test('P-471 404', async () => {
    expectError(await scim.get('/Nope'), 404)
    expectError(await scim.get(NOBODY), 404)
    expectError(await scim.get(`${new URL(scim.base).origin}/nowhere`), 404)
  })
  test('P-471 405, with Allow', async () => {
    const answer = await scim.put('/Users', user())
    expectError(answer, 405)
    expect(answer.headers.get('allow')).toMatch(/\bGET\b.*\bPOST\b/)
    expectError(await scim.post('/ServiceProviderConfig', {}), 405)
    expectError(await scim.get('/Bulk'), 405)
  })
  test('P-471 406', async () => {
    expectError(await scim.get('/Users', { accept: 'text/html' }), 406)
  })
  test('P-471 409', async () => {
    const made = await scim.makeUser()
    expectError(await scim.post('/Users', user({ userName: made.userName })), 409, 'uniqueness')
  })
  test('P-471 412', async () => {
    const made = await scim.makeUser()
    expectError(await scim.del(`/Users/${made.id}`, { 'if-match': 'W/"99"' }), 412)
  })
  test('P-471 413', async () => {
    const { maxPayloadSize } = (await scim.get('/ServiceProviderConfig')).body.bulk
    expectError(await scim.post('/Users', 'x'.repeat(maxPayloadSize + 1)), 413)
  })
  test('P-471 415', async () => {
    expectError(await scim.post('/Users', 'hello', { 'content-type': 'text/plain' }), 415)
  })
  test('P-471 429, with Retry-After', async () => {
    const slow = await serve({ flags: { rateLimit: '1:2' } })
    try {
      const client = createClient(await slow.connection('strict'))
      const answers = [await client.get('/Users'), await client.get('/Users'), await client.get('/Users')]
      const last = answers.at(-1)
      if (last === undefined) throw new Error('three requests were sent')
      expect(answers[0]?.status).toBe(200)
      expectError(last, 429)
      expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
    } finally {
      await slow.close()
    }
  })
  test('P-471 500 and 503: a server without its database', async () => {
    const broken = await serve()
    const client = createClient(await broken.connection('strict'))
    await client.makeUser()
    await broken.store.close()
    for (const answer of [await client.get('/Users/none'), await client.post('/Users', user())]) {
      expect([500, 503], answer.text).toContain(answer.status)
      expectError(answer, answer.status)
      expect(answer.body.detail).not.toMatch(/sqlite|closed|\.ts\b/i)
    }
    await broken.close().catch(() => undefined)
  })
  test('P-471 501', async () => {
    const other = await at.connect()
    await changeTenant(at, other, { features: { patch: false } })
    expectError(await other.patch(NOBODY, []), 501)
  })
})

test('P-472 each status by its case', async () => {
  const made = await scim.makeUser()
  expectError(await scim.post('/Users', '{'), 400, 'invalidSyntax')
  expectError(await scim.as(undefined).get('/Users'), 401)
  expectError(await (await at.connect({ rights: {} })).get('/Users'), 403)
  expectError(await scim.get('/Users/nobody'), 404)
  expectError(
    await scim.put(`/Users/${made.id}`, { ...made, userName: (await scim.makeUser()).userName }),
    409,
    'uniqueness',
  )
  expectError(await scim.put(`/Users/${made.id}`, made, { 'if-match': '"x"' }), 412)
})

// One test per row of the table of P-473.
test('P-473 invalidFilter: GET, .search and PATCH path', async () => {
  const made = await scim.makeUser({ emails: [{ value: 'a@example.com' }] })
  expectError(await scim.filter('/Users', 'userName eq'), 400, 'invalidFilter')
  expectError(await scim.filter('/Users', 'active gt true'), 400, 'invalidFilter')
  expectError(await scim.search('/Users', { filter: 'userName regex "a"' }), 400, 'invalidFilter')
  expectError(await scim.patch(`/Users/${made.id}`, [{ op: 'remove', path: 'emails[type eq]' }]), 400, 'invalidFilter')
})
test('P-473 tooMany: never needed, since all results are paged', async () => {
  const other = await at.connect()
  for (let made = 0; made < 3; made += 1) await other.makeUser()
  const answer = await other.get('/Users?count=2')
  expect(answer.status).toBe(200)
  expect(answer.body.totalResults).toBe(3)
})
test('P-473 uniqueness: POST, PUT, PATCH', async () => {
  const [a, b] = [await scim.makeUser(), await scim.makeUser()]
  expectError(await scim.post('/Users', user({ userName: a.userName })), 409, 'uniqueness')
  expectError(await scim.put(`/Users/${b.id}`, { ...b, userName: a.userName }), 409, 'uniqueness')
  expectError(
    await scim.patch(`/Users/${b.id}`, [{ op: 'replace', path: 'userName', value: a.userName }]),
    409,
    'uniqueness',
  )
})
test('P-473 mutability: PUT and PATCH', async () => {
  const made = (await scim.post('/Users', badge({ serial: 'one' }))).body
  expectError(await scim.put(`/Users/${made.id}`, { ...made, [BADGE]: { serial: 'two' } }), 400, 'mutability')
  expectError(await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'id', value: 'x' }]), 400, 'mutability')
})
test('P-473 invalidSyntax: a body that cannot be read, or is not of the schema', async () => {
  for (const body of ['{', '[]', '"text"', 'null', '7', '{"userName":"a"}', '{"schemas":["urn:x:y"]}', '{} {}']) {
    expectError(await scim.post('/Users', body), 400, 'invalidSyntax')
  }
  expectError(await scim.post('/Users', ''), 400, 'invalidSyntax')
})
test('P-473 invalidPath', async () => {
  const made = await scim.makeUser()
  for (const path of ['foo', 'emails[', '!', 'name..x']) {
    const answer = await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path, value: 'x' }])
    expect(answer.status).toBe(400)
    expect(['invalidPath', ...(path === 'emails[' ? ['invalidFilter'] : [])]).toContain(answer.body.scimType)
  }
})
test('P-473 noTarget', async () => {
  const made = await scim.makeUser()
  expectError(await scim.patch(`/Users/${made.id}`, [{ op: 'remove' }]), 400, 'noTarget')
  expectError(
    await scim.patch(`/Users/${made.id}`, [
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'a@example.com' },
    ]),
    400,
    'noTarget',
  )
})
test('P-473 invalidValue', async () => {
  expectError(await scim.post('/Users', { schemas: [USER] }), 400, 'invalidValue')
  expectError(await scim.post('/Users', user({ active: 'yes' })), 400, 'invalidValue')
  expectError(await scim.get('/Users?count=abc'), 400, 'invalidValue')
})
test('P-473 invalidVers', async () => {
  const answer = await scim.get(`${scim.base.replace(/\/v2$/, '')}/v9/Users`)
  expectError(answer, 400, 'invalidVers')
})
test('P-473 sensitive', async () => {
  const other = await at.connect()
  await changeTenant(at, other, { sensitiveFilters: ['emails.value'] })
  const answer = await other.filter('/Users', 'emails.value eq "a@example.com"')
  expectError(answer, 403, 'sensitive')
  expectError(await other.filter('/Users', 'userName pr and emails eq "a@example.com"'), 403, 'sensitive')
  expectError(await other.filter('/Users', 'emails[value sw "a"]'), 403, 'sensitive')
  expect((await other.search('/Users', { filter: 'emails.value eq "a@example.com"' })).status).toBe(200)
  expect((await other.filter('/Users', 'userName pr')).status).toBe(200)
})
test('P-473 invalidCursor', async () => {
  expectError(await scim.get('/Users?cursor=forged'), 400, 'invalidCursor')
})
test('P-473 expiredCursor', async () => {
  const other = await at.connect()
  for (let made = 0; made < 3; made += 1) await other.makeUser()
  // A provider on the same directory, whose clock the test owns.
  let now = Date.now()
  const provider = createProvider({
    directory: at.server.directory,
    authenticate: bearer({ token: { tenant: tenantOf(other), actor: 'test', kind: 'strict' } }),
    now: () => now,
  })
  const get = async (query: string) => {
    const headers = { authorization: 'Bearer token' }
    const response = await provider.fetch(new Request(`http://localhost/scim/v2${query}`, { headers }))
    return { status: response.status, body: (await response.json()) as Body }
  }
  const page = await get('/Users?cursor=&count=1')
  expect(page.body.nextCursor).toEqual(expect.any(String))
  const { cursorTimeout } = (await get('/ServiceProviderConfig')).body.pagination
  now += (cursorTimeout - 1) * 1000
  expect((await get(`/Users?cursor=${page.body.nextCursor}&count=1`)).status).toBe(200)
  now += 2_000
  const late = await get(`/Users?cursor=${page.body.nextCursor}&count=1`)
  expect(late).toMatchObject({ status: 400, body: { schemas: [ERROR], status: '400', scimType: 'expiredCursor' } })
})
test('P-473 invalidCount', async () => {
  const other = await at.connect()
  for (let made = 0; made < 3; made += 1) await other.makeUser()
  const page = await other.get('/Users?cursor=&count=1')
  expectError(await other.get(`/Users?cursor=${page.body.nextCursor}&count=2`), 400, 'invalidCount')
  expectError(await other.get('/Users?cursor=&count=abc'), 400, 'invalidCount')
})

test('P-477 errors hold no password, token or stack trace', async () => {
  const secret = 'correct-horse-battery'
  const made = await scim.makeUser()
  const answers = [
    await scim.post('/Users', user({ userName: made.userName, password: secret })),
    await scim.post('/Users', user({ password: { value: secret } })),
    await scim.post('/Users', user({ password: [secret] })),
    await scim.post('/Users', { schemas: [USER], password: secret }),
    await scim.post('/Users', `{"password":"${secret}",`),
    await scim.post('/Users', `{"password":"${secret}" "x"}`),
    await scim.post('/Users', user({ password: `${secret}\u0000` })),
    await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'password', value: { secret } }]),
    await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'password.x', value: secret }]),
    await scim.patch(`/Users/${made.id}`, [{ op: 'replace', value: { password: [secret], userName: null } }]),
    await scim.filter('/Users', `password eq "${secret}"`),
    await scim.search('/Users', { filter: `password sw "${secret}"` }),
    await scim.call('POST', '/Users', user({ password: secret }), { 'content-type': 'text/plain' }),
    await scim.as(`${scim.token}x`).get('/Users'),
  ]
  for (const answer of answers) {
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(answer.text).not.toContain(secret)
    expect(answer.text).not.toContain(scim.token ?? 'no token')
    expect(answer.text).not.toMatch(/\bat .*\.(ts|js):\d+|node:internal|\/src\//)
    expect(answer.headers.get('content-type')).toContain(SCIM_JSON)
  }
})

test('P-477 an error reveals nothing about another tenant', async () => {
  const other = await at.connect()
  const foreign = await other.makeUser({ displayName: 'Foreign' })
  const hidden = await scim.get(`/Users/${foreign.id}`)
  const missing = await scim.get(NOBODY)
  expectError(hidden, 404)
  expect(withoutId(hidden.text).replaceAll(foreign.id, 'ID')).toBe(
    withoutId(missing.text).replaceAll(NOBODY.slice(7), 'ID'),
  )
  const cross = await createClient({ base: other.base, token: scim.token }).get(`/Users/${foreign.id}`)
  expect([401, 404]).toContain(cross.status)
  expect(cross.text).not.toContain('Foreign')
  expect(tenantOf(other)).not.toBe(tenantOf(scim))
})
