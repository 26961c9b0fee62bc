// Processes on a memory store in virtual time, without faults, for tests of a single behaviour.

import { memoryStore, type Store, type Work } from '../../src/store/index.ts'
import { connect } from './connection.ts'
import { NO_FAULTS } from './faults.ts'
import { BEGINNING, createProcess, type Process } from './process.ts'
import { createRandom } from './random.ts'
import { createScheduler } from './scheduler.ts'

/** A memory store in virtual time. */
export interface Calm {
  readonly store: Store & Work
  /** Milliseconds since the start. */
  readonly now: () => number
  /** Starts a process with its own connection. */
  readonly start: (name: string) => { readonly process: Process; readonly store: Store & Work }
  /** Lets this many milliseconds pass. */
  readonly pass: (ms: number) => Promise<void>
}

/** The most tasks in a virtual second. */
const STEPS_PER_SECOND = 20_000

/** Creates the store and its clock. */
export function createCalm(): Calm {
  const random = createRandom(1)
  const scheduler = createScheduler(random)
  const store = memoryStore({ environment: { now: () => BEGINNING + scheduler.now() } })
  const network = { store, scheduler, random, faults: () => NO_FAULTS, committed: () => {} }
  return {
    store,
    now: scheduler.now,
    start(name) {
      const process = createProcess(name, scheduler, random, () => {})
      return { process, store: connect(network, process) }
    },
    pass: (ms) =>
      scheduler.run(scheduler.now() + ms, () => false, STEPS_PER_SECOND * Math.max(1, Math.ceil(ms / 1_000))),
  }
}
