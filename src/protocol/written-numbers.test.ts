// Numbers keep their digits.

import { expect, test } from 'vitest'
import type { Json } from './json.ts'
import { readJson } from './read-json.ts'
import { carryNumbers, isWrittenWhole, keepsDigits, numbersOf, textOfNumber } from './written-numbers.ts'

const read = (text: string): Json => readJson(text, { strictNames: false })

test.each([
  ['12345678901234567890', 'twenty digits'],
  ['-9007199254740993', 'one beyond what a number tells apart'],
  ['1.0', 'a fraction of nothing'],
  ['1e3', 'an exponent'],
  ['0.10', 'a zero at the end'],
  ['2E+2', 'a plus sign'],
])('%s is written again as it was (%s)', (spelt) => {
  const body = read(`{"a":"7.5","list":[${spelt}],"b":7}`)
  expect(textOfNumber(Number(spelt), numbersOf(body))).toBe(spelt)
  expect(textOfNumber(7, numbersOf(body))).toBe('7')
})

test('two texts for one number: neither is given', () => {
  const numbers = numbersOf(read('[9007199254740992, 9007199254740993, 9007199254740996]'))
  expect(textOfNumber(9007199254740992, numbers)).toBeUndefined()
  expect(textOfNumber(9007199254740996, numbers)).toBe('9007199254740996')
})

test('numbers in strings are no numbers', () => {
  const numbers = numbersOf(read(String.raw`{"a":"1.0 \" 1.00","b":1e0}`))
  expect(textOfNumber(1, numbers)).toBe('1e0')
})

test('S-043 numbers with a fraction or an exponent are not written whole', () => {
  const numbers = numbersOf(read('[1.0, 1e3, 2, 5.0, 5]'))
  expect([1, 1000, 2, 5].map((each) => isWrittenWhole(each, numbers))).toEqual([false, false, true, true])
})

test.each([
  ['1.50', true],
  ['15e-1', true],
  ['0.30000000000000004', true],
  ['123456789012345678', false],
  ['0.12345678901234567890', false],
  ['0.000', true],
])('%s keeps its digits: %s', (spelt, keeps) => {
  expect(keepsDigits(Number(spelt), numbersOf(read(`[${spelt}]`)))).toBe(keeps)
})

test('what was rewritten, or taken out, knows what the whole knew; plain bodies need no list', () => {
  const body = read('{"a":{"b":1.0}}')
  expect(textOfNumber(1, numbersOf(carryNumbers(body, { c: 1 })))).toBe('1.0')
  expect(numbersOf(read('{"a":1,"b":"2.0"}'))).toBeUndefined()
})
