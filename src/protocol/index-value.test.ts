// Values in an index sort as they compare.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defineSchema } from './define.ts'
import { indexedLiteral, indexValue, isOrdered } from './index-value.ts'
import { instantOf } from './instant.ts'

const { attributes } = defineSchema({
  id: 'urn:example:all',
  name: 'All',
  attributes: {
    text: {},
    flag: { type: 'boolean' },
    count: { type: 'integer' },
    share: { type: 'decimal' },
    at: { type: 'dateTime' },
  },
})
const named = (name: string) => {
  const found = attributes.find((one) => one.name === name)
  if (found === undefined) throw new Error(name)
  return found
}

test('numbers stand in an index in their order', () => {
  const share = named('share')
  const numbers = fc.double({ noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const [x, y] = [indexValue(share, a) ?? '', indexValue(share, b) ?? '']
      expect(x < y).toBe(a < b)
      expect(x === y).toBe(a === b)
      expect(indexedLiteral(share, a)).toBe(x)
    }),
  )
})

test('times stand there as instants, whatever their offset', () => {
  const at = named('at')
  const early = indexValue(at, '2026-01-31T09:00:00Z') ?? ''
  expect(indexValue(at, '2026-01-31T10:00:00+01:00')).toBe(early)
  expect(indexValue(at, '2026-01-31T09:00:00.001Z')?.localeCompare(early)).toBe(1)
  expect(indexedLiteral(at, instantOf('2026-01-31T09:00:00Z') ?? 0)).toBe(early)
  expect(indexValue(at, 'soon')).toBeUndefined()
})

test('what is not of the attribute’s type has no place there', () => {
  expect(indexValue(named('flag'), true)).toBe('true')
  expect(indexValue(named('flag'), 'true')).toBeUndefined()
  expect(indexValue(named('count'), '7')).toBeUndefined()
  expect(indexValue(named('text'), 'A')).toBe('a')
  expect(indexValue(named('text'), '')).toBeUndefined()
  expect(indexValue(named('text'), undefined)).toBeUndefined()
  expect(attributes.filter(isOrdered).map(({ name }) => name)).toEqual(['flag', 'count', 'share', 'at'])
})
