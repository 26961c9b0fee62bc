// What is in memory of a live list: bounded, in order, nothing lost that could not be read again.

import { expect, test } from 'vitest'
import { MOST_LINES, nothingKept, type RequestLine, release, take, takeGap, toOlder } from './kept-lines.ts'

function lines(from: number, count: number): readonly RequestLine[] {
  return Array.from({ length: count }, (_, at) => ({ id: `r_${from + at}`, place: from + at }) as RequestLine)
}

test('ten minutes at 10,000 lines a minute, half of them paused: place kept, all counted, memory bounded', () => {
  const kept = nothingKept()
  kept.shown = []
  for (let at = 1; at <= 50_000; at += 500) {
    take(kept, lines(at, 500), at + 499)
    release(kept)
  }
  const before = kept.shown
  for (let at = 50_001; at <= 100_000; at += 500) {
    take(kept, lines(at, 500), at + 499)
    expect((kept.shown?.length ?? 0) + kept.held.length).toBeLessThanOrEqual(MOST_LINES)
  }
  expect(kept.shown).toBe(before)
  expect(kept.came).toBe(50_000)
  release(kept)
  const places = (kept.shown ?? []).map(({ place }) => place)
  expect(places).toEqual(Array.from({ length: 10_000 }, (_, at) => 90_001 + at))
  // What fell out is read again from there.
  expect(kept.next).toBe(90_001)
})

test('a gap is a line in its place, once, and what was read already is none', () => {
  const kept = nothingKept()
  kept.shown = []
  take(kept, lines(1, 3), 3)
  takeGap(kept, { to: 3 })
  takeGap(kept, { to: 90 })
  take(kept, lines(91, 1), 91)
  release(kept)
  expect(kept.shown.map(({ place, gap }) => [place, gap ?? false])).toEqual([
    [1, false],
    [2, false],
    [3, false],
    [90, true],
    [91, false],
  ])
})

test('older lines go before, until there is no room', () => {
  const kept = nothingKept()
  kept.shown = lines(1_001, 200)
  toOlder(kept, lines(801, 200).toReversed(), 801)
  expect(kept.shown.map(({ place }) => place)).toEqual(Array.from({ length: 400 }, (_, at) => 801 + at))
  expect(kept.next).toBe(801)
  kept.shown = lines(20_000, 10_000)
  toOlder(kept, lines(19_800, 200).toReversed(), 19_800)
  expect(kept.next).toBeUndefined()
})
