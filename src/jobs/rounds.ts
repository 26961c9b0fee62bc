// The loop under readers and workers: looks for what is to be done and gives each candidate turns under its lease.

import type { Environment } from '../environment.ts'
import { Conflict, type LeaseKey } from '../store/index.ts'
import { backoffMs } from './backoff.ts'
import { type Bell, createBell } from './bell.ts'
import { type HeldLease, type LeaseDeps, LeaseLost, underLease } from './lease.ts'
import { createPauses, type Pauses } from './pauses.ts'
import { createSlots, type SlotLimits, type Slots } from './slots.ts'

/** How a reader or a worker runs; times in milliseconds. */
export interface Pace {
  /** How long a lease outlives the process that holds it. */
  readonly leaseMs: number
  /** How long one turn may take until its signal is aborted. */
  readonly turnMs: number
  /** Time between two looks when nothing is heard, ±20 %. */
  readonly pollMs: number
  /** Least time between two looks. */
  readonly restMs: number
  /** Turns at once. */
  readonly slots: SlotLimits
}

/** The usual pace. */
export const PACE: Pace = {
  leaseMs: 20_000,
  turnMs: 60_000,
  pollMs: 1_000,
  restMs: 20,
  slots: { total: 16, perTenant: 4 },
}

/** What has happened since the start, and what is under way. */
export interface RoundCounts {
  readonly looks: number
  /** Turns that began. */
  readonly turns: number
  /** Turns that another process was having. */
  readonly refused: number
  /** Turns whose lease was lost; another process does what they had not committed. */
  readonly lost: number
  /** Turns and looks that failed. */
  readonly failures: number
  /** Turns under way. */
  readonly running: number
  /** Leases whose last turn failed. */
  readonly failing: number
}

/** Something that may need a turn. No two turns under one lease run at once, in any process. */
export interface Candidate {
  readonly lease: LeaseKey
  /** It is in the first lane, for which slots are kept. */
  readonly first: boolean
}

/** What comes of a turn. `stuck`: it got nowhere, so the next one waits as after a failure. */
export type TurnResult = 'done' | 'more' | 'stuck'

/** A page of candidates. `more`: there may be others behind the last one. */
export interface CandidatePage<C> {
  readonly candidates: readonly C[]
  readonly more: boolean
}

/** What a loop is made of. */
export interface RoundsOptions<C extends Candidate> {
  readonly store: LeaseDeps['store']
  readonly environment: Pick<Environment, 'monotonic' | 'chance' | 'setTimer'>
  /** Names this process on the database; none before or after it has the same name. */
  readonly owner: string
  readonly pace: Pace
  /** Reads the first page, or the one behind `after`. `firstOnly`: there is room for the first lane alone. */
  readonly look: (after: C | undefined, firstOnly: boolean) => Promise<CandidatePage<C>>
  /** `failures`: how many turns of this candidate have failed in a row. */
  readonly turn: (candidate: C, lease: HeldLease, failures: number) => Promise<TurnResult>
  /** Called with what a turn or a look has thrown. */
  readonly report: (error: unknown, candidate: C | undefined) => void
}

/** A loop that runs. */
export interface Rounds {
  /** Says that there may be something to do. */
  readonly nudge: () => void
  readonly counts: () => RoundCounts
  /**
   * Begins no more turns and resolves when those under way have ended. Their signals are aborted after so many milliseconds; a turn
   * that ignores its signal holds this up.
   */
  readonly stop: (graceMs?: number) => Promise<void>
}

/** How long turns may go on after `stop`, in milliseconds. */
const GRACE_MS = 5_000

interface State {
  readonly bell: Bell
  readonly slots: Slots
  readonly pauses: Pauses
  /** Turns under way, by their lease. */
  readonly turns: Map<string, Promise<void>>
  readonly stopping: AbortController
  readonly counts: { looks: number; turns: number; refused: number; lost: number; failures: number }
  stopped: boolean
  nudges: number
  /** Something was passed over that can have its turn once another one ends. */
  passedOver: boolean
  /** There may be something to do that the last look has not given a turn. */
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
    stopping: new AbortController(),
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
      const cancel = environment.setTimer(graceMs, () => state.stopping.abort(), { background: true })
      await ended
      await Promise.all(state.turns.values())
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
      // Whoever was in front of a look that began in the middle comes before the pause.
      if (all && from === undefined) pauseMs = pollMs * (0.8 + 0.4 * chance())
    } catch (error) {
      state.counts.failures++
      options.report(error, undefined)
      await restUntil(options, state, monotonic() + backoffMs(++failures, chance))
    }
    const end = monotonic() + pauseMs
    while (!state.stopped && !state.again && monotonic() < end) await state.bell.wait(end - monotonic())
    await restUntil(options, state, next)
  }
}

/** Pauses in spite of nudges. */
async function restUntil<C extends Candidate>({ environment }: RoundsOptions<C>, state: State, until: number) {
  for (;;) {
    const left = until - environment.monotonic()
    if (left <= 0 || state.stopped) return
    await state.bell.wait(left)
  }
}

/** Reads one page and gives turns. `reached`: where the next look goes on. `all`: nothing was left for a look right after this one. */
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

/** Gives a candidate a turn, waiting for a slot if need be, or passes it over. False: the page is old, so look again. */
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
      const ended = takeTurn(options, state, candidate, id).then((more) => {
        state.turns.delete(id)
        state.slots.free(lease.tenant, first)
        if (more || state.passedOver) state.again = true
        state.bell.ring()
      })
      state.turns.set(id, ended)
      return true
    }
    state.passedOver = true
    if (room === 'tenant full') return true
    const left = page.until - monotonic()
    if (left <= 0 || state.nudges !== page.nudges) return false
    await state.bell.wait(left)
  }
}

/** One turn; never rejects. True when there is more to do. */
async function takeTurn<C extends Candidate>(
  options: RoundsOptions<C>,
  state: State,
  candidate: C,
  id: string,
): Promise<boolean> {
  const { counts, pauses, stopping } = state
  const { leaseMs, turnMs, pollMs } = options.pace
  // A name for each turn, so that a commit of unknown outcome can't arrive within a later turn of this process.
  const owner = `${options.owner}/${++counts.turns}`
  const terms = { key: candidate.lease, owner, ms: leaseMs, longestMs: turnMs, signal: stopping.signal }
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
    } else if (!stopping.signal.aborted) {
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
