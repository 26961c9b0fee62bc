// Runs work under a lease that is renewed until the work ends.

import type { Environment } from '../environment.ts'
import type { Lease, LeaseKey, Work, WorkWrite } from '../store/index.ts'

/** The dependencies of {@link underLease}. */
export interface LeaseDeps {
  readonly store: Pick<Work, 'lease' | 'release' | 'leaseHolder'>
  readonly environment: Pick<Environment, 'monotonic' | 'setTimer'>
}

/** Which lease to take, for which owner, and for how long. */
export interface LeaseTerms {
  readonly key: LeaseKey
  /** Must be different each time a lease is taken, so that each take gets its own epoch, even after an unknown outcome. */
  readonly owner: string
  /** How long the lease lasts after the last renewal. */
  readonly ms: number
  /** How long the work may take; unlimited if absent. */
  readonly longestMs?: number
  /** Abort it to end the work early. */
  readonly signal?: AbortSignal
  /** Whether the owner of a lease has surely ended: then its lease is taken over before its time is up. */
  readonly hasEnded?: ((owner: string) => boolean) | undefined
}

/** A lease, as passed to the work that runs under it. */
export interface HeldLease {
  readonly key: LeaseKey
  readonly epoch: number
  /** The previous owner did not release it, so requests that it sent to other systems may still arrive. */
  readonly abandoned: boolean
  /** Aborted when the lease is lost, when the work takes too long, or when it should end early. */
  readonly signal: AbortSignal
  /**
   * How many milliseconds remain during which no other owner can have the lease; if 0 or less, it may be lost. Check it right before
   * each effect outside the store. Measured on the monotonic clock, from before the request that took or renewed the lease.
   */
  readonly remainingMs: () => number
  /** Include it in every commit of the work. */
  readonly fence: WorkWrite
  /** Lets the lease expire instead of releasing it, because requests may still arrive: the next owner finds it abandoned. */
  readonly abandon: () => void
}

/** The signal's abort reason when another owner has the lease, or may have it. */
export class LeaseLost extends Error {
  constructor({ tenant, name }: LeaseKey) {
    super(`The lease ${name} of tenant "${tenant}" has been lost`)
    this.name = 'LeaseLost'
  }
}

/** The signal's abort reason when the work has exceeded its time limit. */
export class TurnTooLong extends Error {
  constructor({ tenant, name }: LeaseKey, ms: number) {
    super(`The work under the lease ${name} of tenant "${tenant}" took more than ${ms} ms`)
    this.name = 'TurnTooLong'
  }
}

/** Renewals per length of a lease: it survives two failures in a row. */
const RENEWALS = 4

/**
 * Takes a lease, runs work under it and releases it. Returns undefined, without running the work, if another owner has it. The work
 * must end soon after its signal is aborted; the lease is not released before that, though it may expire.
 */
export async function underLease<T>(
  deps: LeaseDeps,
  terms: LeaseTerms,
  work: (lease: HeldLease) => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  const asked = deps.environment.monotonic()
  const lease = (await deps.store.lease(terms.key, terms.owner, terms.ms)) ?? (await leaseOfDead(deps, terms))
  if (lease === undefined) return undefined
  const renewals = startRenewals(deps, terms, lease.epoch, asked + terms.ms)
  const { key } = terms
  const { epoch, abandoned } = lease
  const { signal, remainingMs } = renewals
  let isAbandoned = false
  const abandon = () => {
    isAbandoned = true
  }
  try {
    if (remainingMs() <= 0 || signal.aborted) return undefined
    const fence: WorkWrite = { write: 'fence', lease: key, epoch }
    return { result: await work({ key, epoch, abandoned, signal, remainingMs, fence, abandon }) }
  } finally {
    const latest = await renewals.stop()
    // If it cannot be released, it expires.
    if (!isAbandoned) await deps.store.release(key, latest).catch(() => {})
  }
}

/** The lease of an owner that has surely ended. What it sent may still arrive, so it is an abandoned one. */
async function leaseOfDead({ store }: LeaseDeps, { key, owner, ms, hasEnded }: LeaseTerms): Promise<Lease | undefined> {
  if (hasEnded === undefined) return undefined
  const holder = await store.leaseHolder(key)
  if (holder === undefined || !hasEnded(holder.owner)) return undefined
  return store.lease(key, owner, ms, { from: holder.owner })
}

interface Renewals {
  readonly signal: AbortSignal
  readonly remainingMs: () => number
  /** Stops renewing, waits for a renewal in progress, and returns the epoch to release. */
  readonly stop: () => Promise<number>
}

function startRenewals(deps: LeaseDeps, terms: LeaseTerms, epoch: number, first: number): Renewals {
  const { store, environment } = deps
  const { key, owner, ms, longestMs } = terms
  const ending = new AbortController()
  let until = first
  let latest = epoch
  let renewing: Promise<void> | undefined
  let timers: readonly (() => void)[] = []

  const end = (reason: unknown) => {
    for (const cancel of timers) cancel()
    ending.abort(reason)
  }
  const endEarly = () => end(terms.signal?.reason)
  const background = { background: true }
  const cancelLongest =
    longestMs && environment.setTimer(longestMs, () => end(new TurnTooLong(key, longestMs)), background)

  function schedule(): void {
    const left = Math.max(0, until - environment.monotonic())
    const renewNow = () => {
      renewing = renew()
    }
    timers = [
      environment.setTimer(left, () => end(new LeaseLost(key)), background),
      environment.setTimer(Math.min(left, ms / RENEWALS), renewNow, background),
    ]
  }

  async function renew(): Promise<void> {
    const asked = environment.monotonic()
    try {
      const renewed = await store.lease(key, owner, ms)
      latest = renewed?.epoch ?? latest
      if (renewed?.epoch === epoch) {
        until = asked + ms
      } else {
        // Another owner has it, or had it in the meantime.
        until = asked
        end(new LeaseLost(key))
      }
    } catch {
      // The database may recover before the lease expires.
    }
    if (ending.signal.aborted) return
    for (const cancel of timers) cancel()
    schedule()
  }

  schedule()
  if (terms.signal?.aborted) endEarly()
  else terms.signal?.addEventListener('abort', endEarly, { once: true })

  return {
    signal: ending.signal,
    remainingMs: () => until - environment.monotonic(),
    async stop() {
      terms.signal?.removeEventListener('abort', endEarly)
      if (cancelLongest) cancelLongest()
      for (const cancel of timers) cancel()
      // A renewal that arrived after the release would take the lease again.
      await renewing
      for (const cancel of timers) cancel()
      return latest
    },
  }
}
