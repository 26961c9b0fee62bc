// Tests when a connection counts as quiet, and how counts become points.

import { describe, expect, test } from 'vitest'
import type { Count } from './counts.ts'
import { heardOf, quietOf } from './quiet.ts'
import { MOST_POINTS, seriesOf } from './series.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = 100 * DAY

test.each([
  ['entra', 2 * HOUR, 40 * 60_000, false, 'it speaks every 40 minutes'],
  ['entra', 3 * HOUR + 1, 40 * 60_000, true, 'three hours are too long for it'],
  ['google', 23 * HOUR, HOUR, false, 'it speaks every few hours'],
  ['google', 25 * HOUR, HOUR, true, 'a day is too long for it'],
  ['okta', 23 * HOUR, HOUR, false, 'it speaks on change: a day is nothing'],
  ['okta', 25 * HOUR, HOUR, true, 'much longer than it ever was'],
  ['okta', 5 * DAY, 2 * DAY, false, 'weekends are usual'],
  ['okta', 7 * DAY, 2 * DAY, true, 'even longer than three weekends'],
])('%s silent for %d ms, at most %d before: quiet %s, %s', (kind, silent, longestMs, isQuiet) => {
  const heard = { tenant: 't', connection: 'c', first: 0, last: NOW - silent, longestMs }
  expect(quietOf(heard, kind, NOW) !== undefined).toBe(isQuiet)
})

test('silences are between the last request of one minute and the next one', () => {
  const spoke = (minute: number, last: number) => ({ tenant: 't', connection: 'c', minute, last })
  const heard = heardOf([spoke(3_000, 3_500), spoke(0, 900), spoke(1_000, 1_900)])
  expect(heard).toEqual([{ tenant: 't', connection: 'c', first: 0, last: 3_500, longestMs: 1_100 }])
})

describe('a series', () => {
  const count = (minute: number, n: number, more: Partial<Count> = {}): Count => ({
    minute,
    tenant: 't',
    connection: 'c',
    asks: 'read',
    outcome: 'answered',
    n,
    us: n * 700,
    buckets: Array.from({ length: 14 }, (_, at) => (at === 1 ? n : 0)),
    last: minute,
    ...more,
  })

  test('has a point for each step, also where nothing happened, and counts each request once', () => {
    const counts = [count(0, 2), count(60_000, 3, { outcome: 'refused' }), count(240_000, 5, { asks: 'create' })]
    const points = seriesOf(counts, { from: 30_000, until: 300_000, step: 120_000 })
    expect(points.map(({ at, outcomes }) => [at, outcomes.answered, outcomes.refused])).toEqual([
      [0, 2, 3],
      [120_000, 0, 0],
      [240_000, 5, 0],
    ])
    expect(points.map(({ medianUs, p99Us }) => [medianUs, p99Us])).toEqual([
      [1_000, 1_000],
      [undefined, undefined],
      [1_000, 1_000],
    ])
    expect(points[2]?.asks).toMatchObject({ create: 5, read: 0 })
  })

  test('is bounded', () => {
    expect(seriesOf([], { from: 0, until: 1_000 * DAY, step: 60_000 })).toHaveLength(MOST_POINTS)
  })
})
