// The refusals of administration: a stable code, a sentence, and the field that is wrong.

import { LockstepError } from '../protocol/index.ts'

/** Why a change to a tenant, connection or schema was refused. */
export type Refusal = 'ERR_NOT_FOUND' | 'ERR_EXISTS' | 'ERR_INVALID' | 'ERR_IN_USE'

/** What a refusal can say besides its message. */
interface RefusalFacts {
  /** For `ERR_IN_USE`: how many resources hold what would be lost. */
  readonly count?: number
  /** For `ERR_INVALID`: the member of what was given that is wrong, like `rights` or `features.bulk`. */
  readonly field?: string
  readonly cause?: unknown
}

/** Refuses a request of an administrator: the message says what was wrong, where, and what would be right. */
export class TenancyError extends LockstepError {
  declare readonly code: Refusal
  /** For `ERR_IN_USE`: how many resources hold what would be lost. */
  readonly count: number | undefined
  /** For `ERR_INVALID`: the member of what was given that is wrong. */
  readonly field: string | undefined

  constructor(code: Refusal, message: string, { count, field, cause }: RefusalFacts = {}) {
    super(code, message, cause === undefined ? undefined : { cause })
    this.name = 'TenancyError'
    this.count = count
    this.field = field
  }
}

/** It does not exist. */
export function missing(message: string): TenancyError {
  return new TenancyError('ERR_NOT_FOUND', message)
}

/** It exists already. */
export function exists(message: string): TenancyError {
  return new TenancyError('ERR_EXISTS', message)
}

/** What was given makes no sense. `field`: the member that is wrong. */
export function invalid(message: string, field?: string): TenancyError {
  return new TenancyError('ERR_INVALID', message, field === undefined ? {} : { field })
}

/** Data would be lost; with `force` it is dropped. */
export function inUse(message: string, count: number): TenancyError {
  return new TenancyError('ERR_IN_USE', message, { count })
}
