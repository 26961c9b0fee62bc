// Rows B and B-mixed: how heavy requests slow down light ones.

import { type Bench, measureOnce, median, medianSample } from '../bench.ts'
import type { Sample } from '../drive.ts'
import { runLockstep } from '../server.ts'
import { groupSizes, type OpenSite } from '../site.ts'
import { most, short } from '../table.ts'
import { HOT } from '../workloads.ts'

/** The rows in this file. */
export const STALL_ROWS = [
  'B.calm',
  'B.co',
  'B.scan',
  'B.list200',
  'B.list1000',
  'B.group10k',
  'B.groupGet',
  'B.bulk',
  'B.export',
  'B-mixed',
] as const

const PAUSE_MS = 150
const TIMES = 2

/** Measures them. */
export async function measureStalls(bench: Bench): Promise<void> {
  const { big, huge } = bench.sizes
  const size = huge ?? big
  const largest = groupSizes(big).at(-1) as number
  const kinds: readonly (readonly [
    id: string,
    what: string,
    at: number,
    asked: (site: OpenSite) => string | undefined,
  ])[] = [
    ['calm', 'nothing', big, () => undefined],
    ['co', '`displayName co`', size, () => 'filter displayNameCo'],
    ['scan', 'a filter without an index', size, () => 'filter extension'],
    ['list200', 'a list of 200', big, () => 'path /Users?count=200 200'],
    ['list1000', 'a page of 1,000', big, () => 'path /Users?count=1000 1000'],
    ['group10k', 'a POST of a group of 10,000', big, () => 'group 10000'],
    ['groupGet', `GET of a group of ${largest}`, big, (site) => `path /Groups/${site.groups[largest]} ${largest}`],
    ['bulk', 'a Bulk of 1,000', big, () => 'bulk 1000'],
    ['export', 'an export', big, () => 'export'],
  ]
  for (const [id, what, at, asked] of kinds) {
    if (bench.wants(`B.${id}`)) await bench.attempt(`B.${id}`, () => stall(bench, { id, what, at, asked }))
  }
  if (bench.wants('B-mixed')) await bench.attempt('B-mixed', () => mixed(bench))
}

async function stall(
  bench: Bench,
  kind: {
    readonly id: string
    readonly what: string
    readonly at: number
    readonly asked: (site: OpenSite) => string | undefined
  },
): Promise<void> {
  const found = new Map<string, { readonly light: Sample; readonly heavyMs: number }>()
  for (const product of bench.products) {
    const site = bench.site(product, kind.at)
    const text = kind.asked(site)
    if (text === 'export' && product === 'floor') continue
    await measureOnce(bench, { site, asked: [{ workload: 'touch', connections: 4 }], ms: 20_000, most: HOT })
    const samples: { light: Sample; heavyMs: number }[] = []
    for (let round = 0; round < Math.min(bench.rounds, 5); round++) samples.push(await beside(bench, site, text))
    found.set(product, {
      light: medianSample(samples.map((one) => one.light)),
      heavyMs: median(samples.map((one) => one.heavyMs)),
    })
  }
  const cell = (product: string) => {
    const one = found.get(product)
    if (one === undefined) return undefined
    const { p99, max } = one.light
    return `${short(p99)} / ${short(max)} ms (${short(one.heavyMs)})`
  }
  bench.add({
    id: `B.${kind.id}`,
    what: `GET by id, c=4, beside ${kind.what}, ${kind.at}: p99 / slowest (the heavy one)`,
    floor: cell('floor'),
    lockstep: cell('lockstep'),
    ratio: found.get('lockstep')?.light.max ?? Number.NaN,
    floorRatio: found.get('floor')?.light.max,
    hard: most(25),
    stretch: most(10),
  })
}

/** The light requests while the heavy one runs a few times, with pauses. */
async function beside(
  bench: Bench,
  site: OpenSite,
  heavy: string | undefined,
): Promise<{ light: Sample; heavyMs: number }> {
  const asked = [{ workload: 'get hot', connections: 4 }]
  const light = bench.loader.measure({ site: site.name, asked, ms: 60_000, sleeps: true })
  // Awaited below; if the heavy request fails first, its error is the one to report.
  light.catch(() => {})
  const times: number[] = []
  try {
    await pause(PAUSE_MS)
    if (heavy === undefined) await pause(3 * PAUSE_MS)
    for (let turn = 0; heavy !== undefined && turn < TIMES; turn++) {
      times.push(await heavyOnce(bench, site, heavy))
      await pause(PAUSE_MS)
    }
  } finally {
    await bench.loader.stop()
    await light.catch(() => {})
  }
  const [sample] = await light
  if (sample === undefined) throw new Error('nothing was measured')
  return { light: sample, heavyMs: times.length === 0 ? 0 : median(times) }
}

/** Milliseconds of the heavy request; with the probe before it, it runs twice. */
async function heavyOnce(bench: Bench, site: OpenSite, heavy: string): Promise<number> {
  if (heavy === 'export') {
    const began = performance.now()
    const code = await runLockstep(['export', '--tenant', 'bench', '--database', `sqlite:${site.file}`])
    if (code !== 0) throw new Error(`lockstep export ended with ${code}`)
    return performance.now() - began
  }
  const asked = [{ workload: heavy, connections: 1 }]
  const [sample] = await bench.heavy.measure({ site: site.name, asked, ms: 60_000, most: 1, sleeps: true })
  return sample?.p50 ?? Number.NaN
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Twelve readers and four writers at once. */
async function mixed(bench: Bench): Promise<void> {
  const asked = [
    { workload: 'get hot', connections: 12 },
    { workload: 'patch canonical', connections: 4 },
  ]
  const found = new Map<string, { readonly reads: Sample; readonly writes: Sample }>()
  for (const product of bench.products) {
    const reads: Sample[] = []
    const writes: Sample[] = []
    for (let round = 0; round < bench.rounds; round++) {
      const [read, write] = await measureOnce(bench, { site: bench.site(product, bench.sizes.big), asked })
      if (read !== undefined) reads.push(read)
      if (write !== undefined) writes.push(write)
    }
    found.set(product, { reads: medianSample(reads), writes: medianSample(writes) })
  }
  const cell = (product: string) => {
    const one = found.get(product)
    if (one === undefined) return undefined
    return `${short(one.reads.rate)} + ${short(one.writes.rate)} /s, ${short(one.reads.p50)} / ${short(one.reads.p99)} ms`
  }
  const ratio = (product: string) =>
    (found.get(product)?.reads.p99 ?? Number.NaN) / (found.get(product)?.reads.p50 ?? Number.NaN)
  bench.add({
    id: 'B-mixed',
    what: '12 readers and 4 writers: p99 ÷ p50 of GET by id',
    floor: cell('floor'),
    lockstep: cell('lockstep'),
    ratio: ratio('lockstep'),
    floorRatio: ratio('floor'),
    hard: most(6),
    stretch: most(3),
  })
}
