// Writes down what a request did, or was refused, before its answer goes out.

import { type Buckets, createBuckets } from '../access/index.ts'
import { LockstepError } from '../protocol/index.ts'
import type { Noted } from '../store/index.ts'
import type { Audit, AuditDraft } from '../tenancy/index.ts'
import { Refused } from './refusals.ts'
import type { AuditFacts, Route } from './route.ts'
import type { Visit } from './sign-in/browser.ts'
import type { Caller } from './sign-in/ways.ts'

/** What is known of a request. */
export interface Asked extends Partial<Caller> {
  readonly visit: Visit
  /** Its id, as in its answer. */
  readonly request: string
  readonly params: { readonly [name: string]: string }
  readonly facts?: AuditFacts
  readonly changes?: readonly Noted[]
}

/** Writes lines about requests. */
export interface RequestAudit {
  /** Runs a route, and writes its line; fails if that can't be written. */
  readonly run: <Answer>(
    route: Pick<Route, 'id' | 'method' | 'audited'>,
    asked: Asked,
    run: () => Promise<Answer>,
  ) => Promise<Answer>
  /** Writes that somebody was refused. */
  readonly refused: (action: string, asked: Asked, reason: string) => Promise<void>
  /** Writes that something was done. */
  readonly done: (action: string, asked: Asked) => Promise<void>
}

/** Refusals that are written, of one caller or address: a flood of them must not fill the audit. */
const REFUSALS = { perSecond: 0.2, burst: 50 }
const REFUSALS_OF_ALL = { perSecond: 2, burst: 500 }

/** Creates the writer. */
export function createRequestAudit(audit: Audit, now: () => number): RequestAudit {
  const one = createBuckets({ ...REFUSALS, now })
  const all = createBuckets({ ...REFUSALS_OF_ALL, now })
  const refused = async (action: string, asked: Asked, reason: string) => {
    if (isTooMuch(one, all, asked)) return
    await audit.append({ ...draftOf(action, asked), outcome: 'refused', reason })
  }
  return {
    refused,
    done: (action, asked) => audit.append(draftOf(action, asked)),
    async run({ id, method, audited }, asked, run) {
      if (audited ?? method !== 'get') {
        try {
          const answer = await run()
          const draft = draftOf(id, asked)
          if (draft.outcome === 'done' || !isTooMuch(one, all, asked)) await audit.append(draft)
          return answer
        } catch (error) {
          const refusal = error instanceof Refused && (error.status === 401 || error.status === 403)
          if (refusal) await refused(id, asked, error.code)
          // What was asked for wrongly has changed nothing.
          else if (!(error instanceof LockstepError)) await audit.append({ ...draftOf(id, asked), outcome: 'failed' })
          throw error
        }
      }
      return run()
    },
  }
}

function isTooMuch(one: Buckets, all: Buckets, { administrator, visit }: Asked): boolean {
  const who = administrator === undefined || administrator.actor === '' ? visit.address : administrator.actor
  return one.take(who) > 0 || all.take('') > 0
}

function draftOf(
  action: string,
  { administrator, session, visit, request, params, facts, changes }: Asked,
): AuditDraft {
  const { tenant, ...others } = params
  const actor = administrator?.actor ?? ''
  const object = Object.values(others).join(' ')
  return {
    actor,
    how: session?.holder.by ?? (actor === '' ? 'none' : 'token'),
    ...(session === undefined ? {} : { name: session.identity.name, session: session.id }),
    ...(visit.address === '' ? {} : { address: visit.address }),
    action,
    ...(tenant === undefined ? {} : { tenant }),
    ...(object === '' ? {} : { object }),
    outcome: 'done',
    request,
    ...(changes === undefined || changes.length === 0 ? {} : { changes }),
    ...facts,
  }
}
