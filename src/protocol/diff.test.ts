// The least PATCH between two documents.

import { describe, expect, test } from 'vitest'
import { defineSchema } from './define.ts'
import { diff, sameDocument } from './diff.ts'
import { EnterpriseUser } from './enterprise-user.ts'
import { Group } from './group.ts'
import type { JsonObject } from './json.ts'
import { User } from './user.ts'

const ENT = EnterpriseUser.id
const home = { value: 'a@home.example', type: 'home' }
const work = { value: 'a@work.example', type: 'work', primary: true }

/** The operations of a difference that takes one request. */
function operations(before: JsonObject, after: JsonObject, type = User) {
  const { patches, put, notes } = diff({ userName: 'ada', ...before }, { userName: 'ada', ...after }, type)
  expect(put).toBeUndefined()
  expect(notes).toEqual([])
  expect(patches.length).toBeLessThan(2)
  return patches[0] ?? []
}

describe('the least PATCH', () => {
  test.each<[string, JsonObject, JsonObject, readonly JsonObject[]]>([
    ['nothing', { title: 'x', emails: [home, work] }, { emails: [work, home], title: 'x' }, []],
    ['what only the server sets', { id: '1', meta: { version: 'W/"1"' } }, { groups: [{ value: 'g' }] }, []],
    ['null and [] for absent', { title: 'x' }, { title: 'x', nickName: null, emails: [] }, []],
    ['primary false for absent', { emails: [{ ...home, primary: false }] }, { emails: [home] }, []],
    ['a new value', {}, { title: 'Dr' }, [{ op: 'add', path: 'title', value: 'Dr' }]],
    ['another value', { title: 'Mr' }, { title: 'Dr' }, [{ op: 'replace', path: 'title', value: 'Dr' }]],
    ['another letter case', { title: 'dr' }, { title: 'Dr' }, [{ op: 'replace', path: 'title', value: 'Dr' }]],
    ['a value gone', { title: 'Mr' }, {}, [{ op: 'remove', path: 'title' }]],
    ['false', { active: true }, { active: false }, [{ op: 'replace', path: 'active', value: false }]],
    [
      'a part of a name',
      { name: { givenName: 'A', familyName: 'L' } },
      { name: { givenName: 'Ada', familyName: 'L' } },
      [{ op: 'replace', path: 'name.givenName', value: 'Ada' }],
    ],
    [
      'two parts of a name, and one gone',
      { name: { givenName: 'A', familyName: 'L', middleName: 'x' } },
      { name: { givenName: 'Ada', familyName: 'Lovelace' } },
      [
        { op: 'remove', path: 'name.middleName' },
        { op: 'replace', path: 'name', value: { familyName: 'Lovelace', givenName: 'Ada' } },
      ],
    ],
    ['a whole name gone', { name: { givenName: 'A' } }, {}, [{ op: 'remove', path: 'name' }]],
    [
      'an extension',
      { [ENT]: { department: 'R&D', division: 'x' } },
      { [ENT]: { department: 'Sales' } },
      [
        { op: 'remove', path: `${ENT}:division` },
        { op: 'replace', path: `${ENT}:department`, value: 'Sales' },
      ],
    ],
    [
      'a manager, whatever the server shows of it',
      { [ENT]: { manager: { value: '1', $ref: 'https://x/Users/1', displayName: 'Boss' } } },
      { [ENT]: { manager: { value: '2' } } },
      [{ op: 'replace', path: `${ENT}:manager`, value: { value: '2' } }],
    ],
    [
      'a password, which is never shown',
      {},
      { password: 'secret' },
      [{ op: 'add', path: 'password', value: 'secret' }],
    ],
    ['no password given', { password: 'hash' }, {}, []],
    [
      'an address changed where it stands',
      { emails: [home, work] },
      { emails: [home, { ...work, value: 'b@work.example' }] },
      [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'b@work.example' }],
    ],
    [
      'a type changed',
      { emails: [home, work] },
      { emails: [{ ...home, type: 'other' }, work] },
      [{ op: 'replace', path: 'emails[value eq "a@home.example"].type', value: 'other' }],
    ],
    ['one added to many', { emails: [work] }, { emails: [work, home] }, [{ op: 'add', path: 'emails', value: [home] }]],
    [
      'one removed of many',
      { emails: [work, home] },
      { emails: [work] },
      [{ op: 'remove', path: 'emails[value eq "a@home.example"]' }],
    ],
    [
      'the other one primary, which ends the first being so',
      { emails: [work, home] },
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
      [{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
    ],
    [
      'nobody primary',
      { emails: [work, home] },
      { emails: [{ ...work, primary: false }, home] },
      [{ op: 'replace', path: 'emails[type eq "work"].primary', value: false }],
    ],
    [
      'a label gone',
      { emails: [{ ...work, display: 'x' }, home] },
      { emails: [work, home] },
      [{ op: 'remove', path: 'emails[type eq "work"].display' }],
    ],
    [
      'a new primary beside the old one',
      { emails: [work] },
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
      [{ op: 'add', path: 'emails', value: [{ ...home, primary: true }] }],
    ],
    ['the last one gone', { emails: [work] }, {}, [{ op: 'remove', path: 'emails' }]],
    ['the first ones', {}, { emails: [work] }, [{ op: 'add', path: 'emails', value: [work] }]],
    [
      'all others',
      { emails: [{ value: 'x@example.com' }] },
      { emails: [{ value: 'y@example.com' }] },
      [{ op: 'replace', path: 'emails', value: [{ value: 'y@example.com' }] }],
    ],
    [
      'a quotation mark in a value',
      { emails: [work, { value: '"q"@x' }] },
      { emails: [work] },
      [{ op: 'remove', path: 'emails[value eq "\\"q\\"@x"]' }],
    ],
    [
      'a certificate too long for a path',
      { x509Certificates: [{ value: 'A'.repeat(2000) }, { value: 'BBBB' }] },
      { x509Certificates: [{ value: 'BBBB' }] },
      [{ op: 'replace', path: 'x509Certificates', value: [{ value: 'BBBB' }] }],
    ],
  ])('%s', (_case, before, after, expected) => {
    expect(operations(before, after)).toEqual(expected)
  })

  test.each<[string, JsonObject, JsonObject, readonly JsonObject[]]>([
    [
      'members that come and go',
      { members: [{ value: 'a', $ref: 'x/Users/a', type: 'User', display: 'A' }, { value: 'b' }] },
      { members: [{ value: 'a' }, { value: 'c', type: 'User' }, { value: 'd' }] },
      [
        { op: 'remove', path: 'members[value eq "b"]' },
        { op: 'add', path: 'members', value: [{ value: 'c', type: 'User' }, { value: 'd' }] },
      ],
    ],
    ['all members gone', { members: [{ value: 'a' }] }, { members: [] }, [{ op: 'remove', path: 'members' }]],
    [
      'all other members',
      { members: [{ value: 'a' }] },
      { members: [{ value: 'b' }] },
      [{ op: 'replace', path: 'members', value: [{ value: 'b' }] }],
    ],
    ['the first members', {}, { members: [{ value: 'b' }] }, [{ op: 'add', path: 'members', value: [{ value: 'b' }] }]],
  ])('of a group: %s', (_case, before, after, expected) => {
    const { patches } = diff({ displayName: 'g', ...before }, { displayName: 'g', ...after }, Group)
    expect(patches).toEqual([expected])
  })

  test('what is immutable is refused, clearly, and the rest goes on', () => {
    const Badge = defineSchema({
      id: 'urn:example:scim:badge',
      name: 'Badge',
      attributes: {
        number: { type: 'integer', mutability: 'immutable' },
        doors: { multiValued: true },
        made: { mutability: 'readOnly' },
      },
    })
    const Employee = User.extend(Badge)
    const before = { userName: 'a', [Badge.id]: { number: 1, doors: ['x'], made: 'y' } }
    const { patches, notes } = diff(
      before,
      { userName: 'a', [Badge.id]: { number: 2, doors: ['z', 'x'], made: 'w' } },
      Employee,
    )
    expect(patches).toEqual([[{ op: 'add', path: `${Badge.id}:doors`, value: ['z'] }]])
    expect(notes).toEqual([{ kind: 'refused', path: `${Badge.id}:number`, why: expect.stringContaining('immutable') }])
    expect(diff(before, { userName: 'a', [Badge.id]: { number: 1 } }, Employee).patches).toEqual([
      [{ op: 'remove', path: `${Badge.id}:doors` }],
    ])
    const { doors: _doors, ...rest } = before[Badge.id] ?? {}
    expect(diff({ userName: 'a', [Badge.id]: { ...rest, doors: ['x', 'y'] } }, before, Employee).patches).toEqual([
      [{ op: 'replace', path: `${Badge.id}:doors`, value: ['x'] }],
    ])
  })

  test('what no schema has is said, not sent', () => {
    const { same, notes } = diff({ userName: 'a' }, { userName: 'a', shoeSize: 45 }, User)
    expect(same).toBe(true)
    expect(notes).toEqual([{ kind: 'unknown', path: 'shoeSize', why: expect.stringContaining('shoeSize') }])
  })

  test('sameDocument: lists without order, references by id', () => {
    const a = { userName: 'a', emails: [home, work] }
    expect(sameDocument(a, { userName: 'a', emails: [work, { ...home, primary: false }], id: '7' }, User)).toBe(true)
    expect(sameDocument(a, { userName: 'a', emails: [work] }, User)).toBe(false)
  })
})

test('attributes that every resource has are compared once, also where a schema lists them as its own', () => {
  const listed = ['externalId', 'id', 'meta', 'externalid'].map((name) => ({
    name,
    type: 'string' as const,
    multiValued: false,
    description: '',
    required: false,
    caseExact: false,
    mutability: 'readWrite' as const,
    returned: 'default' as const,
    uniqueness: 'none' as const,
  }))
  const type = { ...Group, schema: { ...Group.schema, attributes: [...Group.schema.attributes, ...listed] } }
  const { patches } = diff({ id: 'b', externalId: 'old', displayName: 'x' }, { id: 'a', displayName: 'x' }, type)
  expect(patches).toEqual([[{ op: 'remove', path: 'externalId' }]])
})
