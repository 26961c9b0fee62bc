// Creating and reading resources. RFC 7644 §3.3 and §3.4.1.

import { describe, expect, test } from 'vitest'
import { expectError, expectList, GROUP, unique, user } from './client.ts'
import { site } from './site.ts'

// RFC 7644 §3.3: creating. RFC 7644 §3.4.1: reading one.

const at = site()

describe('create', () => {
  const c = at.strict()

  test('P-060 a create answers 201, Location, and the whole resource', async () => {
    const body = user({ displayName: 'Ada', emails: [{ value: 'ada@a.example', type: 'work' }] })
    const answer = await c.post('/Users', body)
    expect(answer.status, answer.text).toBe(201)
    expect(answer.headers.get('location')).toBe(`${c.base}/Users/${answer.body.id}`)
    expect(answer.body.meta.location).toBe(answer.headers.get('location'))
    expect(answer.body).toMatchObject(body)
    expect((await c.get(`/Users/${answer.body.id}`)).body).toEqual(answer.body)
  })

  test('P-061 readOnly attributes are ignored', async () => {
    const group = await c.makeGroup()
    const body = user({
      id: 'mine',
      groups: [{ value: group.id }],
      meta: { resourceType: 'X', created: '2000-01-01T00:00:00Z' },
    })
    const made = await c.makeUser(body)
    expect(made.id).not.toBe('mine')
    expect(made.meta.resourceType).toBe('User')
    expect(made.meta.created).not.toBe('2000-01-01T00:00:00Z')
    expect(made).not.toHaveProperty('groups')
  })

  test('P-062 null or [] overrides a default', async () => {
    expect((await c.makeUser()).active).toBe(true)
    const none = await c.post('/Users', user({ active: null }))
    expect(none.status, none.text).toBe(201)
    expect(none.body).not.toHaveProperty('active')
    expect(await c.makeUser({ emails: [] })).not.toHaveProperty('emails')
  })

  test('P-063 a conflict with another resource is 409 uniqueness', async () => {
    const { userName } = await c.makeUser()
    const answer = await c.post('/Users', user({ userName }))
    expectError(answer, 409, 'uniqueness')
    expect(answer.body.detail).toContain('userName')
  })

  test('P-064 meta.resourceType follows from the endpoint', async () => {
    expect((await c.makeUser({ meta: { resourceType: 'Group' } })).meta.resourceType).toBe('User')
    expect((await c.makeGroup()).meta.resourceType).toBe('Group')
  })

  test('P-065 the answer honours attributes and excludedAttributes', async () => {
    const some = await c.post('/Users?attributes=userName', user({ title: 't' }))
    expect(some.status, some.text).toBe(201)
    expect(Object.keys(some.body).sort()).toEqual(['id', 'schemas', 'userName'])
    const rest = await c.post('/Users?excludedAttributes=title,meta', user({ title: 't', nickName: 'n' }))
    expect(rest.body).toMatchObject({ nickName: 'n' })
    expect(rest.body).not.toHaveProperty('title')
    expect(rest.body).not.toHaveProperty('meta')
    expect(rest.headers.get('location')).toBe(`${c.base}/Users/${rest.body.id}`)
  })

  test('P-067 unknown attributes are ignored, and refused in profile interop', async () => {
    const made = await c.post('/Users', user({ foo: 1, name: { givenName: 'a', bar: 2 } }))
    expect(made.status, made.text).toBe(201)
    expect(made.body).not.toHaveProperty('foo')
    expect(made.body.name).toEqual({ givenName: 'a' })
    const put = await c.put(`/Users/${made.body.id}`, user({ userName: made.body.userName, foo: 1 }))
    expect(put.status, put.text).toBe(200)
    expect(put.body).not.toHaveProperty('foo')
    const interop = await at.connect({ kind: 'interop' })
    expectError(await interop.post('/Users', user({ foo: 1 })), 400, 'invalidSyntax')
    const known = await interop.makeUser()
    expectError(await interop.put(`/Users/${known.id}`, user({ foo: 1 })), 400, 'invalidSyntax')
  })

  test('P-068 a failed create leaves nothing behind', async () => {
    const tenant = await at.connect()
    const { userName } = await tenant.makeUser()
    const fresh = unique()
    expectError(await tenant.post('/Users', user({ userName: fresh, active: 'x' })), 400, 'invalidValue')
    expectError(await tenant.post('/Users', user({ userName })), 409, 'uniqueness')
    expectError(
      await tenant.post('/Groups', { schemas: [GROUP], displayName: fresh, members: [{ value: 'nope' }] }),
      400,
      'invalidValue',
    )
    expect((await tenant.get('/Users')).body.totalResults).toBe(1)
    expect((await tenant.get('/Groups')).body.totalResults).toBe(0)
    expect((await tenant.post('/Users', user({ userName: fresh }))).status).toBe(201)
  })

  test('P-069 a create answers with an ETag', async () => {
    const answer = await c.post('/Users', user())
    expect(answer.headers.get('etag')).toMatch(/^W\/"[^"]+"$/)
    expect(answer.headers.get('etag')).toBe(answer.body.meta.version)
    const narrow = await c.post('/Users?attributes=userName', user())
    expect(narrow.headers.get('etag')).toMatch(/^W\/"[^"]+"$/)
  })
})

describe('read one', () => {
  const c = at.strict()

  test('P-080 a read answers 200 and what is returned always or by default', async () => {
    const body = user({ title: 't', password: 'Secret-1', emails: [{ value: 'a@b.example' }] })
    const { id } = await c.makeUser(body)
    const answer = await c.get(`/Users/${id}`)
    expect(answer.status, answer.text).toBe(200)
    const { password: _password, ...shown } = body
    expect(answer.body).toMatchObject({ ...shown, id, active: true, meta: { resourceType: 'User' } })
    expect(answer.body).not.toHaveProperty('password')
  })

  test('P-081 nothing but the id addresses a resource', async () => {
    const one = await c.makeUser({ externalId: unique('ext') })
    expectError(await c.get(`/Users/${one.userName}`), 404)
    expectError(await c.get(`/Users/${one.externalId}`), 404)
    expectError(await c.get(`/Users/${one.id}x`), 404)
    expect((await c.get(`/Users/${encodeURIComponent(one.id)}`)).status).toBe(200)
  })

  test('P-082 a missing or deleted resource is 404', async () => {
    const { id } = await c.makeUser()
    expect((await c.del(`/Users/${id}`)).status).toBe(204)
    expectError(await c.get(`/Users/${id}`), 404)
    expectError(await c.get('/Users/nope'), 404)
    expectError(await c.get('/Groups/00000000-0000-7000-8000-000000000000'), 404)
  })

  test('P-083 a read has Location and ETag', async () => {
    const { id } = await c.makeUser()
    for (const query of ['', '?attributes=userName']) {
      const answer = await c.get(`/Users/${id}${query}`)
      expect(answer.headers.get('location')).toBe(`${c.base}/Users/${id}`)
      expect(answer.headers.get('etag')).toMatch(/^W\/"[^"]+"$/)
    }
  })

  test('P-084 a filter on a single resource is refused; sorting and paging are ignored', async () => {
    const { id } = await c.makeUser()
    expectError(await c.filter(`/Users/${id}`, 'userName pr'), 400, 'invalidFilter')
    const answer = await c.get(`/Users/${id}?sortBy=userName&startIndex=5&count=0`)
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.id).toBe(id)
    expect(expectList(await c.filter('/Users', `id eq "${id}"`))).toHaveLength(1)
  })
})
