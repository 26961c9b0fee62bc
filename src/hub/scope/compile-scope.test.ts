// Tests of scopes: who is in, through which clause, and what is refused.

import { describe, expect, test } from 'vitest'
import { ConfigError, type Document, EnterpriseUser, Group, User } from '../../protocol/index.ts'
import type { AppGrant, AppScope } from '../contract/index.ts'
import { compileScope } from './compile-scope.ts'
import { SCOPE_LIMITS } from './scope-limits.ts'

const TYPES = [User, Group]
const ENTERPRISE = EnterpriseUser.id
const babs: Document = {
  id: 'u1',
  userName: 'bjensen',
  active: true,
  userType: 'Employee',
  emails: [{ value: 'b@example.com', type: 'work' }],
  [ENTERPRISE]: { department: 'Sales' },
}

const decide = (scope: AppScope, groups: readonly string[] = [], document = babs) =>
  compileScope(scope, [], TYPES).decide('User', document, new Set(groups))

describe('who is in scope', () => {
  test.each([
    ['an empty rule', {}, [], true],
    ['a filter that holds', { filter: 'active eq true' }, [], true],
    ['a filter that does not', { filter: 'active eq false' }, [], false],
    ['an attribute of an extension', { filter: `${ENTERPRISE}:department sw "s"` }, [], true],
    ['the same by its bare name', { filter: 'department sw "s"' }, [], true],
    ['one that is left out', { filter: 'active eq true', exclude: 'userType eq "employee"' }, [], false],
    ['one that is not left out', { exclude: 'userType eq "Contractor"' }, [], true],
    ['a member of one of the groups', { memberOf: ['g1', 'g2'] }, ['g2'], true],
    ['a member of neither', { memberOf: ['g1', 'g2'] }, ['g3'], false],
    ['a member of a group that is left out', { memberOf: ['g1'], notMemberOf: ['g2'] }, ['g1', 'g2'], false],
    ['all conditions together', { filter: 'active eq true', memberOf: ['g1'], notMemberOf: ['g2'] }, ['g1'], true],
  ])('%s', (_case, users, groups, expected) => {
    expect(decide({ users }, groups).in).toBe(expected)
  })

  test('an app without groups has none', () => {
    const scope = compileScope({ users: {} }, [], TYPES)
    expect(scope.hasGroups).toBe(false)
    expect(scope.decide('Group', { displayName: 'Sales' }, new Set())).toMatchObject({
      in: false,
      clauses: [{ clause: 'groups', holds: false }],
    })
  })

  test('groups have a rule of their own', () => {
    const scope = compileScope({ users: {}, groups: { filter: 'displayName sw "app-"' } }, [], TYPES)
    expect(scope.hasGroups).toBe(true)
    expect(scope.decide('Group', { displayName: 'App-Sales' }, new Set()).in).toBe(true)
    expect(scope.decide('Group', { displayName: 'Sales' }, new Set()).in).toBe(false)
  })

  test('the groups that matter are those of the scope and of the grants', () => {
    const grants: AppGrant[] = [{ group: 'g5', attribute: 'roles', value: 'admin' }]
    const scope = compileScope(
      { users: { memberOf: ['g1', 'g2'], notMemberOf: ['g3'] }, groups: { memberOf: ['g4', 'g1'] } },
      grants,
      TYPES,
    )
    expect([...scope.groupsThatMatter].sort()).toEqual(['g1', 'g2', 'g3', 'g4', 'g5'])
  })
})

describe('why', () => {
  test('each comparison is a clause, with the value that decided', () => {
    expect(decide({ users: { filter: 'active eq true and (department sw "R" or title pr)' } }).clauses).toEqual([
      { clause: 'filter', text: 'active eq true and (department sw "R" or title pr)', holds: false },
      { clause: 'filter.part', text: 'active eq true', holds: true, value: 'true' },
      { clause: 'filter.part', text: 'department sw "R"', holds: false, value: '"Sales"' },
      { clause: 'filter.part', text: 'title pr', holds: false },
    ])
  })

  test('a filter of one comparison is one clause', () => {
    expect(decide({ users: { filter: 'department sw "R"' } }).clauses).toEqual([
      { clause: 'filter', text: 'department sw "R"', holds: false, value: '"Sales"' },
    ])
    expect(decide({ users: { filter: 'not (department sw "R")' } }).clauses).toEqual([
      { clause: 'filter', text: 'not (department sw "R")', holds: true, value: '"Sales"' },
    ])
    expect(decide({ users: { filter: 'emails[type eq "work"]' } }).clauses).toEqual([
      {
        clause: 'filter',
        text: 'emails[type eq "work"]',
        holds: true,
        value: '{"value":"b@example.com","type":"work"}',
      },
    ])
  })

  test('what leaves out, and groups', () => {
    const users = { exclude: 'userType eq "Contractor"', memberOf: ['g1', 'g2', 'g3'], notMemberOf: ['g9'] }
    expect(decide({ users }, ['g1', 'g3']).clauses).toEqual([
      { clause: 'exclude', text: 'userType eq "Contractor"', holds: false, value: '"Employee"' },
      { clause: 'memberOf', text: 'g1', holds: true },
      { clause: 'memberOf', text: 'g3', holds: true },
      { clause: 'notMemberOf', text: 'g9', holds: true },
    ])
    expect(decide({ users }, ['g9']).clauses.slice(1)).toEqual([
      { clause: 'memberOf', text: 'g1, g2, g3', holds: false },
      { clause: 'notMemberOf', text: 'g9', holds: false },
    ])
  })

  test('long values and long lists are cut', () => {
    const long = decide({ users: { filter: 'title pr' } }, [], { title: 'x'.repeat(5_000) })
    expect(long.clauses[0]?.value).toHaveLength(201)
    const many = decide({ users: { memberOf: Array.from({ length: 15 }, (_, at) => `g${at}`) } })
    expect(many.clauses[0]?.text).toMatch(/^g0, .* and 5 more$/)
  })

  test('a decision can be stored', () => {
    expect(JSON.parse(JSON.stringify(decide({ users: { filter: 'title pr' } })))).toEqual({
      in: false,
      clauses: [{ clause: 'filter', text: 'title pr', holds: false }],
    })
  })
})

describe('what is refused, with the path of the option', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, at) => `g${at}`)
  const long = `title eq "${'x'.repeat(SCOPE_LIMITS.FILTER_LENGTH)}"`
  test.each([
    ['scope', [], /must be an object/],
    ['scope.user', { user: {} }, /did you mean users/],
    ['scope.users', {}, /must be an object/],
    ['scope.users.filters', { users: { filters: 'title pr' } }, /did you mean filter/],
    ['scope.users.filter', { users: { filter: 5 } }, /as text/],
    ['scope.users.filter', { users: { filter: long } }, /at most 8192 characters/],
    ['scope.users.filter', { users: { filter: 'title eq' } }, /Expected a space and a value/],
    ['scope.users.exclude', { users: { exclude: 'colour eq "red"' } }, /no attribute colour/],
    ['scope.users.filter', { users: { filter: 'password pr' } }, /never returned/],
    ['scope.users.filter', { users: { filter: 'groups.value eq "g1"' } }, /use memberOf/],
    ['scope.groups.filter', { users: {}, groups: { filter: 'members pr' } }, /use memberOf/],
    ['scope.users.filter', { users: { filter: 'meta.created gt "2026-01-01T00:00:00Z"' } }, /no part of the resource/],
    ['scope.users.filter', { users: { filter: `${ENTERPRISE}:manager.displayName eq "x"` } }, /other resource/],
    ['scope.users.filter', { users: { filter: 'title pr and manager.$ref pr' } }, /other resource/],
    ['scope.users.memberOf', { users: { memberOf: [] } }, /at least one group/],
    ['scope.users.memberOf', { users: { memberOf: 'g1' } }, /a list/],
    ['scope.users.memberOf[1]', { users: { memberOf: ['g1', 2] } }, /the id of a group/],
    ['scope.groups.notMemberOf[0]', { users: {}, groups: { notMemberOf: [''] } }, /the id of a group/],
    ['scope.users.memberOf', { users: { memberOf: ids(SCOPE_LIMITS.GROUPS + 1) } }, /at most 1000 groups/],
    ['scope', { users: { memberOf: ids(SCOPE_LIMITS.GROUPS), notMemberOf: ['other'] } }, /at most 1000 groups/],
  ])('%s %#', (option, scope, text) => {
    const compile = () => compileScope(scope as unknown as AppScope, [], TYPES)
    expect(compile).toThrow(ConfigError)
    expect(compile).toThrow(text)
    expect(compile).toThrow(expect.objectContaining({ option }))
  })

  test.each([
    ['grants', { group: 'g1' }],
    [
      'grants',
      Array.from({ length: SCOPE_LIMITS.GRANTS + 1 }, () => ({ group: 'g1', attribute: 'roles', value: 'a' })),
    ],
    ['grants[0].group', [{ attribute: 'roles', value: 'admin' }]],
    ['grants[0].value', [{ group: 'g1', attribute: 'roles' }]],
    ['grants[0].attribute', [{ group: 'g1', value: 'x' }]],
    ['grants[0].display', [{ group: 'g1', attribute: 'roles', value: 'x', display: 7 }]],
    ['grants[0].role', [{ group: 'g1', role: 'x' }]],
  ])('%s %#', (option, grants) => {
    const compile = () => compileScope({ users: {} }, grants as unknown as AppGrant[], TYPES)
    expect(compile).toThrow(expect.objectContaining({ option, code: 'ERR_CONFIG' }))
  })

  test('what is at the bounds is taken', () => {
    const text = `title eq "${'x'.repeat(SCOPE_LIMITS.FILTER_LENGTH - 11)}"`
    expect(text).toHaveLength(SCOPE_LIMITS.FILTER_LENGTH)
    const grants = Array.from({ length: SCOPE_LIMITS.GRANTS }, () => ({ group: 'g1', attribute: 'roles', value: 'a' }))
    const scope = compileScope({ users: { filter: text, memberOf: ids(SCOPE_LIMITS.GROUPS) } }, grants, TYPES)
    expect(scope.groupsThatMatter.size).toBe(SCOPE_LIMITS.GROUPS)
  })

  test('a tenant without the type', () => {
    expect(() => compileScope({ users: {}, groups: {} }, [], [User])).toThrow(
      expect.objectContaining({ option: 'scope.groups' }),
    )
  })
})
