// The manager of SCIM 1.

import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import type { Json } from '../protocol/index.ts'
import { legacyManager } from './legacy-manager.ts'

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

test('managerId is the value', () => {
  const body = { [ENT]: { manager: { managerId: '7', displayName: 'Di' } } }
  expect(after(legacyManager, create(body)).body).toEqual({ [ENT]: { manager: { displayName: 'Di', value: '7' } } })
  expect(after(legacyManager, patch({ op: 'add', path: 'manager', value: [{ managerId: '7' }] }))).toEqual(
    patch({ op: 'add', path: 'manager', value: [{ value: '7' }] }),
  )
})

test.each<[string, Json, Json]>([
  [
    'a path to it',
    { op: 'add', path: `${ENT}:manager.managerId`, value: '7' },
    { op: 'add', path: `${ENT}:manager.value`, value: '7' },
  ],
  [
    'a filter',
    { op: 'add', path: 'manager[value eq "1"]', value: { managerId: '7' } },
    { op: 'add', path: 'manager[value eq "1"]', value: { value: '7' } },
  ],
  [
    'JSON in a text',
    { op: 'add', path: 'manager', value: '{"managerId":"7"}' },
    { op: 'add', path: 'manager', value: { value: '7' } },
  ],
  ['a key', { op: 'add', value: { 'manager.managerId': '7' } }, { op: 'add', value: { 'manager.value': '7' } }],
  [
    'a list without path',
    { op: 'add', value: [{ manager: { managerId: '7' } }] },
    { op: 'add', value: { manager: { value: '7' } } },
  ],
])('%s', (_form, sent, wanted) => {
  expect(after(legacyManager, patch(sent))).toEqual(patch(wanted))
})

test.each([
  [create({ [ENT]: { manager: { value: '7', managerId: '8' } } }), 'has a value'],
  [create({ [ENT]: { manager: '7' } }), 'a text'],
  [create({ name: { managerId: '7' } }), 'elsewhere'],
])('%o is left alone (%s)', (message, _case) => {
  expect(after(legacyManager, message)).toBe(message)
})
