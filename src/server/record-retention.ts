// Removes what the record of requests no longer keeps: now and then, in one process of all.

import { type Environment, environment as realEnvironment } from '../environment.ts'
import { underLease } from '../jobs/index.ts'
import type { RecordStore, Retention } from '../record/index.ts'
import type { Store } from '../store/index.ts'
import { readRetention } from '../tenancy/index.ts'
import { forgetGoneTenants } from './gone-tenants.ts'

/** What it works with. */
export interface RetentionDeps {
  /** The directory's store, which holds the lease. */
  readonly store: Store
  readonly record: RecordStore
  /** For how many days lines are kept, unless somebody has set it since. */
  readonly days: number
  readonly report: (error: unknown) => void
  readonly environment?: Environment
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** How often each process checks whether there is something to remove. */
const LOOK_MS = 5 * MINUTE_MS
/** How long the work may go unattended before another process takes it on. */
const LEASE_MS = MINUTE_MS
/** A pause after each step, so that requests are written in between. */
const PAUSE_MS = 100
/** How long recorded values are kept, minutes are, and hours. */
const VALUES_MS = DAY_MS
const MINUTES_MS = 2 * DAY_MS
const HOURS_MS = 400 * DAY_MS

/** Most lines and bytes in all, and how many of each tenant stay whatever others do. */
export const MOST_KEPT = { most: 5_000_000, mostBytes: 2 * 1024 ** 3, fair: 10_000, step: 2_000 } as const

/** What is kept at a moment. */
export function retentionAt(now: number, days: number): Retention {
  const wholeHour = (time: number) => time - (time % HOUR_MS)
  return {
    ...MOST_KEPT,
    before: now - days * DAY_MS,
    valuesBefore: now - VALUES_MS,
    minutesBefore: wholeHour(now - MINUTES_MS),
    hoursBefore: wholeHour(now - HOURS_MS),
  }
}

/** Begins. Returns a function that stops it and resolves once no work is in progress. */
export function startRetention(deps: RetentionDeps): () => Promise<void> {
  const { environment = realEnvironment, report } = deps
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let cancel = () => {}
  function look(): void {
    running = removeOld(deps, stopping.signal)
      .catch((error) => {
        if (!stopping.signal.aborted) report(error)
      })
      .finally(() => {
        if (!stopping.signal.aborted) cancel = environment.setTimer(LOOK_MS, look, { background: true })
      })
  }
  cancel = environment.setTimer(LOOK_MS, look, { background: true })
  return async () => {
    stopping.abort()
    cancel()
    await running
  }
}

async function removeOld(deps: RetentionDeps, stopping: AbortSignal): Promise<void> {
  const { store, record, days, environment = realEnvironment } = deps
  const owner = Buffer.from(environment.random(new Uint8Array(12))).toString('base64url')
  const terms = { key: { tenant: '', name: 'record-retention' }, owner, ms: LEASE_MS, signal: stopping }
  await underLease({ store, environment }, terms, async ({ signal }) => {
    const { recordDays = days } = await readRetention(store)
    while (!signal.aborted && (await record.trim(retentionAt(environment.now(), recordDays))))
      await environment.wait(PAUSE_MS, signal)
    await forgetGoneTenants({ store, record, environment }, signal)
  })
}
