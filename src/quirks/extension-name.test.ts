// Extensions under their name.

import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { extensionName } from './extension-name.ts'

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const INSIDE = { employeeNumber: '1234A' }

test.each(['EnterpriseUser', 'enterpriseuser', 'Enterprise User'])('%s stands for the URN', (name) => {
  expect(after(extensionName, create({ [name]: INSIDE })).body).toEqual({ [ENT]: INSIDE })
  expect(after(extensionName, patch({ op: 'replace', value: { [name]: INSIDE } }))).toEqual(
    patch({ op: 'replace', value: { [ENT]: INSIDE } }),
  )
})

test.each([
  [create({ [ENT]: INSIDE }), 'the URN'],
  [create({ EnterpriseUser: 'x' }), 'no object'],
  [create({ name: INSIDE }), 'a core attribute'],
  [patch({ op: 'add', path: 'EnterpriseUser', value: 'x' }), 'a path'],
])('%o is left alone (%s)', (message, _case) => {
  expect(after(extensionName, message)).toBe(message)
})
