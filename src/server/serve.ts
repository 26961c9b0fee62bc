import { createDirectory } from '../directory/index.ts'
import { ConfigError } from '../protocol/index.ts'
import { StoreUnavailable } from '../store/index.ts'
import { createTenancy } from '../tenancy/index.ts'
import { createApp } from './app.ts'
import { openDatabase } from './database.ts'
import { type Greeting, startGreeting } from './greet.ts'
import { createHealth } from './health.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { whereFails, whyOf } from './outages.ts'
import type { App, Server } from './parts.ts'
import { createRequestLog } from './request-log.ts'
import { localUrl, SETTINGS, type Settings } from './settings.ts'
import { createVitals } from './vitals.ts'
import { joinWorkers } from './worker.ts'
import { createWritability } from './writability.ts'

/** How often the last use of tokens is written, when no request does it. */
const FLUSH_EVERY_MS = 60_000

/**
 * Starts the standalone server: the database, the default tenant on first start, and everything it serves. A worker leaves what is
 * done once to the process that has started it.
 */
export async function serve(
  settings: Settings,
  { print, worker = false }: { readonly print: (text: string) => void; readonly worker?: boolean },
): Promise<Server> {
  const log = createLog(settings.logLevel, undefined, { named: worker })
  let counted = (_writes: number): void => undefined
  const database = await openDatabase(settings, {
    threads: true,
    batch: (writes) => counted(writes),
    died: (cause) => log.error({ err: cause }, 'the thread that writes the database has ended; another one is started'),
  })
  const { store } = database
  const tenancy = createTenancy({ store })
  const directory = createDirectory({
    store,
    catalog: tenancy.catalog,
    unique: tenancy.uniquePaths,
    ready: tenancy.ready,
    openTenants: false,
  })
  const own = createMetrics({
    probe: () => store.records('', 'server', { limit: 1 }),
    ...(settings.metricsTenants === undefined ? {} : { tenants: () => store.tenants() }),
    pool: database.pool,
  })
  counted = own.batch
  const workers = worker ? joinWorkers(own) : undefined
  const metrics = workers === undefined ? own : { ...own, text: workers.text }
  const writability = createWritability(store)
  const sqlite = settings.postgres === undefined && settings.database !== ':memory:'
  own.measure(
    createVitals({
      why: writability.check,
      tokens: tenancy.tokensInUse,
      tenants: settings.metricsTenants === true,
      ...(sqlite ? { file: settings.database } : {}),
    }),
  )
  const health = createHealth(store, writability)
  const requestLog = createRequestLog(log)
  const app = await createApp({ settings, database, tenancy, directory, metrics, health, log, requestLog, writability })

  const { port } = await listen(app, settings).catch(async (error) => {
    await store.close()
    throw error
  })
  const url = settings.publicUrl ?? localUrl(settings.host, port)
  let greeting: Greeting | undefined
  try {
    if (!worker)
      greeting = await startGreeting(tenancy, url, {
        print,
        log,
        settings,
        failed: (error) => {
          // It reads and does not write: not ready, until a write comes through. A node of a cluster that is down is no such reason.
          if (error instanceof StoreUnavailable && !error.busy && !error.partial)
            writability.failed(whereFails(whyOf(error), settings.database))
        },
      })
  } catch (error) {
    // Nothing of it stays: a port that is open without a server behind it would look alive.
    await app.close()
    await tenancy.close().catch(() => undefined)
    await store.close()
    throw error
  }
  health.enter('serving')
  log.info({ address: url, database: settings.database }, 'listening')

  const flushing = setInterval(() => {
    requestLog.expiring(tenancy.tokensInUse())
    tenancy.flush().catch((error) => log.warn({ err: error }, 'the last use of tokens could not be written'))
  }, FLUSH_EVERY_MS).unref()

  return {
    url,
    port,
    tenancy,
    directory,
    store,
    ...(workers === undefined ? {} : { stopped: workers.stopped }),
    close: async () => {
      health.enter('stopping')
      clearInterval(flushing)
      greeting?.stop()
      await app.close()
      await greeting?.done
      try {
        await tenancy.close()
      } finally {
        await store.close()
      }
      log.info('stopped')
    },
  }
}

async function listen(app: App, { host, port }: Settings) {
  try {
    return await app.listen()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      const flag = SETTINGS.port.flag
      throw new ConfigError(flag, `port ${port} of ${host} is in use by another process; choose another one`, {
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
