// Watchers are notified of what may look different.

import { EnterpriseUser } from '../../protocol/index.ts'
import type { Affected } from '../index.ts'
import { type Fixture, pass, silence } from './fixture.ts'
import { type Chapter, rule } from './suite.ts'
import { creating, editing, removing, replacing, user } from './writes.ts'

/** Whether watchers were notified of a resource. */
const told = ({ heard }: Fixture, id: string, type = 'User') =>
  heard.some((one) => ('id' in one && one.id === id && one.type === type) || 'all' in one || 'everything' in one)

/** Watchers are notified of what may look different. */
export const WATCHING: Chapter = {
  name: 'watching',
  before: async (on) => {
    await on.store.commit([
      creating('u1', { userName: 'ada' }),
      creating('u2', { userName: 'bob', [EnterpriseUser.id]: { manager: { value: 'u1' } } }),
      creating('g1', { displayName: 'One' }, { members: ['u1'] }),
    ])
    on.heard.length = 0
    on.store.watch((some) => on.heard.push(...some))
  },
  rules: [
    rule('a plain change touches the resource alone', async (on, expect) => {
      await on.store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', active: false })])
      on.store.poll()
      expect(on.heard).toEqual([user('u1')])
    }),

    rule('member changes touch the members, a new name those who show it', async (on, expect) => {
      await on.store.commit([editing('g1', [{ edit: 'add', members: [{ id: 'u2' }] }])])
      expect(told(on, 'u2') && told(on, 'g1', 'Group')).toBe(true)
      on.heard.length = 0
      await on.store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', displayName: 'Ada' })])
      expect(told(on, 'u1') && told(on, 'u2') && told(on, 'g1', 'Group')).toBe(true)
      on.heard.length = 0
      await on.store.commit([replacing('g1', { displayName: 'One' }, { displayName: 'Uno' })])
      expect(told(on, 'u1') && told(on, 'u2')).toBe(true)
      on.heard.length = 0
      await on.store.commit([removing('Group', 'g1')])
      expect(told(on, 'u1') && told(on, 'u2')).toBe(true)
    }),

    rule('watchers that fail fail alone: the write is done, once, and the others are notified', async (on, expect) => {
      const notified: Affected[] = []
      const reported: unknown[] = []
      const silent = silence(reported)
      try {
        on.store.watch(() => {
          throw new Error('thrown by a watcher')
        })
        on.store.watch(async () => {
          await Promise.resolve()
          throw new Error('rejected by a watcher')
        })
        on.store.watch((some) => notified.push(...some))
        // Handed in together, so that they share a transaction where lists can.
        const outcomes = await Promise.allSettled([
          on.store.commit([creating('u3', { userName: 'cat' })]),
          on.store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' })]),
          on.store.commit([replacing('u2', { userName: 'bob' }, { userName: 'bob', title: 'Dr' })]),
          on.store.commit([creating('u1', { userName: 'again' })]),
        ])
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
        await on.store.commit([{ write: 'record', record: { tenant: 'acme', kind: 'k', key: 'x' }, value: 1 }])
        on.store.poll()
        await pass()
      } finally {
        silent()
      }
      const log = await on.store.changes('acme', 3, 10)
      expect(log.map(({ id, version }) => `${id} ${version}`).sort()).toEqual(['u1 2', 'u2 2', 'u3 1'])
      for (const one of [user('u1'), user('u2'), user('u3'), { tenant: 'acme', records: true }]) {
        expect(notified).toContainEqual(one)
      }
      expect(reported.map(String).filter((one) => one.includes('thrown by')).length).toBeGreaterThan(0)
      expect(reported.map(String).filter((one) => one.includes('rejected by')).length).toBeGreaterThan(0)
    }),

    rule('when a write resolves, the watchers have been notified', async (on, expect) => {
      let notified = 0
      on.store.watch(() => {
        notified++
      })
      const before = notified
      const after = await on.store
        .commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' })])
        .then(() => notified)
      expect(after).toBeGreaterThan(before)
    }),

    rule(
      'a watcher may stop itself and another one while it is notified; the same one may watch twice',
      async (on, expect) => {
        const calls: string[] = []
        const leave: (() => void)[] = []
        leave.push(
          on.store.watch(() => {
            calls.push('first')
            for (const one of leave) one()
          }),
        )
        leave.push(on.store.watch(() => calls.push('second')))
        const twice = () => calls.push('twice')
        const [once] = [on.store.watch(twice), on.store.watch(twice)]
        once?.()
        await on.store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' })])
        await on.store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Ms' })])
        expect(calls).toEqual(['first', 'twice', 'twice'])
      },
    ),

    rule('quiet records and amended lines notify no watcher', async (on, expect) => {
      on.heard.length = 0
      await on.store.commit([{ write: 'quiet', records: [{ tenant: 'acme', kind: 'use', key: 'a', value: 1 }] }])
      await on.store.commit([{ write: 'amend', tenant: 'acme', lines: [{ place: 1, paths: [] }] }])
      expect(on.heard).toEqual([])
    }),

    rule('watchers are notified of records and tenants too, and not after they have stopped', async (on, expect) => {
      const leave = on.store.watch((some) => notified.push(...some))
      const notified: Affected[] = []
      await on.store.commit([{ write: 'record', record: { tenant: 'acme', kind: 'k', key: 'x' }, value: 1 }])
      expect(on.heard).toEqual([{ tenant: 'acme', records: true }])
      expect(notified).toEqual(on.heard)
      leave()
      await on.store.commit([{ write: 'tenant', tenant: 'beta', as: 'new', at: 1 }])
      expect(on.heard).toContainEqual({ tenant: 'beta', records: true })
      expect(on.heard).toContainEqual({ tenant: 'beta', all: true })
      expect(notified).toHaveLength(1)
    }),
  ],
}
