// The filter language of requests: what each word becomes, and that nothing is lost without a word.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseFilter, passes, passesWhole } from './filter.ts'

test('words go to the server, text over the path', () => {
  expect(parseFilter('status:4xx,5xx kind:entra took:>100 method:patch bent:any Users').query).toEqual({
    outcome: 'refused,failed',
    kind: 'entra',
    took: '100',
    method: 'PATCH',
    bent: 'any',
    text: 'Users',
  })
  expect(parseFilter('status:409,404').query).toEqual({ status: '409,404' })
  expect(parseFilter('')).toEqual({ query: {}, without: [], unknown: [] })
})

test('what cannot be read is named, with its place', () => {
  expect(parseFilter('status:4xx,503 colour:blue took:slow kind:').unknown).toEqual([
    { word: 'status:4xx,503', at: 0 },
    { word: 'colour:blue', at: 15 },
    { word: 'took:slow', at: 27 },
    { word: 'kind:', at: 37 },
  ])
})

test('a minus leaves out', () => {
  const filter = parseFilter('-code:SCIM_NOT_FOUND -status:5xx -bent:empty-path -took:>50')
  const line = { status: 409, method: 'POST', us: 1_000 }
  expect(filter.query).toEqual({})
  expect(passes(line, filter)).toBe(true)
  expect(passes({ ...line, code: 'SCIM_NOT_FOUND' }, filter)).toBe(false)
  expect(passes({ ...line, status: 503 }, filter)).toBe(false)
  expect(passes({ ...line, bends: ['empty-path'] }, filter)).toBe(false)
  expect(passes({ ...line, us: 60_000 }, filter)).toBe(false)
})

test('a line of the stream passes what the server would have let pass', () => {
  const line = { status: 409, method: 'POST', path: '/Users?count=7', kind: 'entra', bends: ['empty-path'], us: 60_000 }
  for (const text of ['', 'status:4xx', 'status:409,404', 'kind:entra bent:any', 'took:>50 users?', 'method:post'])
    expect([text, passesWhole(line, parseFilter(text))]).toEqual([text, true])
  for (const text of ['status:5xx', 'status:2xx', 'kind:okta', 'bent:other', 'took:>70', 'Groups', '-status:409'])
    expect([text, passesWhole(line, parseFilter(text))]).toEqual([text, false])
})

test('each word is text, a condition, or named as unknown', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { query, without, unknown } = parseFilter(text)
      const words = text.split(' ').filter((one) => one !== '')
      const free = query.text?.split(' ').length ?? 0
      expect(free + without.length + unknown.length + Object.keys(query).length).toBeGreaterThanOrEqual(
        words.length === 0 ? 0 : 1,
      )
      expect(free + unknown.length).toBeLessThanOrEqual(words.length)
    }),
  )
})
