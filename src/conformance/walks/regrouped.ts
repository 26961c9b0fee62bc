// The walk of cases about members: create two users and a group, change the group by PATCH, look at its members.

import type { JsonObject } from '../../protocol/index.ts'
import type { Made, Probe } from '../case.ts'
import { membersAre } from './expectation.ts'
import { patched } from './patched.ts'
import type { Run } from './plan.ts'

/** A change of the members of a group, and who is in it afterwards. */
export interface Regrouping {
  /** The members before. */
  readonly of: readonly Made[]
  readonly by: readonly JsonObject[]
  /** The words for the PATCH, where those of its operations are not enough. */
  readonly what?: string
  /** Statuses that are right; 200 and 204 unless given. */
  readonly status?: readonly number[]
  /** The members afterwards: these and no others. */
  readonly leaves: readonly Made[]
}

/** A PATCH of a group that has some of two users leaves the members that are expected. */
export function regrouped(plan: (one: Made, other: Made, probe: Probe) => Regrouping): Run {
  return patched(async (_, probe) => {
    probe.groups()
    const [one, other] = await probe.makeEach({}, {})
    const { of, leaves, ...patch } = plan(one, other, probe)
    const on = await probe.makeGroup(of.map(({ id }) => ({ value: id })))
    return { ...patch, on, expect: membersAre(...leaves.map(({ id }) => id)) }
  })
}
