import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { Group } from '../protocol/group.ts'
import { type Json, PATCH_OP } from '../protocol/index.ts'
import { legacyPatch } from './legacy-patch.ts'

const OLD = ['urn:scim:schemas:core:1.0']

function operations(body: Json, type = Group) {
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

test('an empty list adds nobody', () => {
  expect(operations({ schemas: OLD, members: [] })).toEqual({ schemas: [PATCH_OP], Operations: [] })
})

test.each([
  [patch(), 'with operations'],
  [{ ...patch(), body: { schemas: [PATCH_OP], active: false } }, 'calls itself a PatchOp'],
  [{ ...patch(), body: { op: 'replace', path: 'active', value: false } }, 'an operation alone'],
  [{ ...patch(), body: [] }, 'no object'],
  [create({ active: false }), 'a create'],
])('%o is left alone (%s)', (message, _case) => {
  expect(after(legacyPatch, message)).toBe(message)
})
