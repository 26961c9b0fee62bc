// Media types, encodings, methods and URLs. RFC 7644 §3.1 and §3.8.

import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Answer, expectError, expectList, SCIM_JSON, unique, user } from './client.ts'
import { site } from './site.ts'

// RFC 7644 §3.8, §8.1: media types and encoding. RFC 7644 §3.13, §3.2, §6: base URL, versions, tenants, endpoints.

const at = site()

const mediaType = (answer: Answer) => answer.headers.get('content-type')?.split(';')[0]

describe('media types and encoding', () => {
  const c = at.strict()

  test('P-002 UTF-8 is taken without being announced, and is what comes back', async () => {
    const displayName = 'Jürgen 日本 🙂'
    const body = new TextEncoder().encode(JSON.stringify(user({ displayName })))
    const made = await c.call('POST', '/Users', body, { 'content-type': 'application/scim+json' })
    expect(made.status, made.text).toBe(201)
    expect(made.body.displayName).toBe(displayName)
    const got = await c.get(`/Users/${made.body.id}`)
    expect(got.headers.get('content-type')).toMatch(/^application\/scim\+json(; ?charset=utf-8)?$/i)
    expect(got.body.displayName).toBe(displayName)
    const invalid = Buffer.from(JSON.stringify(user({ displayName: 'x' })).replace('"x"', '"\xff\xfe"'), 'latin1')
    expect((await c.call('POST', '/Users', new Uint8Array(invalid), { 'content-type': SCIM_JSON })).status).toBe(400)
  })

  test('P-003 the answer is scim+json, or json for who prefers it', async () => {
    const cases: readonly (readonly [string | undefined, string])[] = [
      [undefined, 'application/scim+json'],
      ['*/*', 'application/scim+json'],
      ['application/scim+json', 'application/scim+json'],
      ['application/*', 'application/scim+json'],
      ['application/json', 'application/json'],
      ['application/json, application/scim+json;q=0.5', 'application/json'],
      ['application/scim+json, application/json', 'application/scim+json'],
      ['text/html, */*;q=0.1', 'application/scim+json'],
    ]
    for (const [accept, expected] of cases) {
      const answer = await c.get('/Users', { accept })
      expect({ accept, status: answer.status, type: mediaType(answer) }).toEqual({
        accept,
        status: 200,
        type: expected,
      })
      expect(answer.body.Resources).toEqual(expect.any(Array))
    }
    const created = await c.post('/Users', user(), { accept: 'application/json' })
    expect(mediaType(created)).toBe('application/json')
    const missing = await c.get('/Users/nope', { accept: 'application/json' })
    expect(mediaType(missing)).toMatch(/^application\/(scim\+)?json$/)
  })

  test('P-004 bodies are scim+json or json, whatever the charset says; anything else is 415', async () => {
    const taken = [
      'application/scim+json',
      'application/json',
      'application/scim+json; charset=utf-8',
      'application/json;charset=UTF-8',
      'Application/SCIM+JSON; charset="utf-8"',
      // Neither type has such a parameter, so that it says nothing: RFC 7644 §8.1, RFC 8259 §11.
      'application/scim+json; charset=ISO-8859-1',
      'application/json; charset=us-ascii',
      'application/json; charset=utf-16',
    ]
    for (const type of taken) expect((await c.post('/Users', user(), { 'content-type': type })).status, type).toBe(201)
    // No Content-Type at all is taken for SCIM's (A-63).
    const bare = new TextEncoder().encode(JSON.stringify(user()))
    expect((await c.call('POST', '/Users', bare, { 'content-type': undefined })).status).toBe(201)
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded']) {
      expectError(await c.post('/Users', user(), { 'content-type': type }), 415)
    }
    const { id } = await c.makeUser()
    expectError(await c.call('PATCH', `/Users/${id}`, '{}', { 'content-type': 'application/json-patch+json' }), 415)
    const latin = Uint8Array.from(Buffer.from(JSON.stringify(user({ title: 'Büro' })), 'latin1'))
    const inLatin = { 'content-type': 'application/scim+json; charset=ISO-8859-1' }
    expectError(await c.call('POST', '/Users', latin, inLatin), 400, 'invalidSyntax')
    const packed = new Uint8Array(gzipSync(JSON.stringify(user())))
    const refused = await c.call('POST', '/Users', packed, { 'content-encoding': 'gzip' })
    expectError(refused, 415)
    expect(refused.headers.get('accept-encoding')).toBe('identity')
    expectError(await c.get('/Users', { accept: 'text/html' }), 406)
    expectError(await c.get('/Users', { accept: 'application/scim+json;q=0' }), 406)
  })

  test('P-006 malformed JSON is refused, and so is what is no object', async () => {
    for (const body of [
      '{',
      '',
      '[]',
      '"a"',
      '1',
      'null',
      'true',
      '{"a":}',
      '{"a":1,}',
      "{'a':1}",
      '{"a":1} x',
      '\u0000',
    ]) {
      const answer = await c.call('POST', '/Users', body)
      expect({ body, status: answer.status, scimType: answer.body?.scimType }).toEqual({
        body,
        status: 400,
        scimType: 'invalidSyntax',
      })
    }
    const { id } = await c.makeUser()
    expectError(await c.call('PUT', `/Users/${id}`, '[]'), 400, 'invalidSyntax')
    expectError(await c.call('PATCH', `/Users/${id}`, '{"Operations"'), 400, 'invalidSyntax')
    expectError(await c.call('POST', '/Users/.search', '{'), 400, 'invalidSyntax')
    expectError(await c.call('POST', '/Bulk', '{'), 400, 'invalidSyntax')
  })

  test('P-007 queries are percent-decoded UTF-8, and + is a space', async () => {
    const displayName = `Jürgen ${unique()}`
    const one = await c.makeUser({ displayName })
    const encoded = encodeURIComponent(displayName)
    const ids = async (query: string) => expectList(await c.get(`/Users?filter=${query}`)).map(({ id }) => id)
    expect(encoded).toContain('%C3%BC')
    expect(await ids(`displayName%20eq%20%22${encoded}%22`)).toEqual([one.id])
    expect(await ids(`displayName+eq+%22${encoded.replaceAll('%20', '+')}%22`)).toEqual([one.id])
    const plus = await c.makeUser({ displayName: `a+b ${displayName}` })
    expect(await ids(`displayName+sw+%22a%2Bb+%22`)).toEqual([plus.id])
    for (const broken of ['%', '%zz', '%ff', '%C3%28'])
      expect((await c.get(`/Users?filter=${broken}`)).status, broken).toBe(400)
  })

  test('P-008 unknown query parameters are ignored', async () => {
    const one = await c.makeUser()
    for (const query of ['foo=bar', 'foo', 'foo=', '=', '&', 'aadOptscim062020', 'x=1&x=2&foo[]=%20']) {
      expect((await c.get(`/Users?${query}`)).status, query).toBe(200)
      expect((await c.get(`/Users/${one.id}?${query}`)).body.id, query).toBe(one.id)
    }
    const answer = await c.get(`/Users?foo=bar&filter=${encodeURIComponent(`id eq "${one.id}"`)}&`)
    expect(expectList(answer)).toHaveLength(1)
  })
})

describe('base URL, versions and endpoints', () => {
  const c = at.strict()

  test('P-040 the version in the base URL is honoured, another one is refused', async () => {
    expect(c.base).toMatch(/\/v2$/)
    expect((await c.get('/Users')).status).toBe(200)
    for (const version of ['v1', 'v9', 'v2.1', 'V2']) {
      const answer = await c.get(`${c.base.replace(/v2$/, version)}/Users`)
      if (answer.status === 400) expectError(answer, 400, 'invalidVers')
      else expectError(answer, 404)
    }
  })

  test('P-041 without a version segment the newest version answers, where that is routed', async () => {
    const one = await c.makeUser()
    const answer = await c.get(`${c.base.replace(/\/v2$/, '')}/Users/${one.id}`)
    if (answer.status === 404) expectError(answer, 404)
    else expect(answer).toMatchObject({ status: 200, body: { id: one.id } })
  })

  test('P-042 users are at /Users, groups at /Groups, all types where /ResourceTypes says', async () => {
    const types = expectList(await c.get('/ResourceTypes'))
    expect(types.map(({ endpoint }) => endpoint)).toEqual(expect.arrayContaining(['/Users', '/Groups']))
    for (const { endpoint } of types) {
      expectList(await c.get(endpoint))
      expectList(await c.get(`${endpoint}/`))
    }
  })

  test('P-044 each endpoint has its methods; others are 405 with Allow', async () => {
    const one = await c.makeUser()
    const group = await c.makeGroup()
    const refused: readonly (readonly [string, readonly string[], readonly string[]])[] = [
      ['/Users', ['PUT', 'PATCH', 'DELETE'], ['GET', 'POST']],
      ['/Groups', ['PUT', 'PATCH', 'DELETE'], ['GET', 'POST']],
      [`/Users/${one.id}`, ['POST'], ['GET', 'PUT', 'PATCH', 'DELETE']],
      [`/Groups/${group.id}`, ['POST'], ['GET', 'PUT', 'PATCH', 'DELETE']],
      ['/Users/.search', ['GET', 'PUT', 'PATCH', 'DELETE'], ['POST']],
      ['/.search', ['GET', 'PUT', 'PATCH', 'DELETE'], ['POST']],
      ['/Bulk', ['GET', 'PUT', 'PATCH', 'DELETE'], ['POST']],
      ['/ServiceProviderConfig', ['POST', 'PUT', 'PATCH', 'DELETE'], ['GET']],
      ['/ResourceTypes', ['POST', 'PUT', 'PATCH', 'DELETE'], ['GET']],
      ['/ResourceTypes/User', ['POST', 'PUT', 'PATCH', 'DELETE'], ['GET']],
      ['/Schemas', ['POST', 'PUT', 'PATCH', 'DELETE'], ['GET']],
    ]
    for (const [path, methods, allowed] of refused) {
      for (const method of methods) {
        const answer = await c.call(method, path, method === 'GET' ? undefined : {})
        expectError(answer, 405)
        const allow = (answer.headers.get('allow') ?? '').split(/, */)
        expect(allow, `${method} ${path}`).toEqual(expect.arrayContaining([...allowed]))
        expect(allow).not.toContain(method)
      }
    }
    expect((await c.get(`/Users/${one.id}`)).status).toBe(200)
  })

  test('P-045 an unknown endpoint or id is 404', async () => {
    for (const path of [
      '/Nope',
      '/Users/nope',
      '/Groups/nope',
      '/users',
      '/Users/a/b',
      '/Schemas/urn:x',
      '/ResourceTypes/Nope',
      '/Nope/.search',
    ]) {
      expectError(await c.get(path), 404)
    }
    expectError(await c.post('/Nope', user()), 404)
    expectError(await c.put('/Users/nope', user()), 404)
    expectError(await c.del('/Groups/nope'), 404)
    const one = await c.makeUser()
    expectError(await c.get(`/Groups/${one.id}`), 404)
  })

  test('P-046 a token of one tenant is good for no other, on no route', async () => {
    const other = await at.connect()
    const one = await other.makeUser()
    const group = await other.makeGroup()
    const intruder = other.as(c.token)
    const routes: readonly (readonly [string, string])[] = [
      ...['/', '/Users', '/Groups', '/ServiceProviderConfig', '/Schemas', '/ResourceTypes', '/Me', '/Nope'].map(
        (path) => ['GET', path] as const,
      ),
      ...['/Users', '/Groups', '/.search', '/Users/.search', '/Groups/.search', '/Bulk', '/Me'].map(
        (path) => ['POST', path] as const,
      ),
      ...['GET', 'PUT', 'PATCH', 'DELETE'].flatMap((method) => [
        [method, `/Users/${one.id}`] as const,
        [method, `/Groups/${group.id}`] as const,
      ]),
    ]
    for (const [method, path] of routes) {
      const answer = await intruder.call(method, path, method === 'GET' ? undefined : {})
      expect([401, 404], `${method} ${path} ${answer.text}`).toContain(answer.status)
      expectError(answer, answer.status)
    }
    expect((await other.get(`/Users/${one.id}`)).body).toEqual(one)
    expect((await other.get(`/Groups/${group.id}`)).status).toBe(200)
  })

  test('P-047 uniqueness, totals, filters, Bulk and cursors stay within the tenant', async () => {
    const here = await at.connect()
    const there = await at.connect()
    const body = user({ emails: [{ value: 'same@a.example' }] })
    const one = await here.makeUser(body)
    const other = await there.makeUser(body)
    await there.makeUser()
    expect((await here.get('/Users')).body.totalResults).toBe(1)
    expect((await here.get('/')).body.totalResults).toBe(1)
    expect(await here.ids('/Users', 'emails.value eq "same@a.example"')).toEqual([one.id])
    expectError(await here.get(`/Users/${other.id}`), 404)
    const bulk = await here.bulk([
      { method: 'DELETE', path: `/Users/${other.id}` },
      {
        method: 'POST',
        path: '/Groups',
        bulkId: 'g',
        data: {
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
          displayName: 'g',
          members: [{ value: other.id }],
        },
      },
    ])
    expect(bulk.body.Operations.map(({ status }: { status: string }) => status)).toEqual(['404', '400'])
    const { nextCursor } = (await there.get('/Users?cursor=&count=1')).body
    expect(nextCursor).toEqual(expect.any(String))
    expectError(await here.get(`/Users?cursor=${nextCursor}&count=1`), 400, 'invalidCursor')
    expect((await there.get(`/Users/${other.id}`)).status).toBe(200)
  })

  test('P-048 the status of an error is in the status line and in the body', async () => {
    const { userName } = await c.makeUser()
    const answers = [
      await c.get('/Users/nope'),
      await c.call('PUT', '/Users', {}),
      await c.post('/Users', {}),
      await c.post('/Users', user({ userName })),
      await c.as(undefined).get('/Users'),
      await c.filter('/Schemas', 'id pr'),
      await c.post('/Users', user(), { 'content-type': 'text/plain' }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 405, 400, 409, 401, 403, 415])
    for (const { status, body } of answers) expect(body.status).toBe(String(status))
  })
})
