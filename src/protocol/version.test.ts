// Entity tags.

import { expect, test } from 'vitest'
import { formatETag, ifMatch, ifNoneMatch, matchesETag } from './version.ts'

test.each([
  ['*', true, 'any version'],
  ['W/"7"', true, 'the tag as given'],
  ['"7"', true, 'the tag as a strong one'],
  ['W/"6", W/"7"', true, 'one of several'],
  ['"a,b" , "7"', true, 'a comma inside a tag'],
  ['  W/"7"  ', true, 'blanks around'],
  ['W/"6"', false, 'a stale version'],
  ['"77"', false, 'another that begins alike'],
  ['7', false, 'no tag'],
  ['W/7', false, 'no tag'],
  ['', false, 'nothing'],
  ['"*"', false, 'a star in quotes'],
  ['w/"7"', true, 'the opaque part is what counts'],
])('P-500..503 %s names version 7: %s (%s)', (header, expected, _case) => {
  expect(matchesETag(header, 7)).toBe(expected)
  expect(ifMatch(header, 7)).toBe(expected)
  expect(ifNoneMatch(header, 7)).toBe(expected)
})

test('P-500 S-019 the tag is weak', () => {
  expect(formatETag(8)).toBe('W/"8"')
})

test('A-45 without the headers nothing is held back', () => {
  expect(ifMatch(undefined, 7)).toBe(true)
  expect(ifNoneMatch(undefined, 7)).toBe(false)
})
