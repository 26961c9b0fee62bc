// Groups and the enterprise extension. RFC 7643 §4.2 and §4.3.

import { describe, expect, test } from 'vitest'
import { type Body, ENT, expectError, group, USER, unique, user, withoutId } from './client.ts'
import { declare } from './custom.ts'
import { site, tenantOf } from './site.ts'

// RFC 7643 §4.2: the Group resource. RFC 7643 §4.3: the enterprise extension.

const at = site()

describe('members are of the types that /Schemas names', () => {
  const c = at.strict()
  const DEVICE = 'urn:example:scim:schemas:Device'
  const REFUSED = [400, 'invalidValue'] as const

  test('S-134 a resource of another type is refused in every way, and stays where it is already', async () => {
    const attributes = [{ name: 'displayName', type: 'string' }]
    await declare(at.server, c, {
      schemas: [{ id: DEVICE, name: 'Device', attributes }],
      types: [{ name: 'Device', endpoint: '/Devices', schema: DEVICE, schemaExtensions: [] }],
    })
    const device = (await c.post('/Devices', { schemas: [DEVICE], displayName: 'Printer' })).body
    const person = await c.makeUser()
    const lenient = await at.connect({ kind: 'generic', tenant: tenantOf(c) })
    const team = await c.makeGroup({ members: [{ value: person.id }] })
    const member = { value: device.id }
    const answers = [
      await c.post('/Groups', group({ members: [member] })),
      await c.put(`/Groups/${team.id}`, group({ displayName: team.displayName, members: [member] })),
      await c.patch(`/Groups/${team.id}`, [{ op: 'add', path: 'members', value: [member] }]),
      await c.patch(`/Groups/${team.id}`, [{ op: 'add', value: { members: [{ value: person.id }, member] } }]),
      await lenient.patch(`/Groups/${team.id}`, [{ op: 'replace', path: 'members', value: device.id }]),
    ]
    for (const answer of answers) expectError(answer, ...REFUSED)
    const inner = await c.makeGroup()
    expect(
      (await c.patch(`/Groups/${team.id}`, [{ op: 'add', path: 'members', value: [{ value: inner.id }] }])).status,
    ).toBe(204)
    const ids = (await c.get(`/Groups/${team.id}`)).body.members.map((one: Body) => one.value)
    expect(ids.toSorted()).toEqual([person.id, inner.id].toSorted())
  })
})

describe('the enterprise extension', () => {
  const c = at.strict()

  test('S-130 the enterprise extension holds six attributes', async () => {
    const boss = await c.makeUser()
    const enterprise = {
      employeeNumber: '701984',
      costCenter: '4130',
      organization: 'Universal Studios',
      division: 'Theme Park',
      department: 'Tour Operations',
    }
    const made = await c.makeUser({ schemas: [USER, ENT], [ENT]: { ...enterprise, manager: { value: boss.id } } })
    expect(made.schemas).toEqual([USER, ENT])
    const { body } = await c.get(`/Users/${made.id}`)
    expect(body[ENT]).toMatchObject({ ...enterprise, manager: { value: boss.id } })
  })

  test('S-131 a manager is a user: the id of a group is refused, an unknown id is accepted', async () => {
    const lenient = await at.connect({ kind: 'generic', tenant: tenantOf(c) })
    const crew = await c.makeGroup()
    const boss = await c.makeUser()
    const managed = (value: string) => user({ schemas: [USER, ENT], [ENT]: { manager: { value } } })
    const made = await c.makeUser({ schemas: [USER, ENT], [ENT]: { manager: { value: boss.id } } })
    const refusals = [
      await c.post('/Users', managed(crew.id)),
      await c.put(`/Users/${made.id}`, { ...managed(crew.id), userName: made.userName }),
      await c.patch(`/Users/${made.id}`, [{ op: 'replace', path: `${ENT}:manager`, value: { value: crew.id } }]),
      await c.patch(`/Users/${made.id}`, [{ op: 'add', value: { [`${ENT}:manager`]: { value: crew.id } } }]),
      await lenient.patch(`/Users/${made.id}`, [{ op: 'replace', path: `${ENT}:manager`, value: crew.id }]),
    ]
    for (const refused of refusals) {
      expectError(refused, 400, 'invalidValue')
      expect(withoutId(refused.body.detail)).toBe(`${ENT}:manager.value: ${crew.id} is a Group; give the id of a User`)
    }
    expect((await c.get(`/Users/${made.id}`)).body[ENT].manager.value).toBe(boss.id)
    expect((await c.post('/Users', managed('2819c223-7f76-453a-919d-413861904646'))).status).toBe(201)
  })

  test('S-131 manager refers to a user, its displayName is the manager’s', async () => {
    const boss = await c.makeUser({ displayName: unique('Boss') })
    const made = await c.makeUser({ schemas: [USER, ENT], [ENT]: { manager: { value: boss.id, displayName: 'zzz' } } })
    const manager = { value: boss.id, $ref: `${c.base}/Users/${boss.id}`, displayName: boss.displayName }
    expect(made[ENT].manager).toEqual(manager)
    expect((await c.get(`/Users/${made.id}`)).body[ENT].manager).toEqual(manager)
    const renamed = unique('Boss')
    await c.patch(`/Users/${boss.id}`, [{ op: 'replace', path: 'displayName', value: renamed }])
    expect((await c.get(`/Users/${made.id}`)).body[ENT].manager.displayName).toBe(renamed)
    expectError(
      await c.patch(`/Users/${made.id}`, [{ op: 'replace', path: `${ENT}:manager.displayName`, value: 'zzz' }]),
      400,
      'mutability',
    )
    // caseExact: an id in another case does not match.
    expect(await c.ids('/Users', `${ENT}:manager.value eq "${boss.id}"`)).toEqual([made.id])
    expect(await c.ids('/Users', `${ENT}:manager.value eq "${boss.id.toUpperCase()}"`)).toEqual([])
  })
})

describe('groups and members', () => {
  const c = at.strict()

  test('S-132 a group needs a displayName, and no members', async () => {
    const made = await c.makeGroup()
    expect(made).not.toHaveProperty('members')
    expectError(await c.post('/Groups', group({ displayName: undefined })), 400, 'invalidValue')
    const one = await c.makeUser({ displayName: unique('Ada') })
    const filled = await c.makeGroup({ members: [{ value: one.id }] })
    expect((await c.get(`/Groups/${filled.id}`)).body.members).toEqual([
      { value: one.id, $ref: `${c.base}/Users/${one.id}`, type: 'User', display: one.displayName },
    ])
  })

  test('S-133 members come and go, their sub-attributes stay', async () => {
    const [a, b] = [await c.makeUser(), await c.makeUser()]
    const made = await c.makeGroup({ members: [{ value: a.id }] })
    const path = `/Groups/${made.id}`
    expectError(
      await c.patch(path, [{ op: 'replace', path: `members[value eq "${a.id}"].value`, value: b.id }]),
      400,
      'mutability',
    )
    expectError(
      await c.patch(path, [{ op: 'replace', path: `members[value eq "${a.id}"].type`, value: 'Group' }]),
      400,
      'mutability',
    )
    expect((await c.get(path)).body.members).toMatchObject([{ value: a.id, type: 'User' }])
    const replaced = await c.patch(`${path}?attributes=members`, [
      { op: 'replace', path: 'members', value: [{ value: b.id }] },
    ])
    expect(replaced.status, replaced.text).toBe(200)
    expect(replaced.body.members).toMatchObject([{ value: b.id }])
    expect((await c.patch(path, [{ op: 'add', path: 'members', value: [{ value: a.id }] }])).status).toBe(204)
    expect((await c.patch(path, [{ op: 'remove', path: `members[value eq "${b.id}"]` }])).status).toBe(204)
    expect((await c.get(path)).body.members).toMatchObject([{ value: a.id }])
  })

  test('S-134 a member is a user or a group', async () => {
    const one = await c.makeUser()
    const inner = await c.makeGroup()
    const outer = await c.makeGroup({ members: [{ value: one.id }, { value: inner.id }] })
    const { members } = (await c.get(`/Groups/${outer.id}`)).body
    const byId = Object.fromEntries(members.map((member: Body) => [member.value, member]))
    expect(byId[one.id]).toMatchObject({ type: 'User', $ref: `${c.base}/Users/${one.id}` })
    expect(byId[inner.id]).toMatchObject({
      type: 'Group',
      $ref: `${c.base}/Groups/${inner.id}`,
      display: inner.displayName,
    })
    expectError(
      await c.patch(`/Groups/${outer.id}`, [{ op: 'add', path: 'members', value: [{ value: outer.id }] }]),
      400,
      'invalidValue',
    )
  })

  test('S-135 a member without value is refused', async () => {
    expectError(await c.post('/Groups', group({ members: [{ display: 'x' }] })), 400, 'invalidValue')
    expectError(await c.post('/Groups', group({ members: [{ value: '' }] })), 400, 'invalidValue')
    const made = await c.makeGroup()
    const add = [{ op: 'add', path: 'members', value: [{ display: 'x' }] }]
    expectError(await c.patch(`/Groups/${made.id}`, add), 400, 'invalidValue')
  })

  test('S-136 the type of a member is filled in, and refused when it contradicts', async () => {
    const one = await c.makeUser()
    const post = (member: Body) => c.post('/Groups', group({ members: [member] }))
    expect((await post({ value: one.id })).body.members[0].type).toBe('User')
    expect((await post({ value: one.id, type: 'User' })).status).toBe(201)
    expectError(await post({ value: one.id, type: 'Group' }), 400, 'invalidValue')
    expectError(await post({ value: one.id, $ref: `${c.base}/Groups/${one.id}` }), 400, 'invalidValue')
    expectError(await post({ value: one.id, $ref: `${c.base}/Users/other` }), 400, 'invalidValue')
    const made = await c.makeGroup()
    const add = [{ op: 'add', path: 'members', value: [{ value: one.id, type: 'Group' }] }]
    expectError(await c.patch(`/Groups/${made.id}`, add), 400, 'invalidValue')
  })
})
