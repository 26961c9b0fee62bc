// Tests SHA-256 in JavaScript against Node's.

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256Hex, sha256Portable } from './sha256.ts'

const hexOf = (words: Uint32Array) => [...words].map((word) => word.toString(16).padStart(8, '0')).join('')

test('where Node is not, texts have the same hash', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const expected = createHash('sha256').update(text).digest('hex')
      expect(hexOf(sha256Portable(text))).toBe(expected)
      expect(sha256Hex(text)).toBe(expected)
    }),
  )
})

test.each([55, 56, 63, 64, 65, 119, 120])('a text of %d bytes, where the length begins a new block', (length) => {
  const text = 'a'.repeat(length)
  expect(hexOf(sha256Portable(text))).toBe(createHash('sha256').update(text).digest('hex'))
})
