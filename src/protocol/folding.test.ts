// Case folding.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attributeIn, COMMON } from './attributes.ts'
import { comparable, compareText, fold } from './folding.ts'
import type { Attribute } from './schema.ts'

const base: Attribute = {
  name: 'userName',
  type: 'string',
  multiValued: false,
  description: '',
  required: true,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'server',
}

describe('fold', () => {
  test.each([
    ['Bob', 'bob', 'P-540 letters'],
    ['ÄNNA', 'a\u0308nna', 'P-540 composed and decomposed'],
    ['ｂｏｂ', 'bob', 'P-540 full width'],
    ['ＢＯＢ', 'bob', 'P-540 full width capitals'],
    ['ｶﾞ', 'ガ', 'P-540 half width with a sound mark'],
    ['STRASSE', 'straße', 'P-543 sharp s'],
    ['ẞ', 'ss', 'P-543 capital sharp s'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος', 'P-543 final sigma'],
    ['ﬃ', 'FFI', 'P-543 ligature'],
    ['\u212A', 'k', 'P-543 Kelvin sign'],
    ['𐐀', '𐐨', 'P-543 beyond the basic plane'],
    ['ᾳ\u0301', 'ά\u0345', 'P-541 iota subscript in two orders'],
  ])('P-540 P-541 P-543 %s and %s compare equal (%s)', (a, b, _case) => {
    expect(fold(a)).toBe(fold(b))
  })

  test.each([
    ['I', 'ı', 'P-543 dotless i is a letter of its own, without locale'],
    ['i', 'İ', 'P-543 dotted capital I folds to i and a dot'],
    ['a', 'ä', 'accents count'],
    ['²', '2', 'compatibility characters other than width stay'],
  ])('P-543 %s and %s differ (%s)', (a, b, _case) => {
    expect(fold(a)).not.toBe(fold(b))
  })

  test('P-541 folding twice is folding once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text))
        expect(fold(text.normalize('NFD'))).toBe(fold(text.normalize('NFC')))
      }),
      { numRuns: 2000 },
    )
  })

  test('P-541 every code point folds to something stable', () => {
    for (let point = 0; point < 0x20000; point++) {
      if (point >= 0xd800 && point < 0xe000) continue
      const text = String.fromCodePoint(point)
      if (fold(fold(text)) !== fold(text)) expect.fail(point.toString(16))
    }
  })
})

describe('comparable', () => {
  test('S-073 P-133 case counts only where the attribute says so', () => {
    const id = attributeIn(COMMON, 'ID')
    expect(id && comparable(id, 'AbC')).toBe('AbC')
    expect(comparable(base, 'AbC')).toBe('abc')
  })
  test('P-542 runs of spaces count as one where values are unique', () => {
    expect(comparable(base, 'Ann\u3000  Lee')).toBe('ann lee')
    expect(comparable({ ...base, uniqueness: 'none' }, 'Ann  Lee')).toBe('ann  lee')
  })
})

describe('compareText', () => {
  test('P-164 orders as UTF-8 bytes do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))))
      }),
    )
    expect(compareText('\uff5e', '😀')).toBeLessThan(0)
  })
})
