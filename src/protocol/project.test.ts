// Selections of attributes.

import { describe, expect, test } from 'vitest'
import { defineSchema } from './define.ts'
import { EnterpriseUser } from './enterprise-user.ts'
import type { Document } from './json.ts'
import { isDefault, project, selection, selects } from './project.ts'
import { User } from './user.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENT = EnterpriseUser.id
const Badge = defineSchema({
  id: 'urn:example:badge:1.0:User',
  name: 'Badge',
  attributes: {
    number: { returned: 'always' },
    salary: { type: 'integer', returned: 'request' },
    pin: { mutability: 'writeOnly' },
    key: {
      type: 'complex',
      subAttributes: {
        code: { returned: 'never' },
        label: { returned: 'always' },
        hint: { returned: 'request' },
        color: {},
      },
    },
  },
})
const Employee = User.extend(Badge)

const ada: Document = {
  schemas: [USER, ENT, Badge.id],
  id: 'a1',
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [{ value: 'a@x', type: 'work' }, { type: 'home' }],
  groups: [{ value: 'g', type: 'direct' }],
  meta: { resourceType: 'User', version: 'W/"1"' },
  password: 'never',
  [ENT]: { department: 'd', manager: { value: 'm', displayName: 'M' } },
  [Badge.id]: { number: '7', salary: 1, pin: '1234', key: { code: 'c', label: 'l', hint: 'h', color: 'red' } },
}

const seen = (attributes?: readonly string[], excluded?: readonly string[], requested?: readonly string[]) =>
  project(ada, selection(attributes, excluded, Employee), Employee, requested === undefined ? {} : { requested })

/** What every representation of her has. */
const always = { schemas: [USER, ENT, Badge.id], id: 'a1', [Badge.id]: { number: '7' } }

describe('the default set', () => {
  test('S-068 S-069 S-070 P-205 never what is never returned, and what is returned on request only then', () => {
    const { password: _password, ...rest } = ada
    expect(seen()).toEqual({ ...rest, [Badge.id]: { number: '7', key: { label: 'l', color: 'red' } } })
  })
  test('a type without such attributes gives the very same document', () => {
    const { password: _password, [Badge.id]: _badge, ...plain } = ada
    const all = selection(undefined, undefined, User)
    expect(isDefault(all)).toBe(true)
    expect(project(plain, all, User)).toBe(plain)
  })
  test('P-208 an empty list is no list', () => {
    expect(isDefault(selection([''], [], User))).toBe(true)
    expect(isDefault(selection(['userName'], undefined, User))).toBe(false)
  })
  test('S-070 A-69 what the client set in the same request is in the answer', () => {
    const badge = `${Badge.id}:`
    expect(seen(undefined, undefined, [`${badge}salary`])[Badge.id]).toMatchObject({ salary: 1 })
    expect(seen(undefined, undefined, [Badge.id])[Badge.id]).toMatchObject({ salary: 1 })
    expect(seen(undefined, undefined, [`${badge}key.hint`])[Badge.id]).toMatchObject({ key: { hint: 'h' } })
    expect(seen(undefined, undefined, [`${badge}pin`])[Badge.id]).not.toHaveProperty('pin')
  })
})

describe('attributes', () => {
  test.each<[readonly string[], object, string]>([
    [['userName'], { userName: 'ada' }, 'P-201 S-067'],
    [['USERNAME'], { userName: 'ada' }, 'P-204 S-031'],
    [[' userName '], { userName: 'ada' }, 'P-203'],
    [[`${USER}:userName`], { userName: 'ada' }, 'P-204'],
    [['name.givenName'], { name: { givenName: 'Ada' } }, 'P-209'],
    [['name'], { name: { givenName: 'Ada', familyName: 'Lovelace' } }, 'A-35'],
    [['name.givenName', 'name'], { name: { givenName: 'Ada', familyName: 'Lovelace' } }, 'A-35'],
    [['emails.value'], { emails: [{ value: 'a@x' }] }, 'P-204'],
    [['name.middleName'], {}, 'P-204'],
    [[`${ENT}:department`], { [ENT]: { department: 'd' } }, 'P-204'],
    [[`${ENT}:manager.displayName`], { [ENT]: { manager: { displayName: 'M' } } }, 'A-35'],
    [[ENT], { [ENT]: { department: 'd', manager: { value: 'm', displayName: 'M' } } }, 'P-204'],
    [['meta.version'], { meta: { version: 'W/"1"' } }, 'S-020'],
    [['foo', 'name.foo', 'urn:x:y:z'], {}, 'P-207'],
    [['password'], {}, 'P-205'],
    [[`${Badge.id}:pin`], {}, 'P-205'],
    [[`${Badge.id}:salary`], { [Badge.id]: { number: '7', salary: 1 } }, 'S-070'],
    [[`${Badge.id}:key`], { [Badge.id]: { number: '7', key: { label: 'l', color: 'red' } } }, 'P-209'],
    [[`${Badge.id}:key.color`], { [Badge.id]: { number: '7', key: { label: 'l', color: 'red' } } }, 'P-209'],
    [[`${Badge.id}:key.hint`], { [Badge.id]: { number: '7', key: { label: 'l', hint: 'h' } } }, 'A-35'],
    [[`${Badge.id}:key.code`], { [Badge.id]: { number: '7', key: { label: 'l' } } }, 'S-068'],
  ])('%j gives, besides what is always there, %j (%s)', (attributes, more, _case) => {
    expect(seen(attributes)).toEqual({ ...always, ...more })
  })
})

describe('excludedAttributes', () => {
  test('P-202 S-067 all but those, and never what is always returned', () => {
    const { id, emails, ...rest } = seen()
    expect(seen(undefined, ['id', 'emails', 'schemas', `${Badge.id}:number`])).toEqual({ id, ...rest })
    expect(emails).toBeDefined()
  })
  test('P-209 a sub-attribute alone', () => {
    expect(seen(undefined, ['name.givenName'])).toEqual({ ...seen(), name: { familyName: 'Lovelace' } })
    expect(seen(undefined, ['emails.value', 'emails.type'])).not.toHaveProperty('emails')
    expect(seen(undefined, ['name.foo'])).toEqual(seen())
  })
  test('P-204 a whole extension, but what is always returned of it', () => {
    expect(seen(undefined, [ENT])).not.toHaveProperty(ENT)
    expect(seen(undefined, [Badge.id])[Badge.id]).toEqual({ number: '7' })
  })
  test('S-070 does not bring what is returned on request', () => {
    expect(seen(undefined, ['name'])[Badge.id]).not.toHaveProperty('salary')
  })
})

test('P-210 what cannot be in the answer need not be read', () => {
  const groups = (attributes?: readonly string[], excluded?: readonly string[]) =>
    selects(selection(attributes, excluded, User), 'groups')
  expect(groups()).toBe(true)
  expect(groups(['userName'])).toBe(false)
  expect(groups(['groups.value'])).toBe(true)
  expect(groups(undefined, ['userName'])).toBe(true)
  expect(groups(undefined, ['GROUPS'])).toBe(false)
  expect(groups(undefined, ['groups.display'])).toBe(true)
})
