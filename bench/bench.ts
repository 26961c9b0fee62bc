// The toolkit for measuring rows: open sites, and interleaved rounds whose medians count.

import type { Sample } from './drive.ts'
import type { Asked } from './load.ts'
import type { Loader } from './loader.ts'
import type { Product, Server } from './server.ts'
import type { OpenSite } from './site.ts'
import type { Row } from './table.ts'
import { HOT } from './workloads.ts'

/** What a row needs from the run. */
export interface Bench {
  /** Users in the small, the big and (in a full run) the huge site. */
  readonly sizes: { readonly small: number; readonly big: number; readonly huge?: number }
  readonly products: readonly Product[]
  /** Whether `--huge` was given: then PostgreSQL gets a huge site too, which takes long to fill. */
  readonly hugeOnPostgres: boolean
  /** Users to load into PostgreSQL for the row that measures loading, if wanted. */
  readonly load?: number
  readonly rounds: number
  readonly ms: number
  /** How long each kind of request is sent before it is measured: servers run for weeks, and V8 needs seconds to optimize hot code. */
  readonly warmMs: number
  readonly loader: Loader
  /** A second generator, for the heavy request that runs during the light ones. */
  readonly heavy: Loader
  readonly bare: Server
  /** The folder for files of the run. */
  readonly directory: string
  /** Whether a row is wanted. */
  readonly wants: (id: string) => boolean
  readonly site: (product: Product, size: number) => OpenSite
  readonly add: (row: Row) => void
  /** Measures something. If that fails, its row says why, and the run continues. */
  readonly attempt: (id: string, measure: () => Promise<void>) => Promise<void>
  readonly say: (text: string) => void
}

/** One of several things to measure in turn. */
export interface Variant {
  readonly site: OpenSite | 'bare'
  readonly asked: readonly Asked[]
  readonly ms?: number
  readonly most?: number
}

/** Samples of a product and size: `lockstep big`, or `bare`. */
export type Samples = ReadonlyMap<string, Sample>

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/**
 * Combines the samples of the rounds. Each figure is the median of the quieter half of the rounds, since whatever
 * disturbs a round can only make it slower. The slowest responses are medians of all rounds, so that no stall is ignored.
 */
export function medianSample(samples: readonly Sample[]): Sample {
  const quiet = [...samples].sort((a, b) => b.rate - a.rate).slice(0, Math.ceil(samples.length / 2))
  const of = (figure: (sample: Sample) => number, among: readonly Sample[] = quiet) => median(among.map(figure))
  return {
    requests: samples.reduce((sum, sample) => sum + sample.requests, 0),
    rate: of((sample) => sample.rate),
    p50: of((sample) => sample.p50),
    p99: of((sample) => sample.p99, samples),
    max: of((sample) => sample.max, samples),
    cpuUs: of((sample) => sample.cpuUs),
    bytes: of((sample) => sample.bytes),
    wrong: samples.reduce((sum, sample) => sum + sample.wrong, 0),
  }
}

/** Measures one variant once: a sample per role. */
export async function measureOnce(bench: Bench, variant: Variant): Promise<readonly Sample[]> {
  const { site, asked, ms = bench.ms, most } = variant
  return bench.loader.measure({
    site: site === 'bare' ? 'bare' : site.name,
    asked,
    ms,
    ...(most === undefined ? {} : { most }),
    blind: site === 'bare',
  })
}

/**
 * Measures all variants in turn, round after round, back and forth, so that other load on the machine affects each
 * equally. Returns the medians of the quieter rounds, for the first role of each.
 */
export async function compare(
  bench: Bench,
  variants: ReadonlyMap<string, Variant>,
  options: { readonly rounds?: number; readonly warm?: boolean; readonly back?: boolean } = {},
): Promise<Samples> {
  const found = new Map<string, Sample[]>()
  if (options.warm !== false) {
    for (const variant of variants.values()) {
      const hot = variant.asked[0]?.workload === 'get hot'
      const asked = hot ? [{ workload: 'touch', connections: 16 }] : variant.asked
      const limits = hot ? { ms: 20_000, most: HOT } : { ms: bench.warmMs }
      await measureOnce(bench, { ...variant, asked, ...limits })
    }
  }
  for (let round = 0; round < (options.rounds ?? bench.rounds); round++) {
    const order = [...variants]
    if (round % 2 === 1 && options.back !== false) order.reverse()
    for (const [name, variant] of order) {
      const [sample] = await measureOnce(bench, variant)
      if (sample === undefined) continue
      const list = found.get(name)
      if (list === undefined) found.set(name, [sample])
      else list.push(sample)
    }
  }
  return new Map([...found].map(([name, samples]) => [name, medianSample(samples)]))
}

/** Makes the bare server return what the given site returns for this workload. */
export async function dressBare(bench: Bench, site: OpenSite, workload: string): Promise<void> {
  const { status, head, body } = await bench.loader.answer(site.name, workload)
  const headers: Record<string, string> = {}
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    // node:http writes these itself.
    if (['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'].includes(name)) continue
    headers[name] = line.slice(colon + 1).trim()
  }
  await fetch(`http://127.0.0.1:${bench.bare.port}/answer`, {
    method: 'PUT',
    body: JSON.stringify({ status, headers, body }),
  })
  const { token, root, size, ids } = site
  await bench.loader.register({ name: 'bare', port: bench.bare.port, pid: bench.bare.pid, token, root, size, ids })
}

/** The site that the bare server imitates: Lockstep's, or the floor's if there is no other. */
export function subject(bench: Bench, size: number): OpenSite {
  return bench.site(bench.products.includes('lockstep') ? 'lockstep' : 'floor', size)
}

/** The workload for every site: one for all, or one made for each. */
export type AskedOf = string | ((site: OpenSite) => string)

/** All products at these sizes with one workload. Names are `{label} lockstep 1000`, or `lockstep 1000` without a label. */
export function variants(
  bench: Bench,
  options: {
    readonly label?: string
    readonly workload: AskedOf
    readonly sizes: readonly number[]
    readonly connections: number
    readonly ms?: number
    readonly most?: number
  },
): [string, Variant][] {
  const { label, workload, connections, ms, most } = options
  const limits = { ...(ms === undefined ? {} : { ms }), ...(most === undefined ? {} : { most }) }
  return options.sizes.flatMap((size) =>
    bench.products.map((product): [string, Variant] => {
      const site = bench.site(product, size)
      const text = typeof workload === 'string' ? workload : workload(site)
      const name = label === undefined ? site.name : `${label} ${site.name}`
      return [name, { site, asked: [{ workload: text, connections }], ...limits }]
    }),
  )
}

/** The same, measured. If wanted, also the bare server returning what the subject returns, under the name `bare`. */
export async function everywhere(
  bench: Bench,
  workload: AskedOf,
  options: {
    readonly sizes: readonly number[]
    readonly connections: number
    readonly bare?: boolean
    readonly ms?: number
    readonly most?: number
  },
): Promise<Samples> {
  const all = variants(bench, { workload, ...options })
  if (options.bare === true) {
    const site = subject(bench, options.sizes.at(-1) ?? bench.sizes.big)
    const text = typeof workload === 'string' ? workload : workload(site)
    await dressBare(bench, site, text)
    const [, one] = all[0] as [string, Variant]
    all.unshift(['bare', { ...one, site: 'bare', asked: [{ workload: text, connections: options.connections }] }])
  }
  return compare(bench, new Map(all))
}

/** A figure of one sample; NaN if it was not measured. */
export function figure(samples: Samples, name: string, of: keyof Omit<Sample, 'wrongSaid'>): number {
  return samples.get(name)?.[of] ?? Number.NaN
}
