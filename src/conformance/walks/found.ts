// The walk of filter cases: create two resources, query them by filters, and look at which of them are found.

import type { JsonObject } from '../../protocol/index.ts'
import type { Made, Probe } from '../case.ts'
import { demand, demandList } from '../demand.ts'
import { isSameSet, member, pathOf } from '../json-access.ts'
import type { Plan, Run } from './plan.ts'

/** A filter, and which of the created resources it finds: these and no others. */
export type Search = readonly [filter: string, finds: Made | readonly Made[]]

/** Two resources, and filters that find one, both or none of them. */
export interface Searches {
  /** What the first resource has. */
  readonly one?: JsonObject
  /** What the second resource has. */
  readonly other?: JsonObject
  /** The filters; `scope` is a condition that only these two resources meet. */
  readonly by: (one: Made, other: Made, scope: string) => readonly Search[]
}

/** Each filter finds just what it should of the two resources. RFC 7644 §3.4.2.2. */
export function found(plan: Plan<Searches>): Run {
  return async (probe) => {
    const { by, ...of } = await plan(probe.subject(), probe)
    const both = await probe.makeEach(of.one ?? {}, of.other ?? {})
    const [one, other] = both
    const scope = `(${one.filter} or ${other.filter})`
    for (const [filter, finds] of by(one, other, scope)) await demandFound(probe, filter, both, [finds].flat())
  }
}

async function demandFound(probe: Probe, filter: string, all: readonly Made[], wanted: readonly Made[]): Promise<void> {
  const { type, named } = probe.subject()
  const answer = await probe.filter(type.endpoint, filter, { count: '100' })
  const { resources } = demandList(answer, `the filter ${filter}`)
  const own = new Set(all.map(({ id }) => id))
  const ids = resources.map((one) => String(member(one, 'id'))).filter((id) => own.has(id))
  const names = wanted.map(({ name }) => `${pathOf(named)} ${name}`).join(', ') || 'none'
  demand(
    answer,
    isSameSet(
      ids,
      wanted.map(({ id }) => id),
    ),
    `for ${filter} of those that the check made: ${names}`,
  )
}
