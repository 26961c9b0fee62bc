// Who leaves by which line of the log.

import { expect, test } from 'vitest'
import type { Change, PathChange } from '../../store/index.ts'
import { leaverWrites, leavingOf } from './leavers.ts'

const line = (op: Change['op'], paths: readonly PathChange[], type = 'User'): Change => ({
  tenant: 'acme',
  type,
  id: 'u1',
  place: 17,
  at: 1_800_000_000_000,
  op,
  actor: 'entra',
  version: 3,
  paths,
})

test.each([
  ['deleted', line('delete', [{ path: 'userName', old: 'Ada@example.com' }]), 'deleted'],
  ['switched off', line('patch', [{ path: 'active', old: true, new: false }]), 'deactivated'],
  ['switched off by PUT, having had no value', line('replace', [{ path: 'active', new: false }]), 'deactivated'],
  ['switched on', line('patch', [{ path: 'active', old: false, new: true }]), undefined],
  ['made switched off', line('create', [{ path: 'active', new: false }]), undefined],
  ['renamed', line('patch', [{ path: 'userName', old: 'a', new: 'b' }]), undefined],
  ['a group that is deleted', line('delete', [], 'Group'), undefined],
  ['a note', line('note', [{ path: 'active', new: false }]), undefined],
])('%s: %s', (_case, change, how) => {
  expect(leavingOf(change)).toBe(how)
  expect(leaverWrites(change)).toHaveLength(how === undefined ? 0 : 3)
})

test('a leaver is kept with the names that go with the resource', () => {
  const paths = [
    { path: 'userName', old: 'Ada@example.com' },
    { path: 'externalId', old: 'e-17' },
  ]
  expect(leaverWrites(line('delete', paths))[0]).toMatchObject({
    item: { queue: 'hub/leavers', key: 'u1/0000000000000017' },
    set: {
      tag: 'ada@example.com',
      state: 'open',
      value: { how: 'deleted', userName: 'Ada@example.com', externalId: 'e-17' },
    },
  })
})
