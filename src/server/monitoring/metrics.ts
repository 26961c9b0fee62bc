import { isObject } from '../../protocol/index.ts'
import type { Database } from '../../site/index.ts'
import type { TenantRow } from '../../store/index.ts'
import type { OffloadLoad } from '../offload/offload.ts'
import { withPatience } from './patience.ts'

/** Upper bounds of the latency histogram, in seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Upper bounds of the histogram of writes that shared a transaction. */
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
/** Longest wait for the database. */
const PATIENCE_MS = 1_000
/** Most pairs of method and route that are told apart; the rest is counted together. */
const ROUTES = 500

/** Counts of values up to each bound, with their sum. */
interface Histogram {
  readonly bounds: readonly number[]
  readonly counts: number[]
  sum: number
}

/** What is counted of one route. Got once, kept by whoever serves the route, so that counting costs next to nothing. */
export interface Meter {
  /** Counts a request that was answered. */
  readonly seen: (status: number, seconds: number) => void
}

/** The numbers that Prometheus reads. */
export interface Metrics {
  /** The meter of a route: its template, never the URL. */
  readonly meter: (method: string, route: string) => Meter
  /** Counts a transaction that carried out so many writes. */
  readonly batch: (writes: number) => void
  /**
   * Counts an error that a request was told to come again for: `outage`, the database can't answer; `busy`, too much is asked at the
   * same time. undefined for any other error.
   */
  readonly passing: (error: unknown) => 'outage' | 'busy' | undefined
  /** Counts one refused token, by reason. */
  readonly refused: (reason: string) => void
  /** Sets where the numbers of the offload threads come from. */
  readonly offload: (load: () => OffloadLoad) => void
  /** Adds numbers that are measured when somebody reads them. */
  readonly measure: (source: Source) => void
  /** Says where the bytes of bodies under way are counted. */
  readonly bodies: (held: () => number) => void
  readonly text: () => Promise<MetricsText>
  /** The same, for another process to add up with its own: see {@link joinNumbers}. */
  readonly numbers: () => Promise<Numbers>
}

/** What `/metrics` answers. */
export interface MetricsText {
  readonly type: string
  readonly body: string
}

/** The numbers of one process, as plain values that may travel. */
export type Numbers = readonly object[]

/** What becomes of a number when those of several processes are added up. */
type Aggregator = 'sum' | 'first' | 'min' | 'max'

/** Adds up the numbers of several processes of one server. */
export async function joinNumbers(processes: readonly Numbers[]): Promise<MetricsText> {
  const { AggregatorRegistry } = await import('prom-client')
  const registry = AggregatorRegistry.aggregate([...processes])
  return { type: registry.contentType, body: await registry.metrics() }
}

interface RouteCount {
  readonly method: string
  readonly route: string
  readonly statuses: Map<number, number>
  readonly latency: Histogram
}

/** One number with what tells it from others of the same name. */
export interface Measured {
  readonly value: number
  readonly labels: { readonly [name: string]: string | number }
}

/** Takes one metric with its values. */
export type Registrar = (
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  values: readonly Measured[],
  aggregator?: Aggregator,
) => void

/** Measures, and hands over what came of it. */
export type Source = (registrar: Registrar) => void | Promise<void>

/** Options of {@link createMetrics}. */
export interface MetricsOptions {
  /** Asks the database for the least there is, to see whether it answers. */
  readonly probe: () => Promise<unknown>
  /** Reads all tenants, where their numbers are wanted. */
  readonly tenants?: () => Promise<readonly TenantRow[]>
  /** The connections to a PostgreSQL database. */
  readonly pool?: Database['pool']
  readonly now?: () => number
}

/**
 * Makes the numbers. They are plain counters of our own: prom-client looks labels up on each count, which the hot path
 * can't spare, so it only comes in when somebody reads them.
 */
export function createMetrics({ probe, tenants, pool, now = Date.now }: MetricsOptions): Metrics {
  const routes = new Map<string, RouteCount & Meter>()
  const batches = histogram(BATCH_SIZES)
  const refusals = new Map<string, number>()
  const started = now() / 1_000
  let outages = 0
  let busy = 0
  let load: (() => OffloadLoad) | undefined
  let held = () => 0
  const sources: Source[] = []

  const meter = (method: string, route: string): Meter => {
    const key = `${method} ${route}`
    let found = routes.get(key)
    if (found === undefined) {
      if (routes.size >= ROUTES && route !== 'other') return meter('other', 'other')
      const statuses = new Map<number, number>()
      const latency = histogram(SECONDS)
      const seen = (status: number, seconds: number) => {
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        add(latency, seconds)
      }
      found = { method, route, statuses, latency, seen }
      routes.set(key, found)
    }
    return found
  }

  const collect = async () => {
    const { Registry } = await import('prom-client')
    const registry = new Registry()
    const [answers, rows] = await Promise.all([
      withPatience(
        probe().then(() => true),
        PATIENCE_MS,
      ),
      tenants === undefined ? undefined : withPatience(tenants(), PATIENCE_MS),
    ])
    const all = [...routes.values()]
    register(registry, 'counter', 'lockstep_http_requests_total', 'Requests by method, route and status.', () =>
      all.flatMap(({ method, route, statuses }) =>
        [...statuses].map(([status, value]) => ({ value, labels: { method, route, status } })),
      ),
    )
    register(
      registry,
      'histogram',
      'lockstep_http_request_duration_seconds',
      'Time to answer, by method and route.',
      (name) => all.flatMap(({ method, route, latency }) => samples(name, latency, { method, route })),
    )
    register(registry, 'histogram', 'lockstep_write_batch_size', 'Writes that shared one transaction.', (name) =>
      samples(name, batches, {}),
    )
    register(registry, 'counter', 'lockstep_refused_tokens_total', 'Requests without a valid token, by reason.', () =>
      [...refusals].map(([reason, value]) => ({ value, labels: { reason } })),
    )
    // Every process sees the same tenants.
    const resources = () =>
      (rows ?? []).flatMap(({ tenant, resources }) =>
        Object.entries(resources).map(([type, value]) => ({ value, labels: { tenant, type } })),
      )
    // Nobody knows how many there are while the database is gone; 0 would be read as all of them lost.
    const count = () => (rows === undefined ? [] : [{ value: rows.length, labels: {} }])
    if (tenants !== undefined) {
      register(registry, 'gauge', 'lockstep_resources', 'Resources by tenant and type.', resources, 'first')
      register(registry, 'gauge', 'lockstep_tenants', 'Tenants.', count, 'first')
    }
    const up = () => [{ value: answers === undefined ? 0 : 1, labels: {} }]
    register(registry, 'gauge', 'lockstep_database_up', 'Whether the database answers every process.', up, 'min')
    const failed = 'Requests that the database could not answer.'
    register(registry, 'counter', 'lockstep_database_outages_total', failed, () => [{ value: outages, labels: {} }])
    const crowded = 'Requests that were told to come again because too much was asked at the same time.'
    register(registry, 'counter', 'lockstep_busy_total', crowded, () => [{ value: busy, labels: {} }])
    if (pool !== undefined) {
      const { totalCount, idleCount, waitingCount } = pool
      const states = { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount }
      const held = 'Connections to the database by what they do, and requests that wait for one.'
      register(registry, 'gauge', 'lockstep_database_connections', held, () =>
        Object.entries(states).map(([state, value]) => ({ value, labels: { state } })),
      )
    }
    const under = 'Bytes of request bodies under way.'
    register(registry, 'gauge', 'lockstep_body_bytes', under, () => [{ value: held(), labels: {} }])
    if (load !== undefined) registerOffload(registry, load())
    register(registry, 'gauge', 'lockstep_processes', 'Processes that serve.', () => [{ value: 1, labels: {} }])
    register(registry, 'gauge', 'process_resident_memory_bytes', 'Memory of the process.', () => [
      { value: process.memoryUsage.rss(), labels: {} },
    ])
    for (const source of sources) {
      await source((type, name, help, values, aggregator) =>
        register(registry, type, name, help, () => values, aggregator),
      )
    }
    const start = () => [{ value: started, labels: {} }]
    const when = 'When the process started, seconds since 1970.'
    register(registry, 'gauge', 'process_start_time_seconds', when, start, 'min')
    return registry
  }

  return {
    meter,
    batch: (writes) => add(batches, writes),
    passing: (error) => {
      // Not by its class: from another thread only what could travel of it arrives.
      if (!isObject(error) || (typeof error.retryAfterMs !== 'number' && error.status !== 503)) return undefined
      if (error.busy === true || error.status === 503) {
        busy++
        return 'busy'
      }
      outages++
      return 'outage'
    },
    offload: (source) => {
      load = source
    },
    measure: (source) => {
      sources.push(source)
    },
    bodies: (source) => {
      held = source
    },
    refused: (reason) => refusals.set(reason, (refusals.get(reason) ?? 0) + 1),
    text: async () => {
      const registry = await collect()
      return { type: registry.contentType, body: await registry.metrics() }
    },
    numbers: async () => (await collect()).getMetricsAsJSON(),
  }
}

/** The numbers of the offload threads. */
function registerOffload(registry: import('prom-client').Registry, load: OffloadLoad): void {
  const { threads, running, waiting, sending, outcomes, waitedSeconds } = load
  const one = (value: number) => () => [{ value, labels: {} }]
  register(registry, 'gauge', 'lockstep_heavy_threads', 'Threads for heavy requests.', one(threads))
  const now =
    'Offload requests by what becomes of them now: they wait for a thread, run, or their answer is being sent.'
  register(registry, 'gauge', 'lockstep_heavy_requests', now, () =>
    Object.entries({ waiting, running, sending }).map(([state, value]) => ({ value, labels: { state } })),
  )
  const past =
    'Offload requests by how they came out: answered, refused (too many waited), dropped or stopped (the client had gone), timed_out, failed.'
  register(registry, 'counter', 'lockstep_heavy_requests_total', past, () =>
    Object.entries(outcomes).map(([outcome, value]) => ({ value, labels: { outcome } })),
  )
  const waited = 'How long heavy requests have waited for a thread, all together.'
  register(registry, 'counter', 'lockstep_heavy_waited_seconds_total', waited, one(waitedSeconds))
}

interface Sample {
  readonly value: number
  readonly metricName?: string
  readonly labels: { readonly [name: string]: string | number }
}

/** Hands a registry numbers that are counted elsewhere. */
function register(
  registry: import('prom-client').Registry,
  type: 'counter' | 'gauge' | 'histogram',
  name: string,
  help: string,
  values: (name: string) => readonly Sample[],
  aggregator: Aggregator = 'sum',
): void {
  const metric = {
    name,
    help,
    type,
    aggregator,
    get: async () => ({ name, help, type, aggregator, values: values(name) }),
  }
  // The registry asks for nothing of a metric but `name` and `get`; its type asks for one of its own four classes.
  registry.registerMetric(metric as unknown as import('prom-client').Metric)
}

function histogram(bounds: readonly number[]): Histogram {
  return { bounds, counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 }
}

function add(into: Histogram, value: number): void {
  const { bounds, counts } = into
  let at = 0
  while (at < bounds.length && value > (bounds[at] ?? 0)) at++
  counts[at] = (counts[at] ?? 0) + 1
  into.sum += value
}

/** A histogram as Prometheus wants it: counts up to each bound, the sum, the count. */
function samples(name: string, { bounds, counts, sum }: Histogram, labels: Sample['labels']): readonly Sample[] {
  let total = 0
  const buckets = counts.map((count, index) => {
    total += count
    return { metricName: `${name}_bucket`, value: total, labels: { ...labels, le: bounds[index] ?? '+Inf' } }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, value: sum, labels },
    { metricName: `${name}_count`, value: total, labels },
  ]
}
