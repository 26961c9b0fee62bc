// Tests of the log reader: turns, limits, pauses, nudges and stopping.

import { expect, test } from 'vitest'
import { type LogBatch, type LogResult, type ReaderOptions, startReader } from '../../src/jobs/index.ts'
import type { Store, Write } from '../../src/store/index.ts'
import { type Calm, createCalm } from '../simulation/calm.ts'

const line = (tenant: string, id: string): Write => ({
  write: 'note',
  ref: { tenant, type: 'Setting', id },
  at: 1,
  log: { actor: 'test', paths: [] },
})

async function createTenant({ store }: Calm, tenant: string, lines: number): Promise<void> {
  await store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])
  await store.commit([{ write: 'cursor', tenant, reader: 'sim', place: 0 }])
  await store.commit(Array.from({ length: lines }, (_, n) => line(tenant, `${n}`)))
}

/** Starts a reader that records its batches. */
function read(calm: Calm, options: Partial<ReaderOptions> = {}, name = 'a') {
  const batches: { readonly tenant: string; readonly places: readonly number[]; readonly at: number }[] = []
  const errors: string[] = []
  const { process, store } = calm.start(name)
  const answer = options.handle ?? (async () => ({ writes: [] }))
  const reader = startReader({
    store,
    environment: process.environment,
    reader: 'sim',
    owner: name,
    report: (error, where) => errors.push(`${where?.tenant} ${error}`),
    ...options,
    async handle(batch: LogBatch): Promise<LogResult> {
      batches.push({ tenant: batch.tenant, places: batch.lines.map(({ place }) => place), at: calm.now() })
      return answer(batch)
    },
  })
  return { reader, batches, errors, store, process }
}

const placeOf = async (store: Store, tenant: string) => (await store.cursors(tenant))[0]?.place

test('lines come in order and in batches, and results are committed with the place', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme', 7)
  const handle = async ({ tenant, lines }: LogBatch) => ({
    writes: lines.map(
      ({ place }) => ({ write: 'item', item: { tenant, queue: 'q', key: `${place}` }, set: {} }) as const,
    ),
  })
  const { reader, batches } = read(calm, { handle, batchLines: 3 })
  await calm.pass(1_000)
  expect(batches.map(({ places }) => places)).toEqual([[1, 2, 3], [4, 5, 6], [7]])
  expect(await calm.store.items('acme', 'q', { limit: 10 })).toHaveLength(7)
  expect(await placeOf(calm.store, 'acme')).toBe(7)
  expect(reader.counts()).toMatchObject({ lines: 7, failures: 0, running: 0, failing: 0 })
})

test('a handler may finish part of a batch', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme', 4)
  const { batches } = read(calm, { handle: async ({ lines }) => ({ writes: [], upTo: lines[0].place }) })
  await calm.pass(1_000)
  expect(batches.map(({ places }) => places)).toEqual([[1, 2, 3, 4], [2, 3, 4], [3, 4], [4]])
})

test('own commits are read immediately, those of other processes within about a second', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme', 0)
  const { batches, store } = read(calm)
  await calm.pass(10_500)
  void store.commit([line('acme', 'own')])
  await calm.pass(100)
  expect(batches).toHaveLength(1)
  await calm.store.commit([line('acme', 'other')])
  await calm.pass(1_300)
  expect(batches.map(({ places }) => places)).toEqual([[1], [2]])
})

test('an idle reader polls once a second and takes no turns', async () => {
  const calm = createCalm()
  for (let n = 0; n < 20; n++) await createTenant(calm, `t${n}`, 0)
  const { reader } = read(calm)
  await calm.pass(60_000)
  expect(reader.counts().looks).toBeLessThan(80)
  expect(reader.counts().turns).toBe(0)
})

test('a tenant with a long log takes turns with the others', async () => {
  const calm = createCalm()
  await createTenant(calm, 'a', 500)
  await createTenant(calm, 'b', 1)
  const { batches } = read(calm, { batchLines: 10, pace: { slots: { total: 1, perTenant: 1 } } })
  await calm.pass(2_000)
  expect(batches.findIndex(({ tenant }) => tenant === 'b')).toBeLessThan(10)
  expect(batches.filter(({ tenant }) => tenant === 'a')).toHaveLength(50)
})

test('turns are limited by the number of slots', async () => {
  const calm = createCalm()
  for (let n = 0; n < 10; n++) await createTenant(calm, `t${n}`, 3)
  let [running, most] = [0, 0]
  const wait = calm.start('clock').process.environment.wait
  const handle = async () => {
    most = Math.max(most, ++running)
    await wait(500)
    running--
    return { writes: [] }
  }
  const { reader } = read(calm, { handle, pace: { slots: { total: 4, perTenant: 1 } } })
  await calm.pass(5_000)
  expect(most).toBe(4)
  expect(reader.counts().lines).toBe(30)
})

test('tenants that fail are retried less and less often and do not hold up others', async () => {
  const calm = createCalm()
  // More of them than one look shows.
  const many = 210
  for (let n = 0; n < many; n++) await createTenant(calm, `bad${n}`, 1)
  await createTenant(calm, 'good', 1)
  let broken = true
  const handle = async ({ tenant }: LogBatch): Promise<LogResult> => {
    if (broken && tenant !== 'good') throw new Error('broken')
    return { writes: [] }
  }
  const { reader, batches, errors } = read(calm, { handle })
  await calm.pass(3_000)
  expect(await placeOf(calm.store, 'good')).toBe(1)
  await calm.pass(120_000)
  const tries = batches.filter(({ tenant }) => tenant === 'bad7').length
  expect(tries).toBeGreaterThan(5)
  expect(tries).toBeLessThan(10)
  expect(errors).toContain('bad7 Error: broken')
  expect(reader.counts().failing).toBe(many)
  broken = false
  await calm.pass(160_000)
  expect(reader.counts()).toMatchObject({ failing: 0, lines: many + 1 })
})

test('a handler that makes no progress is retried less and less often', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme', 1)
  const { batches, errors } = read(calm, { handle: async () => ({ writes: [], upTo: 0 }) })
  await calm.pass(600_000)
  expect(batches.length).toBeLessThan(13)
  expect(errors).toEqual([])
})

test('failed looks are reported and retried', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme', 1)
  const { process, store } = calm.start('a')
  let fails = 4
  const news: Store['news'] = (...given) =>
    fails-- > 0 ? Promise.reject(new Error('no database')) : store.news(...given)
  const { reader, errors } = read(calm, { store: { ...store, news }, environment: process.environment })
  await calm.pass(30_000)
  expect(errors).toEqual(Array(4).fill('undefined Error: no database'))
  expect(reader.counts()).toMatchObject({ lines: 1, failures: 4 })
})

test('a reader that was paused or removed since the look is left alone', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme', 2)
  await calm.store.commit([{ write: 'cursor', tenant: 'acme', reader: 'sim', place: 1, paused: true }])
  const { process, store } = calm.start('a')
  const stale = [{ tenant: 'acme', reader: 'sim', place: 0, last: 2 }]
  const { batches, errors } = read(calm, {
    store: { ...store, news: async () => stale },
    environment: process.environment,
  })
  await calm.pass(3_000)
  await calm.store.commit([{ write: 'cursor', tenant: 'acme', reader: 'sim', place: undefined }])
  await calm.pass(3_000)
  expect([batches, errors]).toEqual([[], []])
})

test('stop lets the turn finish, starts no other, and another process continues immediately', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme', 20)
  const slow = async ({ lease }: LogBatch) => {
    await process.environment.wait(3_000, lease.signal)
    return { writes: [] }
  }
  const { reader, batches, process } = read(calm, { handle: (batch) => slow(batch), batchLines: 10 })
  await calm.pass(1_000)
  let stopped = 0
  reader.stop(20_000).then(() => (stopped = calm.now()))
  await calm.pass(8_000)
  expect(stopped).toBeGreaterThan(6_000)
  expect(stopped).toBeLessThan(6_100)
  expect(batches).toHaveLength(2)
  const next = read(calm, {}, 'b')
  void next.store.commit([line('acme', 'more')])
  await calm.pass(100)
  expect(next.batches.map(({ places }) => places)).toEqual([[21]])
})

test('stop aborts a turn that takes too long; lines it had not committed are read again', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme', 1)
  const { process } = calm.start('clock')
  const { reader, errors } = read(calm, {
    handle: ({ lease }) => process.environment.wait(50_000, lease.signal).then(() => ({ writes: [] })),
  })
  await calm.pass(1_000)
  let stopped = 0
  reader.stop(2_000).then(() => (stopped = calm.now()))
  await calm.pass(5_000)
  expect(stopped).toBeLessThan(3_100)
  expect(errors).toEqual([])
  const next = read(calm, {}, 'b')
  await calm.pass(1_000)
  expect(next.batches.map(({ places }) => places)).toEqual([[1]])
})

test('a gap is handled once, and the reader goes on behind it', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme', 6)
  await calm.store.commit([{ write: 'cursor', tenant: 'acme', reader: 'sim', place: 4 }])
  await calm.store.commit([{ write: 'trim', tenant: 'acme', upTo: 4 }])
  await calm.store.commit([{ write: 'cursor', tenant: 'acme', reader: 'sim', place: 0 }])
  const gaps: number[] = []
  const { batches, errors } = read(calm, {
    handleGap: async ({ tenant, begins }) => {
      gaps.push(begins)
      return [{ write: 'item', item: { tenant, queue: 'backfill', key: 'all' }, set: {} }]
    },
  })
  await calm.pass(1_000)
  expect({ gaps, errors }).toEqual({ gaps: [5], errors: [] })
  expect(batches.map(({ places }) => places)).toEqual([[5, 6]])
  expect(await calm.store.items('acme', 'backfill', { limit: 10 })).toHaveLength(1)
})

test('without a handler a gap is reported, and nothing is passed over', async () => {
  const calm = createCalm()
  await createTenant(calm, 'acme', 6)
  await calm.store.commit([{ write: 'cursor', tenant: 'acme', reader: 'sim', place: 4 }])
  await calm.store.commit([{ write: 'trim', tenant: 'acme', upTo: 4 }])
  await calm.store.commit([{ write: 'cursor', tenant: 'acme', reader: 'sim', place: 0 }])
  const { batches, errors } = read(calm)
  await calm.pass(1_000)
  expect(batches).toEqual([])
  expect(errors[0]).toContain('The log begins at place 5')
  expect(await placeOf(calm.store, 'acme')).toBe(0)
})
