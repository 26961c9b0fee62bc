// The circuit breaker of an app: what its answers say of its health, and when it may be asked again.

import type { AppState, AppTrouble } from '../contract/index.ts'

/** What the breaker reads and writes of {@link AppState}. */
export type Health = Pick<AppState, 'health' | 'reason' | 'healthSince' | 'pausedUntil' | 'breaker'>

/** What happened to a call. */
export type HealthEvent =
  /** The app answered, if only to refuse this one thing. */
  | { readonly event: 'answered' }
  | {
      readonly event: 'failed'
      readonly trouble: AppTrouble
      /** For people; never a secret. */
      readonly message: string
      readonly status?: number
      readonly retryAfterMs?: number
      /** The call was to a collection (list, find, create), not to one account: there, 404 means that the app is not where it was said. */
      readonly collection?: boolean
    }
  /** A request is about to be sent that {@link mayAsk} called a probe. */
  | { readonly event: 'probe' }
  /** A person says that it is mended: the next request is a probe, at once. */
  | { readonly event: 'retry' }

/** Why a breaker opens. */
export type OpenReason = 'credentials' | 'unavailable' | 'not-found' | 'failing'

/** What people are told of: once per opening, once per change of reason, once when it is over. */
export interface HealthNotice {
  readonly notice: 'opened' | 'reason-changed' | 'closed'
  readonly reason: OpenReason
  readonly message: string
}

/** Whether a request may be sent. `probe`: it is the only one for now, from the first lane that has any. */
export type Permission =
  | { readonly go: true; readonly probe: boolean }
  /** Not before `at`. */
  | { readonly go: false; readonly at: number }

/** What the breaker remembers, kept as `AppState.breaker`. A type, so that it is JSON. */
type Memory = {
  /** Answers of the last minute: [tenths of a minute since 1970, calls, failures among them]. */
  readonly answers?: readonly (readonly [slot: number, calls: number, failures: number])[]
  /** Failures one after the other, by what went wrong. */
  readonly running?: { readonly trouble: AppTrouble; readonly count: number }
  /** 429 one after the other without a time. */
  readonly throttles?: number
  readonly open?: OpenReason
  /** When the first failure since the last answer was, in milliseconds since 1970. */
  readonly began?: number
  /** The failure that it opened on, and the last one. */
  readonly first?: Failure
  readonly last?: Failure
  readonly probeMs?: number
  readonly probeAt?: number
  /** When it closed; an app that fails again soon after goes on with the longer wait. */
  readonly closedAt?: number
}

/** A failure as it is kept and shown. */
export type Failure = { readonly at: number; readonly message: string; readonly status?: number }

/** So often running, refused credentials or a missing connection open the breaker. */
const RUNNING = 3
/** Of so many calls in a minute more than half have to fail; or so many running, however long they took. */
const FAILING = 20
const SLOT_MS = 6_000
const SLOTS = 10
const FIRST_PROBE_MS = 15_000
const LONGEST_PROBE_MS = 900_000
/** A probe whose outcome was lost with its process is made again after this time. */
const LOST_PROBE_MS = 120_000
/** A pause that an app asks for is believed up to an hour: a leaver cannot wait for ever. */
const LONGEST_PAUSE_MS = 3_600_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_OWN_PAUSE_MS = 60_000

/**
 * Whether a request may be sent now. While the breaker is open there is one probe at a time, of the first lane that has something to
 * send; the time between two grows to 15 minutes and never beyond, and nothing turns the app off for good.
 */
export function mayAsk(health: Health, now: number): Permission {
  const paused = health.pausedUntil ?? 0
  if (paused > now) return { go: false, at: paused }
  const { probeAt = 0 } = memoryOf(health)
  if (health.health === 'open') return probeAt <= now ? { go: true, probe: true } : { go: false, at: probeAt }
  if (health.health === 'half-open') {
    const lostAt = (health.healthSince ?? 0) + LOST_PROBE_MS
    return lostAt <= now ? { go: true, probe: true } : { go: false, at: lostAt }
  }
  return { go: true, probe: false }
}

/** The health after an event, and what people are to be told. An app that waits for a person (`review`) stays so. */
export function hear(
  health: Health,
  event: HealthEvent,
  now: number,
): { readonly health: Health; readonly notice?: HealthNotice } {
  switch (event.event) {
    case 'probe':
      return { health: to(health, 'half-open', now) }
    case 'retry':
      if (health.health !== 'open' && health.health !== 'half-open')
        return { health: { ...withMemory(health, {}), pausedUntil: 0 } }
      return { health: { ...withMemory(to(health, 'open', now), { probeAt: now }), pausedUntil: 0 } }
    case 'answered':
      return answered(health, now)
    case 'failed':
      return event.trouble === 'throttled' ? throttled(health, event, now) : failed(health, event, now)
  }
}

/** What an open breaker shows people: why, since when, the failure that it opened on, the last one, and the next probe. */
export function describeBreaker(health: Health): {
  readonly reason?: OpenReason
  readonly first?: Failure
  readonly last?: Failure
  readonly probeAt?: number
} {
  const { open, first, last, probeAt } = memoryOf(health)
  if (open === undefined) return {}
  return {
    reason: open,
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    ...(probeAt === undefined ? {} : { probeAt }),
  }
}

/**
 * Since when the app is as it is, in milliseconds since 1970. One that is not asked, or tried again, is so since the first failure after
 * its last answer: however often it was tried in between, nothing has gone right since then.
 */
export function lastingSince(health: Health): number | undefined {
  if (health.health !== 'open' && health.health !== 'half-open') return health.healthSince
  const { began, first } = memoryOf(health)
  return began ?? first?.at ?? health.healthSince
}

function answered(health: Health, now: number): ReturnType<typeof hear> {
  const { open, began, first, last, running, throttles, answers, probeAt, ...memory } = memoryOf(health)
  if (open !== undefined && health.health !== 'healthy') {
    // What failed before the probe says nothing about the time after it.
    const closed = to(withMemory(health, { ...memory, closedAt: now }, true), 'healthy', now)
    return { health: closed, notice: { notice: 'closed', reason: open, message: 'The app answers again' } }
  }
  const counted = withMemory(health, { ...memory, answers: withAnswer(answers, false, now) }, true)
  return { health: health.health === 'throttled' ? to(counted, 'healthy', now) : counted }
}

function throttled(
  health: Health,
  { retryAfterMs, message }: Extract<HealthEvent, { event: 'failed' }>,
  now: number,
): ReturnType<typeof hear> {
  const { throttles = 0, ...memory } = memoryOf(health)
  const own = Math.min(FIRST_PAUSE_MS * 2 ** throttles, LONGEST_OWN_PAUSE_MS)
  const pause = retryAfterMs === undefined ? own : Math.min(Math.max(retryAfterMs, 0), LONGEST_PAUSE_MS)
  const pausedUntil = Math.max(health.pausedUntil ?? 0, now + pause)
  const told = { ...health, pausedUntil }
  const wasOpen = memory.open !== undefined
  // Somebody is there again, who asks for patience: the breaker has no part in that any more.
  const cleared = wasOpen
    ? { closedAt: now, ...(memory.probeMs === undefined ? {} : { probeMs: memory.probeMs }) }
    : memory
  const next = to(
    withMemory(told, { ...cleared, throttles: Math.min(throttles + 1, 10) }, true),
    'throttled',
    now,
    message,
  )
  if (!wasOpen || memory.open === undefined) return { health: next }
  return {
    health: next,
    notice: { notice: 'closed', reason: memory.open, message: 'The app answers again, but throttles' },
  }
}

function failed(
  health: Health,
  event: Extract<HealthEvent, { event: 'failed' }>,
  now: number,
): ReturnType<typeof hear> {
  const memory = memoryOf(health)
  const missing =
    event.collection === true &&
    (event.status === 404 || event.trouble === 'gone' || (event.trouble === 'unknown' && isSuccess(event.status)))
  // One account that is refused, taken or gone says nothing of the app: it did answer.
  if (!missing && ['refused', 'conflict', 'gone', 'too-large'].includes(event.trouble)) return answered(health, now)
  const { trouble, message, status } = event
  const failure: Failure = { at: now, message, ...(status === undefined ? {} : { status }) }
  const running = {
    trouble,
    count: memory.running?.trouble === trouble ? Math.min(memory.running.count + 1, FAILING) : 1,
  }
  const answers = withAnswer(memory.answers, true, now)
  const began = memory.began ?? now
  const noted: Memory = { ...memory, running, answers, began, last: failure }
  const reason = missing ? 'not-found' : reasonOf(running, answers, memory.open)
  if (reason === undefined) return { health: withMemory(health, noted, true) }
  const wasOpen = memory.open !== undefined
  // A request that was under way when it opened says nothing new; only a probe that fails makes the wait longer.
  if (wasOpen && health.health === 'open') return { health: withMemory(health, { ...memory, last: failure }, true) }
  const soonAgain = memory.closedAt !== undefined && now - memory.closedAt < LONGEST_PROBE_MS
  const longer = (wasOpen || soonAgain) && memory.probeMs !== undefined
  const probeMs = longer ? Math.min((memory.probeMs ?? FIRST_PROBE_MS) * 2, LONGEST_PROBE_MS) : FIRST_PROBE_MS
  const opened: Memory = {
    running,
    open: reason,
    began,
    first: wasOpen && memory.first !== undefined ? memory.first : failure,
    last: failure,
    probeMs,
    probeAt: now + probeMs,
  }
  const next = to(withMemory(health, opened, true), 'open', now, message)
  if (memory.open === reason) return { health: next }
  return { health: next, notice: { notice: wasOpen ? 'reason-changed' : 'opened', reason, message } }
}

/** Why the breaker opens, or stays open, after these failures; undefined when it doesn't. */
function reasonOf(
  running: NonNullable<Memory['running']>,
  answers: NonNullable<Memory['answers']>,
  open: OpenReason | undefined,
): OpenReason | undefined {
  const { trouble, count } = running
  // The probe has failed: whatever it failed with is the reason now.
  const enough = open === undefined ? RUNNING : 1
  if (trouble === 'credentials' && count >= enough) return 'credentials'
  if (trouble === 'unavailable' && count >= enough) return 'unavailable'
  if (open !== undefined || count >= FAILING) return 'failing'
  const calls = answers.reduce((sum, [, all]) => sum + all, 0)
  const failures = answers.reduce((sum, [, , some]) => sum + some, 0)
  return calls >= FAILING && failures * 2 > calls ? 'failing' : undefined
}

function withAnswer(answers: Memory['answers'], failure: boolean, now: number): NonNullable<Memory['answers']> {
  const slot = Math.floor(now / SLOT_MS)
  const recent = (answers ?? []).filter(([one]) => one > slot - SLOTS && one <= slot)
  const last = recent.at(-1)
  const some = failure ? 1 : 0
  if (last === undefined || last[0] !== slot) return [...recent, [slot, 1, some]]
  return [...recent.slice(0, -1), [slot, last[1] + 1, last[2] + some]]
}

function to(health: Health, next: Health['health'], now: number, reason?: string): Health {
  if (health.health === 'review') return health
  const { reason: _, ...rest } = health
  const kept = next === 'half-open' ? health.reason : reason
  return {
    ...rest,
    health: next,
    // A probe begins anew each time; any other state has lasted since it began.
    healthSince: health.health === next && next !== 'half-open' ? (health.healthSince ?? now) : now,
    ...(kept === undefined ? {} : { reason: kept }),
  }
}

/** What the breaker remembers. It was written by {@link withMemory} alone. */
function memoryOf(health: Health): Memory {
  return (health.breaker ?? {}) as Memory
}

function withMemory(health: Health, memory: Memory, whole = false): Health {
  return { ...health, breaker: whole ? memory : { ...memoryOf(health), ...memory } }
}

function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300
}
