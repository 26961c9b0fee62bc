// Extensions and custom schemas. RFC 7643 §3.3 and §7.

import { describe, expect, test } from 'vitest'
import { type Body, ENT, expectError, GROUP, USER, unique, user } from './client.ts'
import { declare, userType } from './custom.ts'
import { site } from './site.ts'

// RFC 7643 §3.3, §6, §7, §10.2: extensions, and what may be declared.

const at = site()

/** A schema with a name of its own and these attributes. */
function schema(attributes: readonly Body[], id = `urn:example:scim:schemas:${unique('s')}:1.0:User`): Body {
  return { id, name: unique('Schema'), description: 'Made by a test', attributes }
}

describe('extensions', () => {
  const c = at.strict()

  test('S-090 extension attributes sit under the extension’s URN, core ones at the top', async () => {
    const made = await c.makeUser({ schemas: [USER, ENT], [ENT]: { department: 'Sales' }, department: 'Top' })
    expect(made[ENT]).toEqual({ department: 'Sales' })
    expect(made).not.toHaveProperty('department')
    const bare = await c.makeUser({ department: 'Top' })
    expect(bare).not.toHaveProperty(ENT)
    expect(bare).not.toHaveProperty('department')
    expect((await c.get(`/Users/${made.id}`)).body[ENT]).toEqual({ department: 'Sales' })
  })

  test('S-091 the same name in two extensions never collides', async () => {
    const one = schema([{ name: 'code' }])
    const two = schema([{ name: 'code', type: 'integer' }])
    const tenant = await at.connect()
    await declare(at.server, tenant, {
      schemas: [one, two],
      types: [userType([{ schema: one.id }, { schema: two.id }])],
    })
    const made = await tenant.makeUser({
      schemas: [USER, one.id, two.id],
      [one.id]: { code: 'a' },
      [two.id]: { code: 7 },
    })
    expect(made[one.id]).toEqual({ code: 'a' })
    expect(made[two.id]).toEqual({ code: 7 })
    expect(await tenant.ids('/Users', `${two.id}:code gt 6`)).toEqual([made.id])
    const patched = await tenant.patch(`/Users/${made.id}`, [{ op: 'remove', path: `${one.id}:code` }])
    expect(patched.body).not.toHaveProperty(one.id)
    expect(patched.body[two.id]).toEqual({ code: 7 })
  })

  test('S-092 a required extension must be there with its required attributes', async () => {
    const must = schema([{ name: 'number', type: 'integer', required: true }, { name: 'note' }])
    const tenant = await at.connect()
    await declare(at.server, tenant, { schemas: [must], types: [userType([{ schema: must.id, required: true }])] })
    expectError(await tenant.post('/Users', user()), 400, 'invalidValue')
    expectError(await tenant.post('/Users', user({ schemas: [USER, must.id], [must.id]: {} })), 400, 'invalidValue')
    expectError(
      await tenant.post('/Users', user({ schemas: [USER, must.id], [must.id]: { note: 'n' } })),
      400,
      'invalidValue',
    )
    const made = await tenant.makeUser({ schemas: [USER, must.id], [must.id]: { number: 1 } })
    expect(made[must.id]).toEqual({ number: 1 })
    expect(made).not.toHaveProperty(ENT)
  })

  test('S-093 schemas lists the base and the extensions in use, no others', async () => {
    const made = await c.makeUser({ schemas: [USER, ENT], [ENT]: { department: 'Sales' } })
    expect(made.schemas).toEqual([USER, ENT])
    const cleared = await c.patch(`/Users/${made.id}`, [{ op: 'remove', path: `${ENT}:department` }])
    expect(cleared.body.schemas).toEqual([USER])
    expect((await c.get(`/Users/${made.id}`)).body.schemas).toEqual([USER])
    expect((await c.makeUser({ schemas: [USER, ENT] })).schemas).toEqual([USER])
    expect((await c.makeUser({ [ENT]: { department: 'Sales' } })).schemas).toEqual([USER, ENT])
  })

  test('S-095 for every schema URI in use there is a Schema resource', async () => {
    await c.makeUser({ schemas: [USER, ENT], [ENT]: { department: 'Sales' } })
    await c.makeGroup()
    const answers = [
      await c.get('/'),
      await c.get('/ResourceTypes'),
      await c.get('/Schemas'),
      await c.get('/ServiceProviderConfig'),
    ]
    const used = new Set(
      answers.flatMap(({ body }) => [body, ...(body.Resources ?? [])]).flatMap((resource: Body) => resource.schemas),
    )
    expect([...used]).toEqual(expect.arrayContaining([USER, GROUP, ENT]))
    for (const uri of used) {
      if (uri.startsWith('urn:ietf:params:scim:api:')) continue
      const found = await c.get(`/Schemas/${uri}`)
      expect(found.status, uri).toBe(200)
      expect(found.body.id).toBe(uri)
    }
  })
})

describe('what may be declared', () => {
  const c = at.strict()

  test('S-030 attribute names start with a letter; letters, digits, $, - and _ follow', async () => {
    const refused = ['1x', '-x', '_x', '$x', 'x y', 'x.y', 'x:y', 'é', '', '__proto__']
    for (const name of refused) {
      await expect(declare(at.server, c, { schemas: [schema([{ name }])] }), name).rejects.toThrow()
    }
    await declare(at.server, c, {
      schemas: [schema([{ name: 'x-y' }, { name: 'x_1' }, { name: 'x$' }, { name: 'X2' }])],
    })
    const ref = { name: '$ref', type: 'reference', referenceTypes: ['User'] }
    await declare(at.server, c, {
      schemas: [schema([{ name: 'boss', type: 'complex', subAttributes: [{ name: 'value' }, ref] }])],
    })
  })

  test('S-083 the default sub-attributes keep their meaning in custom schemas', async () => {
    const tenant = await at.connect()
    const desk = schema([
      {
        name: 'desks',
        type: 'complex',
        multiValued: true,
        subAttributes: [{ name: 'value' }, { name: 'type' }, { name: 'primary', type: 'boolean' }],
      },
    ])
    await declare(at.server, tenant, { schemas: [desk], types: [userType([{ schema: desk.id }])] })
    const two = [
      { value: 'a', type: 'window', primary: true },
      { value: 'b', type: 'aisle', primary: true },
    ]
    expectError(
      await tenant.post('/Users', user({ schemas: [USER, desk.id], [desk.id]: { desks: two } })),
      400,
      'invalidValue',
    )
    const made = await tenant.makeUser({ schemas: [USER, desk.id], [desk.id]: { desks: [two[0], { value: 'b' }] } })
    const path = `${desk.id}:desks[value eq "b"].primary`
    const patched = await tenant.patch(`/Users/${made.id}`, [{ op: 'replace', path, value: true }])
    expect(patched.status, patched.text).toBe(200)
    expect(patched.body[desk.id].desks.filter((each: Body) => each.primary === true)).toMatchObject([{ value: 'b' }])
    expect(await tenant.ids('/Users', `${desk.id}:desks eq "b"`)).toEqual([made.id])
  })

  test('S-094 an extension does not redefine a core attribute: one of the same name is another attribute', async () => {
    const tenant = await at.connect()
    const text = ['title', 'USERNAME', 'id', 'externalId', 'schemas', 'displayName'].map((name) => ({ name }))
    const parts = ['emails', 'manager', 'groups', 'name'].map((name) => ({
      name,
      type: 'complex',
      multiValued: name !== 'name',
      subAttributes: [{ name: 'value' }, { name: 'display' }, { name: 'checked', type: 'boolean' }],
    }))
    const own = schema([...text, ...parts, { name: 'active', type: 'boolean' }, { name: 'meta', type: 'integer' }])
    await declare(at.server, tenant, { schemas: [own], types: [userType([{ schema: own.id }])] })
    const held = {
      title: 'own title',
      USERNAME: 'own-name',
      id: 'own-id',
      externalId: 'own-external',
      schemas: 'own-schemas',
      displayName: 'Own Name',
      emails: [{ value: 'own@example.com', checked: true }],
      manager: [{ value: 'nobody-here', display: 'No One' }],
      groups: [{ value: 'none', display: 'None' }],
      name: { value: 'Own' },
      active: false,
      meta: 7,
    }
    const made = await tenant.makeUser({
      schemas: [USER, own.id],
      userName: unique('core'),
      title: 'core title',
      externalId: 'core-external',
      emails: [{ value: 'core@example.com' }],
      [own.id]: held,
    })
    expect(made[own.id]).toEqual(held)
    expect(made).toMatchObject({ title: 'core title', externalId: 'core-external', active: true })
    const only = [made.id]
    for (const [filter, found] of [
      [`${own.id}:title eq "OWN TITLE"`, only],
      ['title eq "core title"', only],
      ['title eq "own title"', []],
      [`${own.id}:title eq "core title"`, []],
      [`${own.id}:username eq "own-name"`, only],
      ['userName eq "own-name"', []],
      [`${own.id}:id eq "own-id"`, only],
      ['id eq "own-id"', []],
      [`id eq "${made.id}"`, only],
      [`${own.id}:externalId sw "own-"`, only],
      ['externalId eq "own-external"', []],
      [`${own.id}:meta gt 6`, only],
      [`${own.id}:meta gt 7`, []],
      [`${own.id}:schemas eq "own-schemas"`, only],
      [`${own.id}:emails[value eq "own@example.com" and checked eq true]`, only],
      ['emails.value eq "own@example.com"', []],
      [`${own.id}:emails.value eq "core@example.com"`, []],
      [`${own.id}:groups.value eq "none"`, only],
      ['groups.value eq "none"', []],
      [`${own.id}:active eq false and active eq true`, only],
      [`${own.id}:name.value pr`, only],
    ] as const) {
      expect(await tenant.ids('/Users', filter), filter).toEqual(found)
    }
    const shown = await tenant.get(`/Users/${made.id}?attributes=${own.id}:title,${own.id}:id`)
    expect(shown.body).toEqual({ schemas: made.schemas, id: made.id, [own.id]: { title: 'own title', id: 'own-id' } })
    const core = await tenant.get(`/Users/${made.id}?attributes=title`)
    expect(core.body).toEqual({ schemas: made.schemas, id: made.id, title: 'core title' })
    const patched = await tenant.patch(`/Users/${made.id}`, [
      { op: 'replace', path: `${own.id}:emails[value eq "own@example.com"].checked`, value: false },
      { op: 'replace', path: `${own.id}:id`, value: 'other-id' },
      { op: 'replace', path: `${own.id}:schemas`, value: 'other-schemas' },
      { op: 'add', value: { [`${own.id}:meta`]: 8, title: 'new title' } },
      { op: 'remove', path: `${own.id}:title` },
    ])
    expect(patched.status, patched.text).toBe(200)
    const { title: _gone, ...left } = held
    expect(patched.body[own.id]).toEqual({
      ...left,
      id: 'other-id',
      schemas: 'other-schemas',
      meta: 8,
      emails: [{ value: 'own@example.com', checked: false }],
    })
    expect(patched.body).toMatchObject({ title: 'new title', emails: [{ value: 'core@example.com' }] })
    // What a PUT takes from the extension does not count as taken from the core, nor the other way round.
    const replaced = await tenant.put(`/Users/${made.id}`, {
      ...user({ userName: made.userName, schemas: [USER, own.id] }),
      [own.id]: { active: null, meta: 9 },
    })
    expect(replaced.status, replaced.text).toBe(200)
    expect(replaced.body.active).toBe(true)
    expect(replaced.body[own.id]).toEqual({ meta: 9 })
  })

  test('S-094 a core attribute under its bare name and one of an extension under its full name do not clash', async () => {
    const tenant = await at.connect()
    const own = schema([{ name: 'title' }])
    await declare(at.server, tenant, { schemas: [own], types: [userType([{ schema: own.id }])] })
    const made = await tenant.makeUser({ schemas: [USER, own.id], TITLE: 'core', [`${own.id}:title`]: 'own' })
    expect(made).toMatchObject({ title: 'core', [own.id]: { title: 'own' } })
  })

  test('S-096 schema URNs in the SCIM namespace have its form; others may be any URI', async () => {
    const attributes = [{ name: 'x' }]
    const refused = [
      'urn:ietf:params:scim:',
      'urn:ietf:params:scim:foo:bar',
      'urn:ietf:params:scim:foo',
      'not a uri',
      'nourn',
      '',
    ]
    for (const id of refused) {
      await expect(declare(at.server, c, { schemas: [schema(attributes, id)] }), id).rejects.toThrow()
    }
    for (const id of [`urn:example:${unique('u')}`, `https://example.com/schemas/${unique('u')}`]) {
      await declare(at.server, c, { schemas: [schema(attributes, id)] })
    }
    // The URIs that RFC 7643 registers are reserved and cannot get another meaning.
    await expect(declare(at.server, c, { schemas: [schema(attributes, ENT)] })).rejects.toThrow()
  })
})
