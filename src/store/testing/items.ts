// Items: what was said of them, conditions, expiry.

import { Conflict, NEVER } from '../index.ts'
import { pass } from './fixture.ts'
import { type Chapter, rule } from './suite.ts'
import { BARE, conflict, cursor, dueKeys, FAR, keyed, keysOf, marking, one, QUEUE, setting } from './work-writes.ts'
import { creating } from './writes.ts'

/** Items of work. */
export const ITEMS: Chapter = {
  name: 'items',
  rules: [
    rule('hold what was said of them and nothing else; what a change leaves out stays', async ({ store }, expect) => {
      await store.commit([setting('a', { tag: 'p1', value: { hash: 'x', list: [1, null] } })])
      expect(await one(store, 'a')).toEqual({
        ...keyed('a'),
        ...BARE,
        tag: 'p1',
        value: { hash: 'x', list: [1, null] },
      })
      await store.commit([setting('a', { lane: 3, due: 5, state: 'parked', expires: FAR, mark: 4, done: 2, place: 9 })])
      const item = { lane: 3, due: 5, state: 'parked', expires: FAR, mark: 4, done: 2, place: 9 }
      expect(await one(store, 'a')).toEqual({
        ...keyed('a'),
        tag: 'p1',
        value: { hash: 'x', list: [1, null] },
        ...item,
      })
      await store.commit([setting('a', { tag: '', due: NEVER, state: '', value: null, expires: NEVER })])
      expect(await one(store, 'a')).toEqual({ ...keyed('a'), ...BARE, lane: 3, mark: 4, done: 2, place: 9 })
      await store.commit([setting('a', {})])
      expect(await one(store, 'a')).toMatchObject({ lane: 3 })
    }),

    rule('are removed; removing one that is not there changes nothing', async ({ store }, expect) => {
      await store.commit([setting('a', {}), setting('b', {})])
      const [gone, never] = await store.commit([setting('a', undefined), setting('c', undefined)])
      expect([gone?.changed, never?.changed]).toEqual([true, false])
      expect(keysOf(await store.items('acme', QUEUE, { limit: 10 }))).toEqual(['b'])
    }),

    rule('are read by up to 1,000 keys, each once, absent ones left out', async ({ store }, expect) => {
      await store.commit(Array.from({ length: 1_200 }, (_, i) => setting(`k${i}`, { mark: i })))
      const keys = Array.from({ length: 1_000 }, (_, i) => `k${i + 500}`)
      const found = await store.items('acme', QUEUE, { keys })
      expect(found.map(({ mark }) => mark).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 700 }, (_, i) => i + 500),
      )
      expect(await store.items('acme', QUEUE, { keys: ['k1', 'k1', 'none'] })).toHaveLength(1)
      expect(await store.items('acme', QUEUE, { keys: [] })).toEqual([])
      await expect(store.items('acme', QUEUE, { keys: [...keys, 'one more'] })).rejects.toThrow(/keys/)
    }),

    rule(
      'are read in order of their keys by code point, page by page, of one queue and tenant alone',
      async ({ store }, expect) => {
        await store.commit([{ write: 'tenant', tenant: 'other', as: 'new', at: 1 }])
        const keys = ['b', 'a', 'B', 'ä', '\u{10400}', '\uff21', 'a b', '%', "'", '"']
        await store.commit(keys.map((key) => setting(key, { tag: 't' })))
        await store.commit([setting(keyed('a', 'links'), {}), setting(keyed('z', 'links/crm2'), {})])
        await store.commit([setting(keyed('c', QUEUE, 'other'), { tag: 't' })])
        const sorted = ['"', '%', "'", 'B', 'a', 'a b', 'b', 'ä', '\uff21', '\u{10400}']
        expect(keysOf(await store.items('acme', QUEUE, { limit: 100 }))).toEqual(sorted)
        expect(keysOf(await store.items('acme', QUEUE, { limit: 3, after: 'B' }))).toEqual(['a', 'a b', 'b'])
        expect(keysOf(await store.items('acme', QUEUE, { limit: 3, after: 'b', tag: 't' }))).toEqual(sorted.slice(7))
        const back = { order: 'desc' } as const
        expect(keysOf(await store.items('acme', QUEUE, { limit: 100, ...back }))).toEqual(sorted.toReversed())
        expect(keysOf(await store.items('acme', QUEUE, { limit: 2, after: 'b', ...back }))).toEqual(['a b', 'a'])
        expect(keysOf(await store.items('acme', QUEUE, { limit: 2, after: 'B', tag: 't', ...back }))).toEqual([
          "'",
          '%',
        ])
        expect(await store.items('nobody', QUEUE, { limit: 3 })).toEqual([])
      },
    ),

    rule('are read by tag', async ({ store }, expect) => {
      await store.commit([setting('a', { tag: 'p1' }), setting('b', { tag: 'p2' }), setting('c', { tag: 'p1' })])
      await store.commit([setting('b', { tag: 'p1' }), setting('a', { tag: '' })])
      expect(keysOf(await store.items('acme', QUEUE, { tag: 'p1', limit: 10 }))).toEqual(['b', 'c'])
      expect(keysOf(await store.items('acme', QUEUE, { tag: 'p2', limit: 10 }))).toEqual([])
    }),

    rule('of the whole database stand beside those of tenants', async ({ store }, expect) => {
      await store.commit([setting(keyed('a', QUEUE, ''), { value: 1, state: 'x', due: 5 })])
      expect(await store.items('', QUEUE, { limit: 10 })).toEqual([
        { ...keyed('a', QUEUE, ''), ...BARE, value: 1, state: 'x', due: 5 },
      ])
      expect(await dueKeys(store)).toEqual(['a'])
    }),

    rule('with a condition fail the whole commit: ifAbsent, ifValue', async ({ store }, expect) => {
      await store.commit([setting('a', { value: { x: 1, y: 2 } })])
      const other = setting('b', { value: 1 })
      await expect(store.commit([other, setting('a', {}, { ifAbsent: true })])).rejects.toEqual(
        conflict(expect, 'exists', 1, 'a'),
      )
      await expect(store.commit([other, setting('a', {}, { ifValue: { y: 2, x: 1 } })])).rejects.toEqual(
        conflict(expect, 'missing', 1, 'a'),
      )
      await expect(store.commit([setting('c', {}, { ifValue: null }), other])).rejects.toEqual(
        conflict(expect, 'missing', 0, 'c'),
      )
      await expect(store.commit([other, setting('a', undefined, { ifValue: 1 })])).rejects.toThrow(Conflict)
      expect(await one(store, 'b')).toBeUndefined()
      await store.commit([
        setting('a', { value: 2 }, { ifValue: { x: 1, y: 2 } }),
        setting('b', {}, { ifAbsent: true }),
      ])
      await store.commit([setting('a', undefined, { ifValue: 2 })])
      expect(keysOf(await store.items('acme', QUEUE, { limit: 10 }))).toEqual(['b'])
    }),

    rule('one commit sees what it has done itself, write by write', async ({ store }, expect) => {
      await store.commit([
        setting('a', { value: 1 }, { ifAbsent: true }),
        setting('a', { value: 2, lane: 4 }, { ifValue: 1 }),
        marking('a', { lane: 7, due: 50, place: 3 }),
        marking('a', { lane: 6, due: 60, place: 2 }),
        setting('b', { value: 1 }),
        setting('b', undefined),
        setting('b', { lane: 2 }, { ifAbsent: true }),
        marking('c'),
        setting('c', undefined),
      ])
      expect(await one(store, 'a')).toEqual({
        ...keyed('a'),
        ...BARE,
        value: 2,
        lane: 6,
        due: 50,
        state: 'ready',
        mark: 2,
        place: 3,
      })
      expect(await one(store, 'b')).toEqual({ ...keyed('b'), ...BARE, lane: 2 })
      expect(await one(store, 'c')).toBeUndefined()
    }),

    rule('are made if absent by exactly one of many at once', async ({ store }, expect) => {
      const tries = Array.from({ length: 20 }, (_, i) => store.commit([setting('a', { value: i }, { ifAbsent: true })]))
      const done = (await Promise.allSettled(tries)).flatMap((one, i) => (one.status === 'fulfilled' ? [i] : []))
      expect(done).toHaveLength(1)
      expect((await one(store, 'a'))?.value).toBe(done[0])
    }),

    rule('that expire count as absent from that moment on', async ({ store }, expect) => {
      await store.commit([setting('old', { value: 1, tag: 't', state: 's', due: 5, mark: 7, expires: 5 })])
      expect(await one(store, 'old')).toBeUndefined()
      expect(await store.items('acme', QUEUE, { limit: 10 })).toEqual([])
      expect(await store.items('acme', QUEUE, { tag: 't', limit: 10 })).toEqual([])
      expect(await dueKeys(store)).toEqual([])
      expect(await store.states('acme', QUEUE)).toEqual({})
      await expect(store.commit([setting('old', {}, { ifValue: 1 })])).rejects.toEqual(
        conflict(expect, 'missing', 0, 'old'),
      )
      expect((await store.commit([setting('old', undefined)]))[0]?.changed).toBe(false)
      await store.commit([setting('old', { value: 2, expires: 5 })])
      await store.commit([setting('old', { lane: 1 }, { ifAbsent: true })])
      expect(await one(store, 'old')).toEqual({ ...keyed('old'), ...BARE, lane: 1 })
      await store.commit([setting('old', { mark: 9, expires: 5 }), marking('old')])
      expect(await one(store, 'old')).toEqual({
        ...keyed('old'),
        ...BARE,
        lane: 5,
        due: 1_000,
        state: 'ready',
        mark: 1,
      })
      await store.commit([setting('old', { mark: 9, expires: 5 })])
      await store.commit([marking('old', { tag: 'u' })])
      expect(await one(store, 'old')).toMatchObject({ mark: 1, tag: 'u', expires: NEVER })
    }),

    rule('go into one commit with a resource and its log line, or not at all', async ({ store }, expect) => {
      await store.commit([creating('u1', { userName: 'u1' }), setting('u1', { value: 'link' })])
      await expect(store.commit([setting('u2', {}), creating('u1', { userName: 'u1' })])).rejects.toThrow(Conflict)
      await expect(
        store.commit([creating('u2', { userName: 'u2' }), setting('u1', {}, { ifAbsent: true })]),
      ).rejects.toEqual(conflict(expect, 'exists', 1, 'u1'))
      expect(keysOf(await store.items('acme', QUEUE, { limit: 10 }))).toEqual(['u1'])
      expect((await store.changes('acme', 0, 10)).map(({ id }) => id)).toEqual(['u1'])
    }),

    rule('of a tenant that is not there: reads find nothing, writes fail', async ({ store }, expect) => {
      for (const write of [
        setting(keyed('a', QUEUE, 'gone'), {}),
        setting(keyed('a', QUEUE, 'gone'), undefined),
        marking(keyed('a', QUEUE, 'gone')),
        cursor('hub', 0, false, 'gone'),
      ]) {
        await expect(store.commit([write])).rejects.toEqual(conflict(expect, 'missing', 0, 'tenant'))
      }
      expect(await store.cursors('gone')).toEqual([])
      expect(await store.states('gone', QUEUE)).toEqual({})
    }),

    rule('go with their tenant; one that is made again under its name has none', async ({ store }, expect) => {
      await store.commit([setting('a', { state: 's', due: 5 }), cursor('hub', 0)])
      await store.lease({ tenant: 'acme', name: 'crm' }, 'me', 60_000)
      await store.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 2 }])
      expect(await dueKeys(store)).toEqual([])
      await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 3 }])
      expect(await store.items('acme', QUEUE, { limit: 10 })).toEqual([])
      expect(await store.cursors('acme')).toEqual([])
      expect(await store.leaseHolder({ tenant: 'acme', name: 'crm' })).toBeUndefined()
    }),

    rule('tell no watcher of the store, and those of work with their queues', async ({ store }, expect) => {
      const touched: unknown[] = []
      const queues: string[] = []
      const stop = store.watch((all) => touched.push(...all))
      const stopWork = store.watchWork((all) => queues.push(...[...all].sort()))
      await store.commit([setting('a', {}), marking(keyed('b', 'waits')), cursor('hub', 0)])
      await store.lease({ tenant: 'acme', name: 'crm' }, 'me', 60_000)
      await store.commit([cursor('hub', undefined)])
      await expect(store.commit([setting('a', {}, { ifAbsent: true })])).rejects.toThrow(Conflict)
      store.poll()
      await pass()
      expect([touched, queues]).toEqual([[], [QUEUE, 'waits']])
      stopWork()
      await store.commit([setting('a', {})])
      await pass()
      expect(queues).toHaveLength(2)
      stop()
    }),
  ],
}
