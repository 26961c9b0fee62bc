// Tests what is counted and what is kept, with a clock that the test sets, and a store that can fail.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type About, blankAbout } from '../call.ts'
import { type Environment, environment } from '../environment.ts'
import { createCatalog, Group, User } from '../protocol/index.ts'
import type { RecordStore } from './contract.ts'
import { memoryRecord } from './memory.ts'
import { createRecorder } from './recorder.ts'
import { sqliteRecord } from './sqlite/sqlite.ts'

const catalog = createCatalog([User, Group], 0)
const T = Date.UTC(2026, 10, 30, 12, 0, 30)
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A clock that stands still until it is told; timers that the test rings. */
function clock() {
  let now = 0
  let timers: { readonly at: number; readonly call: () => void }[] = []
  const own: Environment = {
    ...environment,
    now: () => T + now,
    monotonic: () => now,
    setTimer: (ms, call) => {
      const timer = { at: now + ms, call }
      timers.push(timer)
      return () => {
        timers = timers.filter((one) => one !== timer)
      }
    },
  }
  return {
    environment: own,
    pass: (ms: number) => {
      now += ms
      const due = timers.filter(({ at }) => at <= now)
      timers = timers.filter(({ at }) => at > now)
      for (const { call } of due) call()
    },
    timers: () => timers.length,
  }
}

function recording(store: RecordStore) {
  const time = clock()
  const failures: unknown[] = []
  const recorder = createRecorder({
    store,
    environment: time.environment,
    process: 'p',
    catalog: () => catalog,
    failed: (error) => failures.push(error),
  })
  const caller = { actor: 'entra-1', kind: 'entra', token: 'abc' }
  const answer = (method: string, path: string, status: number, more: Partial<About> = {}) => {
    const now = time.environment.monotonic()
    const call = { method, path, search: '', header: () => undefined, remote: undefined }
    const about = { ...blankAbout(), caller, ...more }
    const id = recorder.nextId(now)
    recorder.answered({ id, call, about, tenant: 'acme' }, status, 700, 10, now)
    return id
  }
  return { recorder, answer, time, failures, store }
}

const RANGE = { from: 0, until: T * 2, by: 'minute', tenants: ['acme'] } as const
const counted = async (store: RecordStore) => (await store.counts(RANGE)).reduce((sum, { n }) => sum + n, 0)
const lines = async (store: RecordStore) => (await store.page({ order: 'oldest', limit: 100_000 })).items

test('every request is counted; of reads 200 a second are kept, and a line says how many were not', async () => {
  const { recorder, answer, store } = recording(memoryRecord())
  for (let at = 0; at < 10_000; at++) answer('GET', '/Users/x', 200)
  await recorder.flush()
  expect(await counted(store)).toBe(10_000)
  const kept = await lines(store)
  const [unkept] = kept.filter((line) => line.unkept !== undefined)
  expect(kept).toHaveLength(2_001)
  expect(unkept).toMatchObject({ unkept: 8_000, asks: 'read', connection: 'entra-1', at: T, since: T })
})

test('a flood of reads pushes out neither writes nor failures', async () => {
  const { recorder, answer, store } = recording(memoryRecord())
  for (let at = 0; at < 5_000; at++) answer('GET', '/Users/x', 200)
  const ids = [answer('PATCH', '/Users/x', 200), answer('GET', '/Users/y', 404), answer('POST', '/Users', 500)]
  await recorder.flush()
  for (const id of ids) expect(await store.line(id)).toBeDefined()
})

test('what saved up is kept again', async () => {
  const { recorder, answer, time, store } = recording(memoryRecord())
  for (let at = 0; at < 2_100; at++) answer('GET', '/Users/x', 200)
  time.pass(1_000)
  for (let at = 0; at < 300; at++) answer('GET', '/Users/x', 200)
  await recorder.flush()
  expect((await lines(store)).filter(({ unkept }) => unkept === undefined)).toHaveLength(2_200)
  expect(await counted(store)).toBe(2_400)
})

test('counts belong to the minute in which requests were answered', async () => {
  const { recorder, answer, time, store } = recording(memoryRecord())
  answer('GET', '/Users', 200)
  time.pass(29_999)
  answer('GET', '/Users', 200)
  time.pass(1)
  answer('GET', '/Users', 200)
  await recorder.flush()
  const counts = await store.counts(RANGE)
  expect(counts.map(({ minute, n }) => [new Date(minute).toISOString(), n])).toEqual([
    ['2026-11-30T12:00:00.000Z', 2],
    ['2026-11-30T12:01:00.000Z', 1],
  ])
})

test('lines are written after a quarter of a second, counts after ten; then no timer is left', async () => {
  const { answer, time, store } = recording(memoryRecord())
  answer('GET', '/Users', 200)
  time.pass(250)
  await new Promise((resolve) => setTimeout(resolve, 1))
  expect(await lines(store)).toHaveLength(1)
  expect(await counted(store)).toBe(0)
  for (let at = 0; at < 45; at++) {
    time.pass(250)
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  expect(await counted(store)).toBe(1)
  expect(time.timers()).toBe(0)
})

test('lines are made 32 together, or with the next timer, and at once while the store is slow: values wait no longer', async () => {
  const time = clock()
  let made = 0
  let end = () => {}
  const slow = new Promise<void>((resolve) => (end = resolve))
  const recorder = createRecorder({
    store: { ...memoryRecord(), append: () => slow },
    environment: time.environment,
    process: 'p',
    // Each line asks for the words of its tenant.
    catalog: () => {
      made++
      return catalog
    },
  })
  const call = { method: 'POST', path: '/Users', search: '', header: () => undefined, remote: undefined }
  const answer = () => recorder.answered({ id: 'r', call, about: blankAbout(), tenant: 'acme' }, 401, 1, 1, 0)
  for (let at = 0; at < 31; at++) answer()
  expect(made).toBe(0)
  answer()
  expect(made).toBe(32)
  answer()
  time.pass(250)
  expect(made).toBe(33)
  answer()
  expect(made).toBe(34)
  end()
  await recorder.close()
})

test('a line that is kept while only counts wait is written a quarter of a second later', async () => {
  const { answer, time, store } = recording(memoryRecord())
  const pass = async (ms: number) => {
    time.pass(ms)
    // The write is begun by the timer and ends by itself.
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (let nth = 1; nth <= 5; nth++) {
    answer('POST', '/Users', 201)
    await pass(250)
    expect(await lines(store)).toHaveLength(nth)
    expect(time.timers()).toBe(1)
    await pass(600)
  }
})

test('while the store takes nothing, lines wait as far as there is room, counts are exact, and it says since when', async () => {
  const inner = memoryRecord(1_000_000)
  let isFull = true
  const store: RecordStore = {
    ...inner,
    append: async (batch) => {
      if (isFull) throw new Error('the disk is full')
      await inner.append(batch)
    },
  }
  const { recorder, answer, time, failures } = recording(store)
  answer('GET', '/Users', 200)
  await recorder.flush()
  expect(recorder.failingSince()).toBe(T)
  for (let second = 0; second < 120; second++) {
    for (let at = 0; at < 300; at++) answer('PATCH', '/Users/x', 200)
    time.pass(1_000)
  }
  await recorder.flush()
  expect([recorder.failingSince(), failures.length]).toEqual([T, 1])
  isFull = false
  await recorder.flush()
  expect(recorder.failingSince()).toBeUndefined()
  expect(await counted(inner)).toBe(36_001)
  const found = await lines(inner)
  expect(found.reduce((sum, { unkept = 1 }) => sum + unkept, 0)).toBe(36_001)
  expect(found.length).toBeLessThan(21_000)
})

test('a file that is full keeps what it has, and takes lines again when there is room', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-record-'))
  closing.push(() => rmSync(folder, { recursive: true }))
  const store = sqliteRecord(join(folder, 'test.record.db'), { mostPages: 120 })
  closing.push(() => store.close())
  const { recorder, answer } = recording(store)
  for (let at = 0; at < 3_000 && recorder.failingSince() === undefined; at++) {
    answer('PATCH', '/Users/x', 200)
    if (at % 100 === 0) await recorder.flush()
  }
  expect(recorder.failingSince()).toBeDefined()
  const before = (await store.size()).lines
  expect(before).toBeGreaterThan(100)
  const keep = { minutesBefore: 0, hoursBefore: 0, valuesBefore: 0, most: 1, mostBytes: 2 ** 40, fair: 10, step: 2_000 }
  await store.trim({ ...keep, before: 0 })
  await recorder.flush()
  expect(recorder.failingSince()).toBeUndefined()
})
