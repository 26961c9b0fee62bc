// Which requests are heavy.

import { describe, expect, test } from 'vitest'
import { weighBody, weighBulk, weighPatch, weighSearch } from './weight.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const people = (count: number) =>
  bytes(JSON.stringify({ members: Array.from({ length: count }, () => ({ value: 1 })) }))
const patch = (count: number) => ({
  Operations: Array.from({ length: count }, () => ({ op: 'remove', path: 'title' })),
})
const page = { startIndex: 1, count: 100, paging: 'index' } as const

describe('a request is weighed by its work, not by its bytes alone', () => {
  test('a body by how many values it can hold', () => {
    expect(weighBody(bytes(`{"title":"${'x'.repeat(200_000)}"}`))).toBe('light')
    expect(weighBody(bytes(`{"title":"${'x'.repeat(300_000)}"}`))).toBe('heavy')
    expect(weighBody(people(1_000))).toBe('light')
    expect(weighBody(people(4_000))).toBe('heavy')
    expect(weighBody(bytes('['.repeat(9_000)))).toBe('heavy')
  })

  test('a PATCH by its operations, and by the members of a value without a path', () => {
    expect(weighPatch(patch(100))).toBe('light')
    expect(weighPatch(patch(101))).toBe('heavy')
    const value = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`a${at}`, 1]))
    expect(weighPatch({ operations: [{ op: 'add', value }] })).toBe('heavy')
    expect(weighPatch([])).toBe('light')
    expect(weighPatch({ Operations: [null, 1, []] })).toBe('light')
  })

  test('a search by its comparisons and its names', () => {
    expect(weighSearch({ ...page, filter: 'userName eq "ada"' })).toBe('light')
    expect(weighSearch({ ...page, filter: Array(400).fill('title pr').join(' or ') })).toBe('heavy')
    expect(weighSearch({ ...page, attributes: Array(101).fill('title') })).toBe('heavy')
    expect(weighSearch({ ...page, excludedAttributes: Array(101).fill('title') })).toBe('heavy')
  })

  test('a bulk request by its bytes: each operation is a request', () => {
    expect(weighBulk(people(100))).toBe('light')
    expect(weighBulk(people(10_000))).toBe('heavy')
  })
})
