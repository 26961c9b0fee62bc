// Rows of pages: L1 to L5.

import { type Bench, compare, figure, type Samples, variants } from '../bench.ts'
import type { OpenSite } from '../site.ts'
import { most, type Row, short, type Target } from '../table.ts'
import { SPARE } from '../workloads.ts'

/** The rows in this file. */
export const LIST_ROWS = ['L1', 'L2', 'L3', 'L4', 'L5'] as const

interface Page {
  readonly totalResults: number
  readonly nextCursor?: string
  readonly Resources?: readonly { readonly id: string }[]
}

/** Measures them. */
export async function measureLists(bench: Bench): Promise<void> {
  const { small, big, huge } = bench.sizes
  const sizes = huge === undefined ? [big] : [big, huge]
  const first = 'path /Users?startIndex=1&count=100 100'
  for (const size of sizes) {
    const tag = size === huge ? '.1M' : ''
    if (bench.wants(`L1${tag}`) || bench.wants(`L2${tag}`)) {
      await bench.attempt(`L1${tag}`, () => cursors(bench, size, tag))
    }
    if (!bench.wants(`L3${tag}`)) continue
    const last = `path /Users?startIndex=${size + SPARE - 99}&count=100 100`
    const samples = await compare(
      bench,
      new Map([
        ...variants(bench, { label: 'from', workload: first, sizes: [size], connections: 1 }),
        ...variants(bench, { label: 'to', workload: last, sizes: [size], connections: 1 }),
      ]),
    )
    const what = `last page by startIndex ÷ first, ${size}, c=1: p50`
    bench.add(growth({ id: `L3${tag}`, what, samples, sizes: [size, size], targets: [most(1.5), most(1.1)] }))
  }
  if (bench.wants('L4')) {
    const samples = await compare(
      bench,
      new Map([
        ...variants(bench, { label: 'from', workload: first, sizes: [small], connections: 1 }),
        ...variants(bench, { label: 'to', workload: first, sizes: [big], connections: 1 }),
      ]),
    )
    const what = `first page of 100 at ${big} ÷ at ${small}, c=1: p50`
    bench.add(growth({ id: 'L4', what, samples, sizes: [small, big], targets: [most(1.5), most(1.1)] }))
  }
  if (!bench.wants('L5')) return
  const samples = await compare(
    bench,
    new Map([
      ...variants(bench, { label: 'list', workload: first, sizes: [big], connections: 16 }),
      ...variants(bench, { label: 'get', workload: 'get all', sizes: [big], connections: 16 }),
    ]),
  )
  const cost = (what: string, product: string) => figure(samples, `${what} ${product} ${big}`, 'cpuUs')
  const pair = (product: string) => [cost('list', product) / 100, cost('get', product)] as const
  const ratio = (product: string) => pair(product)[0] / pair(product)[1]
  bench.add({
    id: 'L5',
    what: 'page of 100, c=16: CPU per listed user ÷ CPU of one GET',
    floor: pair('floor')
      .map((value) => `${short(value)} µs`)
      .join(' / '),
    lockstep: pair('lockstep')
      .map((value) => `${short(value)} µs`)
      .join(' / '),
    ratio: ratio('lockstep'),
    floorRatio: ratio('floor'),
    hard: most(0.3),
    stretch: most(0.15),
  })
}

/** Walks all cursor pages once, then compares the first with the last. RFC 9865 §2. */
async function cursors(bench: Bench, size: number, tag: string): Promise<void> {
  const walks = new Map<string, { readonly seen: number; readonly first: string; readonly last: string }>()
  for (const product of bench.products) {
    const site = bench.site(product, size)
    walks.set(site.name, await walk(site))
  }
  const at = (site: OpenSite) => walks.get(site.name)
  const samples = await compare(
    bench,
    new Map([
      ...variants(bench, {
        label: 'from',
        workload: (site) => `path ${at(site)?.first} 100`,
        sizes: [size],
        connections: 1,
      }),
      ...variants(bench, {
        label: 'to',
        workload: (site) => `path ${at(site)?.last} 100`,
        sizes: [size],
        connections: 1,
      }),
    ]),
  )
  const targets = tag === '' ? [most(1.2), most(1.1)] : [most(1.6), most(1.1)]
  const what = `last cursor page ÷ first, ${size}, c=1: p50`
  bench.add(growth({ id: `L1${tag}`, what, samples, sizes: [size, size], targets }))
  const missed = (product: string) => size + SPARE - (walks.get(`${product} ${size}`)?.seen ?? Number.NaN)
  bench.add({
    id: `L2${tag}`,
    what: `users not seen in a walk by cursor over ${size + SPARE}`,
    floor: String(missed('floor')),
    lockstep: String(missed('lockstep')),
    ratio: missed('lockstep'),
    floorRatio: missed('floor'),
    hard: most(0),
    stretch: most(0),
  })
}

/** All pages of 100: how many users they show, and the paths of the first page and of the last full one. */
export async function walk(site: OpenSite): Promise<{ seen: number; first: string; last: string }> {
  // The floor's cursors start from 0, Lockstep's from an empty one.
  const start = site.product === 'floor' ? '0' : ''
  const path = (cursor: string) => `/Users?cursor=${encodeURIComponent(cursor)}&count=100`
  const headers = { authorization: `Bearer ${site.token}` }
  const seen = new Set<string>()
  let cursor: string | undefined = start
  let last = start
  while (cursor !== undefined) {
    const response = await fetch(`http://127.0.0.1:${site.server.port}${site.root}${path(cursor)}`, { headers })
    const page = (await response.json()) as Page
    if (response.status !== 200) throw new Error(`${site.name}: a cursor page: ${JSON.stringify(page)}`)
    const users = page.Resources ?? []
    for (const user of users) seen.add(user.id)
    if (users.length === 100) last = cursor
    cursor = users.length === 0 ? undefined : page.nextCursor
  }
  return { seen: seen.size, first: path(start), last: path(last) }
}

/** A row whose ratio is the p50 of the samples labelled `to` divided by that of those labelled `from`. */
export function growth(row: {
  readonly id: string
  readonly what: string
  readonly samples: Samples
  readonly sizes: readonly [from: number, to: number]
  readonly targets: readonly Target[]
}): Row {
  const at = (product: string) =>
    [
      figure(row.samples, `from ${product} ${row.sizes[0]}`, 'p50'),
      figure(row.samples, `to ${product} ${row.sizes[1]}`, 'p50'),
    ] as const
  const pair = (product: string) => at(product).map(short).join(' → ')
  const ratio = (product: string) => at(product)[1] / at(product)[0]
  return {
    id: row.id,
    what: row.what,
    floor: `${pair('floor')} ms`,
    lockstep: `${pair('lockstep')} ms`,
    ratio: ratio('lockstep'),
    floorRatio: ratio('floor'),
    hard: row.targets[0],
    stretch: row.targets[1],
  }
}
