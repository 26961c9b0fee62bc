import { expect, test } from 'vitest'
import { after, patch, patchGroup } from '../../test/quirks/messages.ts'
import type { Json } from '../protocol/index.ts'
import { wrappedValue } from './wrapped-value.ts'

const MEMBERS = [{ value: 'a' }]

test.each<[string, string, Json, Json]>([
  ['remove', 'members', { members: MEMBERS }, MEMBERS],
  ['add', 'members', { Members: MEMBERS }, MEMBERS],
  ['replace', 'displayName', { displayName: 'n' }, 'n'],
])('%s %s', (op, path, value, inner) => {
  expect(after(wrappedValue, patchGroup({ op, path, value }))).toEqual(patchGroup({ op, path, value: inner }))
})

test.each<[string, Json, string]>([
  ['members', MEMBERS, 'not wrapped'],
  ['members', { value: 'a' }, 'one element'],
  ['members', { members: MEMBERS, more: 1 }, 'more than the wrapper'],
  ['nothing', { nothing: 1 }, 'unknown'],
])('path %s with %j is left alone (%s)', (path, value, _case) => {
  const message = patchGroup({ op: 'add', path, value })
  expect(after(wrappedValue, message)).toBe(message)
})

test('a value without a path is left alone', () => {
  const message = patch({ op: 'replace', value: { active: false } })
  expect(after(wrappedValue, message)).toBe(message)
})
