// Opens something at its first use, once; a failed attempt is made again, at most once a second.

import type { Environment } from '../environment.ts'

/** Something that is opened when it is first needed. */
export interface Opening<T> {
  /** What is open; undefined before. */
  readonly now: () => T | undefined
  /** Opens it, or waits for whoever is opening it. Rejects with the reason of the last attempt. */
  readonly open: () => Promise<T>
  /** Closes what is open, or being opened. Afterwards it can't be opened again. */
  readonly close: () => Promise<void>
}

/** How long a failure answers for later attempts, so that a database that is down isn't asked by every request. */
const AGAIN_MS = 1_000

/** Creates an opening. `failed` is told of each failed attempt. */
export function createOpening<T>(options: {
  readonly open: () => Promise<T>
  readonly close: (opened: T) => Promise<void>
  readonly failed: (error: unknown) => void
  readonly environment: Environment
}): Opening<T> {
  const { environment } = options
  let opened: T | undefined
  let opening: Promise<T> | undefined
  let failure: { readonly at: number; readonly error: unknown } | undefined
  let closing: Promise<void> | undefined

  async function attempt(): Promise<T> {
    try {
      const made = await options.open()
      failure = undefined
      opened = closing === undefined ? made : undefined
      return made
    } catch (error) {
      failure = { at: environment.monotonic(), error }
      options.failed(error)
      throw error
    } finally {
      opening = undefined
    }
  }

  return {
    now: () => opened,
    async open() {
      if (opened !== undefined) return opened
      if (closing !== undefined) throw new Error('It has been closed')
      if (failure !== undefined && environment.monotonic() - failure.at < AGAIN_MS) throw failure.error
      opening ??= attempt()
      return opening
    },
    close() {
      closing ??= (async () => {
        const last = opened ?? (await opening?.catch(() => undefined))
        opened = undefined
        if (last !== undefined) await options.close(last)
      })()
      return closing
    },
  }
}
