// What a PUT leaves.

import { describe, expect, test } from 'vitest'
import { changedPaths } from './changes.ts'
import { defineSchema } from './define.ts'
import { EnterpriseUser } from './enterprise-user.ts'
import { ScimError } from './errors.ts'
import type { Document } from './json.ts'
import { replaceDocument } from './replace.ts'
import { User } from './user.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENT = EnterpriseUser.id
const Badge = defineSchema({
  id: 'urn:example:badge:1.0:User',
  name: 'Badge',
  attributes: {
    issued: { mutability: 'immutable' },
    doors: { multiValued: true, mutability: 'immutable' },
    origin: { mutability: 'readOnly' },
    pin: { mutability: 'writeOnly' },
    note: {},
    key: {
      type: 'complex',
      subAttributes: { code: { mutability: 'immutable' }, label: {}, made: { mutability: 'readOnly' } },
    },
    keys: {
      type: 'complex',
      multiValued: true,
      subAttributes: { value: {}, kind: { mutability: 'immutable' }, secret: { returned: 'never' } },
    },
  },
})
const Employee = User.extend(Badge)
const BADGE = Badge.id

const ada: Document = {
  schemas: [USER, ENT],
  id: 'a1',
  userName: 'ada',
  externalId: 'e1',
  name: { givenName: 'Ada' },
  nickName: 'Countess',
  active: false,
  emails: [{ value: 'a@x', type: 'work' }],
  [ENT]: { department: 'd' },
}

const badged = (badge: object): Document =>
  ({ schemas: [USER, BADGE], id: 'a1', userName: 'ada', [BADGE]: badge }) as Document
const badge = (current: object, incoming: object) => replaceDocument(badged(current), badged(incoming), Employee)[BADGE]
function refusal(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof ScimError) return error.scimType
    throw error
  }
}

describe('PUT', () => {
  test('P-302 P-306 P-312 A-16 what is given is there, what is omitted is gone, active stays', () => {
    const incoming = { schemas: [USER], userName: 'ada2', emails: [{ value: 'b@x' }] }
    expect(replaceDocument(ada, incoming, User)).toEqual({
      schemas: [USER],
      id: 'a1',
      userName: 'ada2',
      active: false,
      emails: [{ value: 'b@x' }],
    })
  })
  test('P-306 P-307 active that is null is unassigned on purpose', () => {
    expect(replaceDocument(ada, { schemas: [USER], userName: 'ada' }, User, ['active'])).not.toHaveProperty('active')
  })
  test('P-311 A-68 what changes nothing gives the very same document', () => {
    const { id: _id, ...same } = structuredClone(ada)
    expect(replaceDocument(ada, same, User)).toBe(ada)
  })
  test('P-303 A-16 immutable: the same value or none; applied where there is none', () => {
    expect(badge({ issued: 'x', doors: ['a', 'b'] }, { issued: 'X', doors: ['b', 'A'], note: 'n' })).toEqual({
      issued: 'x',
      doors: ['a', 'b'],
      note: 'n',
    })
    expect(badge({ issued: 'x' }, { note: 'n' })).toEqual({ issued: 'x', note: 'n' })
    expect(badge({ note: 'n' }, { issued: 'x' })).toEqual({ issued: 'x' })
    expect(refusal(() => badge({ issued: 'x' }, { issued: 'y' }))).toBe('mutability')
    expect(refusal(() => badge({ doors: ['a'] }, { doors: ['a', 'b'] }))).toBe('mutability')
  })
  test('P-303 P-304 in a complex value too', () => {
    expect(badge({ key: { code: 'c', label: 'l', made: 'm' } }, { key: { label: 'k' } })).toEqual({
      key: { code: 'c', label: 'k', made: 'm' },
    })
    expect(refusal(() => badge({ key: { code: 'c' } }, { key: { code: 'd' } }))).toBe('mutability')
  })
  test('A-09 elements are told apart by their value', () => {
    const current = { keys: [{ value: 'a', kind: 'x', secret: 's' }, { value: 'b' }] }
    expect(badge(current, { keys: [{ value: 'b', kind: 'y' }, { value: 'a' }] })).toEqual({
      keys: [
        { value: 'b', kind: 'y' },
        { value: 'a', kind: 'x', secret: 's' },
      ],
    })
    expect(refusal(() => badge(current, { keys: [{ value: 'a', kind: 'z' }] }))).toBe('mutability')
  })
  test('P-304 A-16 readOnly and never returned values stay', () => {
    expect(badge({ origin: 'o', pin: 'p', note: 'n' }, {})).toEqual({ origin: 'o', pin: 'p' })
    expect(badge({ origin: 'o', pin: 'p' }, { pin: 'q' })).toEqual({ origin: 'o', pin: 'q' })
  })
})

describe('changed paths', () => {
  test('leaves of singular complex attributes, whole lists, extensions', () => {
    const after = {
      ...ada,
      schemas: [USER],
      name: { givenName: 'A', familyName: 'L' },
      nickName: undefined,
      emails: [{ value: 'b@x' }],
      title: 't',
      [ENT]: undefined,
    }
    const { nickName: _nick, [ENT]: _ent, ...plain } = after
    expect(changedPaths(ada, plain, User)).toEqual([
      { path: 'name.familyName', new: 'L' },
      { path: 'name.givenName', old: 'Ada', new: 'A' },
      { path: 'nickName', old: 'Countess' },
      { path: 'title', new: 't' },
      { path: 'emails', old: [{ value: 'a@x', type: 'work' }], new: [{ value: 'b@x' }] },
      { path: `${ENT}:department`, old: 'd' },
    ])
  })
  test('S-068 never values that are never returned', () => {
    const before = badged({ pin: '1', keys: [{ value: 'a', secret: 's' }], note: 'n' })
    const after = badged({ pin: '2', keys: [{ value: 'b', secret: 't' }], note: 'n' })
    expect(changedPaths(before, after, Employee)).toEqual([
      { path: `${BADGE}:keys`, old: [{ value: 'a' }], new: [{ value: 'b' }] },
    ])
  })
  test('nothing of what stays', () => {
    expect(changedPaths(ada, structuredClone(ada), User)).toEqual([])
  })
})
