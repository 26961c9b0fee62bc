// Tests of names and accounts that are given up while others look at them.

import { expect, test } from 'vitest'
import { AppError } from '../../../src/hub/index.ts'
import { EnterpriseUser } from '../../../src/protocol/index.ts'
import { startHub } from './harness.ts'
import { createMemoryApp, type MemoryApp } from './memory-app.ts'

const failed = () => ({ error: new AppError('unknown', 'The connection broke') })
const MANAGER = `${EnterpriseUser.id}:manager`
const manager = (value: string) => ({ [EnterpriseUser.id]: { manager: { value } } })

function managers(app: MemoryApp): readonly unknown[] {
  return [...app.users.values()].map(({ [EnterpriseUser.id]: own }) => own)
}

test('whoever refers to somebody who was made anew under the old name drops the account of the old one', async () => {
  const map = { User: { userName: { from: 'userName' }, [MANAGER]: { ref: MANAGER, whenMissing: 'clear' } }, Group: {} }
  const { people, app, pass } = await startHub({ map: map as never })
  const boss = await people.create('boss')
  const id = await people.create('a')
  await pass(3_000)
  await people.remove(boss)
  await people.create('boss')
  // It arrives while the old account is still there.
  await people.patch(id, manager(boss))
  await pass(20_000)
  expect([...app.users.values()].map(({ active }) => active)).toEqual([true, true])
  // The new one has the account by now; the reference is to the old one, who has none.
  expect(managers(app)).toEqual([undefined, undefined])
})

test('a stranger who has the present name of somebody out of scope is not taken for a lost create', async () => {
  const traits = createMemoryApp().traits
  const crm = createMemoryApp({ users: { ...(traits.users ?? traits.groups), match: ['userName'] } as never })
  const { people, app, pass, link } = await startHub({}, { crm })
  app.fault = (request) => (request.startsWith('create') ? failed() : undefined)
  const id = await people.create('a')
  await pass(1_200)
  app.users.set('stranger', { userName: 'b', active: true })
  await people.patch(id, { userName: 'b', active: false })
  app.fault = () => undefined
  await pass(2_000_000)
  expect(app.users.get('stranger')).toEqual({ userName: 'b', active: true })
  expect((await link(id))?.account).toBeUndefined()
})

test('a name is free once the account that had it is deleted by being switched off', async () => {
  const crm = createMemoryApp({
    off: { disableMeans: 'deleted', disabledReads: false, reenable: 'create', removeMeans: 'removed' },
  })
  crm.onDisable = 'delete'
  const { people, app, pass, item } = await startHub({}, { crm })
  const old = await people.create('a')
  await pass(3_000)
  // For as long as the app can't be told, the name is taken.
  let isDeaf = true
  app.fault = (request) => (isDeaf && request.startsWith('disable') ? failed() : undefined)
  await people.remove(old)
  const id = await people.create('a')
  await pass(120_000)
  expect(await item(id)).toMatchObject({ state: 'parked', value: { reason: { code: 'conflict' } } })
  isDeaf = false
  await pass(60_000)
  expect(await item(id)).toMatchObject({ state: '' })
})

test('what was held stays with its hold while a change of the configuration is counted', async () => {
  const guard = { floor: 1, percent: 0, membersFloor: 1, membersPercent: 0 }
  const { people, pass, item, configure } = await startHub({ guard })
  const ids = await Promise.all(['a', 'b', 'c'].map((name) => people.create(name)))
  await pass(3_000)
  for (const id of ids) await people.patch(id, { active: false })
  await pass(3_000)
  const held = async () => (await Promise.all(ids.map((id) => item(id)))).filter((one) => one?.state === 'held')
  const before = await held()
  expect(before.length).toBeGreaterThan(0)
  await configure('crm', { guard, policy: { onLeave: 'delete', tombstoneDays: 30, adopt: 'one' } })
  for (let at = 0; at < 300; at++) {
    await pass(10)
    for (const one of before) {
      expect((await item(one?.key ?? ''))?.value).toMatchObject({ reason: { code: 'guard' } })
    }
  }
})

test('a late twin of somebody whose account was taken over is switched off', async () => {
  const traits = createMemoryApp().traits
  const crm = createMemoryApp({ users: { ...(traits.users ?? traits.groups), match: ['externalId'] } as never })
  const { people, app, pass } = await startHub({}, { crm })
  let isFirst = true
  app.fault = (request) => {
    const isLost = isFirst && request.startsWith('create')
    if (isLost) isFirst = false
    return isLost ? failed() : undefined
  }
  const old = await people.create('a')
  await pass(20_000)
  await people.patch(old, { userName: 'b' })
  await pass(3_000)
  app.users.set('late', { userName: 'a', externalId: old, active: true })
  await people.remove(old)
  await people.create('b')
  await pass(2_000_000)
  expect(
    [...app.users].map(([id, { userName, active }]) => `${id === 'late' ? 'late ' : ''}${userName} ${active}`).sort(),
  ).toEqual(['b true', 'late a false'])
})

test('an account that was found in an app whose searches lag is read again', async () => {
  const crm = createMemoryApp({ readLagMs: 2_000 })
  const { people, app, pass } = await startHub({}, { crm })
  app.users.set('found', { userName: 'a', active: true })
  app.fault = (request) => {
    // The title was there before, and the search did not show it yet.
    if (request === 'update User found') app.users.set('found', { ...app.users.get('found'), title: 'of old' })
    return undefined
  }
  const id = await people.create('a')
  await pass(3_000)
  expect(app.users.get('found')).toMatchObject({ externalId: id, title: 'of old' })
  app.fault = () => undefined
  await pass(120_000)
  expect(app.users.get('found')?.title).toBeUndefined()
})

test('whoever has to be made anew waits for the name of somebody who is held, and does not ask for it over and over', async () => {
  const crm = createMemoryApp({
    buckets: [{ perMinute: 60, burst: 5 }],
    off: { disableMeans: 'deleted', disabledReads: false, reenable: 'create', removeMeans: 'removed' },
  })
  crm.onDisable = 'delete'
  const guard = { floor: 1, percent: 0, membersFloor: 1, membersPercent: 0 }
  const { people, app, pass, item } = await startHub({ guard }, { crm })
  const [a, b] = [await people.create('a'), await people.create('b')]
  await pass(5_000)
  await people.patch(a, { active: false })
  await pass(5_000)
  await people.patch(b, { active: false })
  await pass(5_000)
  expect(await item(b)).toMatchObject({ state: 'held' })
  // They swap names: the old one of the first is free in the app, where the account is gone.
  await people.patch(a, { userName: 'c' })
  await people.patch(b, { userName: 'a' })
  await people.patch(a, { userName: 'b', active: true })
  app.requests.length = 0
  await pass(300_000)
  expect(await item(a)).toMatchObject({ state: 'waiting', value: { reason: { code: 'swap' } } })
  expect(app.requests.filter((request) => request === 'find User userName b').length).toBeLessThan(4)
})

test('an account is taken over once what is on its way for the one who had it has arrived', async () => {
  const { people, app, pass, configure, link } = await startHub()
  const old = await people.create('a')
  await pass(3_000)
  const account = (await link(old))?.account
  await people.remove(old)
  await pass(3_000)
  app.fault = (request) => {
    app.ms = request.startsWith('remove') ? 4_000 : 5
    return undefined
  }
  await configure('crm', { policy: { onLeave: 'delete', tombstoneDays: 30, adopt: 'one' } })
  await pass(1_000)
  expect(app.requests.at(-1)).toBe(`remove User ${account}`)
  await people.create('a')
  await pass(20_000)
  expect(app.requests).not.toContain(`update User ${account}`)
  expect([...app.users.values()]).toMatchObject([{ userName: 'a', active: true }])
})

test('an account that stays, switched off, when it is removed gives up its name with the person who has another by now', async () => {
  const off = { disableMeans: 'kept', disabledReads: true, reenable: 'update', removeMeans: 'deactivates' } as const
  const { people, app, pass, item } = await startHub(
    {
      scope: { users: { filter: 'userType eq "staff"' } },
      policy: { onLeave: 'delete', tombstoneDays: 30, adopt: 'one' },
    },
    { crm: createMemoryApp({ off }) },
  )
  const [a, b] = [await people.create('a', { userType: 'staff' }), await people.create('b', { userType: 'staff' })]
  await pass(3_000)
  await people.patch(a, { userType: 'guest' })
  await pass(3_000)
  await people.patch(a, { userName: 'c' })
  await people.patch(b, { userName: 'a' })
  // The app is asked after a minute what has become of the account.
  await pass(120_000)
  const names = [...app.users.values()].map(({ userName, active }) => `${userName} ${active !== false}`)
  expect(names.sort()).toEqual(['a true', 'c false'])
  expect(await item(b)).toMatchObject({ state: '' })
})

test('an account that somebody else has by now is not that of whoever had it before, also while it is off', async () => {
  const off = { disableMeans: 'kept', disabledReads: true, reenable: 'update', removeMeans: 'deactivates' } as const
  const { people, app, pass, link } = await startHub(
    { policy: { onLeave: 'delete', tombstoneDays: 30, adopt: 'one' } },
    { crm: createMemoryApp({ off }) },
  )
  const old = await people.create('a')
  await pass(3_000)
  await people.remove(old)
  await pass(3_000)
  const id = await people.create('a')
  await pass(3_000)
  expect([...app.users.values()]).toMatchObject([{ externalId: id, active: true }])
  await people.patch(id, { active: false })
  await pass(2_000_000)
  expect((await link(id))?.account).toBeDefined()
  expect((await link(old))?.account).toBeUndefined()
})

test('a stranger who got the name that a doubted account had is not taken for its twin', async () => {
  const { people, app, pass } = await startHub()
  app.fault = (request) => (request.startsWith('create') ? { ...failed(), after: true } : undefined)
  const id = await people.create('a')
  await pass(3_000)
  app.fault = () => undefined
  await pass(10_000)
  await people.patch(id, { userName: 'b' })
  await pass(3_000)
  app.users.set('stranger', { userName: 'a', active: true })
  await pass(2_000_000)
  expect(app.users.get('stranger')).toEqual({ userName: 'a', active: true })
  expect([...app.users.values()].map(({ userName }) => userName).sort()).toEqual(['a', 'b'])
})

test('a hidden account that was taken over is forgotten by the one who had it', async () => {
  const off = { disableMeans: 'removed', disabledReads: false, reenable: 'update', removeMeans: 'removed' } as const
  const crm = createMemoryApp({ off })
  crm.onDisable = 'hide'
  const { people, app, pass, link } = await startHub({}, { crm })
  const old = await people.create('a')
  await pass(3_000)
  await people.remove(old)
  await pass(3_000)
  const id = await people.create('a')
  await pass(3_000)
  expect([...app.users.values()]).toMatchObject([{ externalId: id, active: true }])
  expect(await link(old)).toBeUndefined()
})

test('whoever needs a name that a late request has given back looks ever more rarely', async () => {
  const crm = createMemoryApp()
  const { people, pass, link } = await startHub({}, { crm })
  const first = await people.create('x')
  const second = await people.create('b')
  await pass(3_000)
  await people.patch(first, { userName: 'y' })
  await pass(3_000)
  const account = (await link(first))?.account ?? ''
  crm.users.set(account, { ...crm.users.get(account), userName: 'x' })
  await people.patch(second, { userName: 'x' })
  const before = crm.requests.length
  await pass(50_000)
  // A look takes two requests or three.
  expect(crm.requests.length - before).toBeGreaterThan(2)
  expect(crm.requests.length - before).toBeLessThan(30)
})
