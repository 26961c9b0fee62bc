// What is due, by lane and time.

import { NEVER } from '../index.ts'
import { type Chapter, rule } from './suite.ts'
import { BARE, dueKeys, keyed, QUEUE, setting } from './work-writes.ts'

/** What is due. */
export const DUE: Chapter = {
  name: 'what is due',
  before: async ({ store }) => {
    await store.commit([{ write: 'tenant', tenant: 'other', as: 'new', at: 1 }])
    await store.commit([
      setting('late', { state: 'ready', lane: 0, due: 20_000 }),
      setting('now', { state: 'ready', lane: 5, due: 10_000 }),
      setting('sooner', { state: 'parked', lane: 5, due: 10 }),
      setting('last', { lane: 9, due: 0 }),
      setting('held', { state: 'held' }),
      setting('rest', {}),
      setting(keyed('elsewhere', 'waits'), { state: 'ready', due: 1 }),
    ])
    await store.commit([setting(keyed('first', QUEUE, 'other'), { state: 'ready', lane: 1, due: 9_999 })])
  },
  rules: [
    rule('comes by lane, then by time, of all tenants', async ({ store }, expect) => {
      expect(await dueKeys(store)).toEqual(['first', 'sooner', 'now', 'last'])
      expect(await dueKeys(store, { limit: 2 })).toEqual(['first', 'sooner'])
      expect(await dueKeys(store, { until: 9_999 })).toEqual(['first', 'sooner', 'last'])
      expect(await dueKeys(store, { until: NEVER })).toEqual(['late', 'first', 'sooner', 'now', 'last'])
      expect(await dueKeys(store, { lanes: [9, 1, 4, 9] })).toEqual(['first', 'last'])
      expect(await dueKeys(store, { lanes: [] })).toEqual([])
      expect(await dueKeys(store, { limit: 0 })).toEqual([])
      expect((await store.due(QUEUE, { until: 10, limit: 1 }))[0]).toEqual({
        ...keyed('sooner'),
        ...BARE,
        state: 'parked',
        lane: 5,
        due: 10,
      })
    }),

    rule('comes of one tenant in one state, held ones too', async ({ store }, expect) => {
      const within = (state: string, tenant = 'acme') => ({ within: { tenant, state } })
      expect(await dueKeys(store, within('ready'))).toEqual(['now'])
      expect(await dueKeys(store, { ...within('ready'), until: NEVER })).toEqual(['late', 'now'])
      expect(await dueKeys(store, { ...within('held'), until: NEVER })).toEqual(['held'])
      expect(await dueKeys(store, within('held'))).toEqual([])
      expect(await dueKeys(store, within('ready', 'other'))).toEqual(['first'])
      expect(await dueKeys(store, within('ready', 'nobody'))).toEqual([])
    }),

    rule('is counted by state, those at rest left out', async ({ store }, expect) => {
      expect(await store.states('acme', QUEUE)).toEqual({ ready: 2, parked: 1, held: 1 })
      await store.commit([setting('held', { state: '' }), setting('now', { state: 'parked' })])
      expect(await store.states('acme', QUEUE)).toEqual({ ready: 1, parked: 2 })
    }),
  ],
}
