// PATCH bodies, read and refused.

import { describe, expect, test } from 'vitest'
import {
  type Allowances,
  applyEdits,
  type BoundFilter,
  type Document,
  defineSchema,
  EnterpriseUser,
  Group,
  type Json,
  LENIENT,
  type ResourceType,
  readPatch,
  ScimError,
  STRICT,
  splitEdits,
  User,
} from './index.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENT = EnterpriseUser.id
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

const Badge = defineSchema({
  id: 'urn:example:badge:1.0:User',
  name: 'Badge',
  attributes: {
    number: { type: 'integer' },
    issued: { mutability: 'immutable' },
    code: { required: true },
    doors: { multiValued: true },
    origin: { mutability: 'readOnly' },
    keys: {
      type: 'complex',
      multiValued: true,
      subAttributes: { value: { mutability: 'immutable' }, label: {}, primary: { type: 'boolean' } },
    },
    holder: { type: 'complex', subAttributes: { first: { required: true }, last: {} } },
  },
})
const Employee = User.extend(Badge)
const BADGE = Badge.id

const ada: Document = {
  schemas: [USER, ENT],
  id: 'a1',
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  nickName: 'Countess',
  emails: [
    { value: 'ada@work.example', type: 'work', primary: true },
    { value: 'ada@home.example', type: 'home' },
  ],
  [ENT]: { department: 'Engines', manager: { value: 'm1' } },
}

const bare: Document = { schemas: [USER], id: 'a1', userName: 'ada' }

function patch(
  document: Document,
  operations: readonly Json[],
  allow: Allowances = STRICT,
  type: ResourceType = User,
): Document {
  const body = { schemas: [PATCH_OP], Operations: operations }
  return applyEdits(document, readPatch(body, type, allow, { id: 'a1' }).edits, type, allow)
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

/** What a strict connection refuses with. */
function strictly(document: Document, operations: readonly Json[], type: ResourceType = User): string | undefined {
  return refusal(() => patch(document, operations, STRICT, type))
}

const add = (path: string, value: Json): Json => ({ op: 'add', path, value })
const replace = (path: string, value: Json): Json => ({ op: 'replace', path, value })
const remove = (path: string, value?: Json): Json =>
  value === undefined ? { op: 'remove', path } : { op: 'remove', path, value }

describe('the message', () => {
  test.each<[Json, string, string]>([
    [{ Operations: [] }, 'no schemas', 'invalidSyntax'],
    [{ schemas: [PATCH_OP] }, 'no Operations', 'invalidSyntax'],
    [{ schemas: [PATCH_OP], Operations: [] }, 'no operations', 'invalidSyntax'],
    [{ schemas: [PATCH_OP], Operations: {} }, 'Operations that are no list', 'invalidSyntax'],
    [{ schemas: [PATCH_OP], Operations: [7] }, 'an operation that is none', 'invalidSyntax'],
    [{ schemas: [PATCH_OP], Operations: [{ op: 'move', path: 'title' }] }, 'op move', 'invalidSyntax'],
    [{ schemas: [PATCH_OP], Operations: [{ path: 'title', value: 'x' }] }, 'no op', 'invalidSyntax'],
    [
      { schemas: [PATCH_OP], Operations: [{ op: 'add', OP: 'add', path: 'title', value: 'x' }] },
      'op twice',
      'invalidSyntax',
    ],
    [
      { schemas: [PATCH_OP], Operations: [{ op: 'add', path: 7, value: 'x' }] },
      'a path that is no text',
      'invalidSyntax',
    ],
    [[], 'a list', 'invalidSyntax'],
  ])('P-341 P-342 %j: %s is refused', (body, _case, scimType) => {
    expect(refusal(() => readPatch(body, User, STRICT))).toBe(scimType)
  })

  test('P-342 A-14 names and op in any letter case', () => {
    const body = { SCHEMAS: [PATCH_OP.toUpperCase()], operations: [{ OP: 'Replace', Path: 'TITLE', VALUE: 'x' }] }
    expect(applyEdits(bare, readPatch(body, User, STRICT).edits, User, STRICT).title).toBe('x')
  })

  test('Q42 no operations and no schemas change nothing where that is allowed', () => {
    expect(readPatch({ Operations: [] }, User, LENIENT)).toEqual({ edits: [], skipped: [] })
  })

  test('P-397 1,000 operations are taken, more than the limit is 413', () => {
    const operations = Array.from({ length: 1_000 }, (_, at) => replace('title', String(at)))
    expect(patch(bare, operations).title).toBe('999')
    expect(
      strictly(
        bare,
        Array.from({ length: 10_001 }, () => replace('title', 'x')),
      ),
    ).toBe('413')
  })
})

describe('paths', () => {
  test.each([
    ['emails[0]', ['invalidPath', 'invalidFilter']],
    ['/emails/0', ['invalidPath']],
    ['foo', ['invalidPath']],
    ['name.foo', ['invalidPath']],
    ['urn:x:y:z', ['invalidPath']],
    [USER, ['invalidPath']],
    ['emails[type eq "work"', ['invalidPath', 'invalidFilter']],
    ['emails[type foo "work"]', ['invalidFilter']],
    ['emails[type eq"work"]', ['invalidFilter']],
    [`${ENT}.department`, ['invalidPath']],
    ['', ['invalidPath']],
  ])('P-343 P-344 P-354 P-392 %j is refused with %j', (path, scimTypes) => {
    expect(scimTypes).toContain(strictly(ada, [replace(path, 'x')]))
  })

  test('P-350 S-031 the base URN and any letter case name the same attribute', () => {
    expect(patch(ada, [replace(`${USER}:nickName`, 'N')]).nickName).toBe('N')
    expect(patch(ada, [replace('NAME.givenname', 'G')]).name).toEqual({ givenName: 'G', familyName: 'Lovelace' })
  })

  test('A-15 the dot after a URN, where it is allowed', () => {
    expect(patch(bare, [add(`${ENT}.department`, 'D')], LENIENT)[ENT]).toEqual({ department: 'D' })
  })
})

describe('P-370 no path', () => {
  test('add and replace set each member and leave the others', () => {
    for (const op of ['add', 'replace']) {
      const after = patch(ada, [{ op, value: { title: 'T', name: { givenName: 'G' } } }])
      expect(after).toEqual({ ...ada, title: 'T', name: { givenName: 'G', familyName: 'Lovelace' } })
    }
  })
  test('a value that is no object: invalidValue', () => {
    expect(strictly(ada, [{ op: 'add', value: 'x' }])).toBe('invalidValue')
    expect(strictly(ada, [{ op: 'add' }])).toBe('invalidValue')
  })
  test('remove: noTarget', () => {
    expect(strictly(ada, [{ op: 'remove' }])).toBe('noTarget')
    expect(strictly(ada, [{ op: 'remove', value: { nickName: 'Countess' } }])).toBe('noTarget')
  })
  test('P-395 A-21 keys are paths', () => {
    const value = {
      'name.givenName': 'x',
      [`${ENT}:department`]: 'd',
      'emails[type eq "work"].value': 'w@work.example',
      [`${ENT}:manager.value`]: 'm2',
    }
    expect(patch(ada, [{ op: 'replace', value }])).toEqual({
      ...ada,
      name: { givenName: 'x', familyName: 'Lovelace' },
      emails: [
        { value: 'w@work.example', type: 'work', primary: true },
        { value: 'ada@home.example', type: 'home' },
      ],
      [ENT]: { department: 'd', manager: { value: 'm2' } },
    })
  })
  test('an extension under its URN is merged', () => {
    expect(patch(ada, [{ op: 'replace', value: { [ENT.toUpperCase()]: { DEPARTMENT: 'd' } } }])[ENT]).toEqual({
      department: 'd',
      manager: { value: 'm1' },
    })
  })
  test('P-396 A-08 meta and schemas are ignored, the own id too', () => {
    expect(
      patch(ada, [{ op: 'replace', value: { id: 'a1', meta: { version: 'x' }, schemas: [USER], title: 'T' } }]),
    ).toEqual({
      ...ada,
      title: 'T',
    })
  })
  test('P-396 A-08 another id: mutability; ignored where that is allowed', () => {
    const operations = [{ op: 'replace', value: { id: 'other', title: 'T' } }]
    expect(strictly(ada, operations)).toBe('mutability')
    expect(patch(ada, operations, LENIENT)).toEqual({ ...ada, title: 'T' })
  })
  test('A-08 other readOnly members only as they are', () => {
    expect(strictly(ada, [{ op: 'replace', value: { groups: [{ value: 'g' }] } }])).toBe('mutability')
    expect(patch(ada, [{ op: 'replace', value: { groups: [], title: 'T' } }]).title).toBe('T')
    expect(patch(ada, [{ op: 'replace', value: { groups: [{ value: 'g' }], title: 'T' } }], LENIENT).title).toBe('T')
  })
  test('A-14 members that differ in letter case alone: invalidSyntax', () => {
    expect(strictly(ada, [{ op: 'add', value: { title: 'a', TITLE: 'b' } }])).toBe('invalidSyntax')
    expect(strictly(ada, [{ op: 'add', value: { title: 'a', [`${USER}:title`]: 'b' } }])).toBe('invalidSyntax')
  })
})

describe('singular attributes', () => {
  test('P-371 P-372 unset or set: add and replace set, remove unassigns', () => {
    expect(patch(ada, [add('title', 'T')]).title).toBe('T')
    expect(patch(ada, [replace('title', 'T')]).title).toBe('T')
    expect(patch(ada, [add('nickName', 'N')]).nickName).toBe('N')
    expect(patch(ada, [replace('nickName', 'N')]).nickName).toBe('N')
    expect(patch(ada, [remove('nickName')])).not.toHaveProperty('nickName')
    expect(patch(ada, [remove('title')])).toBe(ada)
  })
  test('A-17 null: replace unassigns, add changes nothing', () => {
    expect(patch(ada, [replace('nickName', null)])).not.toHaveProperty('nickName')
    expect(patch(ada, [add('nickName', null)])).toBe(ada)
  })
  test('P-356 A-07 required: remove is mutability, null and "" are invalidValue', () => {
    expect(strictly(ada, [remove('userName')])).toBe('mutability')
    expect(strictly(ada, [remove('userName'), add('userName', 'x')])).toBe('mutability')
    for (const value of [null, '']) {
      expect(strictly(ada, [replace('userName', value)])).toBe('invalidValue')
      expect(strictly(ada, [add('userName', value)])).toBe('invalidValue')
      expect(strictly(ada, [{ op: 'replace', value: { userName: value } }])).toBe('invalidValue')
    }
  })
  test('P-355 a value of the wrong type, or none: invalidValue', () => {
    expect(strictly(ada, [replace('active', 'x')])).toBe('invalidValue')
    expect(strictly(ada, [replace('active', 'False')])).toBe('invalidValue')
    expect(strictly(ada, [replace('title', 7)])).toBe('invalidValue')
    expect(strictly(ada, [replace('title', {})])).toBe('invalidValue')
    expect(strictly(ada, [{ op: 'add', path: 'title' }])).toBe('invalidValue')
    expect(strictly(ada, [{ op: 'replace', path: 'emails' }])).toBe('invalidValue')
  })
  test('P-373 A-10 complex: what is given is set, the rest kept; remove takes all', () => {
    for (const op of ['add', 'replace']) {
      expect(patch(ada, [{ op, path: 'name', value: { givenName: 'G', middleName: 'M' } }]).name).toEqual({
        givenName: 'G',
        familyName: 'Lovelace',
        middleName: 'M',
      })
    }
    expect(patch(ada, [replace('name', { familyName: null })]).name).toEqual({ givenName: 'Ada' })
    expect(patch(ada, [replace('name', { familyName: null, givenName: null })])).not.toHaveProperty('name')
    expect(patch(ada, [remove('name')])).not.toHaveProperty('name')
    expect(patch(bare, [add('name', { givenName: 'G' })]).name).toEqual({ givenName: 'G' })
    expect(strictly(ada, [replace('name', 'Ada')])).toBe('invalidValue')
    expect(strictly(ada, [replace('name', { foo: 'x' })])).toBe('invalidPath')
  })
  test('P-374 a sub-attribute: the parent comes and goes with it', () => {
    expect(patch(bare, [add('name.givenName', 'G')]).name).toEqual({ givenName: 'G' })
    expect(patch(ada, [remove('name.givenName')]).name).toEqual({ familyName: 'Lovelace' })
    expect(patch(ada, [remove('name.givenName'), remove('name.familyName')])).not.toHaveProperty('name')
    expect(patch(bare, [remove('name.givenName')])).toBe(bare)
  })
  test('P-391 A-22 a filter on a singular attribute: invalidPath, evaluated where that is allowed', () => {
    for (const operation of [add('name[givenName eq "Ada"]', {}), remove(`${ENT}:manager[value eq "m1"]`)]) {
      expect(strictly(ada, [operation])).toBe('invalidPath')
    }
    expect(patch(ada, [remove(`${ENT}:manager[value eq "m1"]`)], LENIENT)[ENT]).toEqual({ department: 'Engines' })
    expect(patch(ada, [remove(`${ENT}:manager[value eq "m2"]`)], LENIENT)).toBe(ada)
    expect(patch(ada, [replace('name[givenName eq "Ada"].familyName', 'L')], LENIENT).name).toEqual({
      givenName: 'Ada',
      familyName: 'L',
    })
  })
})

describe('multi-valued attributes', () => {
  const [work, home] = ada.emails as readonly [Json, Json]

  test('P-375 A-04 add appends, unless it is there', () => {
    expect(patch(ada, [add('emails', [{ value: 'x@other.example', type: 'other' }])]).emails).toEqual([
      work,
      home,
      { value: 'x@other.example', type: 'other' },
    ])
    expect(patch(ada, [add('emails', [{ value: 'ADA@work.example', type: 'Work' }])])).toBe(ada)
    expect(patch(ada, [add('emails', [{ value: 'ada@home.example' }])])).toBe(ada)
    expect(patch(ada, [add('emails', [])])).toBe(ada)
    expect(patch(bare, [add('emails', [home])]).emails).toEqual([home])
  })
  test('A-04 the same value and type with something new is updated, not doubled', () => {
    expect(patch(ada, [add('emails', [{ value: 'ada@home.example', type: 'home', display: 'H' }])]).emails).toEqual([
      work,
      { value: 'ada@home.example', type: 'home', display: 'H' },
    ])
  })
  test('P-360 A-88 a lone object is a list of one', () => {
    expect(patch(bare, [add('emails', home)]).emails).toEqual([home])
    expect(patch(bare, [replace('emails', home)]).emails).toEqual([home])
  })
  test('P-375 A-86 replace takes the place of all; null and [] unassign', () => {
    expect(patch(ada, [replace('emails', [home])]).emails).toEqual([home])
    expect(patch(ada, [replace('emails', [])])).not.toHaveProperty('emails')
    expect(patch(ada, [replace('emails', null)])).not.toHaveProperty('emails')
  })
  test('A-17 null inside a list: invalidValue', () => {
    expect(strictly(ada, [add('emails', [null])])).toBe('invalidValue')
  })
  test('P-375 A-05 remove: all, or with a value only the equal ones', () => {
    expect(patch(ada, [remove('emails')])).not.toHaveProperty('emails')
    expect(patch(ada, [remove('emails', null)])).not.toHaveProperty('emails')
    expect(patch(ada, [remove('emails', [{ value: 'ada@home.example' }])]).emails).toEqual([work])
    expect(patch(ada, [remove('emails', { type: 'home' })]).emails).toEqual([work])
    expect(patch(ada, [remove('emails', [{ value: 'x' }])])).toBe(ada)
    expect(patch(ada, [remove('emails', [])])).toBe(ada)
  })
  test('P-376 A-89 a sub-attribute of all values', () => {
    expect(patch(ada, [replace('emails.display', 'D')]).emails).toEqual([
      { ...(work as object), display: 'D' },
      { ...(home as object), display: 'D' },
    ])
    expect(strictly(bare, [add('emails.type', 'work')])).toBe('noTarget')
    expect(strictly(bare, [replace('emails.type', 'work')])).toBe('noTarget')
    expect(patch(bare, [remove('emails.type')])).toBe(bare)
    expect(patch(ada, [remove('emails.type')]).emails).toEqual([
      { value: 'ada@work.example', primary: true },
      { value: 'ada@home.example' },
    ])
    expect(strictly(ada, [replace('emails.primary', true)])).toBe('invalidValue')
  })
  test('P-377 A-03 A-11 with a filter that matches: merged, removed', () => {
    for (const op of ['add', 'replace']) {
      expect(patch(ada, [{ op, path: 'emails[type eq "work"]', value: { display: 'W' } }]).emails).toEqual([
        { ...(work as object), display: 'W' },
        home,
      ])
    }
    expect(patch(ada, [replace('emails[type eq "work"]', null)]).emails).toEqual([home])
    expect(patch(ada, [remove('emails[type eq "work"]')]).emails).toEqual([home])
    expect(patch(ada, [remove('emails[value pr]')])).not.toHaveProperty('emails')
  })
  test('P-378 A-02 A-03 with a filter that matches nothing: add makes the element from eq terms', () => {
    expect(patch(bare, [add('emails[type eq "Work" and primary eq true]', { value: 'w@x.example' })]).emails).toEqual([
      { type: 'Work', primary: true, value: 'w@x.example' },
    ])
    expect(strictly(bare, [add('emails[type eq "work" or type eq "home"]', { value: 'x' })])).toBe('noTarget')
    expect(strictly(bare, [add('emails[type sw "work"]', { value: 'x' })])).toBe('noTarget')
    expect(strictly(bare, [add('emails[type eq "work"]', { type: 'home', value: 'x' })])).toBe('invalidValue')
  })
  test('P-378 P-379 A-01 replace: noTarget, or as add where that is allowed', () => {
    expect(strictly(ada, [replace('emails[type eq "other"]', { value: 'x' })])).toBe('noTarget')
    expect(strictly(ada, [replace('emails[type eq "other"].value', 'x')])).toBe('noTarget')
    expect(patch(ada, [replace('emails[type eq "other"].value', 'x')], LENIENT).emails).toEqual([
      work,
      home,
      { type: 'other', value: 'x' },
    ])
    expect(refusal(() => patch(ada, [replace('emails[type ne "work" and value eq "q"].value', 'x')], LENIENT))).toBe(
      'noTarget',
    )
  })
  test('P-378 P-379 A-06 remove: success without change', () => {
    expect(patch(ada, [remove('emails[type eq "other"]')])).toBe(ada)
    expect(patch(ada, [remove('emails[type eq "other"].value')])).toBe(ada)
    expect(patch(bare, [remove('emails')])).toBe(bare)
  })
  test('P-379 with a filter and a sub-attribute', () => {
    expect(patch(ada, [add('emails[type eq "home"].display', 'H')]).emails).toEqual([
      work,
      { ...(home as object), display: 'H' },
    ])
    expect(patch(ada, [replace('emails[type eq "home"].value', 'h')]).emails).toEqual([
      work,
      { value: 'h', type: 'home' },
    ])
    expect(patch(bare, [add('emails[type eq "home"].value', 'h')]).emails).toEqual([{ type: 'home', value: 'h' }])
    expect(patch(ada, [remove('emails[type eq "home"].type')]).emails).toEqual([work, { value: 'ada@home.example' }])
    expect(
      patch(ada, [remove('emails[type eq "home"].type'), remove('emails[value ew "home.example"].value')]).emails,
    ).toEqual([work])
  })
  test('P-348 P-380 P-381 a new primary ends the old one; removing it leaves none', () => {
    const demoted = { value: 'ada@work.example', type: 'work', primary: false }
    expect(patch(ada, [add('emails', [{ value: 'n', type: 'other', primary: true }])]).emails).toEqual([
      demoted,
      home,
      { value: 'n', type: 'other', primary: true },
    ])
    expect(patch(ada, [replace('emails[type eq "home"].primary', true)]).emails).toEqual([
      demoted,
      { ...(home as object), primary: true },
    ])
    expect(patch(ada, [replace('emails[type eq "home"]', { primary: true })]).emails).toEqual([
      demoted,
      { ...(home as object), primary: true },
    ])
    expect(patch(ada, [remove('emails[primary eq true]')]).emails).toEqual([home])
    expect(patch(ada, [remove('emails[type eq "work"].primary')]).emails).toEqual([
      { value: 'ada@work.example', type: 'work' },
      home,
    ])
    expect(patch(ada, [replace('emails[type eq "work"].primary', true)])).toBe(ada)
    expect(strictly(ada, [replace('emails[value pr].primary', true)])).toBe('invalidValue')
  })
  test('P-382 A-12 two primaries in one value: invalidValue, the first one where lists are mended', () => {
    const two = [
      { value: 'a', primary: true },
      { value: 'b', primary: true },
    ]
    expect(strictly(ada, [add('emails', two)])).toBe('invalidValue')
    expect(strictly(ada, [replace('emails', two)])).toBe('invalidValue')
    expect(patch(ada, [replace('emails', two)], LENIENT).emails).toEqual([
      { value: 'a', primary: true },
      { value: 'b', primary: false },
    ])
  })
  test('P-386 A-90 simple values', () => {
    const document = { ...bare, [BADGE]: { code: 'c', doors: ['a', 'b'] } }
    const doors = (operation: Json) => patch(document, [operation], STRICT, Employee)[BADGE]
    const path = `${BADGE}:doors`
    expect(doors(add(path, ['c', 'A']))).toEqual({ code: 'c', doors: ['a', 'b', 'c'] })
    expect(doors(add(path, 'c'))).toEqual({ code: 'c', doors: ['a', 'b', 'c'] })
    expect(doors(replace(`${path}[value eq "a"]`, 'z'))).toEqual({ code: 'c', doors: ['z', 'b'] })
    expect(doors(remove(`${path}[value eq "a"]`))).toEqual({ code: 'c', doors: ['b'] })
    expect(doors(remove(`${path} eq "a"`))).toEqual({ code: 'c', doors: ['b'] })
    expect(doors(remove(path, ['b']))).toEqual({ code: 'c', doors: ['a'] })
    expect(doors(remove(path))).toEqual({ code: 'c' })
    expect(strictly(document, [replace(`${path} eq "a"`, 'z')], Employee)).toBe('invalidPath')
    expect(strictly(document, [replace(`${path}[value eq "q"]`, 'z')], Employee)).toBe('noTarget')
    expect(doors(add(`${path}[value eq "q"]`, 'q'))).toEqual({ code: 'c', doors: ['a', 'b', 'q'] })
  })
})

describe('extensions and schemas', () => {
  test('P-351 P-384 A-13 an attribute of an extension brings its URN, the last one takes it away', () => {
    const after = patch(bare, [add(`${ENT}:employeeNumber`, '1')])
    expect(after.schemas).toEqual([USER, ENT])
    expect(patch(after, [remove(`${ENT}:employeeNumber`)])).toEqual(bare)
    expect(patch(bare, [add(`${ENT}:manager.value`, 'm')])[ENT]).toEqual({ manager: { value: 'm' } })
  })
  test('P-383 the whole extension: merged, removed', () => {
    for (const op of ['add', 'replace']) {
      expect(patch(ada, [{ op, path: ENT, value: { division: 'D' } }])[ENT]).toEqual({
        department: 'Engines',
        manager: { value: 'm1' },
        division: 'D',
      })
    }
    const after = patch(ada, [remove(ENT)])
    expect(after).not.toHaveProperty(ENT)
    expect(after.schemas).toEqual([USER])
    expect(patch(ada, [replace(ENT, null)])).toEqual(after)
    expect(patch(bare, [remove(ENT)])).toBe(bare)
    expect(strictly(ada, [replace(ENT, 'x')])).toBe('invalidValue')
    expect(strictly(bare, [remove(BADGE)], User.extend(Badge, { required: true }))).toBe('mutability')
  })
  test('P-385 schemas', () => {
    expect(patch(ada, [add('schemas', [ENT])])).toBe(ada)
    expect(patch(bare, [add('schemas', [ENT])])).toBe(bare)
    expect(patch(ada, [replace('schemas', [USER])])).not.toHaveProperty(ENT)
    expect(patch(ada, [replace('schemas', [ENT, USER])])).toBe(ada)
    expect(patch(ada, [remove('schemas', [ENT])])).not.toHaveProperty(ENT)
    expect(patch(ada, [remove(`schemas[value eq "${ENT}"]`)])).not.toHaveProperty(ENT)
    expect(strictly(ada, [replace('schemas', [ENT])])).toBe('mutability')
    expect(strictly(ada, [remove('schemas')])).toBe('mutability')
    expect(strictly(ada, [remove('schemas', [USER])])).toBe('mutability')
    expect(strictly(ada, [remove(`schemas[value eq "${USER}"]`)])).toBe('mutability')
    expect(strictly(ada, [add('schemas', ['urn:x'])])).toBe('invalidValue')
  })
  test.each([
    ['add', [USER], undefined, 'the base schema'],
    ['add', [ENT], undefined, 'an extension'],
    ['replace', [USER], undefined, 'no extension: it stays'],
    ['replace', [USER.toUpperCase(), ENT], undefined, 'all, in another case'],
    ['add', ['urn:nope'], 'invalidValue', 'an unknown schema'],
    ['replace', [USER, 'urn:nope'], 'invalidValue', 'an unknown schema'],
    ['replace', [7], 'invalidValue', 'no text'],
    ['replace', [ENT], 'mutability', 'not the base schema'],
    ['replace', null, 'mutability', 'nothing'],
  ] as const)('P-385 A-08 pathless %s of schemas %j: %s (%s)', (op, schemas, refused, _case) => {
    const operation: Json = { op, value: { schemas: schemas === null ? null : [...schemas] } }
    if (refused === undefined) expect(patch(ada, [operation])).toBe(ada)
    else expect(strictly(ada, [operation])).toBe(refused)
    expect(patch(ada, [operation], LENIENT)).toBe(ada)
  })
})

describe('mutability', () => {
  test.each([
    replace('id', 'x'),
    add('meta.created', '2026-01-01T00:00:00Z'),
    remove('groups'),
    add('groups', [{ value: 'g' }]),
    remove('meta'),
    replace(`${ENT}:manager.displayName`, 'x'),
    remove('groups[value eq "g"]'),
  ])('P-352 P-387 S-118 %j: mutability', (operation) => {
    expect(strictly(ada, [operation])).toBe('mutability')
    expect(refusal(() => patch(ada, [operation], LENIENT))).toBe('mutability')
  })
  test('P-359 readOnly sub-attributes inside a value are dropped', () => {
    expect(patch(ada, [replace(`${ENT}:manager`, { value: 'm2', displayName: 'Z' })])[ENT]).toEqual({
      department: 'Engines',
      manager: { value: 'm2' },
    })
  })
  test('P-353 P-388 P-389 immutable', () => {
    const path = `${BADGE}:issued`
    const unset = { ...bare, [BADGE]: { code: 'c' } }
    const set = { ...bare, schemas: [USER, BADGE], [BADGE]: { code: 'c', issued: 'x' } }
    for (const op of ['add', 'replace']) {
      expect(patch(unset, [{ op, path, value: 'x' }], STRICT, Employee)[BADGE]).toEqual({ code: 'c', issued: 'x' })
      expect(patch(set, [{ op, path, value: 'X' }], STRICT, Employee)).toBe(set)
      expect(strictly(set, [{ op, path, value: 'y' }], Employee)).toBe('mutability')
    }
    expect(strictly(set, [remove(path)], Employee)).toBe('mutability')
    expect(strictly(set, [remove(BADGE)], Employee)).toBe('mutability')
    expect(patch(unset, [remove(path)], STRICT, Employee)).toEqual({ ...unset, schemas: expect.anything() })
  })
  test('A-09 an immutable sub-attribute is fixed in its element, elements come and go', () => {
    const keys = [{ value: 'k1', label: 'one' }, { value: 'k2' }]
    const document = { ...bare, schemas: [USER, BADGE], [BADGE]: { code: 'c', keys } }
    const path = `${BADGE}:keys`
    const keysAfter = (operation: Json) =>
      (patch(document, [operation], STRICT, Employee)[BADGE] as { keys: Json }).keys
    expect(keysAfter(replace(path, [{ value: 'k3' }]))).toEqual([{ value: 'k3' }])
    expect(keysAfter(replace(`${path}[value eq "k1"].label`, 'uno'))).toEqual([
      { value: 'k1', label: 'uno' },
      { value: 'k2' },
    ])
    expect(keysAfter(replace(`${path}[value eq "k1"].value`, 'K1'))).toEqual(keys)
    expect(strictly(document, [replace(`${path}[value eq "k1"].value`, 'k9')], Employee)).toBe('mutability')
    expect(strictly(document, [remove(`${path}[value eq "k1"].value`)], Employee)).toBe('mutability')
    expect(keysAfter(remove(`${path}[value eq "k1"]`))).toEqual([{ value: 'k2' }])
  })
  test('A-07 a required sub-attribute counts while its parent has a value', () => {
    const document = { ...bare, schemas: [USER, BADGE], [BADGE]: { code: 'c', holder: { first: 'f', last: 'l' } } }
    const path = `${BADGE}:holder.first`
    expect(strictly(document, [remove(path)], Employee)).toBe('mutability')
    expect(strictly(document, [replace(path, null)], Employee)).toBe('invalidValue')
    expect(patch(document, [remove(`${BADGE}:holder.last`), remove(path)], STRICT, Employee)[BADGE]).toEqual({
      code: 'c',
    })
    expect(strictly(document, [remove(`${BADGE}:code`)], Employee)).toBe('mutability')
  })
  test('P-393 password is set and unassigned like any other', () => {
    expect(patch(ada, [replace('password', 'secret')]).password).toBe('secret')
    expect(patch(ada, [{ op: 'replace', value: { password: 'secret' } }]).password).toBe('secret')
    const { edits } = readPatch({ schemas: [PATCH_OP], Operations: [replace('password', null)] }, User, STRICT)
    expect(edits).toMatchObject([{ op: 'remove', target: { path: 'password' } }])
  })
})

describe('order and atomicity', () => {
  test('P-345 A-87 each operation works on the result of the one before', () => {
    expect(patch(ada, [remove('emails'), add('emails', [{ value: 'n' }])]).emails).toEqual([{ value: 'n' }])
    expect(patch(ada, [add('title', 'a'), replace('title', 'b'), remove('title')])).toBe(ada)
  })
  test('P-346 a failing operation leaves nothing behind', () => {
    const before = structuredClone(ada)
    expect(strictly(ada, [replace('nickName', 'x'), replace('id', 'y')])).toBe('mutability')
    expect(strictly(ada, [replace('name.givenName', 'x'), replace('emails[type eq "q"].value', 'y')])).toBe('noTarget')
    expect(ada).toEqual(before)
  })
  test('P-349 A-68 what changes nothing gives the very same document', () => {
    expect(patch(ada, [replace('nickName', 'Countess'), add('name', { givenName: 'Ada' })])).toBe(ada)
    expect(patch(ada, [remove('emails'), add('emails', ada.emails as Json)])).toBe(ada)
  })
})

describe('dialects', () => {
  test('A-61 Q40 unknown attributes are left out and named', () => {
    const operations = [
      add('foo', 'x'),
      replace('name.foo', 'x'),
      add('urn:x:y:z', 1),
      { op: 'add', value: { bar: 1, title: 'T', 'no path at all': 2, name: { quux: 1 } } },
    ]
    const { skipped } = readPatch({ Operations: operations }, User, LENIENT)
    expect(skipped).toEqual(['foo', 'name.foo', 'urn:x:y:z', 'bar', 'no path at all', 'name.quux'])
    expect(patch(ada, operations, LENIENT)).toEqual({ ...ada, title: 'T' })
  })
  test('A-61 names of what is left out hold no values', () => {
    expect(readPatch({ Operations: [add('foo[value eq "secret"].x', 'x')] }, User, LENIENT).skipped).toEqual([
      'foo[…].x',
    ])
  })
  test('A-20 A-30 Q28 Q34 booleans as text, in values and in filters', () => {
    expect(patch(bare, [replace('active', 'False')], LENIENT).active).toBe(false)
    const roles = { ...bare, roles: [{ value: 'r', primary: true }, { value: 's' }] }
    expect(patch(roles, [replace('roles[primary eq "True"].value', 'x')], LENIENT).roles).toEqual([
      { value: 'x', primary: true },
      { value: 's' },
    ])
    expect(patch(bare, [add('roles[primary eq "True"].value', 'x')], LENIENT).roles).toEqual([
      { primary: true, value: 'x' },
    ])
  })
  test.each<[string, Json]>([
    ['manager', 'm2'],
    ['manager', { value: 'm2' }],
    ['manager', [{ value: 'm2' }]],
    ['manager', ['m2']],
    ['manager', { $ref: '../Users/m2' }],
    ['manager.value', 'm2'],
    [`${ENT}:manager`, 'm2'],
    [`${ENT}:manager.$ref`, 'https://example.com/scim/v2/Users/m2'],
  ])('A-22 Q36 %s %j is the manager', (path, value) => {
    for (const op of ['Add', 'Replace']) {
      expect(patch(bare, [{ op, path, value }], LENIENT)[ENT]).toEqual({ manager: { value: 'm2' } })
      expect(patch(bare, [{ op, value: { [path]: value } }], LENIENT)[ENT]).toEqual({ manager: { value: 'm2' } })
    }
  })
  test.each<[string, Json]>([
    ['manager', ''],
    ['manager', { value: '' }],
    ['manager.value', ''],
    ['manager', null],
  ])('A-22 Q37 %s %j removes the manager', (path, value) => {
    expect(patch(ada, [{ op: 'Replace', path, value }], LENIENT)[ENT]).toEqual({ department: 'Engines' })
  })
  test('A-22 a bare value on a strict connection: invalidValue', () => {
    expect(strictly(ada, [replace(`${ENT}:manager`, 'm2')])).toBe('invalidValue')
    expect(strictly(ada, [replace('manager', { value: 'm2' })])).toBe('invalidPath')
    expect(strictly(ada, [replace('emails[type eq "work"].value', { value: 'x' })])).toBe('invalidValue')
  })
  test('A-22 an object for a sub-attribute', () => {
    expect(patch(bare, [add('emails[type eq "work"].value', { value: 'x', type: 'work' })], LENIENT).emails).toEqual([
      { type: 'work', value: 'x' },
    ])
  })
  test('S-040 Q19 numbers for strings', () => {
    expect(patch(bare, [replace('externalId', 17)], LENIENT).externalId).toBe('17')
    expect(patch(bare, [add(`${ENT}:employeeNumber`, 17)], LENIENT)[ENT]).toEqual({ employeeNumber: '17' })
  })
  test('S-136 a $ref that contradicts the value: invalidValue', () => {
    expect(strictly(bare, [add(`${ENT}:manager`, { value: 'm1', $ref: '../Users/m2' })])).toBe('invalidValue')
  })
})

describe('members as rows', () => {
  const rowsOf = (operations: readonly Json[], allow: Allowances = STRICT) =>
    splitEdits(readPatch({ schemas: [PATCH_OP], Operations: operations }, Group, allow).edits, 'members', allow).rows

  test.each<[Json, readonly unknown[], string]>([
    [add('members', [{ value: 'a' }]), [{ edit: 'add', values: [{ value: 'a' }] }], 'add'],
    [add('members', { value: 'a' }), [{ edit: 'add', values: [{ value: 'a' }] }], 'add of a lone object'],
    [add('members', []), [], 'add of none'],
    [replace('members', [{ value: 'a' }]), [{ edit: 'set', values: [{ value: 'a' }] }], 'replace'],
    [replace('members', []), [{ edit: 'clear' }], 'replace by none'],
    [replace('members', null), [{ edit: 'clear' }], 'replace by null'],
    [remove('members'), [{ edit: 'clear' }], 'remove all'],
    [
      remove('members', [{ value: 'a' }, { value: 'b' }]),
      [{ edit: 'remove', ids: ['a', 'b'] }],
      'Q48 A-05 remove of a list',
    ],
    [remove('members', { value: 'a' }), [{ edit: 'remove', ids: ['a'] }], 'remove of one'],
    [remove('members', []), [], 'Q49 A-05 remove of none'],
    [remove('members[value eq "a"]'), [{ edit: 'remove', ids: ['a'] }], 'Q52 remove by filter'],
    [
      remove('members[value eq "a" or value eq "B"]'),
      [{ edit: 'remove', ids: ['a', 'B'] }],
      'remove by a longer filter',
    ],
    [
      { op: 'add', value: { members: [{ value: 'a' }] } },
      [{ edit: 'add', values: [{ value: 'a' }] }],
      'add without a path',
    ],
    [{ op: 'replace', value: { displayName: 'd', members: [] } }, [{ edit: 'clear' }], 'replace without a path'],
    [{ op: 'replace', value: { displayName: 'd' } }, [], 'Q55 a rename leaves them alone'],
    [
      add('members', [{ value: 'a', display: 'zzz' }]),
      [{ edit: 'add', values: [{ value: 'a' }] }],
      'P-359 display is dropped',
    ],
    [
      add('members', [{ value: 'a' }, { value: 'a', type: 'User' }]),
      [{ edit: 'add', values: [{ value: 'a', type: 'User' }] }],
      'twice',
    ],
    [add('members', [{ $ref: null, value: 'a' }]), [{ edit: 'add', values: [{ value: 'a' }] }], 'Q47 $ref null'],
    [
      add('members', [{ $ref: 'https://x/scim/v2/Users/a' }]),
      [{ edit: 'add', values: [{ $ref: 'https://x/scim/v2/Users/a', value: 'a' }] }],
      'A-91 $ref alone',
    ],
    [
      add('members[value eq "a"]', { type: 'User' }),
      [
        {
          edit: 'alter',
          op: 'add',
          part: { type: 'User' },
          otherwise: { value: 'a', type: 'User' },
          path: 'members[…]',
        },
      ],
      'A-02 add through a filter',
    ],
    [
      replace('members[value eq "a"].type', 'Group'),
      [{ edit: 'alter', op: 'replace', part: { type: 'Group' }, path: 'members[…].type' }],
      'P-390 a sub-attribute',
    ],
    [
      remove('members[value eq "a"].type'),
      [{ edit: 'alter', op: 'remove', part: { type: null }, path: 'members[…].type' }],
      'P-390 removal of a sub-attribute',
    ],
  ])('%j: %j (%s)', (operation, expected, _case) => {
    const rows = rowsOf([operation]).map((row) => {
      const { filter: _filter, ...rest } = row as { filter?: BoundFilter }
      return rest
    })
    expect(rows).toEqual(expected)
  })

  test('P-394 remove by type and the end of the id', () => {
    expect(rowsOf([remove('members[type eq "User" and value ew "7"]')])).toMatchObject([
      { edit: 'removeWhere', filter: { op: 'and' } },
    ])
  })
  test('P-345 their order is kept, the rest of the edits too', () => {
    const operations = [remove('members'), replace('displayName', 'x'), add('members', [{ value: 'a' }])]
    const { edits } = readPatch({ schemas: [PATCH_OP], Operations: operations }, Group, STRICT)
    const { rest, rows } = splitEdits(edits, 'members')
    expect(rows.map(({ edit }) => edit)).toEqual(['clear', 'add'])
    expect(rest).toMatchObject([{ op: 'replace', value: 'x' }])
  })
  test.each<[Json, Json]>([
    ['a', [{ value: 'a' }]],
    [
      ['a', 'b'],
      [{ value: 'a' }, { value: 'b' }],
    ],
    [{ members: [{ value: 'a' }] }, [{ value: 'a' }]],
    [{ Members: ['a'] }, [{ value: 'a' }]],
  ])('Q47 Q51 %j as members', (value, values) => {
    expect(rowsOf([add('members', value)], LENIENT)).toEqual([{ edit: 'add', values }])
    const ids = (values as readonly { value: string }[]).map((one) => one.value)
    expect(rowsOf([remove('members', value)], LENIENT)).toEqual([{ edit: 'remove', ids }])
  })
  test('P-352 P-394 display is readOnly, displayName is no sub-attribute', () => {
    expect(refusal(() => rowsOf([replace('members[value eq "a"].display', 'x')]))).toBe('mutability')
    expect(refusal(() => rowsOf([replace('members[value eq "a"].displayName', 'x')]))).toBe('invalidPath')
  })
  test('P-397 10,000 members in one operation', () => {
    const value = Array.from({ length: 10_000 }, (_, at) => ({ value: `m${at}` }))
    expect(rowsOf([add('members', value)])).toMatchObject([{ edit: 'add', values: { length: 10_000 } }])
  })
})
