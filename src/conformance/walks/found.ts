// The walk of filter cases: create resources, query them by filters, and look at which of them are found.

import type { JsonObject } from '../../protocol/index.ts'
import type { Made, Probe } from '../case.ts'
import { demand, demandList } from '../demand.ts'
import { isSameSet, member, pathOf } from '../json-access.ts'
import type { Plan, Run } from './plan.ts'

/** A filter, and which of the created resources it finds: these and no others. */
export type Search = readonly [filter: string, finds: Made | readonly Made[]]

/** Resources, and filters that find some of them. */
export interface Searches<T extends readonly JsonObject[]> {
  /** What each resource has. */
  readonly of: T
  /** The filters; `scope` is a condition that only the created resources meet. */
  readonly by: (made: { readonly [K in keyof T]: Made }, scope: string) => readonly Search[]
}

/** Each filter finds just what it should of the resources of the case. RFC 7644 §3.4.2.2. */
export function found<const T extends readonly JsonObject[]>(plan: Plan<Searches<T>>): Run {
  return async (probe) => {
    const { of, by } = await plan(probe.subject(), probe)
    const made = (await probe.makeEach(...of)) as { readonly [K in keyof T]: Made }
    const scope = `(${made.map(({ filter }) => filter).join(' or ')})`
    for (const [filter, finds] of by(made, scope)) await demandFound(probe, filter, made, [finds].flat())
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
