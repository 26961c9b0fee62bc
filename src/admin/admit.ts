// Lets a request in, or refuses it: who calls, from where, and whether they have what is needed.

import type { Context } from 'hono'
import { environment } from '../environment.ts'
import type { RequestAudit } from './audited.ts'
import { NOBODY, requireFresh, requireNeeds } from './needs.ts'
import { Refused } from './refusals.ts'
import type { Route } from './route.ts'
import { readCookie, requireOwnPage, type Visit } from './sign-in/browser.ts'
import type { Caller, Ways } from './sign-in/ways.ts'

/** What comes with a request besides itself. */
export interface AdminEnv {
  readonly Bindings: { readonly visit: Visit }
  readonly Variables: { caller: Caller; request: string }
}

/** Whoever may do what is asked; refuses everybody else. Nothing of a body is read before it. */
export type Admit = (
  context: Context<AdminEnv>,
  asked: Pick<Route, 'id' | 'needs' | 'fromElsewhere'>,
  tenant?: string,
) => Promise<Caller>

/** Creates the check. A refusal for lack of a role goes to the audit. */
export function createAdmit(ways: Ways, written: RequestAudit): Admit {
  return async (context, { id, needs, fromElsewhere }, tenant) => {
    const { method, headers } = context.req.raw
    const { visit } = context.env
    const isNobody = !headers.has('authorization') && readCookie(headers.get('cookie'), visit.origin) === undefined
    // Who brings nothing has nothing that a page of another site could make use of, and learns what is missing.
    const fromAnywhere = fromElsewhere === true || headers.has('authorization') || (isNobody && !isOpen(needs))
    if (!fromAnywhere) requireOwnPage(method, headers, visit.origin)
    const called = await ways.callerOf(headers, visit)
    if ('reason' in called && !isOpen(needs)) throw unauthorized(called.reason)
    const caller = 'reason' in called ? { administrator: NOBODY } : called
    try {
      requireNeeds(needs, caller.administrator, tenant)
      requireFresh(needs, caller.administrator, context.req.query('force'), environment.now())
    } catch (error) {
      if (error instanceof Refused && !('reason' in called))
        await written.refused(
          id,
          { ...caller, visit, request: context.get('request'), params: context.req.param() },
          error.code,
        )
      throw error
    }
    return caller
  }
}

function isOpen({ capability }: Route['needs']): boolean {
  return capability === 'nothing'
}

function unauthorized(reason: keyof typeof UNAUTHORIZED): Refused {
  const error = reason === 'missing' || reason === 'none' || reason === 'ended' ? '' : ', error="invalid_token"'
  return new Refused(401, 'ERR_UNAUTHORIZED', UNAUTHORIZED[reason], [], {
    'WWW-Authenticate': `Bearer realm="admin"${error}`,
  })
}

const UNAUTHORIZED = {
  none: 'There is no admin token yet; make one with: lockstep admin token',
  missing: 'This needs an admin token in the Authorization header; make one with: lockstep admin token',
  malformed: 'The Authorization header must be like: Bearer lka_…',
  invalid: 'This admin token is unknown or revoked; make a new one with: lockstep admin token',
  expired: 'This admin token has expired; make a new one with: lockstep admin token',
  ended: 'This session has ended; sign in again',
} as const
