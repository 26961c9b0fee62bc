// People and groups as the app's own code reads and writes them: typed, logged with an actor, without HTTP.

import { defineResourceType, defineSchema, Group, lockstep, memoryStore, User, where } from 'lockstep'
import { filter } from 'lockstep/client'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import { emptyPlace } from '../database-under-test.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const BADGE = 'urn:example:scim:schemas:extension:badge:1.0:User'
const Badge = defineSchema({
  id: BADGE,
  name: 'Badge',
  attributes: { number: { type: 'integer' }, pin: { mutability: 'writeOnly' } },
})
const Employee = User.extend(Badge)
const Device = defineResourceType({
  name: 'Device',
  endpoint: '/Devices',
  schema: defineSchema({
    id: 'urn:example:scim:schemas:device:1.0:Device',
    name: 'Device',
    attributes: { label: { required: true } },
  }),
})

async function database() {
  const place = await emptyPlace()
  closing.push(place.remove)
  return place.open
}

describe.each([
  ['the database', database, 30],
  ['memory', async () => async () => memoryStore(), 1_050],
] as const)('in %s', (_name, opener, many) => {
  async function made() {
    const open = await opener()
    const scim = lockstep({
      store: () => open(),
      url: 'https://app.example/t/:tenant/scim/v2',
      types: [Employee, Group, Device],
    })
    closing.push(scim.close)
    return { scim, users: scim.users('acme'), groups: scim.groups('acme') }
  }

  test('a person is made, found, changed and deleted', async () => {
    const { scim, users } = await made()
    const ann = await users.create({
      userName: 'ann@acme.example',
      emails: [{ value: 'ann@acme.example', type: 'work' }],
      [BADGE]: { number: 7, pin: '1234' },
    })
    expect(ann).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', BADGE],
      userName: 'ann@acme.example',
      active: true,
      [BADGE]: { number: 7 },
      meta: { resourceType: 'User', location: `https://app.example/t/acme/scim/v2/Users/${ann.id}` },
    })
    expect(JSON.stringify(ann)).not.toContain('1234')
    expect(await users.find({ email: 'ANN@acme.example' })).toEqual(ann)
    expect(await users.find({ userName: 'ann@acme.example', active: true })).toEqual(ann)
    expect(await users.find(filter`emails[type eq "work" and value sw ${'ann'}]`)).toEqual(ann)
    expect(await users.find(where(Employee, `${BADGE}:number`, 'eq', 7).and('active', 'eq', true))).toEqual(ann)
    expect(await users.find({ email: 'bob@acme.example' })).toBeUndefined()
    expect(await users.get(ann.id)).toEqual(ann)
    expect(await users.get('nobody')).toBeUndefined()
    expect(await scim.users('other').get(ann.id)).toBeUndefined()

    const off = await users.update(
      ann.id,
      (draft) => {
        draft.active = false
        draft.name = { familyName: 'Bell' }
      },
      { actor: 'support' },
    )
    expect(off).toMatchObject({ active: false, name: { familyName: 'Bell' }, [BADGE]: { number: 7 } })
    expect(await users.update(ann.id, (draft) => ({ ...draft, active: false }))).toEqual(off)

    expect(await users.delete(ann.id, { actor: 'support' })).toBe(true)
    expect(await users.delete(ann.id)).toBe(false)
    const { directory } = await scim.open()
    expect((await directory.changes('acme', 0, 10)).map(({ actor, op }) => `${actor} ${op}`)).toEqual([
      'app create',
      'support patch',
      'support delete',
    ])
  })

  test('an update is computed again when somebody else was faster', async () => {
    const { users } = await made()
    const { id } = await users.create({ userName: 'ann' })
    let runs = 0
    const add = (kind: string) =>
      users.update(id, (draft) => {
        runs++
        draft.emails = [...(draft.emails ?? []), { value: `${kind}@acme.example`, type: kind }]
      })
    await Promise.all(['a', 'b', 'c', 'd'].map(add))
    const { emails = [] } = (await users.get(id)) ?? {}
    expect(emails.map(({ value }) => value).sort()).toEqual(['a', 'b', 'c', 'd'].map((kind) => `${kind}@acme.example`))
    expect(runs).toBeGreaterThan(4)
  })

  test('a password is set and never shown', async () => {
    const { scim, users } = await made()
    const { id } = await users.create({ userName: 'ann' })
    const after = await users.update(id, (draft) => {
      draft.password = 'correct horse battery staple'
    })
    expect(JSON.stringify(after)).not.toContain('horse')
    const { directory } = await scim.open()
    expect(await directory.checkPassword({ tenant: 'acme', type: 'User', id }, 'correct horse battery staple')).toBe(
      true,
    )
  })

  test('mistakes are errors in words', async () => {
    const { users, groups } = await made()
    const ann = await users.create({ userName: 'ann' })
    await expect(users.create({ userName: 'ANN' })).rejects.toMatchObject({ status: 409, scimType: 'uniqueness' })
    await expect(users.create({ userName: 'bob', nickname: 'x', age: 7 } as never)).rejects.toThrow(/age/)
    await expect(users.update(ann.id, (draft) => void Object.assign(draft, { age: 7 }))).rejects.toThrow(/age/)
    await expect(users.update('nobody', () => undefined)).rejects.toMatchObject({ status: 404 })
    await expect(users.find('usernam eq')).rejects.toMatchObject({ scimType: 'invalidFilter' })
    await expect(users.find({})).rejects.toThrow('search: is empty')
    await expect(users.find({ email: undefined })).rejects.toThrow('email: is searched by without a value')
    await expect(users.find({ mail: 'x' } as never)).rejects.toThrow("mail: can't be searched by like this")
    await expect(groups.members('nobody').add([ann.id])).rejects.toMatchObject({ status: 404 })
  })

  test('all are listed, each once, more than one page of them', async () => {
    const { scim, users } = await made()
    for (let at = 0; at < 110; at++) await users.create({ userName: `u${at}`, active: at % 2 === 0 })
    const names = async (list: AsyncIterable<{ readonly userName: string }>) => {
      const found: string[] = []
      for await (const { userName } of list) found.push(userName)
      return found
    }
    expect(new Set(await names(users.list())).size).toBe(110)
    expect(await names(users.list({ active: false }))).toHaveLength(55)
    expect(await names(scim.users('other').list())).toEqual([])
  })

  test('a group has members, however many, apart from what is shown of it', async () => {
    const { users, groups } = await made()
    const ids: string[] = []
    for (let at = 0; at < many; at++) ids.push((await users.create({ userName: `u${at}` })).id)
    const [first = '', second = ''] = ids
    const all = await groups.create({ displayName: 'All', members: [{ value: first }] })
    expect(all).not.toHaveProperty('members')
    const members = groups.members(all.id)
    await members.add(ids, { actor: 'support' })
    const listed = async () => {
      const found: string[] = []
      for await (const member of members.list()) found.push(member.id)
      return found
    }
    expect((await listed()).sort()).toEqual([...ids].sort())
    expect((await users.get(first))?.groups).toMatchObject([{ value: all.id, display: 'All' }])
    const renamed = await groups.update(all.id, (draft) => {
      draft.displayName = 'Everybody'
    })
    expect(renamed).toMatchObject({ displayName: 'Everybody' })
    expect(await listed()).toHaveLength(many)
    await members.remove([...ids.slice(2), 'nobody'])
    expect((await listed()).sort()).toEqual([first, second].sort())
    await expect(members.add(['nobody'])).rejects.toThrow(/no user or group with the id nobody/)
  })

  test('other types are there, too', async () => {
    const { scim } = await made()
    const devices = scim.resources('acme', Device)
    const door = await devices.create({ label: 'Front door' })
    expectTypeOf(door.label).toEqualTypeOf<string>()
    expect(await devices.get(door.id)).toMatchObject({ label: 'Front door', meta: { resourceType: 'Device' } })
    const plain = lockstep({ store: memoryStore() })
    await expect(plain.resources('acme', Device).get('x')).rejects.toThrow(
      'types: has no resource type Device for the tenant "acme"; there are User, Group',
    )
  })
})

test('what the app reads and writes has the types of its own types', () => {
  const scim = lockstep({ store: memoryStore(), types: [Employee, Group] })
  const users = scim.users('acme')
  type Shown = NonNullable<Awaited<ReturnType<typeof users.get>>>
  expectTypeOf<Shown['userName']>().toEqualTypeOf<string>()
  expectTypeOf<NonNullable<Shown[typeof BADGE]>['number']>().toEqualTypeOf<number | undefined>()
  expectTypeOf<Shown>().not.toHaveProperty('password')
  type Input = Parameters<typeof users.create>[0]
  expectTypeOf<Input>().not.toHaveProperty('id')
  // @ts-expect-error no such attribute
  const wrong: Input = { userName: 'x', nope: 1 }
  // @ts-expect-error userName is required
  const without: Input = {}
  const change = () =>
    users.update('x', (draft) => {
      // @ts-expect-error the directory sets the id
      draft.id = 'y'
    })
  // @ts-expect-error no such attribute
  const find = () => users.find(where(User, 'usernam', 'eq', 'ann'))
  // @ts-expect-error no such name
  const having = () => users.find({ mail: 'ann@acme.example' })
  const group = scim.groups('acme')
  expectTypeOf<NonNullable<Awaited<ReturnType<typeof group.get>>>>().not.toHaveProperty('members')
  const loaded = lockstep({ store: memoryStore(), types: async () => [Employee, Group] as const })
  expectTypeOf<NonNullable<Awaited<ReturnType<ReturnType<typeof loaded.users>['get']>>>>().toHaveProperty(BADGE)
  const plain = lockstep({ store: memoryStore() })
  expectTypeOf<
    NonNullable<Awaited<ReturnType<ReturnType<typeof plain.users>['get']>>>['userName']
  >().toEqualTypeOf<string>()
  expect([wrong, without, change, find, having]).toHaveLength(5)
})
