// Plans that are carried out: exactly what was looked at, past the guard, and nothing that changed since.

import { expect, test } from 'vitest'
import { environment as realEnvironment } from '../../../src/environment.ts'
import { APP_DEFAULTS, QUEUES } from '../../../src/hub/index.ts'
import { createBackground } from '../../../src/hub/proof/background.ts'
import { createPlans } from '../../../src/hub/proof/plans.ts'
import { startHub, TENANT } from '../engine/harness.ts'
import { inTime } from '../engine/in-time.ts'

const guard = { ...APP_DEFAULTS.guard, floor: 1 }

async function start(settings: Parameters<typeof startHub>[0]) {
  const hub = await startHub(settings)
  const environment = { ...hub.first.process.environment, random: realEnvironment.random }
  const plans = createPlans({
    store: hub.calm.store,
    environment,
    requireTenant: async () => {},
    background: createBackground(),
    async withApp(tenant, id, use) {
      const app = (await hub.first.hub.apps(tenant)).get(id)?.compiled
      if (app === undefined) throw new Error(`There is no app ${id}`)
      return use(app)
    },
    letGo: async (_tenant, { id, mode, scope }) => {
      if (mode !== 'on') await hub.configure(id, { mode: 'on', scope })
    },
  })
  return {
    ...hub,
    plans,
    make: () => inTime(hub.calm, plans.make(TENANT, 'crm')),
    revert: (plan: string, options = {}) => inTime(hub.calm, plans.revert(TENANT, 'crm', plan, options)),
    apply: (plan: string, options = {}) => inTime(hub.calm, plans.apply(TENANT, 'crm', plan, options)),
  }
}

test('a first plan switches the app on', async () => {
  const { people, pass, app, make, apply, errors } = await start({ mode: 'off' })
  await people.create('a')
  const plan = await make()
  expect(app.users.size).toBe(0)
  expect(await apply(plan.id)).toEqual({ applied: true, holds: 1, changed: [] })
  await pass(5_000)
  expect([...app.users.values()]).toMatchObject([{ userName: 'a' }])
  expect(errors).toEqual([])
})

test('what changed since is shown and nothing is done, unless it is left out', async () => {
  const { people, pass, app, make, apply } = await start({ mode: 'off' })
  const id = await people.create('a')
  await people.create('b')
  const plan = await make()
  await people.patch(id, { userName: 'aa' })
  const refused = await apply(plan.id)
  expect(refused).toMatchObject({ applied: false, holds: 1, changed: [{ name: 'aa', action: 'create' }] })
  await pass(5_000)
  expect(app.users.size).toBe(0)
  expect(await apply(plan.id, { leaveOut: true })).toMatchObject({ applied: true, holds: 1 })
})

test('removals that were looked at pass the guard, and no others', async () => {
  const { people, pass, app, configure, make, apply, item } = await start({ guard })
  const ids = []
  for (const name of ['a', 'b', 'c', 'd'])
    ids.push(await people.create(name, { title: name === 'a' ? 'Lead' : 'Hand' }))
  await pass(5_000)
  await configure('crm', { mode: 'paused', scope: { users: { filter: 'title eq "Lead"' } } })
  await pass(2_000)
  const plan = await make()
  expect(plan).toMatchObject({ counts: { disable: 3 }, guard: { held: true, removals: 3, limit: 1 } })
  expect(await apply(plan.id)).toMatchObject({ applied: true, holds: 3 })
  await pass(20_000)
  const active = () => [...app.users.values()].filter((user) => user.active === true).map((user) => user.userName)
  expect(active()).toEqual(['a'])
  expect(await item(ids[1] ?? '')).toMatchObject({ value: { off: { place: expect.any(Number) } } })

  // Somebody is taken in again and leaves with others: that was not approved.
  await configure('crm', { scope: { users: {} } })
  await pass(20_000)
  expect(active()).toHaveLength(4)
  await configure('crm', { scope: { users: { filter: 'title eq "Nobody"' } } })
  await pass(20_000)
  expect(active()).toHaveLength(4)
})

test('what is done with plans is kept: how far it is, what came of it, one at a time', async () => {
  const { people, pass, plans, make, calm, first } = await start({ mode: 'off' })
  const id = await people.create('a')
  await people.create('b')
  const plan = await make()
  await people.patch(id, { userName: 'aa' })
  const begun = await inTime(calm, plans.beginApply(TENANT, 'crm', plan.id))
  expect(begun).toMatchObject({ kind: 'apply', plan: plan.id, state: 'running', done: 0, of: 2 })
  await pass(5_000)
  expect(await plans.work(TENANT, 'crm', begun.id)).toMatchObject({ state: 'done', applied: false, holds: 1, items: 1 })
  const changed = await plans.workItems(TENANT, 'crm', begun.id, { limit: 10 })
  expect(changed.items).toMatchObject([{ name: 'aa', action: 'create' }])
  const again = await inTime(calm, plans.beginApply(TENANT, 'crm', plan.id, { leaveOut: true }))
  await pass(5_000)
  expect(await plans.work(TENANT, 'crm', again.id)).toMatchObject({ state: 'done', applied: true, done: 4, of: 4 })
  await expect(inTime(calm, plans.beginRevert(TENANT, 'crm', plan.id))).rejects.toMatchObject({ code: 'ERR_IN_USE' })
  const dry = await inTime(calm, plans.beginRevert(TENANT, 'crm', plan.id, { dryRun: true }))
  await pass(2_000)
  expect(await plans.work(TENANT, 'crm', dry.id)).toMatchObject({ kind: 'revert', state: 'done', outcomes: { can: 2 } })
  expect((await plans.listWork(TENANT, 'crm')).map(({ id }) => id)).toEqual([dry.id, again.id, begun.id])
  // One that is under way keeps others out, until it has fallen silent.
  const running = { ...again, id: 'z', state: 'running', seenAt: first.process.environment.now() }
  const item = { tenant: TENANT, queue: QUEUES.runs('crm'), key: 'z' }
  await calm.store.commit([{ write: 'item', item, set: { tag: 'plan-work', value: running as never } }])
  await expect(inTime(calm, plans.beginApply(TENANT, 'crm', plan.id))).rejects.toMatchObject({ code: 'ERR_IN_USE' })
})

test('what a plan did is undone where the app allows it, and it is said where not', async () => {
  const { people, pass, app, configure, make, apply, revert, item, errors } = await start({ mode: 'off' })
  app.users.set('x1', { userName: 'kim', displayName: 'As it was', active: true })
  const kim = await people.create('kim', { displayName: 'Kim' })
  const ada = await people.create('ada')
  const plan = await make()
  await apply(plan.id)
  await pass(5_000)
  await expect(revert(plan.id)).rejects.toMatchObject({ code: 'ERR_IN_USE' })
  await configure('crm', { mode: 'paused' })
  await pass(5_000)
  const before = app.requests.length
  const shown = await revert(plan.id, { dryRun: true })
  expect(shown.map(({ name, did, outcome }) => `${did} ${name} ${outcome}`).sort()).toEqual([
    'create ada can',
    'update kim can',
  ])
  expect(app.requests).toHaveLength(before)
  expect((await revert(plan.id)).map(({ outcome }) => outcome)).toEqual(['done', 'done'])
  expect(app.users.get('x1')).toMatchObject({ userName: 'kim', displayName: 'As it was', active: true })
  expect([...app.users.values()].find(({ userName }) => userName === 'ada')).toMatchObject({ active: false })
  expect(await item(kim)).toMatchObject({ value: { account: 'x1', acked: { displayName: 'As it was' } } })
  expect(await item(ada)).toMatchObject({ value: { off: { at: expect.any(Number) } } })
  // Done again, there is nothing left that can be undone.
  expect((await revert(plan.id)).map(({ outcome, why }) => `${outcome}: ${why}`).sort()).toEqual([
    expect.stringMatching(/^cannot: Changed again since/),
    'cannot: The account is off already',
  ])
  // The hub brings it about again when it is resumed: it knows what the app holds.
  await configure('crm', { mode: 'on' })
  await pass(10_000)
  expect(app.users.get('x1')).toMatchObject({ displayName: 'Kim' })
  expect([...app.users.values()].find(({ userName }) => userName === 'ada')).toMatchObject({ active: true })
  expect(errors).toEqual([])
})
