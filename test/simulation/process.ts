// A simulated process: its clocks, timers, sleep and crash.

import type { Environment } from '../../src/environment.ts'
import type { Random } from './random.ts'
import type { Scheduler, TaskOwner } from './scheduler.ts'

/** The time at which simulations begin, in milliseconds since 1970. */
export const BEGINNING = 1_800_000_000_000

/** A process that can sleep past the end of its leases, and crash at any moment. */
export interface Process extends TaskOwner {
  /** Unique, also among processes that have crashed. */
  readonly name: string
  readonly environment: Environment
  /** Sleeps for this many milliseconds, while its clocks keep running. */
  readonly sleep: (ms: number) => void
  /** Crashes: nothing that it waits for ever arrives. */
  readonly crash: () => void
  /** Sets its wall clock this many milliseconds off the true time. */
  readonly setClock: (skewMs: number) => void
}

/** Creates a process. `crashed` is called when it crashes. */
export function createProcess(name: string, scheduler: Scheduler, random: Random, crashed: () => void): Process {
  let alive = true
  let asleepUntil = 0
  let skew = 0
  const started = random.below(1_000_000)
  const unavailable = () => {
    throw new Error('Not available in a simulation')
  }

  const process: Process = {
    name,
    alive: () => alive,
    asleepUntil: () => asleepUntil,
    sleep(ms) {
      asleepUntil = Math.max(asleepUntil, scheduler.now() + ms)
    },
    crash() {
      if (!alive) return
      alive = false
      crashed()
    },
    setClock(skewMs) {
      skew = skewMs
    },
    environment: {
      now: () => BEGINNING + scheduler.now() + skew,
      monotonic: () => started + scheduler.now(),
      chance: random.next,
      random: unavailable,
      fetch: unavailable,
      wait: (ms, signal) => wait(process, scheduler, ms, signal),
      setTimer: (ms, call) => scheduler.after(Math.max(0, ms), () => void call(), process),
      afterTurn: (call) => void scheduler.after(0, () => void call(), process),
    },
  }
  return process
}

function wait(process: Process, scheduler: Scheduler, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = scheduler.after(
      ms,
      () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      },
      process,
    )
    signal?.addEventListener('abort', stop, { once: true })
  })
}
