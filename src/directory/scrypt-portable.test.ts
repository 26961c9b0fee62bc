// Tests scrypt in JavaScript against Node's.

import { randomBytes, scryptSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { scryptPortable } from './scrypt-portable.ts'

test.each([
  [16, 1, 1],
  [64, 8, 1],
  [1024, 8, 2],
  [32, 3, 3],
])('N %d, r %d, p %d: the key is the same', async (N, r, p) => {
  for (const password of ['', 'correct horse', 'pässwörd 🐎']) {
    const salt = new Uint8Array(randomBytes(16))
    const key = await scryptPortable(password, salt, { N, r, p, keyBytes: 32 })
    expect(Buffer.from(key).toString('hex')).toBe(scryptSync(password, salt, 32, { N, r, p }).toString('hex'))
  }
})

test('the vector of RFC 7914 §12', async () => {
  const salt = new TextEncoder().encode('NaCl')
  const key = await scryptPortable('password', salt, { N: 1024, r: 8, p: 16, keyBytes: 64 })
  expect(Buffer.from(key).toString('hex')).toMatch(/^fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162/)
})
