// The walk of most PUT cases: create a resource, replace it by PUT, read it, and look at what it shows.

import type { JsonObject } from '../../protocol/index.ts'
import { demandResource } from '../demand.ts'
import { demandShown, type Expectations } from './expectation.ts'
import type { Plan, Run } from './plan.ts'

/** A PUT and its outcome. */
export interface Replacement {
  /** What the resource has before. */
  readonly with?: JsonObject
  /** What it is replaced by, besides its name and what every resource needs. */
  readonly by: JsonObject
  /** The words for the PUT. */
  readonly what: string
  /** What the answer to the PUT shows. */
  readonly answered?: Expectations
  /** What the resource shows afterwards. */
  readonly expect?: Expectations
}

/** A PUT is answered 200, and the resource shows what is expected. RFC 7644 §3.5.1. */
export function replaced(plan: Plan<Replacement>): Run {
  return async (probe) => {
    const subject = probe.subject()
    const { by, what, answered, expect, ...before } = await plan(subject, probe)
    const made = await probe.make(before.with)
    const answer = await probe.put(made.path, subject.body(made.name, by))
    demandShown(answer, demandResource(answer, [200], what), answered)
    if (expect === undefined) return
    const shown = await probe.get(made.path)
    demandShown([answer, shown], shown.body, expect)
  }
}
