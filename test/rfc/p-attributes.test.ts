// Attribute selection with `attributes` and `excludedAttributes`. RFC 7644 §3.9.

import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type Body, ENT, expectError, expectList, USER, user } from './client.ts'
import { site } from './site.ts'

// RFC 7644 §3.9: attributes and excludedAttributes.

const at = site()

describe('attribute selection', () => {
  const c = at.strict()
  let one: Body
  let path: string

  beforeAll(async () => {
    const members = {
      schemas: [USER, ENT],
      name: { formatted: 'Ada King', givenName: 'Ada', familyName: 'King' },
      title: 't',
      emails: [
        { value: 'a@work.example', type: 'work', primary: true },
        { value: 'a@home.example', type: 'home' },
      ],
      [ENT]: { department: 'd', division: 'v' },
    }
    one = await c.makeUser(members)
    path = `/Users/${one.id}`
  })

  const selected = async (query: string): Promise<Body> => {
    const answer = await c.get(`${path}?${query}`)
    expect(answer.status, answer.text).toBe(200)
    return answer.body
  }
  const names = (body: Body) => Object.keys(body).sort()

  test('P-200 both parameters work wherever a resource comes back', async () => {
    const body = user({ title: 't', nickName: 'n' })
    const made = await c.post('/Users?attributes=nickName', body)
    const own = `/Users/${made.body.id}`
    const byId = encodeURIComponent(`id eq "${made.body.id}"`)
    const only: readonly (readonly [string, Answer])[] = [
      ['POST', made],
      ['GET', await c.get(`${own}?attributes=nickName`)],
      ['PUT', await c.put(`${own}?attributes=nickName`, { ...body, title: 'u' })],
      ['PATCH', await c.patch(`${own}?attributes=nickName`, [{ op: 'replace', path: 'title', value: 'v' }])],
      ['list', await c.get(`/Users?attributes=nickName&filter=${byId}`)],
      ['base', await c.get(`/?attributes=nickName&filter=${byId}`)],
      ['search', await c.search('/Users', { attributes: ['nickName'], filter: `id eq "${made.body.id}"` })],
    ]
    for (const [what, answer] of only) {
      const shown = answer.body.Resources?.[0] ?? answer.body
      expect(shown, what).toEqual({ schemas: [USER], id: made.body.id, nickName: 'n' })
    }
    const less: readonly (readonly [string, Answer])[] = [
      ['POST', await c.post('/Users?excludedAttributes=nickName', user({ nickName: 'n', title: 't' }))],
      ['GET', await c.get(`${own}?excludedAttributes=nickName`)],
      ['PUT', await c.put(`${own}?excludedAttributes=nickName`, { ...body, title: 'w' })],
      ['PATCH', await c.patch(`${own}?excludedAttributes=nickName`, [{ op: 'replace', path: 'title', value: 'x' }])],
      ['list', await c.get(`/Users?excludedAttributes=nickName&filter=${byId}`)],
      ['search', await c.search('/Users', { excludedAttributes: ['nickName'], filter: `id eq "${made.body.id}"` })],
    ]
    for (const [what, answer] of less) {
      const shown = answer.body.Resources?.[0] ?? answer.body
      expect(shown, what).not.toHaveProperty('nickName')
      expect(shown, what).toMatchObject({ title: expect.any(String), meta: expect.any(Object) })
    }
  })

  test('P-201 attributes gives what is returned always, and what is named', async () => {
    expect(await selected('attributes=userName')).toEqual({ schemas: one.schemas, id: one.id, userName: one.userName })
    expect(names(await selected('attributes=title,emails'))).toEqual(['emails', 'id', 'schemas', 'title'])
  })

  test('P-202 excludedAttributes takes away, but not what is returned always', async () => {
    const { emails: _emails, ...rest } = one
    expect(await selected('excludedAttributes=id,emails,schemas')).toEqual(rest)
    expect(expectList(await c.get('/Users?excludedAttributes=id'))[0].id).toEqual(expect.any(String))
  })

  test('P-203 a list is comma-separated in a URL, an array in a body', async () => {
    const expected = { schemas: one.schemas, id: one.id, userName: one.userName, title: 't' }
    for (const list of [
      'userName,title',
      'userName, title',
      ' userName ,  title ',
      'userName%2Ctitle',
      'title,userName,title',
    ]) {
      expect(await selected(`attributes=${list.replaceAll(' ', '%20')}`), list).toEqual(expected)
    }
    const search = await c.search('/Users', { attributes: ['userName', 'title'], filter: `id eq "${one.id}"` })
    expect(expectList(search)).toEqual([expected])
    expectError(await c.search('/Users', { attributes: 'userName,title' }), 400, 'invalidSyntax')
  })

  test('P-204 names have sub-attributes and URNs, in any case', async () => {
    const common = { schemas: one.schemas, id: one.id }
    expect(await selected(`attributes=name.givenName,emails.value,${ENT}:department`)).toEqual({
      ...common,
      name: { givenName: 'Ada' },
      emails: [{ value: 'a@work.example' }, { value: 'a@home.example' }],
      [ENT]: { department: 'd' },
    })
    expect(await selected(`attributes=${ENT}`)).toEqual({ ...common, [ENT]: { department: 'd', division: 'v' } })
    expect(await selected(`attributes=${ENT.toUpperCase()}:DEPARTMENT,TITLE`)).toEqual({
      ...common,
      title: 't',
      [ENT]: { department: 'd' },
    })
    expect(await selected(`attributes=${USER}:name.familyName`)).toEqual({ ...common, name: { familyName: 'King' } })
    expect(await selected('attributes=meta.location')).toEqual({ ...common, meta: { location: one.meta.location } })
    expect(await selected(`excludedAttributes=${ENT}`)).not.toHaveProperty(ENT)
    expect((await selected(`excludedAttributes=${ENT}:department`))[ENT]).toEqual({ division: 'v' })
  })

  test('P-205 returned never stays hidden, also when named', async () => {
    const { id } = await c.makeUser({ password: 'Secret-1' })
    const answer = await c.get(`/Users/${id}?attributes=password,userName`)
    expect(names(answer.body)).toEqual(['id', 'schemas', 'userName'])
    expect(names((await c.get(`/Users/${id}?attributes=password`)).body)).toEqual(['id', 'schemas'])
  })

  test('P-206 both parameters together are refused', async () => {
    const query = '?attributes=userName&excludedAttributes=emails'
    expectError(await c.get(`${path}${query}`), 400, 'invalidValue')
    expectError(await c.get(`/Users${query}`), 400, 'invalidValue')
    expectError(
      await c.search('/Users', { attributes: ['userName'], excludedAttributes: ['emails'] }),
      400,
      'invalidValue',
    )
    const total = (await c.get('/Users?count=0')).body.totalResults
    expectError(await c.post(`/Users${query}`, user()), 400, 'invalidValue')
    expectError(await c.patch(`${path}${query}`, [{ op: 'replace', path: 'title', value: 'zzz' }]), 400, 'invalidValue')
    expect((await c.get('/Users?count=0')).body.totalResults).toBe(total)
    expect((await c.get(path)).body.title).toBe('t')
  })

  test('P-207 unknown names are ignored', async () => {
    expect(await selected('attributes=foo')).toEqual({ schemas: one.schemas, id: one.id })
    expect(await selected('attributes=foo,title,name.foo,urn:x:y:z')).toEqual({
      schemas: one.schemas,
      id: one.id,
      title: 't',
    })
    expect(await selected('excludedAttributes=foo,urn:x:y:z')).toEqual(one)
  })

  test('P-208 an empty list counts as absent', async () => {
    for (const query of [
      'attributes=',
      'excludedAttributes=',
      'attributes=&excludedAttributes=',
      'attributes',
      'attributes=%20',
    ]) {
      expect(await selected(query), query).toEqual(one)
    }
    expect(await selected('attributes=&excludedAttributes=title')).not.toHaveProperty('title')
    expect(expectList(await c.search('/Users', { attributes: [], filter: `id eq "${one.id}"` }))).toEqual([one])
  })

  test('P-209 one sub-attribute is taken away or selected alone', async () => {
    expect((await selected('excludedAttributes=name.formatted')).name).toEqual({ givenName: 'Ada', familyName: 'King' })
    expect((await selected('attributes=name.formatted')).name).toEqual({ formatted: 'Ada King' })
    expect((await selected('excludedAttributes=emails.type,emails.primary')).emails).toEqual([
      { value: 'a@work.example' },
      { value: 'a@home.example' },
    ])
  })
})
