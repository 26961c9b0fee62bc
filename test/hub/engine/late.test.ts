// Tests of late effects, accounts that change hands, and ids that an app gives again.

import { expect, test } from 'vitest'
import { AppError, QUEUES } from '../../../src/hub/index.ts'
import { EnterpriseUser } from '../../../src/protocol/index.ts'
import { BEGINNING } from '../../simulation/process.ts'
import { startHub, TENANT } from './harness.ts'
import { createMemoryApp, type MemoryApp } from './memory-app.ts'

const WITH_GROUPS = { scope: { users: {}, groups: {} } }
const HIDES = { disableMeans: 'removed', disabledReads: false, reenable: 'update', removeMeans: 'removed' } as const
const DELETES = { disableMeans: 'deleted', disabledReads: false, reenable: 'create', removeMeans: 'removed' } as const

const broken = () => ({ error: new AppError('unknown', 'The connection broke') })
const users = (app: MemoryApp) => [...app.users.values()].map(({ userName, active }) => `${userName} ${active}`).sort()
const members = (app: MemoryApp) => [...app.members.values()].flatMap((one) => [...one])

/** The first request that begins so has an unknown outcome, and is not carried out. */
function loseFirst(app: MemoryApp, beginning: string): void {
  let lost = false
  app.fault = (request) => {
    if (lost || !request.startsWith(beginning)) return undefined
    lost = true
    return broken()
  }
}

test('a late twin is found by its externalId where the app is searched by names that are not unique', async () => {
  const traits = createMemoryApp().traits
  const crm = createMemoryApp({ users: { ...traits.users, match: ['userName'], unique: [] } })
  const { people, pass } = await startHub({}, { crm })
  loseFirst(crm, 'create')
  await people.create('a')
  await pass(10_000)
  const [account = {}] = crm.users.values()
  crm.users.set('late', account)
  crm.users.set('stranger', { userName: 'a', active: true })
  await pass(100_000)
  expect(crm.users.get('late')).toMatchObject({ active: false })
  expect(users(crm)).toEqual(['a false', 'a true', 'a true'])
})

test('a late account of somebody who left meanwhile is switched off where switching off deletes', async () => {
  const crm = createMemoryApp({ off: DELETES })
  crm.onDisable = 'delete'
  const { people, pass } = await startHub({}, { crm })
  const id = await people.create('a')
  await pass(3_000)
  const [account = {}] = crm.users.values()
  await people.patch(id, { active: false })
  await pass(3_000)
  expect(users(crm)).toEqual([])
  crm.fault = (request) => (request.startsWith('create') ? broken() : undefined)
  await people.patch(id, { active: true })
  await pass(1_200)
  await people.patch(id, { active: false })
  await pass(5_000)
  crm.users.set('late', account)
  await pass(1_000_000)
  expect(users(crm)).toEqual([])
})

test('who gets an account back does not get the memberships that it had', async () => {
  const traits = createMemoryApp().traits
  const app = createMemoryApp({ members: { ...traits.members, read: 'none' } })
  const { people, pass } = await startHub(WITH_GROUPS, { crm: app })
  const id = await people.create('a')
  await people.group('Staff', [id])
  await pass(5_000)
  expect(members(app)).toHaveLength(1)
  // At once, so that the account is taken over before the group is looked at.
  app.fault = (request) => (request.startsWith('members') ? broken() : undefined)
  await people.remove(id)
  await people.create('a')
  await pass(20_000)
  app.fault = () => undefined
  await pass(100_000)
  expect(users(app)).toEqual(['a true'])
  expect(members(app)).toEqual([])
})

test('who leaves a group while the account is hidden is no member when it comes back', async () => {
  const crm = createMemoryApp({ off: HIDES })
  crm.onDisable = 'hide'
  const { people, pass } = await startHub(WITH_GROUPS, { crm })
  const id = await people.create('a')
  const group = await people.group('Staff', [id])
  await pass(5_000)
  await people.patch(id, { active: false })
  await pass(5_000)
  await people.members(group, 'remove', [id])
  await pass(5_000)
  await people.patch(id, { active: true })
  await pass(100_000)
  expect(users(crm)).toEqual(['a true'])
  expect(members(crm)).toEqual([])
})

test('a hidden account that somebody has got back is not given to the next one of its old name', async () => {
  const crm = createMemoryApp({ off: HIDES })
  crm.onDisable = 'hide'
  const { people, pass } = await startHub({}, { crm })
  const first = await people.create('a')
  await pass(3_000)
  await people.remove(first)
  await pass(3_000)
  const second = await people.create('a')
  await pass(3_000)
  expect(users(crm)).toEqual(['a true'])
  await people.patch(second, { userName: 'b' })
  await pass(3_000)
  await people.create('a')
  await pass(1_000_000)
  expect(users(crm)).toEqual(['a true', 'b true'])
})

test('a membership that a late request undid is sent again where members cannot be read', async () => {
  const traits = createMemoryApp().traits
  const crm = createMemoryApp({ members: { ...traits.members, read: 'none' } })
  const { people, pass } = await startHub(WITH_GROUPS, { crm })
  const id = await people.create('a')
  const group = await people.group('Staff')
  await pass(5_000)
  loseFirst(crm, 'members')
  await people.members(group, 'add', [id])
  await pass(1_200)
  await people.members(group, 'remove', [id])
  await pass(10_000)
  const [account = ''] = crm.users.keys()
  for (const one of crm.members.values()) one.add(account)
  await pass(100_000)
  expect(members(crm)).toEqual([])
  crm.requests.length = 0
  await pass(2_000_000)
  expect(crm.requests.filter((request) => request.startsWith('members'))).toEqual([])
})

test('an id that the app gives to a new account is not that of the old one any more', async () => {
  const { people, app, pass, link } = await startHub()
  const old = await people.create('a')
  await pass(3_000)
  const [id = ''] = app.users.keys()
  app.users.delete(id)
  app.nextIds.push(id)
  const other = await people.create('b')
  await pass(3_000)
  await people.patch(old, { title: 'x' })
  await pass(100_000)
  expect(users(app)).toEqual(['a true', 'b true'])
  expect((await link(other))?.account).toBe(id)
  expect((await link(old))?.account).not.toBe(id)
})

test('a member whose account another hand has removed is made again, and the group goes on', async () => {
  const { people, app, pass, item } = await startHub(WITH_GROUPS)
  const id = await people.create('a')
  const group = await people.group('Staff')
  await pass(5_000)
  app.users.clear()
  app.fault = (request) =>
    request.startsWith('members') && app.users.size === 0
      ? { error: new AppError('refused', 'There is no such account', { status: 400 }) }
      : undefined
  await people.members(group, 'add', [id])
  await pass(100_000)
  expect(users(app)).toEqual(['a true'])
  expect(members(app)).toEqual([...app.users.keys()])
  expect((await item(group))?.state).not.toBe('parked')
})

test('a late account is found although its person is parked', async () => {
  const { people, app, pass, item } = await startHub()
  let creates = 0
  app.fault = (request) => {
    if (!request.startsWith('create')) return undefined
    return creates++ === 0 ? broken() : { error: new AppError('refused', 'No such title', { status: 400 }) }
  }
  const id = await people.create('a')
  await pass(40_000)
  expect(creates).toBe(2)
  expect(await item(id)).toMatchObject({ state: 'parked' })
  app.users.set('late', { userName: 'a', externalId: id, active: true })
  await pass(100_000)
  expect((await item(id))?.value).toMatchObject({ account: 'late' })
})

test('a late twin is found although its person is parked', async () => {
  const { users: traits } = createMemoryApp().traits
  const crm = createMemoryApp({ users: { ...traits, unique: [] } })
  const { people, app, pass, item } = await startHub({}, { crm })
  loseFirst(app, 'create')
  const id = await people.create('a')
  await pass(10_000)
  const [account = {}] = app.users.values()
  app.fault = (request) =>
    request.startsWith('update') ? { error: new AppError('refused', 'No such title', { status: 400 }) } : undefined
  await people.patch(id, { title: 'bad' })
  await pass(3_000)
  expect(await item(id)).toMatchObject({ state: 'parked' })
  app.users.set('late', account)
  await pass(100_000)
  expect(users(app)).toEqual(['a false', 'a true'])
})

test('who is refused because the account of the manager was removed by another hand waits for a new one', async () => {
  const { people, app, pass, item } = await startHub()
  const boss = await people.create('boss')
  await pass(5_000)
  app.users.clear()
  const isThere = (name: string) => [...app.users.values()].some(({ userName }) => userName === name)
  app.fault = (request) =>
    request === 'create User report' && !isThere('boss')
      ? { error: new AppError('refused', 'There is no such manager') }
      : undefined
  const id = await people.create('report', { [EnterpriseUser.id]: { manager: { value: boss } } })
  await pass(60_000)
  expect(users(app)).toEqual(['boss true', 'report true'])
  expect(await item(id)).toMatchObject({ state: '' })
})

test('whoever needs the name of a group that leaves gets it as soon as that is gone, however long it takes', async () => {
  const { people, app, pass, item } = await startHub(WITH_GROUPS)
  const old = await people.group('Staff')
  await pass(5_000)
  app.fault = (request) => (request.startsWith('remove') ? broken() : undefined)
  await people.remove(old, 'Group')
  const id = await people.group('Staff')
  await pass(100_000)
  expect(await item(id)).toMatchObject({ state: 'parked' })
  app.fault = () => undefined
  await pass(600_000)
  expect(await item(id)).toMatchObject({ state: '' })
  expect([...app.groups.values()]).toHaveLength(1)
})

test('whoever comes back has the account that appeared late, although somebody waits for its name and has the other', async () => {
  const { users: traits } = createMemoryApp().traits
  const crm = createMemoryApp({ users: { ...traits, match: ['userName'] } as never })
  const { people, app, pass, item } = await startHub({}, { crm })
  app.fault = (request) => (request === 'create User a' ? broken() : undefined)
  const id = await people.create('a')
  await pass(1_000)
  await people.patch(id, { active: false })
  const other = await people.create('b')
  await pass(5_000)
  app.users.set('late', { userName: 'a', externalId: id, active: true })
  await people.patch(id, { userName: 'c' })
  await people.patch(other, { userName: 'a' })
  await people.patch(id, { userName: 'b' })
  await pass(5_000)
  await people.patch(id, { active: true })
  await pass(200_000)
  expect(users(app)).toEqual(['a true', 'b true'])
  for (const one of [id, other]) expect(await item(one)).toMatchObject({ state: expect.stringMatching(/^$|watched/) })
})

test('an account that was switched on a moment ago is not read before that can be seen', async () => {
  const { people, app, pass, configure, calm } = await startHub({}, { crm: createMemoryApp({ readLagMs: 2_000 }) })
  const id = await people.create('a')
  await pass(10_000)
  await people.patch(id, { active: false })
  await pass(5_000)
  // Nothing is read back meanwhile.
  await configure('crm', { mode: 'paused' })
  await people.patch(id, { active: true })
  await pass(100_000)
  const at: { [request: string]: number } = {}
  app.fault = (request) => {
    at[request.slice(0, 4)] ??= calm.now()
    return undefined
  }
  await configure('crm', { mode: 'on' })
  await pass(100_000)
  expect(at.read).toBeGreaterThanOrEqual((at.upda ?? Number.NaN) + 2_000)
  expect(users(app)).toEqual(['a true'])
})

/** Somebody whose account a process has made and added to a group: it has died, and had written down neither. Found again slowly. */
async function madeByTheDead(app: MemoryApp) {
  const hub = await startHub(WITH_GROUPS, { crm: app })
  const { people, pass, first, calm } = hub
  const group = await people.group('Staff')
  await pass(3_000)
  const id = await people.create('a')
  await people.members(group, 'add', [id])
  await pass(3_000)
  const [account = ''] = app.users.keys()
  expect(members(app)).toEqual([account])
  first.process.crash()
  const item = { tenant: TENANT, queue: QUEUES.links('crm'), key: id }
  const member = { tenant: TENANT, queue: QUEUES.members('crm', group), key: id }
  const tentative = { create: true, at: BEGINNING, sentAs: [{ attribute: 'externalId', value: id }] }
  const link = { type: 'User', name: 'a', inScope: true, wanted: 'active', tentative }
  await calm.store.commit([
    { write: 'item', item, set: { value: link, tag: '', state: 'ready', due: BEGINNING } },
    { write: 'item', item: member, set: { value: { account, tentative: true }, state: 'ready', due: BEGINNING } },
  ])
  app.requests.length = 0
  // The group's turn comes while the account is looked for.
  app.fault = (request) => {
    app.ms = request.startsWith('find User') ? 500 : 5
    return undefined
  }
  return { ...hub, group, id, account }
}

test('who left before it was written down that the account is there is taken out of the groups it has joined', async () => {
  const crm = createMemoryApp()
  const { people, pass, start, id } = await madeByTheDead(crm)
  await people.remove(id)
  start('b')
  await pass(100_000)
  expect(users(crm)).toEqual(['a false'])
  expect(members(crm)).toEqual([])
})

test('who stays in a group is not taken out of it while the account that a process has made is looked for', async () => {
  const app = createMemoryApp()
  const { people, pass, start, group, account } = await madeByTheDead(app)
  await people.patch(group, { displayName: 'All' }, 'Group')
  start('b')
  await pass(100_000)
  expect(users(app)).toEqual(['a true'])
  expect(members(app)).toEqual([account])
  expect(app.requests.filter((request) => request.includes('-1'))).toEqual([])
})
