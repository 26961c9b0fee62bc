// Watchers are notified of what may look different.

import { beforeEach, describe, expect, test } from 'vitest'
import { EnterpriseUser } from '../../src/protocol/index.ts'
import type { Affected } from '../../src/store/index.ts'
import { type Fixture, silence } from './fixture.ts'
import { creating, editing, removing, replacing, user } from './writes.ts'

/** Watchers are notified of what may look different. */
export function watchingContract<Tx>(on: Fixture<Tx>): void {
  describe('watching', () => {
    let affected: Affected[]
    beforeEach(async () => {
      await on.store.commit([
        creating('u1', { userName: 'ada' }),
        creating('u2', { userName: 'bob', [EnterpriseUser.id]: { manager: { value: 'u1' } } }),
        creating('g1', { displayName: 'One' }, { members: ['u1'] }),
      ])
      affected = []
      on.store.watch((some) => affected.push(...some))
    })

    const names = (id: string, type = 'User') =>
      affected.some((one) => ('id' in one && one.id === id && one.type === type) || 'all' in one || 'everything' in one)

    test('a plain change touches the resource alone', async () => {
      await on.store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', active: false })])
      on.store.poll()
      expect(affected).toEqual([user('u1')])
    })

    test('member changes touch the members, a new name those who show it', async () => {
      await on.store.commit([editing('g1', [{ edit: 'add', members: [{ id: 'u2' }] }])])
      expect(names('u2') && names('g1', 'Group')).toBe(true)
      affected = []
      await on.store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', displayName: 'Ada' })])
      expect(names('u1') && names('u2') && names('g1', 'Group')).toBe(true)
      affected = []
      await on.store.commit([replacing('g1', { displayName: 'One' }, { displayName: 'Uno' })])
      expect(names('u1') && names('u2')).toBe(true)
      affected = []
      await on.store.commit([removing('Group', 'g1')])
      expect(names('u1') && names('u2')).toBe(true)
    })

    test('watchers that fail fail alone: the write is done, once, and the others are notified', async () => {
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
        await new Promise((resolve) => setImmediate(resolve))
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
    })

    test('when a write resolves, the watchers have been notified', async () => {
      let notified = 0
      on.store.watch(() => {
        notified++
      })
      const before = notified
      const after = await on.store
        .commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' })])
        .then(() => notified)
      expect(after).toBeGreaterThan(before)
    })

    test('a watcher may stop itself and another one while it is notified; the same one may watch twice', async () => {
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
    })

    test('quiet records and amended lines notify no watcher', async () => {
      affected = []
      await on.store.commit([{ write: 'quiet', records: [{ tenant: 'acme', kind: 'use', key: 'a', value: 1 }] }])
      await on.store.commit([{ write: 'amend', tenant: 'acme', lines: [{ place: 1, paths: [] }] }])
      expect(affected).toEqual([])
    })

    test('watchers are notified of records and tenants too, and not after they have stopped', async () => {
      const leave = on.store.watch((some) => notified.push(...some))
      const notified: Affected[] = []
      await on.store.commit([{ write: 'record', record: { tenant: 'acme', kind: 'k', key: 'x' }, value: 1 }])
      expect(affected).toEqual([{ tenant: 'acme', records: true }])
      expect(notified).toEqual(affected)
      leave()
      await on.store.commit([{ write: 'tenant', tenant: 'beta', as: 'new', at: 1 }])
      expect(affected).toContainEqual({ tenant: 'beta', records: true })
      expect(affected).toContainEqual({ tenant: 'beta', all: true })
      expect(notified).toHaveLength(1)
    })
  })
}
