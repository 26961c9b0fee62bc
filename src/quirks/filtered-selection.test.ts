// Filters in selections.

import { expect, test } from 'vitest'
import { after, list, search } from '../../test/quirks/messages.ts'
import { filteredSelection } from './filtered-selection.ts'

test.each([
  ['emails[type eq "work"]', 'emails'],
  ['userName,emails[value eq "a]b"].value,name', 'userName,emails.value,name'],
])('%s is %s', (sent, attributes) => {
  expect(after(filteredSelection, list({ attributes: sent })).query.attributes).toBe(attributes)
})

test('in a search too', () => {
  expect(after(filteredSelection, search({ attributes: ['emails[type eq "work"]', 'id'] })).body).toEqual({
    attributes: ['emails', 'id'],
  })
})

test('names are left alone', () => {
  const message = list({ attributes: 'userName,emails.value' })
  expect(after(filteredSelection, message)).toBe(message)
})
