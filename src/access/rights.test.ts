// Tests how rights are written, read, and matched with a tenant's resource types.

import { expect, test } from 'vitest'
import { Group, type ResourceType, User } from '../protocol/index.ts'
import { ALL_RIGHTS, formatRights, may, parseRights, type Rights, resolveRights } from './rights.ts'

const Device: ResourceType = { ...User, id: 'Device', name: 'Device', endpoint: '/Devices' }
const users: ResourceType = { ...User, id: 'users', name: 'users', endpoint: '/Accounts' }
const TYPES = [User, Group, Device]

function read(text: string, types: readonly ResourceType[] = TYPES): Rights {
  const rights = parseRights(text)
  if (typeof rights === 'string') throw new Error(rights)
  const resolved = resolveRights(rights, types)
  if (typeof resolved === 'string') throw new Error(resolved)
  return resolved
}

test.each([
  ['all', ALL_RIGHTS, 'all'],
  ['read:*,write:*', ALL_RIGHTS, 'all'],
  ['read:users', { User: { read: true, write: false } }, 'read:users'],
  [
    'read:users, write:users,read:groups',
    { User: { read: true, write: true }, Group: { read: true, write: false } },
    'read:users,write:users,read:groups',
  ],
  ['read:Device', { Device: { read: true, write: false } }, 'read:Device'],
])('P-023 %s', (text, rights, formatted) => {
  expect(read(text)).toEqual(rights)
  expect(formatRights(rights)).toBe(formatted)
})

test.each(['', 'users', 'admin:users', 'read:', 'read:users;write:users'])('%j is refused with a reason', (text) => {
  expect(parseRights(text)).toMatch(/is not a right/)
})

test.each([
  ['read:User,write:user', 'users'],
  ['read:users,write:USERS', 'users'],
  ['read:devices,write:device', 'Device'],
])('%s is taken in any letter case, by name or by endpoint', (text, word) => {
  expect(formatRights(read(text))).toBe(`read:${word},write:${word}`)
})

test.each([
  ['read:usr', 'There is no resource type "usr" in this tenant; did you mean users? There are users, groups, Device'],
  ['read:users,write:grops', '"grops" in this tenant; did you mean groups?'],
  ['read:constructor', '"constructor" in this tenant. There are'],
])('%s names nothing here and is refused', (text, words) => {
  expect(() => read(text)).toThrow(words)
})

test('a type may be called like the endpoint of another one', () => {
  const types = [...TYPES, users]
  const rights = read('read:users,read:User', types)
  expect(rights).toEqual({ users: { read: true, write: false }, User: { read: true, write: false } })
  expect(read(formatRights(rights), types)).toEqual(rights)
})

const mayRead = (rights: Rights, type: string) => may({ rights }, 'read', type)

test('P-023 a type without an entry has what * says, and nothing without *', () => {
  const reads = { read: true, write: false }
  expect(mayRead({ User: reads }, 'Group')).toBe(false)
  expect(mayRead({ '*': reads }, 'Group')).toBe(true)
  expect(mayRead({ '*': reads, Group: { read: false, write: false } }, 'Group')).toBe(false)
})

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('a type may be called %s', (type) => {
  expect(mayRead({ '*': { read: true, write: true } }, type)).toBe(true)
  expect(mayRead({}, type)).toBe(false)
})
