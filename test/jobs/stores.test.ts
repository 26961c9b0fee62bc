// Readers and workers in real time on real databases, whose connections are cut while they run.

import { expect } from 'vitest'
import { environment } from '../../src/environment.ts'
import { startReader, startWorker } from '../../src/jobs/index.ts'
import { NEVER, type Store, type Write } from '../../src/store/index.ts'
import { onRealDatabases } from '../cut-connections.ts'

const TENANTS = ['t0', 't1', 't2'] as const
const PACE = { leaseMs: 2_000, turnMs: 10_000, pollMs: 200, slots: { total: 4, perTenant: 2 } }
const WRITING_MS = 4_000
const DRAINING_MS = 40_000

/** Starts a reader, a worker and a writer, as one process would. */
function startNode(store: Store, name: string, until: number) {
  const options = { store, owner: name, pace: PACE, report: () => {} }
  const reader = startReader({
    ...options,
    reader: 'sim',
    batchLines: 7,
    async handle({ tenant, lines }) {
      await environment.wait(Math.random() * 5)
      const seen = ({ place, id }: (typeof lines)[0]): Write => ({
        write: 'mark',
        item: { tenant, queue: 'seen', key: String(place) },
        lane: 0,
        due: NEVER - 1,
        state: 'seen',
        value: id,
      })
      return { writes: lines.map(seen) }
    },
  })
  const worker = startWorker({
    ...options,
    queue: 'units',
    async work({ mark }) {
      await environment.wait(Math.random() * 20)
      return { set: { state: '', due: NEVER, value: mark } }
    },
  })
  const write = async () => {
    for (let n = 0; Date.now() < until; n++) {
      const tenant = TENANTS[n % TENANTS.length] ?? TENANTS[0]
      const ref = { tenant, type: 'Setting', id: `${name} ${n}` }
      const item = { tenant, queue: 'units', key: `${n % 5}` }
      await store
        .commit([
          { write: 'note', ref, at: Date.now(), log: { actor: name, paths: [] } },
          { write: 'mark', item, lane: n % 2, due: Date.now(), state: 'ready' },
        ])
        .catch(() => environment.wait(20))
    }
  }
  const written = write()
  return {
    async stop() {
      await written
      await Promise.all([reader.stop(), worker.stop()])
      return { reader: reader.counts(), worker: worker.counts() }
    },
  }
}

/** What is not finished yet in a tenant, or undefined. */
async function unfinished(store: Store, tenant: string): Promise<string | undefined> {
  const [cursor] = await store.cursors(tenant)
  const row = await store.tenant(tenant)
  if (cursor?.place !== row?.place) return `${tenant} has been read up to ${cursor?.place} of ${row?.place}`
  const [item] = (await store.items(tenant, 'units', { limit: 10 })).filter(({ state }) => state !== '')
  return item && `${item.key} of ${tenant} is ${item.state}`
}

/** Every line handled once, and every unit settled at its last mark. */
async function check(store: Store, tenant: string): Promise<void> {
  const log = new Map<string, string>()
  for (let after = 0; ; ) {
    const lines = await store.changes(tenant, after, 500)
    for (const { place, id } of lines) log.set(String(place), id)
    if (lines.length === 0) break
    after = lines.at(-1)?.place ?? after
  }
  expect(log.size).toBeGreaterThan(20)
  const seen = new Map<string, unknown>()
  for (let after: string | undefined; ; ) {
    const items = await store.items(tenant, 'seen', { limit: 1_000, ...(after === undefined ? {} : { after }) })
    for (const { key, mark, value } of items) seen.set(key, mark === 1 ? value : `${mark} times`)
    if (items.length === 0) break
    after = items.at(-1)?.key
  }
  expect(seen).toEqual(new Map([...log].sort(([a], [b]) => (a < b ? -1 : 1))))
  for (const { state, mark, done, value } of await store.items(tenant, 'units', { limit: 10 })) {
    expect({ state, done, value }).toEqual({ state: '', done: mark, value: mark })
  }
}

/** Runs a node on each store, and something that disturbs them. */
async function run(stores: readonly [Store, ...Store[]], disturb: () => Promise<unknown>): Promise<void> {
  const [store] = stores
  for (const tenant of TENANTS) {
    await store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])
    await store.commit([{ write: 'cursor', tenant, reader: 'sim', place: 0 }])
  }
  const until = Date.now() + WRITING_MS
  const nodes = stores.map((one, n) => startNode(one, `node${n}`, until))
  while (Date.now() < until) {
    await environment.wait(300)
    await disturb()
  }
  const end = Date.now() + DRAINING_MS
  for (const tenant of TENANTS) {
    let left = await unfinished(store, tenant)
    while (left !== undefined && Date.now() < end) {
      await environment.wait(200)
      left = await unfinished(store, tenant).catch(String)
    }
    expect(left).toBeUndefined()
  }
  for (const node of nodes) await node.stop()
  for (const tenant of TENANTS) await check(store, tenant)
}

onRealDatabases(run, { processes: 3, share: 0.5 })
