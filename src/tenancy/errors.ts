import { LockstepError } from '../protocol/index.ts'

/** Why a change to a tenant, connection or schema was refused. */
export type Refusal = 'ERR_NOT_FOUND' | 'ERR_EXISTS' | 'ERR_INVALID' | 'ERR_IN_USE'

/** Says no to an administrator: the message says what, where, and what would be right. */
export class TenancyError extends LockstepError {
  declare readonly code: Refusal
  /** For `ERR_IN_USE`: how many resources hold what would be lost. */
  readonly count: number | undefined

  constructor(code: Refusal, message: string, options?: { readonly count?: number; readonly cause?: unknown }) {
    super(code, message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TenancyError'
    this.count = options?.count
  }
}

/** There is no such thing. */
export function missing(message: string): TenancyError {
  return new TenancyError('ERR_NOT_FOUND', message)
}

/** There is one already. */
export function exists(message: string): TenancyError {
  return new TenancyError('ERR_EXISTS', message)
}

/** What was given makes no sense. */
export function invalid(message: string, cause?: unknown): TenancyError {
  return new TenancyError('ERR_INVALID', message, { cause })
}

/** Data would be lost; with `force` it is dropped. */
export function inUse(message: string, count: number): TenancyError {
  return new TenancyError('ERR_IN_USE', message, { count })
}
