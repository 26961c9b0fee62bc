// Filters encoded twice.

import { expect, test } from 'vitest'
import { after, list } from '../../test/quirks/messages.ts'
import { encodedTwice } from './encoded-twice.ts'

test.each([
  ['userName%20eq%20%22ada%40example.com%22', 'userName eq "ada@example.com"'],
  ['userName+eq+%22ada%22', 'userName eq "ada"'],
])('%s is %s', (sent, filter) => {
  expect(after(encodedTwice, list({ filter: sent })).query.filter).toBe(filter)
})

test.each(['userName eq "ada%40example.com"', 'userName eq "a+b"', 'userName%20eq%20%ZZ', 'id'])(
  '%s is left alone',
  (filter) => {
    const message = list({ filter })
    expect(after(encodedTwice, message)).toBe(message)
  },
)
