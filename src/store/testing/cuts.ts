// The log is cut, up to its slowest reader.

import { LogCut, type Store, type Write } from '../index.ts'
import { type Chapter, rule } from './suite.ts'
import { conflict, cursor, people, trim } from './work-writes.ts'
import { creating, idsOn, querying, removing, USER } from './writes.ts'

const places = async (store: Store, after: number) => (await store.changes('acme', after, 10)).map(({ place }) => place)

const BY_TIME: readonly (readonly [string, readonly string[]])[] = [
  ['meta.lastModified gt "1970-01-01T00:00:02Z"', ['u2', 'u3', 'u4', 'u5']],
  ['meta.lastModified ge "1970-01-01T00:00:04Z"', ['u3', 'u4', 'u5']],
  ['meta.lastModified gt "1970-01-01T00:00:04Z"', ['u4', 'u5']],
  ['meta.created eq "1970-01-01T00:00:01Z"', ['u0']],
  ['meta.created eq "1970-01-01T00:00:06Z"', ['u5']],
  ['meta.lastModified gt "1960-01-01T00:00:00Z"', ['u0', 'u1', 'u2', 'u3', 'u4', 'u5']],
]

/** The cutting of the log. */
export const CUTS: Chapter = {
  name: 'the log',
  before: async ({ store }) => {
    await store.commit(people(6).map((write, i) => ({ ...write, at: 1_000 * (i + 1) })))
  },
  rules: [
    rule('is cut up to a place; who reads from before it hears where it begins', async ({ store }, expect) => {
      expect((await store.commit([trim(4)]))[0]?.changed).toBe(true)
      expect(await places(store, 4)).toEqual([5, 6])
      expect(await places(store, 5)).toEqual([6])
      for (const after of [0, 3]) {
        await expect(store.changes('acme', after, 10)).rejects.toEqual(new LogCut(5))
        await expect(store.changes('acme', after, 10)).rejects.toMatchObject({ begins: 5 })
      }
      expect((await store.commit([trim(4)]))[0]?.changed).toBe(false)
      expect((await store.commit([trim(2)]))[0]?.changed).toBe(false)
      await store.commit([creating('u9', { userName: 'u9' })])
      expect(await places(store, 4)).toEqual([5, 6, 7])
    }),

    rule('is cut whole, and goes on with the next place', async ({ store }, expect) => {
      await store.commit([trim(99)])
      expect(await places(store, 6)).toEqual([])
      await expect(places(store, 5)).rejects.toMatchObject({ begins: 7 })
      await store.commit([creating('u9', { userName: 'u9' })])
      expect(await places(store, 6)).toEqual([7])
      expect((await store.tenant('acme'))?.place).toBe(7)
    }),

    rule('is never cut past the slowest reader, a paused one too', async ({ store }, expect) => {
      await store.commit([cursor('hub', 5), cursor('crm', 3, true)])
      await expect(store.commit([trim(4)])).rejects.toEqual(conflict(expect, 'reader', 0, 'crm'))
      expect(await places(store, 0)).toHaveLength(6)
      await store.commit([trim(3)])
      await store.commit([cursor('crm', undefined)])
      await expect(store.commit([trim(6)])).rejects.toEqual(conflict(expect, 'reader', 0, 'hub'))
      await store.commit([cursor('hub', 6), trim(6)])
      expect(await places(store, 6)).toEqual([])
    }),

    rule('says of a tenant where it begins', async ({ store }, expect) => {
      expect(await store.tenant('acme')).toMatchObject({ place: 6, begins: 1 })
      await store.commit([trim(4)])
      expect(await store.tenant('acme')).toMatchObject({ place: 6, begins: 5 })
      expect(await store.tenants()).toMatchObject([{ place: 6, begins: 5 }])
    }),

    ...BY_TIME.map(([filter, ids]) =>
      rule(`that is cut changes no answer to a filter by time: ${filter}`, async ({ store }, expect) => {
        for (const upTo of [0, 2, 4, 6]) {
          await store.commit([trim(upTo)])
          expect(idsOn(await store.find(querying([USER], { filter })))).toEqual(ids)
        }
      }),
    ),

    rule('lines keep what they have in common with others of a request', async ({ store }, expect) => {
      const log = { op: 'patch', actor: 'a', paths: [], txn: 'AZNq' } as const
      await store.commit([creating('g', { displayName: 'g' }, { members: ['u0', 'u1'] })])
      const gone = removing('User', 'u0')
      await store.commit([
        {
          write: 'note',
          ref: { tenant: 'acme', type: 'App', id: 'x' },
          at: 1,
          log: { actor: 'a', paths: [], txn: 'AZNq' },
        },
        gone.write === 'remove' ? { ...gone, log: { ...log, op: 'delete' } } : gone,
      ])
      const lines = await store.changes('acme', 6, 10)
      expect(lines.map(({ op, id, txn }) => [op, id, txn])).toEqual([
        ['create', 'g', undefined],
        ['note', 'x', 'AZNq'],
        ['delete', 'u0', 'AZNq'],
        ['patch', 'g', 'AZNq'],
      ])
      await store.commit([{ write: 'amend', tenant: 'acme', lines: [{ place: 9, paths: [] }] }])
      expect((await store.changes('acme', 8, 1))[0]).toMatchObject({ txn: 'AZNq', paths: [] })
    }),

    rule('of the whole database is cut as well', async ({ store }, expect) => {
      const note: Write = {
        write: 'note',
        ref: { tenant: '', type: 'Tenant', id: 'x' },
        at: 1,
        log: { actor: 'a', paths: [] },
      }
      await store.commit([note, note, note])
      await store.commit([{ write: 'trim', tenant: '', upTo: 3 }])
      await store.commit([note])
      expect((await store.changes('', 3, 10)).map(({ place }) => place)).toEqual([4])
      await expect(store.changes('', 0, 10)).rejects.toMatchObject({ begins: 4 })
    }),

    rule('that is cut makes everybody forget what they keep of the tenant', async ({ store }, expect) => {
      const touched: unknown[] = []
      store.watch((all) => touched.push(...all))
      await store.commit([trim(2)])
      store.poll()
      expect(touched).toContainEqual({ tenant: 'acme', all: true })
    }),
  ],
}
