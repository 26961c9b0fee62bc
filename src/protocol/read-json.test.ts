// JSON bodies, read and refused.

import { describe, expect, test } from 'vitest'
import { ScimError } from './errors.ts'
import type { Json } from './json.ts'
import { LIMITS } from './limits.ts'
import { readJson } from './read-json.ts'

const strict = (text: string): Json => readJson(text, { strictNames: true })
const lenient = (text: string): Json => readJson(text, { strictNames: false })

function refusal(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof ScimError) return error.scimType ?? String(error.status)
    throw error
  }
}

test.each([
  '',
  '{',
  '{"a":}',
  "{'a':1}",
  '{"a":1,}',
  '[1,]',
  'undefined',
  '{"a":1} x',
  '\u0000',
  '{"a":01}',
  '{"a":NaN}',
  '"\n"',
])('P-560 %j is no JSON: invalidSyntax', (text) => {
  expect(refusal(() => strict(text))).toBe('invalidSyntax')
  expect(refusal(() => lenient(text))).toBe('invalidSyntax')
})

test('P-477 the refusal does not quote the body', () => {
  expect(() => strict('{"password":"hunter2" x}')).toThrow(
    expect.objectContaining({ detail: expect.not.stringContaining('hunter2') }),
  )
  expect(() => strict('hunter2')).toThrow(expect.objectContaining({ detail: expect.not.stringContaining('hunter2') }))
})

test('a byte order mark may stand before it', () => {
  expect(strict('\ufeff{"a":1}')).toEqual({ a: 1 })
})

describe('what JSON allows and no resource holds', () => {
  test.each([
    ['{"a":"x\\u0000"}', 'invalidValue', 'NUL'],
    ['{"a":"\\ud800"}', 'invalidValue', 'half a surrogate pair'],
    ['{"a":["\\udc00x"]}', 'invalidValue', 'the other half'],
    ['{"\\ud800":1}', 'invalidSyntax', 'half a pair in a name'],
    ['{"a\\u0000":1}', 'invalidSyntax', 'NUL in a name'],
    ['{"a":1e999}', 'invalidSyntax', 'a number out of range'],
    ['[-1e999]', 'invalidSyntax', 'another one'],
  ])('%j: %s (%s)', (text, scimType, _case) => {
    expect(refusal(() => strict(text))).toBe(scimType)
    expect(refusal(() => lenient(text))).toBe(scimType)
  })
  test('a whole pair is fine', () => {
    expect(strict('{"a":"\\ud83d\\ude42"}')).toEqual({ a: '🙂' })
  })
  test('the limit of depth, and one past it', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(refusal(() => strict(nested(LIMITS.JSON_DEPTH)))).toBeUndefined()
    expect(refusal(() => strict(nested(LIMITS.JSON_DEPTH + 1)))).toBe('invalidSyntax')
    expect(refusal(() => lenient(nested(100_000)))).toBe('invalidSyntax')
    expect(refusal(() => lenient(`[1.5,${nested(100_000)}]`))).toBe('invalidSyntax')
  })
  test('the limit of members of one object, and one past it', () => {
    const object = (count: number) => `{${Array.from({ length: count }, (_, at) => `"a${at}":1`).join(',')}}`
    expect(refusal(() => strict(object(LIMITS.JSON_MEMBERS)))).toBeUndefined()
    expect(refusal(() => lenient(object(LIMITS.JSON_MEMBERS + 1)))).toBe('invalidSyntax')
    expect(refusal(() => lenient(`[${object(LIMITS.JSON_MEMBERS)},${object(LIMITS.JSON_MEMBERS)}]`))).toBeUndefined()
  })
  test('the limit of values, and one past it', () => {
    const list = (count: number) => `[${Array(count).fill('""').join(',')}]`
    expect(refusal(() => strict(list(LIMITS.JSON_VALUES)))).toBeUndefined()
    expect(refusal(() => lenient(list(LIMITS.JSON_VALUES + 1)))).toBe('413')
  })
  test('what is past a limit is refused before it is parsed', () => {
    expect(refusal(() => lenient(`${'['.repeat(LIMITS.JSON_DEPTH + 1)} this is no JSON`))).toBe('invalidSyntax')
    expect(() => lenient('['.repeat(10_000_000))).toThrow(
      expect.objectContaining({ detail: expect.stringContaining('nested deeper') }),
    )
    expect(refusal(() => lenient(`[${'1,'.repeat(LIMITS.JSON_VALUES)} this is no JSON`))).toBe('413')
  })
  test('the limit of strings, and one past it', () => {
    const text = (length: number) => JSON.stringify({ a: 'x'.repeat(length) })
    expect(refusal(() => strict(text(LIMITS.STRING_LENGTH)))).toBeUndefined()
    expect(refusal(() => strict(text(LIMITS.STRING_LENGTH + 1)))).toBe('invalidValue')
  })
})

describe('names', () => {
  test.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"x":[{"b":{"a":1,"c":"}","a":2}}]}',
    '{ "a" : "\\"" , "b":"," ,\n"a"\t:1}',
    '{"__proto__":1,"__proto__":2}',
  ])('%s: refused where names are strict, the last one elsewhere', (text) => {
    expect(refusal(() => strict(text))).toBe('invalidSyntax')
    expect(lenient(text)).toEqual(JSON.parse(text))
  })
  test.each([
    '{"a":1,"b":"a","c":["a","a"],"d":{"a":1},"e":[{"a":1},{"a":2}]}',
    '{"a":"\\\\","b":"{\\"b\\":1}"}',
    '"a"',
    '{}',
  ])('%s has none twice', (text) => {
    expect(strict(text)).toEqual(JSON.parse(text))
  })
  test('__proto__ is a name without effect', () => {
    const value = strict('{"__proto__":{"admin":true}}') as { readonly [name: string]: Json }
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect('admin' in value).toBe(false)
  })
})
