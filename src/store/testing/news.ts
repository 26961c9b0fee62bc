// Readers of the log, and who has news.

import type { Store, Work, Write } from '../index.ts'
import { pass } from './fixture.ts'
import { type Chapter, rule } from './suite.ts'
import { cursor, people } from './work-writes.ts'

const news = async (store: Store, reader: string) =>
  (await store.news(reader, 100))
    .map(({ tenant, reader, place, last }) => `${tenant} ${reader} ${place}/${last}`)
    .sort()

/** Cursors and news. */
export const NEWS: Chapter = {
  name: 'cursors and news',
  rules: [
    rule('are kept by reader, and forgotten', async ({ store }, expect) => {
      await store.commit([cursor('hub', 4), cursor('events/crm', 0, true)])
      await store.commit([cursor('hub', 2)])
      expect(await store.cursors('acme')).toEqual([
        { tenant: 'acme', reader: 'events/crm', place: 0, paused: true },
        { tenant: 'acme', reader: 'hub', place: 2, paused: false },
      ])
      const [gone, never] = await store.commit([cursor('hub', undefined), cursor('none', undefined)])
      expect([gone?.changed, never?.changed]).toEqual([true, false])
      expect((await store.cursors('acme')).map(({ reader }) => reader)).toEqual(['events/crm'])
    }),

    rule(
      'news are the readers that are behind, whatever came first, the line or the cursor',
      async ({ store }, expect) => {
        expect(await news(store, 'hub')).toEqual([])
        await store.commit(people(2))
        expect(await news(store, 'hub')).toEqual([])
        await store.commit([cursor('hub', 0)])
        expect(await news(store, 'hub')).toEqual(['acme hub 0/2'])
        await store.commit([cursor('hub', 2)])
        expect(await news(store, 'hub')).toEqual([])
        await store.commit(people(1, 2))
        await store.commit(people(1, 3))
        expect(await news(store, 'hub')).toEqual(['acme hub 2/4'])
        await store.commit([cursor('hub', 3)])
        expect(await news(store, 'hub')).toEqual(['acme hub 3/4'])
        await store.commit([cursor('hub', undefined)])
        expect(await news(store, 'hub')).toEqual([])
        await store.commit([...people(1, 4), cursor('hub', 5)])
        expect(await news(store, 'hub')).toEqual([])
        await store.commit([
          { write: 'note', ref: { tenant: 'acme', type: 'App', id: 'x' }, at: 1, log: { actor: 'a', paths: [] } },
        ])
        expect(await news(store, 'hub')).toEqual(['acme hub 5/6'])
      },
    ),

    rule('each reader has its own, and those below its name', async ({ store }, expect) => {
      await store.commit([{ write: 'tenant', tenant: 'other', as: 'new', at: 1 }])
      await store.commit([...people(3), cursor('events/a', 1), cursor('events/b', 3), cursor('events/c', 0, true)])
      await store.commit([cursor('events', 2), cursor('eventsx', 0), cursor('hub', 0)])
      await store.commit([...people(1, 0, 'other'), cursor('events/a', 0, false, 'other')])
      expect(await news(store, 'events')).toEqual(['acme events 2/3', 'acme events/a 1/3', 'other events/a 0/1'])
      expect(await news(store, 'events/a')).toEqual(['acme events/a 1/3', 'other events/a 0/1'])
      expect(await news(store, 'hub')).toEqual(['acme hub 0/3'])
      expect(await news(store, 'none')).toEqual([])
      await store.commit([cursor('events/c', 0)])
      expect(await news(store, 'events/c')).toEqual(['acme events/c 0/3'])
      await store.commit([cursor('hub/', 1)])
      expect(await news(store, 'hub')).toEqual(['acme hub 0/3', 'acme hub/ 1/3'])
    }),

    rule('news come page by page', async ({ store }, expect) => {
      const names = Array.from({ length: 7 }, (_, i) => `t${i}`)
      for (const tenant of names) {
        await store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])
        await store.commit([...people(1, 0, tenant), cursor('r/a', 0, false, tenant), cursor('r/b', 0, false, tenant)])
      }
      const seen: string[] = []
      for (let after: Parameters<Work['news']>[2]; ; ) {
        const page = await store.news('r', 3, after)
        seen.push(...page.map(({ tenant, reader }) => `${tenant} ${reader}`))
        if (page.length < 3) break
        after = page.at(-1)
      }
      expect(seen.sort()).toEqual(names.flatMap((tenant) => [`${tenant} r/a`, `${tenant} r/b`]))
      await store.commit([{ write: 'tenant', tenant: 't3', as: 'gone', at: 2 }])
      expect(await news(store, 'r')).toHaveLength(12)
    }),

    rule('the log of the whole database has readers too', async ({ store }, expect) => {
      const note: Write = {
        write: 'note',
        ref: { tenant: '', type: 'Tenant', id: 'x' },
        at: 1,
        log: { actor: 'a', paths: [] },
      }
      await store.commit([note, cursor('audit', 0, false, '')])
      expect(await news(store, 'audit')).toEqual([' audit 0/1'])
      await store.commit([cursor('audit', 1, false, '')])
      expect(await news(store, 'audit')).toEqual([])
      await store.commit([note])
      expect(await news(store, 'audit')).toEqual([' audit 1/2'])
      await store.commit([cursor('audit', 2, false, ''), { write: 'trim', tenant: '', upTo: 2 }])
      await store.commit([cursor('audit', 1, false, '')])
      expect(await news(store, 'audit')).toEqual([' audit 1/2'])
    }),

    rule('of writers and readers at the same time, no news is lost', async ({ store }, expect) => {
      await store.commit([cursor('hub', 0), cursor('slow', 0)])
      let place = 0
      const writer = (async () => {
        for (let i = 0; i < 40; i++) await store.commit(people(1, i))
      })()
      let over = false
      writer.finally(() => {
        over = true
      })
      for (;;) {
        const ended = over
        const found = (await store.news('hub', 10))[0]
        if (found !== undefined) {
          place = found.last
          await store.commit([cursor('hub', place)])
        } else if (ended) break
        else await pass()
      }
      await writer
      expect(place).toBe(40)
      expect(await news(store, 'slow')).toEqual(['acme slow 0/40'])
    }),
  ],
}
