// Tests how Authorization headers are read.

import { expect, test } from 'vitest'
import { readBearer } from './authorization-header.ts'

test.each([
  [undefined, { reason: 'missing' }, 'no header'],
  [null, { reason: 'missing' }, 'no header'],
  ['', { reason: 'missing' }, 'an empty one'],
  ['Basic YTpi', { reason: 'missing' }, 'another scheme counts as none'],
  ['Bearerabc', { reason: 'missing' }, 'another scheme'],
  ['Bearer', { reason: 'malformed' }, 'no token'],
  ['Bearer ', { reason: 'malformed' }, 'no token'],
  ['Bearer a b', { reason: 'malformed' }, 'two tokens'],
  ['Bearer "abc"', { reason: 'malformed' }, 'quotation marks'],
  ['Bearer abc', { token: 'abc' }, 'a token'],
  ['bearer   abc==', { token: 'abc==' }, 'another letter case, several spaces'],
])('P-021 Authorization: %j → %j (%s)', (header, expected, _case) => {
  expect(readBearer(header)).toEqual(expected)
})
