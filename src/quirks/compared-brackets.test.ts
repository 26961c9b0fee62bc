// A selected value compared as a whole.

import { expect, test } from 'vitest'
import { after, list } from '../../test/quirks/messages.ts'
import { comparedBrackets } from './compared-brackets.ts'

test.each([
  ['emails[type eq "work"] eq "a@x"', 'emails[type eq "work"].value eq "a@x"'],
  ['active eq true and emails[type eq "a]"] sw "b"', 'active eq true and emails[type eq "a]"].value sw "b"'],
])('%s is %s', (sent, filter) => {
  expect(after(comparedBrackets, list({ filter: sent })).query.filter).toBe(filter)
})

test.each([
  'emails[type eq "work"].value eq "a@x"',
  'emails[type eq "work" and value eq "x"]',
  'displayName eq "a] eq b"',
  'emails[type eq "work"] and active eq true',
])('%s is left alone', (filter) => {
  const message = list({ filter })
  expect(after(comparedBrackets, message)).toBe(message)
})
