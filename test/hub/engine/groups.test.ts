// Tests of groups in an app: members that come and go, nested ones, and who waits for whom.

import { expect, test } from 'vitest'
import { AppError } from '../../../src/hub/index.ts'
import { EnterpriseUser } from '../../../src/protocol/index.ts'
import { startHub } from './harness.ts'
import { createMemoryApp, type MemoryApp } from './memory-app.ts'

const WITH_GROUPS = { scope: { users: {}, groups: {} } }

/** The members of the app's only group, by their names. */
function membersOf(app: MemoryApp): readonly string[] {
  const [members = new Set<string>()] = [...app.members.values()]
  return [...members].map((id) => String(app.users.get(id)?.userName ?? id)).sort()
}

test('a group appears with its members, who come and go in chunks', async () => {
  const { people, app, pass, errors, item } = await startHub(WITH_GROUPS)
  const ids = await Promise.all(['a', 'b', 'c'].map((name) => people.create(name)))
  const group = await people.group('Staff', ids)
  await pass(5_000)
  expect(errors).toEqual([])
  expect([...app.groups.values()]).toEqual([{ displayName: 'Staff' }])
  expect(membersOf(app)).toEqual(['a', 'b', 'c'])
  expect(app.requests.filter((request) => request.startsWith('members'))).toHaveLength(2)
  expect(await item(group)).toMatchObject({ state: '' })

  app.requests.length = 0
  const more = await people.create('d')
  await people.members(group, 'add', [more])
  await people.members(group, 'remove', [ids[0] ?? ''])
  await pass(5_000)
  expect(membersOf(app)).toEqual(['b', 'c', 'd'])
  expect(app.requests.filter((request) => request.startsWith('members'))).toHaveLength(2)
  expect(app.requests.filter((request) => request.startsWith('update'))).toEqual([])
  expect(errors).toEqual([])
})

test('a group that goes here goes there, and its people stay', async () => {
  const { people, app, pass } = await startHub(WITH_GROUPS)
  const id = await people.create('a')
  const group = await people.group('Staff', [id])
  await pass(5_000)
  await people.remove(group, 'Group')
  await pass(5_000)
  expect(app.groups.size).toBe(0)
  expect([...app.users.values()]).toMatchObject([{ userName: 'a', active: true }])
})

test('members of nested groups count as members where the app has no groups in groups', async () => {
  const traits = { ...createMemoryApp().traits }
  const crm = createMemoryApp({ members: { ...traits.members, nested: false } })
  const { people, pass } = await startHub(
    { scope: { users: {}, groups: { filter: 'displayName eq "Outer"' } } },
    { crm },
  )
  const [a = '', b = ''] = await Promise.all(['a', 'b'].map((name) => people.create(name)))
  const inner = await people.group('Inner', [a])
  await people.group('Outer', [inner])
  await pass(5_000)
  expect(membersOf(crm)).toEqual(['a'])
  await people.members(inner, 'add', [b])
  await pass(5_000)
  expect(membersOf(crm)).toEqual(['a', 'b'])
  await people.members(inner, 'remove', [a])
  await pass(5_000)
  expect(membersOf(crm)).toEqual(['b'])
})

test('an inner group that goes while its members are being added takes them out again', async () => {
  const traits = { ...createMemoryApp().traits }
  const crm = createMemoryApp({ members: { ...traits.members, nested: false } })
  const { people, pass } = await startHub(
    { scope: { users: {}, groups: { filter: 'displayName eq "Outer"' } } },
    { crm },
  )
  const a = await people.create('a')
  const inner = await people.group('Inner', [a])
  const outer = await people.group('Outer', [])
  await pass(5_000)
  crm.ms = 3_000
  await people.members(outer, 'add', [inner])
  await pass(1_500)
  expect(crm.requests.at(-1)).toMatch(/^members .+ \+1 -0$/)
  await people.remove(inner, 'Group')
  await pass(30_000)
  expect(membersOf(crm)).toEqual([])
})

test('whoever gets the id of an account that was deleted while it was being added is taken out of the group', async () => {
  const crm = createMemoryApp({
    members: { ...createMemoryApp().traits.members, read: 'none' },
    off: { disableMeans: 'deleted', disabledReads: false, reenable: 'create', removeMeans: 'removed' },
  })
  crm.onDisable = 'delete'
  const { people, pass, link } = await startHub(WITH_GROUPS, { crm })
  const a = await people.create('a')
  const group = await people.group('Staff')
  await pass(5_000)
  crm.nextIds.push((await link(a))?.account ?? '')
  crm.fault = (request) => {
    // The new account comes a moment after the group was looked at once more.
    crm.ms = request.startsWith('members') && request.includes('+1') ? 4_000 : request.startsWith('create') ? 2_700 : 5
    return undefined
  }
  await people.members(group, 'add', [a])
  await pass(1_500)
  await people.patch(a, { active: false })
  await people.create('b')
  await pass(200_000)
  expect([...crm.users.values()]).toMatchObject([{ userName: 'b' }])
  expect(membersOf(crm)).toEqual([])
})

test('membership in a group decides who has an account, nested groups too', async () => {
  const { people, app, pass, configure } = await startHub()
  const [a = '', b = ''] = await Promise.all(['a', 'b'].map((name) => people.create(name)))
  const inner = await people.group('Inner', [])
  const outer = await people.group('Outer', [inner])
  await configure('crm', { scope: { users: { memberOf: [outer] } } })
  await pass(5_000)
  expect(app.users.size).toBe(0)
  await people.members(inner, 'add', [a, b])
  await pass(5_000)
  expect([...app.users.values()].map(({ userName }) => userName).sort()).toEqual(['a', 'b'])
  await people.members(inner, 'remove', [a])
  await pass(5_000)
  expect([...app.users.values()].filter(({ active }) => active === true)).toMatchObject([{ userName: 'b' }])
})

test('a manager is written once he has an account, and again when it is another', async () => {
  const { people, app, pass, link } = await startHub({ scope: { users: { exclude: 'userName eq "boss"' } } })
  const boss = await people.create('boss')
  const id = await people.create('a', { [EnterpriseUser.id]: { manager: { value: boss } } })
  await pass(5_000)
  expect([...app.users.values()]).toMatchObject([{ userName: 'a' }])
  expect((await link(id))?.reason).toMatchObject({ code: 'waits-for', details: [boss] })
  await people.patch(boss, { userName: 'chief' })
  await pass(5_000)
  const [chief] = [...app.users].find(([, { userName }]) => userName === 'chief') ?? []
  const person = [...app.users.values()].find(({ userName }) => userName === 'a')
  expect(person?.[EnterpriseUser.id]).toEqual({ manager: { value: chief } })
})

test('what is to be read back of a leaver still is after a group was refused for want of the account', async () => {
  const crm = createMemoryApp({
    off: { disableMeans: 'deleted', disabledReads: false, reenable: 'create', removeMeans: 'removed' },
  })
  crm.onDisable = 'delete'
  const { people, pass, link } = await startHub(WITH_GROUPS, { crm })
  const a = await people.create('a')
  const group = await people.group('Staff')
  await pass(5_000)
  crm.fault = (request) => {
    const isAdded = request.startsWith('members') && request.includes('+1')
    crm.ms = isAdded ? 4_000 : 5
    return isAdded ? { error: new AppError('refused', 'There is no such account') } : undefined
  }
  await people.members(group, 'add', [a])
  await pass(1_500)
  await people.patch(a, { active: false })
  await pass(10_000)
  expect((await link(a))?.off?.readBack).toMatchObject({ found: 'none' })
  expect((await link(a))?.verify).toHaveLength(2)
})
