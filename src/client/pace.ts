import type { World } from '../world.ts'
import { CLIENT_LIMITS } from './limits.ts'

/** How fast a host is asked. Clients may share one, so that together they keep to it. */
export interface Pace {
  /** Waits for its turn, then runs. Turns come in the order of asking. */
  readonly run: <T>(origin: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>
  /** Nobody asks the host for so long: it said that it had enough. */
  readonly pause: (origin: string, ms: number) => void
}

/** Options of {@link createPace}. */
export interface PaceOptions {
  /** Requests a second, on average; no limit when absent. */
  readonly perSecond?: number
  /** Requests that may go at once after a quiet time. Default: as many as `perSecond`, at least 1. */
  readonly burst?: number
  /** Requests at the same time. Default 8. */
  readonly concurrency?: number
}

interface Host {
  running: number
  /** Requests that may go now, and when that was so. */
  tokens: number
  at: number
  pausedUntil: number
  readonly queue: (() => void)[]
  waking: boolean
}

/** Makes a pace: requests per second and at the same time, for each host apart. */
export function createPace(options: PaceOptions, world: Pick<World, 'now' | 'wait'>): Pace {
  const { perSecond, concurrency = CLIENT_LIMITS.CONCURRENCY } = options
  const burst = options.burst ?? Math.max(1, perSecond ?? 1)
  const hosts = new Map<string, Host>()

  function hostOf(origin: string): Host {
    let host = hosts.get(origin)
    if (host === undefined) {
      host = { running: 0, tokens: burst, at: world.now(), pausedUntil: 0, queue: [], waking: false }
      hosts.set(origin, host)
    }
    return host
  }

  /** Milliseconds until the next request may go; 0 takes its token. */
  function take(host: Host): number {
    const now = world.now()
    if (host.pausedUntil > now) return host.pausedUntil - now
    if (perSecond === undefined) return 0
    host.tokens = Math.min(burst, host.tokens + (Math.max(0, now - host.at) / 1_000) * perSecond)
    host.at = now
    // A hair less counts as one: time comes in whole milliseconds.
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
        world.wait(ms).then(wake, wake)
        return
      }
      host.running += 1
      host.queue.shift()?.()
    }
  }

  function turn(host: Host, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        const at = host.queue.indexOf(go)
        if (at >= 0) host.queue.splice(at, 1)
        reject(signal?.reason)
      }
      if (signal?.aborted) return reject(signal.reason)
      signal?.addEventListener('abort', leave, { once: true })
      host.queue.push(go)
      next(host)
    })
  }

  return {
    async run(origin, work, signal) {
      const host = hostOf(origin)
      await turn(host, signal)
      try {
        return await work()
      } finally {
        host.running -= 1
        next(host)
      }
    },
    pause(origin, ms) {
      const host = hostOf(origin)
      host.pausedUntil = Math.max(host.pausedUntil, world.now() + ms)
    },
  }
}
