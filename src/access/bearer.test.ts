// Tests which forms of the Authorization header each kind of client may use.

import { describe, expect, test } from 'vitest'
import { bearer, type Grant } from './bearer.ts'
import type { Principal } from './principal.ts'

const callWith = (authorization: string) => ({
  header: (name: string) => (name === 'authorization' ? authorization : undefined),
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
