// Calls of one app's adapter: by lanes, within slots, rate budget, breaker and lease.

import type { Environment } from '../../environment.ts'
import type { HeldLease } from '../../jobs/index.ts'
import {
  type AccountType,
  type Adapter,
  type AdapterCall,
  AppError,
  type AppState,
  type Step,
} from '../contract/index.ts'
import { type HealthNotice, hear, mayAsk } from './breaker.ts'
import { type Budget, drainBudget, hasSlot, nextLane, openBudget, savedBudget, takeToken } from './budget.ts'

/** The turn is over, or may not send any more: nothing was sent, and the work stays as it is. */
export class TurnOver extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'TurnOver'
  }
}

/** What a call is, for budgets, lanes and the breaker. */
export interface Ask {
  readonly step: Step['do'] | 'read'
  readonly type: AccountType
  readonly lane: number
  /** It is about a collection (list, find, create), not one account. */
  readonly collection?: boolean
  readonly headers: AdapterCall['headers']
}

/** Permission for one call. */
export interface Pass {
  /** Makes the call. Throws AppError, or TurnOver when nothing was sent. */
  readonly send: <T>(run: (call: AdapterCall) => Promise<T>) => Promise<T>
}

/** What happened to a call. */
export interface CallOutcome {
  readonly ask: Ask
  readonly ms: number
  readonly error?: AppError
}

/** The calls of one turn. */
export interface Calls {
  /** Waits for a token and an app that may be asked. Throws TurnOver. */
  readonly pass: (ask: Ask) => Promise<Pass>
  /** Calls that wait or run. */
  readonly busy: () => number
  /** Calls that run. */
  readonly running: () => number
  /** No more calls start: those that wait are dismissed. */
  readonly close: () => void
  /** Mean duration of calls, in milliseconds; undefined before the first. */
  readonly meanMs: () => number | undefined
  /** When the app may be asked again, if it may not now. */
  readonly pausedUntil: () => number | undefined
  /** The parts of AppState that calls change. */
  readonly state: () => Pick<AppState, 'health' | 'reason' | 'healthSince' | 'pausedUntil' | 'breaker' | 'budget'>
}

/** What calls need. */
export interface CallsDeps {
  readonly environment: Pick<Environment, 'now' | 'monotonic' | 'setTimer'>
  readonly adapter: Adapter
  readonly lease: HeldLease
  /** How long the lease lasts after a renewal. */
  readonly leaseMs: number
  /** Aborted when the turn is over at once. */
  readonly signal: AbortSignal
  readonly state: AppState
  readonly told: (notice: HealthNotice) => void
  readonly called: (outcome: CallOutcome) => void
}

interface Waiter {
  readonly ask: Ask
  readonly stage: 'token' | 'slot'
  /** It asks an app whose breaker is open. */
  probe: boolean
  readonly go: (probe: boolean) => void
  readonly dismiss: (error: TurnOver) => void
}

interface CallsState {
  health: Pick<AppState, 'health' | 'reason' | 'healthSince' | 'pausedUntil' | 'breaker'>
  budget: Budget
  running: number
  leaving: number
  closed: boolean
  waiters: Waiter[]
  cancelTimer: (() => void) | undefined
  /** When each delivery came first: whoever began earlier goes first, so that deliveries get done instead of all being begun. */
  order: Map<string, number>
  mean: number | undefined
}

/** A call may only start while the lease outlives it by this much. */
const MARGIN_MS = 2_000
/** An adapter that does not end at its signal is given up after this time. */
const DEAF_MS = 1_000
/** Longest wait until the next look at who may go. */
const LOOK_MS = 1_000

/** Opens the calls of a turn. */
export function openCalls(deps: CallsDeps): Calls {
  const { environment, adapter, lease, signal } = deps
  const { health, reason, healthSince, pausedUntil, breaker } = deps.state
  const state: CallsState = {
    health: {
      health,
      ...(reason === undefined ? {} : { reason }),
      ...(healthSince === undefined ? {} : { healthSince }),
      ...(pausedUntil === undefined ? {} : { pausedUntil }),
      ...(breaker === undefined ? {} : { breaker }),
    },
    budget: openBudget(adapter.traits, deps.state.budget, environment.now(), lease.abandoned),
    running: 0,
    leaving: 0,
    closed: false,
    waiters: [],
    cancelTimer: undefined,
    order: new Map(),
    mean: undefined,
  }
  const close = () => {
    if (state.closed) return
    state.closed = true
    state.cancelTimer?.()
    const { waiters } = state
    state.waiters = []
    for (const waiter of waiters) waiter.dismiss(new TurnOver('The turn is over'))
  }
  if (signal.aborted) close()
  else signal.addEventListener('abort', close, { once: true })

  const wait = (ask: Ask, stage: Waiter['stage'], probe: boolean) =>
    new Promise<boolean>((go, dismiss) => {
      if (state.closed) return dismiss(new TurnOver('The turn is over'))
      const delivery = deliveryOf(ask)
      if (!state.order.has(delivery)) state.order.set(delivery, state.order.size)
      state.waiters.push({ ask, stage, probe, go, dismiss })
      pump(deps, state)
    })

  return {
    async pass(ask) {
      const probe = await wait(ask, 'token', false)
      return {
        async send(run) {
          await wait(ask, 'slot', probe)
          try {
            return await callOnce(deps, state, ask, run)
          } finally {
            state.running--
            if (ask.lane === 0) state.leaving--
            pump(deps, state)
          }
        },
      }
    },
    busy: () => state.waiters.length + state.running,
    running: () => state.running,
    close,
    meanMs: () => state.mean,
    pausedUntil() {
      const may = mayAsk(state.health, environment.now())
      return may.go ? undefined : may.at
    },
    state: () => ({ ...state.health, budget: savedBudget(state.budget) }),
  }
}

/** Lets go whoever may. */
function pump(deps: CallsDeps, state: CallsState): void {
  const { environment, adapter } = deps
  const { traits } = adapter
  state.cancelTimer?.()
  state.cancelTimer = undefined
  let again = LOOK_MS
  while (!state.closed) {
    const slots = state.waiters.filter(({ stage, ask }) => stage === 'slot' && hasSlot(traits, counts(state), ask.lane))
    const slot = firstByLane(state, slots)
    if (slot === undefined) break
    remove(state, slot)
    if (!mayAsk(state.health, environment.now()).go && !slot.probe) {
      slot.dismiss(new TurnOver('The app may not be asked now'))
      continue
    }
    state.running++
    if (slot.ask.lane === 0) state.leaving++
    slot.go(slot.probe)
  }
  let tokens = state.waiters.filter(({ stage }) => stage === 'token')
  while (!state.closed && tokens.length > 0) {
    const now = environment.now()
    const may = mayAsk(state.health, now)
    if (!may.go) {
      again = Math.min(again, may.at - now)
      break
    }
    const first = firstByLane(state, tokens)
    if (first === undefined) break
    const taken = takeToken(state.budget, traits, first.ask, now)
    state.budget = taken.budget
    if (!taken.go) {
      // Another kind of request, or lane, may still have a token; but nothing of a later lane passes it in the same bucket.
      again = Math.min(again, taken.at - now)
      tokens = tokens.filter(({ ask }) => ask.step !== first.ask.step || ask.type !== first.ask.type)
      continue
    }
    if (may.probe) state.health = hear(state.health, { event: 'probe' }, now).health
    remove(state, first)
    tokens = tokens.filter((one) => one !== first)
    first.go(may.probe)
  }
  if (state.closed || state.waiters.length === 0) return
  const look = () => pump(deps, state)
  state.cancelTimer = environment.setTimer(Math.max(1, again), look, { background: true })
}

function counts({ running, leaving }: CallsState) {
  return { all: running, leaving }
}

function firstByLane(state: CallsState, waiters: readonly Waiter[]): Waiter | undefined {
  const lane = nextLane(
    state.budget,
    waiters.map(({ ask }) => ask.lane),
  )
  const age = ({ ask }: Waiter) => state.order.get(deliveryOf(ask)) ?? 0
  let first: Waiter | undefined
  for (const one of waiters) if (one.ask.lane === lane && (first === undefined || age(one) < age(first))) first = one
  return first
}

function deliveryOf({ headers }: Ask): string {
  return headers['lockstep-delivery'] ?? ''
}

function remove(state: CallsState, waiter: Waiter): void {
  state.waiters = state.waiters.filter((one) => one !== waiter)
}

/** Longest time that a call may take under a lease: a renewal that fails must not leave calls running beyond it. */
export function callLimitMs(timeoutMs: number, leaseMs: number): number {
  return Math.min(timeoutMs, Math.floor(leaseMs * 0.7) - MARGIN_MS)
}

async function callOnce<T>(
  { environment, adapter, lease, leaseMs, signal, told, called }: CallsDeps,
  state: CallsState,
  ask: Ask,
  run: (call: AdapterCall) => Promise<T>,
): Promise<T> {
  const timeoutMs = callLimitMs(adapter.traits.timeoutMs, leaseMs)
  if (signal.aborted || lease.remainingMs() <= timeoutMs + MARGIN_MS) throw new TurnOver('The lease is about to end')
  const ending = new AbortController()
  const end = () => ending.abort(signal.reason)
  signal.addEventListener('abort', end, { once: true })
  const began = environment.monotonic()
  const cancel: (() => void)[] = []
  const tooLong = new Promise<never>((_, reject) => {
    cancel.push(
      environment.setTimer(timeoutMs, () => ending.abort(new AppError('unknown', 'The app did not answer in time'))),
      environment.setTimer(timeoutMs + DEAF_MS, () =>
        reject(new AppError('unknown', 'The app did not answer in time')),
      ),
    )
    // Nothing that a lost owner still hears may be written.
    const lost = () => reject(new AppError('unknown', 'The turn ended before the app answered'))
    signal.addEventListener('abort', lost, { once: true })
    cancel.push(() => signal.removeEventListener('abort', lost))
  })
  let error: AppError | undefined
  try {
    return await Promise.race([run({ signal: ending.signal, headers: ask.headers }), tooLong])
  } catch (thrown) {
    error = asAppError(thrown)
    throw error
  } finally {
    for (const each of cancel) each()
    signal.removeEventListener('abort', end)
    const ms = environment.monotonic() - began
    state.mean = state.mean === undefined ? ms : state.mean * 0.9 + ms * 0.1
    hearOutcome(state, adapter, ask, error, environment.now(), told)
    called({ ask, ms, ...(error === undefined ? {} : { error }) })
  }
}

function hearOutcome(
  state: CallsState,
  adapter: Adapter,
  ask: Ask,
  error: AppError | undefined,
  now: number,
  told: CallsDeps['told'],
): void {
  const heard =
    error === undefined
      ? hear(state.health, { event: 'answered' }, now)
      : hear(
          state.health,
          {
            event: 'failed',
            trouble: error.trouble,
            message: error.message,
            ...(error.status === undefined ? {} : { status: error.status }),
            ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
            ...(ask.collection === undefined ? {} : { collection: ask.collection }),
          },
          now,
        )
  state.health = heard.health
  if (error?.trouble === 'throttled') state.budget = drainBudget(state.budget, adapter.traits, ask, now)
  if (heard.notice !== undefined) told(heard.notice)
}

/** What an adapter has thrown. What is no AppError breaks its contract: it may have taken effect. */
function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new AppError('unknown', `The adapter failed: ${message}`, { cause: thrown })
}
