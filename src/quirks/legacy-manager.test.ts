import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { legacyManager } from './legacy-manager.ts'

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

test('managerId is the value', () => {
  const body = { [ENT]: { manager: { managerId: '7', displayName: 'Di' } } }
  expect(after(legacyManager, create(body)).body).toEqual({ [ENT]: { manager: { displayName: 'Di', value: '7' } } })
  expect(after(legacyManager, patch({ op: 'add', path: 'manager', value: [{ managerId: '7' }] }))).toEqual(
    patch({ op: 'add', path: 'manager', value: [{ value: '7' }] }),
  )
})

test.each([
  [create({ [ENT]: { manager: { value: '7', managerId: '8' } } }), 'has a value'],
  [create({ [ENT]: { manager: '7' } }), 'a text'],
  [create({ name: { managerId: '7' } }), 'elsewhere'],
])('%o is left alone (%s)', (message, _case) => {
  expect(after(legacyManager, message)).toBe(message)
})
