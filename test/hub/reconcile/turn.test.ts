// Sweeps in the turns of an app: they begin by themselves, find what others changed, and what they find is mended.

import { expect, test } from 'vitest'
import { sweepsOf } from '../../../src/hub/reconcile/sweeps.ts'
import { startHub, TENANT } from '../engine/harness.ts'
import { createMemoryApp } from '../engine/memory-app.ts'

const HOUR = 3_600_000

test('once a day an app is swept: somebody whom another writer switched on again is switched off', async () => {
  const { people, app, pass, calm, link, errors } = await startHub({ scope: { users: {} } })
  const leaver = await people.create('leaver')
  const stays = await people.create('stays')
  await pass(3_000)
  await people.patch(leaver, { active: false })
  await pass(HOUR / 2)
  const account = [...app.users].find(([, { userName }]) => userName === 'leaver')?.[0] ?? ''
  app.users.set(account, { ...app.users.get(account), active: true })
  app.users.set('alien', { userName: 'alien', active: true })
  await pass(25 * HOUR)
  expect(app.users.get(account)).toMatchObject({ active: false })
  const sweeps = await sweepsOf(calm.store, TENANT, 'crm', { limit: 100 })
  const full = sweeps.filter(({ run }) => run.kind === 'full')
  expect(full).toHaveLength(1)
  expect(full[0]?.run).toMatchObject({ phase: 'done', counts: { stranger: 1, missing: 0 } })
  expect(app.users.get('alien')).toEqual({ userName: 'alien', active: true })
  expect(await link(stays)).toMatchObject({ wanted: 'active' })
  expect(errors).toEqual([])
})

test('what drifted is put right where the policy is to mend, by one update', async () => {
  const policies = { drifted: 'fix', missing: 'fix', zombie: 'fix', stranger: 'report' } as const
  const { people, app, pass, errors } = await startHub({ sweeps: { fullHours: 2, policies } })
  await people.create('bjensen', { displayName: 'Babs' })
  const gone = await people.create('gone')
  await pass(3_000)
  for (const [id, user] of app.users) {
    if (user.userName === 'bjensen') app.users.set(id, { ...user, displayName: 'Somebody else' })
    if (user.externalId === gone) app.users.delete(id)
  }
  const before = app.requests.length
  await pass(3 * HOUR)
  expect([...app.users.values()].map(({ userName, displayName }) => ({ userName, displayName }))).toEqual([
    { userName: 'bjensen', displayName: 'Babs' },
    { userName: 'gone', displayName: undefined },
  ])
  const writes = app.requests.slice(before).filter((request) => /^(?:create|update|disable|remove)/.test(request))
  expect(writes).toHaveLength(2)
  expect(errors).toEqual([])
})

test('members that others put in or took out are put right', async () => {
  const policies = { drifted: 'fix', missing: 'fix', zombie: 'fix', stranger: 'report' } as const
  const app = createMemoryApp()
  const { people, pass, errors } = await startHub(
    { scope: { users: {}, groups: {} }, sweeps: { fullHours: 2, policies } },
    { crm: app },
  )
  const [ada, bob, eve] = [await people.create('ada'), await people.create('bob'), await people.create('eve')]
  await people.group('staff', [ada, bob])
  await pass(5_000)
  const accountOf = (id: string) => [...app.users].find(([, user]) => user.externalId === id)?.[0] ?? ''
  const [members] = [...app.members.values()]
  expect(members).toEqual(new Set([accountOf(ada), accountOf(bob)]))
  members?.delete(accountOf(ada))
  members?.add(accountOf(eve))
  await pass(3 * HOUR)
  expect([...app.members.values()][0]).toEqual(new Set([accountOf(ada), accountOf(bob)]))
  expect(errors).toEqual([])
})

test('an app without sweeps is left alone', async () => {
  const { people, app, pass, calm } = await startHub({
    sweeps: { fullHours: 0, policies: { drifted: 'fix', missing: 'fix', zombie: 'fix', stranger: 'report' } },
  })
  await people.create('bjensen')
  await pass(3_000)
  const before = app.requests.length
  await pass(5 * HOUR)
  expect(app.requests.slice(before)).toEqual([])
  expect(await sweepsOf(calm.store, TENANT, 'crm', { limit: 10 })).toEqual([])
})
