// Tests of people in an app: joiners, movers, leavers, on a store in virtual time.

import { expect, test } from 'vitest'
import { APP_DEFAULTS, QUEUES } from '../../../src/hub/index.ts'
import { startHub } from './harness.ts'
import { createMemoryApp } from './memory-app.ts'

test('a person created here appears in the app, follows changes, and is switched off', async () => {
  const { people, app, pass, item, errors } = await startHub()
  const id = await people.create('bjensen', { displayName: 'Babs' })
  await pass(3_000)
  expect(errors).toEqual([])
  expect([...app.users.values()]).toEqual([
    { externalId: id, userName: 'bjensen', displayName: 'Babs', active: true, nickName: 'nick' },
  ])
  expect(await item(id)).toMatchObject({ state: '', value: { acked: { userName: 'bjensen' }, wanted: 'active' } })

  await people.patch(id, { displayName: 'Barbara', title: 'Lead' })
  await pass(3_000)
  expect([...app.users.values()]).toEqual([
    { externalId: id, userName: 'bjensen', displayName: 'Barbara', title: 'Lead', active: true, nickName: 'nick' },
  ])

  await people.patch(id, { active: false })
  await pass(3_000)
  expect([...app.users.values()]).toMatchObject([{ active: false }])
  expect(await item(id)).toMatchObject({ state: 'watched', lane: 1 })
  await pass(1_000_000)
  expect(await item(id)).toMatchObject({ state: '', value: { off: { readBack: { found: 'off' } } } })

  await people.patch(id, { active: true })
  await pass(3_000)
  expect([...app.users.values()]).toMatchObject([{ active: true, title: 'Lead' }])
  expect(errors).toEqual([])
})

test('a person who is deleted here is switched off there, and stays known until the tombstone expires', async () => {
  const { people, app, pass, item } = await startHub()
  const id = await people.create('bjensen')
  await pass(3_000)
  await people.remove(id)
  await pass(3_000)
  expect([...app.users.values()]).toMatchObject([{ active: false }])
  await pass(1_000_000)
  expect(await item(id)).toMatchObject({ state: '', value: { goneAt: expect.any(Number) } })
})

test('a call names the place of the last one for this account, whatever was confirmed without a call in between', async () => {
  const { people, app, pass, link } = await startHub()
  const id = await people.create('bjensen', { displayName: 'Babs' })
  await pass(3_000)
  await people.patch(id, { userType: 'Employee' })
  await pass(3_000)
  expect(app.calls).toHaveLength(1)
  expect((await link(id))?.ackedPlace).toBeGreaterThan(app.calls[0]?.place ?? 0)
  await people.patch(id, { displayName: 'Barbara' })
  await pass(3_000)
  expect(app.calls[0]?.previousPlace).toBeUndefined()
  expect(app.calls[1]?.previousPlace).toBe(app.calls[0]?.place)
})

test('what an app confirms and the rest that follows are one commit', async () => {
  const links: unknown[] = []
  const { people, pass } = await startHub({}, { crm: createMemoryApp() }, 1_000, (store) => ({
    ...store,
    async commit(writes) {
      const own = writes.flatMap((one) => (one.write === 'item' && one.item.queue === QUEUES.links('crm') ? [one] : []))
      for (const { set } of own) links.push(set)
      return store.commit(writes)
    },
  }))
  await pass(3_000)
  await people.create('bjensen')
  await pass(3_000)
  expect(links).toMatchObject([{ value: { tentative: { create: true } } }, { state: '', value: { wanted: 'active' } }])
  expect(links[1]).not.toHaveProperty('value.tentative')
})

test('somebody who comes back while the account is being removed gets a new one, and the old one is not asked for', async () => {
  const { people, app, pass } = await startHub({
    scope: { users: { filter: 'title ne "out"' } },
    policy: { ...APP_DEFAULTS.policy, onLeave: 'delete' },
  })
  const id = await people.create('bjensen', { title: 'in' })
  await pass(3_000)
  const [old = ''] = app.users.keys()
  app.ms = 1_500
  await people.patch(id, { title: 'out' })
  while (!app.requests.at(-1)?.startsWith('remove')) await pass(500)
  expect(app.requests.at(-1)).toBe(`remove User ${old}`)
  expect(app.users.size).toBe(1)
  await people.patch(id, { title: 'back' })
  await pass(30_000)
  expect(app.requests.slice(-3)).toEqual([
    expect.stringMatching('find'),
    expect.stringMatching('find'),
    'create User bjensen',
  ])
  expect([...app.users.values()]).toMatchObject([{ title: 'back', active: true }])
})
