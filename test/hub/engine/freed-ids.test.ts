// Tests of ids that an app gives to another account once the one that had them is gone.

import { expect, test } from 'vitest'
import { AppError } from '../../../src/hub/index.ts'
import { startHub } from './harness.ts'
import { createMemoryApp, type MemoryApp } from './memory-app.ts'

const DELETES = { policy: { onLeave: 'delete', tombstoneDays: 30, adopt: 'one' } } as const
const STRANGER = { userName: 'stranger', active: true }

/** The first removal gets no answer: it is done, unless `isLost`. */
function breakRemoval(app: MemoryApp, isLost = false): void {
  let isFirst = true
  app.fault = (request) => {
    if (!isFirst || !request.startsWith('remove')) return undefined
    isFirst = false
    return { error: new AppError('unknown', 'The connection broke'), after: !isLost }
  }
}

const removals = ({ requests }: MemoryApp) => requests.filter((one) => one.startsWith('remove'))

/** Lets time pass until the app has removed its only account; then that id is given to another one. */
async function giveAgain({ app, pass }: Pick<Awaited<ReturnType<typeof startHub>>, 'app' | 'pass'>): Promise<string> {
  const [account = ''] = app.users.keys()
  while (app.users.size > 0) await pass(1)
  app.users.set(account, STRANGER)
  return account
}

test('nothing is asked of an account that the app deleted as it was switched off: its id may be that of another', async () => {
  const crm = createMemoryApp({
    off: { disableMeans: 'deleted', disabledReads: false, reenable: 'create', removeMeans: 'removed' },
  })
  crm.onDisable = 'delete'
  const { people, app, pass, link } = await startHub(DELETES, { crm })
  const id = await people.create('a')
  await pass(3_000)
  const account = (await link(id))?.account ?? ''
  await people.patch(id, { active: false })
  await pass(3_000)
  expect(app.users.size).toBe(0)
  app.users.set(account, STRANGER)
  await people.remove(id)
  await pass(2_000_000)
  expect(removals(app)).toEqual([])
  expect(app.users.get(account)).toEqual(STRANGER)
})

test('a removal of unknown outcome is not sent again once the app has given the id to another account', async () => {
  const hub = await startHub(DELETES)
  const { people, app, pass, item } = hub
  const id = await people.create('a')
  await pass(3_000)
  breakRemoval(app)
  await people.remove(id)
  const account = await giveAgain(hub)
  await pass(2_000_000)
  expect(removals(app)).toHaveLength(1)
  expect(app.users.get(account)).toEqual(STRANGER)
  expect(await item(id)).toMatchObject({ state: '', value: { off: { readBack: { found: 'none' } } } })
})

test('a removal of unknown outcome that was not carried out is sent again, also while reads fail', async () => {
  for (const readsFail of [false, true]) {
    const { people, app, pass } = await startHub(DELETES)
    const id = await people.create('a')
    await pass(3_000)
    breakRemoval(app, true)
    const { fault } = app
    app.fault = (request) =>
      readsFail && request.startsWith('read') ? { error: new AppError('unknown', 'No answer') } : fault(request)
    await people.remove(id)
    await pass(5_000)
    expect(removals(app)).toHaveLength(2)
    expect(app.users.size).toBe(0)
  }
})

test('whoever comes back while it is not known whether the account was removed does not get that of another', async () => {
  const hub = await startHub({ ...DELETES, scope: { users: { filter: 'userType eq "staff"' } } })
  const { people, app, pass } = hub
  const id = await people.create('a', { userType: 'staff' })
  await pass(3_000)
  breakRemoval(app)
  await people.patch(id, { userType: 'guest' })
  const account = await giveAgain(hub)
  await people.patch(id, { userType: 'staff' })
  await pass(2_000_000)
  expect(app.users.get(account)).toEqual(STRANGER)
  expect([...app.users.values()].map(({ userName }) => userName).sort()).toEqual(['a', 'stranger'])
})

test('whoever had an id loses it although something changes before it is written down that another has it', async () => {
  const crm = createMemoryApp({
    off: { disableMeans: 'deleted', disabledReads: false, reenable: 'create', removeMeans: 'removed' },
  })
  crm.onDisable = 'delete'
  let gate = Promise.resolve()
  const hub = await startHub({}, { crm }, 1_000, (store) => ({
    ...store,
    async commit(writes) {
      if (writes.some((one) => one.write === 'item' && one.item.queue === 'hub/links/crm')) await gate
      return store.commit(writes)
    },
  }))
  const { people, app, pass, link } = hub
  const old = await people.create('a')
  await pass(3_000)
  const account = (await link(old))?.account ?? ''
  await people.patch(old, { active: false })
  await pass(3_000)
  app.nextIds.push(account)
  let open = () => {}
  app.fault = (request) => {
    if (request === 'create User b') gate = new Promise((resolve) => (open = resolve))
    return undefined
  }
  const id = await people.create('b')
  while (!app.users.has(account)) await pass(1)
  await people.patch(old, { title: 'x' })
  await pass(1_500)
  open()
  await pass(3_000)
  expect((await link(id))?.account).toBe(account)
  expect((await link(old))?.account).toBeUndefined()
})

test('who finds an account again under the id of the one that was deleted is added to its groups once more', async () => {
  const off = { disableMeans: 'deleted', disabledReads: false, reenable: 'create', removeMeans: 'removed' } as const
  const crm = createMemoryApp({ off })
  crm.onDisable = 'delete'
  const { people, pass } = await startHub({ scope: { users: {}, groups: {} } }, { crm })
  const id = await people.create('a')
  const group = await people.group('Staff', [id])
  await pass(5_000)
  const [account = ''] = crm.users.keys()
  const [staff] = crm.members.values()
  expect([...(staff ?? [])]).toEqual([account])
  // The group is at work meanwhile, and does not see that its member was gone.
  crm.fault = (request) => {
    crm.ms = request.startsWith('update Group') ? 4_000 : 5
    return undefined
  }
  await people.patch(group, { displayName: 'Crew' }, 'Group')
  await people.patch(id, { active: false })
  while (crm.users.size > 0) await pass(1)
  staff?.delete(account)
  crm.users.set(account, { userName: 'a', active: true })
  await people.patch(id, { active: true })
  await pass(100_000)
  expect([...crm.users]).toEqual([[account, expect.objectContaining({ userName: 'a', externalId: id })]])
  expect([...(staff ?? [])]).toEqual([account])
})

test('who is lost in an app, and found there again under the same id, is added to the groups once more', async () => {
  let gate = Promise.resolve()
  const hub = await startHub({ scope: { users: {}, groups: {} } }, undefined, 1_000, (store) => ({
    ...store,
    async due(queue, query) {
      if (queue.startsWith('hub/members/')) await gate
      return store.due(queue, query)
    },
  }))
  const { people, app, pass, link } = hub
  const id = await people.create('a')
  await people.group('Staff', [id])
  await pass(5_000)
  const [account = ''] = app.users.keys()
  // The group is looked at only when its member has got the account back.
  let open = () => {}
  gate = new Promise((resolve) => (open = resolve))
  app.users.clear()
  for (const one of app.members.values()) one.clear()
  app.fault = (request) => {
    if (request.startsWith('find')) app.users.set(account, { userName: 'a', active: true })
    return undefined
  }
  await people.patch(id, { title: 'x' })
  await pass(5_000)
  expect(await link(id)).toMatchObject({ account, lostAt: expect.any(Number) })
  open()
  await pass(5_000)
  expect([...app.members.values()].map((one) => [...one])).toEqual([[account]])
})
