// Runs the hub beside the server, or alone. Its trouble is logged, and never the server's.

import type { AppNotice, HubMeter, HubOptions, HubTracer } from '../hub/index.ts'
import type { RunningHub, Settings, Site } from '../site/index.ts'
import type { Log } from './monitoring/log.ts'
import { hasSurelyEnded, PROCESS_NAME } from './process-name.ts'

/** How long requests to apps that are on their way may go on when the process ends. */
const GRACE_MS = 5_000

/** What the hub of a process works with. */
export interface HubDeps {
  readonly site: Site
  readonly settings: Settings
  readonly log: Log
  readonly meter: HubMeter
  readonly tracer: HubTracer | undefined
}

/**
 * Starts the hub; what keeps it from starting is logged, and the server goes on without it. Returns how to stop it: requests on their way
 * may end, and what the process owns is given back, so that another one goes on at once.
 */
export function runHub({ site, settings, log, meter, tracer }: HubDeps): () => Promise<void> {
  const starting: Promise<RunningHub | undefined> = site
    .runHub(settings, {
      owner: PROCESS_NAME,
      hasEnded: hasSurelyEnded,
      meter,
      restored: (apps) =>
        log.warn(
          { apps },
          'the database is older than what its hub has sent: a backup was restored, or it was moved. Apps are paused until somebody has looked at each plan and resumed the app: lockstep plan APP, then lockstep app resume APP',
        ),
      ...(tracer === undefined ? {} : { tracer }),
      report: (error, where) => logTrouble(log, error, where),
    })
    .catch((error) => {
      log.error({ err: error }, 'the hub could not be started: apps are not kept in lockstep by this process')
      return undefined
    })
  // Loaded once the hub is.
  const stopWarning = starting
    .then(async (hub) => hub && (await import('./hub-expiry.ts')).warnOfExpiry(site.store, log))
    .catch((error) => void log.warn({ err: error }, 'nobody is warned of credentials that expire'))
  return async () => {
    const hub = await starting
    await (await stopWarning)?.()
    await hub?.stop(GRACE_MS).catch((error) => log.warn({ err: error }, 'the hub could not be stopped in order'))
  }
}

/** What is wrong with an app is told in its words; what is wrong with the hub, with where it happened. */
export function logTrouble(log: Pick<Log, 'info' | 'warn'>, ...[error, where]: Parameters<HubOptions['report']>): void {
  // By its name: the hub is loaded only where it runs.
  if (!(error instanceof Error && error.name === 'AppNotice')) {
    log.warn({ err: error, ...where }, 'the hub could not go on with an app; it tries again')
    return
  }
  const { notice, message } = error as AppNotice
  if (notice === 'closed') log.info({ notice, ...where }, message)
  else log.warn({ notice, ...where }, message)
}
