// Sizes of values as JSON, held against JSON itself.

import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from './json.ts'
import { fitsInBytes } from './json-size.ts'

test('a value fits exactly where its JSON does', () => {
  const values = fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<Json>
  fc.assert(
    fc.property(values, fc.integer({ min: -3, max: 3 }), (value, more) => {
      const bytes = Buffer.byteLength(JSON.stringify(value))
      expect(fitsInBytes(value, bytes + more)).toBe(more >= 0)
    }),
  )
})

test('what JSON leaves out takes nothing', () => {
  const value = { a: 'x', b: undefined } as never
  expect(fitsInBytes(value, 9)).toBe(true)
  expect(fitsInBytes(value, 8)).toBe(false)
})
