// Counts what a process does: requests, refused tokens, outages; Prometheus reads the numbers from /metrics.

import { isObject } from '../../protocol/index.ts'
import type { Database } from '../../site/index.ts'
import type { TenantRow } from '../../store/index.ts'
import type { OffloadLoad } from '../offload/offload.ts'
import { countIn, createHistogram } from './histogram.ts'
import { type Counted, type RouteCount, registerAll, type Source } from './registry.ts'
import { withPatience } from './with-timeout.ts'

/** Upper bounds of the latency histogram, in seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Upper bounds of the histogram of writes that shared a transaction. */
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
/** Longest wait for the database. */
const PATIENCE_MS = 1_000
/** Most pairs of method and route that are counted separately; the rest is counted together. */
const ROUTES = 500

/** Counts the requests of one route. Kept by its caller, so that counting costs next to nothing. */
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
   * Counts an error after which a client is to retry: `outage`, the database can't answer; `busy`, there are too many requests at the
   * same time. undefined for any other error.
   */
  readonly passing: (error: unknown) => 'outage' | 'busy' | undefined
  /** Counts one refused token, by reason. */
  readonly refused: (reason: string) => void
  /** Sets where the numbers of the offload threads come from. */
  readonly offload: (load: () => OffloadLoad) => void
  /** Adds numbers that are measured when the metrics are read. */
  readonly measure: (source: Source) => void
  /** Sets where the bytes of request bodies in memory come from. */
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

/** The numbers of one process, as plain values that can be sent to another. */
export type Numbers = readonly object[]

/** Adds up the numbers of several processes of one server. */
export async function joinNumbers(processes: readonly Numbers[]): Promise<MetricsText> {
  const { AggregatorRegistry } = await import('prom-client')
  const registry = AggregatorRegistry.aggregate([...processes])
  return { type: registry.contentType, body: await registry.metrics() }
}

/** Options of {@link createMetrics}. */
export interface MetricsOptions {
  /** A minimal read, to see whether the database answers. */
  readonly probe: () => Promise<unknown>
  /** Reads all tenants, if their numbers are wanted. */
  readonly tenants?: () => Promise<readonly TenantRow[]>
  /** The connections to a PostgreSQL database. */
  readonly pool?: Database['pool']
  readonly now?: () => number
}

/**
 * Creates the numbers. They are plain counters of our own: prom-client looks labels up on each count, which the hot path
 * can't spare, so it is used only when the metrics are read.
 */
export function createMetrics({ probe, tenants, pool, now = Date.now }: MetricsOptions): Metrics {
  const routes = new Map<string, RouteCount & Meter>()
  const batches = createHistogram(BATCH_SIZES)
  const refusals = new Map<string, number>()
  const started = now() / 1_000
  let outages = 0
  let busy = 0
  let load: (() => OffloadLoad) | undefined
  let held = () => 0
  const sources: Source[] = []

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
    const counted: Counted = {
      routes: [...routes.values()],
      batches,
      refusals,
      outages,
      busy,
      bodyBytes: held(),
      databaseUp: answers !== undefined,
      ...(tenants === undefined ? {} : { tenants: rows }),
      pool,
      load: load?.(),
      started,
    }
    await registerAll(registry, counted, sources)
    return registry
  }

  return {
    meter: (method, route) => meterOf(routes, method, route),
    batch: (writes) => countIn(batches, writes),
    passing: (error) => {
      // Not by its class: an error of another thread arrives as a plain object.
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

function meterOf(routes: Map<string, RouteCount & Meter>, method: string, route: string): Meter {
  const key = `${method} ${route}`
  let found = routes.get(key)
  if (found === undefined) {
    if (routes.size >= ROUTES && route !== 'other') return meterOf(routes, 'other', 'other')
    const statuses = new Map<number, number>()
    const latency = createHistogram(SECONDS)
    const seen = (status: number, seconds: number) => {
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      countIn(latency, seconds)
    }
    found = { method, route, statuses, latency, seen }
    routes.set(key, found)
  }
  return found
}
