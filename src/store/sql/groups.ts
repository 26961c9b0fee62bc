import { compareText } from '../../protocol/index.ts'
import type { Membership } from '../contract.ts'
import { type Connection, numberOf, type SqlRow, type SqlValue, textOf } from './connection.ts'
import { sqlite as dialect } from './dialect.ts'

/** The numbers of the groups that `r` is a direct member of, as one text; null for those in no group, which are most. */
export const GROUP_NUMBERS = `(select ${dialect.list('x.g')} from member x where x.m = r.k)`

/** A resource and what {@link GROUP_NUMBERS} says of it. */
export interface MemberRow {
  readonly k: number
  readonly groups: SqlValue | undefined
}

/** Finds the groups of resources, by resource number; those in no group are left out. */
export type GroupsOf = (rows: readonly MemberRow[]) => ReadonlyMap<number, readonly Membership[]>

/** A group on the way up from its members. */
interface Known {
  readonly direct: Membership
  readonly indirect: Membership
  /** Numbers of the groups that it is itself a direct member of. */
  readonly parents: readonly number[]
}

const COLUMNS = `r.k, r.id, r.display, ${GROUP_NUMBERS}`
const ONE_GROUP = `select ${COLUMNS} from resource r where r.k = ?`
const GROUPS = `select ${COLUMNS} from json_each(?) j cross join resource r on r.k = j.value`

const NONE: readonly number[] = []
const NOBODYS: ReadonlyMap<number, readonly Membership[]> = new Map()

/**
 * Makes the look upwards from members to their groups, the direct ones first, each group once, none within itself.
 * RFC 7643 §4.1.2, `groups`. Each group is read once for all who are in it, and only the groups of groups step by step.
 */
export function createGroupsOf(connection: Connection): GroupsOf {
  function read(numbers: readonly number[]): readonly SqlRow[] {
    return numbers.length === 1
      ? connection.rows(ONE_GROUP, ...numbers)
      : connection.rows(GROUPS, JSON.stringify(numbers))
  }

  /** All groups from these upwards. A circle ends, for none is read twice. */
  function climb(start: ReadonlySet<number>): Map<number, Known> {
    const known = new Map<number, Known>()
    for (let next = [...start]; next.length > 0; ) {
      const above = new Set<number>()
      for (const row of read(next)) {
        const id = textOf(row[1])
        const display = textOf(row[2])
        const parents = numbersIn(row[3])
        known.set(numberOf(row[0]), {
          direct: { id, display, direct: true },
          indirect: { id, display, direct: false },
          parents,
        })
        for (const parent of parents) above.add(parent)
      }
      next = [...above].filter((g) => !known.has(g))
    }
    return known
  }

  return (rows) => {
    // Many are in the same groups: each list is made once, and shared.
    const lists = new Map<string, List>()
    const start = new Set<number>()
    for (const { groups } of rows) {
      if (typeof groups !== 'string' || lists.has(groups)) continue
      const direct = numbersIn(groups)
      lists.set(groups, { direct })
      for (const g of direct) start.add(g)
    }
    if (lists.size === 0) return NOBODYS
    const known = climb(start)
    const found = new Map<number, readonly Membership[]>()
    for (const { k, groups } of rows) {
      const list = typeof groups === 'string' ? lists.get(groups) : undefined
      if (list === undefined) continue
      // Only a group can be in a circle and so among its own.
      if (known.has(k)) found.set(k, membershipsOf(k, list.direct, known))
      else {
        list.shared ??= membershipsOf(k, list.direct, known)
        found.set(k, list.shared)
      }
    }
    return found
  }
}

/** The groups of all who are in exactly these. */
interface List {
  readonly direct: readonly number[]
  shared?: readonly Membership[]
}

/** The groups of one resource, or of all that are no group themselves. */
function membershipsOf(k: number, direct: readonly number[], known: ReadonlyMap<number, Known>): readonly Membership[] {
  // The set grows while it is walked: what is above comes behind.
  const all = new Set(direct)
  const memberships: Membership[] = []
  const above: Membership[] = []
  let left = direct.length
  for (const g of all) {
    const isDirect = left-- > 0
    const group = known.get(g)
    if (group === undefined) continue
    if (g !== k) {
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
