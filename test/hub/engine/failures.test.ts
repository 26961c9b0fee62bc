// Tests of what goes wrong between the hub and an app: unknown outcomes, refusals, lost accounts, taken names.

import { expect, test } from 'vitest'
import { AppError } from '../../../src/hub/index.ts'
import { startHub } from './harness.ts'

const lost = () => ({ error: new AppError('unknown', 'The connection broke'), after: true })
const users = (app: { readonly users: ReadonlyMap<string, { readonly [name: string]: unknown }> }) =>
  [...app.users.values()].map(({ userName, active }) => `${userName} ${active}`).sort()

test('a create whose answer is lost makes no second account', async () => {
  const { people, app, pass, item } = await startHub()
  let failed = 0
  app.fault = (request) => (request.startsWith('create') && failed++ === 0 ? lost() : undefined)
  const id = await people.create('a')
  await pass(10_000)
  expect(users(app)).toEqual(['a true'])
  expect(app.requests.filter((request) => request.startsWith('create'))).toHaveLength(1)
  expect(await item(id)).toMatchObject({ state: 'watched', value: { account: [...app.users.keys()][0] } })
  await pass(1_000_000)
  const rested = await item(id)
  expect(rested).toMatchObject({ state: '' })
  expect(rested?.value).not.toHaveProperty('tentative')
  expect(rested?.value).not.toHaveProperty('doubted')
})

test('a leaver whose disable was lost and who comes back is switched on again', async () => {
  const { people, app, pass } = await startHub()
  const id = await people.create('a')
  await pass(3_000)
  let failed = 0
  app.fault = (request) => (request.startsWith('disable') && failed++ === 0 ? lost() : undefined)
  await people.patch(id, { active: false })
  await pass(1_200)
  expect(users(app)).toEqual(['a false'])
  await people.patch(id, { active: true })
  await pass(10_000)
  expect(users(app)).toEqual(['a true'])
})

test('a leaver whom somebody switches on again is switched off by the verify read', async () => {
  const { people, app, pass, events } = await startHub()
  const id = await people.create('a')
  await pass(3_000)
  await people.patch(id, { active: false })
  await pass(3_000)
  for (const [account, document] of app.users) app.users.set(account, { ...document, active: true })
  await pass(70_000)
  expect(users(app)).toEqual(['a false'])
  expect(events.filter((event) => event.startsWith('resurrected'))).toHaveLength(1)
})

test('what the app refuses is parked with the reason, and tried again when the resource changes', async () => {
  const { people, app, pass, item } = await startHub()
  app.fault = (request) =>
    request === 'create User a@b' ? { error: new AppError('refused', 'userName may not contain "@"') } : undefined
  const id = await people.create('a@b')
  await people.create('c')
  await pass(3_000)
  expect(users(app)).toEqual(['c true'])
  expect(await item(id)).toMatchObject({ state: 'parked', value: { reason: { code: 'refused' } } })
  await people.patch(id, { userName: 'ab' })
  await pass(3_000)
  expect(users(app)).toEqual(['ab true', 'c true'])
})

test('an expression without a value parks its person, and only it', async () => {
  const { people, app, pass, item } = await startHub()
  const id = await people.create('a', { title: 'fault' })
  await people.create('b')
  await pass(3_000)
  expect(users(app)).toEqual(['b true'])
  expect(await item(id)).toMatchObject({ state: 'parked', value: { reason: { code: 'map' } } })
})

test('an account that is there already is taken over, and what differs is written at once', async () => {
  const { people, app, pass } = await startHub()
  app.users.set('x1', { userName: 'a', displayName: 'Old', active: true, locale: 'en' })
  const id = await people.create('a', { displayName: 'New' })
  await pass(3_000)
  expect([...app.users]).toEqual([
    ['x1', { userName: 'a', displayName: 'New', active: true, locale: 'en', externalId: id, nickName: 'nick' }],
  ])
})

test('no account is taken over when the app is set to none, or when two would do', async () => {
  const { people, app, pass, link, configure } = await startHub()
  await configure('crm', { policy: { onLeave: 'disable', tombstoneDays: 30, adopt: 'never' } })
  app.users.set('x1', { userName: 'a', active: true })
  const id = await people.create('a')
  await pass(3_000)
  expect((await link(id))?.reason).toMatchObject({ code: 'taken', details: { account: 'x1' } })
  app.users.set('x2', { userName: 'b', active: true })
  app.users.set('x3', { userName: 'b', active: true })
  const other = await people.create('b')
  await pass(3_000)
  expect((await link(other))?.reason).toMatchObject({ code: 'ambiguous', details: ['x2', 'x3'] })
})

test('two people who swap names do so there too', async () => {
  const { people, app, pass, errors } = await startHub()
  const [a, b] = [await people.create('a', { title: '1' }), await people.create('b', { title: '2' })]
  await pass(3_000)
  app.fault = (request) =>
    request.startsWith('update') && app.requests.length === 0
      ? { error: new AppError('unavailable', 'down') }
      : undefined
  await people.patch(a, { userName: 'c' })
  await people.patch(b, { userName: 'a' })
  await people.patch(a, { userName: 'b' })
  await pass(60_000)
  expect(errors).toEqual([])
  expect([...app.users.values()].map(({ userName, title }) => `${userName} ${title}`).sort()).toEqual(['a 2', 'b 1'])
})

test('an account that the app has lost is made again, once', async () => {
  const { people, app, pass, item } = await startHub()
  const id = await people.create('a')
  await pass(3_000)
  app.users.clear()
  await people.patch(id, { title: 'x' })
  await pass(5_000)
  expect(users(app)).toEqual(['a true'])
  app.users.clear()
  await people.patch(id, { title: 'y' })
  await pass(5_000)
  expect(users(app)).toEqual([])
  expect(await item(id)).toMatchObject({ state: 'parked', value: { reason: { code: 'vanishes' } } })
})

test('a rehire under a new id gets the old account', async () => {
  const { people, app, pass } = await startHub()
  const id = await people.create('a')
  await pass(3_000)
  await people.remove(id)
  await pass(5_000)
  expect(users(app)).toEqual(['a false'])
  const again = await people.create('a')
  await pass(5_000)
  expect([...app.users.values()]).toMatchObject([{ userName: 'a', active: true, externalId: again }])
  await pass(2_000_000)
  expect(users(app)).toEqual(['a true'])
})

test('a dead app holds up no other, and is asked again by one probe', async () => {
  const { createMemoryApp } = await import('./memory-app.ts')
  const [crm, erp] = [createMemoryApp(), createMemoryApp()]
  crm.fault = () => ({ error: new AppError('unavailable', 'No connection') })
  const { people, pass } = await startHub({}, { crm, erp })
  for (const name of ['a', 'b', 'c', 'd', 'e']) await people.create(name)
  await pass(5_000)
  expect(users(erp)).toHaveLength(5)
  const before = crm.requests.length
  await pass(60_000)
  expect(crm.requests.length - before).toBeLessThanOrEqual(4)
  crm.fault = () => undefined
  await pass(400_000)
  expect(users(crm)).toHaveLength(5)
})
