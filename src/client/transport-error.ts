// The error of a request that got no SCIM answer.

import { LockstepError } from '../protocol/index.ts'

/** Why no SCIM answer came. */
export type TransportCode =
  | 'ERR_TIMEOUT'
  | 'ERR_NETWORK'
  | 'ERR_NOT_SCIM'
  | 'ERR_TOO_LARGE'
  | 'ERR_REDIRECT'
  | 'ERR_TOKEN'
  | 'ERR_INCOMPLETE'

/** No SCIM answer came, or not the whole of a list: nothing can be said about the resource but what {@link TransportError.mayBeDone} says. */
export class TransportError extends LockstepError {
  declare readonly code: TransportCode
  /** Whether the request may have been carried out all the same. False when it surely never arrived, or was a mere look. */
  readonly mayBeDone: boolean
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined
  /** When the server wants to be asked again, in milliseconds from now. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: TransportCode,
    message: string,
    options: {
      readonly mayBeDone: boolean
      readonly status?: number | undefined
      readonly retryAfterMs?: number | undefined
      readonly cause?: unknown
    },
  ) {
    super(code, message, 'cause' in options ? { cause: options.cause } : undefined)
    this.mayBeDone = options.mayBeDone
    this.status = options.status
    this.retryAfterMs = options.retryAfterMs
  }
}
