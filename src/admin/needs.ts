// Checks what a route needs against who calls: one place for all routes, before a body is read.

import { type Administrator, hasCapability, isFresh, reaches } from '../access/index.ts'
import { noTenant } from '../tenancy/index.ts'
import { Refused } from './refusals.ts'
import type { Needs } from './route.ts'
import type { Called } from './sign-in/ways.ts'

/** Who calls a route that needs nothing, if nobody has signed in: reaches no tenant. */
export const NOBODY: Administrator = { actor: '', role: 'support', tenants: [], signedIn: 'session' }

/** Refuses an administrator that lacks what a route needs. A tenant it doesn't reach looks as if it didn't exist. */
export function requireNeeds({ capability, reach, also }: Needs, administrator: Administrator, tenant = ''): void {
  if (reach === 'tenant' && !reaches(administrator, tenant)) throw noTenant(tenant)
  const who = administrator.signedIn === 'token' ? 'This admin token' : 'This sign-in'
  if (
    also !== administrator.role &&
    capability !== 'nothing' &&
    capability !== 'session' &&
    !hasCapability(administrator, capability)
  ) {
    const lacks = `${who} has the role ${administrator.role}, which lacks the capability "${capability}"`
    throw new Refused(403, 'ERR_FORBIDDEN', `${lacks}; use a token whose role has it`)
  }
  if (reach === 'database' && administrator.tenants !== undefined) {
    throw new Refused(403, 'ERR_FORBIDDEN', `${who} is limited to tenants; this needs one for the whole database`)
  }
}

/** Refuses a session that is not fresh where a route needs that. It has a code of its own: the browser can sign in again. */
export function requireFresh(
  { fresh }: Needs,
  administrator: Administrator,
  force: string | undefined,
  now: number,
): void {
  const applies = fresh === true || (fresh === 'forced' && force === 'true')
  if (!applies || isFresh(administrator, now)) return
  throw new Refused(403, 'ERR_NOT_FRESH', 'This needs a sign-in within the last 10 minutes; sign in again')
}

/** Whether a caller has, at this moment, what a route needs: for answers that go on. */
export function meetsNeeds(called: Called, needs: Needs, tenant: string | undefined): boolean {
  if ('reason' in called) return false
  try {
    requireNeeds(needs, called.administrator, tenant)
    return true
  } catch {
    return false
  }
}
