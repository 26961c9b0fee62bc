import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createDirectory } from '../directory/index.ts'
import { ConfigError } from '../protocol/index.ts'
import { sqliteStore } from '../store/sqlite.ts'
import { createTenancy, DEFAULT_TENANT, scimPath, type Tenancy } from '../tenancy/index.ts'
import { createApp } from './app.ts'
import { createHealth } from './health.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import type { App, Server } from './parts.ts'
import { localUrl, SETTINGS, type Settings, wrongDatabase } from './settings.ts'

/** How often the last use of tokens is written, when no request does it. */
const FLUSH_EVERY_MS = 60_000

/** Starts the standalone server: the database, the default tenant on first start, and everything it serves. */
export async function serve(settings: Settings, print: (text: string) => void): Promise<Server> {
  const log = createLog(settings.logLevel)
  let counted = (_writes: number): void => undefined
  const store = await openDatabase(settings, (writes) => counted(writes))
  const tenancy = createTenancy({ store })
  const directory = createDirectory({ store, catalog: tenancy.catalog, unique: tenancy.uniquePaths })
  const metrics = createMetrics(() => store.tenants())
  counted = metrics.batch
  const health = createHealth(store)
  const app = await createApp({ settings, store, tenancy, directory, metrics, health, log })

  const { port } = await listen(app, settings).catch(async (error) => {
    await store.close()
    throw error
  })
  const url = settings.publicUrl ?? localUrl(settings.host, port)
  await tenancy.notePublicUrl(url)
  print(await greet(tenancy, url))
  health.enter('serving')
  log.info({ address: url, database: settings.database }, 'listening')

  const flushing = setInterval(() => {
    tenancy.flush().catch((error) => log.warn({ err: error }, 'the last use of tokens could not be written'))
  }, FLUSH_EVERY_MS).unref()

  return {
    url,
    port,
    tenancy,
    directory,
    store,
    close: async () => {
      health.enter('stopping')
      clearInterval(flushing)
      await app.close()
      await tenancy.close()
      await store.close()
      log.info('stopped')
    },
  }
}

async function openDatabase({ database }: Settings, batch: (commits: number) => void) {
  try {
    // A database in memory belongs to one thread.
    if (database === ':memory:') return sqliteStore(database, { batch })
    // Personal data: nobody else on the machine needs to look into it.
    await mkdir(dirname(database), { recursive: true, mode: 0o700 })
    return sqliteStore(database, { threads: true, batch })
  } catch (error) {
    throw wrongDatabase(database, error)
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

/** What a start prints: on the first one a way in, shown only once; later where things are. */
async function greet(tenancy: Tenancy, url: string): Promise<string> {
  if (!(await tenancy.tenants.isFirstStart())) {
    return [
      `Lockstep is running at ${url}`,
      '',
      `  SCIM base URL   ${url}${scimPath('{tenant}')}`,
      '  New token       lockstep connection create TENANT',
      '  Tenants         lockstep tenant list',
      '',
      '',
    ].join('\n')
  }
  await tenancy.tenants.createDefault()
  const { token } = await tenancy.connections.create(DEFAULT_TENANT, { kind: 'generic', label: 'first start' })
  await tenancy.tenants.endFirstStart()
  const base = `${url}${scimPath(DEFAULT_TENANT)}`
  return [
    `Lockstep is running at ${url}`,
    '',
    `  SCIM base URL   ${base}`,
    `  Bearer token    ${token}`,
    '',
    'The token is shown this once and kept only as a hash. Try it:',
    '',
    `  curl -H 'Authorization: Bearer ${token}' '${base}/Users'`,
    '',
    '',
  ].join('\n')
}
