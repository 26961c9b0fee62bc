// Signed cursors.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cursor, readCursor, writeCursor } from './cursor.ts'
import { ScimError } from './errors.ts'
import { LIMITS } from './limits.ts'

const key = crypto.getRandomValues(new Uint8Array(32))
const now = 1_767_225_600_000
const binding = { key, walk: '["acme","entra","/Users",null]', now }
const cursor: Cursor = { place: { key: 'bjensen', id: '2819c223' }, total: 25, count: 10 }

async function refusal(promise: Promise<unknown>): Promise<ScimError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  return expect.fail('was not refused')
}

describe('cursors', () => {
  test('C-002 C-022 what is written reads back, and holds unreserved characters only', async () => {
    const keys = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    )
    const places = fc.oneof(
      fc.record({ id: fc.string({ unit: 'grapheme' }) }),
      fc.record({ id: fc.uuid(), key: keys.map((one) => (Object.is(one, -0) ? 0 : one)) }),
    )
    await fc.assert(
      fc.asyncProperty(places, fc.nat(), fc.nat(), async (place, total, count) => {
        const text = await writeCursor({ place, total, count }, binding)
        expect(text).toMatch(/^[A-Za-z0-9._~-]+$/)
        expect(await readCursor(text, { ...binding, count: undefined })).toEqual({ place, total, count })
      }),
    )
  })

  test('C-007 C-018 C-020 C-021 anything else is invalidCursor, in the same words', async () => {
    const text = await writeCursor(cursor, binding)
    const forged = await refusal(readCursor('nonsense', binding))
    expect([forged.status, forged.scimType]).toEqual([400, 'invalidCursor'])
    const attempts = [
      () => readCursor(text, { ...binding, walk: '["acme","okta","/Users",null]' }),
      () => readCursor(text, { ...binding, key: crypto.getRandomValues(new Uint8Array(32)) }),
      () => readCursor(`${text}A`, binding),
      () => readCursor(text.replace('.', '..'), binding),
      () => readCursor('.', binding),
      () => readCursor('a.b', binding),
      () => readCursor('ü', binding),
      () => readCursor('x'.repeat(LIMITS.CURSOR_LENGTH + 1), binding),
    ]
    for (const attempt of attempts) expect((await refusal(attempt())).detail).toBe(forged.detail)
  })

  test('C-020 each character counts', async () => {
    const text = await writeCursor(cursor, binding)
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === 'A' ? 'B' : 'A'
      const error = await refusal(readCursor(text.slice(0, at) + other + text.slice(at + 1), binding))
      expect(error.scimType).toBe('invalidCursor')
    }
  })

  test('C-008 an old one is expiredCursor', async () => {
    const text = await writeCursor(cursor, binding)
    const last = now + LIMITS.CURSOR_SECONDS * 1000
    expect(await readCursor(text, { ...binding, now: last })).toEqual(cursor)
    expect((await refusal(readCursor(text, { ...binding, now: last + 1000 }))).scimType).toBe('expiredCursor')
  })

  test('C-007 C-009 another count is invalidCount, none or the same is fine', async () => {
    const text = await writeCursor(cursor, binding)
    expect(await readCursor(text, { ...binding, count: 10 })).toEqual(cursor)
    expect(await readCursor(text, binding)).toEqual(cursor)
    expect((await refusal(readCursor(text, { ...binding, count: 11 }))).scimType).toBe('invalidCount')
  })
})
