// Tests that tokens are random, recognisable, and stored as a hash.

import { expect, test } from 'vitest'
import { environment } from '../environment.ts'
import { hashToken, isAdminToken, makeAdminToken, makeToken, sameHash, tenantOfToken, tokenId } from './tokens.ts'

test('P-022 a token holds 256 bits of chance behind a recognisable prefix', () => {
  const token = makeToken('acme', environment)
  expect(token).toMatch(/^lk_acme_[A-Za-z0-9_-]{43}$/)
  expect(makeToken('acme', environment)).not.toBe(token)
  expect(tenantOfToken(token)).toBe('acme')
  expect(makeAdminToken(environment)).toMatch(/^lka_[A-Za-z0-9_-]{43}$/)
})

test.each([
  ['lk_acme_short', 'a short secret'],
  [`lk_acme${'x'.repeat(43)}`, 'no separator'],
  [`xx_acme_${'x'.repeat(43)}`, 'another prefix'],
  [`lk_acme_${'x'.repeat(44)}`, 'a long secret'],
  ['', 'nothing'],
])('%j is no token (%s)', (text) => {
  expect(tenantOfToken(text)).toBeUndefined()
})

test.each(['acme', 'org_2abc', '7', 'a_b_c', 'Übergrößen GmbH', 'with space', '~tilde', '日本'])(
  'a tenant may be called %j',
  (tenant) => {
    const token = makeToken(tenant, environment)
    expect(token).toMatch(/^[A-Za-z0-9._~-]+$/)
    expect(tenantOfToken(token)).toBe(tenant)
  },
)

test('an admin token is not a token of a tenant named admin, nor the other way round', () => {
  expect(isAdminToken(makeToken('admin', environment))).toBe(false)
  expect(tenantOfToken(makeAdminToken(environment))).toBeUndefined()
})

test('a token is kept as SHA-256', () => {
  expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(tokenId(hashToken('abc'))).toBe('ba7816bf8f01')
  expect(sameHash(hashToken('abc'), hashToken('abc'))).toBe(true)
  expect(sameHash(hashToken('abc'), hashToken('abd'))).toBe(false)
  expect(sameHash('a', 'ab')).toBe(false)
})

test.each(['~', '~!!', '~A', '~AB=C'])('a token that names its tenant %s is none, and nothing fails', (name) => {
  expect(tenantOfToken(`lk_${name}_${'a'.repeat(43)}`)).toBeUndefined()
})
