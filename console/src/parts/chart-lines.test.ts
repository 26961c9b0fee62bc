// What a chart shows of few points: each, on an axis around it.

import { expect, test } from 'vitest'
import { isWhole, lonely, reach } from './chart-lines.ts'

test('what has no neighbour is a point, what has one is a line', () => {
  expect(lonely([3])).toEqual([0])
  expect(lonely([null, 0, null, 2, 3, null, 5])).toEqual([1, 6])
  expect(lonely([1, 2])).toEqual([])
})

test('the axis of a single moment goes around it, and one that counts has no halves', () => {
  expect(reach([1_000_000])).toEqual([940, 1_060])
  expect(reach([1_000_000, 1_005_000])).toEqual([1_000, 1_005])
  expect([isWhole([{ label: 'a', values: [1, null, 0] }]), isWhole([{ label: 'a', values: [0.5] }])]).toEqual([
    true,
    false,
  ])
})
