// Names of filters and paths, looked up in schemas.

import { describe, expect, test } from 'vitest'
import { Gadget } from '../../test/embedded-host.ts'
import { type Allowances, LENIENT, STRICT } from './allowances.ts'
import { resolve } from './attributes.ts'
import { bindFilter, bindPath, bindSort, targetsIn } from './bind.ts'
import type { BoundFilter } from './bound.ts'
import { ScimError } from './errors.ts'
import { parseFilter } from './filter.ts'
import { Group } from './group.ts'
import { parsePath } from './path.ts'
import type { ResourceType } from './schema.ts'
import { ENTERPRISE_USER, USER } from './urn.ts'
import { User } from './user.ts'

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof ScimError) return `${error.status} ${error.scimType}: ${error.detail}`
    throw error
  }
  return expect.fail('was not refused')
}

/** The bound tree with paths in place of targets. */
function plain(filter: BoundFilter): unknown {
  switch (filter.op) {
    case 'and':
    case 'or':
      return [filter.op, ...filter.all.map(plain)]
    case 'not':
      return ['not', plain(filter.filter)]
    case 'has':
      return ['has', filter.target.path, plain(filter.filter)]
    case 'pr':
      return ['pr', filter.target.path]
    case 'constant':
      return filter.value
    default:
      return [filter.op, filter.target.path, filter.value]
  }
}

const bound = (text: string, type: ResourceType = User, allow: Allowances = STRICT) =>
  plain(bindFilter(parseFilter(text, allow), type, allow))

describe('resolve', () => {
  test.each([
    ['userName', 'userName', 'S-031 as it is written'],
    ['USERNAME', 'userName', 'S-031 in another case'],
    ['name.givenname', 'name.givenName', 'S-031 with a sub-attribute'],
    [`${USER}:name.givenName`, 'name.givenName', 'S-033 fully qualified'],
    [`${USER.toUpperCase()}:NAME.GIVENNAME`, 'name.givenName', 'S-035 URN in another case'],
    [`${USER}:id`, 'id', 'S-007 common attributes under the URN'],
    ['meta.lastModified', 'meta.lastModified', 'P-142 common attributes'],
    [`${ENTERPRISE_USER}:manager.value`, `${ENTERPRISE_USER}:manager.value`, 'S-036 the dot of 2.0 separates nothing'],
    [`${ENTERPRISE_USER.toLowerCase()}:MANAGER.$REF`, `${ENTERPRISE_USER}:manager.$ref`, 'S-035 extension'],
    ['members.$ref', undefined, 'of another type'],
    ['name.nope', undefined, 'P-354 no such sub-attribute'],
    ['userName.x', undefined, 'P-354 no sub-attributes at all'],
    ['department', undefined, 'S-090 bare name of an extension'],
    [`${ENTERPRISE_USER}.department`, undefined, 'A-15 dot after the URN'],
    [USER, undefined, 'A-15 the base URN alone'],
    ['nic\u212aName', undefined, 'S-031 letters that only become ASCII in lower case'],
    ['', undefined, 'nothing'],
    ['constructor', undefined, 'a name that objects have'],
    ['__proto__', undefined, 'another'],
  ])('S-031 S-033 S-035 S-036 %s → %s (%s)', (text, path, _case) => {
    const found = resolve(text, User, STRICT)
    expect(found?.attribute && found.path).toBe(path)
  })
  test('P-383 an extension by its URN', () => {
    expect(resolve(ENTERPRISE_USER.toUpperCase(), User)).toEqual({ extension: ENTERPRISE_USER })
  })
  test('A-15 A-22 leniency', () => {
    const path = (text: string) => resolve(text, User, LENIENT)
    expect(path(`${ENTERPRISE_USER}.employeeNumber`)).toMatchObject({ path: `${ENTERPRISE_USER}:employeeNumber` })
    expect(path('Manager.value')).toMatchObject({ path: `${ENTERPRISE_USER}:manager.value` })
    expect(path('nope')).toBeUndefined()
  })
  test('S-091 a bare name that two extensions have says neither', () => {
    const [extension] = User.extensions
    if (extension === undefined) return expect.fail('no extension')
    const again = { ...extension, schema: { ...extension.schema, id: `${ENTERPRISE_USER}:2` } }
    const type = { ...User, extensions: [extension, again] }
    expect(resolve('department', type, LENIENT)).toBeUndefined()
    expect(resolve(`${ENTERPRISE_USER}:2`, type)).toEqual({ extension: `${ENTERPRISE_USER}:2` })
    expect(resolve(`${ENTERPRISE_USER}:2:department`, type)).toMatchObject({ extension: `${ENTERPRISE_USER}:2` })
  })
})

describe('bindFilter', () => {
  test.each([
    ['userName eq "Bob"', ['eq', 'userName', 'bob'], 'P-133 case does not count'],
    ['id eq "AbC"', ['eq', 'id', 'AbC'], 'A-51 case counts'],
    ['externalId sw "AbC"', ['sw', 'externalId', 'AbC'], 'A-51'],
    ['userName eq "A\u0308NNA"', ['eq', 'userName', 'änna'], 'P-541 NFD'],
    ['active eq true', ['eq', 'active', true], 'P-128 boolean'],
    ['meta.lastModified gt "2026-01-01T01:00:00.5+01:00"', ['gt', 'meta.lastModified', 1767225600500], 'P-131 instant'],
    ['meta.created ge "2026-01-01T00:00:00"', ['ge', 'meta.created', 1767225600000], 'A-29 no offset is UTC'],
    ['nickName eq null', ['not', ['pr', 'nickName']], 'P-138 eq null'],
    ['emails ne null', ['pr', 'emails'], 'P-138 ne null'],
    ['name pr', ['pr', 'name'], 'P-130 complex'],
    ['emails co "Example"', ['co', 'emails.value', 'example'], 'P-137 multi-valued by value'],
    ['members eq "1"', undefined, 'P-140 not of users'],
    ['schemas eq "urn:X"', ['eq', 'schemas', 'urn:x'], 'P-141 schemas'],
    [`${ENTERPRISE_USER}:manager.value eq "X"`, ['eq', `${ENTERPRISE_USER}:manager.value`, 'X'], 'P-143 extension'],
    [
      'EMAILS[TYPE eq "Work" and not (value ew "x" or primary eq true)]',
      [
        'has',
        'emails',
        [
          'and',
          ['eq', 'emails.type', 'work'],
          ['not', ['or', ['ew', 'emails.value', 'x'], ['eq', 'emails.primary', true]]],
        ],
      ],
      'P-135 brackets',
    ],
    ['name[givenName eq "A"]', ['and', ['pr', 'name'], ['eq', 'name.givenName', 'a']], 'brackets after a singular one'],
    ['not (not (title pr))', ['pr', 'title'], 'P-123 not twice'],
    [
      'title pr and (nickName pr and active eq true)',
      ['and', ['pr', 'title'], ['pr', 'nickName'], ['eq', 'active', true]],
      'flattened',
    ],
  ])('P-128..131 P-133..138 P-141..143 %s → %j (%s)', (text, expected, _case) => {
    if (expected === undefined) expect(refusal(() => bound(text))).toContain('400 invalidFilter')
    else expect(bound(text)).toEqual(expected)
  })

  test.each([
    ['number eq 5', ['eq', 'number', 5]],
    ['number gt -5', ['gt', 'number', -5]],
    ['weight le 1.5e1', ['le', 'weight', 15]],
    ['tags eq "A"', ['eq', 'tags', 'a']],
    ['tags[value sw "A"]', ['has', 'tags', ['sw', 'tags', 'a']]],
    ['photo eq "aGk="', ['eq', 'photo', 'aGk=']],
    ['code eq "A  B"', ['eq', 'code', 'A  B']],
    ['label eq "A  B"', ['eq', 'label', 'a b']],
  ])('P-128 P-131 %s → %j', (text, expected) => {
    expect(bound(text, Gadget)).toEqual(expected)
  })

  test.each([
    ['foo eq "a"', 'User has no attribute foo', 'P-140 unknown'],
    ['name.foo eq "a"', 'User has no attribute name.foo', 'P-140 unknown sub-attribute'],
    ['emails[foo eq "a"]', 'emails has no sub-attribute foo', 'P-136'],
    ['emails[emails.type eq "a"]', 'emails has no sub-attribute emails.type', 'P-136'],
    [`emails[${USER}:emails.type pr]`, 'emails has no sub-attribute', 'P-136'],
    ['userName[value eq "a"]', 'no sub-attributes', 'P-136'],
    ['emails.value[value eq "a"]', 'no sub-attributes', 'P-136'],
    ['name eq "x"', 'name is complex', 'P-137'],
    ['addresses eq "x"', 'addresses is complex', 'P-137'],
    [`${ENTERPRISE_USER}:manager eq "x"`, 'manager is complex', 'P-137'],
    [`${ENTERPRISE_USER} pr`, 'is an extension', 'P-140'],
    ['active gt false', 'active is a boolean; gt', 'P-132'],
    ['active co true', 'active is a boolean; co', 'P-132'],
    ['active eq "true"', 'active is a boolean; compare it with true or false', 'P-139'],
    ['x509Certificates.value gt "a"', 'binary', 'P-132'],
    ['userName eq 1', 'userName is of type string', 'P-139'],
    ['userName eq true', 'userName is of type string', 'P-139'],
    ['userName gt null', 'null goes with eq and ne only', 'P-138'],
    ['meta.created gt "yesterday"', 'dateTime', 'P-139'],
    ['meta.created gt "2026-02-30T00:00:00Z"', 'dateTime', 'P-139'],
    ['meta.created eq 5', 'dateTime', 'P-139'],
    ['meta.created co "2026-01-01T00:00:00Z"', 'co applies to text only', 'A-29'],
    ['password eq "x"', 'never returned', 'A-31'],
    ['password pr', 'never returned', 'A-31'],
  ])('P-132 P-136..140 %s is refused: %s (%s)', (text, detail, _case) => {
    const said = refusal(() => bound(text))
    expect(said).toContain('400 invalidFilter: ')
    expect(said).toContain(detail)
  })

  test.each([
    ['number eq 1.0', 'integer'],
    ['number eq 1.5', 'integer'],
    ['number eq 1e3', 'integer'],
    ['number eq "1"', 'integer'],
    ['number sw 1', 'sw applies to text only'],
    ['weight eq "1"', 'decimal'],
    ['pin eq 1', 'never returned'],
    ['lock.secret pr', 'never returned'],
  ])('P-139 %s is refused: %s', (text, detail) => {
    expect(refusal(() => bound(text, Gadget))).toContain(detail)
  })

  test.each([
    ['active eq "True"', ['eq', 'active', true], 'A-30 boolean as text'],
    ['active eq False', ['eq', 'active', false], 'A-28 A-30 boolean as a bare word'],
    ['roles[primary eq "True"]', ['has', 'roles', ['eq', 'roles.primary', true]], 'Q34'],
    ['manager eq "X"', ['eq', `${ENTERPRISE_USER}:manager.value`, 'X'], 'A-26 Q09'],
    ['externalId eq 007', ['eq', 'externalId', '007'], 'A-28 bare digits'],
    ['externalId eq 12.50', ['eq', 'externalId', '12.50'], 'A-28 digits as they are spelt'],
    [`${ENTERPRISE_USER}.department eq "X"`, ['eq', `${ENTERPRISE_USER}:department`, 'x'], 'A-15'],
    [
      'emails[type eq "work"].value eq "X"',
      ['has', 'emails', ['and', ['eq', 'emails.type', 'work'], ['eq', 'emails.value', 'x']]],
      'Q32',
    ],
  ])('P-127 P-139 %s → %j on a lenient connection alone (%s)', (text, expected, _case) => {
    expect(bound(text, User, LENIENT)).toEqual(expected)
    expect(refusal(() => bound(text))).toContain('400 invalidFilter')
  })
  test('P-140 A-23 unknown names are errors on lenient connections too', () => {
    expect(refusal(() => bound('foo eq "a"', User, LENIENT))).toContain('400 invalidFilter')
  })

  test.each([
    ['userName pr', ['pr', 'userName'], false],
    ['userName ne "a"', ['ne', 'userName', 'a'], true],
    ['userName eq null', ['not', ['pr', 'userName']], true],
    ['userName ne null', ['pr', 'userName'], false],
    ['not (userName pr)', ['not', ['pr', 'userName']], true],
    ['emails[type eq "work"]', ['has', 'emails', ['eq', 'emails.type', 'work']], false],
    [
      'userName pr or displayName eq "A"',
      ['or', ['pr', 'userName'], ['eq', 'displayName', 'a']],
      ['eq', 'displayName', 'a'],
    ],
    ['userName pr and displayName pr', ['and', ['pr', 'userName'], ['pr', 'displayName']], false],
    ['members pr and id pr', false, ['and', ['pr', 'members'], ['pr', 'id']]],
    ['meta.resourceType eq "User"', ['eq', 'meta.resourceType', 'User'], ['eq', 'meta.resourceType', 'User']],
  ])('P-104 P-105 at the root %s is %j for users and %j for groups', (text, user, group) => {
    const types = [User, Group]
    expect(plain(bindFilter(parseFilter(text), User, STRICT, { types }))).toEqual(user)
    expect(plain(bindFilter(parseFilter(text), Group, STRICT, { types }))).toEqual(group)
  })
  test('A-23 at the root a name that no type has is refused', () => {
    const types = [User, Group]
    expect(refusal(() => bindFilter(parseFilter('foo pr'), User, STRICT, { types }))).toContain('400 invalidFilter')
  })
  test('targetsIn lists what is asked about', () => {
    const filter = bindFilter(parseFilter('not (userName pr) and (emails[type eq "a"] or title eq "x")'), User)
    expect(targetsIn(filter).map((target) => target.path)).toEqual(['userName', 'emails', 'emails.type', 'title'])
  })
})

describe('bindSort', () => {
  test.each([
    ['userName', 'userName', false],
    ['USERNAME', 'userName', false],
    ['emails', 'emails.value', false],
    ['emails.type', 'emails.type', false],
    ['meta.created', 'meta.created', true],
    [`${ENTERPRISE_USER}:employeeNumber`, `${ENTERPRISE_USER}:employeeNumber`, true],
  ])('P-161 P-162 %s → %s', (sortBy, path, descending) => {
    const sort = bindSort(sortBy, descending ? 'descending' : undefined, User)
    expect([sort?.target.path, sort?.descending]).toEqual([path, descending])
  })
  test.each([
    'nope',
    'name',
    'addresses',
    'password',
    'x509Certificates',
    'x509Certificates.value',
    ENTERPRISE_USER,
    'name.',
  ])('P-162 A-32 %s is refused', (sortBy) => {
    expect(refusal(() => bindSort(sortBy, undefined, User))).toContain('400 invalidValue')
  })
  test('P-105 at the root a type without the attribute has no sort', () => {
    expect(bindSort('userName', undefined, Group, { types: [User, Group] })).toBeUndefined()
    expect(refusal(() => bindSort('nope', undefined, Group, { types: [User, Group] }))).toContain('invalidValue')
  })
})

describe('bindPath', () => {
  const path = (text: string, type: ResourceType = User, allow: Allowances = STRICT) => {
    const found = bindPath(parsePath(text, allow), type, allow)
    if (found?.target === undefined) return found
    const { target, filter, made, element } = found
    return [
      target.path,
      element,
      ...(filter === undefined ? [] : [plain(filter)]),
      ...(made === undefined ? [] : [made]),
    ]
  }
  test.each([
    ['nickName', ['nickName', false], 'P-371'],
    ['NAME.givenname', ['name.givenName', false], 'P-374'],
    [`${USER}:nickName`, ['nickName', false], 'P-350'],
    [ENTERPRISE_USER, { extension: ENTERPRISE_USER }, 'P-383'],
    [`${ENTERPRISE_USER}:manager.value`, [`${ENTERPRISE_USER}:manager.value`, false], 'P-384'],
    ['emails.type', ['emails.type', false], 'P-376'],
    ['emails[type eq "Work"]', ['emails', true, ['eq', 'emails.type', 'work'], { type: 'Work' }], 'P-377'],
    ['emails[type eq "Work"].VALUE', ['emails.value', false, ['eq', 'emails.type', 'work'], { type: 'Work' }], 'P-379'],
    [
      'emails[type eq "work" and primary eq true]',
      [
        'emails',
        true,
        ['and', ['eq', 'emails.type', 'work'], ['eq', 'emails.primary', true]],
        { type: 'work', primary: true },
      ],
      'A-02 a conjunction describes an element',
    ],
    [
      'emails[type eq "a" and type eq "b"]',
      ['emails', true, ['and', ['eq', 'emails.type', 'a'], ['eq', 'emails.type', 'b']]],
      'A-02 twice the same',
    ],
    [
      'emails[type eq "a" or value eq "b"]',
      ['emails', true, ['or', ['eq', 'emails.type', 'a'], ['eq', 'emails.value', 'b']]],
      'A-02 or',
    ],
    ['emails[type ne "a"]', ['emails', true, ['ne', 'emails.type', 'a']], 'A-02 ne'],
    ['nope', undefined, 'P-354'],
    ['name.nope', undefined, 'P-354'],
    ['emails[type eq "work"].nope', undefined, 'P-354'],
    ['urn:x:y:z', undefined, 'P-354'],
    [USER, undefined, 'A-15'],
  ])('P-350 P-354 P-371..384 %s → %j (%s)', (text, expected, _case) => {
    expect(path(text)).toEqual(expected)
  })
  test.each([
    ['name[givenName eq "a"]', 'invalidPath', 'P-391'],
    [`${ENTERPRISE_USER}:manager[value eq "x"]`, 'invalidPath', 'P-391'],
    ['userName[value eq "x"]', 'invalidPath', 'P-391'],
    ['emails.type[value eq "x"]', 'invalidPath', 'P-343'],
    [`${ENTERPRISE_USER}[value eq "x"]`, 'invalidPath', 'P-383'],
    ['emails[foo eq "x"]', 'invalidFilter', 'P-344'],
    ['emails[primary eq "true"]', 'invalidFilter', 'P-139'],
  ])('P-343 P-344 P-391 %s is refused: %s (%s)', (text, keyword, _case) => {
    expect(refusal(() => path(text))).toContain(`400 ${keyword}`)
  })
  test('P-386 simple values', () => {
    expect(path('tags[value eq "A"]', Gadget)).toEqual(['tags', true, ['eq', 'tags', 'a']])
  })
  test('A-22 A-30 leniency', () => {
    expect(path('manager[value eq "x"]', User, LENIENT)).toEqual([
      `${ENTERPRISE_USER}:manager`,
      true,
      ['eq', `${ENTERPRISE_USER}:manager.value`, 'x'],
      { value: 'x' },
    ])
    expect(path('roles[primary eq "True"].value', User, LENIENT)).toEqual([
      'roles.value',
      false,
      ['eq', 'roles.primary', true],
      { primary: true },
    ])
    expect(path(`${ENTERPRISE_USER}.department`, User, LENIENT)).toEqual([`${ENTERPRISE_USER}:department`, false])
  })
})
