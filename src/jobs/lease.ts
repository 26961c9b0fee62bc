// Runs work under a lease, which is renewed for as long as the work lasts.

import type { Environment } from '../environment.ts'
import type { LeaseKey, Work, WorkWrite } from '../store/index.ts'

/** What a lease is held with. */
export interface LeaseDeps {
  readonly store: Pick<Work, 'lease' | 'release'>
  readonly environment: Pick<Environment, 'monotonic' | 'setTimer'>
}

/** Which lease is wanted, for whom, and for how long. */
export interface LeaseTerms {
  readonly key: LeaseKey
  /** A name that nobody has taken this lease with before: each take gets an epoch of its own, even after an unknown outcome. */
  readonly owner: string
  /** How long the lease outlives a process that stops renewing it. */
  readonly ms: number
  /** How long the work may take in all; no limit unless given. */
  readonly longestMs?: number
  /** Tells the work to end early. */
  readonly signal?: AbortSignal
}

/** A lease as the work under it sees it. */
export interface HeldLease {
  readonly key: LeaseKey
  readonly epoch: number
  /** It was taken from an owner that had not released it: what that one had sent elsewhere may still arrive. */
  readonly abandoned: boolean
  /** Aborted when the lease is lost, when the work takes too long, and when it is to end early. */
  readonly signal: AbortSignal
  /**
   * For how many milliseconds nobody else can have the lease; 0 or less: it may be lost. To be looked at right before each effect
   * outside of the store. Counted on the monotonic clock from before the request that took or renewed the lease.
   */
  readonly remainingMs: () => number
  /** Belongs into each commit of the work. */
  readonly fence: WorkWrite
}

/** The reason of the signal when another owner has the lease, or may have it. */
export class LeaseLost extends Error {
  constructor({ tenant, name }: LeaseKey) {
    super(`The lease ${name} of tenant "${tenant}" has been lost`)
    this.name = 'LeaseLost'
  }
}

/** The reason of the signal when the work has taken longer than it may. */
export class TurnTooLong extends Error {
  constructor({ tenant, name }: LeaseKey, ms: number) {
    super(`The work under the lease ${name} of tenant "${tenant}" took more than ${ms} ms`)
    this.name = 'TurnTooLong'
  }
}

/** A third of a lease: two renewals may fail before it ends. */
const RENEWALS = 3

/**
 * Takes a lease, runs work under it and gives it back. Undefined, and no work, when another owner has it. The work must end soon
 * after its signal is aborted; until it has ended the lease is not given back, though it may run out.
 */
export async function underLease<T>(
  deps: LeaseDeps,
  terms: LeaseTerms,
  work: (lease: HeldLease) => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  const asked = deps.environment.monotonic()
  const lease = await deps.store.lease(terms.key, terms.owner, terms.ms)
  if (lease === undefined) return undefined
  const renewals = startRenewals(deps, terms, lease.epoch, asked + terms.ms)
  const { key } = terms
  const { epoch, abandoned } = lease
  const { signal, remainingMs } = renewals
  try {
    if (remainingMs() <= 0 || signal.aborted) return undefined
    const fence: WorkWrite = { write: 'fence', lease: key, epoch }
    return { result: await work({ key, epoch, abandoned, signal, remainingMs, fence }) }
  } finally {
    // What can't be given back runs out.
    await deps.store.release(key, await renewals.stop()).catch(() => {})
  }
}

interface Renewals {
  readonly signal: AbortSignal
  readonly remainingMs: () => number
  /** Ends the renewals, the one under way too, and returns the epoch that is to be released. */
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
        // Another owner has it, or had it in between.
        until = asked
        end(new LeaseLost(key))
      }
    } catch {
      // The database may be back before the time is up.
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
      // A renewal that arrives after the release would take the lease once more.
      await renewing
      for (const cancel of timers) cancel()
      return latest
    },
  }
}
