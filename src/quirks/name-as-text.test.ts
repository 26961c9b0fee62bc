import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { nameAsText } from './name-as-text.ts'

test('a text is the formatted name', () => {
  expect(after(nameAsText, create({ name: 'Ada Penn' })).body).toEqual({ name: { formatted: 'Ada Penn' } })
  expect(after(nameAsText, patch({ op: 'replace', path: 'name', value: 'Ada' }))).toEqual(
    patch({ op: 'replace', path: 'name', value: { formatted: 'Ada' } }),
  )
})

test.each([
  [create({ name: { familyName: 'Penn' } }), 'an object'],
  [create({ name: '' }), 'empty'],
  [patch({ op: 'remove', path: 'name', value: 'Ada' }), 'a removal'],
])('%o is left alone (%s)', (message, _case) => {
  expect(after(nameAsText, message)).toBe(message)
})
