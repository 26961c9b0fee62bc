// Paces requests for each host: rate, concurrency, pauses that the server asks for.

import type { Environment } from '../environment.ts'
import { checkNumber, LONGEST_MS } from './checks.ts'
import { CLIENT_LIMITS } from './limits.ts'

/** How fast a host is asked. Clients may share one, so that together they keep to it. */
export interface Pace {
  /** Waits for its turn, then runs. Turns come in the order of asking. */
  readonly run: <T>(origin: string, work: () => Promise<T>, signal?: AbortSignal, patience?: Patience) => Promise<T>
  /** Pauses all requests to the host for so long, since it asked for that. */
  readonly pause: (origin: string, ms: number) => void
}

/** How a waiting request reacts to a pause. */
export interface Patience {
  /** Longest wait for the end of a pause. Waiting for one's turn is not counted. */
  readonly ms: number
  /** Called with how long the pause still is, when the request has to wait for it. */
  readonly paused: (ms: number) => void
  /** The error for a pause that is not waited for to its end. */
  readonly over: (ms: number) => Error
}

/** Options of {@link createPace}. */
export interface PaceOptions {
  /** Requests a second, on average; no limit when absent. */
  readonly perSecond?: number | undefined
  /** Requests that may go at once after a quiet time. Default: as many as `perSecond`, at least 1. */
  readonly burst?: number | undefined
  /** Requests at the same time. Default 8. */
  readonly concurrency?: number | undefined
}

/** Throws ConfigError for a pace that would never let a request go, or is not one. */
function checkPaceOptions({ perSecond, burst, concurrency }: PaceOptions): void {
  // Timers can't wait longer than about 24 days.
  checkNumber('pace.perSecond', perSecond, { least: 1_000 / LONGEST_MS, most: 1_000_000, words: 'more than 0' })
  checkNumber('pace.burst', burst, { least: 1, most: 1_000_000 })
  checkNumber('pace.concurrency', concurrency, { least: 1, most: 1_000_000, whole: true })
}

interface Host {
  running: number
  /** Requests that may go now, and when that was so. */
  tokens: number
  at: number
  pausedUntil: number
  readonly queue: Waiter[]
  waking: boolean
}

/** A request that waits for its turn. */
interface Waiter {
  readonly go: () => void
  /** Called when a pause begins. */
  readonly onPause: () => void
}

/**
 * Creates a pace: requests per second and at the same time, for each host apart. Throws ConfigError for one that lets nothing go.
 * @example
 * const pace = createPace({ perSecond: 10, concurrency: 4 }, environment)
 */
export function createPace(options: PaceOptions, environment: Pick<Environment, 'now' | 'wait'>): Pace {
  checkPaceOptions(options)
  const { perSecond, concurrency = CLIENT_LIMITS.CONCURRENCY } = options
  const burst = options.burst ?? Math.max(1, perSecond ?? 1)
  const hosts = new Map<string, Host>()

  function hostOf(origin: string): Host {
    let host = hosts.get(origin)
    if (host === undefined) {
      host = { running: 0, tokens: burst, at: environment.now(), pausedUntil: 0, queue: [], waking: false }
      hosts.set(origin, host)
    }
    return host
  }

  /** Milliseconds until the next request may go; 0 takes its token. */
  function take(host: Host): number {
    const now = environment.now()
    if (host.pausedUntil > now) return host.pausedUntil - now
    if (perSecond === undefined) return 0
    host.tokens = Math.min(burst, host.tokens + (Math.max(0, now - host.at) / 1_000) * perSecond)
    host.at = now
    // Slightly less counts as one: time comes in whole milliseconds.
    if (host.tokens < 0.999) return Math.max(1, Math.ceil(((1 - host.tokens) / perSecond) * 1_000))
    host.tokens -= 1
    return 0
  }

  function next(host: Host): void {
    while (host.queue.length > 0 && host.running < concurrency && !host.waking) {
      const ms = take(host)
      if (ms > 0) {
        host.waking = true
        const wake = () => {
          host.waking = false
          next(host)
        }
        environment.wait(ms).then(wake, wake)
        return
      }
      host.running += 1
      host.queue.shift()?.go()
    }
  }

  return {
    async run(origin, work, signal, patience) {
      const host = hostOf(origin)
      await waitForTurn(host, () => next(host), environment, signal, patience)
      try {
        return await work()
      } finally {
        host.running -= 1
        next(host)
      }
    },
    pause(origin, ms) {
      const host = hostOf(origin)
      const until = environment.now() + ms
      if (until <= host.pausedUntil) return
      host.pausedUntil = until
      for (const waiter of [...host.queue]) waiter.onPause()
    },
  }
}

/** Queues up at a host; resolves when the request may go. Rejects when `signal` aborts, or when a pause exceeds `patience`. */
function waitForTurn(
  host: Host,
  next: () => void,
  environment: Pick<Environment, 'now' | 'wait'>,
  signal: AbortSignal | undefined,
  patience: Patience | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let enough: AbortController | undefined
    const leave = () => {
      signal?.removeEventListener('abort', abort)
      enough?.abort()
      const at = host.queue.indexOf(waiter)
      if (at >= 0) host.queue.splice(at, 1)
    }
    const abort = () => {
      leave()
      reject(signal?.reason)
    }
    const waiter: Waiter = {
      go() {
        leave()
        resolve()
      },
      onPause() {
        const ms = host.pausedUntil - environment.now()
        if (patience === undefined || ms <= 0) return
        patience.paused(ms)
        if (ms <= patience.ms || enough !== undefined) return
        enough = new AbortController()
        const giveUp = () => {
          const left = host.pausedUntil - environment.now()
          enough = undefined
          if (left <= 0) return
          leave()
          reject(patience.over(left))
        }
        environment.wait(patience.ms, enough.signal).then(giveUp, () => undefined)
      },
    }
    if (signal?.aborted) return reject(signal.reason)
    signal?.addEventListener('abort', abort, { once: true })
    host.queue.push(waiter)
    waiter.onPause()
    next()
  })
}
