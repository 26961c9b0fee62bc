// Tests of the worker for due items: lanes, limits, marks during the work, failures.

import { expect, test } from 'vitest'
import { startWorker, type WorkerOptions, type WorkResult } from '../../src/jobs/index.ts'
import { type Item, NEVER, type Write } from '../../src/store/index.ts'
import { type Calm, createCalm } from '../simulation/calm.ts'
import { BEGINNING } from '../simulation/process.ts'

const DONE: WorkResult = { set: { state: '', due: NEVER } }

const mark = (key: string, { tenant = 'acme', lane = 5, after = 0 } = {}): Write => ({
  write: 'mark',
  item: { tenant, queue: 'units', key },
  lane,
  due: BEGINNING + after,
  state: 'ready',
})

async function createTenant({ store }: Calm, tenant: string): Promise<void> {
  await store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])
}

/** Starts a worker that records what it works on. */
function work(calm: Calm, options: Partial<WorkerOptions> & { readonly ms?: number } = {}) {
  const began: string[] = []
  const running = new Set<string>()
  const errors: string[] = []
  let most = 0
  const { process, store } = calm.start('a')
  const answer = options.work ?? (async () => DONE)
  const worker = startWorker({
    store,
    environment: process.environment,
    queue: 'units',
    owner: 'a',
    report: (error, item) => errors.push(`${item?.key} ${error}`),
    ...options,
    async work(item, lease) {
      began.push(item.key)
      running.add(item.key)
      most = Math.max(most, running.size)
      await process.environment.wait(options.ms ?? 10)
      running.delete(item.key)
      return answer(item, lease)
    },
  })
  return { worker, began, running, errors, store, most: () => most }
}

const one = async ({ store }: Calm, key: string) => (await store.items('acme', 'units', { keys: [key] }))[0]

test('items are processed when they are due, by lane, then by time', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme')
  await calm.store.commit([mark('later', { after: 5_000 }), mark('b', { after: 2 }), mark('a', { after: 1 })])
  await calm.store.commit([mark('first', { lane: 0, after: 3 })])
  await calm.pass(10)
  const { began, worker } = work(calm, { pace: { slots: { total: 1, perTenant: 1 } } })
  await calm.pass(2_000)
  expect(began).toEqual(['first', 'a', 'b'])
  await calm.pass(5_000)
  expect(began).toEqual(['first', 'a', 'b', 'later'])
  expect(worker.counts()).toMatchObject({ items: 4, failures: 0, running: 0 })
  expect(await one(calm, 'a')).toMatchObject({ state: '', mark: 1, done: 1 })
})

test('an item that is marked during its work is processed again and not removed', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme')
  const { began, store } = work(calm, { ms: 500, work: async () => ({ set: undefined }) })
  void store.commit([mark('a')])
  await calm.pass(300)
  await calm.store.commit([mark('a')])
  await calm.pass(300)
  expect(began).toEqual(['a', 'a'])
  expect(await one(calm, 'a')).toMatchObject({ state: 'ready', mark: 2, done: 1 })
  await calm.pass(1_000)
  expect(await one(calm, 'a')).toBeUndefined()
  expect(began).toEqual(['a', 'a'])
})

test('results are committed with the item', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme')
  await calm.store.commit([mark('a')])
  const next = async (item: Item) => ({
    set: { value: { tries: 1 }, due: BEGINNING + 60_000 },
    writes: [{ write: 'item', item: { ...item, queue: 'other' }, set: { value: 1 } }] as const,
  })
  const { began } = work(calm, { work: next })
  await calm.pass(2_000)
  expect(began).toEqual(['a'])
  expect(await one(calm, 'a')).toMatchObject({ state: 'ready', value: { tries: 1 }, due: BEGINNING + 60_000 })
  expect(await calm.store.items('acme', 'other', { limit: 9 })).toMatchObject([{ key: 'a', value: 1 }])
})

test('slots are limited per tenant and in total', async () => {
  const calm = createCalm()
  for (const tenant of ['acme', 'other']) await createTenant(calm, tenant)
  await calm.store.commit(Array.from({ length: 9 }, (_, n) => mark(`a${n}`)))
  await calm.store.commit(Array.from({ length: 9 }, (_, n) => mark(`o${n}`, { tenant: 'other', after: 1 })))
  await calm.pass(10)
  const { began, most, running } = work(calm, { ms: 1_000, pace: { slots: { total: 8, perTenant: 4 } } })
  await calm.pass(500)
  // One in four is reserved for the first lane.
  expect([...running].sort()).toEqual(['a0', 'a1', 'a2', 'o0', 'o1', 'o2'])
  await calm.pass(5_000)
  expect(began).toHaveLength(18)
  expect(most()).toBe(6)
})

test('the first lane has a slot when all others are in use', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme')
  const { running, store } = work(calm, { ms: 60_000, pace: { slots: { total: 4, perTenant: 4 }, turnMs: 90_000 } })
  void store.commit(Array.from({ length: 9 }, (_, n) => mark(`a${n}`)))
  await calm.pass(5_000)
  expect(running.size).toBe(3)
  void store.commit([mark('leaver', { lane: 0 })])
  await calm.pass(100)
  expect(running).toContain('leaver')
})

test('failing items are postponed longer and longer, keep their lane, and do not hold up others', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme')
  const many = 210
  // More than fit in one page, all due before the healthy item.
  const bad = Array.from({ length: many }, (_, n) => mark(`bad${n}`, { lane: 0 }))
  await calm.store.commit([...bad, mark('good')])
  const { began, worker, errors } = work(calm, {
    work: async ({ key }) => {
      if (key.startsWith('bad')) throw new Error('broken')
      return DONE
    },
  })
  await calm.pass(20_000)
  expect(began).toContain('good')
  await calm.pass(120_000)
  const tries = began.filter((key) => key === 'bad7').length
  expect(tries).toBeGreaterThan(4)
  expect(tries).toBeLessThan(10)
  expect(await one(calm, 'bad7')).toMatchObject({ lane: 0, state: 'ready', mark: 1, done: 0 })
  expect(errors).toContain('bad7 Error: broken')
  expect(worker.counts().failing).toBe(many)
})

test('an item that was removed or finished since the look is left alone', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme')
  await calm.store.commit([mark('gone'), mark('rest')])
  const { process, store } = calm.start('a')
  const stale = await calm.store.due('units', { until: BEGINNING, limit: 9 })
  await calm.store.commit([
    { write: 'item', item: { tenant: 'acme', queue: 'units', key: 'gone' }, set: undefined },
    { write: 'item', item: { tenant: 'acme', queue: 'units', key: 'rest' }, set: { state: '', due: NEVER } },
  ])
  const { began, errors } = work(calm, {
    store: { ...store, due: async () => stale },
    environment: process.environment,
  })
  await calm.pass(3_000)
  expect([began, errors]).toEqual([[], []])
})

test('only one of two processes works on an item', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme')
  const one = work(calm, { ms: 5_000 })
  const two = work(calm, { ms: 5_000, owner: 'b' })
  await calm.store.commit([mark('a')])
  await calm.pass(20_000)
  expect([...one.began, ...two.began]).toEqual(['a'])
})
