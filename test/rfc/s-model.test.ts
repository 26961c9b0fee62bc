// Schemas, the shape of resources and common attributes. RFC 7643 §3.

import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Body,
  ENT,
  expectError,
  expectList,
  GROUP,
  PATCH_OP,
  SEARCH_REQUEST,
  USER,
  unique,
  user,
} from './client.ts'
import { site } from './site.ts'

// RFC 7643 §3, §3.1: the resource model and the common attributes.

const at = site()

/** Waits until the clock shows another millisecond, so that a later change has a later time. */
async function tick() {
  const start = Date.now()
  while (Date.now() <= start) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('schemas and the shape of resources', () => {
  const c = at.strict()

  test('S-001 a resource with its members in reversed order is the same resource', async () => {
    const body = user({
      name: { givenName: 'Ada', familyName: 'King' },
      emails: [{ type: 'work', value: 'ada@a.example' }],
    })
    const reversed = Object.fromEntries(Object.entries(body).reverse())
    const answer = await c.post('/Users', reversed)
    expect(answer.status, answer.text).toBe(201)
    expect(answer.body).toMatchObject(body)
  })

  test('S-002 every body has a non-empty schemas array, whatever is selected', async () => {
    const one = await c.makeUser()
    const group = await c.makeGroup({ members: [{ value: one.id }] })
    const answers = await Promise.all([
      c.get(`/Users/${one.id}`),
      c.get(`/Users/${one.id}?attributes=userName`),
      c.get(`/Users/${one.id}?excludedAttributes=schemas`),
      c.get(`/Groups/${group.id}`),
      c.get('/Users?attributes=userName'),
      c.get('/Groups?excludedAttributes=schemas,members'),
      c.get('/?attributes=userName'),
      c.search('/Users', { attributes: ['userName'] }),
      c.get('/Users/nope'),
      c.get('/ServiceProviderConfig'),
      c.get('/Schemas'),
      c.get('/ResourceTypes'),
      c.patch(`/Users/${one.id}?attributes=userName`, [{ op: 'replace', path: 'title', value: 'x' }]),
      c.bulk([{ method: 'DELETE', path: '/Users/nope' }]),
    ])
    for (const { body, text } of answers) {
      expect(body.schemas, text).toEqual(expect.any(Array))
      expect(body.schemas.length, text).toBeGreaterThan(0)
      for (const resource of body.Resources ?? []) expect(resource.schemas?.length, text).toBeGreaterThan(0)
    }
  })

  test('S-003 schemas holds the base schema and otherwise only declared extensions', async () => {
    const one = await c.makeUser({ schemas: [USER, ENT], [ENT]: { department: 'Sales' } })
    const type = (await c.get('/ResourceTypes/User')).body
    const declared = [type.schema, ...type.schemaExtensions.map((extension: Body) => extension.schema)]
    const { schemas } = (await c.get(`/Users/${one.id}`)).body
    expect(schemas).toContain(type.schema)
    expect(declared).toEqual(expect.arrayContaining(schemas))
  })

  test('S-004 schemas may have any order, and a URI given twice is there once', async () => {
    const first = await c.post('/Users', user({ schemas: [ENT, USER], [ENT]: { department: 'Sales' } }))
    expect(first.status, first.text).toBe(201)
    expect([...first.body.schemas].sort()).toEqual([USER, ENT].sort())
    const twice = await c.post('/Users', user({ schemas: [USER, USER] }))
    expect(twice.status, twice.text).toBe(201)
    expect(twice.body.schemas).toEqual([USER])
  })

  test('S-005 a resource without schemas, or without the base schema in it, is refused', async () => {
    expectError(await c.post('/Users', { userName: unique() }), 400, 'invalidSyntax')
    expectError(await c.post('/Users', user({ schemas: [] })), 400, 'invalidSyntax')
    expectError(await c.post('/Users', user({ schemas: USER })), 400, 'invalidSyntax')
    expectError(await c.post('/Users', user({ schemas: [ENT] })), 400, 'invalidSyntax')
    expectError(await c.post('/Groups', { schemas: [USER], displayName: unique() }), 400, 'invalidSyntax')
  })

  test('S-006 a schema URI unknown for the resource type is refused', async () => {
    expectError(await c.post('/Users', user({ schemas: [USER, 'urn:x:y'] })), 400, 'invalidSyntax')
    expectError(await c.post('/Groups', { schemas: [GROUP, ENT], displayName: unique() }), 400, 'invalidSyntax')
  })

  test('S-007 id and meta are on every resource', async () => {
    const one = await c.makeUser()
    const group = await c.makeGroup()
    for (const path of [`/Users/${one.id}`, `/Groups/${group.id}`, `/Schemas/${USER}`]) {
      const { body } = await c.get(path)
      expect(body.id, path).toEqual(expect.any(String))
      expect(body.meta, path).toMatchObject({ resourceType: expect.any(String), location: expect.any(String) })
    }
  })
})

describe('id', () => {
  const c = at.strict()

  test('S-008 ids are assigned, unique across types, stable, and never used again', async () => {
    const userName = unique()
    const one = await c.makeUser({ userName })
    const group = await c.makeGroup()
    expect(one.id).toEqual(expect.any(String))
    expect(one.id).not.toBe('')
    expect(one.id).not.toBe(group.id)
    expect((await c.get(`/Users/${one.id}`)).body.id).toBe(one.id)
    expect((await c.get(`/Users/${one.id}`)).body.id).toBe(one.id)
    expect((await c.del(`/Users/${one.id}`)).status).toBe(204)
    expect((await c.makeUser({ userName })).id).not.toBe(one.id)
  })

  test('S-009 an id given by the client is ignored on create and replace', async () => {
    const made = await c.post('/Users', user({ id: 'mine' }))
    expect(made.status, made.text).toBe(201)
    expect(made.body.id).not.toBe('mine')
    const put = await c.put(`/Users/${made.body.id}`, user({ id: 'other', userName: made.body.userName }))
    expect(put.status, put.text).toBe(200)
    expect(put.body.id).toBe(made.body.id)
  })

  test('S-010 no id contains bulkId', async () => {
    const bulk = await c.bulk([
      { method: 'POST', path: '/Users', bulkId: 'bulkId', data: user() },
      { method: 'POST', path: '/Groups', bulkId: 'b', data: { schemas: [GROUP], displayName: unique() } },
    ])
    expect(bulk.status, bulk.text).toBe(200)
    for (const { location } of bulk.body.Operations) expect(location.toLowerCase()).not.toContain('bulkid')
    expect((await c.makeUser()).id.toLowerCase()).not.toContain('bulkid')
  })

  test('S-011 id is compared with case and always returned', async () => {
    let one = await c.makeUser()
    while (one.id === one.id.toUpperCase()) one = await c.makeUser()
    expect(await c.ids('/Users', `id eq "${one.id}"`)).toEqual([one.id])
    expect(await c.ids('/Users', `id eq "${one.id.toUpperCase()}"`)).toEqual([])
    expect((await c.get(`/Users/${one.id}?excludedAttributes=id`)).body.id).toBe(one.id)
    expect((await c.get(`/Users/${one.id}?attributes=userName`)).body.id).toBe(one.id)
  })
})

describe('externalId', () => {
  const c = at.strict()

  test('S-012 externalId is the client’s: never made up, returned byte for byte', async () => {
    expect(await c.makeUser()).not.toHaveProperty('externalId')
    for (const externalId of ['AbC', 'Ünï ☃ 1', ' spaced ']) {
      const made = await c.makeUser({ externalId })
      expect(made.externalId).toBe(externalId)
      expect((await c.get(`/Users/${made.id}`)).body.externalId).toBe(externalId)
    }
  })

  test('S-013 externalId is scoped to the tenant and compared with case', async () => {
    const externalId = unique('ABC')
    const other = await at.connect()
    const here = await c.makeUser({ externalId })
    const there = await other.makeUser({ externalId })
    expect(await c.ids('/Users', `externalId eq "${externalId}"`)).toEqual([here.id])
    expect(await other.ids('/Users', `externalId eq "${externalId}"`)).toEqual([there.id])
    expect(await c.ids('/Users', `externalId eq "${externalId.toLowerCase()}"`)).toEqual([])
  })

  test('S-014 two users may have the same externalId, and a filter finds both', async () => {
    const externalId = unique('ext')
    const made = [await c.makeUser({ externalId }), await c.makeUser({ externalId })]
    expect([...(await c.ids('/Users', `externalId eq "${externalId}"`))].sort()).toEqual(
      made.map(({ id }) => id).sort(),
    )
  })
})

describe('meta', () => {
  const c = at.strict()

  test('S-015 meta given by the client is ignored', async () => {
    const meta = {
      resourceType: 'X',
      created: '2000-01-01T00:00:00Z',
      version: 'W/"x"',
      location: 'https://x.example/',
    }
    const made = await c.post('/Users', user({ meta }))
    expect(made.status, made.text).toBe(201)
    expect(made.body.meta.resourceType).toBe('User')
    expect(Date.parse(made.body.meta.created)).toBeGreaterThan(Date.parse('2020-01-01T00:00:00Z'))
    expect(made.body.meta.version).not.toBe(meta.version)
    expect(made.body.meta.location).not.toBe(meta.location)
    const put = await c.put(`/Users/${made.body.id}`, user({ userName: made.body.userName, title: 'x', meta }))
    expect(put.status, put.text).toBe(200)
    expect(put.body.meta.created).toBe(made.body.meta.created)
    expect(put.body.meta.resourceType).toBe('User')
  })

  test('S-016 meta.resourceType is the name of the endpoint’s type, compared with case', async () => {
    const one = await c.makeUser()
    const group = await c.makeGroup()
    expect(one.meta.resourceType).toBe('User')
    expect(group.meta.resourceType).toBe('Group')
    expect(await c.ids('/', `meta.resourceType eq "User" and id eq "${one.id}"`)).toEqual([one.id])
    expect(await c.ids('/', `meta.resourceType eq "USER" and id eq "${one.id}"`)).toEqual([])
  })

  test('S-017 created and lastModified are dateTimes, equal until the first change', async () => {
    const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
    const { id, meta } = await c.makeUser()
    expect(meta.created).toMatch(dateTime)
    expect(meta.lastModified).toBe(meta.created)
    await tick()
    const changed = (await c.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'new' }])).body.meta
    expect(changed.created).toBe(meta.created)
    expect(changed.lastModified).toMatch(dateTime)
    expect(Date.parse(changed.lastModified)).toBeGreaterThan(Date.parse(meta.lastModified))
  })

  test('S-018 meta.location is the Location header and leads to the resource', async () => {
    const made = await c.post('/Users', user())
    const path = `/Users/${made.body.id}`
    const answers = [
      made,
      await c.get(path),
      await c.put(path, user({ userName: made.body.userName, title: 'a' })),
      await c.patch(path, [{ op: 'replace', path: 'title', value: 'b' }]),
    ]
    for (const { body, headers } of answers) {
      expect(body.meta.location).toBe(`${c.base}${path}`)
      expect(headers.get('location')).toBe(body.meta.location)
      expect(headers.get('content-location') ?? body.meta.location).toBe(body.meta.location)
    }
    expect((await c.get(made.body.meta.location)).body.id).toBe(made.body.id)
  })

  test('S-019 meta.version is the ETag, W/ and quotes included', async () => {
    const made = await c.post('/Users', user())
    expect(made.body.meta.version).toMatch(/^(W\/)?"[^"]+"$/)
    expect(made.headers.get('etag')).toBe(made.body.meta.version)
    const got = await c.get(`/Users/${made.body.id}`)
    expect(got.headers.get('etag')).toBe(got.body.meta.version)
    expect(got.body.meta.version).toBe(made.body.meta.version)
  })

  test('S-020 meta is returned by default, not always', async () => {
    const { id, meta } = await c.makeUser()
    expect((await c.get(`/Users/${id}`)).body.meta).toEqual(meta)
    expect((await c.get(`/Users/${id}?attributes=userName`)).body).not.toHaveProperty('meta')
    expect((await c.get(`/Users/${id}?excludedAttributes=meta`)).body).not.toHaveProperty('meta')
    expect((await c.get(`/Users/${id}?attributes=meta.version`)).body.meta).toEqual({ version: meta.version })
  })

  test('S-021 the same person has another id in another tenant', async () => {
    const body = user({ externalId: 'e1' })
    const other = await at.connect()
    expect((await c.makeUser(body)).id).not.toBe((await other.makeUser(body)).id)
  })
})

describe('attribute names and notation', () => {
  const c = at.strict()
  let one: Body

  beforeAll(async () => {
    one = await c.makeUser({
      schemas: [USER, ENT],
      name: { givenName: unique('Given'), familyName: 'Fam' },
      [ENT]: { department: unique('Dept') },
    })
  })

  test('S-031 attribute names are case insensitive in bodies, filters, paths, selections and sortBy', async () => {
    const userName = unique()
    const made = await c.post('/Users', { SCHEMAS: [USER], USERNAME: userName, Name: { GIVENNAME: 'Ada' } })
    expect(made.status, made.text).toBe(201)
    expect(made.body).toMatchObject({ userName, name: { givenName: 'Ada' } })
    const path = `/Users/${made.body.id}`
    expect((await c.get(`${path}?attributes=USERNAME`)).body.userName).toBe(userName)
    const patched = await c.patch(path, [{ op: 'replace', path: 'NAME.givenname', value: 'Grace' }])
    expect(patched.status, patched.text).toBe(200)
    expect(patched.body.name.givenName).toBe('Grace')
    expect(await c.ids('/Users', `USERname eq "${userName}"`)).toEqual([made.body.id])
    expect(expectList(await c.get('/Users?sortBy=USERNAME'))).toHaveLength(2)
    const search = { schemas: [SEARCH_REQUEST], FILTER: `username eq "${userName}"` }
    expect(expectList(await c.post('/Users/.search', search))).toHaveLength(1)
    const message = { Schemas: [PATCH_OP], operations: [{ OP: 'replace', Path: 'title', VALUE: 'x' }] }
    expect((await c.patch(path, message)).body.title).toBe('x')
  })

  test('S-032 names go out in their canonical case; two that differ only in case are refused', async () => {
    const made = await c.post('/Users', { schemas: [USER], USERNAME: unique(), EMAILS: [{ VALUE: 'a@b.example' }] })
    expect(Object.keys(made.body)).toEqual(expect.arrayContaining(['userName', 'emails']))
    expect(made.body).not.toHaveProperty('USERNAME')
    expect(made.body.emails).toEqual([{ value: 'a@b.example' }])
    expectError(
      await c.post('/Users', { schemas: [USER], userName: unique(), username: unique() }),
      400,
      'invalidSyntax',
    )
    const inner = { givenName: 'a', GIVENNAME: 'b' }
    expectError(await c.post('/Users', user({ name: inner })), 400, 'invalidSyntax')
  })

  test('S-033 a qualified core attribute means the same as its short form', async () => {
    const { givenName } = one.name
    expect(await c.ids('/Users', `${USER}:name.givenName eq "${givenName}"`)).toEqual([one.id])
    expect(await c.ids('/Users', `name.givenName eq "${givenName}"`)).toEqual([one.id])
    expect((await c.get(`/Users/${one.id}?attributes=${USER}:userName`)).body.userName).toBe(one.userName)
    const patched = await c.patch(`/Users/${one.id}`, [
      { op: 'replace', path: `${USER}:name.familyName`, value: 'New' },
    ])
    expect(patched.body.name.familyName).toBe('New')
  })

  test('S-035 every part of a qualified name compares without case', async () => {
    const { department } = one[ENT]
    expect(await c.ids('/Users', `${ENT.toUpperCase()}:DEPARTMENT eq "${department}"`)).toEqual([one.id])
    expect(await c.ids('/Users', `${USER.toUpperCase()}:NAME.GIVENNAME eq "${one.name.givenName}"`)).toEqual([one.id])
  })

  test('S-036 the dot in the URN’s version is no sub-attribute separator', async () => {
    const boss = await c.makeUser()
    const patched = await c.patch(`/Users/${one.id}`, [{ op: 'add', path: `${ENT}:manager.value`, value: boss.id }])
    expect(patched.status, patched.text).toBe(200)
    expect(patched.body[ENT].manager.value).toBe(boss.id)
    expect(await c.ids('/Users', `${ENT}:manager.value eq "${boss.id}"`)).toEqual([one.id])
  })
})
