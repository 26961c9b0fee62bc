// Query parameters, read and refused.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LENIENT } from './allowances.ts'
import { ScimError } from './errors.ts'
import type { Json } from './json.ts'
import { LIMITS } from './limits.ts'
import { decodeQuery, readQuery, readSearchRequest, readSelection, refuseFilterOnOne } from './query.ts'
import { SEARCH_REQUEST } from './urn.ts'

function refusal(run: () => unknown): string | undefined {
  try {
    run()
  } catch (error) {
    if (error instanceof ScimError) return error.scimType
    throw error
  }
  return expect.fail('was not refused')
}

const read = (search: string) => readQuery(decodeQuery(search))
const FIRST = { startIndex: 1, count: 100, paging: 'index' }

describe('decodeQuery', () => {
  test.each([
    ['', {}],
    ['?', {}],
    ['&', {}],
    ['?filter=a', { filter: 'a' }],
    ['filter=userName+eq+%22a%2Bb%22', { filter: 'userName eq "a+b"' }],
    ['filter=userName%20eq%20%22%C3%BC%22&', { filter: 'userName eq "ü"' }],
    ['filter=a=b', { filter: 'a=b' }],
    ['FILTER=a&STARTINDEX=2', { filter: 'a', startIndex: '2' }],
    ['cursor&count=10', { cursor: '', count: '10' }],
    ['&&cursor=&&', { cursor: '' }],
    ['%66ilter=a', { filter: 'a' }],
    ['x=1&x=2', { x: '2' }],
    ['aa=%2541', { aa: '%41' }],
  ])('P-203 Q05 Q06 %j → %j', (search, expected) => {
    expect({ ...decodeQuery(search) }).toEqual(expected)
  })
  test.each([
    'filter=%',
    'filter=%zz',
    'filter=%ff',
    'filter=%ed%a0%80',
    'filter=a&filter=b',
    'count=1&COUNT=1',
    'a%=1',
  ])('P-145 %s is refused', (search) => {
    expect(refusal(() => decodeQuery(search))).toBe('invalidValue')
  })
  test('reads what URLSearchParams writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (filter) => {
        expect(decodeQuery(new URLSearchParams({ filter }).toString()).filter).toBe(filter)
        expect(decodeQuery(`filter=${encodeURIComponent(filter)}`).filter).toBe(filter)
      }),
    )
  })
  test('__proto__ is a name like any other', () => {
    expect(Object.keys(decodeQuery('__proto__=1&constructor=2'))).toEqual(['__proto__', 'constructor'])
  })
  test('QUERY_PARAMETERS', () => {
    const text = (many: number) => Array.from({ length: many }, (_, at) => `p${at}=1`).join('&')
    expect(Object.keys(decodeQuery(text(LIMITS.QUERY_PARAMETERS)))).toHaveLength(LIMITS.QUERY_PARAMETERS)
    expect(refusal(() => decodeQuery(text(LIMITS.QUERY_PARAMETERS + 1)))).toBe('invalidValue')
  })
})

describe('readQuery', () => {
  test.each([
    ['', FIRST],
    ['startIndex=0', FIRST],
    ['startIndex=-5', FIRST],
    ['startIndex=', FIRST],
    ['startIndex=11&count=10', { ...FIRST, startIndex: 11, count: 10, countGiven: 10 }],
    ['count=0', { ...FIRST, count: 0, countGiven: 0 }],
    ['count=-1', { ...FIRST, count: 0, countGiven: 0 }],
    ['count=-0', { ...FIRST, count: 0, countGiven: 0 }],
    ['count=99999', { ...FIRST, count: 1000, countGiven: 1000 }],
    ['count=99999999999999999999999', { ...FIRST, count: 1000, countGiven: 1000 }],
    ['startIndex=99999999999999999999999', { ...FIRST, startIndex: Number.MAX_SAFE_INTEGER }],
    ['filter=', { ...FIRST, filter: '' }],
    ['sortBy=userName&sortOrder=Descending', { ...FIRST, sortBy: 'userName', sortOrder: 'descending' }],
    ['sortBy=&sortOrder=', FIRST],
    ['attributes=userName,%20emails+,,', { ...FIRST, attributes: ['userName', 'emails'] }],
    ['attributes=&excludedAttributes=name', { ...FIRST, excludedAttributes: ['name'] }],
    ['attributes=', FIRST],
    ['cursor', { ...FIRST, cursor: '', paging: 'cursor' }],
    ['cursor=&count=10', { ...FIRST, cursor: '', paging: 'cursor', count: 10, countGiven: 10 }],
    ['cursor=abc&count=1000000', { ...FIRST, cursor: 'abc', paging: 'cursor', count: 1000, countGiven: 1000 }],
    ['cursor=&count=-1', { ...FIRST, cursor: '', paging: 'cursor', count: 0, countGiven: 0 }],
    ['cursor=&startIndex=', { ...FIRST, cursor: '', paging: 'cursor' }],
  ])('P-180..186 P-203 P-208 C-001 C-005 C-009 C-012 %j → %j', (search, expected) => {
    expect(read(search)).toEqual(expected)
  })
  test.each([
    ['count=abc', 'invalidValue', 'P-185'],
    ['count=1.5', 'invalidValue', 'P-185'],
    ['count=1e3', 'invalidValue', 'P-185'],
    ['count=0x10', 'invalidValue', 'P-185'],
    ['startIndex=abc', 'invalidValue', 'P-185'],
    ['startIndex=1.0', 'invalidValue', 'P-185'],
    ['cursor=&count=abc', 'invalidCount', 'C-008'],
    ['cursor=&startIndex=1', 'invalidValue', 'C-013'],
    ['cursor=x&startIndex=5', 'invalidValue', 'C-013'],
    ['sortBy=userName&sortOrder=up', 'invalidValue', 'P-161'],
    ['attributes=userName&excludedAttributes=emails', 'invalidValue', 'P-206'],
  ])('P-161 P-185 P-206 C-008 C-013 %s: %s (%s)', (search, keyword, _case) => {
    expect(refusal(() => read(search))).toBe(keyword)
  })
  test('limits may be other ones', () => {
    const limits = { ...LIMITS, PAGE_DEFAULT: 20, PAGE_MAX: 10 }
    expect(readQuery({}, limits)).toMatchObject({ count: 10 })
    expect(readQuery({ count: '11' }, limits)).toMatchObject({ count: 10 })
  })
  test('PAGE_MAX', () => {
    expect(read(`count=${LIMITS.PAGE_MAX}`).count).toBe(LIMITS.PAGE_MAX)
    expect(read(`count=${LIMITS.PAGE_MAX + 1}`).count).toBe(LIMITS.PAGE_MAX)
  })
  test('ATTRIBUTES_LIST', () => {
    const text = (many: number) => `attributes=${Array(many).fill('id').join(',')}`
    expect(read(text(LIMITS.ATTRIBUTES_LIST)).attributes).toHaveLength(LIMITS.ATTRIBUTES_LIST)
    expect(refusal(() => read(text(LIMITS.ATTRIBUTES_LIST + 1)))).toBe('invalidValue')
  })
})

describe('readSelection', () => {
  test('P-200 A-84 paging and sorting mean nothing for one resource, a filter is refused', () => {
    expect(readSelection(decodeQuery('count=abc&sortOrder=up&attributes=id'))).toEqual({ attributes: ['id'] })
    expect(refusal(() => refuseFilterOnOne({ filter: '' }))).toBe('invalidFilter')
    expect(refuseFilterOnOne({})).toBeUndefined()
  })
})

describe('readSearchRequest', () => {
  const body = (rest: { readonly [name: string]: Json }) => ({ schemas: [SEARCH_REQUEST], ...rest })
  test.each<[{ readonly [name: string]: Json }, object]>([
    [{}, FIRST],
    [
      { filter: 'userName pr', startIndex: 0, count: 10 },
      { ...FIRST, filter: 'userName pr', count: 10, countGiven: 10 },
    ],
    [
      { FILTER: 'a', SortBy: 'b', sortorder: 'ASCENDING' },
      { ...FIRST, filter: 'a', sortBy: 'b', sortOrder: 'ascending' },
    ],
    [
      { attributes: [' id ', ''], excludedAttributes: [] },
      { ...FIRST, attributes: ['id'] },
    ],
    [{ cursor: '' }, { ...FIRST, cursor: '', paging: 'cursor' }],
    [{ filter: null, count: null, cursor: null, attributes: null, sortBy: null }, FIRST],
    [
      { count: 1e300, startIndex: -1e300 },
      { ...FIRST, count: 1000, countGiven: 1000 },
    ],
    [{ unknown: { x: 1 } }, FIRST],
  ])('P-221 C-015 %j → %j', (rest, expected) => {
    expect(readSearchRequest(body(rest))).toEqual(expected)
  })
  test.each<[Json, string, string]>([
    [{}, 'invalidSyntax', 'P-220 no schemas'],
    [{ schemas: [] }, 'invalidSyntax', 'P-220'],
    [{ schemas: ['urn:x'] }, 'invalidSyntax', 'P-220'],
    [{ schemas: SEARCH_REQUEST }, 'invalidSyntax', 'P-220'],
    [[], 'invalidSyntax', 'not an object'],
    [null, 'invalidSyntax', 'not an object'],
    [body({ count: '10' }), 'invalidSyntax', 'P-222'],
    [body({ startIndex: true }), 'invalidSyntax', 'P-222'],
    [body({ count: 1.5 }), 'invalidValue', 'P-185'],
    [body({ cursor: '', count: 1.5 }), 'invalidCount', 'C-008'],
    [body({ cursor: '', startIndex: 1 }), 'invalidValue', 'C-013'],
    [body({ cursor: 5 }), 'invalidSyntax', 'P-222'],
    [body({ filter: 1 }), 'invalidSyntax', 'P-222'],
    [body({ filter: 'a', FILTER: 'b' }), 'invalidSyntax', 'A-14'],
    [body({ attributes: 'id' }), 'invalidSyntax', 'P-203'],
    [body({ attributes: [1] }), 'invalidSyntax', 'P-203'],
    [body({ attributes: ['id'], excludedAttributes: ['name'] }), 'invalidValue', 'P-206'],
    [body({ sortOrder: 'up' }), 'invalidValue', 'P-161'],
  ])('P-220 P-222 C-013 %j: %s (%s)', (request, keyword, _case) => {
    expect(refusal(() => readSearchRequest(request))).toBe(keyword)
  })
  test('A-62 leniency', () => {
    expect(readSearchRequest({ attributes: 'id, userName' }, LENIENT)).toMatchObject({ attributes: ['id', 'userName'] })
  })
})
