// Warns in the log of credentials of apps that expire soon.

import { type Environment, environment as realEnvironment } from '../environment.ts'
import { expiringCredentials } from '../hub/index.ts'
import type { Store } from '../store/index.ts'
import type { Log } from './monitoring/log.ts'

/** How often it is looked; each process that runs a hub warns. */
const LOOK_MS = 12 * 3_600_000

/** Looks now, and twice a day. Returns how to stop. */
export function warnOfExpiry(store: Store, log: Log, environment: Environment = realEnvironment): () => Promise<void> {
  let cancel = () => {}
  let stopped = false
  let running = Promise.resolve()
  const look = async () => {
    for await (const { tenant, app, expiresAt, expired } of expiringCredentials(store, environment.now())) {
      if (stopped) return
      const what = expired ? 'have expired' : 'expire soon'
      log.warn({ tenant, app, expires: expiresAt }, `the credentials of an app ${what}; give new ones with: app change`)
    }
  }
  const turn = () => {
    running = look()
      .catch((error) => log.warn({ err: error }, 'it could not be looked whether credentials of apps expire'))
      .then(() => {
        if (!stopped) cancel = environment.setTimer(LOOK_MS, turn, { background: true })
      })
  }
  turn()
  return async () => {
    stopped = true
    cancel()
    await running
  }
}
