// The refusals of setup links: a stable code, and a sentence that says what would be right.

import { LockstepError } from '../protocol/index.ts'

/** Why something was refused. */
export type SetupRefusal = 'ERR_NOT_FOUND' | 'ERR_INVALID' | 'ERR_IN_USE'

/** Refuses what an administrator asked of a setup link or a setup page. */
export class SetupError extends LockstepError {
  declare readonly code: SetupRefusal
  /** For `ERR_INVALID`: the member of what was given that is wrong. */
  readonly field: string | undefined

  constructor(code: SetupRefusal, message: string, field?: string) {
    super(code, message)
    this.name = 'SetupError'
    this.field = field
  }
}

/** What was given makes no sense. */
export function invalid(message: string, field: string): SetupError {
  return new SetupError('ERR_INVALID', message, field)
}
