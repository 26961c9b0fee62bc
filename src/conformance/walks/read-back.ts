// The walk of cases about reading: create a resource, read it, and look at what it shows.

import type { JsonObject } from '../../protocol/index.ts'
import type { Made } from '../case.ts'
import { demandResource } from '../demand.ts'
import { demandShown, type Expectations } from './expectation.ts'
import type { Plan, Run } from './plan.ts'

/** What is read, and what it shows. */
export interface Reading {
  /** What the resource has. */
  readonly with?: JsonObject
  /** The resource itself, where the plan has created it. */
  readonly on?: Made
  /** The query of the GET, `attributes=userName`. */
  readonly query?: string
  readonly expect: Expectations
}

/** A GET of a resource is answered 200 with what is expected. RFC 7644 §3.4.1. */
export function readBack(plan: Plan<Reading>): Run {
  return async (probe) => {
    const { query, expect, ...reading } = await plan(probe.subject(), probe)
    const made = reading.on ?? (await probe.make(reading.with))
    const shown = await probe.get(query === undefined ? made.path : `${made.path}?${query}`)
    const body = demandResource(shown, [200], query === undefined ? 'GET' : `GET with ${query}`)
    demandShown(query === undefined ? [made.exchange, shown] : shown, body, expect)
  }
}
