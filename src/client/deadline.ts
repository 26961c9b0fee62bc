// A signal that is aborted when time is up, by the clock of the environment.

import type { Environment } from '../environment.ts'

/** A time within which something must end. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Frees the timer; the signal is not aborted any more. */
  readonly end: () => void
}

/** A signal that is aborted after so many milliseconds. */
export function createDeadline(ms: number, { setTimer }: Pick<Environment, 'setTimer'>): Deadline {
  const controller = new AbortController()
  const stop = () => controller.abort(new DOMException(`not done within ${ms} ms`, 'TimeoutError'))
  return { signal: controller.signal, end: setTimer(ms, stop, { background: true }) }
}
