// Handlers in the transaction: what they are told, in which order, and what their errors do.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Report } from '../../../src/embed/report.ts'
import { EnterpriseUser, ScimError, User } from '../../../src/index.ts'
import type { Json } from '../../../src/protocol/index.ts'
import { startPostgres, type TestServer } from '../../postgres.ts'
import { type AnyStore, CONTEXT, opener, STORES, startApp } from './stores.ts'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const EVENTS = [
  'user.created',
  'user.updated',
  'user.deactivated',
  'user.reactivated',
  'user.deleted',
  'group.created',
  'group.updated',
  'group.deleted',
  'membership.added',
  'membership.removed',
  'role.granted',
  'role.revoked',
] as const

// biome-ignore lint/suspicious/noExplicitAny: the handlers of all events in one list.
type Seen = any

describe.each(STORES)('handlers in the transaction: %s', (name) => {
  let store: AnyStore
  let close = async () => {}
  let told: Seen[] = []
  beforeEach(async () => {
    const opened = await opener(name, () => server)()
    store = opened.store
    close = opened.close
    told = []
  })
  afterEach(() => close())

  const on = Object.fromEntries(EVENTS.map((event) => [event, (one: Seen) => void told.push(one)]))
  const names = () => {
    const seen = told.map(({ name, cause }) => (cause === undefined ? name : `${name} (${cause})`))
    told = []
    return seen
  }
  const start = (more: Parameters<typeof startApp>[1] = {}) =>
    startApp(store, { on, roles: { Engineering: 'editor' }, ...more })

  test('a person is told of with the documents before and after', async () => {
    const { user, patch, active, drop } = await start()
    const ann = await user('ann', { title: 'Dr', password: 'correct horse 1' })
    expect(told).toMatchObject([
      {
        name: 'user.created',
        tenant: 'acme',
        actor: 'okta',
        place: 1,
        user: { id: ann, userName: 'ann', active: true },
      },
    ])
    expect(told[0].user.meta).toMatchObject({ resourceType: 'User', version: 'W/"1"' })
    expect(JSON.stringify(told[0])).not.toMatch(/correct horse/)
    expect(names()).toEqual(['user.created'])
    await patch('User', ann, { op: 'replace', value: { name: { givenName: 'Ann' }, title: 'Prof' } })
    const [updated] = told
    expect(updated).toMatchObject({ before: { title: 'Dr' }, after: { title: 'Prof', name: { givenName: 'Ann' } } })
    expect(updated.before.name).toBeUndefined()
    expect(updated.user).toEqual(updated.after)
    expect([...updated.changed].sort()).toEqual(['name', 'name.givenName', 'title'])
    expect(names()).toEqual(['user.updated'])
    await patch('User', ann, { op: 'replace', value: { title: 'Prof' } })
    expect(names()).toEqual([])
    await active(ann, false)
    expect(names()).toEqual(['user.updated', 'user.deactivated (updated)'])
    await active(ann, true)
    expect(names()).toEqual(['user.updated', 'user.reactivated'])
    await drop('User', ann)
    expect(told[1].user).toMatchObject({ id: ann, title: 'Prof' })
    expect(names()).toEqual(['user.deactivated (deleted)', 'user.deleted'])
    const bea = await user('bea', { active: false })
    expect(names()).toEqual(['user.created', 'user.deactivated (created)'])
    await drop('User', bea)
    expect(names()).toEqual(['user.deleted'])
  })

  test('what changed in an extension has its path, its attribute and its URN', async () => {
    const { user, patch } = await start()
    const [boss, ann] = [await user('boss'), await user('ann')]
    names()
    await patch('User', ann, { op: 'replace', path: `${EnterpriseUser.id}:manager`, value: { value: boss } })
    const urn = EnterpriseUser.id
    expect([...told[0].changed].sort()).toEqual([urn, `${urn}:manager`, `${urn}:manager.value`].sort())
  })

  test('nothing has gone when a handler is told of it, whatever the order of the log', async () => {
    const { user, group, drop, patch, rename } = await start()
    const boss = await user('boss')
    const ann = await user('ann', {
      schemas: [User.schema.id, EnterpriseUser.id],
      [EnterpriseUser.id]: { manager: { value: boss } },
    })
    names()
    const inner = await group('Platform', ann, boss)
    expect(told).toMatchObject([
      { name: 'group.created', group: { id: inner, displayName: 'Platform' } },
      { name: 'membership.added', group: { displayName: 'Platform' }, users: { count: 2 }, groups: { count: 0 } },
    ])
    expect(names()).toHaveLength(2)
    const outer = await group('Engineering', inner)
    expect(names()).toEqual([
      'group.created',
      'membership.added',
      'role.granted (membership)',
      'role.granted (membership)',
    ])
    await drop('User', boss)
    expect(told.find(({ name }) => name === 'role.revoked')).toMatchObject({
      role: 'editor',
      user: { userName: 'boss' },
      through: { id: outer, displayName: 'Engineering' },
    })
    expect(told.find(({ name }) => name === 'membership.removed')).toMatchObject({
      group: { displayName: 'Platform' },
      users: { ids: [boss] },
    })
    expect(names()).toEqual([
      'user.updated',
      'role.revoked (deleted)',
      'membership.removed (member deleted)',
      'user.deactivated (deleted)',
      'user.deleted',
    ])
    await rename(inner, 'Infra')
    expect(told).toMatchObject([{ before: { displayName: 'Platform' }, after: { displayName: 'Infra' } }])
    expect(names()).toEqual(['group.updated'])
    await drop('Group', inner)
    expect(told.filter(({ name }) => name === 'membership.removed')).toMatchObject([
      { group: { id: inner }, users: { ids: [ann], count: 1 }, cause: 'group deleted' },
      { group: { id: outer }, groups: { ids: [inner] }, users: { count: 0 }, cause: 'member deleted' },
    ])
    expect(names()).toEqual([
      'role.revoked (group deleted)',
      'membership.removed (group deleted)',
      'membership.removed (member deleted)',
      'group.deleted',
    ])
    await patch('Group', outer, { op: 'remove', path: 'members' })
    expect(names()).toEqual([])
  })

  test('members are whole, whatever their number', async () => {
    const { directory, group, drop } = await start({
      roles: undefined,
      on: { ...on, 'role.granted': undefined, 'role.revoked': undefined },
    })
    const ids: string[] = []
    for (let i = 0; i < 1_100; i++) {
      const { stored } = await directory.create(
        CONTEXT,
        'User',
        { schemas: [User.schema.id], userName: `u${i}` },
        { silent: true },
      )
      ids.push(stored.id)
    }
    names()
    const all = await group('All', ...ids)
    const added = told.find(({ name }) => name === 'membership.added')
    expect([...added.users.ids]).toEqual([...ids].sort())
    expect([...added.users.chunks(500)].map((chunk: readonly string[]) => chunk.length)).toEqual([500, 500, 100])
    names()
    await drop('Group', all)
    expect(told[0].users.count).toBe(1_100)
  })

  test('a ScimError refuses the request word for word and undoes all; another error is a 500 that is reported', async () => {
    let wrong: unknown = new ScimError(403, 'Not on a Sunday')
    const reported: Parameters<Report>[0][] = []
    const { request } = await startApp(store, {
      report: (problem) => reported.push(problem),
      on: {
        'user.created': () => {
          if (wrong !== undefined) throw wrong
        },
      },
    })
    const body: Json = { schemas: [User.schema.id], userName: 'ann' }
    expect(await request('POST', '/Users', body)).toMatchObject({ status: 403, body: { detail: 'Not on a Sunday' } })
    wrong = new Error('bad luck')
    expect(await request('POST', '/Users', body)).toMatchObject({ status: 500 })
    expect(reported).toEqual([{ error: wrong, where: 'on.user.created', id: expect.any(String), method: 'POST' }])
    wrong = undefined
    expect(await request('GET', '/Users')).toMatchObject({ body: { totalResults: 0 } })
    expect(await request('POST', '/Users', body)).toMatchObject({ status: 201 })
    expect(await store.changes('acme', 0, 10)).toHaveLength(1)
  })

  test('a handler has the transaction by what the app makes of it', async () => {
    const made: unknown[] = []
    const got: unknown[] = []
    const { user } = await startApp(store, {
      transaction: (tx) => {
        made.push(tx)
        return { wrapped: true }
      },
      on: { 'user.created': ({ db }: Seen) => void got.push(db), 'group.created': () => {} },
    })
    await user('ann')
    expect([made.length, got]).toEqual([1, [{ wrapped: true }]])
  })

  test('a handler that takes time is awaited, and refused on SQLite before it has begun', async () => {
    const steps: string[] = []
    const { request, reported } = await startApp(store, {
      on: {
        'user.created': async () => {
          steps.push('begins')
          await Promise.resolve()
          steps.push('ends')
        },
        'user.deleted': (() => Promise.resolve().then(() => steps.push('ends'))) as () => unknown,
      },
    })
    const { status } = await request('POST', '/Users', { schemas: [User.schema.id], userName: 'ann' })
    if (name !== 'sqlite') expect([status, steps]).toEqual([201, ['begins', 'ends']])
    else {
      expect([status, steps]).toEqual([500, []])
      expect(String(reported)).toMatch(/on\.user\.created: must be synchronous on SQLite/)
    }
  })
})
