// Tests of maps: what becomes of a resource, what stays, what is a fault, what is refused.

import { describe, expect, test } from 'vitest'
import {
  ConfigError,
  type Document,
  defineResourceType,
  defineSchema,
  EnterpriseUser,
  Group,
  type JsonObject,
  type ResourceType,
  User,
} from '../../protocol/index.ts'
import { type AppGrant, MapFault, type Surroundings } from '../contract/index.ts'
import { compileMap } from './compile-map.ts'
import { defaultMap } from './default-map.ts'
import { MAP_LIMITS } from './map-limits.ts'

const E = EnterpriseUser.id
const babs: Document = {
  id: 'u1',
  userName: ' BJensen ',
  active: true,
  name: { givenName: 'Bärbel', familyName: 'Jensen' },
  displayName: 'bärbel@Sales',
  emails: [
    { value: 'home@example.com', type: 'home' },
    { value: 'Work@example.com', type: 'work', primary: true },
  ],
  [E]: { department: 'Sales', employeeNumber: '701984', manager: { value: 'u2' } },
}

interface Around extends Partial<Omit<Surroundings, 'memberOf'>> {
  readonly groups?: readonly string[]
  readonly purpose?: 'create' | 'update'
  readonly document?: Document
  readonly grants?: readonly AppGrant[]
  readonly accountType?: ResourceType | 'unknown'
}

/** What a map of people makes of somebody; `userName` and `active` are left out unless it is about them. */
function mapped(rules: JsonObject, around: Around = {}) {
  const { groups = [], purpose = 'update', document = babs, grants = [], accountType = User } = around
  const whole = 'userName' in rules ? rules : { userName: { from: 'userName' }, ...rules }
  const map = compileMap(whole, {
    type: 'User',
    sourceType: User,
    accountType: accountType === 'unknown' ? undefined : accountType,
    grants,
  })
  const accountOf = around.accountOf ?? ((id: string) => (id === 'u9' ? undefined : `account-${id}`))
  const surroundings = { memberOf: new Set(groups), accountOf, ...(around.account && { account: around.account }) }
  const result = map.map(document, surroundings, purpose)
  const { userName, active, ...rest } = result.document
  return { rest, userName, active, waitsFor: result.waitsFor, map }
}

describe('where values come from', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['an attribute', { displayName: { from: 'displayName' } }, { displayName: 'bärbel@Sales' }],
    ['in any letter case', { DISPLAYNAME: { from: 'DisplayName' } }, { displayName: 'bärbel@Sales' }],
    ['a part', { 'name.givenName': { from: 'name.givenName' } }, { name: { givenName: 'Bärbel' } }],
    ['the id', { externalId: { from: 'id' } }, { externalId: 'u1' }],
    ['an extension', { title: { from: `${E}:department` } }, { title: 'Sales' }],
    ['an extension by its bare name', { department: { from: 'employeeNumber' } }, { [E]: { department: '701984' } }],
    [
      'a list',
      { emails: { from: 'emails' } },
      {
        emails: [
          { value: 'home@example.com', type: 'home' },
          { value: 'Work@example.com', type: 'work', primary: true },
        ],
      },
    ],
    ['one of a list', { title: { from: 'emails[type eq "home"].value' } }, { title: 'home@example.com' }],
    [
      'the primary one, where there is room for one',
      { title: { from: 'emails.value' } },
      { title: 'Work@example.com' },
    ],
    ['a constant', { title: { const: 'Boss' } }, { title: 'Boss' }],
    ['an expression', { title: { cel: 'user.displayName.replace("@", " at ")' } }, { title: 'bärbel at Sales' }],
    ['an expression of the extension', { title: { cel: '"Dept " + enterprise.department' } }, { title: 'Dept Sales' }],
    [
      'an entry from an expression',
      { emails: { cel: '[{"value": user.id + "@x.org", "type": "work"}]' } },
      { emails: [{ value: 'u1@x.org', type: 'work' }] },
    ],
    ['a reference', { [`${E}:manager`]: { ref: 'manager' } }, { [E]: { manager: { value: 'account-u2' } } }],
    ['a reference as text', { title: { ref: `${E}:manager.value` } }, { title: 'account-u2' }],
    ['transforms', { title: { from: 'userName', to: ['trim', 'lower', 'truncate:3'] } }, { title: 'bje' }],
    [
      'a shape',
      { emails: { from: 'emails[type eq "work"].value', to: ['lower'], as: 'primaryWorkEmail' } },
      { emails: [{ value: 'work@example.com', type: 'work', primary: true }] },
    ],
    [
      'the part of an entry',
      { 'phoneNumbers[type eq "work"].value': { const: '+1' } },
      { phoneNumbers: [{ type: 'work', value: '+1' }] },
    ],
    [
      'two parts of an entry',
      { 'addresses[type eq "work"].country': { const: 'DE' }, 'addresses[type eq "work"].locality': { const: 'Ulm' } },
      { addresses: [{ type: 'work', country: 'DE', locality: 'Ulm' }] },
    ],
    [
      'a whole and its part',
      { name: { from: 'name' }, 'name.givenName': { const: 'B.' } },
      { name: { givenName: 'B.', familyName: 'Jensen' } },
    ],
  ])('%s', (_case, rules, expected) => {
    expect(mapped(rules).rest).toEqual(expected)
  })

  test('without a schema of accounts, names are taken as they come', () => {
    const rules = {
      'profile.login': { from: 'userName' },
      tags: { from: 'emails.value' },
      'urn:x:y:Z:color': { const: 'red' },
    }
    expect(mapped(rules, { accountType: 'unknown' }).rest).toEqual({
      profile: { login: ' BJensen ' },
      tags: ['home@example.com', 'Work@example.com'],
      'urn:x:y:Z': { color: 'red' },
    })
  })
})

describe('what has no value', () => {
  const gone = { id: 'u1', userName: 'x' }
  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    ['is left as it is', { title: { from: 'title' } }, { title: 'Boss' }, { title: 'Boss' }],
    ['is cleared', { title: { from: 'title', whenMissing: 'clear' } }, { title: 'Boss' }, {}],
    ['has a default', { title: { from: 'title', default: '-' } }, { title: 'Boss' }, { title: '-' }],
    [
      'part: left',
      { 'name.givenName': { from: 'name.givenName' } },
      { name: { givenName: 'A', familyName: 'B' } },
      { name: { givenName: 'A', familyName: 'B' } },
    ],
    [
      'part: cleared',
      { 'name.givenName': { from: 'name.givenName', whenMissing: 'clear' } },
      { name: { givenName: 'A', familyName: 'B' } },
      { name: { familyName: 'B' } },
    ],
    [
      'entry: cleared, others stay',
      { 'emails[type eq "work"].value': { from: 'title', whenMissing: 'clear' } },
      {
        emails: [
          { type: 'work', value: 'a' },
          { type: 'home', value: 'b' },
        ],
      },
      { emails: [{ type: 'home', value: 'b' }] },
    ],
    ['empty text is no value', { title: { from: 'userName', to: ['digits'], default: 'none' } }, {}, { title: 'none' }],
    ['null from an expression is no value', { title: { cel: 'null', whenMissing: 'clear' } }, { title: 'Boss' }, {}],
    [
      'a reference to nobody is left',
      { manager: { ref: 'manager' } },
      { [E]: { manager: { value: 'a' } } },
      { [E]: { manager: { value: 'a' } } },
    ],
  ])('%s', (_case, rules, account, expected) => {
    expect(mapped(rules, { document: gone, account }).rest).toEqual(expected)
  })

  test('fail is a fault', () => {
    const rules = { title: { from: 'title', whenMissing: 'fail' } }
    expect(() => mapped(rules)).toThrow(MapFault)
    expect(() => mapped(rules)).toThrow('title: from title has no value')
  })
})

describe('what the account has already', () => {
  const account = { title: 'Boss', nickName: 'Babs', [E]: { department: 'Old', costCenter: '4130' } }

  test('what the map does not name stays out of it', () => {
    const { rest, map } = mapped({ title: { const: 'CEO' } }, { account })
    expect(rest).toEqual({ title: 'CEO' })
    expect(map.managed).toEqual(['userName', 'title', 'active'])
  })

  test('the rest of an extension stays', () => {
    const { rest, map } = mapped({ department: { from: 'department' } }, { account })
    expect(rest).toEqual({ [E]: { department: 'Sales', costCenter: '4130' } })
    expect(map.managed).toContain(E)
  })

  test('what is written once is written when the account is made or taken over, and left alone from then on', () => {
    const rules = { entitlements: { const: [{ value: 'std' }], on: 'create' }, title: { const: 'X' } }
    const first = mapped(rules, { purpose: 'create', account: { entitlements: [{ value: 'other' }] } })
    expect(first.rest).toEqual({ entitlements: [{ value: 'std' }], title: 'X' })
    expect(first.map.onCreateOnly).toEqual(['entitlements'])
    const later = mapped(rules, { purpose: 'update', account: { entitlements: [{ value: 'changed' }] } })
    expect(later.rest).toEqual({ entitlements: [{ value: 'changed' }], title: 'X' })
  })
})

describe('references', () => {
  test('one without an account is waited for, and the old one does not stay', () => {
    const document = { ...babs, [E]: { manager: { value: 'u9' } } }
    const { rest, waitsFor, map } = mapped(
      { manager: { ref: 'manager' } },
      { document, account: { [E]: { manager: { value: 'old' } } } },
    )
    expect(rest).toEqual({})
    expect(waitsFor).toEqual(['u9'])
    expect(map.refers).toEqual([`${E}:manager.value`])
  })
})

describe('active', () => {
  test.each([
    [{}, { ...babs, active: false }, false],
    [{}, { id: 'u1', userName: 'x' }, true],
    [{ active: { cel: 'user.active && has(enterprise.department)' } }, { ...babs, [E]: {} }, false],
  ])('%#', (rules, document, active) => {
    expect(mapped(rules, { document }).active).toBe(active)
  })

  test('an app that knows no such attribute gets none', () => {
    const plain = defineResourceType({
      name: 'User',
      endpoint: '/Users',
      schema: defineSchema({ id: 'urn:x:User', name: 'User', attributes: { userName: { required: true } } }),
    })
    expect(mapped({}, { accountType: plain }).active).toBeUndefined()
  })
})

describe('grants', () => {
  const grants: AppGrant[] = [
    { group: 'g1', attribute: 'roles', value: 'admin', display: 'Admin' },
    { group: 'g2', attribute: 'roles', value: 'reader' },
    { group: 'g3', attribute: 'roles', value: 'admin' },
    { group: 'g1', attribute: 'entitlements', value: 'seat' },
  ]

  test.each<[string, readonly string[], JsonObject]>([
    ['no group, nothing', [], {}],
    ['one group', ['g1'], { roles: [{ value: 'admin', display: 'Admin' }], entitlements: [{ value: 'seat' }] }],
    [
      'in the order of the settings',
      ['g2', 'g1'],
      { roles: [{ value: 'admin', display: 'Admin' }, { value: 'reader' }], entitlements: [{ value: 'seat' }] },
    ],
    [
      'each value once',
      ['g3', 'g1'],
      { roles: [{ value: 'admin', display: 'Admin' }], entitlements: [{ value: 'seat' }] },
    ],
  ])('%s', (_case, groups, expected) => {
    expect(mapped({}, { grants, groups }).rest).toEqual(expected)
  })

  test('they are taken away with the membership, whatever the account has', () => {
    const account = { roles: [{ value: 'admin' }, { value: 'reader' }] }
    expect(mapped({}, { grants, groups: ['g2'], account }).rest).toEqual({ roles: [{ value: 'reader' }] })
    expect(mapped({}, { grants, groups: [], account }).rest).toEqual({})
  })

  test('they come behind what the map gives', () => {
    const rules = { roles: { const: [{ value: 'basic' }, { value: 'admin' }] } }
    expect(mapped(rules, { grants, groups: ['g1', 'g2'] }).rest.roles).toEqual([
      { value: 'basic' },
      { value: 'admin' },
      { value: 'reader' },
    ])
  })

  test('they are managed, and need not be mapped', () => {
    expect(mapped({}, { grants }).map.managed).toEqual(['userName', 'active', 'roles', 'entitlements'])
  })
})

describe('faults', () => {
  test.each<[string, JsonObject, RegExp]>([
    ['a field that is not there', { title: { cel: 'user.title' } }, /^title: cel user\.title field not found: title/],
    [
      'types that do not fit',
      { title: { cel: 'user.displayName + 1' } },
      /no matching overload.*"user\.displayName":"bärbel@Sales"/,
    ],
    ['a result that does not fit', { title: { cel: '1 + 1' } }, /gives a number; title takes text/],
    [
      'a transform that can not',
      { active: { from: 'userName', to: ['boolean'] } },
      /active: boolean can't read it as a boolean \(" BJensen "\)/,
    ],
    [
      'too much work',
      {
        title: {
          cel: '[1,2,3,4,5,6,7,8,9].map(a, user.displayName.matches("(a|b|c|d|e){900}")).size() > 1 ? "x" : "y"',
        },
      },
      /takes more than 50000 steps/,
    ],
  ])('%s', (_case, rules, text) => {
    expect(() => mapped(rules)).toThrow(MapFault)
    expect(() => mapped(rules)).toThrow(text)
  })

  test('an account past the largest size', () => {
    const document = { ...babs, title: 'x'.repeat(MAP_LIMITS.RESULT_SIZE) }
    expect(() => mapped({ title: { from: 'title' } }, { document })).toThrow(/larger than/)
    const fits = { ...babs, title: 'x'.repeat(MAP_LIMITS.RESULT_SIZE - 100) }
    expect(mapped({ title: { from: 'title' } }, { document: fits }).rest.title).toHaveLength(
      MAP_LIMITS.RESULT_SIZE - 100,
    )
  })
})

describe('groups', () => {
  const options = { type: 'Group', sourceType: Group, accountType: Group, grants: [] } as const
  const around = { memberOf: new Set<string>(), accountOf: () => undefined }

  test('members are not in the document; how nested groups count is said', () => {
    const map = compileMap(
      { displayName: { cel: '"app-" + group.displayName' }, members: { refs: 'members', nested: 'keep' } },
      options,
    )
    expect(map.map({ id: 'g1', displayName: 'Sales' }, around, 'create').document).toEqual({ displayName: 'app-Sales' })
    expect(map.members).toEqual({ nested: 'keep' })
    expect(map.managed).toEqual(['displayName'])
  })

  test('a map without members leaves them alone', () => {
    expect(compileMap({ displayName: { from: 'displayName' } }, options).members).toBeUndefined()
  })

  test('the default map', () => {
    const map = compileMap(defaultMap('Group', Group), options)
    expect(map.members).toEqual({ nested: 'flatten' })
    expect(map.map({ id: 'g1', displayName: 'Sales' }, around, 'create').document).toEqual({
      displayName: 'Sales',
      externalId: 'g1',
    })
  })
})

describe('the default map of people', () => {
  test('takes everything along, and clears what is cleared', () => {
    const { rest, userName, active } = mapped(defaultMap('User', User), { account: { title: 'Boss' } })
    expect({ userName, active, ...rest }).toEqual({
      ...babs,
      id: undefined,
      externalId: 'u1',
      [E]: { department: 'Sales', employeeNumber: '701984', manager: { value: 'account-u2' } },
    })
  })

  test('takes no passwords, roles or entitlements', () => {
    expect(Object.keys(defaultMap('User')).filter((name) => /password|roles|entitlements|groups/.test(name))).toEqual(
      [],
    )
  })
})

describe('what is refused, with the path of the option', () => {
  const many = Object.fromEntries(
    Array.from({ length: MAP_LIMITS.ATTRIBUTES + 1 }, (_, at) => [`a${at}`, { const: 'x' }]),
  )
  test.each<[string, JsonObject, RegExp]>([
    ['map.User.titel', { titel: { from: 'title' } }, /no such attribute; did you mean title/],
    ['map.User.title.from', { title: { from: 'titel' } }, /no such attribute; did you mean title/],
    ['map.User.title', { title: 'x' }, /must be an object/],
    ['map.User.title', { title: {} }, /exactly one of from, const, cel, ref/],
    ['map.User.title', { title: { from: 'title', const: 'x' } }, /exactly one/],
    ['map.User.title.form', { title: { form: 'title' } }, /did you mean from/],
    ['map.User.title.to[1]', { title: { from: 'title', to: ['trim', 'lowr'] } }, /did you mean lower/],
    ['map.User.title.to[0]', { title: { from: 'title', to: ['truncate:x'] } }, /a number from 1/],
    ['map.User.title.to[0]', { title: { from: 'title', to: ['prefix'] } }, /needs an argument/],
    ['map.User.title.to[0]', { title: { from: 'active', to: ['lower'] } }, /takes text, and gets boolean/],
    ['map.User.title', { title: { from: 'active' } }, /gives boolean; title takes text; add "text"/],
    ['map.User.name', { name: { from: 'title' } }, /gives text; name takes object/],
    ['map.User.title.const', { title: { const: 5 } }, /gives a number; title takes text/],
    ['map.User.title.default', { title: { from: 'title', default: true } }, /gives a boolean/],
    ['map.User.title.as', { title: { from: 'title', as: 'primaryWorkEmial' } }, /did you mean primaryWorkEmail/],
    ['map.User.title.whenMissing', { title: { from: 'title', whenMissing: 'drop' } }, /omit, clear, fail/],
    ['map.User.title.on', { title: { from: 'title', on: 'update' } }, /must be create/],
    ['map.User.title.cel', { title: { cel: 'user.title +' } }, /at 1:12: found \+/],
    ['map.User.title.cel', { title: { cel: 'usr.title' } }, /no variable usr; there is user, enterprise/],
    ['map.User.title.cel', { title: { cel: 'shout(user.title)' } }, /no function shout/],
    ['map.User.title.ref', { title: { ref: 'title' } }, /refers to no other resource/],
    ['map.User.title.from', { title: { from: 'groups' } }, /no part of a resource/],
    ['map.User.title.from', { title: { from: 'meta.created' } }, /no part of a resource/],
    ['map.User.title.from', { title: { from: 'password' } }, /secret/],
    ['map.User.title.from', { title: { from: 'manager.displayName' } }, /other resource; use ref/],
    ['map.User.id', { id: { from: 'id' } }, /can't write id/],
    ['map.User.groups', { groups: { const: [] } }, /can't write groups/],
    ['map.User.password', { password: { const: 'x' } }, /can't write password/],
    ['map.User.emails.value', { 'emails.value': { from: 'emails.value' } }, /say which/],
    ['map.User.emails[type ne "x"].value', { 'emails[type ne "x"].value': { const: 'x' } }, /comparisons by eq/],
    ['map.User.TITLE', { title: { const: 'x' }, TITLE: { const: 'y' } }, /the same attribute as title/],
    ['map.User', many, /more than 100 attributes/],
  ])('%s %#', (option, rules, text) => {
    const compile = () => mapped(rules)
    expect(compile).toThrow(ConfigError)
    expect(compile).toThrow(expect.objectContaining({ option }))
    expect(compile).toThrow(text)
  })

  test('a map that leaves out what the app requires', () => {
    const compile = () =>
      compileMap({ title: { const: 'x' } }, { type: 'User', sourceType: User, accountType: User, grants: [] })
    expect(compile).toThrow('map.User: has no rule for userName, which the app requires')
  })

  test.each<[string, AppGrant, JsonObject, RegExp]>([
    ['grants[0].attribute', { group: 'g', attribute: 'rolls', value: 'x' }, {}, /did you mean roles/],
    ['grants[0].attribute', { group: 'g', attribute: 'title', value: 'x' }, {}, /no list/],
    ['grants[0].attribute', { group: 'g', attribute: 'groups', value: 'x' }, {}, /can't be granted/],
    [
      'map.User.roles.on',
      { group: 'g', attribute: 'roles', value: 'x' },
      { roles: { const: [], on: 'create' } },
      /granted by groups too/,
    ],
  ])('%s %#', (option, grant, rules, text) => {
    const compile = () => mapped(rules, { grants: [grant] })
    expect(compile).toThrow(expect.objectContaining({ option }))
    expect(compile).toThrow(text)
  })
})

describe('limits: at them taken, past them refused', () => {
  const title = (rule: JsonObject) => ({ title: rule })
  const shout = (count: number) => title({ from: 'title', to: Array.from({ length: count }, () => 'upper') })
  const prefix = (length: number) => title({ from: 'title', to: [`prefix:${'x'.repeat(length)}`] })
  const constant = (length: number) => title({ const: 'x'.repeat(length - 2) })
  const fallback = (length: number) => title({ from: 'title', default: 'x'.repeat(length - 2) })
  const tag = (at: number) => [`a${at}`, { const: 'x' }] as const
  const attributes = (count: number) => Object.fromEntries(Array.from({ length: count - 1 }, (_, at) => tag(at)))
  const path = (length: number) => {
    const head = 'emails[value eq "'
    const tail = '"].display'
    return { [`${head}${'x'.repeat(length - head.length - tail.length)}${tail}`]: { const: 'x' } }
  }
  test.each<[string, (size: number) => JsonObject, number, ResourceType | 'unknown']>([
    ['TRANSFORMS', shout, MAP_LIMITS.TRANSFORMS, User],
    ['ARGUMENT_LENGTH', prefix, MAP_LIMITS.ARGUMENT_LENGTH, User],
    ['CONSTANT_LENGTH of const', constant, MAP_LIMITS.CONSTANT_LENGTH, User],
    ['CONSTANT_LENGTH of default', fallback, MAP_LIMITS.CONSTANT_LENGTH, User],
    ['ATTRIBUTES', attributes, MAP_LIMITS.ATTRIBUTES, 'unknown'],
    ['PATH_LENGTH', path, MAP_LIMITS.PATH_LENGTH, User],
  ])('%s', (_name, rules, limit, accountType) => {
    expect(() => mapped(rules(limit), { accountType })).not.toThrow()
    expect(() => mapped(rules(limit + 1), { accountType })).toThrow(ConfigError)
  })

  test('VALUES', () => {
    const document = (count: number) => ({
      ...babs,
      emails: Array.from({ length: count }, (_, at) => ({ value: `${at}@x.org` })),
    })
    const rules = { emails: { from: 'emails' } }
    const { rest } = mapped(rules, { document: document(MAP_LIMITS.VALUES) })
    expect(rest.emails).toHaveLength(MAP_LIMITS.VALUES)
    expect(() => mapped(rules, { document: document(MAP_LIMITS.VALUES + 1) })).toThrow(MapFault)
  })
})
