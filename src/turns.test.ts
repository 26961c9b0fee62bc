// Keys take turns.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('keys take turns, and within a key the first comes first', () => {
  const turns = createTurns<string>()
  for (const one of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) turns.add(one.charAt(0), one)
  const order = Array.from({ length: 7 }, () => turns.next())
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', undefined])
})

test('the key with the smallest load goes first, and one without a load waits', () => {
  const turns = createTurns<string>()
  for (const one of ['a1', 'b1', 'c1']) turns.add(one.charAt(0), one)
  const loads: { readonly [key: string]: number | undefined } = { a: 2, b: 1 }
  expect(turns.next((key) => loads[key])).toBe('b1')
  expect(turns.next((key) => loads[key])).toBe('a1')
  expect(turns.next((key) => loads[key])).toBeUndefined()
  expect(turns.size()).toBe(1)
})

test('no line, and not all together, get longer than they may', () => {
  const turns = createTurns<number>({ most: 3, mostOfOne: 2 })
  expect([turns.add('a', 1), turns.add('a', 2), turns.add('a', 3), turns.add('b', 4), turns.add('b', 5)]).toEqual([
    true,
    true,
    false,
    true,
    false,
  ])
  turns.remove('a', 1)
  turns.remove('a', 1)
  turns.remove('nobody', 1)
  expect(turns.size()).toBe(2)
  expect(turns.add('b', 5)).toBe(true)
  expect([turns.next(), turns.next(), turns.next(), turns.next()]).toEqual([2, 4, 5, undefined])
})

test('each other key overtakes a waiting entry at most once for each entry before it', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 60 }), (keys) => {
      const turns = createTurns<{ key: string; at: number }>()
      for (const [at, key] of keys.entries()) turns.add(key, { key, at })
      const out = keys.map(() => turns.next())
      const places = new Map<string, number>()
      for (const one of out) {
        if (one === undefined) return false
        const before = places.get(one.key) ?? 0
        places.set(one.key, before + 1)
        for (const [other, count] of places) if (other !== one.key && count > before + 1) return false
      }
      return turns.size() === 0
    }),
  )
})
