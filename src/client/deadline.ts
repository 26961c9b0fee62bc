// A signal that is aborted when time is up, by the clock of the environment, or by another signal.

import type { Environment } from '../environment.ts'

/** A time within which something must end. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Frees the timer and lets go of the other signal; this one is not aborted any more. */
  readonly end: () => void
}

/** A signal that is aborted after so many milliseconds, or with another one. `AbortSignal.any` would cost several times as much. */
export function createDeadline(
  ms: number,
  { setTimer }: Pick<Environment, 'setTimer'>,
  other?: AbortSignal | undefined,
): Deadline {
  const controller = new AbortController()
  const stop = () => controller.abort(new DOMException(`not done within ${ms} ms`, 'TimeoutError'))
  const cancel = setTimer(ms, stop, { background: true })
  const follow = () => controller.abort(other?.reason)
  if (other?.aborted) follow()
  other?.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    end() {
      cancel()
      other?.removeEventListener('abort', follow)
    },
  }
}
