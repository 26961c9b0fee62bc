// Refuses what an administrator wants of an app: a stable code, a sentence, and the fields that are wrong.

import { LockstepError } from '../../protocol/index.ts'

/** What is wrong with one field of an app. */
export interface AppFault {
  /** Its path: `scope.users.filter`, `grants.3.group`. */
  readonly field: string
  /** In sentence case, without a full stop: what would be right. */
  readonly message: string
}

/** Refuses a change of an app. The message names each field that is wrong. */
export class AppRefusal extends LockstepError {
  declare readonly code: 'ERR_NOT_FOUND' | 'ERR_EXISTS' | 'ERR_INVALID' | 'ERR_IN_USE'
  readonly faults: readonly AppFault[]
  constructor(code: AppRefusal['code'], message: string, faults: readonly AppFault[] = []) {
    super(code, message)
    this.name = 'AppRefusal'
    this.faults = faults
  }
}

/** The refusal of settings with these faults. */
export function refusedBy(faults: readonly AppFault[]): AppRefusal {
  const named = faults.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
  return new AppRefusal('ERR_INVALID', named.join('; '), faults)
}

/** The refusal of an id that no app has. */
export function noApp(tenant: string, id: string): AppRefusal {
  return new AppRefusal(
    'ERR_NOT_FOUND',
    `Tenant "${tenant}" has no app "${id}"; see them with: lockstep app list --tenant ${tenant}`,
  )
}
