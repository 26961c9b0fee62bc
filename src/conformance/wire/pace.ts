// Limits the rate of requests and waits when the server says so.

import type { Exchange } from './exchange.ts'

/** How fast a check may send requests. */
export interface PaceOptions {
  /** Requests per second; undefined: as fast as answers come. */
  readonly rate: number | undefined
  readonly signal: AbortSignal | undefined
}

/** Longest wait that a server can demand, and how often for one request. */
const LONGEST_WAIT_MS = 120_000
const TRIES = 6

/** Sends requests at the given rate, and waits when a server answers 429, or 503 with Retry-After. */
export function createPace(options: PaceOptions): (send: () => Promise<Exchange>) => Promise<Exchange> {
  let next = 0
  const turn = async () => {
    const now = Date.now()
    const at = Math.max(now, next)
    if (options.rate !== undefined) next = at + 1000 / options.rate
    if (at > now) await sleep(at - now, options.signal)
  }
  return async (send) => {
    for (let tries = 1; ; tries++) {
      await turn()
      const answer = await send()
      const wait = waitFor(answer, tries)
      if (wait === undefined || tries === TRIES) return answer
      // All other requests wait as well.
      next = Math.max(next, Date.now() + wait)
    }
  }
}

/** Milliseconds to wait after an answer. Retry-After is in seconds or a date: RFC 6585 §4, RFC 9110 §10.2.3. */
function waitFor(answer: Exchange, tries: number): number | undefined {
  const after = answer.header('retry-after')
  if (answer.status !== 429 && !(answer.status === 503 && after !== undefined)) return undefined
  const seconds = Number(after)
  const asked =
    after === undefined ? Number.NaN : Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000
  const wait = Number.isNaN(asked) ? 500 * 2 ** tries : asked
  return Math.min(Math.max(wait, 50), LONGEST_WAIT_MS)
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const done = () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }
    const timer = setTimeout(done, ms)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}
