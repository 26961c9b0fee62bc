// Runs the hub in a process of its own, without serving.

import { openSite, type Settings } from '../site/index.ts'
import { runHub } from './hub.ts'
import { createHubDebt } from './monitoring/hub-debt.ts'
import { createHubMeters } from './monitoring/hub-meters.ts'
import { createLog } from './monitoring/log.ts'
import { createTracing } from './tracing.ts'

/** Starts the hub alone. Returns how to stop it. */
export async function startHubAlone(settings: Settings): Promise<() => Promise<void>> {
  const log = createLog(settings.logLevel)
  const site = await openSite(settings, {
    threads: true,
    create: false,
    died: (cause) => log.error({ err: cause }, 'the thread that writes the database has ended; a new one is started'),
  })
  const { meter } = createHubMeters({ tenants: false, debt: createHubDebt(site.store) })
  const tracer = settings.traces === true ? (await createTracing(site.store)).hub : undefined
  const stop = runHub({ site, settings, log, meter, tracer })
  log.info({ database: settings.database }, 'the hub runs')
  return async () => {
    await stop()
    await site.close()
    log.info('stopped')
  }
}
