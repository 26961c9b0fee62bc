// Rows of single writes and Bulk: C0 to C4, D1, D2, X1, X2, X5.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Bench, compare, everywhere, figure, type Samples, variants } from '../bench.ts'
import type { Product } from '../server.ts'
import { least, most, short } from '../table.ts'
import { activeText } from '../workloads.ts'
import { toFloor, withUnit } from './gets.ts'

/** The rows in this file. */
export const WRITE_ROWS = ['C0', 'C1', 'C2', 'C3', 'C3e', 'C4', 'D1', 'D2', 'X1', 'X2', 'X5'] as const

/** Measures them. */
export async function measureWrites(bench: Bench): Promise<void> {
  if (bench.wants('C3')) await canonical(bench, false)
  if (bench.wants('C3e')) await canonical(bench, true)
  if (['C2', 'X5', 'X5.c64'].some(bench.wants)) await bench.attempt('X5', () => patches(bench))
  if (!['C0', 'C1', 'C4', 'D1', 'D2', 'X1', 'X2', 'X2.c64'].some(bench.wants)) return
  const { big } = bench.sizes
  // Bounded, so that creates do not turn one size into another.
  const limit = big >= 100_000 ? 10_000 : 4_000
  const c16 = await everywhere(bench, 'create', { sizes: [big], connections: 16, bare: true, most: limit })
  toFloor(bench, {
    id: 'X2',
    what: 'create, c=16: req/s ÷ floor',
    samples: c16,
    size: big,
    targets: [least(0.5), least(0.7)],
  })
  toFloor(bench, {
    id: 'X1',
    what: 'create, c=16: CPU × floor',
    samples: c16,
    size: big,
    of: 'cpuUs',
    targets: [most(2.5), most(1.5)],
  })
  if (bench.wants('X2.c64')) {
    const c64 = await everywhere(bench, 'create', { sizes: [big], connections: 64, most: limit })
    toFloor(bench, {
      id: 'X2.c64',
      what: 'create, c=64: req/s ÷ floor',
      samples: c64,
      size: big,
      targets: [least(0.5), least(0.7)],
    })
  }
  if (bench.wants('C0')) {
    const c1 = await everywhere(bench, 'create', { sizes: [big], connections: 1, most: 2_000 })
    toFloor(bench, {
      id: 'C0',
      what: 'create, c=1: p50 ÷ floor',
      samples: c1,
      size: big,
      of: 'p50',
      targets: [most(2), most(1.3)],
    })
  }
  if (bench.wants('C4')) await bench.attempt('C4', () => bulk(bench))
  if (bench.wants('C1')) await atBoth(bench)
  if (bench.wants('D1') || bench.wants('D2')) raw(bench, c16)
}

/** PATCH active: the resource has the boolean false afterwards, in whatever form the client sent it. */
async function canonical(bench: Bench, entra: boolean): Promise<void> {
  const found = new Map<Product, string>()
  for (const product of bench.products) {
    const site = bench.site(product, bench.sizes.small)
    const headers = { authorization: `Bearer ${site.token}`, 'content-type': 'application/scim+json' }
    const url = `http://127.0.0.1:${site.server.port}${site.root}/Users`
    const list = (await (await fetch(`${url}?startIndex=7&count=1`, { headers })).json()) as {
      Resources: { id: string }[]
    }
    const user = `${url}/${list.Resources[0]?.id}`
    for (const active of [true, false]) {
      const response = await fetch(user, { method: 'PATCH', headers, body: activeText(active, entra) })
      await response.text()
    }
    found.set(product, JSON.stringify(((await (await fetch(user, { headers })).json()) as { active: unknown }).active))
    await (await fetch(user, { method: 'PATCH', headers, body: activeText(true, false) })).text()
  }
  bench.add({
    id: entra ? 'C3e' : 'C3',
    what: `PATCH active, ${entra ? 'as Entra ID sends it' : 'canonical'}: 1 when false afterwards`,
    floor: found.get('floor'),
    lockstep: found.get('lockstep'),
    ratio: found.has('lockstep') ? Number(found.get('lockstep') === 'false') : Number.NaN,
    hard: least(1),
    stretch: least(1),
  })
}

async function patches(bench: Bench): Promise<void> {
  const { big } = bench.sizes
  const all = [1, 16, 64].flatMap((connections) =>
    variants(bench, { label: `c${connections}`, workload: 'patch entra', sizes: [big], connections }),
  )
  const samples = await compare(bench, new Map(all))
  const rate = (product: string, connections: number) => figure(samples, `c${connections} ${product} ${big}`, 'rate')
  for (const connections of [16, 64]) {
    bench.add({
      id: connections === 16 ? 'X5' : 'X5.c64',
      what: `Entra's PATCH active, c=${connections}: req/s ÷ floor`,
      floor: withUnit(rate('floor', connections), 'rate'),
      lockstep: withUnit(rate('lockstep', connections), 'rate'),
      ratio: rate('lockstep', connections) / rate('floor', connections),
      hard: least(0.5),
      stretch: least(0.7),
    })
  }
  const pair = (product: string) => `${short(rate(product, 1))} → ${short(rate(product, 16))} /s`
  bench.add({
    id: 'C2',
    what: 'PATCH active: req/s at c=16 ÷ at c=1',
    floor: pair('floor'),
    lockstep: pair('lockstep'),
    ratio: rate('lockstep', 16) / rate('lockstep', 1),
    floorRatio: rate('floor', 16) / rate('floor', 1),
    hard: least(2.5),
    stretch: least(4),
  })
}

async function bulk(bench: Bench): Promise<void> {
  const { big } = bench.sizes
  const most = big >= 100_000 ? 5 : 3
  const samples = await compare(
    bench,
    new Map([
      ...variants(bench, { label: 'bulk', workload: 'bulk 1000', sizes: [big], connections: 1, ms: 10_000, most }),
      ...variants(bench, { label: 'single', workload: 'create', sizes: [big], connections: 16, most: most * 1000 }),
    ]),
  )
  // By time, not rate: the generator needs as long to build a request of 1,000 users as some servers need to answer.
  const users = (product: string) => 1_000_000 / figure(samples, `bulk ${product} ${big}`, 'p50')
  const single = (product: string) => figure(samples, `single ${product} ${big}`, 'rate')
  const pair = (product: string) => `${short(users(product))} / ${short(single(product))} users/s`
  bench.add({
    id: 'C4',
    what: 'Bulk of 1,000, c=1: users/s ÷ single creates, c=16',
    floor: pair('floor'),
    lockstep: pair('lockstep'),
    ratio: users('lockstep') / single('lockstep'),
    floorRatio: users('floor') / single('floor'),
    hard: least(3),
    stretch: least(3),
  })
}

async function atBoth(bench: Bench): Promise<void> {
  const { small, big } = bench.sizes
  const samples = await everywhere(bench, 'create', { sizes: [small, big], connections: 16, most: 1_500 })
  const rate = (product: string, size: number) => figure(samples, `${product} ${size}`, 'rate')
  const pair = (product: string) => `${short(rate(product, small))} → ${short(rate(product, big))} /s`
  bench.add({
    id: 'C1',
    what: `create, c=16: req/s at ${big} ÷ at ${small}`,
    floor: pair('floor'),
    lockstep: pair('lockstep'),
    ratio: rate('lockstep', big) / rate('lockstep', small),
    floorRatio: rate('floor', big) / rate('floor', small),
    hard: least(0.7),
    stretch: least(1),
  })
}

/** Compared with plain inserts into SQLite by a program that does nothing else. */
function raw(bench: Bench, created: Samples): void {
  const script = fileURLToPath(new URL('../raw.ts', import.meta.url))
  const text = execFileSync(process.execPath, [script, join(bench.directory, 'raw.db')], { encoding: 'utf8' })
  const rates = JSON.parse(text) as { readonly one: number; readonly many: number }
  const rate = (product: string) => figure(created, `${product} ${bench.sizes.big}`, 'rate')
  for (const [id, what, limit, hard, stretch] of [
    ['D1', '32 per transaction', rates.many, 0.1, 0.4],
    ['D2', '1 per transaction', rates.one, 1, 2],
  ] as const) {
    bench.add({
      id,
      what: `create, c=16: req/s ÷ raw durable insert, ${what}`,
      bare: withUnit(limit, 'rate'),
      floor: withUnit(rate('floor'), 'rate'),
      lockstep: withUnit(rate('lockstep'), 'rate'),
      ratio: rate('lockstep') / limit,
      floorRatio: rate('floor') / limit,
      hard: least(hard),
      stretch: least(stretch),
    })
  }
}
