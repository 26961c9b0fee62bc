// Documents in normal form.

import { describe, expect, test } from 'vitest'
import { type Allowances, LENIENT, STRICT } from './allowances.ts'
import { defineSchema } from './define.ts'
import { EnterpriseUser } from './enterprise-user.ts'
import { ScimError } from './errors.ts'
import { Group } from './group.ts'
import type { Document, Json } from './json.ts'
import { createNotes, normalise } from './normalise.ts'
import { readJson } from './read-json.ts'
import type { ResourceType } from './schema.ts'
import { User } from './user.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const ENT = EnterpriseUser.id
const Badge = defineSchema({
  id: 'urn:example:badge:1.0:User',
  name: 'Badge',
  attributes: {
    number: { type: 'integer' },
    weight: { type: 'decimal' },
    doors: { multiValued: true },
    origin: { mutability: 'readOnly' },
    department: {},
  },
})
const Employee = User.extend(Badge)

/** What a user with this besides its name comes to, without schemas and name. */
function user(more: object, allow: Allowances = STRICT, type: ResourceType = User): Document {
  const {
    schemas: _schemas,
    userName: _userName,
    ...rest
  } = normalise({ schemas: [USER], userName: 'a', ...more }, type, allow)
  return rest
}

function refusal(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof ScimError) return error.scimType ?? String(error.status)
    throw error
  }
}

describe('schemas', () => {
  test.each<[Json, string]>([
    [{ userName: 'a' }, 'P-005 missing'],
    [{ schemas: [], userName: 'a' }, 'empty'],
    [{ schemas: USER, userName: 'a' }, 'no list'],
    [{ schemas: [7], userName: 'a' }, 'no text'],
    [{ schemas: [ENT], userName: 'a' }, 'without the base'],
    [{ schemas: [USER, 'urn:x:y'], userName: 'a' }, 'unknown'],
    [{ schemas: null, userName: 'a' }, 'null'],
    [[], 'no object'],
    ['x', 'a text'],
  ])('S-005 S-006 A-62 %j: invalidSyntax (%s)', (body, _case) => {
    expect(refusal(() => normalise(body, User, STRICT))).toBe('invalidSyntax')
  })
  test('A-13 A-62 Q14 the obvious is assumed where that is allowed', () => {
    for (const schemas of [undefined, null, [], USER, ['urn:scim:schemas:core:1.0'], [ENT]]) {
      expect(normalise({ schemas, userName: 'a' } as Json, User, LENIENT)).toEqual({ schemas: [USER], userName: 'a' })
    }
  })
  test('S-003 S-004 S-093 A-13 are computed from what is there', () => {
    const body = { schemas: [ENT, USER, USER], userName: 'a', [ENT]: { division: 'd' } }
    expect(normalise(body, User, STRICT)).toEqual({ schemas: [USER, ENT], userName: 'a', [ENT]: { division: 'd' } })
    expect(normalise({ schemas: [USER, ENT], userName: 'a', [ENT]: {} }, User, STRICT).schemas).toEqual([USER])
    expect(normalise({ schemas: [USER], userName: 'a', [ENT]: { division: 'd' } }, User, STRICT).schemas).toEqual([
      USER,
      ENT,
    ])
    expect(normalise({ schemas: [USER.toUpperCase()], userName: 'a' }, User, STRICT).schemas).toEqual([USER])
  })
  test('S-092 a required extension is named, also when it has no value', () => {
    const Guarded = User.extend(Badge, { required: true })
    expect(normalise({ schemas: [USER], userName: 'a' }, Guarded, STRICT).schemas).toEqual([USER, Badge.id])
  })
})

describe('names', () => {
  test('S-031 S-032 A-14 any letter case in, the canonical one out', () => {
    expect(user({ NICKNAME: 'n', Name: { GIVENNAME: 'g' }, EMAILS: [{ VALUE: 'v', Type: 't' }] })).toEqual({
      nickName: 'n',
      name: { givenName: 'g' },
      emails: [{ value: 'v', type: 't' }],
    })
    expect(user({ [ENT.toUpperCase()]: { DEPARTMENT: 'd' } })[ENT]).toEqual({ department: 'd' })
  })
  test('S-032 A-14 the same name twice: invalidSyntax', () => {
    expect(refusal(() => user({ USERNAME: 'b' }))).toBe('invalidSyntax')
    expect(refusal(() => user({ USERNAME: 'b' }, LENIENT))).toBe('invalidSyntax')
    expect(refusal(() => user({ name: { givenName: 'a', GivenName: null } }))).toBe('invalidSyntax')
    expect(refusal(() => user({ [ENT]: { department: 'a', DEPARTMENT: 'b' } }))).toBe('invalidSyntax')
    expect(refusal(() => user({ [ENT]: { department: 'a' }, [ENT.toLowerCase()]: {} }))).toBe('invalidSyntax')
  })
  test('S-033 a core attribute under its full name', () => {
    expect(user({ [`${USER}:nickName`]: 'n' })).toEqual({ nickName: 'n' })
  })
  test('P-067 A-61 S-090 unknown ones are ignored, and noted', () => {
    const notes = createNotes()
    const more = {
      foo: 1,
      name: { bar: 1, givenName: 'g' },
      [ENT]: { baz: 1 },
      department: 'd',
      'urn:x:y': {},
      'name.givenName': 'x',
    }
    const body = readJson(JSON.stringify({ schemas: [USER], userName: 'a', ...more }), { strictNames: true })
    expect(normalise(body, User, STRICT, notes)).toEqual({ schemas: [USER], userName: 'a', name: { givenName: 'g' } })
    expect(notes.unknown).toEqual(['foo', 'name.bar', `${ENT}:baz`, 'department', 'urn:x:y', 'name.givenName'])
  })
  test('D-004 A-61 unknown ones are refused on profile interop', () => {
    const allow = { ...STRICT, refuseUnknownInBody: true }
    for (const more of [{ foo: 1 }, { name: { bar: 1 } }, { [ENT]: { baz: 1 } }]) {
      expect(refusal(() => user(more, allow))).toBe('invalidSyntax')
    }
  })
  test('A-22 S-091 an extension’s attribute under its bare name, where it can be no other', () => {
    expect(user({ division: 'd' }, LENIENT)[ENT]).toEqual({ division: 'd' })
    expect(user({ division: 'd', [ENT]: { division: 'e' } }, LENIENT)[ENT]).toEqual({ division: 'e' })
    expect(user({ [ENT]: { division: 'e' }, division: 'd' }, LENIENT)[ENT]).toEqual({ division: 'e' })
    expect(user({ department: 'd' }, LENIENT, Employee)).toEqual({})
  })
  test('__proto__ and what every object has are unknown names', () => {
    const body = readJson(
      `{"schemas":["${USER}"],"userName":"a","__proto__":{"admin":true},"constructor":1,"toString":2,"name":{"__proto__":{"givenName":"x"}}}`,
      {
        strictNames: true,
      },
    )
    const document = normalise(body, User, STRICT)
    expect(document).toEqual({ schemas: [USER], userName: 'a' })
    expect(Object.getPrototypeOf(document)).toBe(Object.prototype)
    expect('admin' in document).toBe(false)
  })
})

describe('values', () => {
  test('S-080 S-081 A-17 P-307 null, [] and empty objects are no values; what was cleared is noted', () => {
    const notes = createNotes()
    const body = {
      schemas: [USER],
      userName: 'a',
      nickName: null,
      emails: [],
      name: {},
      active: null,
      [ENT]: { manager: null },
      roles: [{}],
    }
    expect(normalise(body, User, STRICT, notes)).toEqual({ schemas: [USER], userName: 'a' })
    expect(notes.cleared).toEqual(['nickName', 'emails', 'name', 'active', `${ENT}:manager`, 'roles'])
  })
  test('A-17 null inside a list: invalidValue, left out where lists are mended', () => {
    expect(refusal(() => user({ emails: [null] }))).toBe('invalidValue')
    expect(user({ emails: [null, { value: 'a' }] }, LENIENT).emails).toEqual([{ value: 'a' }])
  })
  test('S-009 S-015 S-063 P-061 P-304 S-118 what only the server sets is dropped', () => {
    expect(
      user({
        id: 'mine',
        meta: { created: 'x' },
        groups: [{ value: 'g' }],
        [ENT]: { manager: { value: 'm', displayName: 'x' } },
      }),
    ).toEqual({
      [ENT]: { manager: { value: 'm' } },
    })
    expect(user({ [Badge.id]: { origin: 'x' } }, STRICT, Employee)).toEqual({})
    const group = normalise(
      { schemas: [GROUP], displayName: 'g', members: [{ value: 'a', display: 'x' }] },
      Group,
      STRICT,
    )
    expect(group.members).toEqual([{ value: 'a' }])
  })
  test('S-012 externalId is kept byte for byte', () => {
    expect(user({ externalId: 'AbC ' })).toEqual({ externalId: 'AbC ' })
  })
  test('S-040 any text, empty too', () => {
    expect(user({ displayName: '', title: '日本 🙂' })).toEqual({ displayName: '', title: '日本 🙂' })
  })
  test.each<[object]>([
    [{ nickName: 42 }],
    [{ nickName: true }],
    [{ nickName: ['a'] }],
    [{ nickName: {} }],
    [{ active: 'true' }],
    [{ active: 1 }],
    [{ name: 'x' }],
    [{ name: ['x'] }],
    [{ name: { givenName: { x: 1 } } }],
    [{ emails: 'x' }],
    [{ emails: { value: 'x' } }],
    [{ emails: ['x'] }],
    [{ emails: [[{ value: 'x' }]] }],
    [{ [ENT]: 'x' }],
    [{ [ENT]: { manager: 'x' } }],
    [{ [Badge.id]: { number: '1' } }],
    [{ [Badge.id]: { number: 1.5 } }],
    [{ [Badge.id]: { number: 2 ** 53 } }],
    [{ [Badge.id]: { weight: 'x' } }],
    [{ [Badge.id]: { doors: [1] } }],
  ])('S-042 S-043 S-049 S-050 S-082 %j: invalidValue', (more) => {
    expect(refusal(() => user(more, STRICT, Employee))).toBe('invalidValue')
  })
  test('S-043 an integer is written without fraction and exponent, a decimal may have them', () => {
    const badge = (text: string) => {
      const body = readJson(`{"schemas":["${USER}"],"userName":"a","${Badge.id}":${text}}`, { strictNames: true })
      return normalise(body, Employee, STRICT)[Badge.id]
    }
    expect(badge('{"number":10,"weight":1e1}')).toEqual({ number: 10, weight: 10 })
    for (const number of ['1e3', '1.0', '1.5', '1E0', '-2.0']) {
      expect(refusal(() => badge(`{"number":${number}}`))).toBe('invalidValue')
    }
    expect(() => badge('{"number":12345678901234567890}')).toThrow(/from -9007199254740991 to 9007199254740991/)
  })
  test('A-12 S-084 two primaries: invalidValue; Q24 the first where lists are mended, empty entries gone', () => {
    const emails = [
      { value: 'a', primary: true },
      { value: 'b', primary: true },
    ]
    expect(refusal(() => user({ emails }))).toBe('invalidValue')
    expect(user({ emails }, LENIENT).emails).toEqual([
      { value: 'a', primary: true },
      { value: 'b', primary: false },
    ])
    expect(
      user(
        {
          emails: [
            { value: '', type: 'other', primary: true },
            { value: 'b', primary: true },
          ],
        },
        LENIENT,
      ).emails,
    ).toEqual([{ value: 'b', primary: true }])
  })
  test('S-085 the same value and type stands once', () => {
    expect(
      user({
        emails: [
          { value: 'a', type: 'work' },
          { value: 'A', type: 'WORK', display: 'd' },
        ],
      }).emails,
    ).toEqual([{ value: 'A', type: 'WORK', display: 'd' }])
    expect(
      user({
        emails: [
          { value: 'a', type: 'work' },
          { value: 'a', type: 'home' },
        ],
      }).emails,
    ).toHaveLength(2)
    expect(user({ [Badge.id]: { doors: ['a', 'A', 'b'] } }, STRICT, Employee)[Badge.id]).toEqual({ doors: ['a', 'b'] })
    const home = { type: 'home', locality: 'x' }
    expect(user({ addresses: [home, home, { type: 'work', locality: 'x' }] }).addresses).toHaveLength(2)
  })
  test('A-91 S-136 $ref stands in for value, and may not contradict it', () => {
    expect(user({ [ENT]: { manager: { $ref: 'https://x/v2/Users/m1' } } })[ENT]).toEqual({ manager: { value: 'm1' } })
    expect(user({ [ENT]: { manager: { value: 'm1', $ref: '../Users/m1' } } })[ENT]).toEqual({
      manager: { value: 'm1' },
    })
    expect(refusal(() => user({ [ENT]: { manager: { value: 'm1', $ref: '../Users/m2' } } }))).toBe('invalidValue')
    expect(refusal(() => user({ [ENT]: { manager: { $ref: 'x' } } }))).toBe('invalidValue')
  })
  test('S-135 A-53 a member without an id is told, not dropped', () => {
    for (const allow of [STRICT, LENIENT]) {
      const body = { schemas: [GROUP], displayName: 'g', members: [{ display: 'x' }] }
      expect(refusal(() => normalise(body, Group, allow))).toBe('invalidValue')
    }
  })
  test('the limit of values, and one past it', () => {
    const emails = (count: number) => Array.from({ length: count }, (_, at) => ({ value: `${at}` }))
    expect(user({ emails: emails(10_000) }).emails).toHaveLength(10_000)
    expect(refusal(() => user({ emails: emails(10_001) }))).toBe('invalidValue')
    const group = (count: number) =>
      normalise({ schemas: [GROUP], displayName: 'g', members: emails(count) }, Group, STRICT)
    expect(group(200_000).members).toHaveLength(200_000)
    expect(refusal(() => group(200_001))).toBe('413')
  })
})

describe('dialects', () => {
  test.each<[object, object, string]>([
    [{ active: 'True' }, { active: true }, 'A-20 Q28'],
    [{ emails: [{ value: 'a', primary: 'False' }] }, { emails: [{ value: 'a', primary: false }] }, 'A-20 Q25'],
    [{ title: 7, nickName: true }, { title: '7', nickName: 'true' }, 'S-040 Q19'],
    [{ emails: { value: 'a' } }, { emails: [{ value: 'a' }] }, 'A-88 Q17 a lone object'],
    [{ emails: 'a' }, { emails: [{ value: 'a' }] }, 'A-22 a lone value'],
    [{ roles: ['a', 'b'] }, { roles: [{ value: 'a' }, { value: 'b' }] }, 'A-22 bare values'],
    [{ emails: '' }, {}, 'Q16 an empty text for a list'],
    [{ name: [{ givenName: 'g' }] }, { name: { givenName: 'g' } }, 'A-22 a list of one'],
    [{ profileUrl: '' }, {}, 'an empty URL'],
    [{ active: '' }, {}, 'an empty text for a boolean'],
    [{ 'foo.bar': 1, 'foo[bar': 2, '[': 3, ']': 4 }, {}, 'A-61 unknown names that look like paths'],
    [{ 'name.givenName': 'Ada', 'name.middleName': null }, { name: { givenName: 'Ada' } }, 'A-21 a name with a dot'],
    [{ active: 1 }, { active: true }, 'X10 a digit for a boolean'],
    [{ name: 'x' }, { name: { formatted: 'x' } }, 'X09 a name in one text'],
    [{ [ENT]: { manager: 'm' } }, { [ENT]: { manager: { value: 'm' } } }, 'A-22 Q36 a bare manager'],
    [{ [ENT]: { manager: ['m'] } }, { [ENT]: { manager: { value: 'm' } } }, 'A-22 Q36 a manager in a list'],
    [{ manager: 'm' }, { [ENT]: { manager: { value: 'm' } } }, 'A-22 Q36 a manager under its bare name'],
    [{ [ENT]: { manager: '' } }, {}, 'A-22 Q37 no manager'],
    [{ [ENT]: { manager: { value: '' } } }, {}, 'A-22 Q37 no manager either'],
  ])('%j comes to %j (%s)', (more, wanted, _case) => {
    expect(user(more, LENIENT)).toEqual(wanted)
  })
  test.each<[object]>([
    [{ active: 'yes' }],
    [{ active: 2 }],
    [{ name: '' }],
    [{ emails: 5 }],
    [{ [ENT]: { manager: true } }],
    [{ name: [{}, {}] }],
    [{ title: ['a', 'b'] }],
  ])('%j is invalidValue on every connection', (more) => {
    expect(refusal(() => user(more, LENIENT))).toBe('invalidValue')
  })
})

test('A-61 a thousand unknown attributes are not told one by one', () => {
  const notes = createNotes()
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`x${at}[type eq "a@example.com"]`, 1]))
  normalise({ schemas: [User.schema.id], userName: 'u', ...many }, User, LENIENT, notes)
  expect(notes.unknown).toHaveLength(100)
  expect(notes.unknown[0]).toBe('x0[…]')
})
