// Every error of the product is explained, for every kind of connection, in both languages.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partsOf } from '../../guides/steps/text.ts'
import { TRANSPORT_CODES_SHOWN } from '../../scripts/reference.ts'
import {
  CAUSES,
  type ErrorFacts,
  explain,
  isVendor,
  type Language,
  PLACES,
  VENDOR_NAMES,
} from '../../src/explain/index.ts'
import { codeOf, SCIM_TYPES, type ScimType, STATUS_CODES } from '../../src/protocol/index.ts'
import { KINDS } from '../../src/quirks/index.ts'
import { refusalsIn } from './refusals-in-source.ts'

const CODES = [
  ...Object.keys(SCIM_TYPES).map((type) => codeOf(type as ScimType)),
  ...Object.values(STATUS_CODES),
  ...TRANSPORT_CODES_SHOWN,
  'ERR_CONFIG',
]
const LANGUAGES: readonly Language[] = ['en', 'de']

describe.each(CODES)('%s', (code) => {
  test.each(KINDS)('has three sentences for %s', (kind) => {
    for (const language of LANGUAGES) {
      const { cause, happened, why, todo, place } = explain({ code, kind, language })
      expect(cause).not.toBe('unknown')
      for (const text of [happened, why, todo]) {
        expect(text).toMatch(/^\S.{10,}[.!]$/s)
        expect(text).not.toMatch(/[{}]|undefined/)
      }
      const named = CAUSES.find(({ id }) => id === cause)?.place !== undefined
      expect(place !== undefined).toBe(named && isVendor(kind))
    }
  })
})

describe('the causes', () => {
  test('have names of their own, and only codes that exist', () => {
    expect(new Set(CAUSES.map(({ id }) => id)).size).toBe(CAUSES.length)
    const known = new Set([...CODES, 'SCIM_408'])
    expect(CAUSES.flatMap(({ codes }) => codes).filter((code) => !known.has(code))).toEqual([])
  })

  test('say the same menus and values in both languages', () => {
    for (const { id, en, de, vendors = {} } of CAUSES) {
      const pairs = en.map((text, at) => [text, de[at] ?? ''] as const)
      const own = Object.values(vendors).flatMap(({ why, todo }) =>
        [why, todo].flatMap((one) => (one ? [[one.en, one.de] as const] : [])),
      )
      for (const [one, other] of [...pairs, ...own]) {
        expect(other.length, id).toBeGreaterThan(10)
        expect(marks(other), `${id}: ${other}`).toEqual(marks(one))
      }
    }
  })
})

describe('every refusal that the source can make', () => {
  const rooms = ['protocol', 'provider', 'directory', 'access', 'tenancy', 'embed']
  // Of the server only what answers clients of SCIM: pages and their files are for people.
  const ofScim = /^server\/(?:faces|request-origin|probe-faces|offload\/.*)\.ts$/
  // Those that consist of what is put in alone are written elsewhere: in protocol/forms.ts, and by the store.
  const refusals = [...refusalsIn(rooms), ...refusalsIn(['server']).filter(({ file }) => ofScim.test(file))].filter(
    ({ detail }) => /[a-z]{4}/.test(detail),
  )

  test('is found', () => {
    expect(refusals.length).toBeGreaterThan(220)
    expect(refusals.map(({ detail }) => detail)).toContain('There is no ‹x› with the id ‹x›')
  })

  test('is explained by its own cause, not by its code alone', () => {
    const general = refusals.filter((facts) => !explain(facts).isCertain)
    expect(general).toEqual([])
  })
})

test.each([
  [
    'SCIM_UNIQUENESS',
    "Another User has this userName already (letter case doesn't count); choose another one",
    'user-name-taken',
  ],
  ['SCIM_UNIQUENESS', 'Another Group has this displayName already; choose another one', 'group-name-taken'],
  [
    'SCIM_INVALID_VALUE',
    'members: there is no user or group with the id 42; create it first, or leave it out',
    'member-not-here',
  ],
  ['SCIM_INVALID_VALUE', 'userName is required and must not be empty', 'value-required'],
  ['SCIM_INVALID_VALUE', 'emails[0].type must be one of work, home; it was "‹text 5›"', 'value-not-offered'],
  ['SCIM_INVALID_VALUE', 'password must be a string', 'password'],
  ['SCIM_INVALID_VALUE', 'emails[0].value must be an e-mail address, like ada@example.com', 'value-form'],
  ['SCIM_INVALID_VALUE', 'active must be true or false; it was a string', 'value-type'],
  ['SCIM_NOT_FOUND', 'There is no User with the id 0198', 'not-here'],
  ['SCIM_NOT_FOUND', 'There is nothing here; SCIM is at /tenants/{tenant}/scim/v2', 'wrong-address'],
  ['SCIM_INVALID_PATH', 'User has no attribute badge; see User in /Schemas for those it has', 'unknown-attribute'],
  [
    'SCIM_NO_TARGET',
    'emails: the filter matches no value, so that there is nothing to replace; use add',
    'nothing-selected',
  ],
  [
    'SCIM_UNAUTHORIZED',
    'The Authorization header contains the word Bearer twice; give the token alone',
    'token-written-wrong',
  ],
  ['SCIM_INVALID_SYNTAX', 'A bulk request needs "Operations", a list', 'bulk-malformed'],
  ['SCIM_INVALID_SYNTAX', 'A PATCH needs "Operations", a list', 'patch-malformed'],
] as const)('%s, %s: %s', (code, detail, cause) => {
  expect(explain({ code, detail: `${detail} [r_01k7m2p9x3ab4]` })).toMatchObject({ cause, isCertain: true })
})

test('names the sender, the attribute and the place', () => {
  const facts: ErrorFacts = {
    code: 400,
    scimType: 'invalidValue',
    kind: 'entra',
    detail: 'name.familyName is required and must not be empty',
  }
  expect(explain(facts)).toMatchObject({
    code: 'SCIM_INVALID_VALUE',
    happened: 'Entra sent somebody or something without `name.familyName`, which must have a value.',
    place: ['Enterprise apps', 'the application', 'Provisioning', 'Attribute mapping'],
  })
  expect(explain({ ...facts, language: 'de' }).todo).toContain(
    'In Entra: *Enterprise apps → die Anwendung → Provisioning → Attribute mapping*.',
  )
  expect(explain({ ...facts, kind: 'generic' }).happened).toMatch(/^The identity provider sent/)
  expect(explain({ ...facts, kind: 'generic', language: 'de' }).happened).toMatch(/^Der Identity Provider sandte/)
  expect(explain({ ...facts, kind: 'authentik' }).happened).toMatch(/^authentik sent/)
})

test('says what was bent before', () => {
  expect(explain({ code: 'SCIM_NO_TARGET', bends: ['operation-list'] }).why).toContain('(`operation-list`)')
})

test('a code is known by its scimType and by its status, and what is none is said to be unknown', () => {
  expect(explain({ code: 'uniqueness' }).code).toBe('SCIM_UNIQUENESS')
  expect(explain({ code: 409 }).code).toBe('SCIM_CONFLICT')
  expect(explain({ code: '418' })).toMatchObject({ code: 'SCIM_418', cause: 'unknown', isCertain: false })
})

test('what strangers wrote is never taken for a name', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...CODES), (detail, code) => {
      const { happened, why, todo } = explain({ code, detail, kind: 'okta' })
      for (const text of [happened, why, todo]) expect(text).not.toMatch(/<|undefined/)
    }),
  )
})

test('each identity provider has all its places', () => {
  expect(Object.keys(VENDOR_NAMES).sort()).toEqual(
    KINDS.filter((kind) => !['generic', 'strict', 'interop'].includes(kind)).sort(),
  )
  for (const places of Object.values(PLACES)) {
    for (const place of Object.values(places)) expect(place.length).toBeGreaterThan(0)
  }
})

function marks(text: string): readonly string[] {
  const parts = partsOf(text).filter(({ is }) => is !== 'text')
  return parts
    .map(({ text }) => text.replace('URN:attribut', 'URN:attribute').replace('attributee', 'attribute'))
    .sort()
}
