// What comes from outside: time, chance and the network.

/** What comes from outside: time, chance and the network. Handed in everywhere, so that tests own them. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Fills with cryptographically strong random bytes and returns the same array. */
  readonly random: (bytes: Uint8Array) => Uint8Array
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Resolves after so many milliseconds; rejects with the signal's reason as soon as it is aborted. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** The real environment. */
export const environment: Environment = {
  now: () => Date.now(),
  random: (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
  fetch: (url, init) => fetch(url, init),
  wait,
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
