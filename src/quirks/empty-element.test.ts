import { expect, test } from 'vitest'
import { after, create, patchGroup } from '../../test/quirks/messages.ts'
import { Group } from '../protocol/group.ts'
import { emptyElement } from './empty-element.ts'

test('an element without members is left out', () => {
  const members = [{ value: 'a' }, {}]
  expect(after(emptyElement, create({ members }, Group)).body).toEqual({ members: [{ value: 'a' }] })
  expect(after(emptyElement, patchGroup({ op: 'add', path: 'members', value: members }))).toEqual(
    patchGroup({ op: 'add', path: 'members', value: [{ value: 'a' }] }),
  )
})

test('removing nobody in particular stays removing nobody, and does not become removing all', () => {
  expect(after(emptyElement, patchGroup({ op: 'remove', path: 'members', value: [{}] }))).toEqual(
    patchGroup({ op: 'remove', path: 'members', value: [] }),
  )
})

test.each([[create({ members: [{ value: '' }, 'x', null] }, Group)], [create({ name: {} })]])(
  '%o is left alone',
  (message) => {
    expect(after(emptyElement, message)).toBe(message)
  },
)
