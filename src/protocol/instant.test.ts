// Times are parsed and written.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatInstant, instantOf } from './instant.ts'

test.each([
  ['2026-01-01T00:00:00Z', 1767225600000],
  ['2026-01-01T00:00:00', 1767225600000],
  ['2026-01-01T02:00:00+02:00', 1767225600000],
  ['2025-12-31T18:30:00-05:30', 1767225600000],
  ['2026-01-01T00:00:00.1239Z', 1767225600123],
  ['2026-01-01T00:00:00.5Z', 1767225600500],
  ['2025-12-31T24:00:00Z', 1767225600000],
  ['1970-01-01T00:00:00Z', 0],
  ['0001-01-01T00:00:00Z', -62135596800000],
  ['2024-02-29T00:00:00Z', 1709164800000],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-00-01T00:00:00Z', undefined],
  ['2026-01-01T24:00:01Z', undefined],
  ['2026-01-01T00:60:00Z', undefined],
  ['2026-01-01T00:00:60Z', undefined],
  ['2026-01-01T00:00:00+15:00', undefined],
  ['2026-01-01', undefined],
  ['2026-01-01 00:00:00Z', undefined],
  ['2026-1-1T00:00:00Z', undefined],
  ['2026-01-01T00:00Z', undefined],
  ['2026-01-01T00:00:00.Z', undefined],
  ['999999-01-01T00:00:00Z', undefined],
  ['yesterday', undefined],
  ['', undefined],
])('S-044 A-29 %s is %s', (text, expected) => {
  expect(instantOf(text)).toBe(expected)
})

test('milliseconds are written as toISOString writes them, from day to day', () => {
  fc.assert(
    fc.property(fc.array(fc.date({ noInvalidDate: true }), { minLength: 1, maxLength: 4 }), (dates) => {
      for (const date of dates) expect(formatInstant(date.getTime())).toBe(date.toISOString())
    }),
  )
  for (const at of [0, -1, 86_399_999, 86_400_000, 1_795_978_705_391]) {
    expect(formatInstant(at)).toBe(new Date(at).toISOString())
  }
  expect(() => formatInstant(Number.NaN)).toThrow(RangeError)
})
