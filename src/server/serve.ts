// Starts the standalone server: opens the installation, listens, and finishes a first start.

import type { Directory } from '../directory/index.ts'
import { ConfigError } from '../protocol/index.ts'
import { localUrl, openRecord, openSite, SETTINGS, type Settings, type Site } from '../site/index.ts'
import { type Store, StoreUnavailable } from '../store/index.ts'
import type { Tenancy } from '../tenancy/index.ts'
import { type App, createApp } from './app.ts'
import { joinCluster } from './cluster/worker.ts'
import { firstLink } from './first-link.ts'
import { type Greeting, startGreeting } from './first-start.ts'
import { runHub } from './hub.ts'
import { startLogPruning } from './log-pruning.ts'
import { createHealth } from './monitoring/health.ts'
import { createHubDebt } from './monitoring/hub-debt.ts'
import { createHubMeters } from './monitoring/hub-meters.ts'
import { createLog, type Log } from './monitoring/log.ts'
import { createMetrics, type Metrics } from './monitoring/metrics.ts'
import { whereFails, whyOf } from './monitoring/outages.ts'
import { createRequestLog, type RequestLog } from './monitoring/request-log.ts'
import { createVitals } from './monitoring/vitals.ts'
import { createWritability, type Writability } from './monitoring/writability.ts'
import { startRetention } from './record-retention.ts'
import { startRecording } from './recording.ts'
import { createTracing } from './tracing.ts'

/** A running server. */
export interface Server {
  /** The public URL, without a slash at its end. */
  readonly url: string
  /** The port it listens on. */
  readonly port: number
  /** Stops accepting connections, finishes the requests in flight, and closes the database. */
  readonly close: () => Promise<void>
  readonly tenancy: Tenancy
  readonly directory: Directory
  readonly store: Store
  /** In a worker: resolves when the primary process tells it to end. */
  readonly stopped?: Promise<void>
}

/** How often the last use of tokens is written if no request writes it. */
const FLUSH_EVERY_MS = 60_000

/**
 * Starts the standalone server: the database, the default tenant on first start, and everything it serves. A worker leaves what is
 * done once to the primary process.
 */
export async function serve(
  settings: Settings,
  { print, worker = false }: { readonly print: (text: string) => void; readonly worker?: boolean },
): Promise<Server> {
  const log = createLog(settings.logLevel, undefined, { named: worker })
  let counted = (_writes: number): void => undefined
  const site = await openSite(settings, {
    threads: true,
    batch: (writes) => counted(writes),
    died: (cause) => log.error({ err: cause }, 'the thread that writes the database has ended; a new one is started'),
    madeKey: (file) =>
      log.warn(
        { file },
        'a file with the key that seals secrets was made; keep a copy apart from backups of the database',
      ),
  })
  const { store, tenancy } = site
  const directory = await site.directory()
  const writability = createWritability(store)
  const hubMeters = createHubMeters({ tenants: settings.metricsTenants === true, debt: createHubDebt(store) })
  const own = measured(settings, site, writability)
  own.measure(hubMeters.source)
  counted = own.batch
  const cluster = worker ? joinCluster(own) : undefined
  const metrics = cluster === undefined ? own : { ...own, text: cluster.text }
  const health = createHealth(store, writability)
  const requestLog = createRequestLog(log)
  const tracing = settings.traces === true ? await createTracing(store) : undefined
  const record = await openRecord(settings)
  const recording = record === undefined ? undefined : startRecording(record, { directory, tenancy, log })
  const app = await createApp({
    settings,
    site,
    directory,
    metrics,
    health,
    log,
    requestLog,
    writability,
    tracing,
    recording,
  })

  const { port } = await listen(app, settings).catch(async (error) => {
    await store.close()
    throw error
  })
  const url = settings.publicUrl ?? localUrl(settings.host, port)
  const greeting = worker ? undefined : await greetOrClose({ site, app, url, print, log, settings, writability })
  health.enter('serving')
  log.info({ address: url, database: settings.database }, 'listening')
  const flushing = flushEvery(FLUSH_EVERY_MS, tenancy, requestLog, log)
  const stopPruning = startLogPruning({
    store,
    directory,
    report: (error, tenant) =>
      log.warn({ err: error, tenant }, 'a change log could not be shortened; it is tried again'),
  })
  const stopRetention =
    record === undefined
      ? undefined
      : startRetention({
          store,
          record,
          days: settings.recordDays,
          report: (error) => log.warn({ err: error }, 'old requests could not be removed; it is tried again'),
        })
  // Every worker runs one: leases spread the apps over them.
  const stopHub = settings.hub
    ? runHub({ site, settings, log, meter: hubMeters.meter, tracer: tracing?.hub })
    : undefined

  return {
    url,
    port,
    tenancy,
    directory,
    store,
    ...(cluster === undefined ? {} : { stopped: cluster.stopped }),
    close: async () => {
      health.enter('stopping')
      clearInterval(flushing)
      greeting?.stop()
      await Promise.all([app.close(), stopHub?.()])
      await greeting?.done
      await stopPruning()
      await stopRetention?.()
      await recording?.close()
      await site.close()
      log.info('stopped')
    },
  }
}

/** The metrics of this process, with what is measured when they are read. */
function measured(settings: Settings, { store, tenancy, database }: Site, writability: Writability): Metrics {
  const metrics = createMetrics({
    probe: () => store.records('', 'server', { limit: 1 }),
    ...(settings.metricsTenants === undefined ? {} : { tenants: () => store.tenants() }),
    pool: database.pool,
  })
  const sqlite = settings.postgres === undefined && settings.database !== ':memory:'
  metrics.measure(
    createVitals({
      why: writability.check,
      tokens: tenancy.tokensInUse,
      tenants: settings.metricsTenants === true,
      ...(sqlite ? { file: settings.database } : {}),
    }),
  )
  return metrics
}

/** Finishes the start. If that fails for good, nothing of it stays: an open port without a server behind it would look alive. */
async function greetOrClose({
  site,
  app,
  url,
  print,
  log,
  settings,
  writability,
}: {
  readonly site: Site
  readonly app: App
  readonly url: string
  readonly print: (text: string) => void
  readonly log: Log
  readonly settings: Settings
  readonly writability: Writability
}): Promise<Greeting> {
  const failed = (error: unknown) => {
    // The server reads and doesn't write: not ready, until a write succeeds. A cluster node that is down is no such reason.
    if (error instanceof StoreUnavailable && !error.busy && !error.partial)
      writability.failed(whereFails(whyOf(error), settings.database))
  }
  try {
    return await startGreeting(site.tenancy, url, {
      print,
      log,
      settings,
      failed,
      firstLink: () => firstLink(site.store),
    })
  } catch (error) {
    await app.close()
    await site.tenancy.close().catch(() => undefined)
    await site.store.close()
    throw error
  }
}

function flushEvery(ms: number, tenancy: Tenancy, requestLog: RequestLog, log: Log): NodeJS.Timeout {
  return setInterval(() => {
    requestLog.expiring(tenancy.tokensInUse())
    tenancy.flush().catch((error) => log.warn({ err: error }, 'the last use of tokens could not be written'))
  }, ms).unref()
}

async function listen(app: App, { host, port }: Settings) {
  try {
    return await app.listen()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      const flag = SETTINGS.port.flag
      throw new ConfigError(flag, `Port ${port} of ${host} is in use by another process; choose another one`, {
        cause: error,
      })
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      const why = code === 'EACCES' ? 'this user may not listen there' : 'this machine has no such address'
      throw new ConfigError(SETTINGS.host.flag, `${host} port ${port}: ${why}`, { cause: error })
    }
    throw error
  }
}
