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
  /** When its delivery came first: whoever began earlier goes first, so that deliveries get done instead of all being begun. */
  readonly age: number
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
  /** Who waits for a token, and who has one and waits for a slot. */
  readonly waiters: { readonly token: Line; readonly slot: Line }
  /** The next look at who may go. */
  look: { readonly at: number; readonly cancel: () => void } | undefined
  /** How many deliveries had come when each came. */
  order: Map<string, number>
  /** What ends the calls that run. */
  readonly ends: Set<(why: unknown) => void>
  mean: number | undefined
}

/** Waiters by lane, the oldest first. */
type Line = Map<number, Waiter[]>

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
    waiters: { token: new Map(), slot: new Map() },
    look: undefined,
    order: new Map(),
    ends: new Set(),
    mean: undefined,
  }
  const close = () => {
    if (state.closed) return
    state.closed = true
    state.look?.cancel()
    const waiters = Object.values(state.waiters).flatMap((line) => [...line.values()].flat())
    for (const line of Object.values(state.waiters)) line.clear()
    for (const waiter of waiters) waiter.dismiss(new TurnOver('The turn is over'))
  }
  const end = () => {
    close()
    for (const one of [...state.ends]) one(signal.reason)
  }
  if (signal.aborted) close()
  else signal.addEventListener('abort', end, { once: true })

  const wait = (ask: Ask, stage: 'token' | 'slot', probe: boolean): Promise<boolean> | boolean => {
    if (state.closed) throw new TurnOver('The turn is over')
    const delivery = deliveryOf(ask)
    const age = state.order.get(delivery) ?? state.order.size
    state.order.set(delivery, age)
    // Where nobody waits and there is enough for all, most of the time, nobody has to stand in line.
    if (stage === 'token' && isFree(deps, state)) {
      state.budget = takeToken(state.budget, adapter.traits, ask, environment.now()).budget
      return false
    }
    return new Promise<boolean>((go, dismiss) => {
      enqueue(state.waiters[stage], { ask, age, probe, go, dismiss })
      pump(deps, state)
    })
  }

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
    busy: () => lengthOf(state.waiters.token) + lengthOf(state.waiters.slot) + state.running,
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

/** Whether an app may be asked as often as anybody likes, and is well. */
function isFree({ adapter: { traits } }: CallsDeps, { health, waiters }: CallsState): boolean {
  return traits.buckets.length === 0 && waiters.token.size === 0 && health.health === 'healthy'
}

/** Lets go whoever may. */
function pump(deps: CallsDeps, state: CallsState): void {
  giveSlots(deps, state)
  const again = giveTokens(deps, state)
  const { token, slot } = state.waiters
  if (state.closed || (token.size === 0 && slot.size === 0)) return
  // Most looks find one planned that is soon enough.
  const at = deps.environment.monotonic() + Math.max(1, again)
  if (state.look !== undefined && state.look.at <= at) return
  state.look?.cancel()
  const look = () => {
    state.look = undefined
    pump(deps, state)
  }
  state.look = { at, cancel: deps.environment.setTimer(Math.max(1, again), look, { background: true }) }
}

function giveSlots({ environment, adapter: { traits } }: CallsDeps, state: CallsState): void {
  const { slot } = state.waiters
  while (!state.closed && slot.size > 0) {
    const lanes = [...slot.keys()].filter((lane) => hasSlot(traits, counts(state), lane))
    const lane = nextLane(state.budget, lanes)
    if (lane === undefined) return
    const first = dequeue(slot, lane)
    if (!mayAsk(state.health, environment.now()).go && !first.probe) {
      first.dismiss(new TurnOver('The app may not be asked now'))
      continue
    }
    state.running++
    if (lane === 0) state.leaving++
    first.go(first.probe)
  }
}

/** Returns in how many milliseconds a look is worth it again. */
function giveTokens({ environment, adapter: { traits } }: CallsDeps, state: CallsState): number {
  const { token } = state.waiters
  /** Kinds of requests that have none left for now. */
  const without = new Set<string>()
  let again = LOOK_MS
  while (!state.closed && token.size > 0) {
    const now = environment.now()
    const may = mayAsk(state.health, now)
    if (!may.go) return Math.min(again, may.at - now)
    // Another kind of request, or lane, may still have a token; but nothing of a later lane passes it in the same bucket.
    const fits = ({ ask }: Waiter) => without.size === 0 || !without.has(kindOf(ask))
    const lanes = [...token].filter(([, line]) => line.some(fits)).map(([lane]) => lane)
    const lane = nextLane(state.budget, lanes)
    const first = lane === undefined ? undefined : token.get(lane)?.find(fits)
    if (lane === undefined || first === undefined) break
    const taken = takeToken(state.budget, traits, first.ask, now)
    state.budget = taken.budget
    if (!taken.go) {
      again = Math.min(again, taken.at - now)
      without.add(kindOf(first.ask))
      continue
    }
    if (may.probe) state.health = hear(state.health, { event: 'probe' }, now).health
    dequeue(token, lane, first)
    first.go(may.probe)
  }
  return again
}

function kindOf({ step, type }: Ask): string {
  return `${step} ${type}`
}

function counts({ running, leaving }: CallsState) {
  return { all: running, leaving }
}

function deliveryOf({ headers }: Ask): string {
  return headers['lockstep-delivery'] ?? ''
}

function enqueue(line: Line, waiter: Waiter): void {
  const { lane } = waiter.ask
  const list = line.get(lane)
  if (list === undefined) {
    line.set(lane, [waiter])
    return
  }
  let at = list.length
  while (at > 0 && (list[at - 1] as Waiter).age > waiter.age) at--
  list.splice(at, 0, waiter)
}

/** Takes a waiter out of a line: the oldest of its lane, unless one is named. */
function dequeue(line: Line, lane: number, named?: Waiter): Waiter {
  const list = line.get(lane) ?? []
  const [waiter] = list.splice(named === undefined ? 0 : list.indexOf(named), 1)
  if (list.length === 0) line.delete(lane)
  return waiter as Waiter
}

function lengthOf(line: Line): number {
  let length = 0
  for (const list of line.values()) length += list.length
  return length
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
  const began = environment.monotonic()
  let cancel = () => {}
  let end: (why: unknown) => void = () => {}
  const tooLong = new Promise<never>((_, reject) => {
    const late = () => new AppError('unknown', 'The app did not answer in time')
    cancel = environment.setTimer(timeoutMs, () => {
      cancel = environment.setTimer(DEAF_MS, () => reject(late()))
      ending.abort(late())
    })
    end = (why) => {
      // Nothing that a lost owner still hears may be written.
      reject(new AppError('unknown', 'The turn ended before the app answered'))
      ending.abort(why)
    }
  })
  state.ends.add(end)
  let error: AppError | undefined
  try {
    return await Promise.race([run({ signal: ending.signal, isTimed: true, headers: ask.headers }), tooLong])
  } catch (thrown) {
    error = asAppError(thrown)
    throw error
  } finally {
    cancel()
    state.ends.delete(end)
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
