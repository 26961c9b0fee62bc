// Time, chance, timers and the network, handed in as an argument so that tests and simulations control them.

/** Time, chance, timers and the network. Every room takes them from here, so that a test can replace them: `{ ...environment, now }`. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds since some moment. This clock is never set, so it can measure how long something takes. */
  readonly monotonic: () => number
  /** A number from 0 up to, but not including, 1: for jitter. It is predictable; secrets come from `random`. */
  readonly chance: () => number
  /** Fills with cryptographically strong random bytes and returns the same array. */
  readonly random: (bytes: Uint8Array) => Uint8Array
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Resolves after so many milliseconds; rejects with the signal's reason as soon as it is aborted. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Calls back once after so many milliseconds and returns how to cancel that. A `background` timer does not keep the process alive. */
  readonly setTimer: (ms: number, call: () => void, options?: { readonly background?: boolean }) => () => void
  /** Calls back once the current turn of the event loop has ended. */
  readonly afterTurn: (call: () => void) => void
}

/** The real environment. */
export const environment: Environment = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  chance: () => Math.random(),
  random: (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
  fetch: (url, init) => fetch(url, init),
  wait,
  setTimer,
  // Not every runtime has setImmediate.
  afterTurn: globalThis.setImmediate ?? ((call) => setTimeout(call, 0)),
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

function setTimer(ms: number, call: () => void, options?: { readonly background?: boolean }): () => void {
  const timer = setTimeout(call, ms)
  // In browsers a timer is a number.
  if (options?.background === true && typeof timer === 'object') timer.unref()
  return () => clearTimeout(timer)
}
