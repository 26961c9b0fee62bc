// Finds the groups of resources, direct and nested.

import { compareText } from '../../protocol/index.ts'
import type { Membership } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Connection, SqlRow, SqlValue } from './connection.ts'
import { sqlite as dialect } from './dialect.ts'

/** The numbers of the groups that `r` is a direct member of, as one text; null for those in no group, which are most. */
export const GROUP_NUMBERS = `(select ${dialect.list('x.g')} from lockstep_member x where x.m = r.k)`

/** A resource and what {@link GROUP_NUMBERS} says of it. */
export interface MemberRow {
  readonly rowNo: number
  readonly groups: SqlValue | undefined
}

/** Finds the groups of resources. */
export interface GroupsOf {
  /** By resource number; resources in no group are left out. Resources in the same groups share one list. */
  readonly find: (rows: readonly MemberRow[]) => ReadonlyMap<number, readonly Membership[]>
  /** Forgets groups that are kept when a resource of this type may have changed; undefined when anything may have. */
  readonly forget: (typeNo: number | undefined) => void
}

/** A group on the way up from its members. */
interface Known {
  readonly direct: Membership
  readonly indirect: Membership
  /** Numbers of the groups that it is itself a direct member of. */
  readonly parents: readonly number[]
}

const COLUMNS = `r.k, r.id, r.display, ${GROUP_NUMBERS}, r.y`
/** Groups, and lists of groups, that are kept in memory. */
const KEPT = 5_000
const ONE_GROUP = `select ${COLUMNS} from lockstep_resource r where r.k = ?`
const GROUPS = `select ${COLUMNS} from json_each(?) j cross join lockstep_resource r on r.k = j.value`

const NONE: readonly number[] = []
const NOBODYS: ReadonlyMap<number, readonly Membership[]> = new Map()

/**
 * Creates the search from members up to their groups: direct ones first, each group once, none within itself. RFC 7643 §4.1.2, `groups`.
 * Each group is read once for all its members, and only groups of groups level by level. `keeps`: groups stay in memory until they
 * may have changed; only for a connection that never sees what isn't committed.
 */
export function createGroupsOf(connection: Connection, keeps: boolean): GroupsOf {
  const groups = new Map<number, Known>()
  /** Each list is made once; the key is its text. */
  const lists = new Map<string, List>()
  const types = new Set<number>()

  function forget(): void {
    groups.clear()
    lists.clear()
    types.clear()
  }

  function read(numbers: readonly number[]): readonly SqlRow[] {
    return numbers.length === 1
      ? connection.rows(ONE_GROUP, ...numbers)
      : connection.rows(GROUPS, JSON.stringify(numbers))
  }

  /** Reads all groups from these upwards. A circle ends, because no group is read twice. */
  function climb(start: ReadonlySet<number>): void {
    const seen = new Set<number>()
    for (let next = [...start]; next.length > 0; ) {
      const unknown = next.filter((groupNo) => !groups.has(groupNo))
      if (unknown.length > 0) for (const row of read(unknown)) take(row)
      for (const groupNo of next) seen.add(groupNo)
      const above = new Set<number>()
      for (const groupNo of next) for (const parent of groups.get(groupNo)?.parents ?? NONE) above.add(parent)
      next = [...above].filter((groupNo) => !seen.has(groupNo))
    }
  }

  function take(row: SqlRow): void {
    const id = textOf(row[1])
    const display = textOf(row[2])
    const direct = { id, display, direct: true }
    groups.set(numberOf(row[0]), { direct, indirect: { ...direct, direct: false }, parents: numbersIn(row[3]) })
    types.add(numberOf(row[4]))
  }

  function find(rows: readonly MemberRow[]): ReadonlyMap<number, readonly Membership[]> {
    if (!keeps || groups.size > KEPT || lists.size > KEPT) forget()
    const start = new Set<number>()
    let any = false
    for (const row of rows) {
      if (typeof row.groups !== 'string') continue
      any = true
      if (lists.has(row.groups)) continue
      const direct = numbersIn(row.groups)
      lists.set(row.groups, { direct })
      for (const groupNo of direct) start.add(groupNo)
    }
    if (!any) return NOBODYS
    climb(start)
    const found = new Map<number, readonly Membership[]>()
    for (const row of rows) {
      const list = typeof row.groups === 'string' ? lists.get(row.groups) : undefined
      if (list === undefined) continue
      // Only a group can be in a circle, and so among its own groups.
      if (groups.has(row.rowNo)) found.set(row.rowNo, membershipsOf(row.rowNo, list.direct, groups))
      else {
        list.shared ??= membershipsOf(row.rowNo, list.direct, groups)
        found.set(row.rowNo, list.shared)
      }
    }
    return found
  }

  return {
    find,
    forget(typeNo) {
      if (typeNo === undefined || types.has(typeNo)) forget()
    },
  }
}

/** The groups of all resources that are direct members of exactly these. */
interface List {
  readonly direct: readonly number[]
  shared?: readonly Membership[]
}

/** The groups of one resource, or of all resources with the same direct groups that are not groups themselves. */
function membershipsOf(
  rowNo: number,
  direct: readonly number[],
  known: ReadonlyMap<number, Known>,
): readonly Membership[] {
  // The set grows while it is walked: groups further up are appended.
  const all = new Set(direct)
  const memberships: Membership[] = []
  const above: Membership[] = []
  let left = direct.length
  for (const groupNo of all) {
    const isDirect = left-- > 0
    const group = known.get(groupNo)
    if (group === undefined) continue
    if (groupNo !== rowNo) {
      if (isDirect) memberships.push(group.direct)
      else above.push(group.indirect)
    }
    for (const parent of group.parents) all.add(parent)
  }
  if (memberships.length > 1) memberships.sort(byId)
  return above.length === 0 ? memberships : memberships.concat(above.sort(byId))
}

function byId(a: Membership, b: Membership): number {
  return compareText(a.id, b.id)
}

function numbersIn(list: SqlValue | undefined): readonly number[] {
  return typeof list === 'string' ? list.split(',').map(Number) : NONE
}
