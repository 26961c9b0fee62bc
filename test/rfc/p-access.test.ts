// Authentication and access rights. RFC 7644 §2.

import { describe, expect, test } from 'vitest'
import { type Answer, createClient, expectError, expectList, user, withoutId } from './client.ts'
import { site, tenantOf } from './site.ts'

// RFC 7644 §2, §7.4; RFC 6750: authentication and authorization.

const at = site()
const READ_ALL = { '*': { read: true, write: false } }

const challenge = (answer: Answer) => answer.headers.get('www-authenticate') ?? ''

describe('credentials', () => {
  const c = at.strict()

  test('P-020 requests without good credentials get 401, a challenge and a SCIM error', async () => {
    const paths = ['/Users', '/Users/nope', '/Groups', '/', '/Me', '/Nope']
    // Only a few wrong tokens: many from one address are throttled (P-561).
    for (const [client, asked] of [
      [c.as(undefined), paths],
      [c.as('wrong'), paths.slice(0, 2)],
      [c.as(`${c.token}x`), paths.slice(0, 2)],
    ] as const) {
      for (const path of asked) {
        const answer = await client.get(path)
        expectError(answer, 401)
        expect(challenge(answer)).toMatch(/^Bearer\b/)
      }
    }
    for (const path of ['/Users', '/Bulk', '/.search']) expectError(await c.as(undefined).post(path, {}), 401)
    // A wrong token is refused where none would be needed, too.
    expectError(await c.as('wrong').get('/ServiceProviderConfig'), 401)
  })

  test('P-021 each fault of a bearer token is reported as RFC 6750 says', async () => {
    const none = await c.as(undefined).get('/Users')
    expect(none.status).toBe(401)
    expect(challenge(none)).toMatch(/^Bearer\b/)
    expect(challenge(none)).not.toContain('error=')
    const otherForm = await c.as(undefined).get('/Users', { authorization: 'Basic dXNlcjpwYXNz' })
    expect(otherForm.status).toBe(401)
    expect(challenge(otherForm)).not.toContain('error=')
    const unknown = await c.as(`${c.token?.slice(0, -2)}zz`).get('/Users')
    expect(unknown.status).toBe(401)
    expect(challenge(unknown)).toContain('error="invalid_token"')
    const twice = await c.get(`/Users?access_token=${c.token}`)
    expect(twice.status).toBe(400)
    expect(challenge(twice)).toContain('error="invalid_request"')
    const reader = await at.connect({ tenant: tenantOf(c), rights: READ_ALL })
    const small = await reader.post('/Users', user())
    expectError(small, 403)
    expect(challenge(small)).toContain('error="insufficient_scope"')
  })

  test('P-021 a revoked token is invalid_token at once', async () => {
    const tenant = tenantOf(c)
    const { connection, token } = await at.server.tenancy.connections.create(tenant, { kind: 'strict' })
    const client = createClient({ base: c.base, token })
    expect((await client.get('/Users')).status).toBe(200)
    await at.server.tenancy.connections.revoke(tenant, connection.id)
    const answer = await client.get('/Users')
    expectError(answer, 401)
    expect(challenge(answer)).toContain('error="invalid_token"')
  })

  test('P-022 an expired token is refused', async () => {
    const tenant = tenantOf(c)
    const { token } = await at.server.tenancy.connections.create(tenant, { kind: 'strict', lifetimeMs: 300 })
    const client = createClient({ base: c.base, token })
    expect((await client.get('/Users')).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 350))
    const answer = await client.get('/Users')
    expectError(answer, 401)
    expect(challenge(answer)).toContain('error="invalid_token"')
    const [connection] = await at.server.tenancy.connections.list(tenant)
    expect(connection?.tokens[0]?.expires).toEqual(expect.any(Number))
  })

  test('P-025 no weak credential opens anything', async () => {
    for (const token of ['', 'a', 'lk_', `lk_${tenantOf(c)}_`, tenantOf(c), 'null', 'undefined']) {
      expectError(await c.as(undefined).get('/Users', { authorization: `Bearer ${token}` }), 401)
    }
    expectError(await c.as(undefined).get('/Users', { cookie: `token=${c.token}` }), 401)
  })

  test('P-026 HTTP Basic is off', async () => {
    const basic = Buffer.from(`user:${c.token}`).toString('base64')
    const answer = await c.as(undefined).get('/Users', { authorization: `Basic ${basic}` })
    expectError(answer, 401)
    expect(challenge(answer)).not.toMatch(/\bBasic\b/i)
    const { authenticationSchemes } = (await c.get('/ServiceProviderConfig')).body
    expect(authenticationSchemes.map(({ type }: { type: string }) => type)).not.toContain('httpbasic')
  })

  test('P-028 users cannot be created without credentials', async () => {
    expectError(await c.as(undefined).post('/Users', user()), 401)
  })

  test('P-029 a token in the query is no credential', async () => {
    const answer = await c.as(undefined).get(`/Users?access_token=${c.token}`)
    expectError(answer, 401)
    expect(answer.text).not.toContain(c.token)
  })
})

describe('rights', () => {
  const c = at.strict()

  test('P-023 rights decide on reads and writes, per resource type', async () => {
    const tenant = tenantOf(c)
    const one = await c.makeUser()
    const group = await c.makeGroup()
    const reader = await at.connect({ tenant, rights: READ_ALL })
    expect((await reader.get(`/Users/${one.id}`)).status).toBe(200)
    expect((await reader.get('/Users')).status).toBe(200)
    expect((await reader.search('/Users', {})).status).toBe(200)
    expectError(await reader.post('/Users', user()), 403)
    expectError(await reader.put(`/Users/${one.id}`, user()), 403)
    expectError(await reader.patch(`/Users/${one.id}`, [{ op: 'replace', path: 'title', value: 'x' }]), 403)
    expectError(await reader.del(`/Users/${one.id}`), 403)
    const users = await at.connect({ tenant, rights: { User: { read: true, write: true } } })
    expect((await users.post('/Users', user())).status).toBe(201)
    expectError(
      await users.post('/Groups', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'x' }),
      403,
    )
    expect([403, 404]).toContain((await users.get(`/Groups/${group.id}`)).status)
    expect((await c.get(`/Users/${one.id}`)).body).toEqual(one)
  })

  test('P-024 what is not allowed is 403, another tenant’s resource is 404 like a missing one', async () => {
    const reader = await at.connect({ tenant: tenantOf(c), rights: READ_ALL })
    expectError(await reader.post('/Users', user()), 403)
    const other = await (await at.connect()).makeUser()
    const hidden = await c.get(`/Users/${other.id}`)
    const missing = await c.get(`/Users/${other.id.replace(/.$/, (last: string) => (last === '0' ? '1' : '0'))}`)
    expectError(hidden, 404)
    expectError(missing, 404)
    const blank = (answer: Answer) => withoutId(answer.text).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    expect(blank(hidden)).toBe(blank(missing))
  })

  test('P-030 lists and counts hold only what the caller may see', async () => {
    const limited = await at.connect({ tenant: tenantOf(c), rights: { User: { read: true, write: false } } })
    await c.makeUser()
    await c.makeGroup()
    const types = (answer: Answer) => new Set(expectList(answer).map(({ meta }) => meta.resourceType))
    const users = (await c.get('/Users?count=0')).body.totalResults
    const all = (await c.get('/?count=0')).body.totalResults
    expect(all).toBeGreaterThan(users)
    for (const answer of [
      await limited.get('/'),
      await limited.search('', {}),
      await limited.filter('/', 'meta.created pr'),
    ]) {
      expect(answer.body.totalResults).toBe(users)
      expect(types(answer)).toEqual(new Set(['User']))
    }
  })

  test('P-030 a resource is shown whole: names of groups with the user, names of members with the group, nothing else', async () => {
    const tenant = tenantOf(c)
    const one = await c.makeUser({ displayName: 'Ada' })
    const crew = await c.makeGroup({ externalId: 'secret', members: [{ value: one.id }] })
    const alone = await c.makeGroup()
    const users = await at.connect({ tenant, rights: { User: { read: true, write: false } } })
    const seen = (await users.get(`/Users/${one.id}`)).body
    expect(seen).toEqual((await c.get(`/Users/${one.id}`)).body)
    expect(seen.groups).toMatchObject([{ value: crew.id, display: crew.displayName }])
    const found = await users.filter('/Users', `groups.display eq "${crew.displayName}"`)
    expect(expectList(found).map(({ id }) => id)).toEqual([one.id])
    expect(expectList(await users.filter('/Users', `groups.display eq "${alone.displayName}"`))).toEqual([])
    for (const path of ['/Groups', `/Groups/${crew.id}`, `/Groups/${alone.id}`]) expectError(await users.get(path), 403)
    const groups = await at.connect({ tenant, rights: { Group: { read: true, write: false } } })
    expect((await groups.get(`/Groups/${crew.id}`)).body.members).toMatchObject([{ value: one.id, display: 'Ada' }])
    for (const path of ['/Users', `/Users/${one.id}`]) expectError(await groups.get(path), 403)
  })
})
