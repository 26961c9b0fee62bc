import { expect, test } from 'vitest'
import { profileOf } from '../quirks/index.ts'
import { may, type Rights } from './principal.ts'

const mayRead = (rights: Rights, type: string) =>
  may({ tenant: 'acme', actor: 'test', profile: profileOf('strict'), rights }, 'read', type)

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
