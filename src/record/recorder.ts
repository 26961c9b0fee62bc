// Records the requests of one process: counts all, keeps some, and writes both in batches.

import type { Environment } from '../environment.ts'
import type { Catalog } from '../protocol/index.ts'
import type { RecordStore } from './contract.ts'
import { addCounts, type Count, keyOf } from './counts.ts'
import { createLimits } from './limits.ts'
import { type AnswerClass, classOf, kindOf, type RequestLine } from './line.ts'
import { type Answered, type Asked, makeLine } from './make-line.ts'
import { hashOfName } from './named.ts'
import { createRequestIds } from './request-id.ts'
import { createTallies, skip, type Tallies } from './tallies.ts'
import { vocabularyOf } from './vocabulary.ts'

/** Options of {@link createRecorder}. */
export interface RecorderOptions {
  readonly store: RecordStore
  readonly environment: Environment
  /** Names this process in lines. */
  readonly process: string
  /** The types of a tenant: whose words are nobody's values. */
  readonly catalog: (tenant: string) => Catalog
  /** The key of the hashes of what requests name; undefined as long as it is not there. */
  readonly key?: () => Uint8Array | undefined
  /** Called with why nothing can be kept at present. */
  readonly failed?: ((error: unknown) => void) | undefined
}

/** Records the requests of one process. */
export interface Recorder {
  /** The id of the next request. */
  readonly nextId: (now: number) => string
  /**
   * Takes a request that was answered: its status, its time to answer in microseconds, the size of its answer, and the time. Costs a
   * tenth of a microsecond unless it is kept, and never throws. Times are of the clock that is never set.
   */
  readonly answered: (request: Asked, status: number, us: number, bytesOut: number, now: number) => void
  /** Since when nothing could be kept, milliseconds since 1970; undefined: all is well. */
  readonly failingSince: () => number | undefined
  /** Writes what is in memory. */
  readonly flush: () => Promise<void>
  /** Writes what is in memory once more, and stops. The store stays open. */
  readonly close: () => Promise<void>
}

/** How often lines are written, counts are, and requests that are not kept are told of. */
const LINES_MS = 250
const COUNTS_MS = 10_000
const UNKEPT_MS = 5_000
/** Most lines and counts that wait; there are more only where the store does not take them. */
const MOST_WAITING = 20_000
const MOST_COUNTS = 100_000
/** Lines in one batch. */
const BATCH = 2_000
/** Requests whose lines are made together: one after the other, each costs a third of what it does between two requests. */
const TOGETHER = 32
/** How long it waits after a failure. */
const RETRY_MS = 2_000

interface State {
  readonly options: RecorderOptions
  readonly makeId: (now: number) => string
  readonly keeps: ReturnType<typeof createLimits>
  readonly tallies: Tallies
  /** Requests that are kept and have no line yet, with when they were answered. No older than {@link LINES_MS}, since they hold values. */
  asked: { readonly request: Answered; readonly at: number }[]
  waiting: RequestLine[]
  counts: Map<string, Count>
  countsDue: number
  unkeptDue: number
  failingSince: number | undefined
  writing: Promise<void> | undefined
  cancel: (() => void) | undefined
  /** When that comes, by the clock that is never set. */
  timerAt: number
  /** Something was counted that is not taken yet. */
  isCounting: boolean
  /** By how much the clock that is never set is behind the other one, as of the last look. */
  behind: number
  closed: boolean
}

/** Creates the recorder. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { environment } = options
  const now = environment.monotonic()
  const state: State = {
    options,
    makeId: createRequestIds(environment),
    keeps: createLimits(now),
    tallies: createTallies(environment),
    asked: [],
    waiting: [],
    counts: new Map(),
    countsDue: now + COUNTS_MS,
    unkeptDue: now + UNKEPT_MS,
    failingSince: undefined,
    writing: undefined,
    cancel: undefined,
    timerAt: now,
    isCounting: false,
    behind: environment.now() - now,
    closed: false,
  }
  return {
    nextId: (now) => state.makeId(Math.trunc(now + state.behind)),
    answered: (request, status, us, bytesOut, now) => answered(state, request, status, us, bytesOut, now),
    failingSince: () => state.failingSince,
    flush: () => flush(state),
    async close() {
      state.closed = true
      state.cancel?.()
      await flush(state)
    },
  }
}

function answered(state: State, request: Asked, status: number, us: number, bytesOut: number, now: number): void {
  const { about, call, tenant } = request
  const { caller } = about
  const asks = caller === undefined ? 'door' : kindOf(call.method, call.path)
  // A pause of people is 503, and no failure of ours.
  const outcome = about.refused === undefined ? classOf(status) : 'refused'
  const counted = state.tallies.count(tenant, caller, asks, outcome, us, now)
  state.isCounting = true
  if (state.waiting.length < MOST_WAITING && state.keeps(asks, outcome, now)) {
    state.asked.push({ request: { ...request, status, us, bytesOut }, at: state.options.environment.now() })
    // The next timer comes late while the store is slow or takes nothing; values must not wait for it.
    const waits = state.writing !== undefined || state.failingSince !== undefined
    if (waits || state.asked.length >= TOGETHER) makeLines(state)
    // What waits only for counts comes sooner: whoever watches sees a line within a second.
    if (state.timerAt > now + LINES_MS && state.failingSince === undefined) endTimer(state)
  } else skip(counted, now)
  if (state.cancel === undefined && state.writing === undefined) schedule(state, LINES_MS)
}

/** Makes the lines of what is kept. Whatever is wrong with one must not reach an answer. */
function makeLines(state: State): void {
  const { options, waiting, asked } = state
  state.asked = []
  const key = options.key?.()
  const hash = key === undefined ? undefined : (tenant: string, name: string) => hashOfName(key, tenant, name)
  for (const { request, at } of asked) {
    try {
      const vocabulary = vocabularyOf(options.catalog(request.tenant))
      waiting.push(makeLine(request, { vocabulary, at, process: options.process, hash }))
    } catch (error) {
      options.failed?.(error)
    }
  }
}

function endTimer(state: State): void {
  state.cancel?.()
  state.cancel = undefined
}

function schedule(state: State, ms: number): void {
  if (state.closed) return
  state.timerAt = state.options.environment.monotonic() + ms
  state.cancel = state.options.environment.setTimer(
    ms,
    () => {
      state.cancel = undefined
      void writeDue(state)
    },
    { background: true },
  )
}

/** Writes lines, and counts when it is time. */
async function writeDue(state: State): Promise<void> {
  const { environment } = state.options
  const now = environment.monotonic()
  state.behind = environment.now() - now
  makeLines(state)
  if (now >= state.unkeptDue) {
    state.unkeptDue = now + UNKEPT_MS
    tellUnkept(state)
  }
  if (now >= state.countsDue) {
    state.countsDue = now + COUNTS_MS
    takeCounts(state)
  }
  await write(state)
  if (state.cancel !== undefined) return
  if (state.asked.length > 0 || state.waiting.length > 0 || state.counts.size > 0)
    schedule(state, state.failingSince === undefined ? LINES_MS : RETRY_MS)
  // What was counted is written although no request may come any more.
  else if (state.isCounting) schedule(state, Math.max(LINES_MS, Math.min(state.countsDue, state.unkeptDue) - now))
}

async function flush(state: State): Promise<void> {
  await state.writing
  makeLines(state)
  tellUnkept(state)
  takeCounts(state)
  await write(state)
}

function takeCounts(state: State): void {
  const { tallies, counts } = state
  state.isCounting = false
  addAll(counts, tallies.drain())
}

function addAll(counts: Map<string, Count>, more: Iterable<Count>): void {
  for (const count of more) {
    const key = keyOf(count)
    const before = counts.get(key)
    if (before !== undefined) counts.set(key, addCounts(before, count))
    else if (counts.size < MOST_COUNTS) counts.set(key, count)
  }
}

/** One write at a time. What the store does not take stays in memory, as far as there is room. */
function write(state: State): Promise<void> {
  state.writing ??= writeAll(state).finally(() => {
    state.writing = undefined
  })
  return state.writing
}

async function writeAll(state: State): Promise<void> {
  const { store, environment, failed } = state.options
  while (state.waiting.length > 0 || state.counts.size > 0) {
    const lines = state.waiting.slice(0, BATCH)
    const { counts } = state
    state.counts = new Map()
    try {
      await store.append({ lines, counts: [...counts.values()] })
    } catch (error) {
      addAll(state.counts, counts.values())
      if (state.failingSince === undefined) failed?.(error)
      state.failingSince ??= environment.now()
      return
    }
    state.failingSince = undefined
    state.waiting = state.waiting.slice(lines.length)
  }
}

/** Lines for what was counted and not kept. */
function tellUnkept({ options, tallies, waiting, makeId }: State): void {
  for (const { tenant, connection, kind, asks, outcome, n, since, until } of tallies.unkept()) {
    if (waiting.length >= 2 * MOST_WAITING) return
    waiting.push({
      id: makeId(options.environment.now()),
      at: until,
      since,
      unkept: n,
      tenant,
      ...(connection === '' ? {} : { connection }),
      ...(kind === undefined ? {} : { kind }),
      method: '',
      route: '',
      asks,
      path: '',
      status: STATUS_OF[outcome],
      us: 0,
      bytesIn: 0,
      bytesOut: 0,
      process: options.process,
    })
  }
}

/** The status that stands for a class, where requests of several statuses are one line. */
const STATUS_OF: { readonly [outcome in AnswerClass]: number } = { answered: 200, refused: 400, failed: 500 }
