// The PATCH of SCIM 1.1.

import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { Group } from '../protocol/group.ts'
import { type Json, PATCH_OP, type ResourceType, User } from '../protocol/index.ts'
import { legacyPatch } from './legacy-patch.ts'

const OLD = ['urn:scim:schemas:core:1.0']

function operations(body: Json, type: ResourceType = Group) {
  return after(legacyPatch, { action: 'patch', type, id: '1', query: {}, body }).body
}

test('elements are added, those marked as deleted are removed', () => {
  const members = [{ value: 'a' }, { value: 'b', operation: 'delete' }]
  expect(operations({ schemas: OLD, members })).toEqual({
    schemas: [PATCH_OP],
    Operations: [
      { op: 'remove', path: 'members', value: [{ value: 'b', operation: 'delete' }] },
      { op: 'add', path: 'members', value: [{ value: 'a' }] },
    ],
  })
})

test('singular attributes are replaced, meta.attributes are cleared, id is no change', () => {
  const body = { schemas: OLD, id: 'x', displayName: 'n', meta: { attributes: ['members', 7] } }
  expect(operations(body)).toEqual({
    schemas: [PATCH_OP],
    Operations: [
      { op: 'remove', path: 'members' },
      { op: 'replace', path: 'displayName', value: 'n' },
    ],
  })
})

test.each([
  ['externalId', 'x'],
  ['DISPLAYNAME', 'n'],
  ['department', 'R&D'],
  ['EnterpriseUser', { department: 'R&D' }],
  ['urn:scim:schemas:extension:enterprise:1.0', { department: 'R&D' }],
  ['name.givenName', 'Ada'],
  ['emails[type eq "work"].value', 'ada@example.com'],
])('%s is of the resource, in whatever spelling', (name, value) => {
  expect(operations({ schemas: OLD, unknown: 1, [name]: value }, User)).toMatchObject({
    Operations: [
      { path: 'unknown', value: 1 },
      { path: name, value },
    ],
  })
})

test('an empty list adds nobody', () => {
  expect(operations({ schemas: OLD, members: [] })).toEqual({ schemas: [PATCH_OP], Operations: [] })
})

test.each([
  [patch(), 'with operations'],
  [{ ...patch(), body: { schemas: [PATCH_OP], active: false } }, 'calls itself a PatchOp'],
  [{ ...patch(), body: { op: 'replace', path: 'active', value: false } }, 'an operation alone'],
  [{ ...patch(), body: [] }, 'no object'],
  [create({ active: false }), 'a create'],
  [{ ...patch(), body: {} }, 'nothing'],
  [{ ...patch(), body: { schemas: OLD, id: '1', meta: {} } }, 'nothing of the resource'],
  [{ ...patch(), body: { Resources: [], totalResults: 0 } }, 'something else'],
])('%o is left alone (%s)', (message, _case) => {
  expect(after(legacyPatch, message)).toBe(message)
})
