// The walk of most PATCH cases: create a resource, change it by PATCH, read it, and look at what it shows.

import type { JsonObject } from '../../protocol/index.ts'
import type { Made } from '../case.ts'
import { demandStatus } from '../demand.ts'
import { demandShown, type Expectations } from './expectation.ts'
import { describePatch } from './operation.ts'
import type { Plan, Run } from './plan.ts'

/** A PATCH and its outcome. */
export interface Patch {
  /** What the resource has before. */
  readonly with?: JsonObject
  /** The resource itself, where the plan has created it. */
  readonly on?: Made
  readonly by: readonly JsonObject[]
  /** The words for the PATCH, where those of its operations are not enough. */
  readonly what?: string
  /** Statuses that are right; 200 and 204 unless given. */
  readonly status?: readonly number[]
  /** What the resource shows afterwards. */
  readonly expect?: Expectations
}

/** A PATCH is accepted, and the resource shows what is expected. RFC 7644 §3.5.2. */
export function patched(plan: Plan<Patch>): Run {
  return async (probe) => {
    const {
      on,
      by,
      what = describePatch(by),
      status = [200, 204],
      expect,
      ...before
    } = await plan(probe.subject(), probe)
    const { path } = on ?? (await probe.make(before.with))
    const answer = await probe.patch(path, by)
    demandStatus(answer, status, what)
    if (expect === undefined) return
    const shown = await probe.get(path)
    demandShown([answer, shown], shown.body, expect)
  }
}
