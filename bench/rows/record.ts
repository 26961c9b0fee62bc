// Rows of the record of requests: what recording costs the hot paths (RC.get, RC.create, RC.patch).

import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Bench, measureOnce, median } from '../bench.ts'
import { type OpenSite, openSite, type Prepared, prepare } from '../site.ts'
import { least } from '../table.ts'
import { HOT } from '../workloads.ts'
import { withUnit } from './gets.ts'

/** The rows in this file. */
export const RECORD_ROWS = ['RC.get', 'RC.create', 'RC.patch'] as const

/** Rounds, each with and without: the ratio of each pair is taken, since other load on the machine affects both alike. */
const PAIRS = 25
/** Creates in one measurement, so that the databases stay alike. */
const CREATES = 3_000

/** Measures two servers on copies of one database, one that records and one that doesn't, in turn. */
export async function measureRecord(bench: Bench): Promise<void> {
  if (!bench.products.includes('lockstep')) return
  const { directory, loader, say } = bench
  const size = bench.sizes.small
  const folder = join(directory, 'record')
  mkdirSync(folder)
  const prepared = await prepare({ product: 'lockstep', size, directory: folder, loader, say })
  const on = await openCopy(bench, prepared, 'on')
  const off = await openCopy(bench, prepared, 'off')
  try {
    for (const [id, what, workload, most] of [
      ['RC.get', 'GET by id, hot', 'get hot', undefined],
      ['RC.create', 'create', 'create', CREATES],
      ['RC.patch', "Entra's PATCH active", 'patch entra', undefined],
    ] as const) {
      if (bench.wants(id)) await bench.attempt(id, () => pair(bench, { id, what, workload, most, on, off }))
    }
  } finally {
    for (const { server } of [on, off]) await server.stop()
  }
}

async function openCopy({ directory, loader }: Bench, prepared: Prepared, record: 'on' | 'off'): Promise<OpenSite> {
  const folder = join(directory, `record-${record}`)
  cpSync(join(directory, 'record', 'lockstep-1000'), folder, { recursive: true })
  const place = record === 'on' ? 'beside' : 'off'
  const copy = { ...prepared, file: join(folder, 'bench.db') }
  return openSite(copy, [loader], [], { name: `record ${record}`, more: ['--record', place] })
}

async function pair(
  bench: Bench,
  {
    id,
    what,
    workload,
    most,
    on,
    off,
  }: {
    readonly id: string
    readonly what: string
    readonly workload: string
    readonly most: number | undefined
    readonly on: OpenSite
    readonly off: OpenSite
  },
): Promise<void> {
  const limits = most === undefined ? {} : { most }
  const once = async (site: OpenSite, ms = bench.ms) => {
    const asked = [{ workload, connections: 16 }]
    const [sample] = await measureOnce(bench, { site, asked, ms, ...limits })
    return sample?.rate ?? Number.NaN
  }
  for (const site of [on, off]) {
    if (workload === 'get hot')
      await measureOnce(bench, { site, asked: [{ workload: 'touch', connections: 16 }], ms: 20_000, most: HOT })
    await once(site, 3 * bench.warmMs)
  }
  const rates: { readonly on: number; readonly off: number }[] = []
  for (let round = 0; round < PAIRS; round++) {
    const first = round % 2 === 0 ? on : off
    const a = await once(first)
    const b = await once(first === on ? off : on)
    rates.push(first === on ? { on: a, off: b } : { on: b, off: a })
  }
  bench.add({
    id,
    what: `${what}, c=16: req/s with requests recorded ÷ without`,
    floor: withUnit(median(rates.map((one) => one.off)), 'rate'),
    lockstep: withUnit(median(rates.map((one) => one.on)), 'rate'),
    ratio: median(rates.map((one) => one.on / one.off)),
    hard: least(0.97),
    stretch: least(0.99),
  })
}
