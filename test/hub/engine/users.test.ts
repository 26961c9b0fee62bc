// Tests of people in an app: joiners, movers, leavers, on a store in virtual time.

import { expect, test } from 'vitest'
import { startHub } from './harness.ts'

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
