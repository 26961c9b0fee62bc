// Tests when a connection counts as refused.

import { expect, test } from 'vitest'
import { isRefusing } from './lately.ts'

const hour = (answered: number, refused: number) => [
  { outcome: 'answered' as const, n: answered },
  { outcome: 'refused' as const, n: refused },
]

test('a connection is refused if that happens often, or each time', () => {
  expect(isRefusing(hour(1_000, 5))).toBe(true)
  expect(isRefusing(hour(1_000, 4))).toBe(false)
  expect(isRefusing(hour(0, 2))).toBe(true)
  // Asking for what is not there is no fault.
  expect(isRefusing(hour(0, 1))).toBe(false)
  expect(isRefusing(hour(1, 2))).toBe(false)
  expect(isRefusing([])).toBe(false)
})
