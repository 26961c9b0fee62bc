// Tests for what is wrong with a token that arrived: each way of pasting it wrongly has a fault of its own.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashToken, makeAdminToken, makeToken, tokenId } from '../../access/index.ts'
import { environment } from '../../environment.ts'
import { type Expected, tokenFault } from './token-fault.ts'

const TENANT = 'acme'
const token = makeToken(TENANT, environment)
const earlier = makeToken(TENANT, environment)
const expected: Expected = {
  tenant: TENANT,
  tokens: [
    { id: tokenId(hashToken(earlier)), made: 1, length: earlier.length, ended: 77 },
    { id: tokenId(hashToken(token)), made: 77, length: token.length },
  ],
}
const faultOf = (header: string | undefined) => tokenFault(header, expected)
const ours = token.length

test.each([
  ['nothing', undefined, { fault: 'no-header' }],
  ['an empty header', ' ', { fault: 'no-header' }],
  ['the word alone', 'Bearer', { fault: 'empty' }],
  ['the word and a blank', 'Bearer ', { fault: 'empty' }],
  ['a name with a password', 'Basic YTpi', { fault: 'other-scheme' }],
  ['the token alone', token, { fault: 'no-bearer' }],
  ['the word twice', `Bearer Bearer ${token}`, { fault: 'bearer-twice', arrived: ours }],
  ['the word twice, once with a colon', `Bearer Bearer: ${token}`, { fault: 'bearer-twice', arrived: ours }],
  ['two blanks before it', `Bearer  ${token}`, { fault: 'blank', where: 'before' }],
  ['a hard blank behind it', `Bearer ${token}\u00a0`, { fault: 'blank', where: 'behind' }],
  ['a blank behind it', `Bearer ${token} `, { fault: 'blank', where: 'behind' }],
  ['an invisible character behind it', `Bearer ${token}\u00e2\u0080\u008b`, { fault: 'blank', where: 'behind' }],
  ['an encoded blank behind it', `Bearer ${token}%20`, { fault: 'blank', where: 'behind' }],
  ['a blank within it', `Bearer ${token.slice(0, 20)} ${token.slice(20)}`, { fault: 'blank', where: 'within' }],
  ['quotes', `Bearer "${token}"`, { fault: 'quoted' }],
  ['angle brackets', `Bearer <${token}>`, { fault: 'quoted' }],
  ['cut', `Bearer ${token.slice(0, 48)}`, { fault: 'cut', arrived: 48, ours }],
  ['pasted twice', `Bearer ${token}${token}`, { fault: 'longer', arrived: 2 * ours, ours }],
  ['mistyped', `Bearer ${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, { fault: 'unknown' }],
  ['the earlier one', `Bearer ${earlier}`, { fault: 'replaced', at: 77 }],
  ['one of another tenant', `Bearer ${makeToken('globex', environment)}`, { fault: 'other-tenant' }],
  ['an admin token', `Bearer ${makeAdminToken(environment)}`, { fault: 'admin-token' }],
  ['something else', 'Bearer dapi0123456789', { fault: 'unlike', arrived: 14, ours }],
  ['the right one', `Bearer ${token}`, undefined],
])('%s', (_what, header, fault) => {
  expect(faultOf(header)).toEqual(fault)
})

test('a token that was cut anywhere is a token that was cut', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: ours - 1 }), (length) => {
      expect(faultOf(`Bearer ${token.slice(0, length)}`)).toEqual({ fault: 'cut', arrived: length, ours })
    }),
  )
})

test('a token of a tenant whose name has underscores was cut, and is not one of another tenant', () => {
  const own = makeToken('a_b', environment)
  const known = { tenant: 'a_b', tokens: [{ id: tokenId(hashToken(own)), made: 1, length: own.length }] }
  for (let length = 3; length < own.length; length++)
    expect(tokenFault(`Bearer ${own.slice(0, length)}`, known)).toMatchObject({ fault: 'cut' })
})

test('any header has a fault unless it is the right one, and no fault has a piece of the header', () => {
  const piece = fc.constantFrom('Bearer', 'bearer', ' ', token, earlier, '"', 'Basic', '\t', '%20', 'x', '\u00a0', ':')
  const header = fc.oneof(
    fc.string({ maxLength: 200, unit: 'binary-ascii' }),
    fc.array(piece, { maxLength: 6 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(header, (text) => {
      const fault = faultOf(text)
      if (fault === undefined) expect(text.replace(/^\s*bearer[ :]*/i, '')).toBe(token)
      const told = JSON.stringify(fault ?? {})
      for (let at = 0; at + 12 <= token.length; at++) expect(told).not.toContain(token.slice(at, at + 12))
    }),
  )
})

test('work is proportional to the length of a header', () => {
  for (const text of ['Bearer '.repeat(2_000), `Bearer ${' '.repeat(14_000)}x`, '"'.repeat(14_000)])
    expect(faultOf(text)).toBeDefined()
})
