import { expect, test } from 'vitest'
import { after, create, patchGroup } from '../../test/quirks/messages.ts'
import { Group } from '../protocol/group.ts'
import { memberType } from './member-type.ts'

test.each(['value', 'user', 'direct', '', null])('the type %j is none', (type) => {
  expect(after(memberType, create({ members: [{ value: 'a', type }] }, Group)).body).toEqual({
    members: [{ value: 'a' }],
  })
  expect(after(memberType, patchGroup({ op: 'remove', path: 'members', value: [{ value: 'a', type }] }))).toEqual(
    patchGroup({ op: 'remove', path: 'members', value: [{ value: 'a' }] }),
  )
})

test('the types of the schema stay', () => {
  const message = create({ members: [{ value: 'a', type: 'User' }, { value: 'b', type: 'Group' }, 'c'] }, Group)
  expect(after(memberType, message)).toBe(message)
})
