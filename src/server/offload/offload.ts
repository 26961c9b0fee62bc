// Runs heavy requests in threads beside the event loop, so that it stays free for quick ones; tenants take turns.

import { LIMITS, ScimError } from '../../protocol/index.ts'
import type { Answer, Call } from '../../provider/index.ts'
import { createTurns, type Turns } from '../../turns.ts'
import { overTime } from './over-time.ts'
import { type OffloadThread, startOffloadThread, ThreadEnded, type ThreadOptions } from './thread.ts'

/** Threads that carry out heavy requests. */
export interface Offload {
  readonly run: (call: Call, body: Uint8Array | undefined) => Promise<Answer>
  /** What they are doing now, and have done. */
  readonly load: () => OffloadLoad
  readonly close: () => Promise<void>
}

/** How an offloaded request can end. */
export const OFFLOAD_OUTCOMES = ['answered', 'refused', 'dropped', 'stopped', 'timed_out', 'failed'] as const

/** Numbers of the threads. */
export interface OffloadLoad {
  readonly threads: number
  /** Requests that wait for a thread. */
  readonly waiting: number
  /** Requests that a thread is carrying out. */
  readonly running: number
  /** Large answers that are being sent. */
  readonly sending: number
  /**
   * Requests so far by how they ended: `refused`: too many were waiting; `dropped` and `stopped`: the client disconnected
   * while the request waited or ran; `timed_out`: while it waited or ran; `failed`: its thread failed.
   */
  readonly outcomes: { readonly [outcome in (typeof OFFLOAD_OUTCOMES)[number]]: number }
  /** How long requests have waited for a thread, summed up. */
  readonly waitedSeconds: number
}

/** Most threads. */
const THREADS = 3
/** An idle thread is ended after this long. */
const IDLE_MS = 60_000
/** A request that was told to stop may take this long to do so before its thread is ended. */
const GRACE_MS = 3_000
/** How long a request may run, and before that wait, by default. */
const SECONDS = 30
/** A refused client may retry after this many seconds. */
const COME_AGAIN = 5
/** Large answers that may be sent at the same time, in total and of one tenant: each holds a snapshot of the database. */
const SENDING = 32
const SENDING_OF_ONE = 8
/** How long a client may take to read a large answer. */
const TAKING_MS = 300_000

/** Options of {@link createOffload}. */
export interface OffloadOptions extends Omit<ThreadOptions, 'seconds'> {
  /** Most threads. Unless there is only one, no tenant alone ever gets the last of them. */
  readonly most?: number
  /** How long an idle thread is kept. */
  readonly idleMs?: number
  /** How long a request may run, and before that wait. */
  readonly seconds?: number
  /** How long a request that is to stop may take to do so. */
  readonly graceMs?: number
  /** The node of a cluster that holds a tenant, as far as it is known: tenants of a node that hangs never get the last thread either. */
  readonly nodeOf?: ((tenant: string) => string | undefined) | undefined
}

/** A request on its way through. */
interface Job {
  readonly call: Call
  readonly tenant: string
  readonly body: Uint8Array | undefined
  /** By `performance.now()`. */
  readonly arrived: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
  /** The thread that carries it out. */
  thread?: OffloadThread
  timer?: NodeJS.Timeout
  /** Why it was told to stop. */
  stopped?: 'gone' | 'time'
}

/** The state of all threads. */
interface Pool {
  readonly options: OffloadOptions
  readonly most: number
  /** Most threads of one tenant, and of the tenants of one node. */
  readonly share: number
  readonly seconds: number
  readonly graceMs: number
  /** Each with the timer that ends it when it is idle. */
  readonly threads: Map<OffloadThread, NodeJS.Timeout | undefined>
  readonly turns: Turns<Job>
  readonly running: Map<string, number>
  /** Requests in flight by the node of their tenants. */
  readonly onNode: Map<string, number>
  readonly sending: Map<string, number>
  readonly outcomes: { [outcome in (typeof OFFLOAD_OUTCOMES)[number]]: number }
  waitedMs: number
  /** Threads that are not ready yet. */
  starting: number
  closed: boolean
}

/** An answer that no one reads, since the client has gone: nginx's status for it, seen in metrics only. */
const CLIENT_GONE: Answer = { status: 499, headers: [] }

/**
 * Creates the threads, each started when the others are busy. Tenants take turns: the one with the fewest requests in flight goes
 * first, and a tenant that has all but one of the threads has to wait, so that another one always finds one free or soon free.
 */
export function createOffload(options: OffloadOptions): Offload {
  const { most = THREADS, seconds = SECONDS, graceMs = GRACE_MS } = options
  const pool: Pool = {
    options,
    most,
    share: Math.max(1, most - 1),
    seconds,
    graceMs,
    threads: new Map(),
    turns: createTurns<Job>({ most: LIMITS.HEAVY_WAITING, mostOfOne: LIMITS.HEAVY_WAITING_OF_ONE }),
    running: new Map(),
    onNode: new Map(),
    sending: new Map(),
    outcomes: { answered: 0, refused: 0, dropped: 0, stopped: 0, timed_out: 0, failed: 0 },
    waitedMs: 0,
    starting: 0,
    closed: false,
  }
  return {
    run: (call, body) => enqueue(pool, call, body),
    load: () => ({
      threads: pool.threads.size,
      waiting: pool.turns.size(),
      running: total(pool.running),
      sending: total(pool.sending),
      outcomes: pool.outcomes,
      waitedSeconds: pool.waitedMs / 1_000,
    }),
    async close() {
      pool.closed = true
      for (const timer of pool.threads.values()) clearTimeout(timer)
      await Promise.all([...pool.threads.keys()].map((thread) => thread.end()))
    },
  }
}

function enqueue(pool: Pool, call: Call, body: Uint8Array | undefined): Promise<Answer> {
  const { turns, outcomes, seconds } = pool
  return new Promise<Answer>((resolve, reject) => {
    let forget: (() => void) | undefined
    const job: Job = {
      call,
      tenant: call.tenant ?? '',
      body,
      arrived: performance.now(),
      resolve(answer) {
        forget?.()
        resolve(answer)
      },
      reject(error) {
        forget?.()
        reject(error)
      },
    }
    if (!turns.add(job.tenant, job)) {
      outcomes.refused++
      job.reject(busy('Too many requests that need a thread of their own are waiting already'))
      return
    }
    job.timer = setTimeout(() => {
      turns.remove(job.tenant, job)
      outcomes.timed_out++
      job.reject(busy(`This request has waited ${seconds} s for a thread`))
    }, seconds * 1_000)
    forget = call.gone?.(() => leave(pool, job))
    assign(pool)
  })
}

/** Assigns waiting requests to free threads, and starts threads for the others. */
function assign(pool: Pool): void {
  const { threads, turns, most } = pool
  if (pool.closed) return
  for (const thread of threads.keys()) {
    if (thread.busy()) continue
    const job = turns.next((tenant) => loadOf(pool, tenant))
    if (job === undefined) break
    start(pool, job, thread)
  }
  const free = [...threads.keys()].some((thread) => !thread.busy())
  if (free || threads.size >= most) return
  // While one is starting, the requests that wait may be served by it, or by one that gets free before.
  if (turns.size() > pool.starting) startThread(pool)
  // The last thread is started before it is needed: the request it is meant for should not wait for the start.
  else if (threads.size > 1 && threads.size === most - 1 && pool.starting === 0) startThread(pool)
}

/** How many threads a tenant uses; undefined if it, or the node that holds it, may not use another one. */
function loadOf({ options, onNode, running, share }: Pool, tenant: string): number | undefined {
  const node = options.nodeOf?.(tenant)
  if (node !== undefined && (onNode.get(node) ?? 0) >= share) return undefined
  const used = running.get(tenant) ?? 0
  return used < share ? used : undefined
}

function startThread(pool: Pool): void {
  const { options, seconds, threads, turns } = pool
  pool.starting++
  const thread = startOffloadThread(
    { ...options, seconds },
    {
      ready() {
        pool.starting--
        rest(pool, thread)
        assign(pool)
      },
      ended(failure) {
        clearTimeout(threads.get(thread))
        threads.delete(thread)
        if (failure !== undefined) {
          pool.starting--
          // It couldn't start; the request it was meant for fails, and doesn't wait for the next thread that can't start.
          const job = turns.next((tenant) => loadOf(pool, tenant))
          if (job !== undefined) fail(pool, job, failure)
        }
        assign(pool)
      },
    },
  )
  threads.set(thread, undefined)
}

function start(pool: Pool, job: Job, thread: OffloadThread): void {
  const { threads, running, onNode, options, sending, seconds } = pool
  const { call, body, tenant } = job
  clearTimeout(job.timer)
  clearTimeout(threads.get(thread))
  pool.waitedMs += performance.now() - job.arrived
  count(running, tenant, 1)
  const node = options.nodeOf?.(tenant)
  if (node !== undefined) count(onNode, node, 1)
  job.thread = thread
  job.timer = setTimeout(() => stop(pool, job, 'time'), seconds * 1_000)
  const work = thread.run(call, body, () => {
    count(sending, tenant, -1)
    rest(pool, thread)
  })
  const freed = () => {
    clearTimeout(job.timer)
    delete job.thread
    count(running, tenant, -1)
    if (node !== undefined) count(onNode, node, -1)
    rest(pool, thread)
    assign(pool)
  }
  work.then(
    (answer) => {
      freed()
      succeed(pool, job, answer)
    },
    (error) => {
      freed()
      fail(pool, job, error)
    },
  )
}

/** Passes on the answer of a thread. */
function succeed({ sending, outcomes, seconds }: Pool, job: Job, answer: Answer): void {
  const { body } = answer
  const streamed = typeof body === 'object' && !(body instanceof Uint8Array)
  if (streamed) count(sending, job.tenant, 1)
  if (job.stopped !== undefined) {
    outcomes[job.stopped === 'gone' ? 'stopped' : 'timed_out']++
    if (streamed) discard(body)
    if (job.stopped === 'gone') job.resolve(CLIENT_GONE)
    else if (streamed) job.reject(overTime(job.call.method, job.call.path, seconds, 0))
    // Either the request was done in the end, or the answer says that it was stopped.
    else job.resolve(answer)
  } else if (streamed && (total(sending) > SENDING || (sending.get(job.tenant) ?? 0) > SENDING_OF_ONE)) {
    outcomes.refused++
    discard(body)
    job.reject(busy('Too many large answers are still being sent'))
  } else {
    outcomes.answered++
    job.resolve(streamed ? { ...answer, body: within(body, TAKING_MS) } : answer)
  }
}

function fail({ outcomes, seconds }: Pool, job: Job, error: unknown): void {
  const { method, path } = job.call
  clearTimeout(job.timer)
  if (job.stopped === 'gone') {
    outcomes.stopped++
    job.resolve(CLIENT_GONE)
  } else if (job.stopped === 'time' && error instanceof ThreadEnded) {
    outcomes.timed_out++
    job.reject(overTime(method, path, seconds, error.commits))
  } else {
    outcomes.failed++
    job.reject(error)
  }
}

/** Stops a request that runs. A thread that doesn't reach a place where it could stop is ended, but never within a commit. */
function stop({ graceMs }: Pool, job: Job, why: 'gone' | 'time'): void {
  job.stopped ??= why
  job.thread?.stop()
  clearTimeout(job.timer)
  // A client that still waits is better served by what the request itself says about how far it got.
  const patienceMs = why === 'time' ? 3 * graceMs : graceMs
  const insist = () => {
    if (job.thread?.kill() === false) job.timer = setTimeout(insist, patienceMs)
  }
  job.timer = setTimeout(insist, patienceMs)
}

/** The client has gone: a request that waits is dropped, one that runs is stopped. */
function leave(pool: Pool, job: Job): void {
  if (job.thread !== undefined) {
    stop(pool, job, 'gone')
    return
  }
  pool.turns.remove(job.tenant, job)
  clearTimeout(job.timer)
  pool.outcomes.dropped++
  job.resolve(CLIENT_GONE)
}

/** Sets the timer that ends a thread that stays idle. */
function rest({ threads, options, closed }: Pool, thread: OffloadThread): void {
  if (closed || thread.busy() || thread.sending() > 0 || !threads.has(thread)) return
  clearTimeout(threads.get(thread))
  const timer = setTimeout(() => void thread.end(), options.idleMs ?? IDLE_MS)
  timer.unref()
  threads.set(thread, timer)
}

function count(counts: Map<string, number>, key: string, by: number): void {
  const left = (counts.get(key) ?? 0) + by
  if (left > 0) counts.set(key, left)
  else counts.delete(key)
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const one of counts.values()) sum += one
  return sum
}

/** 503 with the time to retry after. */
function busy(why: string): ScimError {
  return new ScimError(503, `${why}; try again in ${COME_AGAIN} s`, { headers: { 'retry-after': String(COME_AGAIN) } })
}

function discard(body: AsyncIterable<unknown>): void {
  body[Symbol.asyncIterator]()
    .return?.()
    .catch(() => undefined)
}

/** The same stream with a time limit: it holds a snapshot of the database as long as it lasts. */
function within(body: AsyncIterable<string | Uint8Array>, ms: number): AsyncIterable<string | Uint8Array> {
  const inner = body[Symbol.asyncIterator]()
  let late = false
  const timer = setTimeout(() => {
    late = true
    inner.return?.().catch(() => undefined)
  }, ms)
  timer.unref()
  const iterator: AsyncIterator<string | Uint8Array> = {
    async next() {
      const piece = await inner.next()
      if (late) throw new Error(`The answer was not taken within ${ms / 1_000} s`)
      if (piece.done) clearTimeout(timer)
      return piece
    },
    async return() {
      clearTimeout(timer)
      await inner.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
