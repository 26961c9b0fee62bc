// Typographic quotation marks.

import { expect, test } from 'vitest'
import { after, list, patchGroup, search } from '../../test/quirks/messages.ts'
import { quotationMarks } from './quotation-marks.ts'

test.each([
  ['userName eq “ada”', 'userName eq "ada"'],
  ['userName eq ‘ada’ and active eq true', 'userName eq "ada" and active eq true'],
  ['(userName eq “a” or userName sw „b“)', '(userName eq "a" or userName sw "b")'],
  ['emails[type eq “work”].value eq “x”', 'emails[type eq "work"].value eq "x"'],
  ['displayName eq “say \\ hi”', 'displayName eq "say \\\\ hi"'],
])('%s is %s', (sent, filter) => {
  expect(after(quotationMarks, list({ filter: sent })).query.filter).toBe(filter)
  expect(after(quotationMarks, search({ filter: sent })).body).toEqual({ filter })
})

test('in the paths of a PATCH too', () => {
  expect(after(quotationMarks, patchGroup({ op: 'remove', path: 'members[value eq ‘7’]' }))).toEqual(
    patchGroup({ op: 'remove', path: 'members[value eq "7"]' }),
  )
})

test.each([
  'name.familyName eq "O’Hara"',
  'displayName eq "it is ‘so’"',
  'displayName co "a" and title eq "eq “b”"',
  'userName eq “open',
  "userName eq 'ada'",
])('%s is left alone', (filter) => {
  const message = list({ filter })
  expect(after(quotationMarks, message)).toBe(message)
})
