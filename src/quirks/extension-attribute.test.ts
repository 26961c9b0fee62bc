import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { Group } from '../protocol/group.ts'
import { extensionAttribute } from './extension-attribute.ts'

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

test('an attribute of the extension moves into it', () => {
  const body = { userName: 'ada', Manager: '26118915', department: 'R&D' }
  expect(after(extensionAttribute, create(body)).body).toEqual({
    userName: 'ada',
    [ENT]: { Manager: '26118915', department: 'R&D' },
  })
})

test('what stands in its right place wins', () => {
  const body = { [ENT]: { department: 'inside' }, department: 'outside' }
  expect(after(extensionAttribute, create(body)).body).toEqual({ [ENT]: { department: 'inside' } })
})

test.each([
  [create({ title: 'x', unheardOf: 'y', 'name.givenName': 'z' }), 'none of the extension'],
  [create({ department: 'x' }, Group), 'a type without extensions'],
  [patch({ op: 'add', value: { department: 'x' } }), 'a PATCH, where the core does it'],
])('%o is left alone (%s)', (message, _case) => {
  expect(after(extensionAttribute, message)).toBe(message)
})
