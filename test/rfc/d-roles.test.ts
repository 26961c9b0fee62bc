// Roles and entitlements, which follow drafts.

import { beforeAll, describe, expect, test } from 'vitest'
import { STRICT } from '../../src/protocol/index.ts'
import { type Body, type Client, expectError, expectList, unique, user } from './client.ts'
import { declare } from './custom.ts'
import { site, tenantOf } from './site.ts'

// draft-ietf-scim-roles-entitlements: what users may be given, as lists of their own. Opt-in per tenant.

const at = site()
const ROLE = 'urn:ietf:params:scim:schemas:core:2.0:Role'
const ENTITLEMENT = 'urn:ietf:params:scim:schemas:core:2.0:Entitlement'

/** What an administrator does: roles and entitlements are read-only over SCIM. */
async function add(c: Client, type: 'Role' | 'Entitlement', members: Body) {
  const context = { tenant: tenantOf(c), actor: 'test', allow: STRICT }
  await at.server.directory.create(context, type, { schemas: [type === 'Role' ? ROLE : ENTITLEMENT], ...members })
}

describe('a tenant with roles and entitlements', () => {
  const c = at.strict()
  beforeAll(() => declare(at.server, c, { types: [{ name: 'Role' }, { name: 'Entitlement' }] }))

  test('D-040 ServiceProviderConfig advertises roles and entitlements', async () => {
    const { body } = await c.get('/ServiceProviderConfig')
    expect(body.RolesAndEntitlements).toMatchObject({
      roles: {
        supported: true,
        multipleRolesSupported: expect.any(Boolean),
        primarySupported: expect.any(Boolean),
        typeSupported: expect.any(Boolean),
      },
      entitlements: { supported: true, multipleEntitlementsSupported: expect.any(Boolean) },
    })
  })

  test('D-040 a tenant without them does not offer them', async () => {
    const plain = await at.connect()
    const { body } = await plain.get('/ServiceProviderConfig')
    expect(body.RolesAndEntitlements?.roles?.supported ?? false).toBe(false)
    expectError(await plain.get('/Roles'), 404)
    expectError(await plain.get('/Entitlements'), 404)
    expect(
      expectList(await plain.get('/ResourceTypes'))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['Group', 'User'])
  })

  test('D-041 /Roles and /Entitlements are lists to read, with their types and schemas', async () => {
    await add(c, 'Role', {
      value: 'admin',
      display: 'Administrator',
      type: 'application',
      supported: true,
      contains: ['reader'],
    })
    await add(c, 'Role', { value: 'reader', display: 'Reader', supported: true, containedBy: ['admin'] })
    await add(c, 'Entitlement', {
      value: 'printer',
      limitedAssignmentsPermitted: true,
      totalAssignmentsPermitted: 5,
      totalAssignmentsUsed: 2,
    })
    const types = expectList(await c.get('/ResourceTypes'))
    for (const [name, endpoint, schema] of [
      ['Role', '/Roles', ROLE],
      ['Entitlement', '/Entitlements', ENTITLEMENT],
    ] as const) {
      expect(types.find((type) => type.name === name)).toMatchObject({ endpoint, schema })
      const declared = (await c.get(`/Schemas/${schema}`)).body.attributes
      expect(declared.map((attribute: Body) => attribute.name)).toEqual(
        expect.arrayContaining([
          'value',
          'display',
          'type',
          'supported',
          'limitedAssignmentsPermitted',
          'totalAssignmentsPermitted',
          'totalAssignmentsUsed',
          'containedBy',
          'contains',
        ]),
      )
      expect(declared.find((attribute: Body) => attribute.name === 'value').required).toBe(true)
    }
    const roles = expectList(await c.get('/Roles'))
    expect(roles).toMatchObject([
      {
        schemas: [ROLE],
        value: 'admin',
        display: 'Administrator',
        type: 'application',
        supported: true,
        contains: ['reader'],
      },
      { schemas: [ROLE], value: 'reader', containedBy: ['admin'] },
    ])
    expect(expectList(await c.get('/Entitlements'))).toMatchObject([
      {
        schemas: [ENTITLEMENT],
        value: 'printer',
        limitedAssignmentsPermitted: true,
        totalAssignmentsPermitted: 5,
        totalAssignmentsUsed: 2,
      },
    ])
    expect(expectList(await c.filter('/Roles', 'value eq "admin"'))).toHaveLength(1)
    expect((await c.get(`/Roles/${roles[0].id}`)).body).toEqual(roles[0])
    const body = { schemas: [ROLE], value: unique() }
    for (const answer of [
      await c.post('/Roles', body),
      await c.put(`/Roles/${roles[0].id}`, body),
      await c.patch(`/Roles/${roles[0].id}`, [{ op: 'replace', path: 'display', value: 'x' }]),
      await c.del(`/Roles/${roles[0].id}`),
    ]) {
      expectError(answer, 405)
    }
    expect(expectList(await c.get('/Roles'))).toEqual(roles)
  })

  test('D-042 what users are given comes from the lists', async () => {
    const made = await c.makeUser({ roles: [{ value: 'reader' }], entitlements: [{ value: 'printer' }] })
    expect(made).toMatchObject({ roles: [{ value: 'reader' }], entitlements: [{ value: 'printer' }] })
    const refused = await c.post('/Users', user({ roles: [{ value: 'unheard-of' }] }))
    expectError(refused, 400, 'invalidValue')
    expect(refused.body.detail).toContain('unheard-of')
    expectError(await c.post('/Users', user({ entitlements: [{ value: 'admin' }] })), 400, 'invalidValue')
    const path = `/Users/${made.id}`
    expectError(
      await c.patch(path, [{ op: 'add', path: 'roles', value: [{ value: 'unheard-of' }] }]),
      400,
      'invalidValue',
    )
    expectError(
      await c.put(path, user({ userName: made.userName, roles: [{ value: 'unheard-of' }] })),
      400,
      'invalidValue',
    )
    expect((await c.patch(path, [{ op: 'add', path: 'roles', value: [{ value: 'admin' }] }])).status).toBe(200)
    expect((await c.get(path)).body.roles.map(({ value }: Body) => value).sort()).toEqual(['admin', 'reader'])
  })

  test('D-042 an empty list leaves values free', async () => {
    const tenant = await at.connect()
    await declare(at.server, tenant, { types: [{ name: 'Role' }, { name: 'Entitlement' }] })
    expect((await tenant.makeUser({ roles: [{ value: 'anything' }] })).roles).toEqual([{ value: 'anything' }])
  })
})
