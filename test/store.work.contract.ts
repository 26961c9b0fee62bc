// What every store does with work: items, marks, cursors, news, leases, fences and the cutting of the log.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  Conflict,
  type DueWhere,
  type ExportRow,
  type Item,
  type ItemDraft,
  type ItemKey,
  LogCut,
  memoryStore,
  NEVER,
  type Store,
  WORK_LIMITS,
  type Work,
  type Write,
} from '../src/store/index.ts'
import { creating, idsOn, type OpenStore, querying, removing, USER } from './store.contract.ts'

const QUEUE = 'links/crm'
const FAR = 4_000_000_000_000

/** Names an item of the tenant `acme`. */
export const keyed = (key: string, queue = QUEUE, tenant = 'acme'): ItemKey => ({ tenant, queue, key })

/** The write that makes or changes an item. */
export function setting(
  key: string | ItemKey,
  set: ItemDraft | undefined,
  options: Omit<Extract<Write, { write: 'item' }>, 'write' | 'item' | 'set'> = {},
): Write {
  return { write: 'item', item: typeof key === 'string' ? keyed(key) : key, set, ...options }
}

/** The write that marks an item. */
export function marking(
  key: string | ItemKey,
  mark: Partial<Omit<Extract<Write, { write: 'mark' }>, 'write' | 'item'>> = {},
): Write {
  return {
    write: 'mark',
    item: typeof key === 'string' ? keyed(key) : key,
    lane: 5,
    due: 1_000,
    state: 'ready',
    ...mark,
  }
}

const fence = (epoch: number, name = 'crm'): Write => ({ write: 'fence', lease: { tenant: 'acme', name }, epoch })
const cursor = (reader: string, place: number | undefined, paused = false, tenant = 'acme'): Write => ({
  write: 'cursor',
  tenant,
  reader,
  place,
  ...(paused ? { paused } : {}),
})
const trim = (upTo: number): Write => ({ write: 'trim', tenant: 'acme', upTo })
const conflict = (reason: Conflict['reason'], at: number, what: string) =>
  expect.objectContaining({ name: 'Conflict', reason, at, what })

/** An item with nothing said of it. */
const BARE = { tag: '', lane: 0, due: NEVER, state: '', mark: 0, done: 0, place: 0, value: null, expires: NEVER }

/** Runs the contract of work on a store. */
export function workContract(name: string, open: OpenStore): void {
  describe(`work in ${name}`, () => {
    let store: Store
    let close: () => Promise<void>
    beforeEach(async () => {
      ;({ store, close } = await open())
      await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    })
    afterEach(() => close())

    const one = async (key: string, queue = QUEUE): Promise<Item | undefined> =>
      (await store.items('acme', queue, { keys: [key] }))[0]
    const keysOf = (items: readonly Item[]) => items.map(({ key }) => key)
    const due = async (where: Partial<DueWhere> = {}) =>
      keysOf(await store.due(QUEUE, { until: 10_000, limit: 100, ...where }))

    describe('items', () => {
      test('hold what was said of them and nothing else; what a change leaves out stays', async () => {
        await store.commit([setting('a', { tag: 'p1', value: { hash: 'x', list: [1, null] } })])
        expect(await one('a')).toEqual({ ...keyed('a'), ...BARE, tag: 'p1', value: { hash: 'x', list: [1, null] } })
        await store.commit([
          setting('a', { lane: 3, due: 5, state: 'parked', expires: FAR, mark: 4, done: 2, place: 9 }),
        ])
        const item = { lane: 3, due: 5, state: 'parked', expires: FAR, mark: 4, done: 2, place: 9 }
        expect(await one('a')).toEqual({ ...keyed('a'), tag: 'p1', value: { hash: 'x', list: [1, null] }, ...item })
        await store.commit([setting('a', { tag: '', due: NEVER, state: '', value: null, expires: NEVER })])
        expect(await one('a')).toEqual({ ...keyed('a'), ...BARE, lane: 3, mark: 4, done: 2, place: 9 })
        await store.commit([setting('a', {})])
        expect(await one('a')).toMatchObject({ lane: 3 })
      })

      test('are removed; removing one that is not there changes nothing', async () => {
        await store.commit([setting('a', {}), setting('b', {})])
        const [gone, never] = await store.commit([setting('a', undefined), setting('c', undefined)])
        expect([gone?.changed, never?.changed]).toEqual([true, false])
        expect(keysOf(await store.items('acme', QUEUE, { limit: 10 }))).toEqual(['b'])
      })

      test('are read by up to 1,000 keys, each once, absent ones left out', async () => {
        await store.commit(Array.from({ length: 1_200 }, (_, i) => setting(`k${i}`, { mark: i })))
        const keys = Array.from({ length: 1_000 }, (_, i) => `k${i + 500}`)
        const found = await store.items('acme', QUEUE, { keys })
        expect(found.map(({ mark }) => mark).sort((a, b) => a - b)).toEqual(
          Array.from({ length: 700 }, (_, i) => i + 500),
        )
        expect(await store.items('acme', QUEUE, { keys: ['k1', 'k1', 'none'] })).toHaveLength(1)
        expect(await store.items('acme', QUEUE, { keys: [] })).toEqual([])
        await expect(store.items('acme', QUEUE, { keys: [...keys, 'one more'] })).rejects.toThrow(/keys/)
      })

      test('are read in order of their keys by code point, page by page, of one queue and tenant alone', async () => {
        await store.commit([{ write: 'tenant', tenant: 'other', as: 'new', at: 1 }])
        const keys = ['b', 'a', 'B', 'ä', '\u{10400}', '\uff21', 'a b', '%', "'", '"']
        await store.commit(keys.map((key) => setting(key, { tag: 't' })))
        await store.commit([setting(keyed('a', 'links'), {}), setting(keyed('z', 'links/crm2'), {})])
        await store.commit([setting(keyed('c', QUEUE, 'other'), { tag: 't' })])
        const sorted = ['"', '%', "'", 'B', 'a', 'a b', 'b', 'ä', '\uff21', '\u{10400}']
        expect(keysOf(await store.items('acme', QUEUE, { limit: 100 }))).toEqual(sorted)
        expect(keysOf(await store.items('acme', QUEUE, { limit: 3, after: 'B' }))).toEqual(['a', 'a b', 'b'])
        expect(keysOf(await store.items('acme', QUEUE, { limit: 3, after: 'b', tag: 't' }))).toEqual(sorted.slice(7))
        expect(await store.items('nobody', QUEUE, { limit: 3 })).toEqual([])
      })

      test('are read by tag', async () => {
        await store.commit([setting('a', { tag: 'p1' }), setting('b', { tag: 'p2' }), setting('c', { tag: 'p1' })])
        await store.commit([setting('b', { tag: 'p1' }), setting('a', { tag: '' })])
        expect(keysOf(await store.items('acme', QUEUE, { tag: 'p1', limit: 10 }))).toEqual(['b', 'c'])
        expect(keysOf(await store.items('acme', QUEUE, { tag: 'p2', limit: 10 }))).toEqual([])
      })

      test('of the whole database stand beside those of tenants', async () => {
        await store.commit([setting(keyed('a', QUEUE, ''), { value: 1, state: 'x', due: 5 })])
        expect(await store.items('', QUEUE, { limit: 10 })).toEqual([
          { ...keyed('a', QUEUE, ''), ...BARE, value: 1, state: 'x', due: 5 },
        ])
        expect(await due()).toEqual(['a'])
      })

      test('with a condition fail the whole commit: ifAbsent, ifValue', async () => {
        await store.commit([setting('a', { value: { x: 1, y: 2 } })])
        const other = setting('b', { value: 1 })
        await expect(store.commit([other, setting('a', {}, { ifAbsent: true })])).rejects.toEqual(
          conflict('exists', 1, 'a'),
        )
        await expect(store.commit([other, setting('a', {}, { ifValue: { y: 2, x: 1 } })])).rejects.toEqual(
          conflict('missing', 1, 'a'),
        )
        await expect(store.commit([setting('c', {}, { ifValue: null }), other])).rejects.toEqual(
          conflict('missing', 0, 'c'),
        )
        await expect(store.commit([other, setting('a', undefined, { ifValue: 1 })])).rejects.toThrow(Conflict)
        expect(await one('b')).toBeUndefined()
        await store.commit([
          setting('a', { value: 2 }, { ifValue: { x: 1, y: 2 } }),
          setting('b', {}, { ifAbsent: true }),
        ])
        await store.commit([setting('a', undefined, { ifValue: 2 })])
        expect(keysOf(await store.items('acme', QUEUE, { limit: 10 }))).toEqual(['b'])
      })

      test('one commit sees what it has done itself, write by write', async () => {
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
        expect(await one('a')).toEqual({
          ...keyed('a'),
          ...BARE,
          value: 2,
          lane: 6,
          due: 50,
          state: 'ready',
          mark: 2,
          place: 3,
        })
        expect(await one('b')).toEqual({ ...keyed('b'), ...BARE, lane: 2 })
        expect(await one('c')).toBeUndefined()
      })

      test('are made if absent by exactly one of many at once', async () => {
        const tries = Array.from({ length: 20 }, (_, i) =>
          store.commit([setting('a', { value: i }, { ifAbsent: true })]),
        )
        const done = (await Promise.allSettled(tries)).flatMap((one, i) => (one.status === 'fulfilled' ? [i] : []))
        expect(done).toHaveLength(1)
        expect((await one('a'))?.value).toBe(done[0])
      })

      test('that expire count as absent from that moment on', async () => {
        await store.commit([setting('old', { value: 1, tag: 't', state: 's', due: 5, mark: 7, expires: 5 })])
        expect(await one('old')).toBeUndefined()
        expect(await store.items('acme', QUEUE, { limit: 10 })).toEqual([])
        expect(await store.items('acme', QUEUE, { tag: 't', limit: 10 })).toEqual([])
        expect(await due()).toEqual([])
        expect(await store.states('acme', QUEUE)).toEqual({})
        await expect(store.commit([setting('old', {}, { ifValue: 1 })])).rejects.toEqual(conflict('missing', 0, 'old'))
        expect((await store.commit([setting('old', undefined)]))[0]?.changed).toBe(false)
        await store.commit([setting('old', { value: 2, expires: 5 })])
        await store.commit([setting('old', { lane: 1 }, { ifAbsent: true })])
        expect(await one('old')).toEqual({ ...keyed('old'), ...BARE, lane: 1 })
        await store.commit([setting('old', { mark: 9, expires: 5 }), marking('old')])
        expect(await one('old')).toEqual({ ...keyed('old'), ...BARE, lane: 5, due: 1_000, state: 'ready', mark: 1 })
        await store.commit([setting('old', { mark: 9, expires: 5 })])
        await store.commit([marking('old', { tag: 'u' })])
        expect(await one('old')).toMatchObject({ mark: 1, tag: 'u', expires: NEVER })
      })

      test('go into one commit with a resource and its log line, or not at all', async () => {
        await store.commit([creating('u1', { userName: 'u1' }), setting('u1', { value: 'link' })])
        await expect(store.commit([setting('u2', {}), creating('u1', { userName: 'u1' })])).rejects.toThrow(Conflict)
        await expect(
          store.commit([creating('u2', { userName: 'u2' }), setting('u1', {}, { ifAbsent: true })]),
        ).rejects.toEqual(conflict('exists', 1, 'u1'))
        expect(keysOf(await store.items('acme', QUEUE, { limit: 10 }))).toEqual(['u1'])
        expect((await store.changes('acme', 0, 10)).map(({ id }) => id)).toEqual(['u1'])
      })

      test('of a tenant that is not there: reads find nothing, writes fail', async () => {
        for (const write of [
          setting(keyed('a', QUEUE, 'gone'), {}),
          setting(keyed('a', QUEUE, 'gone'), undefined),
          marking(keyed('a', QUEUE, 'gone')),
          cursor('hub', 0, false, 'gone'),
        ]) {
          await expect(store.commit([write])).rejects.toEqual(conflict('missing', 0, 'tenant'))
        }
        expect(await store.cursors('gone')).toEqual([])
        expect(await store.states('gone', QUEUE)).toEqual({})
      })

      test('go with their tenant; one that is made again under its name has none', async () => {
        await store.commit([setting('a', { state: 's', due: 5 }), cursor('hub', 0)])
        await store.lease({ tenant: 'acme', name: 'crm' }, 'me', 60_000)
        await store.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 2 }])
        expect(await due()).toEqual([])
        await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 3 }])
        expect(await store.items('acme', QUEUE, { limit: 10 })).toEqual([])
        expect(await store.cursors('acme')).toEqual([])
        expect(await store.leaseHolder({ tenant: 'acme', name: 'crm' })).toBeUndefined()
      })

      test('tell no watcher of the store, and those of work with their queues', async () => {
        const touched: unknown[] = []
        const queues: string[] = []
        const stop = store.watch((all) => touched.push(...all))
        const stopWork = store.watchWork((all) => queues.push(...[...all].sort()))
        await store.commit([setting('a', {}), marking(keyed('b', 'waits')), cursor('hub', 0)])
        await store.lease({ tenant: 'acme', name: 'crm' }, 'me', 60_000)
        await store.commit([cursor('hub', undefined)])
        await expect(store.commit([setting('a', {}, { ifAbsent: true })])).rejects.toThrow(Conflict)
        store.poll()
        await new Promise((resolve) => setImmediate(resolve))
        expect([touched, queues]).toEqual([[], [QUEUE, 'waits']])
        stopWork()
        await store.commit([setting('a', {})])
        await new Promise((resolve) => setImmediate(resolve))
        expect(queues).toHaveLength(2)
        stop()
      })
    })

    test('records that configure nothing tell no watcher either, and are kept all the same', async () => {
      const affected: unknown[] = []
      const stop = store.watch((all) => affected.push(...all))
      for (const [kind, heard] of [
        ['server', 0],
        ['key', 0],
        ['token-use', 0],
        ['settings', 1],
      ] as const) {
        for (const tenant of ['', 'acme']) {
          const record = { tenant, kind, key: 'k' }
          await store.commit([{ write: 'record', record, value: kind }])
          await store.commit([{ write: 'record', record, value: 2, ifValue: kind }])
          expect(await store.records(tenant, kind)).toEqual([{ ...record, value: 2 }])
          await store.commit([{ write: 'record', record, value: undefined }])
          store.poll()
          expect(affected.splice(0).filter((one) => (one as { tenant: string }).tenant === tenant)).toHaveLength(
            3 * heard,
          )
        }
      }
      stop()
    })

    describe('marks', () => {
      test('make an item, raise its numbers, and take the smaller lane and the sooner time while it is unsettled', async () => {
        await store.commit([marking('a', { lane: 5, due: 900, place: 4, tag: 'p', value: { made: true } })])
        const made = { ...keyed('a'), ...BARE, lane: 5, due: 900, state: 'ready', mark: 1, place: 4, tag: 'p' }
        expect(await one('a')).toEqual({ ...made, value: { made: true } })
        await store.commit([marking('a', { lane: 7, due: 800, place: 3, tag: 'q', value: 0, state: 'again' })])
        expect(await one('a')).toEqual({ ...made, value: { made: true }, due: 800, mark: 2, state: 'again' })
        await store.commit([marking('a', { lane: 0, due: 950, mark: 10 })])
        expect(await one('a')).toMatchObject({ lane: 0, due: 800, mark: 10, place: 4, state: 'ready' })
        await store.commit([marking('a', { lane: 9, mark: 6 })])
        expect(await one('a')).toMatchObject({ lane: 0, mark: 10 })
      })

      test('give an item at rest, or one that is settled, their own lane', async () => {
        await store.commit([
          setting('a', { lane: 0 }),
          setting('b', { lane: 0, state: 'wait', due: 5_000, mark: 3, done: 3 }),
        ])
        await store.commit([marking('a', { lane: 4 }), marking('b', { lane: 4, due: 6_000 })])
        expect(await one('a')).toMatchObject({ lane: 4, due: 1_000, state: 'ready', mark: 1 })
        expect(await one('b')).toMatchObject({ lane: 4, due: 5_000, state: 'ready', mark: 4 })
      })

      test('leave a held item held', async () => {
        await store.commit([setting('a', { state: 'held', lane: 1, mark: 2, done: 1 })])
        await store.commit([marking('a', { lane: 0, place: 7 })])
        expect(await one('a')).toMatchObject({ state: 'held', due: NEVER, lane: 1, mark: 3, place: 7 })
        expect(await due()).toEqual([])
      })

      test('that many make at once are all counted', async () => {
        await Promise.all(Array.from({ length: 40 }, () => store.commit([marking('a'), marking('b')])))
        expect((await store.items('acme', QUEUE, { limit: 2 })).map(({ mark }) => mark)).toEqual([40, 40])
      })

      test('settling puts an item to rest, unless it was marked since', async () => {
        await store.commit([marking('a', { lane: 2 }), marking('b', { lane: 2 })])
        await store.commit([marking('b', { lane: 1, due: 700 })])
        const rest = { state: '', due: NEVER, value: 'acked' }
        await store.commit([setting('a', rest, { settles: 1 }), setting('b', rest, { settles: 1 })])
        expect(await one('a')).toMatchObject({ ...rest, mark: 1, done: 1 })
        expect(await one('b')).toMatchObject({ state: 'ready', lane: 1, due: 700, value: 'acked', mark: 2, done: 1 })
        expect(await due()).toEqual(['b'])
        await store.commit([setting('a', undefined, { settles: 1 }), setting('b', undefined, { settles: 1 })])
        expect(keysOf(await store.items('acme', QUEUE, { limit: 10 }))).toEqual(['b'])
        await store.commit([setting('b', undefined, { settles: 2 }), setting('c', undefined, { settles: 2 })])
        expect(await store.items('acme', QUEUE, { limit: 10 })).toEqual([])
        await store.commit([setting('d', { done: 5 }), setting('d', {}, { settles: 3 })])
        expect(await one('d')).toMatchObject({ done: 5 })
      })
    })

    describe('what is due', () => {
      beforeEach(async () => {
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
      })

      test('comes by lane, then by time, of all tenants', async () => {
        expect(await due()).toEqual(['first', 'sooner', 'now', 'last'])
        expect(await due({ limit: 2 })).toEqual(['first', 'sooner'])
        expect(await due({ until: 9_999 })).toEqual(['first', 'sooner', 'last'])
        expect(await due({ until: NEVER })).toEqual(['late', 'first', 'sooner', 'now', 'last'])
        expect(await due({ lanes: [9, 1, 4, 9] })).toEqual(['first', 'last'])
        expect(await due({ lanes: [] })).toEqual([])
        expect(await due({ limit: 0 })).toEqual([])
        expect((await store.due(QUEUE, { until: 10, limit: 1 }))[0]).toEqual({
          ...keyed('sooner'),
          ...BARE,
          state: 'parked',
          lane: 5,
          due: 10,
        })
      })

      test('comes of one tenant in one state, held ones too', async () => {
        const within = (state: string, tenant = 'acme') => ({ within: { tenant, state } })
        expect(await due(within('ready'))).toEqual(['now'])
        expect(await due({ ...within('ready'), until: NEVER })).toEqual(['late', 'now'])
        expect(await due({ ...within('held'), until: NEVER })).toEqual(['held'])
        expect(await due(within('held'))).toEqual([])
        expect(await due(within('ready', 'other'))).toEqual(['first'])
        expect(await due(within('ready', 'nobody'))).toEqual([])
      })

      test('is counted by state, those at rest left out', async () => {
        expect(await store.states('acme', QUEUE)).toEqual({ ready: 2, parked: 1, held: 1 })
        await store.commit([setting('held', { state: '' }), setting('now', { state: 'parked' })])
        expect(await store.states('acme', QUEUE)).toEqual({ ready: 1, parked: 2 })
      })
    })

    describe('leases', () => {
      const key = { tenant: 'acme', name: 'crm' }

      test('have one owner; renewing keeps the epoch, each change of owner raises it', async () => {
        expect(await store.lease(key, 'a', 60_000)).toEqual({ epoch: 1, abandoned: false })
        expect(await store.lease(key, 'b', 60_000)).toBeUndefined()
        expect(await store.lease(key, 'a', 60_000)).toEqual({ epoch: 1, abandoned: false })
        expect(await store.leaseHolder(key)).toMatchObject({ owner: 'a', epoch: 1 })
        await store.release(key, 1)
        expect(await store.leaseHolder(key)).toBeUndefined()
        expect(await store.lease(key, 'b', 60_000)).toEqual({ epoch: 2, abandoned: false })
        await store.release(key, 1)
        expect(await store.lease(key, 'a', 60_000)).toBeUndefined()
        expect(await store.lease({ tenant: 'acme', name: 'other' }, 'a', 60_000)).toEqual({
          epoch: 1,
          abandoned: false,
        })
        expect(await store.lease({ tenant: '', name: 'crm' }, 'a', 60_000)).toEqual({ epoch: 1, abandoned: false })
      })

      test('whose time is up are taken over, and it shows', async () => {
        expect(await store.lease(key, 'a', 0)).toEqual({ epoch: 1, abandoned: false })
        expect((await store.leaseHolder(key))?.leftMs).toBeLessThanOrEqual(0)
        expect(await store.lease(key, 'b', 60_000)).toEqual({ epoch: 2, abandoned: true })
        expect(await store.lease(key, 'b', 60_000)).toEqual({ epoch: 2, abandoned: true })
        expect(await store.lease(key, 'a', 60_000)).toBeUndefined()
        const left = (await store.leaseHolder(key))?.leftMs ?? 0
        expect(left > 0 && left <= 60_000).toBe(true)
      })

      test('can be renewed late, as long as no other owner has taken them', async () => {
        await store.lease(key, 'a', 0)
        expect(await store.lease(key, 'a', 60_000)).toEqual({ epoch: 1, abandoned: false })
      })

      test('are taken from a named owner, and from no other', async () => {
        await store.lease(key, 'a', 60_000)
        expect(await store.lease(key, 'b', 60_000, { from: 'c' })).toBeUndefined()
        expect(await store.lease(key, 'b', 60_000, { from: 'a' })).toEqual({ epoch: 2, abandoned: true })
        expect(await store.lease(key, 'c', 60_000, { from: 'a' })).toBeUndefined()
      })

      test('of a tenant that does not exist cannot be taken', async () => {
        expect(await store.lease({ tenant: 'gone', name: 'crm' }, 'a', 60_000)).toBeUndefined()
        await store.release({ tenant: 'gone', name: 'crm' }, 1)
        expect(await store.leaseHolder({ tenant: 'gone', name: 'crm' })).toBeUndefined()
      })

      test('that many want at once get one owner', async () => {
        const all = await Promise.all(Array.from({ length: 12 }, (_, i) => store.lease(key, `p${i}`, 60_000)))
        expect(all.filter((one) => one !== undefined)).toEqual([{ epoch: 1, abandoned: false }])
      })

      test('fence a commit: a former owner writes nothing', async () => {
        await store.lease(key, 'a', 0)
        await store.commit([fence(1), setting('x', { value: 1 })])
        await store.lease(key, 'b', 60_000)
        await expect(
          store.commit([setting('x', { value: 2 }), creating('u', { userName: 'u' }), fence(1)]),
        ).rejects.toEqual(conflict('epoch', 2, 'crm'))
        await expect(store.commit([fence(1, 'none'), setting('x', {})])).rejects.toEqual(conflict('epoch', 0, 'none'))
        expect((await one('x'))?.value).toBe(1)
        expect(await store.changes('acme', 0, 10)).toEqual([])
        await store.commit([fence(2), setting('x', { value: 3 }), creating('u', { userName: 'u' })])
        expect((await one('x'))?.value).toBe(3)
      })
    })

    describe('cursors and news', () => {
      const people = (count: number, from = 0, tenant = 'acme') =>
        Array.from({ length: count }, (_, i) => {
          const write = creating(`u${from + i}`, { userName: `u${from + i}` })
          return write.write === 'create' ? { ...write, draft: { ...write.draft, tenant } } : write
        })
      const news = async (reader: string) =>
        (await store.news(reader, 100))
          .map(({ tenant, reader, place, last }) => `${tenant} ${reader} ${place}/${last}`)
          .sort()

      test('are kept by reader, and forgotten', async () => {
        await store.commit([cursor('hub', 4), cursor('events/crm', 0, true)])
        await store.commit([cursor('hub', 2)])
        expect(await store.cursors('acme')).toEqual([
          { tenant: 'acme', reader: 'events/crm', place: 0, paused: true },
          { tenant: 'acme', reader: 'hub', place: 2, paused: false },
        ])
        const [gone, never] = await store.commit([cursor('hub', undefined), cursor('none', undefined)])
        expect([gone?.changed, never?.changed]).toEqual([true, false])
        expect((await store.cursors('acme')).map(({ reader }) => reader)).toEqual(['events/crm'])
      })

      test('news are the readers that are behind, whatever came first, the line or the cursor', async () => {
        expect(await news('hub')).toEqual([])
        await store.commit(people(2))
        expect(await news('hub')).toEqual([])
        await store.commit([cursor('hub', 0)])
        expect(await news('hub')).toEqual(['acme hub 0/2'])
        await store.commit([cursor('hub', 2)])
        expect(await news('hub')).toEqual([])
        await store.commit(people(1, 2))
        await store.commit(people(1, 3))
        expect(await news('hub')).toEqual(['acme hub 2/4'])
        await store.commit([cursor('hub', 3)])
        expect(await news('hub')).toEqual(['acme hub 3/4'])
        await store.commit([cursor('hub', undefined)])
        expect(await news('hub')).toEqual([])
        await store.commit([...people(1, 4), cursor('hub', 5)])
        expect(await news('hub')).toEqual([])
        await store.commit([
          { write: 'note', ref: { tenant: 'acme', type: 'App', id: 'x' }, at: 1, log: { actor: 'a', paths: [] } },
        ])
        expect(await news('hub')).toEqual(['acme hub 5/6'])
      })

      test('each reader has its own, and those below its name', async () => {
        await store.commit([{ write: 'tenant', tenant: 'other', as: 'new', at: 1 }])
        await store.commit([...people(3), cursor('events/a', 1), cursor('events/b', 3), cursor('events/c', 0, true)])
        await store.commit([cursor('events', 2), cursor('eventsx', 0), cursor('hub', 0)])
        await store.commit([...people(1, 0, 'other'), cursor('events/a', 0, false, 'other')])
        expect(await news('events')).toEqual(['acme events 2/3', 'acme events/a 1/3', 'other events/a 0/1'])
        expect(await news('events/a')).toEqual(['acme events/a 1/3', 'other events/a 0/1'])
        expect(await news('hub')).toEqual(['acme hub 0/3'])
        expect(await news('none')).toEqual([])
        await store.commit([cursor('events/c', 0)])
        expect(await news('events/c')).toEqual(['acme events/c 0/3'])
        await store.commit([cursor('hub/', 1)])
        expect(await news('hub')).toEqual(['acme hub 0/3', 'acme hub/ 1/3'])
      })

      test('news come page by page', async () => {
        const names = Array.from({ length: 7 }, (_, i) => `t${i}`)
        for (const tenant of names) {
          await store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])
          await store.commit([
            ...people(1, 0, tenant),
            cursor('r/a', 0, false, tenant),
            cursor('r/b', 0, false, tenant),
          ])
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
        expect(await news('r')).toHaveLength(12)
      })

      test('the log of the whole database has readers too', async () => {
        const note: Write = {
          write: 'note',
          ref: { tenant: '', type: 'Tenant', id: 'x' },
          at: 1,
          log: { actor: 'a', paths: [] },
        }
        await store.commit([note, cursor('audit', 0, false, '')])
        expect(await news('audit')).toEqual([' audit 0/1'])
        await store.commit([cursor('audit', 1, false, '')])
        expect(await news('audit')).toEqual([])
        await store.commit([note])
        expect(await news('audit')).toEqual([' audit 1/2'])
        await store.commit([cursor('audit', 2, false, ''), { write: 'trim', tenant: '', upTo: 2 }])
        await store.commit([cursor('audit', 1, false, '')])
        expect(await news('audit')).toEqual([' audit 1/2'])
      })

      test('of writers and readers at the same time, no news is lost', async () => {
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
          else await new Promise((resolve) => setImmediate(resolve))
        }
        await writer
        expect(place).toBe(40)
        expect(await news('slow')).toEqual(['acme slow 0/40'])
      })
    })

    describe('the log', () => {
      beforeEach(async () => {
        await store.commit(
          Array.from({ length: 6 }, (_, i) => {
            const write = creating(`u${i}`, { userName: `u${i}` })
            return write.write === 'create' ? { ...write, at: 1_000 * (i + 1) } : write
          }),
        )
      })
      const places = async (after: number) => (await store.changes('acme', after, 10)).map(({ place }) => place)

      test('is cut up to a place; who reads from before it hears where it begins', async () => {
        expect((await store.commit([trim(4)]))[0]?.changed).toBe(true)
        expect(await places(4)).toEqual([5, 6])
        expect(await places(5)).toEqual([6])
        for (const after of [0, 3]) {
          await expect(store.changes('acme', after, 10)).rejects.toEqual(new LogCut(5))
          await expect(store.changes('acme', after, 10)).rejects.toMatchObject({ begins: 5 })
        }
        expect((await store.commit([trim(4)]))[0]?.changed).toBe(false)
        expect((await store.commit([trim(2)]))[0]?.changed).toBe(false)
        await store.commit([creating('u9', { userName: 'u9' })])
        expect(await places(4)).toEqual([5, 6, 7])
      })

      test('is cut whole, and goes on with the next place', async () => {
        await store.commit([trim(99)])
        expect(await places(6)).toEqual([])
        await expect(places(5)).rejects.toMatchObject({ begins: 7 })
        await store.commit([creating('u9', { userName: 'u9' })])
        expect(await places(6)).toEqual([7])
        expect((await store.tenant('acme'))?.place).toBe(7)
      })

      test('is never cut past the slowest reader, a paused one too', async () => {
        await store.commit([cursor('hub', 5), cursor('crm', 3, true)])
        await expect(store.commit([trim(4)])).rejects.toEqual(conflict('reader', 0, 'crm'))
        expect(await places(0)).toHaveLength(6)
        await store.commit([trim(3)])
        await store.commit([cursor('crm', undefined)])
        await expect(store.commit([trim(6)])).rejects.toEqual(conflict('reader', 0, 'hub'))
        await store.commit([cursor('hub', 6), trim(6)])
        expect(await places(6)).toEqual([])
      })

      test('says of a tenant where it begins', async () => {
        expect(await store.tenant('acme')).toMatchObject({ place: 6, begins: 1 })
        await store.commit([trim(4)])
        expect(await store.tenant('acme')).toMatchObject({ place: 6, begins: 5 })
        expect(await store.tenants()).toMatchObject([{ place: 6, begins: 5 }])
      })

      test.each([
        ['meta.lastModified gt "1970-01-01T00:00:02Z"', ['u2', 'u3', 'u4', 'u5']],
        ['meta.lastModified ge "1970-01-01T00:00:04Z"', ['u3', 'u4', 'u5']],
        ['meta.lastModified gt "1970-01-01T00:00:04Z"', ['u4', 'u5']],
        ['meta.created eq "1970-01-01T00:00:01Z"', ['u0']],
        ['meta.created eq "1970-01-01T00:00:06Z"', ['u5']],
        ['meta.lastModified gt "1960-01-01T00:00:00Z"', ['u0', 'u1', 'u2', 'u3', 'u4', 'u5']],
      ])('that is cut changes no answer to a filter by time: %s', async (filter, ids) => {
        for (const upTo of [0, 2, 4, 6]) {
          await store.commit([trim(upTo)])
          expect(idsOn(await store.find(querying([USER], { filter })))).toEqual(ids)
        }
      })

      test('lines keep what they have in common with others of a request', async () => {
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
      })

      test('of the whole database is cut as well', async () => {
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
      })

      test('that is cut makes everybody forget what they keep of the tenant', async () => {
        const touched: unknown[] = []
        store.watch((all) => touched.push(...all))
        await store.commit([trim(2)])
        store.poll()
        expect(touched).toContainEqual({ tenant: 'acme', all: true })
      })
    })

    describe('moving a tenant', () => {
      const rowsOf = async (from: Store<unknown>, tenant: string, after?: ExportRow): Promise<ExportRow[]> => {
        const rows: ExportRow[] = []
        for await (const chunk of from.exportTenant(tenant, after)) rows.push(...chunk)
        return rows
      }

      test('takes along items that stay, cursors and the cut, there and back', async () => {
        await store.commit(
          Array.from({ length: 450 }, (_, i) => setting(`k${i}`, { value: { i }, mark: i, tag: `t${i % 7}` })),
        )
        await store.commit([
          creating('u1', { userName: 'u1' }),
          creating('u2', { userName: 'u2' }),
          setting(keyed('ä', 'b'), { state: 'ready', due: 5, lane: 3, done: 1, place: 9 }),
          setting(keyed('session', 'b'), { expires: FAR }),
          cursor('hub', 1),
          cursor('crm', 2, true),
        ])
        await store.commit([trim(1)])
        await store.lease({ tenant: 'acme', name: 'crm' }, 'me', 60_000)
        const rows = await rowsOf(store, 'acme')
        const kinds = [...new Set(rows.map(({ row }) => row))]
        expect(kinds).toEqual(['path', 'item', 'cursor', 'cut', 'resource', 'change'])
        expect(rows.filter(({ row }) => row === 'item')).toHaveLength(451)
        expect(rows.find(({ row }) => row === 'cut')).toEqual({ row: 'cut', place: 1, at: expect.any(Number) })
        for (const at of [0, 300, 451, 453, 454])
          expect(await rowsOf(store, 'acme', rows[at])).toEqual(rows.slice(at + 1))

        const other = memoryStore()
        await other.commit([{ write: 'tenant', tenant: 'moved', as: 'new', at: 1 }])
        await other.commit([{ write: 'load', tenant: 'moved', rows }])
        expect(await rowsOf(other, 'moved')).toEqual(rows)
        await store.commit([{ write: 'tenant', tenant: 'back', as: 'new', at: 1 }])
        for (let at = 0; at < rows.length; at += 200) {
          await store.commit([{ write: 'load', tenant: 'back', rows: rows.slice(at, at + 200) }])
        }
        expect(await rowsOf(store, 'back')).toEqual(rows)
        expect(await store.tenant('back')).toMatchObject({ place: 2, begins: 2 })
        expect((await store.news('hub', 10)).map(({ tenant }) => tenant).sort()).toEqual(['acme', 'back'])
        await store.commit([{ write: 'trim', tenant: 'back', upTo: 0 }])
        await expect(store.changes('back', 0, 1)).rejects.toMatchObject({ begins: 2 })
        const cut = { row: 'cut', place: 3, at: 1 } as const
        await expect(store.commit([{ write: 'load', tenant: 'back', rows: [cut] }])).rejects.toThrow(Conflict)
        await other.close()
      })
    })

    describe('limits', () => {
      const long = (length: number) => 'x'.repeat(length)
      const refused = /must be/
      test.each<[string, (length: number) => Write, number]>([
        ['key', (n) => setting(long(n), {}), WORK_LIMITS.KEY_LENGTH],
        ['queue', (n) => setting(keyed('a', long(n)), {}), WORK_LIMITS.NAME_LENGTH],
        ['tag', (n) => setting('a', { tag: long(n) }), WORK_LIMITS.TAG_LENGTH],
        ['state', (n) => setting('a', { state: long(n) }), WORK_LIMITS.STATE_LENGTH],
        ['value', (n) => setting('a', { value: long(n - 2) }), WORK_LIMITS.VALUE_BYTES],
        ['reader', (n) => cursor(long(n), 0), WORK_LIMITS.NAME_LENGTH],
        ['lane', (n) => setting('a', { lane: n }), 9],
        ['due', (n) => setting('a', { due: n }), NEVER],
      ])('%s: at it and past it', async (_name, write, limit) => {
        await store.commit([write(limit)])
        await expect(store.commit([write(limit + 1)])).rejects.toThrow(refused)
      })

      test('the largest of everything at once, in letters that take most bytes', async () => {
        const wide = (length: number) => '\uff21'.repeat(length)
        const key = keyed(wide(WORK_LIMITS.KEY_LENGTH), wide(WORK_LIMITS.NAME_LENGTH))
        const draft = { tag: wide(WORK_LIMITS.TAG_LENGTH), state: wide(WORK_LIMITS.STATE_LENGTH), due: 1 }
        await store.commit([setting(key, draft)])
        expect(await store.items('acme', key.queue, { keys: [key.key] })).toEqual([{ ...key, ...BARE, ...draft }])
      })

      test('items in a commit, a page, a lease, and what makes no sense', async () => {
        const items = (count: number) => Array.from({ length: count }, (_, i) => setting(`k${i}`, {}))
        await store.commit(items(WORK_LIMITS.ITEMS_PER_COMMIT))
        await expect(store.commit(items(WORK_LIMITS.ITEMS_PER_COMMIT + 1))).rejects.toThrow(/at most 2000 writes/)
        const page = (limit: number) => store.items('acme', QUEUE, { limit })
        expect(await page(WORK_LIMITS.ITEM_KEYS)).toHaveLength(1_000)
        await expect(page(WORK_LIMITS.ITEM_KEYS + 1)).rejects.toThrow(refused)
        await expect(store.due(QUEUE, { until: 1, limit: 1_001 })).rejects.toThrow(refused)
        await expect(store.news('hub', 1_001)).rejects.toThrow(refused)
        const lease = (name: string, owner: string, ms: number) => store.lease({ tenant: 'acme', name }, owner, ms)
        await lease(long(WORK_LIMITS.NAME_LENGTH), long(WORK_LIMITS.NAME_LENGTH), WORK_LIMITS.LEASE_MS)
        await expect(lease(long(WORK_LIMITS.NAME_LENGTH + 1), 'a', 1)).rejects.toThrow(refused)
        await expect(lease('a', long(WORK_LIMITS.NAME_LENGTH + 1), 1)).rejects.toThrow(refused)
        await expect(lease('a', 'a', WORK_LIMITS.LEASE_MS + 1)).rejects.toThrow(refused)
        for (const write of [
          setting('', {}),
          setting('a\nb', {}),
          setting('a\0b', {}),
          setting('\ud800', {}),
          setting('a', { lane: -1 }),
          setting('a', { lane: 1.5 }),
          setting('a', { due: -1 }),
          setting('a', { mark: WORK_LIMITS.MARK + 1 }),
          marking('a', { mark: NEVER }),
          marking('a', { state: '' }),
          marking('a', { due: NEVER }),
          cursor('hub', -1),
        ]) {
          await expect(store.commit([write])).rejects.toThrow(/must/)
        }
      })

      test('lines in one cut', async () => {
        const note: Write = {
          write: 'note',
          ref: { tenant: 'acme', type: 'App', id: 'x' },
          at: 1,
          log: { actor: 'a', paths: [] },
        }
        for (let i = 0; i <= WORK_LIMITS.TRIM_LINES; i += 1_000)
          await store.commit(Array.from({ length: 1_000 }, () => note))
        await expect(store.commit([trim(WORK_LIMITS.TRIM_LINES + 1)])).rejects.toThrow(/must be at most/)
        await store.commit([trim(WORK_LIMITS.TRIM_LINES)])
        expect((await store.changes('acme', WORK_LIMITS.TRIM_LINES, 1))[0]?.place).toBe(WORK_LIMITS.TRIM_LINES + 1)
      })
    })
  })
}
