// Tests of maps, references and grants through the engine: what becomes of people and groups.

import { expect, test } from 'vitest'
import { defaultMap } from '../../../src/hub/index.ts'
import { EnterpriseUser, Group, type JsonObject, User } from '../../../src/protocol/index.ts'
import { startHub } from './harness.ts'

const E = EnterpriseUser.id
const DEFAULT = { User: defaultMap('User', User), Group: defaultMap('Group', Group) }

test('by the default map, people arrive whole, managers by their accounts, and what is cleared goes', async () => {
  const { people, app, pass, errors } = await startHub({ map: DEFAULT, scope: { users: {}, groups: {} } })
  const boss = await people.create('boss')
  const emails = [{ value: 'ada@example.com', type: 'work', primary: true }]
  const ada = await people.create('ada', {
    title: 'Countess',
    name: { givenName: 'Ada', familyName: 'King' },
    emails,
    [E]: { department: 'Mathematics', manager: { value: boss } },
  })
  await people.group('Staff', [ada, boss])
  await pass(5_000)
  expect(errors).toEqual([])
  const named = (userName: string) => [...app.users].find(([, document]) => document.userName === userName)
  const [bossAccount] = named('boss') ?? []
  expect(named('ada')?.[1]).toEqual({
    userName: 'ada',
    externalId: ada,
    active: true,
    title: 'Countess',
    name: { givenName: 'Ada', familyName: 'King' },
    emails,
    [E]: { department: 'Mathematics', manager: { value: bossAccount } },
  })
  expect([...app.groups.values()]).toMatchObject([{ displayName: 'Staff' }])
  expect([...app.members.values()].map(({ size }) => size)).toEqual([2])

  app.requests.length = 0
  await people.patch(ada, { title: '', [E]: { department: '', manager: { value: '' } } })
  await pass(5_000)
  expect(app.requests.filter((request) => request.startsWith('update'))).toHaveLength(1)
  const document = named('ada')?.[1]
  expect(document?.title).toBeUndefined()
  expect(document?.[E]).toBeUndefined()
})

test('what a map does not name stays, and what it names once is never written again', async () => {
  const map = {
    User: {
      userName: { from: 'userName' },
      title: { from: 'title' },
      entitlements: { const: [{ value: 'standard' }], on: 'create' },
      department: { from: 'department' },
    },
  }
  const { people, app, pass } = await startHub({ map })
  const ada = await people.create('ada', { title: 'Countess', [E]: { department: 'Maths' } })
  await pass(5_000)
  const [id = '', made] = [...app.users][0] ?? []
  expect(made).toMatchObject({ entitlements: [{ value: 'standard' }], title: 'Countess' })
  // Somebody else's hand.
  app.users.set(id, { ...made, entitlements: [{ value: 'premium' }], nickName: 'Countess' })
  await people.patch(ada, { title: '', displayName: 'not mapped' })
  await pass(5_000)
  await people.patch(ada, { userName: 'ada.king' })
  await pass(5_000)
  expect(app.users.get(id)).toMatchObject({
    userName: 'ada.king',
    // Nothing was said about it: no value here, and not to be cleared.
    title: 'Countess',
    entitlements: [{ value: 'premium' }],
    nickName: 'Countess',
  })
})

test('grants come and go with membership, nested ones too, and with the settings', async () => {
  const probe = await startHub({ map: { User: { userName: { from: 'userName' } } } })
  const { people, app, pass, configure, errors } = probe
  const [ada = '', bob = ''] = await Promise.all(['ada', 'bob'].map((name) => people.create(name)))
  const inner = await people.group('Inner', [ada])
  const outer = await people.group('Outer', [inner])
  await pass(5_000)
  const roles = () => Object.fromEntries([...app.users.values()].map(({ userName, roles: list }) => [userName, list]))
  expect(roles()).toEqual({ ada: undefined, bob: undefined })

  const grants = [
    { group: outer, attribute: 'roles', value: 'reader' },
    { group: inner, attribute: 'roles', value: 'admin', display: 'Admins' },
  ]
  await configure('crm', { grants })
  await pass(20_000)
  const both = [{ value: 'reader' }, { value: 'admin', display: 'Admins' }]
  expect(roles()).toEqual({ ada: both, bob: undefined })

  await people.members(outer, 'add', [bob])
  await pass(5_000)
  expect(roles()).toEqual({ ada: both, bob: [{ value: 'reader' }] })

  await people.members(inner, 'remove', [ada])
  await pass(5_000)
  expect(roles()).toEqual({ ada: undefined, bob: [{ value: 'reader' }] })

  await people.members(inner, 'add', [ada])
  await people.remove(outer, 'Group')
  await pass(5_000)
  expect(roles()).toEqual({ ada: [{ value: 'admin', display: 'Admins' }], bob: undefined })

  await configure('crm', { grants: grants.slice(0, 1) })
  await pass(20_000)
  expect(roles()).toEqual({ ada: undefined, bob: undefined })
  expect(errors).toEqual([])
})

test('a scope by a nested group, and a fault of the map, hold up only whom they concern', async () => {
  const { people, app, pass, configure, item } = await startHub({
    map: { User: { userName: { from: 'userName' }, title: { cel: 'user.title.upper()' } } },
  })
  const [ada = '', bob = '', eve = ''] = await Promise.all(
    [
      ['ada', { title: 'Boss' }],
      ['bob', {}],
      ['eve', { title: 'Clerk' }],
    ].map(([name, more]) => people.create(name as string, more as JsonObject)),
  )
  const inner = await people.group('Inner', [ada, bob])
  const outer = await people.group('Outer', [inner])
  await configure('crm', { scope: { users: { memberOf: [outer] } } })
  await pass(20_000)
  const names = () =>
    [...app.users.values()].filter(({ active }) => active).map(({ userName, title }) => [userName, title])
  expect(names()).toContainEqual(['ada', 'BOSS'])
  expect(names().some(([name]) => name === 'bob')).toBe(false)
  expect(await item(bob)).toMatchObject({
    state: 'parked',
    value: {
      reason: {
        code: 'map',
        message: expect.stringMatching(/^title: cel user\.title\.upper\(\) field not found: title/),
      },
    },
  })
  await people.patch(bob, { title: 'Aide' })
  await people.members(inner, 'add', [eve])
  await pass(5_000)
  expect(names()).toEqual(
    expect.arrayContaining([
      ['ada', 'BOSS'],
      ['bob', 'AIDE'],
      ['eve', 'CLERK'],
    ]),
  )
})

test('the last grant of an attribute that is deleted is taken away too', async () => {
  const { people, app, pass, configure } = await startHub({ map: { User: { userName: { from: 'userName' } } } })
  const ada = await people.create('ada')
  const group = await people.group('Admins', [ada])
  await configure('crm', { grants: [{ group, attribute: 'roles', value: 'admin' }] })
  await pass(20_000)
  expect([...app.users.values()]).toMatchObject([{ roles: [{ value: 'admin' }] }])
  await configure('crm', { grants: [] })
  await pass(20_000)
  expect([...app.users.values()]).toEqual([{ userName: 'ada', active: true }])
})

test('the last grant of an attribute of an extension goes, and what else is in that extension stays', async () => {
  const extension = 'urn:example:params:scim:schemas:crm:2.0:User'
  const { people, app, pass, configure } = await startHub({ map: { User: { userName: { from: 'userName' } } } })
  const ada = await people.create('ada')
  const group = await people.group('Admins', [ada])
  app.users.set('x1', { userName: 'bob', active: true, [extension]: { desk: 7 } })
  const bob = await people.create('bob')
  await people.members(group, 'add', [bob])
  await configure('crm', { grants: [{ group, attribute: `${extension}:licences`, value: 'pro' }] })
  await pass(20_000)
  const held = () => new Map([...app.users.values()].map((user) => [user.userName, user[extension]]))
  const licences = [{ value: 'pro' }]
  expect(held()).toEqual(
    new Map<unknown, unknown>([
      ['ada', { licences }],
      ['bob', { desk: 7, licences }],
    ]),
  )
  await configure('crm', { grants: [] })
  await pass(20_000)
  expect(held()).toEqual(
    new Map<unknown, unknown>([
      ['ada', undefined],
      ['bob', { desk: 7 }],
    ]),
  )
})

test('an attribute that the map no longer names stays in the app', async () => {
  const map = { User: { userName: { from: 'userName' }, title: { from: 'title' }, roles: { const: [{ value: 'x' }] } } }
  const { people, app, pass, configure } = await startHub({ map })
  await people.create('ada', { title: 'Countess' })
  await pass(5_000)
  await configure('crm', { map: { User: { userName: { from: 'userName' } } } })
  await pass(20_000)
  // Rights are no such attribute.
  expect([...app.users.values()]).toEqual([{ userName: 'ada', active: true, title: 'Countess' }])
})
