// Attribute characteristics: required, mutability, returned, uniqueness. RFC 7643 §2.2.

import { describe, expect, test } from 'vitest'
import { type Answer, type Body, expectError, expectList, USER, unique, user } from './client.ts'
import { BADGE, badge, declare, serverWithBadge, userType } from './custom.ts'
import { site } from './site.ts'

// RFC 7643 §2.2, §7: what the characteristics of attributes mean.

const at = site()

/** Every kind of answer that shows a user: the request that makes each may itself hold the attributes. */
async function everyAnswer(
  c: ReturnType<typeof serverWithBadge>,
  members: Body,
  names: string,
): Promise<readonly Answer[]> {
  const body = badge(members.badge ?? {}, members.core ?? {})
  const made = await c.post('/Users', body)
  expect(made.status, made.text).toBe(201)
  const path = `/Users/${made.body.id}`
  const asked = `attributes=${names}`
  return [
    made,
    await c.post(`/Users?${asked}`, { ...body, userName: unique(), [BADGE]: { ...body[BADGE], plate: undefined } }),
    await c.get(path),
    await c.get(`${path}?${asked}`),
    await c.get('/Users'),
    await c.get(`/Users?${asked}`),
    await c.get(`/?${asked}`),
    await c.search('/Users', { attributes: names.split(',') }),
    await c.put(path, { ...body, title: unique() }),
    await c.put(`${path}?${asked}`, { ...body, title: unique() }),
    await c.patch(path, [{ op: 'replace', value: { ...(members.core ?? {}), [BADGE]: members.badge ?? {} } }]),
    await c.patch(`${path}?${asked}`, [{ op: 'replace', path: 'title', value: unique() }]),
    await c.bulk([{ method: 'POST', path: '/Users', bulkId: 'a', data: { ...body, userName: unique() } }]),
  ]
}

describe('defaults and presence', () => {
  const c = at.strict()

  test('S-060 a definition that says only its name gets every default', async () => {
    const id = `urn:example:scim:schemas:${unique('plain')}:1.0:User`
    await declare(at.server, c, {
      schemas: [{ id, name: 'Plain', attributes: [{ name: 'x' }] }],
      types: [userType([{ schema: id }])],
    })
    const schema = await c.get(`/Schemas/${id}`)
    expect(schema.status, schema.text).toBe(200)
    expect(schema.body.attributes[0]).toMatchObject({
      name: 'x',
      type: 'string',
      multiValued: false,
      required: false,
      caseExact: false,
      mutability: 'readWrite',
      returned: 'default',
      uniqueness: 'none',
    })
    expect(schema.body.attributes[0]).not.toHaveProperty('canonicalValues')
    const one = await c.makeUser({ schemas: [USER, id], [id]: { x: 'Abc' } })
    const two = await c.makeUser({ schemas: [USER, id], [id]: { x: 'Abc' } })
    expect(one[id]).toEqual({ x: 'Abc' })
    expect([...(await c.ids('/Users', `${id}:x eq "aBC"`))].sort()).toEqual([one.id, two.id].sort())
    expect((await c.makeUser())[id]).toBeUndefined()
  })

  test('S-061 a create or replace without a required value is refused', async () => {
    expectError(await c.post('/Users', { schemas: [USER] }), 400, 'invalidValue')
    expectError(
      await c.post('/Groups', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'] }),
      400,
      'invalidValue',
    )
    const { id } = await c.makeUser()
    expectError(await c.put(`/Users/${id}`, { schemas: [USER], title: 'x' }), 400, 'invalidValue')
  })

  test('S-062 null, an empty string and an empty array are no value for a required attribute', async () => {
    for (const userName of ['', null, []]) expectError(await c.post('/Users', user({ userName })), 400, 'invalidValue')
    for (const displayName of ['', null]) {
      const body = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName }
      expectError(await c.post('/Groups', body), 400, 'invalidValue')
    }
  })
})

describe('mutability', () => {
  const c = serverWithBadge(at)

  test('S-063 readOnly: ignored in POST and PUT, an error in PATCH', async () => {
    const made = await c.post('/Users', badge({ state: 'mine', label: 'l' }))
    expect(made.status, made.text).toBe(201)
    expect(made.body[BADGE]).toEqual({ label: 'l' })
    const path = `/Users/${made.body.id}`
    const put = await c.put(path, badge({ state: 'mine', label: 'l' }, { userName: made.body.userName }))
    expect(put.status, put.text).toBe(200)
    expect(put.body[BADGE]).toEqual({ label: 'l' })
    expectError(await c.patch(path, [{ op: 'replace', path: `${BADGE}:state`, value: 'x' }]), 400, 'mutability')
  })

  test('S-064 readWrite: set, changed and cleared at any time', async () => {
    const { id } = await c.makeUser()
    const patch = async (operation: Body) =>
      (await c.patch(`/Users/${id}`, [{ ...operation, path: 'nickName' }])).body.nickName
    expect(await patch({ op: 'add', value: 'a' })).toBe('a')
    expect(await patch({ op: 'replace', value: 'b' })).toBe('b')
    expect((await c.get(`/Users/${id}`)).body.nickName).toBe('b')
    expect(await patch({ op: 'remove' })).toBeUndefined()
  })

  test('S-065 immutable: set once, at creation or later, then never changed', async () => {
    const made = await c.post('/Users', badge({ serial: 's1' }))
    const path = `/Users/${made.body.id}`
    const { userName } = made.body
    expect(made.body[BADGE].serial).toBe('s1')
    expectError(await c.put(path, badge({ serial: 's2' }, { userName })), 400, 'mutability')
    expectError(await c.patch(path, [{ op: 'replace', path: `${BADGE}:serial`, value: 's2' }]), 400, 'mutability')
    expectError(await c.patch(path, [{ op: 'remove', path: `${BADGE}:serial` }]), 400, 'mutability')
    expect((await c.get(path)).body[BADGE].serial).toBe('s1')
    const bare = await c.makeUser()
    const later = await c.patch(`/Users/${bare.id}`, [{ op: 'add', path: `${BADGE}:serial`, value: 's3' }])
    expect(later.status, later.text).toBe(200)
    expect(later.body[BADGE].serial).toBe('s3')
    expectError(
      await c.patch(`/Users/${bare.id}`, [{ op: 'add', path: `${BADGE}:serial`, value: 's4' }]),
      400,
      'mutability',
    )
  })

  test('S-066 writeOnly: accepted at any time and never returned', async () => {
    const password = unique('Secret')
    const pin = unique('pin')
    const answers = await everyAnswer(c, { core: { password }, badge: { pin } }, `userName,password,${BADGE}:pin`)
    for (const { status, text } of answers) {
      expect(status, text).toBeLessThan(300)
      expect(text).not.toContain(password)
      expect(text).not.toContain(pin)
      expect(text).not.toMatch(/"(password|pin)"/)
    }
  })
})

describe('returned', () => {
  const c = serverWithBadge(at)

  test('S-067 always: in every representation, whatever is selected', async () => {
    const made = await c.post('/Users', badge({ always: 'here', label: 'l' }))
    const path = `/Users/${made.body.id}`
    for (const query of [
      '',
      '?attributes=userName',
      `?excludedAttributes=${BADGE}:always`,
      '?excludedAttributes=id,schemas',
    ]) {
      const { body, text } = await c.get(`${path}${query}`)
      expect(body[BADGE]?.always, `${query} ${text}`).toBe('here')
      expect(body.id).toBe(made.body.id)
      expect(body.schemas).toEqual(expect.arrayContaining([USER]))
    }
    expect(expectList(await c.get('/Users?attributes=userName'))[0][BADGE].always).toBe('here')
  })

  test('S-068 never: in no representation, also when asked for by name', async () => {
    const password = unique('Secret')
    const answers = await everyAnswer(c, { core: { password } }, 'password')
    for (const { status, text } of answers) {
      expect(status, text).toBeLessThan(300)
      expect(text).not.toContain(password)
      expect(text).not.toMatch(/"password"/)
    }
  })

  test('S-069 default: there unless narrowed', async () => {
    const { id } = await c.makeUser({ nickName: 'n' })
    expect((await c.get(`/Users/${id}`)).body.nickName).toBe('n')
    expect((await c.get(`/Users/${id}?attributes=userName`)).body).not.toHaveProperty('nickName')
    expect((await c.get(`/Users/${id}?excludedAttributes=nickName`)).body).not.toHaveProperty('nickName')
  })

  test('S-070 request: when named in attributes, or in the answer to the request that sets it', async () => {
    const made = await c.post('/Users', badge({ asked: 'a', label: 'l' }))
    expect(made.body[BADGE], 'POST that sets it').toEqual({ asked: 'a', label: 'l' })
    const path = `/Users/${made.body.id}`
    const { userName } = made.body
    expect((await c.get(path)).body[BADGE]).toEqual({ label: 'l' })
    expect(expectList(await c.filter('/Users', `id eq "${made.body.id}"`))[0][BADGE]).toEqual({ label: 'l' })
    expect((await c.get(`${path}?attributes=${BADGE}:asked`)).body[BADGE]).toEqual({ asked: 'a' })
    const sets = await c.patch(path, [{ op: 'replace', path: `${BADGE}:asked`, value: 'b' }])
    expect(sets.body[BADGE], 'PATCH that sets it').toEqual({ asked: 'b', label: 'l' })
    const other = await c.patch(path, [{ op: 'replace', path: 'title', value: 'x' }])
    expect(other.body[BADGE], 'PATCH of something else').toEqual({ label: 'l' })
    const put = await c.put(path, badge({ asked: 'c', label: 'l' }, { userName }))
    expect(put.body[BADGE], 'PUT that sets it').toEqual({ asked: 'c', label: 'l' })
  })
})

describe('uniqueness and case', () => {
  const c = serverWithBadge(at)

  test('S-071 uniqueness server: a second resource with the value is refused', async () => {
    const { userName } = await c.makeUser()
    expectError(await c.post('/Users', user({ userName })), 409, 'uniqueness')
    const plate = unique('plate')
    expect((await c.post('/Users', badge({ plate }))).status).toBe(201)
    expectError(await c.post('/Users', badge({ plate: plate.toUpperCase() })), 409, 'uniqueness')
    const other = await c.post('/Users', badge({ plate: unique('plate') }))
    expectError(
      await c.patch(`/Users/${other.body.id}`, [{ op: 'replace', path: `${BADGE}:plate`, value: plate }]),
      409,
      'uniqueness',
    )
  })

  test('S-072 uniqueness global: enforced in the tenant as server is', async () => {
    const world = unique('world')
    expect((await c.post('/Users', badge({ world }))).status).toBe(201)
    expectError(await c.post('/Users', badge({ world })), 409, 'uniqueness')
  })

  test('S-073 caseExact decides on comparison; the case given is kept', async () => {
    const userName = unique('Bob')
    const made = await c.makeUser({ userName })
    expect((await c.get(`/Users/${made.id}`)).body.userName).toBe(userName)
    expect(await c.ids('/Users', `userName eq "${userName.toUpperCase()}"`)).toEqual([made.id])
    const code = unique('Code')
    const exact = await c.post('/Users', badge({ code }))
    expect(exact.body[BADGE].code).toBe(code)
    expect(await c.ids('/Users', `${BADGE}:code eq "${code}"`)).toEqual([exact.body.id])
    expect(await c.ids('/Users', `${BADGE}:code eq "${code.toLowerCase()}"`)).toEqual([])
  })
})

describe('characteristics in /Schemas', () => {
  const c = serverWithBadge(at)

  /** Every attribute and sub-attribute of every schema, with its path. */
  async function attributes(): Promise<readonly (readonly [string, Body])[]> {
    const { body } = await c.get('/Schemas')
    const all = (path: string, list: readonly Body[]): readonly (readonly [string, Body])[] =>
      list.flatMap((each) => [
        [`${path}${each.name}`, each] as const,
        ...all(`${path}${each.name}.`, each.subAttributes ?? []),
      ])
    return body.Resources.flatMap((schema: Body) => all(`${schema.id}:`, schema.attributes))
  }

  test('S-074 characteristics that a type cannot have are left out', async () => {
    for (const [path, attribute] of await attributes()) {
      if (['complex', 'boolean', 'dateTime'].includes(attribute.type)) {
        expect(attribute, path).not.toHaveProperty('uniqueness')
        expect(attribute, path).not.toHaveProperty('caseExact')
      }
      if (['integer', 'decimal'].includes(attribute.type)) expect(attribute, path).not.toHaveProperty('caseExact')
    }
    for (const type of ['complex', 'boolean', 'dateTime']) {
      const subAttributes = type === 'complex' ? { subAttributes: [{ name: 'a' }] } : {}
      const schema = {
        id: `urn:example:${unique('s')}`,
        name: 'S',
        attributes: [{ name: 'x', type, uniqueness: 'server', ...subAttributes }],
      }
      await expect(declare(at.server, c, { schemas: [schema] }), type).rejects.toThrow()
    }
  })

  test('S-075 referenceTypes is on references and nowhere else', async () => {
    for (const [path, attribute] of await attributes()) {
      if (attribute.type === 'reference') expect(attribute.referenceTypes?.length, path).toBeGreaterThan(0)
      else expect(attribute, path).not.toHaveProperty('referenceTypes')
    }
  })
})
