// Random runs of work end the same in every store.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryStore, NEVER, type Store, type Write } from '../src/store/index.ts'
import { postgresStore } from '../src/store/postgres/postgres.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite.ts'
import { startPostgres, type TestServer } from './postgres.ts'
import { creating, removing } from './store.contract.ts'

const PAST = 5
const FAR = 4_000_000_000_000

const tenant = fc.constantFrom('acme', 'acme', 'other', '')
const queue = fc.constantFrom('a', 'a', 'b')
const key = fc.constantFrom('k1', 'k2', 'k3', 'ä', '\u{10400}')
const lane = fc.integer({ min: 0, max: 2 })
const state = fc.constantFrom('', 'ready', 'parked')
const due = fc.constantFrom(1, 2, 50, 60, NEVER)
const number = fc.integer({ min: 0, max: 4 })
const value = fc.constantFrom(null, 1, 'x', { a: 1, b: [true] })
const reader = fc.constantFrom('hub', 'events', 'events/a', 'events/b')
const owner = fc.constantFrom('me', 'you')

const set = fc.record(
  {
    tag: fc.constantFrom('', 't', 'u'),
    lane,
    due,
    state,
    mark: number,
    done: number,
    place: number,
    value,
    expires: fc.constantFrom(PAST, FAR, NEVER, NEVER),
  },
  { requiredKeys: [] },
)

type Make = (tenant: string) => Write
const write: fc.Arbitrary<Make> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        queue,
        key,
        fc.option(set, { nil: undefined, freq: 5 }),
        fc.record({ ifAbsent: fc.constant(true) }, { requiredKeys: [] }),
        fc.record({ ifValue: value }, { requiredKeys: [] }),
        fc.record({ settles: number }, { requiredKeys: [] }),
        fc.integer({ min: 0, max: 9 }),
      )
      .map(([queue, key, set, ifAbsent, ifValue, settles, dice]): Make => {
        const conditions = dice === 0 ? ifAbsent : dice === 1 ? ifValue : dice < 5 ? settles : {}
        return (tenant) => ({ write: 'item', item: { tenant, queue, key }, set, ...conditions })
      }),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        queue,
        key,
        lane,
        fc.constantFrom(1, 2, 50),
        fc.constantFrom('ready', 'parked'),
        fc.record({ mark: number, place: number, tag: fc.constantFrom('', 't'), value }, { requiredKeys: [] }),
      )
      .map(([queue, key, lane, due, state, more]): Make => {
        return (tenant) => ({ write: 'mark', item: { tenant, queue, key }, lane, due, state, ...more })
      }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(reader, fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }), fc.boolean()).map(
      ([reader, place, paused]): Make =>
        (tenant) => ({ write: 'cursor', tenant, reader, place, paused }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(owner, fc.integer({ min: 0, max: 2 })).map(
      ([name, epoch]): Make =>
        (tenant) => ({ write: 'fence', lease: { tenant, name }, epoch }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: 5 }).map(
      (upTo): Make =>
        (tenant) => ({ write: 'trim', tenant, upTo }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(key, fc.boolean()).map(([id, gone]): Make => {
      return (tenant) => {
        const ref = { tenant: tenant === '' ? 'acme' : tenant, type: 'User', id }
        if (tenant === '')
          return { write: 'note', ref: { tenant, type: 'App', id }, at: 1, log: { actor: 'a', paths: [] } }
        const made = gone ? removing('User', id) : creating(id, { userName: id })
        if (made.write === 'remove') return { ...made, ref }
        return made.write === 'create' ? { ...made, draft: { ...made.draft, ...ref } } : made
      }
    }),
  },
)
const commit = fc
  .tuple(tenant, fc.array(write, { minLength: 1, maxLength: 4 }))
  .map(([tenant, makes]) => ({ commit: makes.map((make) => make(tenant)) }))
const lease = fc
  .tuple(tenant, owner, owner, fc.constantFrom(0, 600_000), fc.option(owner, { nil: undefined }))
  .map(([tenant, name, owner, ms, from]) => ({ lease: { tenant, name }, owner, ms, from }))
const release = fc
  .tuple(tenant, owner, fc.integer({ min: 1, max: 3 }))
  .map(([tenant, name, epoch]) => ({ release: { tenant, name }, epoch }))
const step = fc.oneof(
  { weight: 8, arbitrary: commit },
  { weight: 2, arbitrary: lease },
  { weight: 1, arbitrary: release },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

async function run(store: Store, step: Step): Promise<unknown> {
  if ('lease' in step)
    return store.lease(step.lease, step.owner, step.ms, step.from === undefined ? {} : { from: step.from })
  if ('release' in step) return store.release(step.release, step.epoch)
  return store.commit(step.commit).then(
    (written) => written,
    (error: { reason?: string; at?: number; what?: string }) => {
      if (error.reason === undefined) throw error
      return { reason: error.reason, at: error.at, what: error.what }
    },
  )
}

async function everything(store: Store): Promise<unknown> {
  const all: unknown[] = []
  const sorted = <T>(list: readonly T[]) => [...list].map((one) => JSON.stringify(one)).sort()
  for (const name of ['acme', 'other', '']) {
    for (const queue of ['a', 'b']) {
      all.push(await store.items(name, queue, { limit: 100 }))
      all.push(await store.items(name, queue, { limit: 100, tag: 't' }))
      all.push(sorted(await store.items(name, queue, { keys: ['k1', 'ä'] })))
      all.push(await store.states(name, queue))
      const within = { tenant: name, state: 'ready' }
      all.push(sorted(await store.due(queue, { until: NEVER, limit: 100, within })))
    }
    all.push(await store.cursors(name))
    all.push(await store.changes(name, 0, 100).catch((error: { begins?: number }) => error.begins ?? error))
    for (const lease of ['me', 'you']) {
      const holder = await store.leaseHolder({ tenant: name, name: lease })
      all.push(holder && [holder.owner, holder.epoch, holder.leftMs > 0])
    }
  }
  for (const reader of ['hub', 'events']) all.push(sorted(await store.news(reader, 100)))
  for (const queue of ['a', 'b']) {
    const items = await store.due(queue, { until: 55, limit: 100 })
    all.push(
      sorted(items),
      items.map(({ lane, due }) => [lane, due]),
    )
  }
  return all
}

describe('work', () => {
  let stores: { readonly name: string; readonly store: Store }[]
  let server: TestServer
  beforeAll(async () => {
    server = await startPostgres()
    const { url } = await server.database()
    stores = [
      { name: 'memory', store: memoryStore() },
      { name: 'sqlite', store: sqliteStore(':memory:') },
      { name: 'postgres', store: await postgresStore(url) },
    ]
  })
  afterAll(async () => {
    await Promise.all(stores.map(({ store }) => store.close()))
    await server.stop()
  })

  test('any run of commits and leases answers and leaves the same', async () => {
    const existing = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
        for (const { store } of stores) {
          const own: Write[] = []
          for (const queue of ['a', 'b']) {
            for (const { key } of await store.items('', queue, { limit: 100 })) {
              own.push({ write: 'item', item: { tenant: '', queue, key }, set: undefined })
            }
          }
          for (const { reader } of await store.cursors(''))
            own.push({ write: 'cursor', tenant: '', reader, place: undefined })
          if (own.length > 0) await store.commit(own)
          for (const name of ['acme', 'other']) {
            if (existing.has(name)) await store.commit([{ write: 'tenant', tenant: name, as: 'gone', at: 1 }])
            await store.commit([{ write: 'tenant', tenant: name, as: 'new', at: 1 }])
          }
        }
        existing.add('acme').add('other')
        for (const step of steps) {
          const [first, ...others] = await Promise.all(stores.map(async ({ store }) => run(store, step)))
          for (const [at, other] of others.entries()) expect(other, stores[at + 1]?.name).toEqual(first)
        }
        const [first, ...others] = await Promise.all(stores.map(({ store }) => everything(store)))
        for (const [at, other] of others.entries()) expect(other, stores[at + 1]?.name).toEqual(first)
      }),
      { numRuns: 120 },
    )
  })
})
