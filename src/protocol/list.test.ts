// Paging by index, and list responses.

import { expect, test } from 'vitest'
import { LIST_END, openList } from './list.ts'
import { LIST_RESPONSE } from './urn.ts'

test('P-100..103 P-183 index paging', () => {
  expect(
    JSON.parse(`${openList({ totalResults: 25, itemsPerPage: 2, startIndex: 21 })}{"id":"1"},{"id":"2"}${LIST_END}`),
  ).toEqual({
    schemas: [LIST_RESPONSE],
    totalResults: 25,
    itemsPerPage: 2,
    startIndex: 21,
    Resources: [{ id: '1' }, { id: '2' }],
  })
})

test('P-101 nothing found', () => {
  expect(JSON.parse(openList({ totalResults: 0, itemsPerPage: 0, startIndex: 1 }) + LIST_END)).toMatchObject({
    totalResults: 0,
    itemsPerPage: 0,
    Resources: [],
  })
})

test('C-003 C-024 cursor paging', () => {
  expect(JSON.parse(openList({ totalResults: 3, itemsPerPage: 0, nextCursor: 'a.b' }) + LIST_END)).toEqual({
    schemas: [LIST_RESPONSE],
    totalResults: 3,
    itemsPerPage: 0,
    nextCursor: 'a.b',
    Resources: [],
  })
})
