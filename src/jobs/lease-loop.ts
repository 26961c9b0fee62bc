// The loop behind readers and workers: finds candidates and gives each one turns under its lease.

import type { Environment } from '../environment.ts'
import { Conflict, type LeaseKey } from '../store/index.ts'
import { backoffMs } from './backoff.ts'
import { type Bell, createBell } from './bell.ts'
import { type HeldLease, type LeaseDeps, LeaseLost, underLease } from './lease.ts'
import { createPauses, type Pauses } from './pauses.ts'
import { createSlots, type SlotLimits, type Slots } from './slots.ts'

/** Timing and limits of a reader or worker; times in milliseconds. */
export interface Pace {
  /** How long a lease lasts after its holder stops renewing it. */
  readonly leaseMs: number
  /** How long a turn may take before its signal is aborted. */
  readonly turnMs: number
  /** Time between two looks when there is no nudge, ±20 %. */
  readonly pollMs: number
  /** Minimum time between two looks. */
  readonly restMs: number
  /** How many turns may run at once. */
  readonly slots: SlotLimits
}

/** The default pace. */
export const PACE: Pace = {
  leaseMs: 20_000,
  turnMs: 60_000,
  pollMs: 1_000,
  restMs: 20,
  slots: { total: 16, perTenant: 4 },
}

/** Counts since the start, and what is running now. */
export interface RoundCounts {
  readonly looks: number
  /** Turns that were attempted. */
  readonly turns: number
  /** Attempts that found the lease taken by another process. */
  readonly refused: number
  /** Turns whose lease was lost; another process redoes what they had not committed. */
  readonly lost: number
  /** Turns and looks that failed. */
  readonly failures: number
  /** Turns running now. */
  readonly running: number
  /** Candidates whose last turn failed. */
  readonly failing: number
}

/** Something that may need a turn. Two turns under the same lease never run at once, in any process. */
export interface Candidate {
  readonly lease: LeaseKey
  /** It is in the first lane, which has reserved slots. */
  readonly first: boolean
}

/** The outcome of a turn. `stuck`: it made no progress, so the next one is delayed as after a failure. */
export type TurnResult = 'done' | 'more' | 'stuck'

/** A page of candidates. `more`: others may follow the last one. */
export interface CandidatePage<C> {
  readonly candidates: readonly C[]
  readonly more: boolean
}

/** The parts of a loop. */
export interface RoundsOptions<C extends Candidate> {
  readonly store: LeaseDeps['store']
  readonly environment: Pick<Environment, 'monotonic' | 'chance' | 'setTimer'>
  /** The name of this process; unique among all processes that ever use the database. */
  readonly owner: string
  /** Whether the owner of a lease has surely ended: then its lease is taken over before its time is up. */
  readonly hasEnded?: ((owner: string) => boolean) | undefined
  readonly pace: Pace
  /** Reads the first page, or the one after `after`. `firstOnly`: there is room for the first lane only. */
  readonly look: (after: C | undefined, firstOnly: boolean) => Promise<CandidatePage<C>>
  /** `failures`: the number of consecutive failed turns of this candidate. */
  readonly turn: (candidate: C, lease: HeldLease, failures: number) => Promise<TurnResult>
  /** Called with the error that a turn or a look has thrown. */
  readonly report: (error: unknown, candidate: C | undefined) => void
}

/** A running loop. */
export interface Rounds {
  /** Signals that there may be something to do. */
  readonly nudge: () => void
  readonly counts: () => RoundCounts
  /**
   * Starts no more turns and resolves when the running ones have ended. After `graceMs` their signals are aborted; a turn that ignores
   * its signal delays this.
   */
  readonly stop: (graceMs?: number) => Promise<void>
}

/** How long turns may continue after `stop`, in milliseconds. */
const GRACE_MS = 5_000

interface State {
  readonly bell: Bell
  readonly slots: Slots
  readonly pauses: Pauses
  /** Running turns, by lease. */
  readonly turns: Map<string, { readonly ended: Promise<void>; readonly ending: AbortController }>
  readonly counts: { looks: number; turns: number; refused: number; lost: number; failures: number }
  stopped: boolean
  nudges: number
  /** A candidate was skipped that can have its turn once another one ends. */
  passedOver: boolean
  /** There may be something to do that the last look did not start. */
  again: boolean
}

/** Starts a loop. */
export function startRounds<C extends Candidate>(options: RoundsOptions<C>): Rounds {
  const { environment, pace } = options
  const state: State = {
    bell: createBell(environment),
    slots: createSlots(pace.slots),
    pauses: createPauses(environment),
    turns: new Map(),
    counts: { looks: 0, turns: 0, refused: 0, lost: 0, failures: 0 },
    stopped: false,
    nudges: 0,
    passedOver: false,
    again: false,
  }
  const ended = run(options, state)
  return {
    nudge() {
      state.nudges++
      state.again = true
      state.bell.ring()
    },
    counts: () => ({ ...state.counts, running: state.turns.size, failing: state.pauses.failing() }),
    async stop(graceMs = GRACE_MS) {
      state.stopped = true
      state.bell.ring()
      const abort = () => {
        for (const { ending } of state.turns.values()) ending.abort()
      }
      const cancel = environment.setTimer(graceMs, abort, { background: true })
      await ended
      await Promise.all([...state.turns.values()].map((turn) => turn.ended))
      cancel()
    },
  }
}

async function run<C extends Candidate>(options: RoundsOptions<C>, state: State): Promise<void> {
  const { monotonic, chance } = options.environment
  const { pollMs, restMs } = options.pace
  let after: C | undefined
  let failures = 0
  while (!state.stopped) {
    const next = monotonic() + restMs
    let pauseMs = 0
    try {
      const from = after
      const { reached, all } = await lookOnce(options, state, from)
      after = reached
      failures = 0
      // After a look that began in the middle, look from the beginning before pausing.
      if (all && from === undefined) pauseMs = pollMs * (0.8 + 0.4 * chance())
    } catch (error) {
      state.counts.failures++
      options.report(error, undefined)
      await restUntil(options, state, monotonic() + backoffMs(++failures, chance))
    }
    const end = monotonic() + pauseMs
    // Read once a round: the time goes on between two readings, and no wait may be negative.
    for (let left = pauseMs; !state.stopped && !state.again && left > 0; left = end - monotonic())
      await state.bell.wait(left)
    await restUntil(options, state, next)
  }
}

/** Waits, regardless of nudges. */
async function restUntil<C extends Candidate>({ environment }: RoundsOptions<C>, state: State, until: number) {
  for (;;) {
    const left = until - environment.monotonic()
    if (left <= 0 || state.stopped) return
    await state.bell.wait(left)
  }
}

/** Reads one page and starts turns. `reached`: where the next look continues. `all`: the page was the last one, and done with. */
async function lookOnce<C extends Candidate>(
  options: RoundsOptions<C>,
  state: State,
  after: C | undefined,
): Promise<{ readonly reached: C | undefined; readonly all: boolean }> {
  const { nudges } = state
  const until = options.environment.monotonic() + options.pace.pollMs
  state.passedOver = false
  state.again = false
  state.counts.looks++
  const { candidates, more } = await options.look(after, state.slots.firstOnly())
  let reached = after
  for (const candidate of candidates) {
    if (!(await admit(options, state, candidate, { nudges, until }))) return { reached, all: false }
    reached = candidate
  }
  return more ? { reached, all: false } : { reached: undefined, all: true }
}

/** Starts a candidate's turn, waiting for a slot if necessary, or skips it. False: the page is out of date, so look again. */
async function admit<C extends Candidate>(
  options: RoundsOptions<C>,
  state: State,
  candidate: C,
  page: { readonly nudges: number; readonly until: number },
): Promise<boolean> {
  const { monotonic } = options.environment
  const { lease, first } = candidate
  const id = `${lease.tenant}\n${lease.name}`
  for (;;) {
    if (state.stopped) return false
    if (state.pauses.paused(id)) return true
    const room = state.turns.has(id) ? 'tenant full' : state.slots.room(lease.tenant, first)
    if (room === 'yes') {
      state.slots.take(lease.tenant, first)
      const ending = new AbortController()
      const ended = takeTurn(options, state, candidate, id, ending.signal).then((more) => {
        state.turns.delete(id)
        state.slots.free(lease.tenant, first)
        if (more || state.passedOver) state.again = true
        state.bell.ring()
      })
      state.turns.set(id, { ended, ending })
      return true
    }
    state.passedOver = true
    if (room === 'tenant full') return true
    const left = page.until - monotonic()
    if (left <= 0 || state.nudges !== page.nudges) return false
    await state.bell.wait(left)
  }
}

/** Runs one turn; never rejects. True if there is more to do. */
async function takeTurn<C extends Candidate>(
  options: RoundsOptions<C>,
  state: State,
  candidate: C,
  id: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { counts, pauses } = state
  const { leaseMs, turnMs, pollMs } = options.pace
  // A new name for each turn: a commit of unknown outcome must not pass the fence of a later turn of this process.
  const owner = `${options.owner}/${++counts.turns}`
  const terms = { key: candidate.lease, owner, ms: leaseMs, longestMs: turnMs, signal, hasEnded: options.hasEnded }
  let held: HeldLease | undefined
  try {
    const turn = await underLease(options, terms, (lease) => {
      held = lease
      return options.turn(candidate, lease, pauses.failures(id))
    })
    if (turn === undefined) {
      counts.refused++
      pauses.leave(id, pollMs)
    } else if (turn.result === 'stuck') {
      pauses.fail(id)
    } else {
      pauses.end(id)
      return turn.result === 'more'
    }
  } catch (error) {
    if (isLost(error, held)) {
      counts.lost++
    } else if (!signal.aborted) {
      counts.failures++
      pauses.fail(id)
      options.report(error, candidate)
    }
  }
  return false
}

function isLost(error: unknown, held: HeldLease | undefined): boolean {
  return (error instanceof Conflict && error.reason === 'epoch') || held?.signal.reason instanceof LeaseLost
}
