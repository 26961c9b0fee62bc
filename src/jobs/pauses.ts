// Which leases to leave alone for a while, because their last turn failed or another process has them.

import type { Environment } from '../environment.ts'
import { backoffMs } from './backoff.ts'

/** The pauses of one loop, by lease. */
export interface Pauses {
  readonly paused: (id: string) => boolean
  /** The number of consecutive failed turns. */
  readonly failures: (id: string) => number
  /** Records a failure and pauses, longer after each consecutive one. */
  readonly fail: (id: string) => void
  /** Pauses for this many milliseconds without changing the number of failures. */
  readonly leave: (id: string, ms: number) => void
  /** Clears the pause and the failures. */
  readonly end: (id: string) => void
  /** How many have failed and not yet succeeded since. */
  readonly failing: () => number
}

/** An entry that is not retried within this time after its pause, in milliseconds, is dropped. */
const FORGET_MS = 600_000

/** Creates an empty set of pauses. */
export function createPauses({ monotonic, chance }: Pick<Environment, 'monotonic' | 'chance'>): Pauses {
  // In the order of the last change, oldest first.
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
