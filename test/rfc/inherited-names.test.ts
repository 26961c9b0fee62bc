// Names that JavaScript objects inherit, such as `constructor`, are names like any other.

import { describe, expect, test } from 'vitest'
import { type Body, BULK_REQUEST, expectError, expectList, PATCH_OP, USER, unique, user } from './client.ts'
import { declare } from './custom.ts'
import { site } from './site.ts'

// Names that every JavaScript object has: what reads them from a table without asking whether they are its own finds a function.
const at = site()
const NAMES = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable'] as const

describe.each(NAMES)('%s', (name) => {
  const URN = `urn:example:scim:schemas:${name}`

  test('may be the name of a type, its schema, its endpoint and of who may use it', async () => {
    // Names of tenants are in small letters, so that one alone can be so called.
    const tenant = name === 'constructor' ? await at.server.tenant('constructor') : await at.server.tenant()
    const all = await at.connect({ tenant })
    await declare(at.server, all, {
      schemas: [{ id: URN, name, attributes: [{ name: 'displayName', type: 'string' }] }],
      types: [{ name, endpoint: `/${name}`, schema: URN, schemaExtensions: [] }],
    })
    const own = await at.connect({ tenant, rights: `read:${name},write:${name}` })
    const users = await at.connect({ tenant, rights: 'read:User' })
    for (const c of [all, own]) {
      const made = await c.post(`/${name}`, { schemas: [URN], displayName: 'x' })
      expect(made.status, made.text).toBe(201)
      expect(made.body.meta).toMatchObject({ resourceType: name, location: `${c.base}/${name}/${made.body.id}` })
      expect((await c.get(`/${name}/${made.body.id}`)).body).toEqual(made.body)
      const found = await c.get(
        `/${name}?filter=${encodeURIComponent(`meta.location eq "${made.body.meta.location}"`)}`,
      )
      expect(expectList(found).map((one: Body) => one.id)).toEqual([made.body.id])
      expect((await c.patch(`/${name}/${made.body.id}`, [{ op: 'add', path: 'displayName', value: 'y' }])).status).toBe(
        200,
      )
      expect((await c.del(`/${name}/${made.body.id}`)).status).toBe(204)
    }
    expectError(await own.get('/Users'), 403)
    expectError(await users.get(`/${name}`), 403)
    expect((await all.get(`/ResourceTypes/${name}`)).status).toBe(200)
    const shown = await at.server.tenancy.tenants.show(tenant)
    expect(Object.values(shown.resources).every((count) => typeof count === 'number')).toBe(true)
  })

  test('may not be the name of an attribute, and is unknown in a resource, a path, a filter and a query', async () => {
    const c = await at.connect()
    const attributes = [{ name, type: 'string' }]
    await expect(declare(at.server, c, { schemas: [{ id: URN, name: 'X', attributes }] })).rejects.toThrow(/reserved/)
    const lenient = await at.connect({ kind: 'generic' })
    for (const client of [c, lenient]) {
      const made = await client.post('/Users', user({ [name]: 'x', name: { givenName: 'Ada', [name]: 'y' } }))
      expect(made.status, made.text).toBe(201)
      expect(Object.hasOwn(made.body, name)).toBe(false)
      expect(made.body.name).toEqual({ givenName: 'Ada' })
      expectError(await client.get(`/Users?filter=${name}%20pr`), 400, 'invalidFilter')
      expectError(await client.get(`/Users?sortBy=${name}`), 400, 'invalidValue')
      expect((await client.get(`/Users/${made.body.id}?attributes=${name}`)).status).toBe(200)
    }
    const made = await c.makeUser()
    expectError(await c.patch(`/Users/${made.id}`, [{ op: 'add', path: name, value: 'x' }]), 400, 'invalidPath')
    expectError(
      await c.patch(`/Users/${made.id}`, [{ op: 'add', path: `name.${name}`, value: 'x' }]),
      400,
      'invalidPath',
    )
    expectError(await c.get(`/${name}`), 404)
    expectError(await c.get(`/Schemas/${name}`), 404)
    expectError(await c.get(`/ResourceTypes/${name}`), 404)
  })

  test('is a name like others for what people write: userName, bulkId, canonical values', async () => {
    const lenient = await at.connect({ kind: 'generic' })
    const answer = await lenient.post('/Bulk', {
      schemas: [BULK_REQUEST],
      Operations: [
        { method: 'POST', path: '/Users', bulkId: name, data: { schemas: [USER], userName: unique(name) } },
        {
          method: 'PATCH',
          path: `/Users/bulkId:${name}`,
          data: {
            schemas: [PATCH_OP],
            Operations: [{ op: 'add', path: `emails[type eq "${name}"].value`, value: name }],
          },
        },
      ],
    })
    expect(answer.body.Operations.map(({ status }: Body) => status)).toEqual(['201', '200'])
  })
})
