// Who has what: now, through each rule; and at any moment in the past exactly what was so then.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDirectory, type Directory } from '../../directory/index.ts'
import { environment } from '../../environment.ts'
import { Group, type Json, type JsonObject, STRICT, User } from '../../protocol/index.ts'
import { memoryStore, type Store } from '../../store/index.ts'
import { createApps } from '../apps/apps.ts'
import { type AccessRow, type AccessSubject, type AdapterKind, QUEUES } from '../contract/index.ts'
import { createAccess } from './access.ts'
import { HistoryRefusal } from './history.ts'

const TENANT = 't'
const TYPES = [User, Group]
const CONTEXT = { tenant: TENANT, actor: 'test', allow: STRICT }
const kind: AdapterKind = {
  kind: 'plain',
  check() {},
  defaultMap: () => ({}),
  accountSchema: (type) => (type === 'User' ? User : Group),
  open() {
    throw new Error('nothing is opened here')
  },
}

/** A tenant whose clock goes on by a second with each change. */
async function fresh() {
  let clock = 1_800_000_000_000
  const env = { ...environment, now: () => clock }
  const store: Store = memoryStore()
  const directory: Directory = createDirectory({ store, environment: env })
  await store.commit([{ write: 'tenant', tenant: TENANT, as: 'new', at: clock }])
  const apps = createApps({
    store,
    environment: env,
    actor: 'ada',
    kinds: [{ ...kind, defaultMap: () => ({ User: { userName: { from: 'userName' }, title: { from: 'title' } } }) }],
    seal: async () => '',
    matches: async () => false,
    mayNameVariables: true,
    types: async () => TYPES,
  })
  const tick = () => {
    clock += 1_000
  }
  const make = async (type: 'User' | 'Group', body: JsonObject) => {
    tick()
    const urn = (type === 'User' ? User : Group).schema.id
    const { stored } = (await directory.create(CONTEXT, type, { schemas: [urn], ...body })) as {
      stored: { id: string }
    }
    return stored.id
  }
  const patch = async (type: 'User' | 'Group', id: string, ...operations: readonly Json[]) => {
    tick()
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
    await directory.patch(CONTEXT, type, id, { schemas, Operations: operations })
  }
  const join = (group: string, ...ids: readonly string[]) =>
    patch('Group', group, { op: 'add', path: 'members', value: ids.map((value) => ({ value })) })
  const leave = (group: string, id: string) =>
    patch('Group', group, { op: 'remove', path: `members[value eq "${id}"]` })
  const remove = async (type: 'User' | 'Group', id: string) => {
    tick()
    await directory.remove(CONTEXT, type, id)
  }
  const app = async (id: string, settings: JsonObject) => {
    tick()
    await apps.create(TENANT, id, { adapter: 'plain', ...settings })
    await apps.switchOn(TENANT, id, undefined, { withoutPlan: true })
  }
  const change = async (id: string, settings: JsonObject) => {
    tick()
    await apps.change(TENANT, id, settings)
  }
  const removeApp = async (id: string) => {
    tick()
    await apps.remove(TENANT, id)
  }
  const deps = { store, tenant: TENANT, types: TYPES, kinds: [kind] }
  const rows = async (subject: AccessSubject, { at, limit = 2 }: { at?: number; limit?: number } = {}) => {
    const access = await createAccess(deps, at, subject)
    const all: AccessRow[] = []
    const doubts = new Set<string>()
    for (let after: string | undefined; ; ) {
      const page = await access.page(subject, { limit, ...(after === undefined ? {} : { after }) })
      all.push(...page.rows)
      for (const doubt of page.doubts) doubts.add(doubt)
      if (page.next === undefined) return { rows: all, doubts: [...doubts] }
      after = page.next
    }
  }
  const item = (queue: string, key: string, value: JsonObject) =>
    store.commit([{ write: 'item', item: { tenant: TENANT, queue, key }, set: { value } }])
  return {
    store,
    directory,
    apps,
    make,
    patch,
    join,
    leave,
    remove,
    app,
    change,
    removeApp,
    rows,
    item,
    now: () => clock,
  }
}

const short = (rows: readonly AccessRow[]) =>
  rows.map(({ app, kind, value, through, confirmed }) => [app, kind, value, through, confirmed])

describe('now', () => {
  test('what a person has, through each rule, confirmed or not', async () => {
    const t = await fresh()
    const ada = await t.make('User', { userName: 'ada', title: 'Boss' })
    const inner = await t.make('Group', { displayName: 'Inner' })
    const outer = await t.make('Group', { displayName: 'app-all' })
    await t.join(inner, ada)
    await t.join(outer, inner)
    await t.app('chat', {
      scope: { users: { filter: 'title sw "B"', memberOf: [outer] }, groups: { filter: 'displayName sw "app-"' } },
      grants: [
        { group: outer, attribute: 'roles', value: 'member' },
        { group: inner, attribute: 'entitlements', value: 'seat' },
      ],
      map: { User: { userName: { from: 'userName' }, roles: { const: [{ value: 'basic' }] } } },
    })
    await t.app('wiki', { scope: { users: {} } })
    await t.item(QUEUES.links('chat'), ada, {
      type: 'User',
      name: 'ada',
      account: 'a1',
      acked: { userName: 'ada', active: true, roles: [{ value: 'basic' }, { value: 'old' }] },
    })
    await t.item(QUEUES.members('chat', outer), ada, { account: 'a1' })
    const all = `scope.filter title sw "B" and memberOf app-all (${outer})`
    const rows = [
      ['chat', 'account', 'ada', all, true],
      ['chat', 'role', 'basic', 'map', true],
      ['chat', 'role', 'member', `grant app-all (${outer})`, false],
      ['chat', 'role', 'old', 'none: not taken away yet', true],
      ['chat', 'entitlement', 'seat', `grant Inner (${inner})`, false],
      [
        'chat',
        'group',
        'app-all',
        `member of app-all (${outer}) through another group; scope.groups.filter displayName sw "app-"`,
        true,
      ],
    ]
    const { rows: found } = await t.rows({ user: ada })
    expect(short(found)).toEqual([...rows, ['wiki', 'account', 'ada', 'scope: all', false]])
    expect(found[0]).toMatchObject({ user: ada, name: 'ada', account: 'a1' })
    expect(short((await t.rows({ app: 'chat' })).rows)).toEqual(rows)
    expect((await t.rows({ everybody: true })).rows).toEqual(found)
    expect(short((await t.rows({ group: inner })).rows)).toEqual([rows[4]])
    expect(short((await t.rows({ group: outer })).rows)).toEqual([rows[0], rows[2], rows[5]])
  })

  test.each([
    ['out of scope', {}, { title: 'Clerk' }, /^none: out of scope, and the removal is not confirmed yet$/],
    ['left as it is', { policy: { onLeave: 'ignore' } }, { title: 'Clerk' }, /onLeave: ignore/],
    ['deactivated', {}, { title: 'Boss', active: false }, /^none: deactivated here/],
  ])('an account that is still on is shown, with the reason: %s', async (_case, settings, person, through) => {
    const t = await fresh()
    const ada = await t.make('User', { userName: 'ada', ...person })
    await t.app('chat', { scope: { users: { filter: 'title eq "Boss"' } }, ...settings })
    expect((await t.rows({ user: ada })).rows).toEqual([])
    const link = { type: 'User', name: 'ada', account: 'a1', acked: { userName: 'ada', active: true } }
    await t.item(QUEUES.links('chat'), ada, link)
    expect((await t.rows({ user: ada })).rows).toMatchObject([
      { kind: 'account', through: expect.stringMatching(through), confirmed: true },
    ])
    await t.item(QUEUES.links('chat'), ada, { ...link, off: { at: 1, place: 1 } })
    expect((await t.rows({ user: ada })).rows).toEqual([])
  })

  test('so is that of somebody who is deleted here', async () => {
    const t = await fresh()
    const ada = await t.make('User', { userName: 'ada' })
    await t.app('chat', {})
    await t.item(QUEUES.links('chat'), ada, { type: 'User', name: 'ada', account: 'a1', acked: { userName: 'ada' } })
    await t.remove('User', ada)
    expect((await t.rows({ user: ada })).rows).toMatchObject([
      { name: 'ada', through: expect.stringMatching(/^none: /) },
    ])
    expect((await t.rows({ app: 'chat' })).rows).toHaveLength(1)
  })

  test('somebody who must be out of every app has nothing', async () => {
    const t = await fresh()
    const ada = await t.make('User', { userName: 'ada' })
    await t.app('chat', {})
    await t.item(QUEUES.kills, ada, {})
    expect((await t.rows({ user: ada })).rows).toEqual([])
  })

  test('an app that is off gives nothing', async () => {
    const t = await fresh()
    const ada = await t.make('User', { userName: 'ada' })
    await t.apps.create(TENANT, 'chat', { adapter: 'plain' })
    expect((await t.rows({ user: ada })).rows).toEqual([])
  })

  test('a group gives to all its members, page by page', async () => {
    const t = await fresh()
    const group = await t.make('Group', { displayName: 'Staff' })
    const ids: string[] = []
    for (let at = 0; at < 7; at++) ids.push(await t.make('User', { userName: `u${at}` }))
    await t.join(group, ...ids)
    await t.app('chat', { scope: { users: { memberOf: [group] } } })
    expect((await t.rows({ group })).rows.map(({ user }) => user)).toEqual(ids)
  })
})

describe('at a moment in the past', () => {
  test('before, between and after changes of everything', async () => {
    const t = await fresh()
    const ada = await t.make('User', { userName: 'ada', title: 'Boss' })
    const staff = await t.make('Group', { displayName: 'Staff' })
    const before = t.now()
    await t.app('chat', { scope: { users: { memberOf: [staff] } } })
    await t.join(staff, ada)
    const joined = t.now()
    await t.change('chat', { scope: { users: { filter: 'title eq "Boss"' } } })
    const changed = t.now()
    await t.patch('User', ada, { op: 'replace', path: 'title', value: 'Clerk' })
    await t.remove('Group', staff)
    await t.removeApp('chat')
    await t.remove('User', ada)
    expect((await t.rows({ user: ada })).rows).toEqual([])
    expect((await t.rows({ user: ada }, { at: before })).rows).toEqual([])
    const memberRow = ['chat', 'account', 'ada', `memberOf Staff (${staff})`, undefined]
    expect(short((await t.rows({ user: ada }, { at: joined })).rows)).toEqual([memberRow])
    expect(short((await t.rows({ group: staff }, { at: joined })).rows)).toEqual([memberRow])
    expect(short((await t.rows({ app: 'chat' }, { at: joined })).rows)).toEqual([memberRow])
    expect(short((await t.rows({ user: ada }, { at: changed })).rows)).toEqual([
      ['chat', 'account', 'ada', 'scope.filter title eq "Boss"', undefined],
    ])
  })

  test('members that no line names are said to be unknown', async () => {
    const t = await fresh()
    const staff = await t.make('Group', { displayName: 'Staff' })
    const ids: string[] = []
    for (let at = 0; at < 501; at++) ids.push(await t.make('User', { userName: `u${at}` }))
    await t.app('chat', { scope: { users: { memberOf: [staff] } } })
    const empty = t.now()
    await t.join(staff, ...ids)
    const full = t.now()
    await t.remove('Group', staff)
    // Its beginning is in the log.
    const [first = ''] = ids
    expect(await t.rows({ user: first }, { at: empty })).toEqual({ rows: [], doubts: [] })
    const { doubts } = await t.rows({ user: first }, { at: full })
    expect(doubts).toEqual([expect.stringContaining(`all members of group ${staff}`)])
  }, 60_000)

  test('what was cut from the log is said to be unknown', async () => {
    const t = await fresh()
    const ada = await t.make('User', { userName: 'ada' })
    const early = t.now()
    await t.app('chat', {})
    const late = t.now()
    await t.patch('User', ada, { op: 'replace', path: 'title', value: 'Boss' })
    const row = await t.store.tenant(TENANT)
    await t.store.commit([{ write: 'cursor', tenant: TENANT, reader: 'hub', place: row?.place ?? 0 }])
    await t.store.commit([{ write: 'trim', tenant: TENANT, upTo: 2 }])
    await expect(t.rows({ user: ada }, { at: early })).rejects.toThrow(HistoryRefusal)
    await expect(t.rows({ user: ada }, { at: early })).rejects.toThrow(/begins at place 3/)
    expect((await t.rows({ user: ada }, { at: late })).rows).toHaveLength(1)
  })

  test('it is what was answered then, after whatever happened', async () => {
    const person = fc.nat(3)
    const group = fc.nat(3)
    const step = fc.oneof(
      fc.record({ do: fc.constant('title' as const), person, title: fc.constantFrom('Boss', 'Clerk') }),
      fc.record({ do: fc.constant('join' as const), group, person }),
      fc.record({ do: fc.constant('leave' as const), group, person }),
      fc.record({ do: fc.constant('nest' as const), group, inner: group }),
      fc.record({ do: fc.constant('unnest' as const), group, inner: group }),
      fc.record({ do: fc.constant('rename' as const), group, name: fc.constantFrom('app-a', 'b') }),
      fc.record({ do: fc.constant('deletePerson' as const), person }),
      fc.record({ do: fc.constant('deleteGroup' as const), group }),
      fc.record({ do: fc.constant('scope' as const), group, filter: fc.boolean() }),
      fc.record({ do: fc.constant('grant' as const), group, value: fc.constantFrom('x', 'y') }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const t = await fresh()
        const users: string[] = []
        const groups: string[] = []
        for (let at = 0; at < 4; at++) {
          users.push(await t.make('User', { userName: `u${at}`, title: 'Boss' }))
          groups.push(await t.make('Group', { displayName: `app-${at}` }))
        }
        await t.app('chat', { scope: { users: {}, groups: { filter: 'displayName sw "app-"' } } })
        const answers: { readonly at: number; readonly said: unknown }[] = []
        const ask = async (at?: number) => {
          const said = []
          for (const subject of [...users.map((user) => ({ user })), ...groups.map((one) => ({ group: one }))]) {
            const { rows, doubts } = await t.rows(subject, at === undefined ? {} : { at })
            said.push(
              rows.map(({ confirmed: _, ...row }) => row),
              doubts,
            )
          }
          return said
        }
        answers.push({ at: t.now(), said: await ask() })
        for (const one of steps) {
          const user = users['person' in one ? one.person : 0] ?? ''
          const id = groups['group' in one ? one.group : 0] ?? ''
          const inner = groups['inner' in one ? one.inner : 0] ?? ''
          const run = {
            title: () =>
              t.patch('User', user, { op: 'replace', path: 'title', value: 'title' in one ? one.title : '' }),
            join: () => t.join(id, user),
            leave: () => t.leave(id, user),
            nest: () => t.join(id, inner),
            unnest: () => t.leave(id, inner),
            rename: () =>
              t.patch('Group', id, { op: 'replace', path: 'displayName', value: 'name' in one ? one.name : '' }),
            deletePerson: () => t.remove('User', user),
            deleteGroup: () => t.remove('Group', id),
            scope: () =>
              t.change('chat', {
                scope: {
                  users: { memberOf: [id], filter: 'filter' in one && one.filter ? 'title eq "Boss"' : 'userName pr' },
                },
              }),
            grant: () =>
              t.change('chat', { grants: [{ group: id, attribute: 'roles', value: 'value' in one ? one.value : '' }] }),
          }[one.do]
          // What is gone can't be changed any more.
          await run().catch((error: unknown) =>
            expect(String(error)).toMatch(/not found|no |does not exist|noTarget|member/i),
          )
          answers.push({ at: t.now(), said: await ask() })
        }
        for (const { at, said } of answers) expect(await ask(at)).toEqual(said)
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})
