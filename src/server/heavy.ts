import { LIMITS, ScimError } from '../protocol/index.ts'
import type { Answer, Call } from '../provider/index.ts'
import { createTurns } from '../turns.ts'
import { type HeavyThread, startHeavyThread, ThreadEnded, type ThreadOptions } from './heavy-thread.ts'
import { overTime } from './over-time.ts'

/** Threads that carry out heavy requests whole, so that the event loop stays free for the quick ones. */
export interface Heavy {
  readonly run: (call: Call, body: Uint8Array | undefined) => Promise<Answer>
  /** What they do now, and have done. */
  readonly load: () => HeavyLoad
  readonly close: () => Promise<void>
}

/** How a heavy request can come out. */
export const HEAVY_OUTCOMES = ['answered', 'refused', 'dropped', 'stopped', 'timed_out', 'failed'] as const

/** Numbers of the threads for heavy requests. */
export interface HeavyLoad {
  readonly threads: number
  /** Requests that wait for a thread. */
  readonly waiting: number
  /** Requests that a thread is at work on. */
  readonly running: number
  /** Large answers that are being sent. */
  readonly sending: number
  /**
   * Requests so far by how they came out: `refused` since too many waited, `dropped` and `stopped` since their client had gone
   * while they waited or ran, `timed_out` while they waited or ran, `failed` with their thread.
   */
  readonly outcomes: { readonly [outcome in (typeof HEAVY_OUTCOMES)[number]]: number }
  /** How long those that got a thread had waited for it, all together. */
  readonly waitedSeconds: number
}

/** Threads at most. */
const THREADS = 3
/** A thread with nothing to do for this long is let go. */
const IDLE_MS = 60_000
/** A request that was told to stop gets so long to do it before its thread is ended. */
const GRACE_MS = 3_000
/** How long one may run, and before that wait, unless the settings say otherwise. */
const SECONDS = 30
/** Whoever is refused may come again after so many seconds. */
const COME_AGAIN = 5
/** Large answers that are being sent, of all tenants and of one: each holds a snapshot of the database. */
const SENDING = 32
const SENDING_OF_ONE = 8
/** How long it may take to take a large answer. */
const TAKING_MS = 300_000

/** Options of {@link createHeavy}. */
export interface HeavyOptions extends Omit<ThreadOptions, 'seconds'> {
  /** Most threads. Unless there is only one, one tenant alone never gets the last of them. */
  readonly most?: number
  /** How long a thread with nothing to do is kept. */
  readonly idleMs?: number
  /** How long a request may run, and before that wait. */
  readonly seconds?: number
  /** How long a request that is to stop may take to do it. */
  readonly graceMs?: number
  /** The node of a cluster that a tenant lives on, as far as it is known: one that hangs never gets the last thread either. */
  readonly nodeOf?: ((tenant: string) => string | undefined) | undefined
}

/** A request on its way through. */
interface Job {
  readonly call: Call
  readonly tenant: string
  readonly body: Uint8Array | undefined
  readonly came: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
  /** The thread that is at work on it. */
  thread?: HeavyThread
  timer?: NodeJS.Timeout
  /** Why it was told to stop. */
  stopped?: 'gone' | 'time'
}

/** What nobody reads, since whoever asked has gone: nginx's status for it, seen in metrics alone. */
const NOBODY: Answer = { status: 499, headers: [] }

/**
 * Makes the threads, each begun when the others are busy. Tenants take turns: the one with the fewest requests under way goes
 * first, and a tenant that has all but one of the threads has to wait, so that another one always finds one free or soon free.
 */
export function createHeavy(options: HeavyOptions): Heavy {
  const { most = THREADS, seconds = SECONDS, graceMs = GRACE_MS } = options
  const share = Math.max(1, most - 1)
  /** Each with what lets it go when it has rested for long. */
  const threads = new Map<HeavyThread, NodeJS.Timeout | undefined>()
  const turns = createTurns<Job>({ most: LIMITS.HEAVY_WAITING, mostOfOne: LIMITS.HEAVY_WAITING_OF_ONE })
  const running = new Map<string, number>()
  /** Requests under way by the node of their tenants. */
  const onNode = new Map<string, number>()
  const sending = new Map<string, number>()
  const outcomes: { [outcome in (typeof HEAVY_OUTCOMES)[number]]: number } = {
    answered: 0,
    refused: 0,
    dropped: 0,
    stopped: 0,
    timed_out: 0,
    failed: 0,
  }
  let waited = 0
  /** Threads that are not ready yet. */
  let starting = 0
  let closed = false

  function begin(): void {
    starting++
    const thread = startHeavyThread(
      { ...options, seconds },
      {
        ready() {
          starting--
          rest(thread)
          pump()
        },
        ended(failure) {
          clearTimeout(threads.get(thread))
          threads.delete(thread)
          if (failure !== undefined) {
            starting--
            // It can't be there; whoever it was meant for is told, and not kept waiting for the next one that can't.
            const job = turns.next(mayRun)
            if (job !== undefined) fail(job, failure)
          }
          pump()
        },
      },
    )
    threads.set(thread, undefined)
  }

  const mayRun = (tenant: string) => {
    const node = options.nodeOf?.(tenant)
    if (node !== undefined && (onNode.get(node) ?? 0) >= share) return undefined
    const count = running.get(tenant) ?? 0
    return count < share ? count : undefined
  }

  /** Gives work to threads as long as there are both, and begins threads that there is work for. */
  function pump(): void {
    if (closed) return
    for (const thread of threads.keys()) {
      if (thread.busy()) continue
      const job = turns.next(mayRun)
      if (job === undefined) break
      start(job, thread)
    }
    const free = [...threads.keys()].some((thread) => !thread.busy())
    if (free || threads.size >= most) return
    // While one is on its way whoever waits may be served by it, or by one that gets free before.
    if (turns.size() > starting) begin()
    // The last one is begun before it is needed: whoever it is for should not wait for it.
    else if (threads.size > 1 && threads.size === most - 1 && starting === 0) begin()
  }

  function start(job: Job, thread: HeavyThread): void {
    const { call, body, tenant } = job
    clearTimeout(job.timer)
    clearTimeout(threads.get(thread))
    waited += performance.now() - job.came
    count(running, tenant, 1)
    const node = options.nodeOf?.(tenant)
    if (node !== undefined) count(onNode, node, 1)
    job.thread = thread
    job.timer = setTimeout(() => stop(job, 'time'), seconds * 1_000)
    const work = thread.run(call, body, () => {
      count(sending, tenant, -1)
      rest(thread)
    })
    const freed = () => {
      clearTimeout(job.timer)
      delete job.thread
      count(running, tenant, -1)
      if (node !== undefined) count(onNode, node, -1)
      rest(thread)
      pump()
    }
    work.then(
      (answer) => {
        freed()
        succeed(job, answer)
      },
      (error) => {
        freed()
        fail(job, error)
      },
    )
  }

  /** Hands on what a thread has answered. */
  function succeed(job: Job, answer: Answer): void {
    const { body } = answer
    const streamed = typeof body === 'object' && !(body instanceof Uint8Array)
    if (streamed) count(sending, job.tenant, 1)
    if (job.stopped !== undefined) {
      outcomes[job.stopped === 'gone' ? 'stopped' : 'timed_out']++
      if (streamed) discard(body)
      if (job.stopped === 'gone') job.resolve(NOBODY)
      else if (streamed) job.reject(overTime(job.call.method, job.call.path, seconds, 0))
      // Either it was done in the end, or the answer says that it was stopped.
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

  function fail(job: Job, error: unknown): void {
    const { method, path } = job.call
    clearTimeout(job.timer)
    if (job.stopped === 'gone') {
      outcomes.stopped++
      job.resolve(NOBODY)
    } else if (job.stopped === 'time' && error instanceof ThreadEnded) {
      outcomes.timed_out++
      job.reject(overTime(method, path, seconds, error.commits))
    } else {
      outcomes.failed++
      job.reject(error)
    }
  }

  /** Has a request stop that runs. A thread that does not come to a place where it could is ended, but never within a commit. */
  function stop(job: Job, why: 'gone' | 'time'): void {
    job.stopped ??= why
    job.thread?.stop()
    clearTimeout(job.timer)
    // Whoever still waits is better served by what the request itself says of how far it came.
    const patience = why === 'time' ? 3 * graceMs : graceMs
    const insist = () => {
      if (job.thread?.kill() === false) job.timer = setTimeout(insist, patience)
    }
    job.timer = setTimeout(insist, patience)
  }

  /** The client has gone: what waits is dropped, what runs is stopped. */
  function leave(job: Job): void {
    if (job.thread !== undefined) {
      stop(job, 'gone')
      return
    }
    turns.remove(job.tenant, job)
    clearTimeout(job.timer)
    outcomes.dropped++
    job.resolve(NOBODY)
  }

  function rest(thread: HeavyThread): void {
    if (closed || thread.busy() || thread.sending() > 0 || !threads.has(thread)) return
    clearTimeout(threads.get(thread))
    const letGo = setTimeout(() => void thread.end(), options.idleMs ?? IDLE_MS)
    letGo.unref()
    threads.set(thread, letGo)
  }

  function wait(call: Call, body: Uint8Array | undefined): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      let forget: (() => void) | undefined
      const job: Job = {
        call,
        tenant: call.tenant ?? '',
        body,
        came: performance.now(),
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
      forget = call.gone?.(() => leave(job))
      pump()
    })
  }

  return {
    run: wait,
    load: () => ({
      threads: threads.size,
      waiting: turns.size(),
      running: total(running),
      sending: total(sending),
      outcomes,
      waitedSeconds: waited / 1_000,
    }),
    async close() {
      closed = true
      for (const timer of threads.values()) clearTimeout(timer)
      await Promise.all([...threads.keys()].map((thread) => thread.end()))
    },
  }
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

/** 503 for now. */
function busy(why: string): ScimError {
  return new ScimError(503, `${why}; try again in ${COME_AGAIN} s`, { headers: { 'retry-after': String(COME_AGAIN) } })
}

function discard(body: AsyncIterable<unknown>): void {
  body[Symbol.asyncIterator]()
    .return?.()
    .catch(() => undefined)
}

/** The same stream, but not for ever: it holds a snapshot of the database as long as it lasts. */
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
      if (late) throw new Error(`the answer was not taken within ${ms / 1_000} s`)
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
