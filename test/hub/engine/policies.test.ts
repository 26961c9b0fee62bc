// Tests of how accounts come and go by policy, and in apps that do it in their own way.

import { expect, test } from 'vitest'
import { APP_DEFAULTS, type AppSettings } from '../../../src/hub/index.ts'
import { startHub } from './harness.ts'
import { createMemoryApp } from './memory-app.ts'

const DAY_MS = 86_400_000
const OUT: Partial<AppSettings> = { scope: { users: { filter: 'title ne "out"' } } }
const leaving = (policy: Partial<AppSettings['policy']>) => ({
  ...OUT,
  policy: { ...APP_DEFAULTS.policy, ...policy },
})
const names = (app: { readonly users: ReadonlyMap<string, { readonly [name: string]: unknown }> }) =>
  [...app.users.values()].map(({ userName, active }) => `${userName} ${active}`).sort()

/** Somebody who joined, and left scope. */
async function whoLeft(policy: Partial<AppSettings['policy']>, app = createMemoryApp(), pollMs = 1_000) {
  const sweeps = { ...APP_DEFAULTS.sweeps, fullHours: 0 }
  const hub = await startHub({ ...leaving(policy), sweeps }, { crm: app }, pollMs)
  const id = await hub.people.create('a', { title: 'in' })
  await hub.pass(3 * pollMs)
  await hub.people.patch(id, { title: 'out' })
  await hub.pass(3 * pollMs)
  return { ...hub, id }
}

test('who leaves scope is switched off, and is renamed all the same', async () => {
  const { app, people, id, pass } = await whoLeft({})
  expect(names(app)).toEqual(['a false'])
  await people.patch(id, { userName: 'b' })
  await pass(3_000)
  expect(names(app)).toEqual(['b false'])
  await people.patch(id, { title: 'in' })
  await pass(3_000)
  expect(names(app)).toEqual(['b true'])
})

test('who leaves is removed where the policy says so, and made again when he comes back', async () => {
  const { app, people, id, pass } = await whoLeft({ onLeave: 'delete' })
  expect(names(app)).toEqual([])
  await people.patch(id, { title: 'in' })
  await pass(3_000)
  expect(names(app)).toEqual(['a true'])
})

test('who leaves is let go of, or left as he is, where the policy says so', async () => {
  const unlinked = await whoLeft({ onLeave: 'unlink' })
  expect(names(unlinked.app)).toEqual(['a true'])
  expect(await unlinked.item(unlinked.id)).toBeUndefined()
  const ignored = await whoLeft({ onLeave: 'ignore' })
  expect(names(ignored.app)).toEqual(['a true'])
  await ignored.people.patch(ignored.id, { title: 'in', userName: 'b' })
  await ignored.pass(3_000)
  expect(names(ignored.app)).toEqual(['b true'])
})

test('an account that was switched off for good is removed after so many days', async () => {
  const { app, pass } = await whoLeft({ deleteAfterDays: 2 }, createMemoryApp(), 60_000)
  await pass(DAY_MS)
  expect(names(app)).toEqual(['a false'])
  await pass(DAY_MS + 180_000)
  expect(names(app)).toEqual([])
})

test('somebody who is deactivated and not gone keeps the account', async () => {
  const policy = { ...APP_DEFAULTS.policy, deleteAfterDays: 1 }
  const sweeps = { ...APP_DEFAULTS.sweeps, fullHours: 0 }
  const { app, people, pass } = await startHub({ policy, sweeps }, { crm: createMemoryApp() }, 60_000)
  const id = await people.create('a')
  await pass(180_000)
  await people.patch(id, { active: false })
  await pass(2 * DAY_MS)
  expect(names(app)).toEqual(['a false'])
})

test('an app in which switching off deletes gets a new account for who comes back', async () => {
  const app = createMemoryApp({
    off: { disableMeans: 'deleted', disabledReads: false, reenable: 'create', removeMeans: 'irreversible' },
  })
  app.onDisable = 'delete'
  const { people, id, pass, item } = await whoLeft({}, app)
  expect(names(app)).toEqual([])
  await pass(1_000_000)
  expect(await item(id)).toMatchObject({ state: '', value: { off: { readBack: { found: 'none' } } } })
  await people.patch(id, { title: 'in' })
  await pass(3_000)
  expect(names(app)).toEqual(['a true'])
})

test('an app that hides who is switched off gives the old account back', async () => {
  const app = createMemoryApp({
    off: { disableMeans: 'kept', disabledReads: false, reenable: 'update', removeMeans: 'deactivates' },
  })
  app.onDisable = 'hide'
  const { people, pass } = await startHub({}, { crm: app })
  const id = await people.create('a')
  await pass(3_000)
  await people.remove(id)
  await pass(1_000_000)
  await people.create('a')
  await pass(3_000)
  expect(names(app)).toEqual(['a true'])
  expect(app.users.size).toBe(1)
})
