// Data types of attributes. RFC 7643 §2.3.

import { describe, expect, test } from 'vitest'
import { type Body, expectError, expectList, USER, unique, user } from './client.ts'
import { BADGE, badge, declare, serverWithBadge } from './custom.ts'
import { site } from './site.ts'

// RFC 7643 §2.3: data types. RFC 7643 §2.4, §2.5: unassigned values and multi-valued attributes.

const at = site()

describe('data types of the core schemas', () => {
  const c = at.strict()

  test('S-040 strings hold any Unicode, empty ones too', async () => {
    for (const text of ['日本 🙂', 'a\u00a0b', 'é', 'e\u0301', '"\\/\b\f\n\r\t', ' ']) {
      const made = await c.makeUser({ displayName: text })
      expect((await c.get(`/Users/${made.id}`)).body.displayName).toBe(text)
    }
    const empty = await c.post('/Users', user({ displayName: '' }))
    expect(empty.status, empty.text).toBe(201)
    expect(empty.body.displayName).toBe('')
  })

  test('S-041 canonical values of a user’s attributes are suggestions', async () => {
    const made = await c.makeUser({ emails: [{ type: 'custom', value: 'a@b.example' }] })
    expect(made.emails).toEqual([{ type: 'custom', value: 'a@b.example' }])
  })

  test('S-042 booleans are JSON literals', async () => {
    for (const active of ['true', 'False', 1, 0, ''])
      expectError(await c.post('/Users', user({ active })), 400, 'invalidValue')
    expect((await c.makeUser({ active: false })).active).toBe(false)
    expect((await c.makeUser({ active: true })).active).toBe(true)
    const { id } = await c.makeUser()
    expectError(await c.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: 'False' }]), 400, 'invalidValue')
  })

  test('S-045 binary values are base64, with or without padding', async () => {
    const post = (value: string) => c.post('/Users', user({ x509Certificates: [{ value }] }))
    expectError(await post('!!'), 400, 'invalidValue')
  })

  test('S-046 references may be relative to the base, and what is returned resolves', async () => {
    const one = await c.makeUser()
    for (const $ref of [`Users/${one.id}`, `../Users/${one.id}`, `${c.base}/Users/${one.id}`]) {
      const group = await c.makeGroup({ members: [{ $ref }] })
      const [member] = (await c.get(`/Groups/${group.id}`)).body.members
      expect(member.value, $ref).toBe(one.id)
      expect((await c.get(new URL(member.$ref, `${c.base}/`).href)).body.id).toBe(one.id)
    }
    const both = await c.makeGroup({ members: [{ value: one.id, $ref: `../Users/${one.id}` }] })
    expect((await c.get(`/Groups/${both.id}`)).body.members).toHaveLength(1)
  })

  test('S-047 every reference in an answer can be fetched', async () => {
    const boss = await c.makeUser()
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    const one = await c.makeUser({ schemas: [USER, enterprise], [enterprise]: { manager: { value: boss.id } } })
    const group = await c.makeGroup({ members: [{ value: one.id }] })
    const outer = await c.makeGroup({ members: [{ value: group.id }] })
    const bodies = [
      await c.get(`/Users/${one.id}`),
      await c.get(`/Groups/${group.id}`),
      await c.get(`/Groups/${outer.id}`),
    ]
    const found = bodies.flatMap(({ text }) => [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? ''))
    expect(found.length).toBeGreaterThanOrEqual(5)
    for (const ref of found) expect((await c.get(new URL(ref, `${c.base}/`).href)).status, ref).toBe(200)
  })

  test('S-048 a reference to a resource that does not exist is refused by name', async () => {
    const answer = await c.post('/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: unique(),
      members: [{ value: 'nope' }],
    })
    expectError(answer, 400, 'invalidValue')
    expect(answer.body.detail).toContain('nope')
  })

  test('S-049 no complex value inside a complex one', async () => {
    expectError(await c.post('/Users', user({ name: { givenName: { x: 1 } } })), 400, 'invalidValue')
    expectError(await c.post('/Users', user({ emails: [{ value: { x: 1 } }] })), 400, 'invalidValue')
    const schema = {
      id: `urn:example:scim:schemas:${unique('nested')}:1.0:User`,
      name: 'Nested',
      attributes: [
        {
          name: 'outer',
          type: 'complex',
          subAttributes: [{ name: 'inner', type: 'complex', subAttributes: [{ name: 'leaf' }] }],
        },
      ],
    }
    await expect(declare(at.server, c, { schemas: [schema] })).rejects.toThrow()
  })

  test('S-050 a value of the wrong JSON type is refused', async () => {
    const wrong = [
      { userName: 42 },
      { userName: ['a'] },
      { emails: '{}' },
      { emails: { value: 'a@b.example' } },
      { emails: ['a@b.example'] },
      { name: 'x' },
      { name: ['x'] },
      { displayName: { a: 1 } },
      { displayName: true },
      { active: {} },
    ]
    for (const members of wrong) {
      const answer = await c.post('/Users', user(members))
      expect({ members, status: answer.status, scimType: answer.body.scimType }).toEqual({
        members,
        status: 400,
        scimType: 'invalidValue',
      })
    }
  })

  test('S-051 a schema cannot bring a data type of its own', async () => {
    const schema = { id: `urn:example:${unique('any')}`, name: 'Any', attributes: [{ name: 'x', type: 'any' }] }
    await expect(declare(at.server, c, { schemas: [schema] })).rejects.toThrow()
  })
})

describe('data types of an extension', () => {
  const c = serverWithBadge(at)

  const post = (members: Body) => c.post('/Users', badge(members))

  test('S-043 integers have neither fraction nor exponent, decimals are JSON numbers', async () => {
    expectError(await post({ number: 1.5 }), 400, 'invalidValue')
    expectError(await post({ number: '1' }), 400, 'invalidValue')
    const exponent = JSON.stringify(badge({ number: 77_777 })).replace('77777', '1e3')
    expectError(await c.post('/Users', exponent), 400, 'invalidValue')
    expectError(await post({ weight: '1.5' }), 400, 'invalidValue')
    const made = await post({ number: -7, weight: 1.5 })
    expect(made.status, made.text).toBe(201)
    expect(made.body[BADGE]).toMatchObject({ number: -7, weight: 1.5 })
  })

  test('S-044 dateTimes have a date, a time, and may have an offset', async () => {
    for (const since of ['2026-01-01', '2026-13-01T00:00:00Z', 'yesterday', '2026-01-01 00:00:00', 1_700_000_000, '']) {
      expectError(await post({ since }), 400, 'invalidValue')
    }
    for (const since of ['2026-01-01T00:00:00+02:00', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.123Z']) {
      const made = await post({ since })
      expect(made.status, made.text).toBe(201)
      expect(Date.parse(made.body[BADGE].since)).toBe(Date.parse(since))
    }
  })

  test('S-045 binary attributes take base64, padded or not, and keep its case', async () => {
    for (const photo of ['!!', 'a', 'AB=C', 'ab c']) expectError(await post({ photo }), 400, 'invalidValue')
    for (const photo of ['aGVsbG8=', 'aGVsbG8', 'AAAA']) {
      const made = await post({ photo })
      expect(made.status, made.text).toBe(201)
      expect(made.body[BADGE].photo).toBe(photo)
    }
  })
})

describe('unassigned values', () => {
  const c = at.strict()

  test('S-080 unassigned, null and the empty array are one state', async () => {
    const { id, userName } = await c.makeUser({ nickName: 'n', emails: [{ value: 'a@b.example' }] })
    const put = await c.put(`/Users/${id}`, user({ userName, nickName: null, emails: [] }))
    expect(put.status, put.text).toBe(200)
    expect(put.body).not.toHaveProperty('nickName')
    expect(put.body).not.toHaveProperty('emails')
    expect(await c.ids('/Users', `emails pr and id eq "${id}"`)).toEqual([])
    expect(await c.ids('/Users', `not (nickName pr) and id eq "${id}"`)).toEqual([id])
  })

  test('S-081 answers hold no null and no empty array', async () => {
    const { id } = await c.makeUser({
      nickName: null,
      title: null,
      emails: [],
      phoneNumbers: null,
      roles: [],
      name: {},
    })
    const group = await c.makeGroup({ members: [] })
    for (const path of [`/Users/${id}`, `/Groups/${group.id}`, '/Users', '/Groups', '/Users?attributes=emails']) {
      const { body, text } = await c.get(path)
      for (const resource of body.Resources ?? [body]) {
        expect(JSON.stringify(resource), text).not.toMatch(/:null|:\[\]|:\{\}/)
      }
    }
  })

  test('S-082 a multi-valued attribute is an array, with one entry too', async () => {
    const { id } = await c.makeUser({ emails: [{ value: 'a@b.example' }] })
    expect((await c.get(`/Users/${id}`)).body.emails).toEqual([{ value: 'a@b.example' }])
    expectError(await c.post('/Users', user({ emails: { value: 'a@b.example' } })), 400, 'invalidValue')
  })

  test('S-084 primary is true at most once', async () => {
    const two = [
      { value: 'a@b.example', primary: true },
      { value: 'c@d.example', primary: true },
    ]
    expectError(await c.post('/Users', user({ emails: two })), 400, 'invalidValue')
    const made = await c.makeUser({ emails: [two[0], { value: 'c@d.example' }] })
    expect(made.emails.filter((email: Body) => email.primary === true)).toHaveLength(1)
    expectError(await c.put(`/Users/${made.id}`, user({ userName: made.userName, emails: two })), 400, 'invalidValue')
  })

  test('S-085 the same value and type is there once, the same value with two types twice', async () => {
    const same = { value: 'a@b.example', type: 'work' }
    expect((await c.makeUser({ emails: [same, same] })).emails).toHaveLength(1)
    expect((await c.makeUser({ emails: [same, { ...same, type: 'home' }] })).emails).toHaveLength(2)
  })

  test('S-086 values are compared in canonical form and returned as given', async () => {
    const value = `${unique('Ada')}@EXAMPLE.com`
    const made = await c.makeUser({ emails: [{ value, type: 'work' }] })
    expect(made.emails[0].value).toBe(value)
    expect(await c.ids('/Users', `emails.value eq "${value.toLowerCase()}"`)).toEqual([made.id])
  })

  test('S-087 references that differ in the version segment mean the same member', async () => {
    const one = await c.makeUser()
    const withVersion = `${c.base}/Users/${one.id}`
    const without = withVersion.replace('/v2/', '/')
    const group = await c.makeGroup({ members: [{ $ref: without }] })
    expect((await c.get(`/Groups/${group.id}`)).body.members).toMatchObject([{ value: one.id, $ref: withVersion }])
    const again = await c.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [{ $ref: withVersion }] }])
    expect(again.status, again.text).toBeLessThan(300)
    expect((await c.get(`/Groups/${group.id}`)).body.members).toHaveLength(1)
    expect(expectList(await c.filter('/Groups', `members.value eq "${one.id}"`))).toHaveLength(1)
  })
})
