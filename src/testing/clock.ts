// Time and chance, handed in so that a fake app runs in virtual time too.

import { environment } from '../environment.ts'

/** Time and chance; the type has the same names as Lockstep's environment. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** From 0 up to, but not including, 1. */
  readonly chance: () => number
  /** Resolves after so many milliseconds; rejects with the signal's reason when it is aborted. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** The machine's own. */
export const REAL_CLOCK: Clock = environment
