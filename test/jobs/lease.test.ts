// Tests of work under a lease: renewed, lost, expired, released.

import { expect, test } from 'vitest'
import { type HeldLease, LeaseLost, type LeaseTerms, TurnTooLong, underLease } from '../../src/jobs/index.ts'
import type { Work } from '../../src/store/index.ts'
import { type Calm, createCalm } from '../simulation/calm.ts'

const KEY = { tenant: '', name: 'log/crm' }

/** Runs work that takes this many milliseconds under a lease of 10 seconds. */
function hold(calm: Calm, name: string, ms: number, terms: Partial<LeaseTerms> = {}, store?: Partial<Work>) {
  const { process, store: own } = calm.start(name)
  const { environment } = process
  const held: { lease?: HeldLease; ended?: number; result?: unknown } = {}
  const all = { key: KEY, owner: name, ms: 10_000, ...terms }
  const run = underLease({ store: { ...own, ...store }, environment }, all, async (lease) => {
    held.lease = lease
    await environment.wait(ms)
    held.ended = calm.now()
    return name
  })
  run.then((result) => Object.assign(held, { result: result?.result ?? 'refused' }))
  return { held, process }
}

test('a lease lasts as long as its work and is free right after it', async () => {
  const calm = createCalm()
  const { held } = hold(calm, 'a', 35_000)
  await calm.pass(34_000)
  expect(await calm.store.leaseHolder(KEY)).toMatchObject({ owner: 'a', epoch: 1 })
  expect(held.lease?.signal.aborted).toBe(false)
  expect(held.lease?.remainingMs()).toBeGreaterThan(6_000)
  const other = hold(calm, 'b', 10)
  await calm.pass(500)
  expect(other.held).toEqual({ result: 'refused' })
  await calm.pass(1_000)
  expect(held.result).toBe('a')
  expect(await calm.store.leaseHolder(KEY)).toBeUndefined()
  expect(hold(calm, 'c', 10).held.lease).toBeUndefined()
  await calm.pass(100)
  expect(await calm.store.leaseHolder(KEY)).toBeUndefined()
})

test('the lease of an owner that has surely ended is taken over at once, as an abandoned one', async () => {
  const calm = createCalm()
  const dead = hold(calm, 'a', 60_000)
  await calm.pass(1_000)
  dead.process.crash()
  const wary = hold(calm, 'b', 10, { hasEnded: (owner) => owner !== 'a' })
  await calm.pass(500)
  expect(wary.held).toEqual({ result: 'refused' })
  const sure = hold(calm, 'c', 10, { hasEnded: (owner) => owner === 'a' })
  await calm.pass(500)
  expect(sure.held).toMatchObject({ result: 'c', lease: { epoch: 2, abandoned: true } })
})

test('an owner notices at its next renewal that its lease was taken, and does not release it', async () => {
  const calm = createCalm()
  const { held } = hold(calm, 'a', 8_000)
  await calm.pass(1_000)
  await calm.store.lease(KEY, 'b', 60_000, { from: 'a' })
  await calm.pass(3_000)
  expect(held.lease?.signal.reason).toBeInstanceOf(LeaseLost)
  expect(held.lease?.remainingMs()).toBeLessThanOrEqual(0)
  await calm.pass(10_000)
  expect(await calm.store.leaseHolder(KEY)).toMatchObject({ owner: 'b', epoch: 2 })
})

test('a lease that another owner had in the meantime is lost and released', async () => {
  const calm = createCalm()
  const { held } = hold(calm, 'a', 8_000)
  await calm.pass(1_000)
  await calm.store.lease(KEY, 'b', 60_000, { from: 'a' })
  await calm.store.release(KEY, 2)
  await calm.pass(3_000)
  expect(held.lease?.signal.reason).toBeInstanceOf(LeaseLost)
  await calm.pass(10_000)
  expect(await calm.store.leaseHolder(KEY)).toBeUndefined()
})

test.each([
  ['fails', () => Promise.reject(new Error('no database'))],
  ['hangs', () => new Promise<never>(() => {})],
])('a lease is lost when its time is up, while the database %s', async (_, answer) => {
  const calm = createCalm()
  let calls = 0
  const lease: Work['lease'] = (...given) => (++calls === 1 ? calm.store.lease(...given) : answer())
  const { held } = hold(calm, 'a', 60_000, {}, { lease })
  await calm.pass(9_990)
  expect(held.lease?.signal.aborted).toBe(false)
  await calm.pass(20)
  expect(held.lease?.signal.reason).toBeInstanceOf(LeaseLost)
  expect(calls).toBeLessThan(5)
})

test('a lease survives two failed renewals in a row', async () => {
  const calm = createCalm()
  let calls = 0
  const lease: Work['lease'] = (...given) =>
    ++calls % 3 === 1 ? calm.store.lease(...given) : Promise.reject(new Error('no database'))
  const { held } = hold(calm, 'a', 60_000, {}, { lease })
  await calm.pass(61_000)
  expect(held.lease?.signal.aborted).toBe(false)
  expect(held.result).toBe('a')
})

test('work that takes too long has its signal aborted, and its lease expires', async () => {
  const calm = createCalm()
  const { held } = hold(calm, 'a', 60_000, { longestMs: 20_000 })
  await calm.pass(20_100)
  expect(held.lease?.signal.reason).toBeInstanceOf(TurnTooLong)
  await calm.pass(10_000)
  expect(await calm.store.lease(KEY, 'b', 1)).toEqual({ epoch: 2, abandoned: true })
})

test('a process that sleeps past the end of its lease does not start the work', async () => {
  const calm = createCalm()
  const { held, process } = hold(calm, 'a', 10)
  process.sleep(11_000)
  await calm.pass(12_000)
  expect(held).toEqual({ result: 'refused' })
  expect(await calm.store.leaseHolder(KEY)).toBeUndefined()
})

test('work can be ended early, even before it starts', async () => {
  const calm = createCalm()
  const ending = new AbortController()
  const { held } = hold(calm, 'a', 5_000, { signal: ending.signal })
  await calm.pass(1_000)
  ending.abort()
  expect(held.lease?.signal.aborted).toBe(true)
  await calm.pass(5_000)
  expect(held.result).toBe('a')
  const later = hold(calm, 'b', 10, { signal: ending.signal })
  await calm.pass(100)
  expect(later.held).toEqual({ result: 'refused' })
})
