// Hashes passwords, a few at a time.

import { createTurns } from '../turns.ts'
import { hashPassword } from './scrypt.ts'

/** How many passwords are hashed at once. */
const AT_ONCE = 2

/**
 * Hashes passwords off the event loop, two at once at most, so that a provider which sends one with each create (Okta) can't
 * take every core; and tenants take turns, so that one with a thousand passwords in a Bulk does not keep the others waiting.
 * `check` is called before each; what it throws goes to the caller. RFC 7643 §4.1.1, §9.2.
 */
export function createHasher(check: () => void = () => {}): (tenant: string, password: string) => Promise<string> {
  let busy = 0
  const turns = createTurns<() => void>()
  return async (tenant, password) => {
    if (busy >= AT_ONCE) await new Promise<void>((go) => turns.add(tenant, go))
    else busy++
    try {
      check()
      return await hashPassword(password)
    } finally {
      const next = turns.next()
      // The place is handed on, not freed: no third one can slip in between.
      if (next) next()
      else busy--
    }
  }
}
