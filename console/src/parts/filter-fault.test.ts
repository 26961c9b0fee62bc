// What is wrong with filters, at which character.

import { expect, test } from 'vitest'
import { faultOfFilter } from './filter-fault.ts'

test.each([
  ['', undefined],
  ['userName eq "ann" and active eq true', undefined],
  ['userName eqq "ann"', 9],
  ['userName eq "ann', 12],
  ['userName eq "ann" and', 18],
])('%s', (text, at) => {
  expect(faultOfFilter(text)?.at).toBe(at)
})
