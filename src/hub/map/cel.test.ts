// Tests of expressions: what they can do, and that none takes long, whatever it says.

import { describe, expect, test } from 'vitest'
import type { Json } from '../../protocol/index.ts'
import { readExpression } from './cel.ts'
import { MAP_LIMITS } from './map-limits.ts'

const evaluate = (text: string, user: Json = {}): Json => {
  const read = readExpression(text, ['user'])
  if (typeof read === 'string') throw new Error(read)
  return read.evaluate({ user })
}
const list = (count: number) => Array.from({ length: count }, (_, at) => ({ value: `v${at}` }))

describe('results', () => {
  test.each<[string, Json]>([
    ['1 + 2', 3],
    ['1.5', 1.5],
    ['"a" + "b"', 'ab'],
    ['[1, "x", true, null]', [1, 'x', true, null]],
    ['{"a": {"b": [1]}}', { a: { b: [1] } }],
    ['user.exists("x")', 'fault'],
    ['" ab ".trim().upper()', 'AB'],
    ['"Ä B".slug()', 'a-b'],
    ['"a.b.c".split(".").join("-")', 'a-b-c'],
    ['"a$b".replace("b", "$&")', 'a$$&'],
    ['"😀😀😀".truncate(2)', '😀😀'],
    ['"abc".matches("^a.c$")', true],
  ])('%s', (text, expected) => {
    if (expected === 'fault') expect(() => evaluate(text)).toThrow()
    else expect(evaluate(text)).toEqual(expected)
  })

  test.each([
    '1/0',
    '0.0/0.0',
    'b"x"',
    '9223372036854775807',
    '{1: 2}',
    'type(1)',
    'timestamp("2026-01-01T00:00:00Z")',
  ])('%s gives nothing that can be sent', (text) => {
    expect(() => evaluate(text)).toThrow(RangeError)
  })

  test('names that every object inherits are no fields', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect(() => evaluate(`user.${name}`)).toThrow(/not found/)
  })
})

describe('what is refused before it runs', () => {
  const nested = (levels: number) => `${'user.l.map(a, '.repeat(levels)}1${')'.repeat(levels)}`
  test.each([
    ['too long', `"${'x'.repeat(MAP_LIMITS.EXPRESSION_LENGTH)}"`, /longer than 4096/],
    ['loops too deep in each other', nested(MAP_LIMITS.EXPRESSION_LOOPS + 1), /more than 2 comprehensions/],
    [
      'nested too deep',
      `${'['.repeat(MAP_LIMITS.EXPRESSION_DEPTH)}1${']'.repeat(MAP_LIMITS.EXPRESSION_DEPTH)}`,
      /nested more than 60/,
    ],
    ['nested far too deep', `${'('.repeat(2_000)}1${')'.repeat(2_000)}`, /nested too deep/],
    ['not an expression', 'user.name ++', /expecting/],
    ['an unknown function', 'shout(user.name)', /no function shout/],
    ['an unknown method', 'user.name.shout()', /no function shout/],
    ['an unknown variable', 'usr.name', /no variable usr/],
    ['the meter itself', '@tick()', /expecting/],
  ])('%s', (_case, text, why) => {
    expect(readExpression(text, ['user'])).toMatch(why)
  })

  test('what is at the bounds is taken', () => {
    const longest = `"${'x'.repeat(MAP_LIMITS.EXPRESSION_LENGTH - 2)}"`
    expect(evaluate(longest)).toHaveLength(MAP_LIMITS.EXPRESSION_LENGTH - 2)
    expect(evaluate(nested(2), { l: [1, 2] })).toEqual([
      [1, 1],
      [1, 1],
    ])
    const deepest = MAP_LIMITS.EXPRESSION_DEPTH - 1
    expect(typeof readExpression(`${'['.repeat(deepest)}1${']'.repeat(deepest)}`, ['user'])).toBe('object')
  })

  test('loops one after the other are not in each other', () => {
    expect(evaluate('user.l.map(a, a + 1.0).filter(a, a > 2).map(a, a * 2.0)', { l: [1, 2, 3] })).toEqual([6, 8])
  })
})

/** What would take long, doubles, or fills memory. Without the meter, each of these takes seconds, or all there is. */
describe('what takes too much ends with a fault', () => {
  const doubling = (times: number) => `["aaaaaaaaaaaaaaaa"]${'.map(x, x + x)'.repeat(times)}`
  test.each<[string, string, Json]>([
    ['two loops in each other', 'user.l.map(a, user.l.map(b, a.value + b.value)).size()', { l: list(1_000) }],
    ['loops that call nothing', 'user.l.all(a, user.l.all(b, true)) ? 1 : 2', { l: list(1_000) }],
    [
      'an error that would be ignored',
      'user.l.exists(a, user.l.exists(b, b.value == "z")) || true',
      { l: list(1_000) },
    ],
    ['text that doubles', doubling(30), {}],
    ['text that is multiplied', 'user.t.replace("a", user.t)', { t: 'a'.repeat(60_000) }],
    ['text that is put in between', 'user.l.map(a, "x").join(user.t)', { l: list(1_000), t: 'y'.repeat(60_000) }],
    [
      'text that is looked at again and again',
      'user.l.map(a, user.t.contains("b"))',
      { l: list(1_000), t: 'a'.repeat(900_000) },
    ],
    ['a pattern that repeats', 'user.t.matches("(a?){1000}(a){1000}")', { t: 'a'.repeat(10_000) }],
    [
      'patterns again and again',
      'user.l.map(a, user.t.matches("(x|y)*z{40}"))',
      { l: list(1_000), t: 'x'.repeat(2_000) },
    ],
    [
      'a list that grows',
      'user.l.map(a, user.l).map(b, b + b + b + b + b + b + b + b + b + b + b)',
      { l: list(1_000) },
    ],
    ['a result with more values than there is room for', 'user.l.map(a, user.l)', { l: list(200) }],
  ])('%s', (_case, text, user) => {
    expect(() => evaluate(text, user)).toThrow(/takes more than|makes a|gives more than/)
  })

  test('a pattern that takes others exponential time', () => {
    expect(evaluate('user.t.matches("^(a+)+$")', { t: `${'a'.repeat(28)}b` })).toBe(false)
    expect(evaluate('user.t.matches("^(a+)+$")', { t: `${'a'.repeat(20_000)}b` })).toBe(false)
  })

  test('each evaluation has all its steps', () => {
    const read = readExpression('user.l.map(a, a.value).size()', ['user'])
    if (typeof read === 'string') throw new Error(read)
    for (let at = 0; at < 20; at++) expect(read.evaluate({ user: { l: list(5_000) } })).toBe(5_000)
  })

  test('an evaluation that a fault ended leaves nothing behind', () => {
    expect(() => evaluate(doubling(30))).toThrow()
    expect(evaluate('"a" + "b"')).toBe('ab')
  })
})
