// Which leases are to be left alone for a while: their last turn failed, or another process has them.

import type { Environment } from '../environment.ts'
import { backoffMs } from './backoff.ts'

/** The pauses of one loop, by what they are for. */
export interface Pauses {
  readonly paused: (id: string) => boolean
  /** How many turns in a row have failed. */
  readonly failures: (id: string) => number
  /** Pauses after a failure, longer with each one in a row. */
  readonly fail: (id: string) => void
  /** Pauses for so many milliseconds; failures before it still count. */
  readonly leave: (id: string, ms: number) => void
  /** Forgets pause and failures. */
  readonly end: (id: string) => void
  /** How many have failed and not succeeded since. */
  readonly failing: () => number
}

/** What was not tried again for so long after its pause, in milliseconds, is gone. */
const FORGET_MS = 600_000

/** Makes the list of pauses. */
export function createPauses({ monotonic, chance }: Pick<Environment, 'monotonic' | 'chance'>): Pauses {
  // Oldest entry first.
  const pauses = new Map<string, { readonly until: number; readonly failures: number }>()

  function put(id: string, ms: number, failures: number): void {
    const now = monotonic()
    pauses.delete(id)
    pauses.set(id, { until: now + ms, failures })
    for (const [old, { until }] of pauses) {
      if (until + FORGET_MS > now) break
      pauses.delete(old)
    }
  }
  const failures = (id: string) => pauses.get(id)?.failures ?? 0

  return {
    paused: (id) => (pauses.get(id)?.until ?? Number.NEGATIVE_INFINITY) > monotonic(),
    failures,
    fail: (id) => put(id, backoffMs(failures(id) + 1, chance), failures(id) + 1),
    leave: (id, ms) => put(id, ms, failures(id)),
    end: (id) => pauses.delete(id),
    failing: () => [...pauses.values()].filter((one) => one.failures > 0).length,
  }
}
