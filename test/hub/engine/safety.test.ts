// Tests of what keeps people safe: lanes, the guard, kills, take-overs.

import { expect, test } from 'vitest'
import { decideHold } from '../../../src/hub/engine/holds.ts'
import { QUEUES } from '../../../src/hub/index.ts'
import { BEGINNING } from '../../simulation/process.ts'
import { startHub, TENANT } from './harness.ts'
import { createMemoryApp } from './memory-app.ts'

const active = (app: { readonly users: ReadonlyMap<string, { readonly [name: string]: unknown }> }) =>
  [...app.users.values()].filter((user) => user.active === true).length

async function withPeople(
  count: number,
  settings = {},
  apps?: { readonly [id: string]: ReturnType<typeof createMemoryApp> },
) {
  const hub = await startHub(settings, apps)
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push(await hub.people.create(`u${n}`))
  await hub.pass(20_000)
  return { ...hub, ids }
}

test('a leaver overtakes a backlog of updates', async () => {
  const crm = createMemoryApp({ concurrency: 1 })
  const { people, app, pass, ids } = await withPeople(60, {}, { crm })
  crm.ms = 500
  app.requests.length = 0
  for (const id of ids.slice(1)) await people.patch(id, { title: 'x' })
  await pass(5_000)
  await people.patch(ids[0] ?? '', { active: false })
  await pass(4_000)
  const at = app.requests.findIndex((request) => request.startsWith('disable'))
  expect(at).toBeGreaterThan(0)
  expect(app.requests.slice(at + 1).some((request) => request.startsWith('update'))).toBe(true)
})

test('a change of scope that removes too many is held before the first request, and goes on when approved', async () => {
  const { calm, app, pass, configure, errors, item, ids } = await withPeople(30)
  expect(active(app)).toBe(30)
  app.requests.length = 0
  await configure('crm', { scope: { users: { filter: 'userName sw "nobody"' } } })
  await pass(20_000)
  expect(errors).toEqual([])
  expect(app.requests).toEqual([])
  expect(await item(ids[0] ?? '')).toMatchObject({ state: 'held', value: { reason: { code: 'guard' } } })
  const [hold] = await calm.store.items(TENANT, QUEUES.holds('crm'), { limit: 10 })
  expect(hold?.value).toMatchObject({ cause: 'configuration', count: 30 })
  const environment = { now: () => BEGINNING + calm.now() }
  const writes = await decideHold(
    { store: calm.store, environment },
    { tenant: TENANT, app: 'crm', id: hold?.key ?? '' },
    { verdict: 'approved', by: 'admin' },
  )
  await calm.store.commit(writes ?? [])
  await pass(20_000)
  expect(active(app)).toBe(0)
})

test('a scope that is repaired empties the hold by itself', async () => {
  const { calm, app, pass, configure, item, ids } = await withPeople(30)
  await configure('crm', { scope: { users: { filter: 'userName sw "nobody"' } } })
  await pass(20_000)
  app.requests.length = 0
  await configure('crm', { scope: { users: {} } })
  await pass(20_000)
  expect(app.requests).toEqual([])
  expect(await item(ids[0] ?? '')).toMatchObject({ state: '' })
  const [hold] = await calm.store.items(TENANT, QUEUES.holds('crm'), { limit: 10 })
  expect(hold?.value).toMatchObject({ verdict: 'discarded' })
})

test('leavers one by one are sent up to the limit of an hour, and a single one after that is held', async () => {
  const { people, app, pass, ids } = await withPeople(30)
  for (const id of ids.slice(0, 11)) {
    await people.patch(id, { active: false })
    await pass(3_000)
  }
  expect(active(app)).toBe(20)
  await pass(3_700_000)
  expect(active(app)).toBe(20)
})

test('somebody who is killed is out of every app, whatever scopes say', async () => {
  const apps = { crm: createMemoryApp(), erp: createMemoryApp() }
  const { calm, pass, ids } = await withPeople(3, {}, apps)
  const [id = ''] = ids
  const due = BEGINNING + calm.now()
  const mark = (queue: string, key: string) =>
    ({ write: 'mark', item: { tenant: TENANT, queue, key }, lane: 0, due, state: 'ready' }) as const
  await calm.store.commit([
    { write: 'item', item: { tenant: TENANT, queue: QUEUES.kills, key: id }, set: { value: { at: due, by: 'x' } } },
    ...['crm', 'erp'].flatMap((app) => [mark(QUEUES.links(app), id), mark(QUEUES.units, app)]),
  ])
  await pass(3_000)
  expect([active(apps.crm), active(apps.erp)]).toEqual([2, 2])
})

test('another process takes over from one that has crashed, after what it sent has ended', async () => {
  const { people, app, pass, start, first } = await withPeople(5)
  app.ms = 2_000
  const id = await people.create('new')
  await pass(1_500)
  first.process.crash()
  start('b')
  await pass(60_000)
  expect([...app.users.values()].filter(({ externalId }) => externalId === id)).toHaveLength(1)
})

test('a paused app gets nothing, and everything when it is resumed', async () => {
  const { people, app, pass, configure } = await withPeople(2)
  await configure('crm', { mode: 'paused' })
  await pass(2_000)
  await people.create('c')
  await pass(5_000)
  expect(app.users.size).toBe(2)
  await configure('crm', { mode: 'on' })
  await pass(5_000)
  expect(app.users.size).toBe(3)
})

test('an app whose map makes no sense holds up no other, and is filled when it is mended', async () => {
  const apps = { crm: createMemoryApp(), erp: createMemoryApp() }
  const { people, pass, configure, calm } = await withPeople(1, {}, apps)
  await configure('crm', { map: { User: { userName: { from: 'nothing' } } } })
  await people.create('b')
  await pass(5_000)
  expect([apps.crm.users.size, apps.erp.users.size]).toEqual([1, 2])
  const [unit] = await calm.store.items(TENANT, QUEUES.units, { keys: ['crm'] })
  expect(unit?.value).toMatchObject({ fault: expect.stringContaining('userName') })
  await configure('crm')
  await pass(5_000)
  expect(apps.crm.users.size).toBe(2)
})
