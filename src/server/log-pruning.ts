// Shortens the logs of tenants that keep them for some days only: once a day, in one process of all.

import { type Directory, PRUNED_DAILY } from '../directory/index.ts'
import { type Environment, environment as realEnvironment } from '../environment.ts'
import { underLease } from '../jobs/index.ts'
import type { Store } from '../store/index.ts'
import { isImported, readTenantSettings } from '../tenancy/index.ts'

/** What logs are shortened with. */
export interface LogPruningDeps {
  readonly store: Store
  readonly directory: Pick<Directory, 'pruneLog'>
  /** Called with what kept the log of a tenant, or all of them, from being shortened. */
  readonly report: (error: unknown, tenant: string | undefined) => void
  readonly environment?: Environment
}

const DAY_MS = 86_400_000
/** How often each process checks whether it is time. */
const LOOK_MS = 3_600_000
/** How long the work may go unattended before another process takes it on. */
const LEASE_MS = 60_000

/** Checks now and then every hour. Returns a function that stops it and resolves once no work is in progress. */
export function startLogPruning(deps: LogPruningDeps): () => Promise<void> {
  const { environment = realEnvironment } = deps
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let cancel = () => {}

  function look(): void {
    running = pruneIfDue(deps, stopping.signal)
      .catch((error) => deps.report(error, undefined))
      .finally(() => {
        if (!stopping.signal.aborted) cancel = environment.setTimer(LOOK_MS, look, { background: true })
      })
  }

  look()
  return async () => {
    stopping.abort()
    cancel()
    await running
  }
}

/** Shortens the logs, unless that was done within a day, or another process is at it. */
async function pruneIfDue(deps: LogPruningDeps, stopping: AbortSignal): Promise<void> {
  const { store, environment = realEnvironment } = deps
  if (!(await isDue(store, environment.now()))) return
  const owner = Buffer.from(environment.random(new Uint8Array(12))).toString('base64url')
  const terms = { key: { tenant: '', name: PRUNED_DAILY.queue }, owner, ms: LEASE_MS, signal: stopping }
  await underLease({ store, environment }, terms, async ({ signal, fence }) => {
    const now = environment.now()
    if (!(await isDue(store, now))) return
    for (const { tenant } of await store.tenants()) {
      if (signal.aborted) return
      await pruneTenant(deps, tenant, now, signal)
    }
    await store.commit([fence, { write: 'item', item: PRUNED_DAILY, set: { due: now + DAY_MS, state: 'waiting' } }])
  })
}

async function isDue(store: Store, now: number): Promise<boolean> {
  const [item] = await store.items(PRUNED_DAILY.tenant, PRUNED_DAILY.queue, { keys: [PRUNED_DAILY.key] })
  // A time further ahead was written by a clock that was wrong.
  return item === undefined || item.due <= now || item.due > now + DAY_MS
}

/** One tenant's trouble is not another's. */
async function pruneTenant(
  { store, directory, report }: LogPruningDeps,
  tenant: string,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    // An import is verified by what its file holds.
    if (!(await isImported(store, tenant))) return
    const { logDays } = await readTenantSettings(store, tenant)
    if (logDays > 0) await directory.pruneLog(tenant, { before: now - logDays * DAY_MS, actor: 'server', signal })
  } catch (error) {
    if (!signal.aborted) report(error, tenant)
  }
}
