// The list of quirks.

import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { catalog, create, list, patch, patchGroup } from '../../test/quirks/messages.ts'
import { Group } from '../protocol/group.ts'
import { PATCH_OP } from '../protocol/index.ts'
import { User } from '../protocol/user.ts'
import { ALL_QUIRKS } from './all-quirks.ts'
import type { Message } from './quirk.ts'
import { rewrite } from './rewrite.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

test('names are unique, and each quirk names its register and its source', () => {
  expect(new Set(ALL_QUIRKS.map((quirk) => quirk.name)).size).toBe(ALL_QUIRKS.length)
  for (const { name, register, source } of ALL_QUIRKS) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(register.length, name).toBeGreaterThan(0)
    for (const number of register) expect(number).toMatch(/^[QX]\d\d$/)
    expect(source.length, name).toBeGreaterThan(10)
  }
})

test('each quirk is in a file of its name', () => {
  const files = readdirSync(new URL('.', import.meta.url))
  for (const { name } of ALL_QUIRKS) expect(files).toContain(`${name}.ts`)
})

test.each<[string, Message]>([
  ['get', { action: 'get', type: User, id: '1', query: {} }],
  ['list', list({ filter: 'userName eq "o\'hara [x] eq %20 urn:scim:schemas:core:1.0"', attributes: 'userName' })],
  ['delete', { action: 'delete', type: Group, id: '1', query: {} }],
  [
    'create',
    create({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
      userName: 'ada',
      name: { givenName: 'Ada' },
      emails: [{ value: 'ada@example.com', type: 'work', primary: true }],
      active: true,
      [ENTERPRISE]: { department: 'R&D', manager: { value: '7' } },
    }),
  ],
  [
    'patch',
    patch(
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'x' },
      { op: 'replace', value: { active: false } },
    ),
  ],
  [
    'group',
    patchGroup(
      { op: 'add', path: 'members', value: [{ value: 'a', type: 'User' }] },
      { op: 'remove', path: 'members' },
    ),
  ],
])('what the RFC allows passes unchanged: %s', (_case, message) => {
  expect(rewrite(ALL_QUIRKS, message, catalog)).toBe(message)
})

test.each<[string, Message]>([
  ['no body', { action: 'create', type: User, query: {} }],
  ['null', create(null)],
  ['a list', create([])],
  ['a text', create('x')],
  ['a PATCH without object', { ...patch(), body: 'x' }],
  ['operations of odd shapes', patch(null, 7, [], {}, { op: 1 }, { op: 'add', path: 3 })],
  ['a root query', { action: 'list', query: { filter: 'a eq "b"' } }],
])('what cannot be read is left to the core: %s', (_case, message) => {
  expect(rewrite(ALL_QUIRKS, message, catalog)).toBe(message)
})

test('rewrites work on the results of one another', () => {
  const sent = create({
    schemas: ['urn:scim:schemas:core:1.0'],
    'urn:scim:schemas:core:1.0': { userName: 'ada', active: '1' },
    'urn:scim:schemas:extension:enterprise:1.0': { department: 'R&D' },
    manager: { managerId: '7' },
  })
  expect(rewrite(ALL_QUIRKS, sent, catalog).body).toEqual({
    schemas: ['urn:scim:schemas:core:1.0'],
    userName: 'ada',
    active: '1',
    [ENTERPRISE]: { department: 'R&D' },
    manager: { value: '7' },
  })
})

test('a SCIM 1.1 PATCH becomes one of SCIM 2.0', () => {
  const body = {
    schemas: ['urn:scim:schemas:core:1.0'],
    active: 0,
    'urn:scim:schemas:extension:enterprise:1.0': { division: 'd' },
  }
  const message: Message = { action: 'patch', type: User, id: '1', query: {}, body }
  expect(rewrite(ALL_QUIRKS, message, catalog).body).toEqual({
    schemas: [PATCH_OP],
    Operations: [
      { op: 'replace', path: 'active', value: 0 },
      { op: 'replace', path: ENTERPRISE, value: { division: 'd' } },
    ],
  })
})

test('a member called __proto__ stays a member', () => {
  const body = JSON.parse('{"userName":"ada","active":"1","__proto__":{"polluted":true},"manager":"7"}')
  const after = rewrite(ALL_QUIRKS, create(body), catalog).body
  expect(Object.hasOwn(Object(after), '__proto__')).toBe(true)
  expect(Object.getPrototypeOf(after)).toBe(Object.prototype)
})
