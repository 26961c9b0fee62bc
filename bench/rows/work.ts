// Rows of durable work: K1 marks, claims and settles items, K2 idle tenants, K3 reading what is due.

import { join } from 'node:path'
import { createDirectory } from '../../src/directory/index.ts'
import { STRICT } from '../../src/protocol/index.ts'
import type { Store, Write } from '../../src/store/index.ts'
import { sqliteStore } from '../../src/store/sqlite/sqlite.ts'
import { type Bench, median } from '../bench.ts'
import { least, most, short } from '../table.ts'
import { userText } from '../users.ts'

/** The rows in this file. */
export const WORK_ROWS = ['K1', 'K2', 'K3'] as const

const QUEUE = 'links/crm'
/** Items in one commit, and in one read. */
const CHUNK = 1_000
/** Creates that are under way at the same time. */
const LANES = 16
/** Reads of which the middle one counts. */
const READS = 101
const LEASE = { tenant: 'acme', name: 'crm' } as const

/** Measures them, in this process, on SQLite files of their own. */
export async function measureWork(bench: Bench): Promise<void> {
  if (bench.wants('K1')) await bench.attempt('K1', () => settled(bench))
  if (bench.wants('K2')) await bench.attempt('K2', () => idle(bench))
  if (bench.wants('K3')) await bench.attempt('K3', () => due(bench))
}

/** Items per second of CPU time, beside resources created per second of CPU time by the directory on the same kind of store. */
async function settled(bench: Bench): Promise<void> {
  const items = bench.sizes.big >= 100_000 ? 100_000 : 20_000
  const creates = items / 10
  const ratios: number[] = []
  const [worked, created]: [number[], number[]] = [[], []]
  for (let round = 0; round < bench.rounds; round++) {
    const store = await storeOf(bench, `k1-${round}`)
    await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    const perSecond = items / (await cpuSeconds(() => work(store, items)))
    const directory = createDirectory({ store })
    const context = { tenant: 'acme', actor: 'bench', allow: STRICT }
    let next = 0
    const lane = async () => {
      while (next < creates) await directory.create(context, 'User', JSON.parse(userText(next++)))
    }
    const lanes = () => Promise.all(Array.from({ length: LANES }, lane))
    const own = creates / (await cpuSeconds(lanes))
    await store.close()
    worked.push(perSecond)
    created.push(own)
    ratios.push(perSecond / own)
  }
  bench.add({
    id: 'K1',
    what: `${items.toLocaleString('en')} items marked, claimed, settled: items per CPU second ÷ creates per CPU second`,
    floor: `${short(median(created))}/s`,
    lockstep: `${short(median(worked))}/s`,
    ratio: median(ratios),
    hard: least(3),
    stretch: least(6),
  })
}

/** Marks items, then takes what is due under a lease and puts it to rest. */
async function work(store: Store, items: number): Promise<void> {
  for (let at = 0; at < items; at += CHUNK) await store.commit(Array.from({ length: CHUNK }, (_, i) => mark(at + i)))
  for (;;) {
    const lease = await store.lease(LEASE, 'bench', 60_000)
    const found = await store.due(QUEUE, { until: 2_000, limit: CHUNK })
    if (found.length === 0 || lease === undefined) return
    await store.commit([
      { write: 'fence', lease: LEASE, epoch: lease.epoch },
      ...found.map(
        ({ key, mark }): Write => ({
          write: 'item',
          item: { tenant: 'acme', queue: QUEUE, key },
          set: {
            state: '',
            due: Number.MAX_SAFE_INTEGER,
            value: { acked: mark, hash: 'b1946ac92492d2347c6235b4d2611184' },
          },
          settles: mark,
        }),
      ),
    ])
  }
}

function mark(n: number): Write {
  const item = { tenant: 'acme', queue: QUEUE, key: `2819c223-7f76-453a-919d-${String(n).padStart(12, '0')}` }
  return { write: 'mark', item, lane: 2 + (n % 4), due: 1_000 + (n % 500), state: 'ready' }
}

/** What one look for work costs where many tenants have readers of their log, and none of them is behind. */
async function idle(bench: Bench): Promise<void> {
  const few = await storeOf(bench, 'k2-few')
  const many = await storeOf(bench, 'k2-many')
  await fillTenants(few, 10)
  await fillTenants(many, 10_000)
  const look = async (store: Store) => {
    await store.news('hub', CHUNK)
    await store.due(QUEUE, { until: 2_000, limit: CHUNK })
  }
  const [small, large] = await inTurn([() => look(few), () => look(many)])
  await few.close()
  await many.close()
  bench.add({
    id: 'K2',
    what: 'one look for news and due work: 10,000 idle tenants ÷ 10',
    floor: `${short(small * 1_000)} µs`,
    lockstep: `${short(large * 1_000)} µs`,
    ratio: large / small,
    hard: most(1.5),
    stretch: most(1.2),
  })
}

/** Each tenant has a line in its log, and a reader that has read it. */
async function fillTenants(store: Store, count: number): Promise<void> {
  for (let at = 0; at < count; at += CHUNK) {
    const names = Array.from({ length: Math.min(CHUNK, count - at) }, (_, i) => `tenant-${at + i}`)
    await Promise.all(names.map((tenant) => store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])))
    await Promise.all(
      names.map((tenant) =>
        store.commit([
          { write: 'note', ref: { tenant, type: 'Tenant', id: tenant }, at: 1, log: { actor: 'bench', paths: [] } },
          { write: 'cursor', tenant, reader: 'hub', place: 1 },
        ]),
      ),
    )
  }
}

/** Reading a page of what is due: many are due against few. */
async function due(bench: Bench): Promise<void> {
  const large = bench.sizes.huge ?? bench.sizes.big * 10
  const stores: Store[] = []
  for (const count of [bench.sizes.small, large]) {
    const store = await storeOf(bench, `k3-${count}`)
    await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    for (let at = 0; at < count; at += CHUNK) await store.commit(Array.from({ length: CHUNK }, (_, i) => mark(at + i)))
    stores.push(store)
  }
  const read = (store: Store) => store.due(QUEUE, { until: 2_000, limit: 100 })
  const [few, many] = await inTurn(stores.map((store) => () => read(store)))
  for (const store of stores) await store.close()
  bench.add({
    id: 'K3',
    what: `100 due items: ${large.toLocaleString('en')} due ÷ ${bench.sizes.small.toLocaleString('en')}`,
    floor: `${short(few * 1_000)} µs`,
    lockstep: `${short(many * 1_000)} µs`,
    ratio: many / few,
    hard: most(1.5),
    stretch: most(1.2),
  })
}

async function storeOf(bench: Bench, name: string): Promise<Store> {
  return sqliteStore(join(bench.directory, `${name}.db`))
}

async function cpuSeconds(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000_000
}

/** The middle time of each, in milliseconds, run in turn after one round that doesn't count. */
async function inTurn(runs: readonly (() => Promise<unknown>)[]): Promise<[number, number]> {
  const times = runs.map((): number[] => [])
  for (let round = 0; round <= READS; round++) {
    for (const [at, run] of runs.entries()) {
      const began = performance.now()
      await run()
      if (round > 0) times[at]?.push(performance.now() - began)
    }
  }
  return [median(times[0] ?? []), median(times[1] ?? [])]
}
