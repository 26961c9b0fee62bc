// Bulk requests: what is read, and in which order it is processed.

import { expect, test } from 'vitest'
import { LENIENT, STRICT } from './allowances.ts'
import { type BulkOperation, readBulk } from './bulk.ts'
import { fillReferences, orderBulk, referencesIn, setAside } from './bulk-references.ts'
import type { Json } from './json.ts'

const BULK_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const read = (...Operations: readonly Json[]) => readBulk({ schemas: [BULK_REQUEST], Operations }).operations
const post = (bulkId: string, ...members: readonly string[]): Json => ({
  method: 'post',
  path: '/Groups',
  bulkId,
  data: { displayName: bulkId, members: members.map((value) => ({ value: `bulkId:${value}` })) },
})

test.each<[Json, string, string]>([
  [[], 'a list', 'invalidSyntax'],
  [{ Operations: [] }, 'no schemas', 'invalidSyntax'],
  [{ schemas: [BULK_REQUEST] }, 'no Operations', 'invalidSyntax'],
  [{ schemas: [BULK_REQUEST], Operations: {} }, 'Operations that are no list', 'invalidSyntax'],
  [{ schemas: [BULK_REQUEST], Operations: [post('a'), post('a')] }, 'the same bulkId twice', 'invalidSyntax'],
  [{ schemas: [BULK_REQUEST], Operations: [], failOnErrors: 0 }, 'failOnErrors 0', 'invalidValue'],
  [{ schemas: [BULK_REQUEST], Operations: [], failOnErrors: '1' }, 'failOnErrors that is text', 'invalidValue'],
])('P-421 P-428 P-433 %j: %s is refused', (body, _case, scimType) => {
  expect(() => readBulk(body)).toThrow(expect.objectContaining({ scimType }))
})

test('P-421 schemas may be missing where the obvious is assumed', () => {
  expect(readBulk({ operations: [] }, LENIENT)).toEqual({ operations: [] })
})

test.each<[Json]>([
  [7],
  [{ path: '/Users', bulkId: 'x', data: {} }],
  [{ method: 'GET', path: '/Users/1' }],
  [{ method: 'POST', bulkId: 'x', data: {} }],
  [{ method: 'POST', path: '/Users/1', bulkId: 'x', data: {} }],
  [{ method: 'POST', path: '/Users', data: {} }],
  [{ method: 'POST', path: '/Users', bulkId: 'x' }],
  [{ method: 'PATCH', path: '/Users/1', data: [] }],
  [{ method: 'DELETE', path: '/Users' }],
  [{ method: 'PUT', path: '/Users//', data: {} }],
  [{ method: 'DELETE', path: '/Users/1', version: 5 }],
  [{ method: 'DELETE', path: '/Users/1', version: '' }],
])('P-422 P-423 %j fails alone', (operation) => {
  const [bad, good] = read(operation, { method: 'DELETE', path: '/Users/1' })
  expect(bad?.fault).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
  expect(good?.fault).toBeUndefined()
})

test('P-435 a version that is null is none', () => {
  const [operation] = read({ method: 'DELETE', path: '/Users/1', version: null })
  expect(operation).toEqual({ method: 'DELETE', path: '/Users/1' })
})

test('P-434 the limit of operations, and one past it', () => {
  const operations = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ method: 'DELETE', path: `/Users/${at}` }))
  expect(read(...operations(1_000))).toHaveLength(1_000)
  expect(() => read(...operations(1_001))).toThrow(
    expect.objectContaining({ status: 413, detail: expect.stringContaining('1000') }),
  )
})

test('P-429 P-432 where references are seen, and where not', () => {
  const [operation] = read({
    method: 'PATCH',
    path: '/Groups/bulkId:a',
    data: {
      displayName: 'bulkId:not',
      Operations: [
        { op: 'add', path: 'members', value: [{ value: 'bulkId:b' }, { $ref: 'https://x/v2/Users/bulkId:c' }] },
        { op: 'remove', path: 'members[value eq "bulkId:d"]' },
        { op: 'add', path: `${ENT}:manager.value`, value: 'bulkId:e' },
        { op: 'add', value: { [`${ENT}:manager`]: 'bulkId:f', [`${ENT}:manager.value`]: 'bulkId:g' } },
        { op: 'add', path: 'members', value: 'bulkId:h' },
      ],
    },
  })
  expect([...referencesIn(operation as BulkOperation)]).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
})

test('P-430 order: that of the request, but POSTs before those that refer to them', () => {
  const indexes = (...operations: readonly Json[]) => orderBulk(read(...operations)).map(({ index }) => index)
  expect(indexes(post('a'), post('b'), post('c'))).toEqual([0, 1, 2])
  expect(indexes(post('team', 'one', 'two'), post('one'), post('two'))).toEqual([1, 2, 0])
  expect(indexes(post('a', 'b'), post('x'), post('b', 'c'), post('c'))).toEqual([3, 2, 0, 1])
  expect(indexes({ method: 'PATCH', path: '/Users/bulkId:a', data: {} }, post('a'))).toEqual([1, 0])
})

test('P-431 circles: the reference that closes one is put off', () => {
  expect(orderBulk(read(post('a', 'b'), post('b', 'a')))).toEqual([
    { index: 1, later: ['a'] },
    { index: 0, later: [] },
  ])
  expect(orderBulk(read(post('a', 'a')))).toEqual([{ index: 0, later: ['a'] }])
  expect(
    setAside(
      {
        displayName: 'x',
        members: [{ value: 'bulkId:a' }],
        [ENT]: { manager: { value: 'bulkId:b' }, department: 'd' },
      },
      ['a', 'b'],
    ),
  ).toEqual({
    now: { displayName: 'x', [ENT]: { department: 'd' } },
    afterwards: { members: [{ value: 'bulkId:a' }], [ENT]: { manager: { value: 'bulkId:b' } } },
  })
})

test('P-430 a chain of a thousand', () => {
  const operations = Array.from({ length: 1_000 }, (_, at) => (at < 999 ? post(`g${at}`, `g${at + 1}`) : post('g999')))
  expect(orderBulk(read(...operations)).map(({ index }) => index)).toEqual(
    Array.from({ length: 1_000 }, (_, at) => 999 - at),
  )
})

test('P-429 P-433 references filled in; unknown ones and those that failed', () => {
  const [operation] = read(post('x', 'a')) as [BulkOperation]
  expect(fillReferences(operation, new Map([['a', '1']])).data).toEqual({ displayName: 'x', members: [{ value: '1' }] })
  expect(() => fillReferences(operation, new Map())).toThrow(
    expect.objectContaining({ status: 400, scimType: 'invalidValue' }),
  )
  expect(() => fillReferences(operation, new Map([['a', undefined]]))).toThrow(expect.objectContaining({ status: 409 }))
  expect(fillReferences(operation, new Map(), ['a']).data).toEqual(operation.data)
  const [patch] = read({
    method: 'PATCH',
    path: '/Groups/bulkId:g',
    data: { Operations: [{ path: 'members[value eq "bulkId:a"]' }] },
  }) as [BulkOperation]
  expect(
    fillReferences(
      patch,
      new Map([
        ['a', '1'],
        ['g', '2'],
      ]),
    ),
  ).toMatchObject({
    path: '/Groups/2',
    data: { Operations: [{ path: 'members[value eq "1"]' }] },
  })
})

test('data as a JSON text, or as the list of operations, is read where that is taken', () => {
  const body = (allow: Parameters<typeof readBulk>[1], data: Json) =>
    readBulk({ schemas: [BULK_REQUEST], Operations: [{ method: 'PATCH', path: '/Users/1', data }] }, allow)
      .operations[0]
  const operations = [{ op: 'remove', path: 'title' }]
  for (const data of [operations, JSON.stringify(operations), JSON.stringify({ Operations: operations })]) {
    expect(body(LENIENT, data)).toMatchObject({ data: { Operations: operations } })
    expect(body(STRICT, data)?.fault).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
  }
  expect(body(LENIENT, '[{"op":')?.fault).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
})
