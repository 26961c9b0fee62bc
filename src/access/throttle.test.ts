// Tests the token buckets.

import { expect, test } from 'vitest'
import { createBuckets } from './throttle.ts'

test('D-023 a bucket gives its burst, then as it fills, and says how long to wait', () => {
  let now = 0
  const { take } = createBuckets({ perSecond: 2, burst: 3, now: () => now })
  expect([take('a'), take('a'), take('a'), take('a')]).toEqual([0, 0, 0, 1])
  expect(take('b')).toBe(0)
  now += 500
  expect([take('a'), take('a')]).toEqual([0, 1])
  now += 3_600_000
  expect([take('a'), take('a'), take('a'), take('a')]).toEqual([0, 0, 0, 1])
})

test('a slow bucket names the whole wait, and no more keys are kept than are allowed', () => {
  let now = 0
  const { take } = createBuckets({ perSecond: 0.1, burst: 1, now: () => now })
  expect([take('first'), take('first')]).toEqual([0, 10])
  for (let key = 0; key < 10_000; key++) take(`k${key}`)
  // Forgotten, which is as if it were full.
  expect(take('first')).toBe(0)
  now += 1
})

test('the clock is one that cannot be set back', () => {
  const { take } = createBuckets({ perSecond: 1_000, burst: 1 })
  const real = Date.now
  try {
    expect(take('a')).toBe(0)
    Date.now = () => real() - 86_400_000
    const until = performance.now() + 5
    while (performance.now() < until);
    expect(take('a')).toBe(0)
  } finally {
    Date.now = real
  }
})
