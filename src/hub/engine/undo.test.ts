// Undoing steps: back to what was there, or a reason why not.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Link, Step, Traits, Undo } from '../contract/index.ts'
import { inverseOf, undoOf } from './undo.ts'

const accounts = { create: true, remove: true, match: [], unique: [], comparable: (one: object) => one as never }
const TRAITS: Traits = {
  timeoutMs: 1_000,
  concurrency: 1,
  leaverShare: 0,
  buckets: [],
  readLagMs: 0,
  users: accounts,
  groups: { ...accounts, remove: false },
  members: { read: 'list', perRequest: 100, onCreate: 0, nested: false },
  off: { disableMeans: 'kept', disabledReads: true, reenable: 'update', removeMeans: 'removed' },
}
const link: Link = { type: 'User', name: 'ada', account: 'a1', acked: { userName: 'ada', active: true } }
const id = 'a1'

const documents = fc.dictionary(
  fc.constantFrom('userName', 'title', 'nickName', 'active'),
  fc.constantFrom('x', 'y', true, false),
)

test('an update and its inverse come to what was there, whatever it was', () => {
  fc.assert(
    fc.property(documents, documents, (before, after) => {
      const step: Step = { do: 'update', type: 'User', id, change: { before, after, uncertain: [] } }
      const undo = undoOf(step, undefined)
      if (undo === undefined) throw new Error('not noted')
      const inverse = inverseOf(TRAITS, 'update', undo, { ...link, acked: after })
      expect('acked' in inverse && inverse.acked).toEqual(before)
    }),
  )
})

describe('why not', () => {
  const undo: Undo = { account: id, was: { title: 'Old' }, set: { title: 'New' } }
  const off: Undo = { account: id, was: { active: true }, set: { active: false } }
  const disabled: Link = { ...link, acked: { userName: 'ada', active: false } }
  test.each([
    ['removed', TRAITS, 'remove', { account: id }, link, /removed/],
    ['another account', TRAITS, 'update', undo, { ...link, account: 'a2' }, /no longer the one/],
    ['no link', TRAITS, 'update', undo, undefined, /no longer the one/],
    ['changed since', TRAITS, 'update', undo, { ...link, acked: { title: 'Newer' } }, /Changed again since: title/],
    [
      'an app that does not switch on again',
      { ...TRAITS, off: { ...TRAITS.off, disableMeans: 'deleted', reenable: 'create' } },
      'disable',
      off,
      disabled,
      /does not switch accounts on again/,
    ],
    ['a group in an app that keeps groups', TRAITS, 'create', { account: id }, { ...link, type: 'Group' }, /removed/],
    ['one that is off already', TRAITS, 'create', { account: id }, disabled, /off already/],
  ] as [string, Traits, string, Undo, Link | undefined, RegExp][])('%s', (_case, traits, did, what, now, why) => {
    const inverse = inverseOf(traits, did, what, now)
    expect('why' in inverse ? inverse.why : '').toMatch(why)
  })
})

test('a removal of access is undone by an update, members by the opposite', () => {
  const step: Step = {
    do: 'disable',
    type: 'User',
    id,
    change: { before: { userName: 'ada', active: true }, after: { userName: 'ada', active: false }, uncertain: [] },
  }
  const undo = undoOf(step, undefined)
  expect(undo).toEqual({ account: id, was: { active: true }, set: { active: false } })
  const now: Link = { ...link, acked: { userName: 'ada', active: false } }
  expect(undo && inverseOf(TRAITS, 'disable', undo, now)).toMatchObject({
    step: { do: 'update' },
    acked: { active: true },
  })
  const members: Undo = { account: id, members: { add: ['m1'], remove: ['m2'] } }
  expect(inverseOf(TRAITS, 'members', members, { ...link, type: 'Group' })).toEqual({
    step: { do: 'members', type: 'Group', id, change: { add: ['m2'], remove: ['m1'] } },
  })
})

test('passwords are not noted, and nothing that is too long', () => {
  const change = (after: Link['acked']) =>
    ({ do: 'update', type: 'User', id, change: { before: {}, after: after ?? {}, uncertain: [] } }) as const
  expect(undoOf(change({ password: 'canary', title: 'x' }), undefined)).toEqual({
    account: id,
    was: {},
    set: { title: 'x' },
  })
  expect(undoOf(change({ title: 'x'.repeat(40_000) }), undefined)).toBeUndefined()
})
