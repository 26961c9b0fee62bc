// After a restored backup: all is read back, and access that was changed since stays until somebody approves.

import { expect, test } from 'vitest'
import { environment as realEnvironment } from '../../../src/environment.ts'
import { type Hold, QUEUES } from '../../../src/hub/index.ts'
import { createBackground } from '../../../src/hub/proof/background.ts'
import { createPlans } from '../../../src/hub/proof/plans.ts'
import { startHub, TENANT } from './harness.ts'
import { inTime } from './in-time.ts'
import { createMemoryApp } from './memory-app.ts'

const GROUPS = { scope: { users: {}, groups: {} } }

/** An app whose accounts were changed after the backup that was restored: a has left, b was put on, c was renamed, d left the group. */
async function start(traits: Parameters<typeof createMemoryApp>[0] = {}) {
  const hub = await startHub(GROUPS, { crm: createMemoryApp(traits) })
  const { people, pass, app, calm, configure, first } = hub
  const ids = { a: '', b: '', c: '', d: '', e: '' }
  for (const name of ['a', 'b', 'c', 'd', 'e'] as const) ids[name] = await people.create(name)
  const group = await people.group('Staff', [ids.d, ids.e])
  await pass(5_000)
  await people.patch(ids.b, { active: false })
  await pass(1_000_000)
  const account = (name: string) => [...app.users].find(([, user]) => user.externalId === ids[name as 'a'])?.[0] ?? ''
  const change = (name: string, to: object) =>
    app.users.set(account(name), { ...app.users.get(account(name)), ...to } as never)
  await configure('crm', { ...GROUPS, mode: 'paused', review: { since: calm.now(), reason: 'restored' } })
  await pass(2_000)
  change('a', { active: false })
  change('b', { active: true })
  change('c', { displayName: 'somebody else' })
  const [members = new Set<string>()] = app.members.values()
  members.delete(account('d'))
  app.requests.length = 0
  const environment = { ...first.process.environment, random: realEnvironment.random }
  const resume = () => configure('crm', { ...GROUPS, mode: 'on', readBackBefore: first.process.environment.now() })
  const plans = createPlans({
    store: calm.store,
    environment,
    requireTenant: async () => {},
    background: createBackground(),
    async withApp(tenant, id, use) {
      const compiled = (await first.hub.apps(tenant)).get(id)?.compiled
      if (compiled === undefined) throw new Error(`There is no app ${id}`)
      return use(compiled)
    },
    letGo: async () => resume(),
  })
  return {
    ...hub,
    ids,
    group,
    account,
    resume,
    isOn: (name: string) => app.users.get(account(name))?.active !== false,
    isMember: (name: string) => members.has(account(name)),
    writes: () => app.requests.filter((one) => !/^(?:find|read|list|members of)/.test(one)),
    holds: async () =>
      (await calm.store.items(TENANT, QUEUES.holds('crm'), { limit: 100 })).map(({ key, value }) => ({
        id: key,
        ...(value as unknown as Hold),
      })),
    plans: {
      make: () => inTime(calm, plans.make(TENANT, 'crm')),
      items: async (plan: string) => (await plans.items(TENANT, 'crm', plan, { limit: 100 })).items,
      apply: (plan: string) => inTime(calm, plans.apply(TENANT, 'crm', plan)),
    },
  }
}

test('access that was changed since the backup stays, until somebody approves', async () => {
  const { pass, resume, isOn, isMember, holds, item, ids, group, app, calm, errors } = await start()
  await resume()
  await pass(100_000)
  expect([isOn('a'), isOn('b'), isMember('d'), isMember('e')]).toEqual([false, true, false, true])
  expect(await item(ids.a)).toMatchObject({ state: 'held', value: { disputed: true, reason: { code: 'guard' } } })
  expect(await item(ids.b)).toMatchObject({ state: 'held' })
  expect(await item(group)).toMatchObject({ state: 'held' })
  // What gives and takes nothing is as it is here.
  expect([...app.users.values()].some(({ displayName }) => displayName === 'somebody else')).toBe(false)
  const open = await holds()
  expect(open).toMatchObject([{ cause: 'restore' }])
  const { id = '', ...hold } = open[0] ?? { openedAt: 0, cause: '', place: 0, count: 0, limit: 0 }
  const decided = { ...hold, verdict: 'approved', by: 'test', at: calm.now() }
  await calm.store.commit([
    { write: 'item', item: { tenant: TENANT, queue: QUEUES.holds('crm'), key: id }, set: { value: decided as never } },
    {
      write: 'mark',
      item: { tenant: TENANT, queue: QUEUES.units, key: 'crm' },
      lane: 0,
      due: calm.now(),
      state: 'ready',
    },
  ])
  await pass(100_000)
  expect([isOn('a'), isOn('b'), isMember('d'), isMember('e')]).toEqual([true, false, true, true])
  expect(errors).toEqual([])
})

test('what the identity provider says again settles what was disputed', async () => {
  const { people, pass, resume, isOn, writes, holds, item, ids } = await start()
  await resume()
  await pass(20_000)
  expect(isOn('a')).toBe(false)
  const before = writes().length
  await people.patch(ids.a, { active: false })
  await people.patch(ids.b, { active: true })
  await pass(20_000)
  expect([isOn('a'), isOn('b')]).toEqual([false, true])
  expect(writes()).toHaveLength(before)
  expect(await item(ids.a)).toMatchObject({ state: '' })
  expect((await item(ids.a))?.value).not.toHaveProperty('disputed')
  // From here on it is as with everybody.
  await people.patch(ids.a, { active: true })
  await pass(20_000)
  expect(isOn('a')).toBe(true)
  expect(await holds()).toHaveLength(1)
})

test('a plan shows what the app holds, and applying it approves', async () => {
  const { pass, plans, ids, group, isOn, isMember, writes, holds, errors } = await start()
  const plan = await plans.make()
  expect(writes()).toEqual([])
  expect(plan).toMatchObject({ counts: { enable: 1, disable: 1, update: 2, same: 2 }, guard: { disputed: 3 } })
  const items = await plans.items(plan.id)
  const of = (resource: string) => items.find((one) => one.resource === resource)
  expect(of(ids.a)).toMatchObject({ action: 'enable', disputed: true })
  expect(of(ids.b)).toMatchObject({ action: 'disable', disputed: true })
  expect(of(ids.c)).not.toHaveProperty('disputed')
  expect(of(group)).toMatchObject({ members: { add: 1, remove: 0 }, disputed: true })
  expect(await plans.apply(plan.id)).toMatchObject({ applied: true, holds: 4 })
  await pass(100_000)
  expect([isOn('a'), isOn('b'), isMember('d')]).toEqual([true, false, true])
  expect(await holds()).toEqual([])
  expect(errors).toEqual([])
})

test('an account that is gone is not made again unasked', async () => {
  const { people, pass, resume, app, account, item, ids } = await start()
  const gone = account('e')
  app.users.delete(gone)
  await resume()
  const joiner = await people.create('f')
  await pass(20_000)
  expect(await item(ids.e)).toMatchObject({ state: 'held', value: { disputed: true } })
  expect([...app.users.values()].some(({ externalId }) => externalId === ids.e)).toBe(false)
  // Whoever joins is held up by nothing.
  expect([...app.users.values()].some(({ externalId }) => externalId === joiner)).toBe(true)
})
