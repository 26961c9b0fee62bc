// Maps that are written in TypeScript.

import { expect, test } from 'vitest'
import { Group, User } from '../../protocol/index.ts'
import { defineMap } from './define-map.ts'
import { readMap } from './read-map.ts'
import { SHAPE_NAMES } from './shapes.ts'

const findings = (map: Parameters<typeof readMap>[0], type: typeof User | typeof Group) =>
  readMap(map, { type: type.name as 'User' | 'Group', sourceType: type, accountType: type, grants: [] }).findings

test('what the types take is what a map takes', () => {
  const people = defineMap(User, {
    userName: {
      from: 'userName',
      to: ['trim', 'lower', 'truncate:40', { replace: '@', with: '.' }],
      whenMissing: 'fail',
    },
    externalId: { from: 'id' },
    'name.givenName': { from: 'name.givenName', default: '-' },
    'phoneNumbers[type eq "mobile"].value': { from: 'phoneNumbers[type eq "mobile"].value' },
    emails: { from: 'emails[type eq "work"].value', as: 'primaryWorkEmail' },
    userType: { from: 'userType', to: [{ lookup: { Employee: 'E' }, otherwise: 'X' }] },
    entitlements: { const: [{ value: '00e2x' }], on: 'create' },
    displayName: { cel: 'user.userName' },
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager': {
      ref: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager',
    },
  })
  expect(findings(people, User)).toEqual([])
  const groups = defineMap(Group, {
    displayName: { from: 'displayName', to: ['prefix:x-'] },
    members: { refs: 'members', nested: 'keep' },
  })
  expect(findings(groups, Group)).toEqual([])
})

test('the types know every shape', () => {
  for (const [as] of SHAPE_NAMES) {
    const map = defineMap(User, { emails: { from: 'emails', as: as as 'first' } })
    expect(findings(map, User).filter(({ option }) => option.endsWith('.as'))).toEqual([])
  }
})
