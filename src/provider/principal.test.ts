import { describe, expect, test } from 'vitest'
import { profileOf } from '../quirks/index.ts'
import type { Call } from './call.ts'
import { bearer, type Grant, may, type Principal, type Rights } from './principal.ts'

const mayRead = (rights: Rights, type: string) =>
  may({ tenant: 'acme', actor: 'test', profile: profileOf('strict'), rights }, 'read', type)

const callWith = (authorization: string): Call => ({
  method: 'GET',
  path: '/Users',
  search: '',
  base: 'https://example.com',
  header: (name) => (name === 'authorization' ? authorization : undefined),
  body: async () => undefined,
})

describe('bearer takes tokens as their kind does', () => {
  const grants: { readonly [token: string]: Grant } = {
    own: { tenant: 'acme', actor: 'okta', kind: 'okta' },
    exact: { tenant: 'acme', actor: 'strict', kind: 'strict' },
  }
  const who = async (header: string): Promise<string | undefined> => {
    const found: Principal | undefined = await bearer(grants)(callWith(header))
    return found?.actor
  }
  test.each([
    ['Bearer own', 'okta', 'once, as RFC 6750 has it'],
    ['own', 'okta', 'without the word'],
    ['Bearer bearer own', 'okta', 'with two'],
    ['Bearer Bearer Bearer own', undefined, 'with three'],
    ['Bearer exact', 'strict', 'once'],
    ['exact', undefined, 'without the word, on strict'],
    ['Bearer Bearer exact', undefined, 'with two, on strict'],
    ['Basic own', undefined, 'another scheme'],
    ['constructor', undefined, 'a name that every object has'],
  ])('%s: %s (%s)', async (header, actor, _case) => {
    expect(await who(header)).toBe(actor)
  })
})

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
