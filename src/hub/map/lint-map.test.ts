// Tests of what is found about maps before they are used, and of previews.

import { describe, expect, test } from 'vitest'
import { EnterpriseUser, Group, type JsonObject, User } from '../../protocol/index.ts'
import type { AdapterKind } from '../contract/index.ts'
import { compileScope } from '../scope/compile-scope.ts'
import { compileMap } from './compile-map.ts'
import { defaultMap } from './default-map.ts'
import { lintApp, lintMap } from './lint-map.ts'
import { previewMap } from './preview.ts'

const E = EnterpriseUser.id
const OPTIONS = { type: 'User', sourceType: User, accountType: User, grants: [] } as const
const lint = (rules: JsonObject) => lintMap({ userName: { from: 'userName' }, ...rules }, OPTIONS)

describe('everything is found at once', () => {
  test('errors with their paths', () => {
    const found = lintMap(
      {
        titel: { from: 'title' },
        displayName: { from: 'displayname', to: ['lowr', 'trim:1'] },
        active: { from: 'title' },
        nickName: { cel: 'user.nickname + user.titel' },
      },
      { ...OPTIONS, grants: [{ group: 'g', attribute: 'title', value: 'x' }] },
    )
    expect(found.map(({ level, option }) => [level, option])).toEqual([
      ['error', 'grants[0].attribute'],
      ['error', 'map.User.titel'],
      ['error', 'map.User.displayName.to[0]'],
      ['error', 'map.User.displayName.to[1]'],
      ['error', 'map.User.active'],
      ['error', 'map.User.nickName.cel'],
      ['error', 'map.User'],
    ])
    expect(found[5]?.text).toBe('user has no field titel; did you mean title?')
    expect(found.at(-1)?.text).toBe('has no rule for userName, which the app requires')
  })

  test.each([
    ['user.meta.created', 'user has no field meta.created'],
    ['user.groups.size() > 0 ? "a" : "b"', 'user has no field groups'],
    ['enterprise.colour', 'user has no field'],
  ])('an expression can not read %s', (cel) => {
    expect(lint({ title: { cel } })).toEqual([
      expect.objectContaining({ level: 'error', option: 'map.User.title.cel' }),
    ])
  })

  test('warnings', () => {
    expect(
      lint({
        userName: { from: 'title' },
        title: { cel: 'user.title + enterprise.department' },
        nickName: { cel: 'has(user.nickName) ? user.nickName : user.userName' },
        'addresses[type eq "work"].type': { const: 'office' },
      }),
    ).toEqual([
      {
        level: 'warning',
        option: 'map.User.userName',
        text: expect.stringMatching(/requires it, and title may be missing/),
      },
      { level: 'warning', option: 'map.User.title.cel', text: expect.stringMatching(/^user\.title may be missing/) },
      { level: 'warning', option: 'map.User.title.cel', text: expect.stringMatching(/^enterprise\.department may be/) },
      {
        level: 'warning',
        option: 'map.User.addresses[type eq "work"].type.const',
        text: expect.stringMatching(/work, home, other/),
      },
    ])
  })

  test('a good map is good, and so are the default maps', () => {
    expect(lint({ title: { from: 'title' } })).toEqual([])
    expect(lintMap(defaultMap('User', User), OPTIONS)).toEqual([])
    const group = { type: 'Group', sourceType: Group, accountType: Group, grants: [] } as const
    expect(lintMap(defaultMap('Group', Group), group)).toEqual([])
  })

  test('what is no map at all', () => {
    expect(lintMap([] as unknown as JsonObject, OPTIONS)[0]).toMatchObject({ level: 'error', option: 'map.User' })
  })
})

describe('the maps of an app', () => {
  const kind: Pick<AdapterKind, 'defaultMap' | 'accountSchema'> = {
    defaultMap: () => ({ User: defaultMap('User', User) }),
    accountSchema: (type, _settings, types) => types.find(({ name }) => name === type),
  }
  const app = { options: {}, scope: { users: {} }, grants: [] }

  test('its own, or the adapter’s', () => {
    expect(lintApp(app, kind, [User, Group])).toEqual([])
    expect(lintApp({ ...app, map: { User: { titel: { const: '' } } } }, kind, [User, Group])[0]).toMatchObject({
      option: 'map.User.titel',
    })
  })

  test('groups only where it has them', () => {
    const map = { Group: { displayName: { from: 'userName' } } }
    expect(lintApp({ ...app, map }, kind, [User, Group])).toEqual([])
    expect(lintApp({ ...app, map, scope: { users: {}, groups: {} } }, kind, [User, Group])[0]).toMatchObject({
      option: 'map.Group.displayName.from',
    })
  })
})

test('a preview shows each resource, faults included', () => {
  const app = {
    scope: compileScope({ users: { filter: 'active eq true' } }, [], [User, Group]),
    maps: {
      User: compileMap(
        { userName: { from: 'userName' }, title: { cel: 'user.title.upper()' }, [`${E}:manager`]: { ref: 'manager' } },
        OPTIONS,
      ),
    },
  }
  const memberOf = new Set<string>()
  const rows = previewMap(app, [
    {
      type: 'User',
      document: { id: 'u1', userName: 'a', active: true, title: 'Boss', [E]: { manager: { value: 'u9' } } },
      memberOf,
    },
    { type: 'User', document: { id: 'u2', userName: 'b', active: true }, memberOf },
    { type: 'User', document: { id: 'u3', userName: 'c', active: false }, memberOf },
    { type: 'Group', document: { id: 'g1', displayName: 'Sales' }, memberOf },
  ])
  expect(JSON.parse(JSON.stringify(rows))).toMatchObject([
    { resource: 'u1', name: 'a', document: { userName: 'a', title: 'BOSS', active: true }, waitsFor: ['u9'] },
    { resource: 'u2', fault: { attribute: 'title', part: 'cel user.title.upper()' } },
    { resource: 'u3', scope: { in: false, clauses: [{ text: 'active eq true', holds: false, value: 'false' }] } },
    { resource: 'g1', type: 'Group', name: 'Sales', scope: { in: false } },
  ])
  expect(rows[2]).not.toHaveProperty('document')
})
