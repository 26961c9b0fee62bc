// Tests of accounts whose people have left, of ids that are given again, and of how often a removal is counted.

import { expect, test } from 'vitest'
import { environment as realEnvironment } from '../../../src/environment.ts'
import { AppError, QUEUES } from '../../../src/hub/index.ts'
import { killPerson } from '../../../src/hub/proof/kill.ts'
import { BEGINNING } from '../../simulation/process.ts'
import { startHub, TENANT } from './harness.ts'
import { createMemoryApp, type MemoryApp } from './memory-app.ts'

const WITH_GROUPS = { scope: { users: {}, groups: {} } }
const DELETES = { disableMeans: 'deleted', disabledReads: false, reenable: 'create', removeMeans: 'removed' } as const
const CAREFUL = { floor: 1, percent: 0, membersFloor: 1, membersPercent: 0 }
const DELETE = { onLeave: 'delete', tombstoneDays: 30, adopt: 'one' } as const

const failed = (after = false) => ({ error: new AppError('unknown', 'The connection broke'), after })
const users = (app: MemoryApp) => [...app.users.values()].map(({ userName, active }) => `${userName} ${active}`).sort()
const members = (app: MemoryApp) => [...app.members.values()].flatMap((one) => [...one])

/** The first request that begins so fails. */
function failFirst(app: MemoryApp, beginning: string, fault: ReturnType<MemoryApp['fault']>): void {
  let isOver = false
  app.fault = (request) => {
    if (isOver || !request.startsWith(beginning)) return undefined
    isOver = true
    return fault
  }
}

test('members whom another hand has taken out while their removal is held are not missed', async () => {
  const { people, app, pass, item } = await startHub({ ...WITH_GROUPS, guard: { ...CAREFUL, membersFloor: 0 } })
  const [a, b, c] = [await people.create('a'), await people.create('b'), await people.create('c')]
  const group = await people.group('Staff', [a, b])
  await pass(5_000)
  expect(members(app)).toHaveLength(2)
  failFirst(app, 'members', failed())
  await people.members(group, 'add', [c])
  await pass(3_000)
  await people.members(group, 'remove', [a, b])
  await pass(3_000)
  expect(await item(group)).toMatchObject({ state: 'held' })
  for (const one of app.members.values()) one.clear()
  await pass(2_000_000)
  expect(await item(group)).toMatchObject({ state: '' })
  expect(members(app)).toHaveLength(1)
})

test('a late account of somebody who is gone is known by its externalId where names are not unique', async () => {
  const { users: traits } = createMemoryApp().traits
  const crm = createMemoryApp({ users: { ...traits, match: ['userName'], unique: [] } })
  const { people, app, pass } = await startHub({}, { crm })
  app.fault = (request) => (request.startsWith('create') ? failed() : undefined)
  const id = await people.create('a')
  await pass(1_200)
  await people.remove(id)
  await pass(5_000)
  crm.users.set('late', { userName: 'a', externalId: id, active: true })
  crm.users.set('stranger', { userName: 'a', externalId: 'other', active: true })
  await pass(2_000_000)
  expect(crm.users.get('late')).toMatchObject({ active: false })
  expect(crm.users.get('stranger')).toMatchObject({ active: true })
})

test('who is gone before an account was made leaves the name to the next one, and strangers alone', async () => {
  const { people, app, pass, item } = await startHub()
  app.fault = (request) => (request.startsWith('create') ? failed() : undefined)
  const ids = [await people.create('a'), await people.create('b')]
  await pass(1_200)
  for (const id of ids) await people.remove(id)
  app.fault = () => undefined
  app.users.set('stranger', { userName: 'b', externalId: 'other', active: true })
  const next = await people.create('a')
  await pass(100_000)
  expect(users(app)).toEqual(['a true', 'b true'])
  expect(await item(next)).toMatchObject({ state: '' })
  for (const id of ids) expect((await item(id))?.state).not.toBe('parked')
})

test('an account that was removed a moment ago, and is found all the same, is read back', async () => {
  const { people, app, pass, link } = await startHub({ policy: DELETE })
  const id = await people.create('a')
  await pass(3_000)
  const [[account = '', shown = {}] = []] = app.users
  await people.remove(id)
  await pass(20_000)
  expect(users(app)).toEqual([])
  // What a search still shows of it.
  app.users.set(account, shown)
  const again = await people.create('a')
  await pass(3_000)
  expect(await link(again)).toMatchObject({ account, verify: [expect.any(Number), expect.any(Number)] })
})

test('an account that was given the id of one that was deleted is not switched off for it', async () => {
  const crm = createMemoryApp({ off: DELETES })
  crm.onDisable = 'delete'
  const { people, pass, link } = await startHub({}, { crm })
  const id = await people.create('a')
  await pass(3_000)
  const [account = ''] = crm.users.keys()
  await people.patch(id, { active: false })
  await pass(3_000)
  expect(users(crm)).toEqual([])
  crm.users.set(account, { userName: 'stranger', active: true })
  await pass(2_000_000)
  expect(users(crm)).toEqual(['stranger true'])
  expect((await link(id))?.account).toBeUndefined()
})

test('whoever has the name of a former account gets it once that is removed', async () => {
  const { people, app, pass, item, configure } = await startHub()
  const old = await people.create('a')
  const id = await people.create('b')
  await pass(3_000)
  await people.remove(old)
  await pass(3_000)
  await people.patch(id, { userName: 'a' })
  await pass(3_000)
  expect(await item(id)).toMatchObject({ state: 'parked', value: { reason: { code: 'conflict' } } })
  await configure('crm', { policy: DELETE })
  await pass(20_000)
  expect(await item(id)).toMatchObject({ state: '' })
  expect(users(app)).toEqual(['a true'])
})

test('a rename of unknown outcome is not sent again for somebody who is gone', async () => {
  const { people, app, pass, item } = await startHub()
  const id = await people.create('a')
  await pass(3_000)
  app.fault = (request) => (request.startsWith('update') ? failed(true) : undefined)
  await people.patch(id, { userName: 'b' })
  await pass(1_200)
  await people.remove(id)
  app.fault = () => undefined
  app.requests.length = 0
  app.users.set('stranger', { userName: 'a', active: true })
  await pass(100_000)
  expect(users(app)).toEqual(['a true', 'b false'])
  expect(app.requests.filter((request) => request.startsWith('update'))).toEqual([])
  expect((await item(id))?.state).not.toBe('parked')
})

test('a removal that is tried again is counted once', async () => {
  const { people, app, pass } = await startHub({ guard: CAREFUL })
  const ids = [await people.create('a'), await people.create('b'), await people.create('c')]
  await pass(3_000)
  failFirst(app, 'disable', { error: new AppError('unavailable', 'No connection') })
  await people.patch(ids[0] ?? '', { active: false })
  await pass(30_000)
  expect(users(app)).toEqual(['a false', 'b true', 'c true'])
})

test('a membership that is taken away in two tries is counted once', async () => {
  const { people, app, pass } = await startHub({ ...WITH_GROUPS, guard: CAREFUL })
  const ids = [await people.create('a'), await people.create('b')]
  const group = await people.group('Staff', ids)
  await pass(3_000)
  failFirst(app, 'members', failed())
  await people.members(group, 'remove', ids.slice(0, 1))
  await pass(30_000)
  expect(members(app)).toHaveLength(1)
})

test('whoever may have been switched on a moment ago counts when switched off', async () => {
  const { people, app, pass, item } = await startHub({ guard: CAREFUL })
  const [a, b] = [await people.create('a'), await people.create('b')]
  await pass(3_000)
  await people.patch(a, { active: false })
  await pass(3_000)
  app.fault = (request) => (request.startsWith('update') ? failed(true) : undefined)
  await people.patch(a, { active: true })
  await pass(1_200)
  expect(users(app)).toEqual(['a true', 'b true'])
  app.fault = () => undefined
  await people.patch(a, { active: false })
  await pass(3_000)
  expect(await item(a)).toMatchObject({ state: 'held' })
  expect(await item(b)).toMatchObject({ state: '' })
})

test('a request for an account that was given to another meanwhile is not sent', async () => {
  const crm = createMemoryApp({ concurrency: 1 })
  const { people, app, pass, link } = await startHub({}, { crm })
  const old = await people.create('a')
  await pass(3_000)
  const [account = ''] = app.users.keys()
  app.users.delete(account)
  app.nextIds.push(account)
  // The change waits for its turn while the account is made.
  app.ms = 2_000
  app.fault = (request) => {
    if (request === 'create User b') void people.patch(old, { userName: 'c' })
    return undefined
  }
  const other = await people.create('b')
  await pass(100_000)
  expect(app.users.get(account)).toMatchObject({ userName: 'b', externalId: other })
  expect(users(app)).toEqual(['b true', 'c true'])
  expect((await link(old))?.account).not.toBe(account)
})

test('a kill of somebody whose link is forgotten at that moment stops nothing', async () => {
  const { calm, people, app, pass, errors, item } = await startHub()
  const id = await people.create('a')
  await pass(3_000)
  const { store } = calm
  const key = { tenant: TENANT, queue: QUEUES.links('crm'), key: id }
  let isForgotten = false
  const commit: typeof store.commit = async (writes) => {
    if (!isForgotten) await store.commit([{ write: 'item', item: key, set: undefined }])
    isForgotten = true
    return store.commit(writes)
  }
  const environment = { ...realEnvironment, now: () => BEGINNING + calm.now() }
  await killPerson({ store: { ...store, commit }, environment, actor: 'test' }, TENANT, id)
  await people.create('b')
  await pass(10_000)
  expect(errors).toEqual([])
  expect((await item(id))?.value ?? {}).not.toBeNull()
  expect(users(app)).toContain('b true')
})

test('whoever needs the name of an account that nobody had gets it once its owner has another', async () => {
  const { people, app, pass, item } = await startHub()
  const second = await people.create('b')
  await pass(3_000)
  // It is made, and for a while nobody hears of it.
  let isLost = false
  let first = ''
  app.fault = (request) => {
    const isCreate = request.startsWith('create')
    if (isCreate) isLost = true
    if (isCreate) return failed(true)
    return isLost && request === `find User externalId ${first}` ? failed() : undefined
  }
  first = await people.create('a')
  await pass(1_200)
  await people.patch(first, { userName: 'c' })
  await people.patch(second, { userName: 'a' })
  await pass(10_000)
  expect(await item(second)).toMatchObject({ state: 'parked', value: { reason: { code: 'conflict' } } })
  isLost = false
  await pass(100_000)
  expect(await item(second)).toMatchObject({ state: '' })
  expect(users(app)).toEqual(['a true', 'c true'])
})

test('a group whose name another had is made once that is called otherwise, even where names are not unique', async () => {
  const traits = createMemoryApp().traits
  const crm = createMemoryApp({ groups: { ...(traits.groups ?? traits.users), match: ['displayName'], unique: [] } })
  const { people, app, pass, item } = await startHub(WITH_GROUPS, { crm })
  const first = await people.group('Staff')
  await pass(3_000)
  const second = await people.group('Staff')
  await pass(3_000)
  expect(await item(second)).toMatchObject({ state: 'parked', value: { reason: { code: 'taken' } } })
  await people.patch(first, { displayName: 'Hands' }, 'Group')
  await pass(10_000)
  expect(await item(second)).toMatchObject({ state: '' })
  expect([...app.groups.values()].map(({ displayName }) => displayName).sort()).toEqual(['Hands', 'Staff'])
})

test('somebody who leaves while the group is looked at is taken out of it, where removing switches off', async () => {
  const { off, members: own } = createMemoryApp().traits
  const crm = createMemoryApp({ off: { ...off, removeMeans: 'deactivates' }, members: { ...own, read: 'none' } })
  const { people, app, pass, item } = await startHub({ ...WITH_GROUPS, policy: DELETE }, { crm })
  const id = await people.create('a')
  const group = await people.group('Staff', [id])
  await pass(5_000)
  expect(members(app)).toHaveLength(1)
  await people.remove(id)
  await pass(10_000)
  expect(await item(group)).toMatchObject({ state: '' })
  expect(members(app)).toEqual([])
})

test('an account that a process has asked for before it vanished is found, although its person is off by then', async () => {
  const { people, app, pass, first, start } = await startHub()
  app.ms = 500
  const id = await people.create('a')
  await pass(1_200)
  expect(app.requests).toContain('create User a')
  first.process.crash()
  app.ms = 5
  await people.patch(id, { active: false })
  start('b')
  await pass(40_000)
  app.users.set('late', { userName: 'a', externalId: id, active: true })
  await pass(1_000_000)
  expect(users(app)).toEqual(['a false'])
})

test('a kill of somebody with whom an app is just beginning reaches that app', async () => {
  const { calm, people, app, pass, errors } = await startHub()
  const id = await people.create('a')
  const { store } = calm
  let isMade = false
  // The kill has found no link; before it is written, the account is made.
  const commit: typeof store.commit = async (writes) => {
    if (!isMade) await pass(5_000)
    isMade = true
    return store.commit(writes)
  }
  const environment = { ...realEnvironment, now: () => BEGINNING + calm.now() }
  await killPerson({ store: { ...store, commit }, environment, actor: 'test' }, TENANT, id)
  expect(users(app)).toEqual(['a true'])
  await pass(10_000)
  expect(users(app)).toEqual(['a false'])
  expect(errors).toEqual([])
})

test('a stranger who has the new name of somebody with a lost create is no twin', async () => {
  const { people, app, pass } = await startHub()
  app.fault = (request) => (request.startsWith('create') ? failed() : undefined)
  const id = await people.create('a')
  await pass(1_000)
  app.fault = () => undefined
  await pass(20_000)
  app.users.set('stranger', { userName: 'b', active: true })
  await people.patch(id, { userName: 'b' })
  await pass(1_000_000)
  expect(app.users.get('stranger')).toMatchObject({ active: true })
})
