// The filter grammar.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { vectors } from '../../test/vectors/vectors.ts'
import { LENIENT, STRICT } from './allowances.ts'
import { ScimError } from './errors.ts'
import { decodePercent, type Filter, filter, formatFilter, parseFilter } from './filter.ts'
import { LIMITS } from './limits.ts'
import { formatPath, parsePath } from './path.ts'

function refused(run: () => unknown): ScimError {
  try {
    run()
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  return expect.fail('was not refused')
}

test('a quote that is never closed is said with its place', () => {
  expect(refused(() => parseFilter('userName eq "a')).detail).toBe(
    'The quote at character 13 of the filter is never closed',
  )
})

describe('filters that read', () => {
  test.each(vectors('filter.valid.txt'))('P-122..125 P-127 reads $given', ({ given, expected }) => {
    const [, allowance, text = given] = /^\[(\w+)\] (.*)$/s.exec(given) ?? []
    if (allowance === undefined) {
      expect(formatFilter(parseFilter(text))).toBe(expected ?? text)
    } else {
      expect(refused(() => parseFilter(text, STRICT)).scimType).toBe('invalidFilter')
      expect(formatFilter(parseFilter(text, { ...STRICT, [allowance]: true }))).toBe(expected)
    }
    expect(formatFilter(parseFilter(text, LENIENT))).toBe(expected ?? text)
  })
})

describe('filters that do not', () => {
  test.each(vectors('filter.invalid.txt'))('P-126 P-127 P-136 P-145 refuses $given', ({ given, expected }) => {
    // What only a lenient connection reads isn't in this file but for the sub-attribute without an operator.
    const strict = refused(() => parseFilter(given, STRICT))
    const lenient = refused(() => parseFilter(given, LENIENT))
    expect([strict.status, strict.scimType]).toEqual([400, 'invalidFilter'])
    expect([lenient.status, lenient.scimType]).toEqual([400, 'invalidFilter'])
    expect(strict.detail).toContain(expected ?? '')
  })
  test.each([
    '',
    '   ',
    '\t',
    'userName eq "a\u0001"',
    'userName eq "a\n"',
    'userName eq "\ud83d"',
    'userName eq 1e999',
  ])('P-126 %j', (text) => {
    expect(refused(() => parseFilter(text, STRICT)).scimType).toBe('invalidFilter')
  })
  test.each(['userName eq bob', "userName eq 'bob'", 'userName eq True', 'age eq 01', 'age eq .5', 'age eq 0x1'])(
    'P-127 %s needs quotes on a strict connection',
    (text) => {
      expect(refused(() => parseFilter(text, STRICT)).detail).toContain('double quotes')
    },
  )
  test('P-148 the detail repeats no value', () => {
    for (const text of [
      'password eq hunter2',
      'password eq "hunter2" x',
      'password hunter2',
      'password eq "x" hunter2',
    ]) {
      expect(refused(() => parseFilter(text, STRICT)).detail).not.toContain('hunter2')
    }
  })
  test('P-126 any text either reads or is invalidFilter', () => {
    const words = fc.constantFrom(
      ...[
        'a',
        'eq',
        'pr',
        'and',
        'or',
        'not',
        '(',
        ')',
        '[',
        ']',
        '"x"',
        '"',
        ' ',
        '  ',
        '.',
        ':',
        '5',
        'true',
        '\\',
        '\t',
      ],
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(words).map((all) => all.join('')),
        ),
        (text) => {
          try {
            parseFilter(text, LENIENT)
          } catch (error) {
            expect(error).toBeInstanceOf(ScimError)
            expect(error).toMatchObject({ status: 400, scimType: 'invalidFilter' })
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})

const path = fc.constantFrom('a', 'userName', 'name.givenName', 'urn:x:2.0:User:manager.value', '$ref', 'and', 'not')
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
)
const op = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'lt', 'ge', 'le')

function filters(depth: number, inside: boolean): fc.Arbitrary<Filter> {
  const leaf: fc.Arbitrary<Filter> = fc.oneof(
    fc.record({ op: fc.constant('pr' as const), path }),
    fc.record({ op, path, value }),
  )
  if (depth === 0) return leaf
  const deeper = filters(depth - 1, inside)
  return fc.oneof(
    leaf,
    fc.record({ op: fc.constantFrom('and', 'or'), all: fc.array(deeper, { minLength: 2, maxLength: 4 }) }),
    fc.record({ op: fc.constant('not' as const), filter: deeper }),
    ...(inside ? [] : [fc.record({ op: fc.constant('has' as const), path, filter: filters(depth - 1, true) })]),
  )
}

describe('formatFilter', () => {
  test('P-123 what is written reads as the same tree', () => {
    fc.assert(
      fc.property(filters(3, false), (tree) => {
        expect(parseFilter(formatFilter(tree))).toEqual(tree)
        expect(parseFilter(formatFilter(tree), LENIENT)).toEqual(tree)
      }),
      { numRuns: 1000 },
    )
  })
  test('P-127 the tag quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(parseFilter(filter`userName eq ${name} and active eq ${true}`)).toEqual({
          op: 'and',
          all: [
            { op: 'eq', path: 'userName', value: name },
            { op: 'eq', path: 'active', value: true },
          ],
        })
      }),
    )
  })
})

describe('limits', () => {
  const nested = (deep: number) => `${'('.repeat(deep)}a pr${')'.repeat(deep)}`
  test('P-124 depth', () => {
    expect(parseFilter(nested(LIMITS.FILTER_DEPTH))).toEqual({ op: 'pr', path: 'a' })
    expect(refused(() => parseFilter(nested(LIMITS.FILTER_DEPTH + 1))).detail).toContain('32 deep')
    expect(parseFilter('(a pr) and '.repeat(100).concat('a pr'))).toMatchObject({ op: 'and' })
    expect(refused(() => parseFilter('('.repeat(30_000))).scimType).toBe('invalidFilter')
  })
  test('FILTER_LENGTH', () => {
    const text = (length: number) => `a eq "${'x'.repeat(length - 7)}"`
    expect(parseFilter(text(LIMITS.FILTER_LENGTH))).toMatchObject({ op: 'eq' })
    expect(refused(() => parseFilter(text(LIMITS.FILTER_LENGTH + 1))).detail).toContain(String(LIMITS.FILTER_LENGTH))
  })
  test('FILTER_TERMS', () => {
    const text = (terms: number) => Array(terms).fill('a pr').join(' or ')
    expect(parseFilter(text(LIMITS.FILTER_TERMS))).toMatchObject({ op: 'or' })
    expect(refused(() => parseFilter(text(LIMITS.FILTER_TERMS + 1))).detail).toContain('500')
  })
  test('PATH_LENGTH', () => {
    const text = (length: number) => `a[b eq "${'x'.repeat(length - 10)}"]`
    expect(parsePath(text(LIMITS.PATH_LENGTH))).toMatchObject({ attribute: 'a' })
    expect(refused(() => parsePath(text(LIMITS.PATH_LENGTH + 1))).scimType).toBe('invalidPath')
  })
})

describe('decodePercent', () => {
  test.each([
    ['userName eq "a%40b"', 'userName eq "a@b"'],
    [
      'userName eq "a%2Bb" and (active eq true or title eq "100%")',
      'userName eq "a+b" and (active eq true or title eq "100%")',
    ],
    ['not (emails[value eq "%C3%BC"])', 'not (emails[value eq "ü"])'],
    ['userName eq "100%"', undefined],
    ['userName eq "%FF"', undefined],
    ['userName eq "a" and active pr', undefined],
  ])('Q06 %s', (text, expected) => {
    const decoded = decodePercent(parseFilter(text))
    expect(decoded && formatFilter(decoded)).toBe(expected)
  })
})

describe('paths', () => {
  test.each(vectors('path.valid.txt'))('P-344 P-350 reads $given', ({ given, expected }) => {
    expect(formatPath(parsePath(given))).toBe(expected ?? given)
  })
  test('their parts', () => {
    expect(parsePath('emails[type eq "work"].value')).toEqual({
      attribute: 'emails',
      filter: { op: 'eq', path: 'type', value: 'work' },
      sub: 'value',
    })
  })
})

describe('paths that do not read', () => {
  test.each(vectors('path.invalid.txt'))('P-343 P-344 P-394 refuses $given', ({ given }) => {
    const [, keyword, text = ''] = /^(\w+): (.*)$/s.exec(given) ?? []
    expect(refused(() => parsePath(text, STRICT)).scimType).toBe(keyword)
  })
  test('P-344 an empty path', () => {
    expect(refused(() => parsePath('')).scimType).toBe('invalidPath')
  })
  test('P-477 the detail keeps the filter of a malformed path to itself', () => {
    expect(refused(() => parsePath('emails[value eq "secret@x"]x')).detail).not.toContain('secret')
  })
})

test('the tag takes dates, and refuses what is no value of a filter with words', () => {
  const at = new Date('2026-11-30T08:00:00Z')
  expect(filter`meta.lastModified gt ${at} and active eq ${true} and title eq ${null} and x eq ${1.5}`).toBe(
    'meta.lastModified gt "2026-11-30T08:00:00.000Z" and active eq true and title eq null and x eq 1.5',
  )
  const tag = filter as (text: TemplateStringsArray, ...values: readonly unknown[]) => string
  for (const [value, words] of [
    [undefined, 'undefined'],
    [() => 'x', 'a function'],
    [Symbol('x'), 'a symbol'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [{ toString: () => 'x' }, 'an object'],
    [['x'], 'a list'],
    [1n, 'a bigint'],
    [new Date(Number.NaN), 'a date without a time'],
  ] as const) {
    const refused = (() => {
      try {
        return tag`userName eq ${'a'} or userName eq ${value}`
      } catch (error) {
        return error
      }
    })()
    expect(refused).toMatchObject({ code: 'ERR_CONFIG', message: expect.stringContaining(`value 2 is ${words};`) })
  }
})

test('the tag refuses a value that follows no operator', () => {
  const name = 'ada'
  expect(filter`emails[type Eq ${'work'} and value\tsw ${name}].value`).toBe(
    'emails[type Eq "work" and value\tsw "ada"].value',
  )
  expect(() => filter`userName eqq ${name}`).toThrow(
    'value 1 follows "eqq"; it must follow one of eq, ne, co, sw, ew, gt, lt, ge, le',
  )
  expect(() => filter`userName eq ${name} and title ${name}`).toThrow('value 2 follows "title"')
  expect(() => filter`${'userName'} eq ${name}`).toThrow('value 1 follows ""')
  expect(() => filter`userName pr ${name}`).toThrow('value 1 follows "pr"')
})
