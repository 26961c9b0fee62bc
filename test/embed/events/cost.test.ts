// What events cost: nothing without handlers, and only the reads that a handler needs. Counted, not timed.

import { expect, test } from 'vitest'
import { memoryStore, type Store, type Within } from '../../../src/store/index.ts'
import { type AnyStore, startApp } from './stores.ts'

/** A store that counts the functions inside commits, and what they read and write. */
function counting() {
  const store = memoryStore()
  const counts = { inside: 0, calls: 0 }
  const counted = (within: Within): Within => {
    const entries = Object.entries(within).map(([name, value]) => [
      name,
      typeof value !== 'function'
        ? value
        : (...given: unknown[]) => {
            counts.calls++
            return (value as (...all: unknown[]) => unknown)(...given)
          },
    ])
    return Object.fromEntries(entries)
  }
  const commit: Store<undefined>['commit'] = (writes, inside) =>
    store.commit(
      writes,
      inside &&
        ((tx, changes, within) => {
          counts.inside++
          return inside(tx, changes, counted(within))
        }),
    )
  const take = () => {
    const now = { ...counts }
    Object.assign(counts, { inside: 0, calls: 0 })
    return now
  }
  return { store: { ...store, commit } as AnyStore, take }
}

test('without handlers and guards no function runs inside a commit', async () => {
  const { store, take } = counting()
  const { user, group, active, drop } = await startApp(store, { roles: { Engineering: 'editor' } })
  const ann = await user('ann')
  await group('Engineering', ann)
  await active(ann, false)
  await drop('User', ann)
  expect(take()).toEqual({ inside: 0, calls: 0 })
})

test('a handler of people reads nothing: the documents are at hand', async () => {
  const { store, take } = counting()
  const { user, group, active, drop } = await startApp(store, {
    on: { 'user.created': () => {}, 'user.deleted': () => {} },
  })
  const ann = await user('ann')
  await active(ann, false)
  await group('Engineering', ann)
  await drop('User', ann)
  expect(take()).toEqual({ inside: 4, calls: 0 })
})

test('guards read only where their number changes, and roles only where a group that gives one is concerned', async () => {
  const { store, take } = counting()
  const { user, group, patch, join } = await startApp(store, {
    roles: { Engineering: 'editor' },
    guards: { seats: 10, deactivations: { most: 5, within: '1h' }, lastOf: 'editor' },
  })
  const ann = await user('ann')
  // The kept count, everybody once, and the new count; then the kept count and the new one.
  expect(take()).toEqual({ inside: 1, calls: 3 })
  const bea = await user('bea')
  expect(take()).toEqual({ inside: 1, calls: 2 })
  await patch('User', ann, { op: 'replace', path: 'title', value: 'Dr' })
  expect(take()).toEqual({ inside: 1, calls: 0 })
  const team = await group('Team', ann)
  const { calls } = take()
  await join(team, bea)
  expect([take().calls, calls]).toEqual([2, 2])
})
