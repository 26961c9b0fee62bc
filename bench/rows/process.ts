// Rows of the whole process: memory (M), start (S1, X7) and loss (S2).

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Bench, median } from '../bench.ts'
import { memoryMiB } from '../proc.ts'
import { createTenant, type Product, startProduct } from '../server.ts'
import { most, short } from '../table.ts'
import { SPARE } from '../workloads.ts'

/** The rows in this file. */
export const PROCESS_ROWS = ['M1', 'M2', 'M-empty', 'M-huge', 'X7', 'S1', 'S-huge', 'S2'] as const

interface Seen {
  readonly readyMs: number
  readonly rss: number
  readonly own: number
}

/** Measures them. The open sites are closed by now: each file has one server at a time. */
export async function measureProcess(bench: Bench): Promise<void> {
  const { small, big, huge } = bench.sizes
  const seen = new Map<string, Seen>()
  for (const size of [0, small, big, ...(huge === undefined ? [] : [huge])]) {
    for (const product of bench.products) seen.set(`${product} ${size}`, await serveAWhile(bench, product, size))
  }
  const at = (product: string, size: number, of: keyof Seen) => seen.get(`${product} ${size}`)?.[of] ?? Number.NaN
  const sizes = (product: string, all: readonly number[], of: keyof Seen) =>
    `${all.map((size) => short(at(product, size, of))).join(' → ')} ${of === 'readyMs' ? 'ms' : 'MiB'}`
  const row = (options: {
    readonly id: string
    readonly what: string
    readonly show: readonly number[]
    readonly of: keyof Seen
    readonly ratio: (product: Product) => number
    readonly hard: number
    readonly stretch?: number
  }) =>
    bench.add({
      id: options.id,
      what: options.what,
      floor: sizes('floor', options.show, options.of),
      lockstep: sizes('lockstep', options.show, options.of),
      ratio: options.ratio('lockstep'),
      floorRatio: options.ratio('floor'),
      hard: most(options.hard),
      ...(options.stretch === undefined ? {} : { stretch: most(options.stretch) }),
    })
  const rss = 'rss' as const
  const ready = 'readyMs' as const
  row({
    id: 'M1',
    what: `memory at ${big} ÷ empty, served`,
    show: [0, big],
    of: rss,
    ratio: (product) => at(product, big, rss) / at(product, 0, rss),
    hard: 6,
    stretch: 3,
  })
  row({
    id: 'M2',
    what: `memory per user, ${small} → ${big}: KiB`,
    show: [small, big],
    of: rss,
    ratio: (product) => ((at(product, big, rss) - at(product, small, rss)) * 1024) / (big - small),
    hard: 4,
    stretch: 0.5,
  })
  row({
    id: 'M-empty',
    what: 'memory of an empty server: MiB',
    show: [0],
    of: rss,
    ratio: (product) => at(product, 0, rss),
    hard: 150,
  })
  if (huge !== undefined) {
    row({
      id: 'M-huge',
      what: `memory with ${huge} users, served: MiB`,
      show: [huge],
      of: rss,
      ratio: (product) => at(product, huge, rss),
      hard: 300,
    })
    row({
      id: 'S-huge',
      what: `start to first answer with ${huge} users: ms`,
      show: [huge],
      of: ready,
      ratio: (product) => at(product, huge, ready),
      hard: 1000,
    })
  }
  row({
    id: 'X7',
    what: 'start to first answer, empty: ÷ floor',
    show: [0],
    of: ready,
    ratio: (product) => at(product, 0, ready) / at('floor', 0, ready),
    hard: 4,
    stretch: 2,
  })
  row({
    id: 'S1',
    what: `start to first answer, ${big} ÷ empty`,
    show: [0, big],
    of: ready,
    ratio: (product) => at(product, big, ready) / at(product, 0, ready),
    hard: 1.5,
    stretch: 1.1,
  })
  if (bench.wants('S2')) await killed(bench)
}

/** Starts a server several times to time it, then measures the memory of the last one after reads and writes. */
async function serveAWhile(bench: Bench, product: Product, size: number): Promise<Seen> {
  const site = size === 0 ? emptySite(bench, product, 'empty') : bench.site(product, size)
  const times: number[] = []
  for (let turn = 0; turn < 4; turn++) {
    const server = await startProduct(product, site.file, site)
    times.push(server.readyMs)
    await server.stop()
  }
  const server = await startProduct(product, site.file, site)
  const { token, root } = site
  const name = `${product} ${size} alone`
  if (size > 0) {
    await bench.loader.register({ name, port: server.port, pid: server.pid, token, root, size, ids: site.ids })
    for (const workload of ['get all', 'filter eq', 'patch canonical']) {
      await bench.loader.measure({ site: name, asked: [{ workload, connections: 16 }], ms: 2 * bench.ms })
    }
  }
  const { rss, own } = memoryMiB(server.pid)
  await server.stop()
  return { readyMs: median(times), rss, own }
}

function emptySite(bench: Bench, product: Product, name: string) {
  const directory = join(bench.directory, `${product}-${name}`)
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'bench.db')
  return { file, ids: '', ...createTenant(product, file) }
}

/** Kills the server under load and checks for everything it acknowledged. */
async function killed(bench: Bench): Promise<void> {
  const lost = new Map<Product, number>()
  let acknowledged = 0
  for (const product of bench.products) {
    const site = emptySite(bench, product, 'killed')
    const name = `${product} killed`
    let missing = 0
    for (let round = 0; round < 3; round++) {
      const server = await startProduct(product, site.file, site)
      const { token, root } = site
      await bench.loader.register({ name, port: server.port, pid: server.pid, token, root, size: 1000 - SPARE })
      const creating = bench.loader.acknowledge(name, 16)
      await new Promise((resolve) => setTimeout(resolve, 300 + 170 * round))
      await server.kill()
      const users = await creating
      acknowledged += users.length
      const again = await startProduct(product, site.file, site)
      await bench.loader.register({ name, port: again.port, pid: again.pid, token, root, size: 1000 - SPARE })
      missing += users.length - (await bench.loader.present(name, users))
      await again.stop()
    }
    lost.set(product, missing)
  }
  bench.add({
    id: 'S2',
    what: `acknowledged creates lost after SIGKILL under load (${acknowledged} of all products)`,
    floor: String(lost.get('floor') ?? ''),
    lockstep: String(lost.get('lockstep') ?? ''),
    ratio: lost.get('lockstep') ?? Number.NaN,
    floorRatio: lost.get('floor'),
    hard: most(0),
    stretch: most(0),
  })
}
