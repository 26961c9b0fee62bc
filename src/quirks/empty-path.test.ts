// Empty paths.

import { expect, test } from 'vitest'
import { after, patch } from '../../test/quirks/messages.ts'
import { emptyPath } from './empty-path.ts'

test.each(['', ' '])('the path "%s" is none', (path) => {
  const value = { active: false }
  expect(after(emptyPath, patch({ op: 'Replace', path, value }))).toEqual(patch({ op: 'replace', value }))
})

test('others are left alone', () => {
  const message = patch({ op: 'replace', path: 'active', value: false }, { op: 'replace', value: {} }, 'x', {
    path: '',
  })
  expect(after(emptyPath, message)).toBe(message)
})
