// Required attributes and forms of values.

import { describe, expect, test } from 'vitest'
import { type Allowances, LENIENT, STRICT } from './allowances.ts'
import { checkDocument } from './check.ts'
import { defineSchema } from './define.ts'
import { EnterpriseUser } from './enterprise-user.ts'
import { ScimError } from './errors.ts'
import { Group } from './group.ts'
import type { Document } from './json.ts'
import { preparePassword, userNameFault } from './prepare-name.ts'
import type { ResourceType } from './schema.ts'
import { User } from './user.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const Badge = defineSchema({
  id: 'urn:example:badge:1.0:User',
  name: 'Badge',
  attributes: {
    number: { required: true },
    since: { type: 'dateTime' },
    site: { type: 'reference' },
    serial: { mutability: 'readOnly', required: true },
    keys: { type: 'complex', multiValued: true, subAttributes: { value: { required: true }, label: {} } },
  },
})
const Guarded = User.extend(Badge, { required: true })
const Employee = User.extend(Badge)

function fault(more: object, allow: Allowances = STRICT, type: ResourceType = User): string | undefined {
  return refusal(() => checkDocument({ schemas: [USER], userName: 'ada', ...more }, type, allow))
}

function refusal(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof ScimError) return error.scimType
    throw error
  }
}

describe('required', () => {
  test('S-061 S-062 S-100 an attribute without a value', () => {
    expect(refusal(() => checkDocument({ schemas: [USER] }, User, STRICT))).toBe('invalidValue')
    expect(fault({ userName: '' }, LENIENT)).toBe('invalidValue')
    expect(refusal(() => checkDocument({ schemas: [] }, Group, STRICT))).toBe('invalidValue')
  })
  test('S-132 a group needs no members', () => {
    expect(refusal(() => checkDocument({ displayName: 'g' }, Group, STRICT))).toBeUndefined()
  })
  test('S-092 a required extension, and what is required in one that is there', () => {
    expect(fault({}, LENIENT, Guarded)).toBe('invalidValue')
    expect(fault({}, STRICT, Employee)).toBeUndefined()
    expect(fault({ [Badge.id]: { since: '2026-01-01T00:00:00Z' } }, LENIENT, Employee)).toBe('invalidValue')
    expect(fault({ [Badge.id]: { number: '1' } }, STRICT, Guarded)).toBeUndefined()
  })
  test('A-07 a required sub-attribute counts where its parent has a value', () => {
    expect(fault({ [Badge.id]: { number: '1', keys: [{ label: 'x' }] } }, STRICT, Employee)).toBe('invalidValue')
    expect(fault({ [Badge.id]: { number: '1', keys: [{ value: 'x' }] } }, STRICT, Employee)).toBeUndefined()
  })
})

describe('forms', () => {
  const certificate = 'MAMCAQE='
  test.each<[object, string]>([
    [{ preferredLanguage: 'en-US' }, 'S-103'],
    [{ preferredLanguage: 'da, en-gb;q=0.8, *;q=0.1' }, 'S-103'],
    [{ locale: 'en_US' }, 'S-103'],
    [{ locale: 'zh-Hant-TW' }, 'S-103'],
    [{ timezone: 'America/Los_Angeles' }, 'S-104'],
    [{ timezone: 'US/Pacific' }, 'S-104 an old name'],
    [{ emails: [{ value: 'ada+x@mail.example.com' }] }, 'S-111'],
    [{ emails: [{ value: 'ädä@bücher.example' }] }, 'S-111'],
    [{ emails: [{ value: '"a b"@example.com' }] }, 'S-111'],
    [{ photos: [{ value: 'https://example.com/a.png?x=1#y' }] }, 'S-114'],
    [{ photos: [{ value: 'data:image/png;base64,AA==' }] }, 'S-114'],
    [{ profileUrl: 'https://example.com/~ada' }, 'S-102'],
    [{ addresses: [{ country: 'GB' }, { country: 'us' }] }, 'S-115'],
    [{ x509Certificates: [{ value: certificate }, { value: 'MAMCAQE' }] }, 'S-119 S-045'],
    [{ emails: [{ value: 'a@b.example', type: 'custom' }] }, 'S-041'],
    [{ userName: 'Ada Lovelace (1)' }, 'P-542 spaces inside'],
    [{ [Badge.id]: { number: '1', since: '2026-01-01T00:00:00+02:00', site: '../Sites/1' } }, 'S-044 S-046'],
    [{ [Badge.id]: { number: '1', since: '2024-02-29T24:00:00Z' } }, 'S-044'],
    [{ [Badge.id]: { number: '1', since: '2026-01-01T00:00:00.123' } }, 'S-044'],
  ])('%j is well (%s)', (more, _case) => {
    expect(fault(more, STRICT, Employee)).toBeUndefined()
    expect(fault(more, LENIENT, Employee)).toBeUndefined()
  })

  test.each<[object, string]>([
    [{ preferredLanguage: 'en US' }, 'S-103'],
    [{ locale: 'en US' }, 'S-103'],
    [{ timezone: 'Mars/X' }, 'S-104'],
    [{ timezone: '+01:00' }, 'S-104'],
    [{ timezone: 'Pacific Standard Time' }, 'S-104'],
    [{ emails: [{ value: 'not-an-address' }] }, 'S-111'],
    [{ emails: [{ value: 'a..b@example.com' }] }, 'S-111'],
    [{ emails: [{ value: 'a@b@example.com' }] }, 'S-111'],
    [{ addresses: [{ country: 'USA' }] }, 'S-115'],
    [{ addresses: [{ country: 'ZZ' }] }, 'S-115'],
    [{ x509Certificates: [{ value: `${certificate}` }, { value: 'AAAA' }] }, 'S-119 no certificate'],
    [{ x509Certificates: [{ value: 'MAMCAQEwAwIBAQ==' }] }, 'S-119 two in one'],
    [{ profileUrl: 'www.example.com' }, 'S-102'],
    [{ photos: [{ value: 'nope' }] }, 'S-114'],
  ])('%j is refused, and stored where any form is taken (%s)', (more, _case) => {
    expect(fault(more)).toBe('invalidValue')
    expect(fault(more, LENIENT)).toBeUndefined()
  })

  test.each<[object, string]>([
    [{ photos: [{ value: 'not a uri' }] }, 'S-114'],
    [{ x509Certificates: [{ value: '!!' }] }, 'S-045 S-119'],
    [{ x509Certificates: [{ value: 'AAAAA' }] }, 'S-045 a length that base64 never has'],
    [{ x509Certificates: [{ value: 'AAA==' }] }, 'S-045 wrong padding'],
    [{ userName: 'a\u0001b' }, 'P-542'],
    [{ userName: '   ' }, 'P-542 only spaces'],
    [{ userName: 'a\u2028b' }, 'P-542 a line separator'],
    [{ [Badge.id]: { number: '1', since: '2026-01-01' } }, 'S-044'],
    [{ [Badge.id]: { number: '1', since: '2026-02-30T00:00:00Z' } }, 'S-044'],
    [{ [Badge.id]: { number: '1', since: '2026-01-01T25:00:00Z' } }, 'S-044'],
    [{ [Badge.id]: { number: '1', since: '' } }, 'S-044'],
    [{ [Badge.id]: { number: '1', since: '2026-01-01T00:00:00+15:00' } }, 'S-044'],
  ])('%j is refused on every connection (%s)', (more, _case) => {
    expect(fault(more, STRICT, Employee)).toBe('invalidValue')
    expect(fault(more, LENIENT, Employee)).toBe('invalidValue')
  })

  test('what was stored by a connection that bends further does not stand in the way', () => {
    const before: Document = {
      schemas: [USER],
      userName: 'ada',
      locale: 'en US',
      addresses: [{ country: 'USA', type: 'work' }],
      emails: [{ value: 'x', type: 'work' }],
      [EnterpriseUser.id]: { department: 'd' },
    }
    const after = { ...before, title: 't', emails: [{ value: 'x', type: 'home' }, { value: 'a@b.example' }] }
    expect(refusal(() => checkDocument(after, User, STRICT))).toBe('invalidValue')
    expect(refusal(() => checkDocument(after, User, STRICT, before))).toBeUndefined()
    expect(refusal(() => checkDocument({ ...after, emails: [{ value: 'y' }] }, User, STRICT, before))).toBe(
      'invalidValue',
    )
    expect(refusal(() => checkDocument(structuredClone(after), User, STRICT, before))).toBeUndefined()
  })
})

describe('names and passwords', () => {
  test('P-540 P-542 a userName stays as it is given, or is refused', () => {
    expect(userNameFault('Ädä  L')).toBeUndefined()
    for (const text of ['', ' ', 'a\u0000', 'a\u007f', 'a\ud800', '\ue000'])
      expect(userNameFault(text)).toMatch(/empty|contains/)
  })
  test('P-540 S-108 a password keeps its case, has plain spaces and composed letters', () => {
    expect(preparePassword('A\u00a0e\u0301 x')).toBe('A é x')
    for (const text of ['', 'a\u0007']) expect(() => preparePassword(text)).toThrow(ScimError)
  })
  test('S-108 P-477 the refusal of a password does not repeat it', () => {
    expect(() => preparePassword('secret\u0007')).toThrow(
      expect.objectContaining({ detail: expect.not.stringContaining('secret') }),
    )
  })
})
