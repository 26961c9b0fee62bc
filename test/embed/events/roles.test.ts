// Roles by group: events exactly when an active person's effective roles change, whatever changes them.

import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPostgres, type TestServer } from '../../postgres.ts'
import { type AnyStore, opener, STORES, startApp } from './stores.ts'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

describe.each(STORES)('roles: %s', (name) => {
  let store: AnyStore
  let close = async () => {}
  let told: string[] = []
  beforeEach(async () => {
    const opened = await opener(name, () => server)()
    store = opened.store
    close = opened.close
    told = []
  })
  afterEach(() => close())

  const on = {
    'role.granted': ({ user, role, through }: { user: { userName: string }; role: string; through: object }) =>
      void told.push(`+${user.userName} ${role}${'displayName' in through ? ` by ${through.displayName}` : ''}`),
    'role.revoked': ({ user, role, through }: { user: { userName: string }; role: string; through: object }) =>
      void told.push(`-${user.userName} ${role}${'displayName' in through ? ` by ${through.displayName}` : ''}`),
  }
  const news = () => {
    const seen = told.sort()
    told = []
    return seen
  }
  const start = () => startApp(store, { on, roles: { Engineering: 'editor', Admins: ['owner', 'editor'] } })

  test('two groups give one role: it is granted once, and revoked with the last', async () => {
    const { scim, user, group, join, leave } = await start()
    const ann = await user('ann')
    const [one, two] = [await group('engineering', ann), await group('Admins')]
    expect(news()).toEqual(['+ann editor by engineering'])
    await join(two, ann)
    expect(news()).toEqual(['+ann owner by Admins'])
    expect(await scim.roles('acme', ann)).toEqual(['editor', 'owner'])
    await leave(one, ann)
    expect(news()).toEqual([])
    await leave(two, ann)
    expect(news()).toEqual(['-ann editor by Admins', '-ann owner by Admins'])
    expect(await scim.roles('acme', ann)).toEqual([])
    await expect(scim.roles('acme', 'nobody')).rejects.toMatchObject({ status: 404 })
  })

  test('an event says which roles the person has after it', async () => {
    const seen: string[] = []
    const tell = ({ role, roles }: { role: string; roles: readonly string[] }) => void seen.push(`${role}: ${roles}`)
    const { user, group, leave } = await startApp(store, {
      on: { 'role.granted': tell, 'role.revoked': tell },
      roles: { Engineering: 'editor', Admins: 'owner' },
    })
    const ann = await user('ann')
    const admins = await group('Admins', ann)
    const engineering = await group('Engineering', ann)
    await leave(admins, ann)
    await leave(engineering, ann)
    expect(seen).toEqual(['owner: owner', 'editor: owner,editor', 'owner: editor', 'editor: '])
  })

  test('a group that is renamed or deleted, nested groups, people who leave and come back', async () => {
    const { user, group, join, leave, rename, drop, active } = await start()
    const [ann, bea] = [await user('ann'), await user('bea')]
    const inner = await group('Team', ann)
    const outer = await group('Company', inner, bea)
    expect(news()).toEqual([])
    await rename(outer, 'Engineering')
    expect(news()).toEqual(['+ann editor by Engineering', '+bea editor by Engineering'])
    await rename(outer, 'ENGINEERING')
    expect(news()).toEqual([])
    await join(inner, outer)
    expect(news()).toEqual([])
    await active(ann, false)
    expect(news()).toEqual(['-ann editor by ENGINEERING'])
    await active(ann, true)
    expect(news()).toEqual(['+ann editor by ENGINEERING'])
    await leave(outer, inner)
    expect(news()).toEqual(['-ann editor by ENGINEERING'])
    await drop('User', bea)
    expect(news()).toEqual(['-bea editor by ENGINEERING'])
    await join(outer, ann)
    expect(news()).toEqual(['+ann editor by ENGINEERING'])
    await drop('Group', outer)
    expect(news()).toEqual(['-ann editor by ENGINEERING'])
  })

  test('roles by a function of the group', async () => {
    const { user, group, patch } = await startApp(store, {
      on,
      roles: ({ externalId }: { externalId?: string }) => (externalId === undefined ? undefined : [externalId]),
    })
    const id = await group('g', await user('ann'))
    expect(news()).toEqual([])
    await patch('Group', id, { op: 'add', path: 'externalId', value: 'reader' })
    expect(news()).toEqual(['+ann reader by g'])
    await patch('Group', id, { op: 'replace', path: 'externalId', value: 'writer' })
    expect(news()).toEqual(['+ann writer by g', '-ann reader by g'])
  })

  test('whatever is changed, alone or at once: events on a model give the effective roles', async () => {
    const { scim, directory, user, group, join, leave, rename, active, drop } = await start()
    const NAMES = ['Engineering', 'Admins', 'Sales', 'engineering']
    const rolesOf = (name: string) =>
      ({ engineering: ['editor'], admins: ['owner', 'editor'] })[name.toLowerCase()] ?? []
    const step = fc.record({
      do: fc.constantFrom('join', 'join', 'leave', 'rename', 'active', 'drop user', 'drop group', 'nest', 'unnest'),
      user: fc.nat(3),
      group: fc.nat(3),
      other: fc.nat(3),
      name: fc.constantFrom(...NAMES),
      active: fc.boolean(),
    })
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 8 }), async (turns) => {
        const run = ++runs
        const users = await Promise.all([0, 1, 2, 3].map((i) => user(`u${run}-${i}`)))
        const groups = await Promise.all([0, 1, 2, 3].map((i) => group(NAMES[i % 3] ?? '')))
        for (const turn of turns) {
          const done = turn.map((one) => {
            const [who, where, other] = [users[one.user] ?? '', groups[one.group] ?? '', groups[one.other] ?? '']
            switch (one.do) {
              case 'join':
                return join(where, who)
              case 'leave':
                return leave(where, who)
              case 'rename':
                return rename(where, one.name)
              case 'active':
                return active(who, one.active)
              case 'drop user':
                return drop('User', who)
              case 'drop group':
                return drop('Group', where)
              case 'nest':
                return where === other ? undefined : join(where, other)
              default:
                return leave(where, other)
            }
          })
          // Some of them fail, since what they change is gone.
          await Promise.allSettled(done)
        }
        const model = new Map<string, Set<string>>(users.map((_, i) => [`u${run}-${i}`, new Set()]))
        for (const line of told) {
          const [, sign, name = '', role = ''] = /^([+-])(\S+) (\S+)/.exec(line) ?? []
          const set = model.get(name) ?? new Set()
          // Exactly when it changes: never granted twice, never revoked twice.
          expect([line, set.has(role)]).toEqual([line, sign === '-'])
          if (sign === '+') set.add(role)
          else set.delete(role)
        }
        told = []
        for (const [i, id] of users.entries()) {
          const stored = await directory.get({ tenant: 'acme', type: 'User', id })
          const expected = new Set<string>()
          const isActive = stored !== undefined && JSON.parse(stored.text).active !== false
          for (const { display } of isActive ? (stored.groups ?? []) : []) {
            for (const role of rolesOf(display)) expected.add(role)
          }
          expect([...(model.get(`u${run}-${i}`) ?? [])].sort()).toEqual([...expected].sort())
          if (stored !== undefined) expect(await scim.roles('acme', id)).toEqual([...expected].sort())
        }
      }),
      { numRuns: name === 'postgres' ? 15 : 30 },
    )
  })
})
