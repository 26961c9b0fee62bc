// Reads the groups that resources are in, direct and nested.

import { compareText } from '../../protocol/index.ts'
import type { Membership } from '../contract/index.ts'
import { textOf } from '../sql/columns.ts'
import type { Row } from './columns.ts'
import type { Database } from './database.ts'

/**
 * The groups that the row `r` is a direct member of, as a JSON list of texts: 1 for a group that is in a group itself, else 0; how long
 * its id is; a colon, the id, and the name. `t` is the tenant's parameter. Reading the groups above those, which are rare, or
 * aggregating lists, would cost more than the rest of reading one resource.
 */
export function groupsColumn(t: string): string {
  // As scalar subqueries, and with a limit, so that no plan walks over all members or resources to find one row.
  return `array_to_json(array(
    select case when (select 1 from lockstep.member z where z.t = ${t} and z.m = x.g limit 1) is null then '0' else '1' end || (
      select length(e.id) || ':' || e.id || e.display from lockstep.resource e where e.t = ${t} and e.k = x.g
    ) from lockstep.member x where x.t = ${t} and x.m = r.k and x.g <> r.k
  ))`
}

/** The groups of some resources, direct and nested. `union`, not `union all`, so that circles end. */
const ALL = `select r.id, (
    select json_agg(json_build_array(e.id, e.display, x.d)) from (
      with recursive up (g, d) as (
        select z.g, 1 from lockstep.member z where z.t = $1 and z.m = r.k
        union select z.g, 0 from up join lockstep.member z on z.t = $1 and z.m = up.g
      ) select g, max(d) as d from up where g <> r.k group by g
    ) x join lockstep.resource e on e.t = $1 and e.k = x.g
  ) from lockstep.resource r where r.t = $1 and r.id = any($2::text[])`

type Found = readonly [id: string, display: string, direct: 0 | 1]

/** The groups of resources that were read with {@link groupsColumn}, in the same order; nested groups take a second statement. */
export async function readGroups(
  database: Database,
  tenantNo: number,
  found: readonly { readonly id: string; readonly groups: Row[number] | undefined }[],
): Promise<readonly (readonly Membership[])[]> {
  const direct = found.map(({ groups }) => listOf<string | null>(groups))
  const nested = found.filter((_, at) => direct[at]?.some((group) => group?.startsWith('1')))
  const whole = new Map<string, readonly Found[]>()
  if (nested.length > 0) {
    const ids = nested.map(({ id }) => id)
    for (const [id, groups] of await database.rows(ALL, tenantNo, ids)) whole.set(textOf(id), listOf<Found>(groups))
  }
  return found.map(({ id }, at) => membershipsOf(whole.get(id) ?? (direct[at] ?? NONE).flatMap(directOf)))
}

function listOf<One>(column: Row[number] | undefined): readonly One[] {
  return typeof column === 'string' && column !== '[]' ? (JSON.parse(column) as readonly One[]) : NONE
}

/** Nothing for a group that was just removed. */
function directOf(group: string | null): readonly Found[] {
  if (group === null) return NONE
  const colon = group.indexOf(':')
  const characters = Number(group.slice(1, colon))
  const rest = group.slice(colon + 1)
  // PostgreSQL counts code points, some of which are two UTF-16 units here.
  const id = PLAIN.test(rest) ? rest.slice(0, characters) : [...rest].slice(0, characters).join('')
  return [[id, rest.slice(id.length), 1]]
}

const PLAIN = /^[\0-\x7f]*$/

/** Direct ones first, each once. RFC 7643 §4.1.2, `groups`. */
function membershipsOf(list: readonly Found[]): readonly Membership[] {
  if (list.length === 0) return NONE
  return list
    .map(([id, display, direct]): Membership => ({ id, display, direct: direct === 1 }))
    .sort((a, b) => Number(b.direct) - Number(a.direct) || compareText(a.id, b.id))
}

const NONE: readonly never[] = []
