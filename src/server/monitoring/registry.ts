// Writes the numbers of a process in the form that Prometheus reads.

import type { Metric, Registry } from 'prom-client'
import type { TenantRow } from '../../store/index.ts'
import type { OffloadLoad } from '../offload/offload.ts'
import { type Histogram, type Sample, samples } from './histogram.ts'

/** What was counted of one route. */
export interface RouteCount {
  readonly method: string
  readonly route: string
  readonly statuses: ReadonlyMap<number, number>
  readonly latency: Histogram
}

/** Takes one metric with its values. */
export type Registrar = (
  type: 'counter' | 'gauge' | 'histogram',
  name: string,
  help: string,
  values: readonly Sample[],
  aggregator?: Aggregator,
) => void

/** Measures, and hands the results to a registrar. */
export type Source = (registrar: Registrar) => void | Promise<void>

/** How a number is combined with those of other processes. */
type Aggregator = 'sum' | 'first' | 'min' | 'max'

/** Everything that is counted and measured in a process, at one moment. */
export interface Counted {
  readonly routes: readonly RouteCount[]
  readonly batches: Histogram
  readonly refusals: ReadonlyMap<string, number>
  readonly outages: number
  readonly busy: number
  readonly bodyBytes: number
  readonly databaseUp: boolean
  /** Absent: not wanted. `undefined`: the database could not tell. */
  readonly tenants?: readonly TenantRow[] | undefined
  readonly pool: { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number } | undefined
  readonly load: OffloadLoad | undefined
  /** When the process started, seconds since 1970. */
  readonly started: number
}

/** Registers everything that was counted, and what the sources measure. */
export async function registerAll(registry: Registry, counted: Counted, sources: readonly Source[]): Promise<void> {
  registerRequests(registry, counted)
  registerDatabase(registry, counted)
  if (counted.load !== undefined) registerOffload(registry, counted.load)
  const one = (value: number) => () => [{ value, labels: {} }]
  register(registry, 'gauge', 'lockstep_body_bytes', 'Bytes of request bodies in memory.', one(counted.bodyBytes))
  register(registry, 'gauge', 'lockstep_processes', 'Processes that serve.', one(1))
  const memory = () => [{ value: process.memoryUsage.rss(), labels: {} }]
  register(registry, 'gauge', 'process_resident_memory_bytes', 'Memory of the process.', memory)
  for (const source of sources) {
    await source((type, name, help, values, aggregator) =>
      register(registry, type, name, help, () => values, aggregator),
    )
  }
  const when = 'When the process started, seconds since 1970.'
  register(registry, 'gauge', 'process_start_time_seconds', when, one(counted.started), 'min')
}

function registerRequests(registry: Registry, { routes, batches, refusals }: Counted): void {
  register(registry, 'counter', 'lockstep_http_requests_total', 'Requests by method, route and status.', () =>
    routes.flatMap(({ method, route, statuses }) =>
      [...statuses].map(([status, value]) => ({ value, labels: { method, route, status } })),
    ),
  )
  const time = 'Time to answer, by method and route.'
  register(registry, 'histogram', 'lockstep_http_request_duration_seconds', time, (name) =>
    routes.flatMap(({ method, route, latency }) => samples(name, latency, { method, route })),
  )
  register(registry, 'histogram', 'lockstep_write_batch_size', 'Writes that shared one transaction.', (name) =>
    samples(name, batches, {}),
  )
  register(registry, 'counter', 'lockstep_refused_tokens_total', 'Requests without a valid token, by reason.', () =>
    [...refusals].map(([reason, value]) => ({ value, labels: { reason } })),
  )
}

function registerDatabase(registry: Registry, counted: Counted): void {
  const { databaseUp, outages, busy, pool, tenants: rows } = counted
  if ('tenants' in counted) {
    // Every process sees the same tenants.
    const resources = () =>
      (rows ?? []).flatMap(({ tenant, resources }) =>
        Object.entries(resources).map(([type, value]) => ({ value, labels: { tenant, type } })),
      )
    // While the database is gone the number is unknown; 0 would mean that all tenants are lost.
    const count = () => (rows === undefined ? [] : [{ value: rows.length, labels: {} }])
    register(registry, 'gauge', 'lockstep_resources', 'Resources by tenant and type.', resources, 'first')
    register(registry, 'gauge', 'lockstep_tenants', 'Tenants.', count, 'first')
    const lines = () =>
      (rows ?? []).map(({ tenant, place, begins }) => ({ value: place - begins + 1, labels: { tenant } }))
    register(registry, 'gauge', 'lockstep_log_lines', 'Lines in the change log, by tenant.', lines, 'first')
  }
  const one = (value: number) => () => [{ value, labels: {} }]
  const up = 'Whether the database answers every process.'
  register(registry, 'gauge', 'lockstep_database_up', up, one(databaseUp ? 1 : 0), 'min')
  const failed = 'Requests that the database could not answer.'
  register(registry, 'counter', 'lockstep_database_outages_total', failed, one(outages))
  const crowded = 'Requests that were told to retry because there were too many at the same time.'
  register(registry, 'counter', 'lockstep_busy_total', crowded, one(busy))
  if (pool === undefined) return
  const { totalCount, idleCount, waitingCount } = pool
  const states = { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount }
  const connections = 'Connections to the database by state, and requests that wait for one.'
  register(registry, 'gauge', 'lockstep_database_connections', connections, () =>
    Object.entries(states).map(([state, value]) => ({ value, labels: { state } })),
  )
}

function registerOffload(registry: Registry, load: OffloadLoad): void {
  const { threads, running, waiting, sending, outcomes, waitedSeconds } = load
  const one = (value: number) => () => [{ value, labels: {} }]
  register(registry, 'gauge', 'lockstep_heavy_threads', 'Threads for heavy requests.', one(threads))
  const now = 'Heavy requests by state: waiting for a thread, running, or their answer being sent.'
  register(registry, 'gauge', 'lockstep_heavy_requests', now, () =>
    Object.entries({ waiting, running, sending }).map(([state, value]) => ({ value, labels: { state } })),
  )
  const past =
    'Heavy requests by outcome: answered, refused (too many waited), dropped or stopped (the client had gone), timed_out, failed.'
  register(registry, 'counter', 'lockstep_heavy_requests_total', past, () =>
    Object.entries(outcomes).map(([outcome, value]) => ({ value, labels: { outcome } })),
  )
  const waited = 'How long heavy requests have waited for a thread, summed up.'
  register(registry, 'counter', 'lockstep_heavy_waited_seconds_total', waited, one(waitedSeconds))
}

/** Registers a metric whose numbers are counted elsewhere. */
function register(
  registry: Registry,
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
  // The registry uses only `name` and `get` of a metric; its type requires one of its own four classes.
  registry.registerMetric(metric as unknown as Metric)
}
