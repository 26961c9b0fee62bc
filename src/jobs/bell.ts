// Wakes one waiting loop: by a ring, or by the time.

import type { Environment } from '../environment.ts'

/** A bell that one loop waits for. */
export interface Bell {
  /** Ends the wait under way, or the next one at once. */
  readonly ring: () => void
  /** Resolves at the next ring, or after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
}

/** Makes a bell. */
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
