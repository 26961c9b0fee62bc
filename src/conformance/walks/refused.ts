// The walk of cases about what a server must not accept: send it, demand a refusal, see that nothing has changed.

import type { AttributePath } from '../attribute-path.ts'
import { demandRefusal, type Refusal } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { isUnassigned, pathOf, valueAt } from '../json-access.ts'
import type { Exchange } from '../wire/exchange.ts'
import { demandShown, type Expectations } from './expectation.ts'
import type { Plan, Run } from './plan.ts'

/** A request that is to be refused. */
export interface Refused extends Omit<Refusal, 'mended'> {
  /** The request, already sent. */
  readonly by: Promise<Exchange>
  /** The words for the request. */
  readonly what: string
  /** A resource to read afterwards, and what it must show. */
  readonly on?: { readonly path: string }
  readonly expect?: Expectations
  /** Goes on only where the server stores this attribute: one that it ignores is no fault. */
  readonly stored?: AttributePath
  /** Whether the resource is right though the request was accepted: the server has understood what was meant. */
  readonly mended?: ((resource: unknown) => boolean) | undefined
}

/** A request is refused. RFC 7644 §3.12. */
export function refused(plan: Plan<Refused>): Run {
  return async (probe) => {
    const { by, what, on, expect, mended, stored, ...refusal } = await plan(probe.subject(), probe)
    const answer = await by
    if (stored !== undefined && answer.status < 300 && isUnassigned(valueAt(answer.body, stored)))
      throw new NotOffered(`${pathOf(stored)} is not stored`)
    const isMended = async () =>
      mended !== undefined &&
      answer.status < 300 &&
      mended(on === undefined ? answer.body : (await probe.get(on.path)).body)
    demandRefusal(answer, what, { ...refusal, mended: await isMended() })
    if (on === undefined || expect === undefined) return
    const shown = await probe.get(on.path)
    demandShown([answer, shown], shown.body, expect)
  }
}
