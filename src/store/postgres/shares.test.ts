// Tests of the shares that keys have of a limited number of places.

import { expect, test } from 'vitest'
import { environment } from '../../environment.ts'
import { StoreUnavailable } from '../contract/index.ts'
import { createShares } from './shares.ts'

const options = { environment, places: 4, each: 2, patienceMs: 60_000, refusal: 'too much' }

/** Work that runs until it is ended from outside. */
function stage() {
  const ends: (() => void)[] = []
  const began: string[] = []
  const work = (key: string) => () =>
    new Promise<void>((resolve) => {
      began.push(key)
      ends.push(resolve)
    })
  return { began, ends, work }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('one key never has all places, and another begins at once', async () => {
  const shares = createShares(options)
  const { began, ends, work } = stage()
  const all = Array.from({ length: 12 }, () => shares.run('a', work('a')))
  all.push(shares.run('b', work('b')))
  await settle()
  expect(began).toEqual(['a', 'a', 'b'])
  while (began.length < 13 || ends.length > 0) {
    ends.shift()?.()
    await settle()
  }
  await Promise.all(all)
})

test('keys that wait take turns, however many places they want', async () => {
  const shares = createShares({ ...options, places: 1, each: 1 })
  const { began, ends, work } = stage()
  const all = ['a', 'a', 'a', 'b', 'c', 'b'].map((key) => shares.run(key, work(key)))
  for (let n = 0; n < 6; n++) {
    await settle()
    ends.shift()?.()
  }
  await Promise.all(all)
  expect(began).toEqual(['a', 'a', 'b', 'c', 'a', 'b'])
})

test('a key that waits too long is refused, and failed work gives its place back', async () => {
  const shares = createShares({ ...options, places: 1, each: 1, patienceMs: 1 })
  const { ends, work } = stage()
  const first = shares.run('a', work('a'))
  const late = await shares.run('b', work('b')).catch((error: unknown) => error)
  expect(late).toBeInstanceOf(StoreUnavailable)
  expect(late).toMatchObject({ busy: true, message: 'too much' })
  ends.shift()?.()
  await first
  await expect(shares.run('c', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await shares.run('d', async () => 1)).toBe(1)
})

test('keys that hang by the same node never have all the places together', async () => {
  const node = (key: string) => (key === 'd' ? undefined : key === 'c' ? 'good' : 'hung')
  const shares = createShares({ ...options, groups: { of: node, each: 3 } })
  const { began, ends, work } = stage()
  const all = ['a', 'a', 'a', 'b', 'b', 'c', 'd'].map((key) => shares.run(key, work(key)))
  await settle()
  expect(began).toEqual(['a', 'a', 'b', 'c'])
  // What the good one gives back goes to those who don't wait for the hung one.
  ends.splice(3, 1)[0]?.()
  await settle()
  expect(began).toEqual(['a', 'a', 'b', 'c', 'd'])
  while (began.length < 7 || ends.length > 0) {
    ends.shift()?.()
    await settle()
  }
  await Promise.all(all)
})
