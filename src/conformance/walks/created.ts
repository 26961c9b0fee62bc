// The walk of cases about creations: create a resource, look at the answer, read the resource, look at that.

import { demandResource } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import type { Subject } from '../subject/subject.ts'
import type { Exchange } from '../wire/exchange.ts'
import { demandShown, type Expectations } from './expectation.ts'
import type { Plan, Run } from './plan.ts'

/** A creation and its outcome. */
export interface Creation {
  /** The request, already sent. */
  readonly by: Promise<Exchange>
  /** The type of the resource, where it is not the subject. */
  readonly of?: Subject
  /** The words for the creation. */
  readonly what: string
  /** What the answer shows. */
  readonly answered?: Expectations
  /** What the resource shows when it is read. */
  readonly expect?: Expectations
  /** The server may answer 400: then the case passes, or is not offered for the reason given. */
  readonly mayRefuse?: true | string
}

/** A creation is accepted, and the resource shows what is expected. RFC 7644 §3.3. */
export function created(plan: Plan<Creation>): Run {
  return async (probe) => {
    const subject = probe.subject()
    const { by, of = subject, what, answered, expect, mayRefuse } = await plan(subject, probe)
    const answer = await by
    if (answer.status === 400 && mayRefuse !== undefined) {
      if (mayRefuse === true) return
      throw new NotOffered(mayRefuse)
    }
    const body = demandResource(answer, [201, 200], what)
    demandShown(answer, body, answered)
    if (expect === undefined) return
    const shown = await probe.get(`${of.type.endpoint}/${encodeURIComponent(String(body.id))}`)
    demandShown([answer, shown], shown.body, expect)
  }
}
