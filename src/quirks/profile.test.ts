// Profiles of kinds.

import { expect, test } from 'vitest'
import { LENIENT, STRICT } from '../protocol/index.ts'
import { ALL_QUIRKS } from './all-quirks.ts'
import { isKind, KINDS, type Kind, profileOf } from './profile.ts'

test.each(KINDS)('%s has a profile of its own name', (kind) => {
  expect(profileOf(kind).kind).toBe(kind)
})

test('strict bends nowhere and rewrites nothing', () => {
  expect(profileOf('strict')).toEqual({ kind: 'strict', allow: STRICT, quirks: [] })
})

test('interop is stricter still: unknown attributes are refused', () => {
  expect(profileOf('interop')).toEqual({ kind: 'interop', allow: { ...STRICT, refuseUnknownInBody: true }, quirks: [] })
})

test('generic takes every dialect, but does not refuse what the RFC allows (A-81)', () => {
  expect(profileOf('generic')).toEqual({
    kind: 'generic',
    allow: { ...LENIENT, looseBearer: true },
    quirks: ALL_QUIRKS,
  })
  expect(profileOf('generic').allow.uniqueGroupNames).toBe(false)
})

test('only entra has unique group names', () => {
  expect(KINDS.filter((kind) => profileOf(kind).allow.uniqueGroupNames)).toEqual(['entra'])
})

test.each(KINDS.filter((kind) => !['strict', 'interop', 'entra'].includes(kind)))(
  '%s is as lenient as generic',
  (kind) => {
    expect(profileOf(kind).allow).toEqual({ ...LENIENT, looseBearer: profileOf(kind).allow.looseBearer })
  },
)

test('only where administrators paste whole headers, tokens are taken without the word Bearer', () => {
  expect(KINDS.filter((kind) => profileOf(kind).allow.looseBearer)).toEqual(['generic', 'okta'])
})

test('kinds are told from other words', () => {
  expect(['okta', 'Okta', '', 'toString', '__proto__'].map(isKind)).toEqual([true, false, false, false, false])
})

test.each(['azure', '__proto__', 'constructor', ''])(
  'what is no kind ("%s") is told so, with those that there are',
  (kind) => {
    expect(() => profileOf(kind as Kind)).toThrow(/^kind: must be one of generic, strict, .*; it is "/)
  },
)
