// What goes wrong between the hub and an app.

import { LockstepError } from '../../protocol/index.ts'

/**
 * What an app, or the way to it, did to a call:
 *
 * - `refused`: the app does not take this, and will not until something about it changes. Nothing took effect.
 * - `conflict`: another account has the name already. Nothing took effect.
 * - `gone`: there is no account of that id. Nothing took effect.
 * - `too-large`: too much at once. Nothing took effect.
 * - `throttled`: too often. Nothing took effect; the whole app is left alone for `retryAfterMs`.
 * - `credentials`: the app does not let the hub in. Nothing took effect.
 * - `unavailable`: no connection, a name that doesn't resolve, a certificate that doesn't fit. Nothing took effect.
 * - `unknown`: it may have taken effect: time ran out, the connection broke, the app answered 5xx or something that is not understood.
 */
export type AppTrouble =
  | 'refused'
  | 'conflict'
  | 'gone'
  | 'too-large'
  | 'throttled'
  | 'credentials'
  | 'unavailable'
  | 'unknown'

/** Details of an {@link AppError}. */
export interface AppErrorDetails {
  /** The HTTP status, where there was one. */
  readonly status?: number
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** A call of an adapter that failed. The message is for administrators: what, where; at most 500 characters, never a secret. */
export class AppError extends LockstepError {
  readonly trouble: AppTrouble
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  constructor(trouble: AppTrouble, message: string, { status, retryAfterMs, cause }: AppErrorDetails = {}) {
    super('ERR_APP', message.slice(0, 500), cause === undefined ? undefined : { cause })
    this.name = 'AppError'
    this.trouble = trouble
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}
