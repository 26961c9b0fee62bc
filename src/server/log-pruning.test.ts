// Logs are shortened once a day, of those tenants that want it, by one process.

import { expect, test } from 'vitest'
import { createDirectory } from '../directory/index.ts'
import { environment as realEnvironment } from '../environment.ts'
import { STRICT } from '../protocol/index.ts'
import { memoryStore, type Store } from '../store/index.ts'
import { createTenancy } from '../tenancy/index.ts'
import { startLogPruning } from './log-pruning.ts'

const DAY_MS = 86_400_000
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** A store with two tenants, of which "short" keeps its log for 30 days, and a clock that is moved by hand. */
async function prepared() {
  let now = 1_000 * DAY_MS
  const looks: (() => void)[] = []
  const environment = {
    ...realEnvironment,
    now: () => now,
    setTimer: (ms: number, call: () => void, options?: { readonly background?: boolean }) => {
      if (ms < 3_600_000) return realEnvironment.setTimer(ms, call, options)
      looks.push(call)
      return () => {}
    },
  }
  const store: Store = memoryStore({ environment })
  const tenancy = createTenancy({ store, environment })
  const directory = createDirectory({ store, environment })
  for (const tenant of ['short', 'long']) {
    await tenancy.tenants.create(tenant)
    await directory.create({ tenant, actor: 'a', allow: STRICT }, 'User', { schemas: [USER], userName: 'ada' })
  }
  await tenancy.changeSettings('short', { logDays: 30 }, directory)
  const problems: unknown[] = []
  const start = () => startLogPruning({ store, directory, environment, report: (error) => problems.push(error) })
  const begins = async () => (await store.tenants()).map(({ tenant, begins }) => [tenant, begins])
  const pass = (ms: number) => {
    now += ms
  }
  return { store, start, begins, problems, looks, pass }
}

test('those with the setting lose what is older, and nothing else', async () => {
  const { start, begins, problems, looks, pass } = await prepared()
  const stop = start()
  await expect.poll(() => looks.length).toBe(1)
  expect(await begins()).toEqual([
    ['long', 1],
    ['short', 1],
  ])
  pass(31 * DAY_MS)
  looks.at(-1)?.()
  await expect.poll(begins).toEqual([
    ['long', 1],
    ['short', 4],
  ])
  await stop()
  expect(problems).toEqual([])
})

test('of two processes one does it, and not again within a day', async () => {
  const { store, start, looks, pass } = await prepared()
  pass(31 * DAY_MS)
  const stops = [start(), start()]
  await expect.poll(() => looks.length).toBe(2)
  const notes = async () => (await store.changes('short', 3, 100)).filter(({ op }) => op === 'note')
  expect((await notes()).map(({ actor, paths }) => [actor, paths[1]])).toEqual([['server', { path: 'lines', new: 3 }]])
  const due = await store.items('', 'log-pruning', { limit: 10 })
  expect(due).toMatchObject([{ key: 'daily', due: 1_032 * DAY_MS }])
  await Promise.all(stops.map((stop) => stop()))
})

test('a reader that is behind keeps its lines, and trouble is reported', async () => {
  const { store, start, begins, problems, looks, pass } = await prepared()
  await store.commit([{ write: 'cursor', tenant: 'short', reader: 'hub', place: 1 }])
  pass(31 * DAY_MS)
  const stop = start()
  await expect.poll(() => looks.length).toBe(1)
  expect(await begins()).toEqual([
    ['long', 1],
    ['short', 2],
  ])
  expect(problems).toEqual([])
  await store.close()
  pass(31 * DAY_MS)
  looks.at(-1)?.()
  await expect.poll(() => problems).toHaveLength(1)
  await stop()
})

test('a time that a wrong clock has set does not put it off', async () => {
  const { store, start, begins, looks, pass } = await prepared()
  const item = { tenant: '', queue: 'log-pruning', key: 'daily' }
  await store.commit([{ write: 'item', item, set: { due: 9_000 * DAY_MS, state: 'waiting' } }])
  pass(31 * DAY_MS)
  const stop = start()
  await expect.poll(() => looks.length).toBe(1)
  expect(await begins()).toContainEqual(['short', 4])
  await stop()
})

test('a tenant whose import is unfinished keeps its log', async () => {
  const { store, start, begins, problems, looks, pass } = await prepared()
  const record = { tenant: 'short', kind: 'arrival', key: 'arrival' }
  await store.commit([{ write: 'record', record, value: { checksum: 'c', offset: 1, line: 1 } }])
  pass(31 * DAY_MS)
  const stop = start()
  await expect.poll(() => looks.length).toBe(1)
  expect(await begins()).toContainEqual(['short', 1])
  expect(problems).toEqual([])
  await stop()
})
