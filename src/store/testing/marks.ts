// Marks: what must be looked at, and when it is settled.

import { NEVER } from '../index.ts'
import { type Chapter, rule } from './suite.ts'
import { BARE, dueKeys, keyed, keysOf, marking, one, QUEUE, setting } from './work-writes.ts'

/** Marks of items. */
export const MARKS: Chapter = {
  name: 'marks',
  rules: [
    rule(
      'make an item, raise its numbers, and take the smaller lane and the sooner time while it is unsettled',
      async ({ store }, expect) => {
        await store.commit([marking('a', { lane: 5, due: 900, place: 4, tag: 'p', value: { made: true } })])
        const made = { ...keyed('a'), ...BARE, lane: 5, due: 900, state: 'ready', mark: 1, place: 4, tag: 'p' }
        expect(await one(store, 'a')).toEqual({ ...made, value: { made: true } })
        await store.commit([marking('a', { lane: 7, due: 800, place: 3, tag: 'q', value: 0, state: 'again' })])
        expect(await one(store, 'a')).toEqual({ ...made, value: { made: true }, due: 800, mark: 2, state: 'again' })
        await store.commit([marking('a', { lane: 0, due: 950, mark: 10 })])
        expect(await one(store, 'a')).toMatchObject({ lane: 0, due: 800, mark: 10, place: 4, state: 'ready' })
        await store.commit([marking('a', { lane: 9, mark: 6 })])
        expect(await one(store, 'a')).toMatchObject({ lane: 0, mark: 10 })
      },
    ),

    rule('give an item at rest, or one that is settled, their own lane', async ({ store }, expect) => {
      await store.commit([
        setting('a', { lane: 0 }),
        setting('b', { lane: 0, state: 'wait', due: 5_000, mark: 3, done: 3 }),
      ])
      await store.commit([marking('a', { lane: 4 }), marking('b', { lane: 4, due: 6_000 })])
      expect(await one(store, 'a')).toMatchObject({ lane: 4, due: 1_000, state: 'ready', mark: 1 })
      expect(await one(store, 'b')).toMatchObject({ lane: 4, due: 5_000, state: 'ready', mark: 4 })
    }),

    rule('leave a held item held', async ({ store }, expect) => {
      await store.commit([setting('a', { state: 'held', lane: 1, mark: 2, done: 1 })])
      await store.commit([marking('a', { lane: 0, place: 7 })])
      expect(await one(store, 'a')).toMatchObject({ state: 'held', due: NEVER, lane: 1, mark: 3, place: 7 })
      expect(await dueKeys(store)).toEqual([])
    }),

    rule('that many make at once are all counted', async ({ store }, expect) => {
      await Promise.all(Array.from({ length: 40 }, () => store.commit([marking('a'), marking('b')])))
      expect((await store.items('acme', QUEUE, { limit: 2 })).map(({ mark }) => mark)).toEqual([40, 40])
    }),

    rule('settling puts an item to rest, unless it was marked since', async ({ store }, expect) => {
      await store.commit([marking('a', { lane: 2 }), marking('b', { lane: 2 })])
      await store.commit([marking('b', { lane: 1, due: 700 })])
      const rest = { state: '', due: NEVER, value: 'acked' }
      await store.commit([setting('a', rest, { settles: 1 }), setting('b', rest, { settles: 1 })])
      expect(await one(store, 'a')).toMatchObject({ ...rest, mark: 1, done: 1 })
      expect(await one(store, 'b')).toMatchObject({
        state: 'ready',
        lane: 1,
        due: 700,
        value: 'acked',
        mark: 2,
        done: 1,
      })
      expect(await dueKeys(store)).toEqual(['b'])
      await store.commit([setting('a', undefined, { settles: 1 }), setting('b', undefined, { settles: 1 })])
      expect(keysOf(await store.items('acme', QUEUE, { limit: 10 }))).toEqual(['b'])
      await store.commit([setting('b', undefined, { settles: 2 }), setting('c', undefined, { settles: 2 })])
      expect(await store.items('acme', QUEUE, { limit: 10 })).toEqual([])
      await store.commit([setting('d', { done: 5 }), setting('d', {}, { settles: 3 })])
      expect(await one(store, 'd')).toMatchObject({ done: 5 })
    }),
  ],
}
