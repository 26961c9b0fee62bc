// Filters that are built from names, operators and values.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defineSchema } from './define.ts'
import { EnterpriseUser } from './enterprise-user.ts'
import { ConfigError } from './errors.ts'
import { parseFilter } from './filter.ts'
import type { ResourceType } from './schema.ts'
import { User } from './user.ts'
import { type Where, where } from './where.ts'

const Badge = defineSchema({
  id: 'urn:example:badge:1.0:User',
  name: 'Badge',
  attributes: { number: { type: 'integer' } },
})
const Employee = User.extend(Badge)

describe('where', () => {
  test.each([
    [where(User, 'userName', 'eq', 'a"b\\c'), 'userName eq "a\\"b\\\\c"'],
    [where(User, 'title', 'pr'), 'title pr'],
    [where(User, 'active', 'eq', true).and('title', 'ne', null), 'active eq true and title ne null'],
    [where(Employee, `${Badge.id}:number`, 'ge', 7), `${Badge.id}:number ge 7`],
    [where(User, 'meta.created', 'gt', new Date(0)), 'meta.created gt "1970-01-01T00:00:00.000Z"'],
    [where(User, 'title', 'pr').not(), 'not (title pr)'],
    [
      where(User, 'emails', 'has', (email) => email('type', 'eq', 'work').and('value', 'ew', '@a.example')),
      'emails[type eq "work" and value ew "@a.example"]',
    ],
    [where(User, `${EnterpriseUser.id}:manager.value`, 'eq', '7'), `${EnterpriseUser.id}:manager.value eq "7"`],
  ])('writes %s', (built, text) => {
    expect(String(built)).toBe(text)
    expect(JSON.parse(JSON.stringify({ filter: built }))).toEqual({ filter: text })
    expect(parseFilter(text)).toEqual(built.filter)
  })

  test('joins from left to right, and puts into parentheses what would else mean something else', () => {
    const a = where(User, 'title', 'pr')
    expect(String(a.or('nickName', 'pr').and('active', 'eq', true))).toBe(
      '(title pr or nickName pr) and active eq true',
    )
    expect(String(a.and('nickName', 'pr').or('active', 'eq', true))).toBe('title pr and nickName pr or active eq true')
    expect(String(a.and(a.or('nickName', 'pr')))).toBe('title pr and (title pr or nickName pr)')
    expect(String(a.and(a).and(a))).toBe('title pr and title pr and title pr')
    expect(String(a)).toBe('title pr')
  })

  test('what it writes reads as what was built', () => {
    const value = fc.oneof(fc.string(), fc.constant(null))
    const leaf = fc.tuple(fc.constantFrom('title', 'nickName', 'name.familyName'), fc.constantFrom('eq', 'ne'), value)
    const built = fc.letrec<{ one: Where<typeof User> }>((tie) => ({
      one: fc.oneof(
        { maxDepth: 4 },
        leaf.map(([path, op, given]) => where(User, path, op, given)),
        fc.tuple(tie('one'), tie('one')).map(([a, b]) => a.and(b)),
        fc.tuple(tie('one'), tie('one')).map(([a, b]) => a.or(b)),
        tie('one').map((a) => a.not()),
      ),
    })).one
    fc.assert(
      fc.property(built, (one) => {
        expect(parseFilter(String(one))).toEqual(one.filter)
      }),
    )
  })

  test('what TypeScript refuses is refused at run time too', () => {
    const loose: ResourceType = User
    const refused = (work: () => unknown, text: string) => {
      expect(work).toThrow(ConfigError)
      expect(work).toThrow(text)
    }
    refused(() => where(loose, 'usernam', 'eq', 'a'), 'User has no attribute "usernam"; did you mean userName?')
    refused(() => where(loose, EnterpriseUser.id, 'pr'), 'User has no attribute "urn:')
    refused(() => where(loose, 'title', 'eqq' as 'eq', 'a'), '"eqq" is no operator')
    refused(() => where(loose, 'title', 'eq', undefined as unknown as string), 'the value of title is undefined')
    refused(() => where(loose, 'emails', 'has', 'x' as never), 'has is followed by a function')
    refused(
      () => where(loose, 'emails', 'has', (email) => email('street', 'eq', 'a')),
      'emails has no attribute "street"',
    )
  })
})
