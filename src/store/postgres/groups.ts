import { compareText } from '../../protocol/index.ts'
import type { Membership } from '../contract.ts'
import type { Row } from './database.ts'

/**
 * The groups of the row `r`, direct and nested, as JSON; null for those in no group, which are most. union and not union all, so
 * that circles end. `t` is the tenant's parameter.
 */
export function groupsColumn(t: string): string {
  // With a limit no planner turns the look for one row into a walk over all members of all tenants.
  return `case when (select 1 from lockstep.member x where x.t = ${t} and x.m = r.k limit 1) is not null then (
    select json_agg(json_build_array(e.id, e.display, x.d)) from (
      with recursive up (g, d) as (
        select z.g, 1 from lockstep.member z where z.t = ${t} and z.m = r.k
        union select z.g, 0 from up join lockstep.member z on z.t = ${t} and z.m = up.g
      ) select g, max(d) as d from up where g <> r.k group by g
    ) x join lockstep.resource e on e.t = ${t} and e.k = x.g
  ) end`
}

/** What {@link groupsColumn} has found: direct ones first, each once. RFC 7643 §4.1.2, `groups`. */
export function membershipsOf(column: Row[number] | undefined): readonly Membership[] {
  if (typeof column !== 'string') return NONE
  const list = JSON.parse(column) as readonly (readonly [id: string, display: string, direct: 0 | 1])[]
  return list
    .map(([id, display, direct]): Membership => ({ id, display, direct: direct === 1 }))
    .sort((a, b) => Number(b.direct) - Number(a.direct) || compareText(a.id, b.id))
}

const NONE: readonly Membership[] = []
