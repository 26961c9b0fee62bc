// Properties of maps and scopes, on random people, filters and memberships.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDirectory } from '../../src/directory/index.ts'
import { type AppGrant, compileMap, compileScope, defaultMap, MapFault } from '../../src/hub/index.ts'
import {
  bindFilter,
  type Document,
  EnterpriseUser,
  formatFilter,
  Group,
  isObject,
  type Json,
  type JsonObject,
  parseFilter,
  STRICT,
  User,
} from '../../src/protocol/index.ts'
import { documentOf, memoryStore } from '../../src/store/index.ts'

const E = EnterpriseUser.id
const TYPES = [User, Group]
const word = fc.constantFrom(
  'a',
  'A',
  'ab',
  'Ä',
  'ß',
  'ss',
  'İ',
  'b c',
  'B c',
  'work',
  'home',
  'Sales',
  '0',
  '=1',
  '"',
  '\\',
  '😀',
)
const address = fc.constantFrom('a@x.org', 'A@x.org', 'b@x.org', 'work@y.org')
const entry = fc.record({ value: address, type: word, primary: fc.boolean() }, { requiredKeys: ['value'] })
const person = fc
  .record(
    {
      displayName: word,
      title: word,
      active: fc.boolean(),
      name: fc.record({ givenName: word, familyName: word }, { requiredKeys: [] }),
      emails: fc.array(entry, { minLength: 1, maxLength: 3 }),
      [E]: fc.record({ department: word, manager: fc.record({ value: word }) }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  )
  .map((body): JsonObject => {
    const own = body[E]
    const { [E]: _, ...rest } = body
    // One primary entry at most, as servers have it.
    const emails = rest.emails?.map(({ primary, ...one }, at) => (primary && at === 0 ? { ...one, primary } : one))
    return {
      ...rest,
      ...(emails === undefined ? {} : { emails }),
      ...(own === undefined || Object.keys(own).length === 0 ? {} : { [E]: own }),
    } as JsonObject
  })

const path = fc.constantFrom(
  'userName',
  'displayName',
  'title',
  'name.familyName',
  'emails.value',
  'emails.type',
  'emails',
  `${E}:department`,
  `${E}:manager.value`,
  'id',
)
const comparison = fc
  .tuple(path, fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'le'), word)
  .map(([one, op, value]) => `${one} ${op} ${JSON.stringify(value)}`)
const filter: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    comparison,
    path.map((one) => `${one} pr`),
    fc.constantFrom(
      'active eq true',
      'active ne false',
      'emails[type eq "work" and value sw "a"]',
      'emails[primary eq true]',
    ),
    fc.tuple(tie('any'), fc.constantFrom('and', 'or'), tie('any')).map(([a, op, b]) => `(${a}) ${op} ${b}`),
    tie('any').map((one) => `not (${one})`),
  ),
})).any

/** Anything that JSON can be, with the names that a map looks for. */
const anything: fc.Arbitrary<Json> = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, false, '', 'a', 'ß', 0, -1.5, 1e300),
    fc.string(),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        'value',
        'type',
        'primary',
        'givenName',
        'department',
        'manager',
        '$ref',
        '__proto__',
        'constructor',
      ),
      tie('any'),
      { maxKeys: 4 },
    ),
  ),
})).any
const garbage = fc.dictionary(
  fc.constantFrom(
    'id',
    'userName',
    'displayName',
    'title',
    'active',
    'name',
    'emails',
    'phoneNumbers',
    'roles',
    'userType',
    E,
    'constructor',
    '__proto__',
  ),
  anything,
  { maxKeys: 10 },
)

const GRANTS: readonly AppGrant[] = [
  { group: 'g0', attribute: 'roles', value: 'a' },
  { group: 'g1', attribute: 'roles', value: 'b', display: 'B' },
  { group: 'g2', attribute: 'roles', value: 'a' },
  { group: 'g1', attribute: 'entitlements', value: 'seat' },
]
const OPTIONS = { type: 'User', sourceType: User, accountType: User, grants: GRANTS } as const
const RULES: JsonObject = {
  userName: { from: 'userName', to: ['trim', 'lower', 'truncate:5'], whenMissing: 'fail' },
  displayName: { cel: 'user.displayName.replace("a", "b") + enterprise.department' },
  'name.givenName': { from: 'name.givenName', to: ['title'], default: '-' },
  nickName: { from: 'emails.value', to: ['before:@', 'ascii:de', 'slug'] },
  title: { from: 'title', whenMissing: 'clear' },
  emails: { from: 'emails[type eq "work"].value', as: 'primaryWorkEmail' },
  'phoneNumbers[type eq "work"].value': { from: 'phoneNumbers.value', to: ['digits'] },
  roles: { const: [{ value: 'basic' }, { value: 'b' }] },
  userType: { from: 'userType', to: [{ lookup: { a: 'A' }, otherwise: 5 }] },
  [`${E}:manager`]: { ref: 'manager' },
  locale: { const: 'en', on: 'create' },
}
const MAPS = [compileMap(RULES, OPTIONS), compileMap(defaultMap('User', User), OPTIONS)]
const GROUPS = ['g0', 'g1', 'g2', 'g3']
const accountOf = (id: string) => (id.length > 1 ? undefined : `account-${id}`)
const memberships = fc.subarray(GROUPS)

const frozen = <T extends Json>(value: T): T => {
  if (typeof value === 'object' && value !== null) for (const one of Object.values(Object.freeze(value))) frozen(one)
  return value
}

test('a scope decides as the store answers a query', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 1, maxLength: 6 }),
      fc.array(filter, { minLength: 1, maxLength: 4 }),
      async (people, filters) => {
        const store = memoryStore()
        const directory = createDirectory({ store })
        for (const [at, body] of people.entries()) {
          const whole = { schemas: [User.schema.id], userName: `u${at}`, ...body }
          await directory.create({ tenant: 't', actor: 'test', allow: STRICT }, 'User', whole)
        }
        const read = async (text?: string) => {
          const { resources } = await store.find({
            tenant: 't',
            types: [{ type: 'User', ...(text === undefined ? {} : { filter: bindFilter(parseFilter(text), User) }) }],
            base: '',
            endpoints: { User: '/Users' },
            page: { offset: 0, limit: 100 },
            total: false,
            groups: false,
          })
          return resources
        }
        const all = (await read()).map(documentOf)
        for (const text of filters) {
          const found = (await read(text)).map(({ id }) => id)
          const printed = formatFilter(parseFilter(text))
          for (const rule of [text, printed]) {
            const scope = compileScope({ users: { filter: rule } }, [], TYPES)
            const decided = all.filter((document) => scope.decide('User', document, new Set()).in).map(({ id }) => id)
            expect(decided, rule).toEqual(found)
            // What is left out is exactly the rest.
            const rest = compileScope({ users: { exclude: rule } }, [], TYPES)
            const out = all.filter((document) => !rest.decide('User', document, new Set()).in).map(({ id }) => id)
            expect(out, rule).toEqual(found)
            for (const document of all) {
              const { in: isIn, clauses } = scope.decide('User', document, new Set())
              expect(clauses[0]).toMatchObject({ clause: 'filter', holds: isIn })
            }
          }
        }
        await store.close()
      },
    ),
    { numRuns: 150 },
  )
}, 60_000)

test('a map is pure, and never throws anything but a fault, whatever the resource is', () => {
  fc.assert(
    fc.property(
      garbage,
      garbage,
      memberships,
      fc.constantFrom('create' as const, 'update' as const),
      (document, account, groups, purpose) => {
        const around = { memberOf: new Set(groups), accountOf, account: frozen(account as JsonObject) }
        for (const map of MAPS) {
          const run = () => {
            try {
              return map.map(frozen(document as JsonObject), around, purpose)
            } catch (error) {
              expect(error).toBeInstanceOf(MapFault)
              return String(error)
            }
          }
          expect(run()).toEqual(run())
        }
      },
    ),
    { numRuns: 2_000 },
  )
}, 60_000)

test('what a map made stays as it is: mapped again onto itself, nothing changes', () => {
  fc.assert(
    fc.property(person, memberships, (body, groups) => {
      const document: Document = { id: 'u1', userName: 'Ada', ...body }
      const around = { memberOf: new Set(groups), accountOf }
      for (const map of MAPS) {
        const made = mapped(() => map.map(document, around, 'create').document)
        if (made === undefined) continue
        expect(map.map(document, { ...around, account: made }, 'update').document).toEqual(made)
        for (const name of Object.keys(made)) expect(map.managed).toContain(name)
      }
    }),
    { numRuns: 1_000 },
  )
}, 60_000)

function mapped<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof MapFault) return undefined
    throw error
  }
}

test('more groups grant more, and nothing depends on their order or on what the account had', () => {
  const values = (document: Document, name: string): readonly (Json | undefined)[] => {
    const list = document[name]
    return Array.isArray(list) ? list.map((one: Json) => (isObject(one) ? one.value : one)) : []
  }
  fc.assert(
    fc.property(memberships, memberships, garbage, (few, more, account) => {
      const document = { id: 'u1', userName: 'ada', displayName: 'a', [E]: { department: 'x' } }
      for (const map of MAPS) {
        const of = (groups: readonly string[], had: JsonObject) =>
          map.map(document, { memberOf: new Set(groups), accountOf, account: had }, 'update').document
        const less = of(few, {})
        const all = of([...few, ...more], {})
        for (const name of ['roles', 'entitlements']) {
          expect(values(less, name).every((value) => values(all, name).includes(value))).toBe(true)
          expect(new Set(values(all, name)).size).toBe(values(all, name).length)
          expect(of([...more, ...few], account as JsonObject)[name]).toEqual(all[name])
        }
      }
    }),
    { numRuns: 500 },
  )
}, 60_000)
