// Core attributes under the core URN.

import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { coreUnderUrn } from './core-under-urn.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

test('core attributes move up, and what stands in its right place wins', () => {
  const body = { schemas: [USER], [USER]: { userName: 'ada', Title: 'below' }, title: 'above' }
  expect(after(coreUnderUrn, create(body)).body).toEqual({ schemas: [USER], title: 'above', userName: 'ada' })
})

test('in a PATCH as a key and as a path', () => {
  const wanted = patch({ op: 'replace', value: { title: 'x' } })
  expect(after(coreUnderUrn, patch({ op: 'replace', value: { [USER]: { title: 'x' } } }))).toEqual(wanted)
  expect(after(coreUnderUrn, patch({ op: 'replace', path: USER, value: { title: 'x' } }))).toEqual(wanted)
})

test.each([
  [create({ userName: 'ada' }), 'nothing there'],
  [create({ [USER]: 'x' }), 'no object'],
  [patch({ op: 'remove', path: USER }), 'a removal'],
  [patch({ op: 'replace', path: `${USER}:title`, value: 'x' }), 'a full name'],
])('%o is left alone (%s)', (message, _case) => {
  expect(after(coreUnderUrn, message)).toBe(message)
})
