// Work that goes on after the request that began it has been answered: plans, probes and checks.

import type { Environment } from '../../environment.ts'
import { LockstepError } from '../../protocol/index.ts'

/** Where such work runs. */
export interface Background {
  /** Begins work, which keeps what comes of it itself. Throws ERR_IN_USE when too much runs in this process. */
  readonly begin: (work: (signal: AbortSignal) => Promise<unknown>) => void
  /** Ends all that runs, and waits until it has ended. */
  readonly close: () => Promise<void>
}

/** Most that run at once in a process: each keeps an app open. */
const MOST = 8
/** How often work that is under way says so. */
const BEAT_MS = 5_000
/** Without a word for so long, its process has ended. */
const SILENT_MS = 60_000

/** Creates the place where work runs. */
export function createBackground(): Background {
  const running = new Set<Promise<void>>()
  const ending = new AbortController()
  return {
    begin(work) {
      if (running.size >= MOST)
        throw new LockstepError(
          'ERR_IN_USE',
          `${MOST} plans, probes and checks are under way; try again when one is done`,
        )
      const one: Promise<void> = work(ending.signal)
        // What could not even be kept falls silent, and shows as failed by that.
        .catch(() => {})
        .then(() => void running.delete(one))
      running.add(one)
    },
    async close() {
      ending.abort(new LockstepError('ERR_STOPPED', 'The server was stopped'))
      await Promise.all(running)
    },
  }
}

/** Begins work, and resolves with what it says as soon as it is under way. Rejects when it fails before. */
export function begun<T>(
  background: Background,
  work: (signal: AbortSignal, begun: (value: T) => void) => Promise<unknown>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    background.begin((signal) => work(signal, resolve).catch(reject))
  })
}

/** Does work, and says every few seconds, or every `beatMs`, that it is under way. Nothing is said any more once this has ended. */
export async function withBeats<T>(
  environment: Pick<Environment, 'wait'>,
  beat: () => Promise<unknown>,
  work: () => Promise<T>,
  beatMs = BEAT_MS,
): Promise<T> {
  const over = new AbortController()
  const beating = async () => {
    while (!over.signal.aborted) {
      await environment.wait(beatMs, over.signal)
      // One that was not kept is no reason to end: the next may be.
      await beat().catch(() => {})
    }
  }
  const beats = beating().catch(() => {})
  try {
    return await work()
  } finally {
    over.abort()
    await beats
  }
}

/** Why work failed, as it is kept. */
export function failureText(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 500) : 'unknown'
}

/** A run as it is now: one that has fallen silent is not under way any more. Times are in milliseconds since 1970. */
export function asOfNow<Run extends { readonly state: 'running' | 'done' | 'failed'; readonly seenAt?: number }>(
  run: Run,
  began: number,
  now: number,
): Run {
  if (run.state !== 'running' || now - (run.seenAt ?? began) < SILENT_MS) return run
  return { ...run, state: 'failed', message: 'The process that was at it has ended' }
}
