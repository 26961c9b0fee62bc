import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { emptyType } from './empty-type.ts'

test('an empty type is none', () => {
  const body = {
    emails: [
      { value: 'a@example.com', type: '' },
      { value: 'b@example.com', type: 'home' },
    ],
  }
  expect(after(emptyType, create(body)).body).toEqual({
    emails: [{ value: 'a@example.com' }, { value: 'b@example.com', type: 'home' }],
  })
  expect(after(emptyType, patch({ op: 'add', path: 'phoneNumbers', value: [{ value: '1', Type: '' }] }))).toEqual(
    patch({ op: 'add', path: 'phoneNumbers', value: [{ value: '1' }] }),
  )
})

test.each([
  [create({ emails: [{ value: '', type: 'work' }] }), 'another empty text'],
  [create({ name: { type: '' } }), 'no list'],
])('%o is left alone (%s)', (message, _case) => {
  expect(after(emptyType, message)).toBe(message)
})
