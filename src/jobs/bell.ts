// Lets one loop wait until something rings or time has passed.

import type { Environment } from '../environment.ts'

/** A bell that a single loop waits for. */
export interface Bell {
  /** Ends the current wait, or the next one immediately. */
  readonly ring: () => void
  /** Resolves at the next ring, or after this many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
}

/** Creates a bell. */
export function createBell(environment: Pick<Environment, 'setTimer'>): Bell {
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring() {
      rung = true
      wake?.()
    },
    wait(ms) {
      return new Promise((resolve) => {
        const done = () => {
          cancel()
          rung = false
          wake = undefined
          resolve()
        }
        const cancel = environment.setTimer(ms, done, { background: true })
        wake = done
        if (rung) done()
      })
    },
  }
}
