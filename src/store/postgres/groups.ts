import { compareText } from '../../protocol/index.ts'
import type { Membership } from '../contract.ts'
import { type Database, type Row, textOf } from './database.ts'

/**
 * The groups that the row `r` is a direct member of, as JSON, each with whether it is in a group itself; null for those in no
 * group. `t` is the tenant's parameter. The groups above those are rare, and to get ready for them costs more than all the rest.
 */
export function groupsColumn(t: string): string {
  // With limits no planner turns a look for one row into a walk over all members or resources.
  return `(
    select json_agg(json_build_array(
      e.id, e.display, 1, (select 1 from lockstep.member z where z.t = ${t} and z.m = x.g limit 1) is not null
    )) from lockstep.member x cross join lateral (
      select d.id, d.display from lockstep.resource d where d.t = ${t} and d.k = x.g limit 1
    ) e where x.t = ${t} and x.m = r.k and x.g <> r.k
  )`
}

/** The groups of some resources, direct and nested. union and not union all, so that circles end. */
const ALL = `select r.id, (
    select json_agg(json_build_array(e.id, e.display, x.d)) from (
      with recursive up (g, d) as (
        select z.g, 1 from lockstep.member z where z.t = $1 and z.m = r.k
        union select z.g, 0 from up join lockstep.member z on z.t = $1 and z.m = up.g
      ) select g, max(d) as d from up where g <> r.k group by g
    ) x join lockstep.resource e on e.t = $1 and e.k = x.g
  ) from lockstep.resource r where r.t = $1 and r.id = any($2::text[])`

type Found = readonly [id: string, display: string, direct: 0 | 1, inGroups?: boolean]

/** The groups of resources that were read with {@link groupsColumn}, in the same order; a second look where groups are nested. */
export async function readGroups(
  database: Database,
  t: number,
  rows: readonly Row[],
  columns: { readonly id: number; readonly groups: number },
): Promise<readonly (readonly Membership[])[]> {
  const found = rows.map((row) => listOf(row[columns.groups]))
  const nested = rows.filter((_, at) => found[at]?.some(([, , , inGroups]) => inGroups))
  if (nested.length === 0) return found.map(membershipsOf)
  const ids = nested.map((row) => textOf(row[columns.id]))
  const whole = new Map((await database.rows(ALL, t, ids)).map(([id, groups]) => [id, listOf(groups)]))
  return rows.map((row, at) => membershipsOf(whole.get(row[columns.id] ?? null) ?? found[at] ?? NONE))
}

function listOf(column: Row[number] | undefined): readonly Found[] {
  return typeof column === 'string' ? (JSON.parse(column) as readonly Found[]) : NONE
}

/** Direct ones first, each once. RFC 7643 §4.1.2, `groups`. */
function membershipsOf(list: readonly Found[]): readonly Membership[] {
  if (list.length === 0) return NONE
  return list
    .map(([id, display, direct]): Membership => ({ id, display, direct: direct === 1 }))
    .sort((a, b) => Number(b.direct) - Number(a.direct) || compareText(a.id, b.id))
}

const NONE: readonly never[] = []
