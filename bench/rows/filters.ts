// Rows of filters: E (÷ bare), F, F1M, F-cost, F-sw, F-co, F-scan, X4.

import { type Bench, compare, everywhere, figure, type Samples, variants } from '../bench.ts'
import { least, most, short, type Target } from '../table.ts'
import { toBare, toFloor, withUnit } from './gets.ts'

/** The rows in this file. */
export const FILTER_ROWS = ['E', 'F', 'F1M', 'F-cost', 'F-sw', 'F-co', 'F-scan', 'X4'] as const

const INDEXED: readonly (readonly [kind: string, what: string])[] = [
  ['eq', '`userName eq`'],
  ['case', '`userName eq` in other case'],
  ['external', '`externalId eq`'],
  ['miss', '`userName eq`, no match'],
  ['email', '`emails[type eq "work"].value eq`'],
  ['emailAnd', '`emails[type eq … and value eq …]`'],
  ['and', '`userName eq … and active eq …`'],
  ['orAnd', '`(userName eq … or externalId eq …) and active eq …`'],
  ['sw', '`userName sw`, 10 matches'],
]

/** Measures them. */
export async function measureFilters(bench: Bench): Promise<void> {
  for (const [kind, what] of INDEXED) {
    const ids = [`E.${kind}`, kind === 'sw' ? 'F-sw' : `F.${kind}`, `F1M.${kind}`]
    if (kind === 'eq') ids.push('X4')
    if (ids.some(bench.wants)) await bench.attempt(`E.${kind}`, () => indexed(bench, kind, what))
  }
  if (['F-cost', 'F1M.p50'].some(bench.wants)) await bench.attempt('F-cost', () => costs(bench))
  for (const kind of ['userNameCo', 'displayNameCo'] as const) {
    if (!bench.wants(`F-co.${kind}`)) continue
    const what = `\`${kind.slice(0, -2)} co\`, c=1: p50 µs per 1,000 users`
    const targets = [most(150), most(20)]
    await bench.attempt(`F-co.${kind}`, () => scan(bench, { id: `F-co.${kind}`, what, kind, per: 1000, targets }))
  }
  if (!bench.wants('F-scan')) return
  const what = '`costCenter eq` (no index), c=1: p50 µs per user'
  const targets = [most(2), most(1)]
  await bench.attempt('F-scan', () => scan(bench, { id: 'F-scan', what, kind: 'extension', per: 1, targets }))
}

async function indexed(bench: Bench, kind: string, what: string): Promise<void> {
  const { small, big, huge } = bench.sizes
  const sizes = huge === undefined ? [small, big] : [small, big, huge]
  const samples = await everywhere(bench, `filter ${kind}`, { sizes, connections: 16, bare: true })
  const bare = { id: `E.${kind}`, what: `${what}, c=16: req/s ÷ bare`, samples, size: big, of: 'rate' } as const
  toBare(bench, { ...bare, targets: [least(0.55)] })
  const id = kind === 'sw' ? 'F-sw' : `F.${kind}`
  const goals = kind === 'sw' ? [most(2), most(1.2)] : [most(1.5), most(1.2)]
  growth(bench, { id, what, samples, from: small, to: big, targets: goals })
  if (huge !== undefined) {
    growth(bench, { id: `F1M.${kind}`, what, samples, from: small, to: huge, targets: [most(1.8), most(1.5)] })
  }
  if (kind !== 'eq') return
  toFloor(bench, {
    id: 'X4',
    what: '`userName eq`, c=16: req/s ÷ floor',
    samples,
    size: big,
    targets: [least(0.6), least(0.9)],
  })
}

function growth(
  bench: Bench,
  row: {
    readonly id: string
    readonly what: string
    readonly samples: Samples
    readonly from: number
    readonly to: number
    readonly targets: readonly Target[]
  },
): void {
  const at = (product: string, size: number) => figure(row.samples, `${product} ${size}`, 'cpuUs')
  const pair = (product: string) => `${short(at(product, row.from))} → ${short(at(product, row.to))} µs`
  bench.add({
    id: row.id,
    what: `${row.what}, c=16: CPU at ${row.to} ÷ at ${row.from}`,
    floor: pair('floor'),
    lockstep: pair('lockstep'),
    ratio: at('lockstep', row.to) / at('lockstep', row.from),
    floorRatio: at('floor', row.to) / at('floor', row.from),
    hard: row.targets[0],
    stretch: row.targets[1],
  })
}

async function costs(bench: Bench): Promise<void> {
  const { small, big, huge } = bench.sizes
  if (bench.wants('F-cost')) {
    const both = await compare(
      bench,
      new Map([
        ...variants(bench, { label: 'filter', workload: 'filter eq', sizes: [big], connections: 16 }),
        ...variants(bench, { label: 'get', workload: 'get all', sizes: [big], connections: 16 }),
      ]),
    )
    const [floor, lockstep] = ['floor', 'lockstep'].map((product) => {
      return [
        figure(both, `filter ${product} ${big}`, 'cpuUs'),
        figure(both, `get ${product} ${big}`, 'cpuUs'),
      ] as const
    })
    if (floor === undefined || lockstep === undefined) return
    bench.add({
      id: 'F-cost',
      what: '`userName eq` ÷ GET by id (uniform): CPU',
      floor: `${short(floor[0])} / ${short(floor[1])} µs`,
      lockstep: `${short(lockstep[0])} / ${short(lockstep[1])} µs`,
      ratio: lockstep[0] / lockstep[1],
      floorRatio: floor[0] / floor[1],
      hard: most(1.6),
      stretch: most(1.2),
    })
  }
  if (huge === undefined || !bench.wants('F1M.p50')) return
  const samples = await everywhere(bench, 'filter eq', { sizes: [small, huge], connections: 1 })
  const at = (product: string, size: number) => figure(samples, `${product} ${size}`, 'p50')
  const pair = (product: string) => `${short(at(product, small))} → ${short(at(product, huge))} ms`
  bench.add({
    id: 'F1M.p50',
    what: `\`userName eq\`, c=1: p50 at ${huge} ÷ at ${small}`,
    floor: pair('floor'),
    lockstep: pair('lockstep'),
    ratio: at('lockstep', huge) / at('lockstep', small),
    floorRatio: at('floor', huge) / at('floor', small),
    hard: most(1.5),
    stretch: most(1.25),
  })
}

async function scan(
  bench: Bench,
  row: {
    readonly id: string
    readonly what: string
    readonly kind: string
    readonly per: number
    readonly targets: readonly Target[]
  },
): Promise<void> {
  const { big } = bench.sizes
  const samples = await everywhere(bench, `filter ${row.kind}`, { sizes: [big], connections: 1 })
  const at = (product: string) => figure(samples, `${product} ${big}`, 'p50')
  const cost = (product: string) => (at(product) * 1000 * row.per) / big
  bench.add({
    id: row.id,
    what: row.what,
    floor: withUnit(at('floor'), 'p50'),
    lockstep: withUnit(at('lockstep'), 'p50'),
    ratio: cost('lockstep'),
    floorRatio: cost('floor'),
    hard: row.targets[0],
    stretch: row.targets[1],
  })
}
