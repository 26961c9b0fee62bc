import { expect, test } from 'vitest'
import { ALL_RIGHTS, accessTo, formatRights, parseRights } from './rights.ts'

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
  expect(parseRights(text)).toEqual(rights)
  expect(formatRights(rights)).toBe(formatted)
})

test.each(['', 'users', 'admin:users', 'read:', 'read:users;write:users'])('%j is refused with a reason', (text) => {
  expect(parseRights(text)).toMatch(/is not a right/)
})

test('P-023 a type without an entry has what * says, and nothing without *', () => {
  expect(accessTo({ User: { read: true, write: false } }, 'Group')).toEqual({ read: false, write: false })
  expect(accessTo({ '*': { read: true, write: false } }, 'Group')).toEqual({ read: true, write: false })
  expect(accessTo({ '*': { read: true, write: true }, Group: { read: true, write: false } }, 'Group').write).toBe(false)
  expect(accessTo({ '*': { read: true, write: true } }, 'constructor').read).toBe(true)
  expect(accessTo({}, 'constructor')).toEqual({ read: false, write: false })
})
