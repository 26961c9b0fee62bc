// Runs a scenario with several processes on one store, in virtual time, decided by a seed.

import type { Environment } from '../../src/environment.ts'
import type { Write } from '../../src/store/index.ts'
import { connect, type WorkStore } from './connection.ts'
import { type Faults, NO_FAULTS } from './faults.ts'
import { BEGINNING, createProcess, type Process } from './process.ts'
import { createRandom, type Random } from './random.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'

/** Opens an empty store for a run. `environment` is the database's clock. */
export type OpenStore = (environment: Pick<Environment, 'now'>) => Promise<WorkStore>

/** What a scenario works with. */
export interface Simulation {
  readonly seed: number
  readonly random: Random
  readonly scheduler: Scheduler
  /** The store itself, without faults and delays, for preparation and checks. */
  readonly store: WorkStore
  /** Whether faults can still happen. */
  readonly disturbed: () => boolean
  /** Starts a process. If it crashes, a new one is started some time later. */
  readonly spawn: (name: string, main: (process: Process, store: WorkStore) => void) => void
  /** Records something that must never happen, and ends the run. */
  readonly violated: (what: string) => void
}

/** What a simulation runs and checks. */
export interface Scenario {
  /** Prepares the store and starts the processes. */
  readonly start: (simulation: Simulation) => Promise<void>
  /** Called right after the database has carried out a commit. */
  readonly committed?: (writes: readonly Write[], by: Process) => void
  /** Called once a second after the faults have ended. Returns what is not finished yet, or undefined. */
  readonly unfinished: () => Promise<string | undefined>
  /** Called when everything is finished. Returns what is wrong, or undefined. */
  readonly wrong?: () => Promise<string | undefined>
}

/** Options of a run; times are virtual, in milliseconds. */
export interface RunOptions {
  readonly seed: number
  readonly open: OpenStore
  readonly faults: Faults
  /** How long faults can happen. */
  readonly disturbedMs: number
  /** How long it may take after that until everything is finished. */
  readonly calmMs: number
  /** The most tasks in a virtual second; more means that something spins. */
  readonly stepsPerSecond: number
}

/** The longest time until a crashed process is replaced, in milliseconds. */
const RESTART_MS = 5_000

/** Runs a scenario. Returns what went wrong, or undefined. */
export async function simulate(scenario: Scenario, options: RunOptions): Promise<string | undefined> {
  const random = createRandom(options.seed)
  const scheduler = createScheduler(random)
  const store = await options.open({ now: () => BEGINNING + scheduler.now() })
  const violations: string[] = []
  const disturbed = () => scheduler.now() < options.disturbedMs
  const faults = () => (disturbed() ? options.faults : NO_FAULTS)
  let processes = 0

  const committed = scenario.committed ?? (() => {})
  const network = { store, scheduler, random, faults, committed }
  const spawn: Simulation['spawn'] = (name, main) => {
    const again = () => {
      const process = createProcess(`${name}#${++processes}`, scheduler, random, () => {
        scheduler.after(random.below(RESTART_MS), again)
      })
      process.setClock(random.between(-options.faults.skewMs, options.faults.skewMs))
      main(process, connect(network, process))
    }
    again()
  }
  const violated = (what: string) => violations.push(`${what} (at ${scheduler.now()} ms)`)
  const second = () => scheduler.run(scheduler.now() + 1_000, () => violations.length > 0, options.stepsPerSecond)

  try {
    await scenario.start({ ...options, random, scheduler, store, disturbed, spawn, violated })
    while (disturbed() && violations.length === 0) await second()
    let unfinished: string | undefined = 'not checked yet'
    while (violations.length === 0 && unfinished !== undefined) {
      if (scheduler.now() > options.disturbedMs + options.calmMs) return `never finished: ${unfinished}`
      await second()
      unfinished = await scenario.unfinished()
    }
    return violations[0] ?? (await scenario.wrong?.())
  } catch (error) {
    return String(error)
  } finally {
    await store.close()
  }
}
