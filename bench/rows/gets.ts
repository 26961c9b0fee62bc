// Rows of GET by id: R1, R2, R3, X3.

import { type Bench, everywhere, figure, type Samples } from '../bench.ts'
import type { Sample } from '../drive.ts'
import { least, most, short, type Target } from '../table.ts'

/** The rows in this file. */
export const GET_ROWS = ['R1', 'R2', 'R3', 'X3'] as const

/** Measures them. */
export async function measureGets(bench: Bench): Promise<void> {
  const { small, big, huge } = bench.sizes
  const hot = await everywhere(bench, 'get hot', { sizes: [small, big], connections: 16, bare: true })
  const uniform = await everywhere(bench, 'get all', { sizes: [big], connections: 16, bare: true })
  const both = (
    id: string,
    what: string,
    samples: Samples,
    size: number,
    rate: readonly Target[],
    cpu: readonly Target[],
  ) => {
    toBare(bench, {
      id: `R1.${id}`,
      what: `GET by id, ${what}, c=16: req/s ÷ bare`,
      samples,
      size,
      of: 'rate',
      targets: rate,
    })
    toBare(bench, {
      id: `R2.${id}`,
      what: `GET by id, ${what}, c=16: CPU µs × bare`,
      samples,
      size,
      of: 'cpuUs',
      targets: cpu,
    })
  }
  both('hot', 'hot 10,000', hot, big, [least(0.7), least(0.8)], [most(2.5), most(1.5)])
  both('all', `uniform over ${big}`, uniform, big, [least(0.4), least(0.7)], [most(2.5), most(1.5)])
  const growth = (product: string) =>
    figure(hot, `${product} ${big}`, 'cpuUs') / figure(hot, `${product} ${small}`, 'cpuUs')
  const pair = (product: string) =>
    `${short(figure(hot, `${product} ${small}`, 'cpuUs'))} → ${short(figure(hot, `${product} ${big}`, 'cpuUs'))} µs`
  bench.add({
    id: 'R3',
    what: `GET by id: CPU at ${big} ÷ at ${small}`,
    floor: pair('floor'),
    lockstep: pair('lockstep'),
    ratio: growth('lockstep'),
    floorRatio: growth('floor'),
    hard: most(1.3),
    stretch: most(1.1),
  })
  toFloor(bench, {
    id: 'X3',
    what: 'GET by id, hot, c=16: req/s ÷ floor',
    samples: hot,
    size: big,
    targets: [least(0.75), least(1)],
  })
  if (huge === undefined) return
  const hugeUniform = await everywhere(bench, 'get all', { sizes: [huge], connections: 16, bare: true })
  both('1M', `uniform over ${huge}`, hugeUniform, huge, [least(0.3), least(0.7)], [most(3.2), most(1.5)])
}

/** A row whose ratio is Lockstep's figure divided by bare's. */
export function toBare(
  bench: Bench,
  row: {
    readonly id: string
    readonly what: string
    readonly samples: Samples
    readonly size: number
    readonly of: 'rate' | 'cpuUs'
    readonly targets: readonly Target[]
  },
): void {
  const { samples, size, of, targets } = row
  const [bare, floor, lockstep] = ['bare', `floor ${size}`, `lockstep ${size}`].map((name) => figure(samples, name, of))
  if (bare === undefined || floor === undefined || lockstep === undefined) return
  bench.add({
    id: row.id,
    what: row.what,
    bare: withUnit(bare, of),
    floor: withUnit(floor, of),
    lockstep: withUnit(lockstep, of),
    ratio: lockstep / bare,
    floorRatio: floor / bare,
    hard: targets[0],
    stretch: targets[1],
  })
}

/** A row whose ratio is Lockstep's figure divided by the floor's. */
export function toFloor(
  bench: Bench,
  row: {
    readonly id: string
    readonly what: string
    readonly samples: Samples
    readonly size: number
    readonly of?: keyof Omit<Sample, 'wrongSaid'>
    readonly targets: readonly Target[]
  },
): void {
  const of = row.of ?? 'rate'
  const floor = figure(row.samples, `floor ${row.size}`, of)
  const lockstep = figure(row.samples, `lockstep ${row.size}`, of)
  bench.add({
    id: row.id,
    what: row.what,
    floor: withUnit(floor, of),
    lockstep: withUnit(lockstep, of),
    ratio: lockstep / floor,
    hard: row.targets[0],
    stretch: row.targets[1],
  })
}

/** A figure with its unit. */
export function withUnit(value: number, of: keyof Omit<Sample, 'wrongSaid'>): string {
  if (of === 'rate') return `${short(value)} /s`
  return of === 'cpuUs' ? `${short(value)} µs` : `${short(value)} ms`
}
