import { fold } from '../../protocol/index.ts'
import { type Connection, numberOf, type SqlRow, textOf } from './connection.ts'
import type { Dictionary } from './dictionary.ts'
import type { MemberChanges } from './members.ts'

/** Gathers what one write makes look different besides the resource itself. */
export interface Touched {
  /** Resources that hold this id in a reference show its name. */
  readonly holders: (tenantNo: number, id: string) => void
  /** The name of a resource changed: those who hold it, the groups it is in, the members that show it as a group. */
  readonly named: (tenantNo: number, rowNo: number, id: string) => void
  /** The members of a group show something else in their `groups`; those of groups within it too. */
  readonly membersOf: (rowNo: number) => void
  /** Those who came and went show other groups. */
  readonly members: (members: MemberChanges) => void
  /** The column `touch` of the log line: null for nothing, '*' for all of the tenant, else types and ids. */
  readonly text: () => string | null
}

/** Resources that one write may name; beyond that it says "all of the tenant". */
const TOUCHED = 500

const HOLDERS = `select r.y, r.id from lockstep_value_index i cross join lockstep_resource r on r.k = i.k
  where i.t = ? and i.a = ? and i.v = ? limit ${TOUCHED + 1}`
const GROUPS = `select r.y, r.id from lockstep_member x cross join lockstep_resource r on r.k = x.g where x.m = ? limit ${TOUCHED + 1}`
const MEMBERS = `select r.y, r.id, exists (select 1 from lockstep_member z where z.g = r.k)
  from lockstep_member x cross join lockstep_resource r on r.k = x.m where x.g = ? limit ${TOUCHED + 1}`
const ONE =
  'select y, id, exists (select 1 from lockstep_member z where z.g = r.k) from lockstep_resource r where k = ?'

/** Makes the gathering of one connection. */
export function createTouching(connection: Connection, dictionary: Dictionary): { readonly start: () => Touched } {
  return { start }

  function start(): Touched {
    let list: [number, string][] = []
    let everything = false

    /** Rows of type and id; a third column tells whether it is a group with members, whose members look different then. */
    function add(rows: readonly SqlRow[]): void {
      if (everything) return
      for (const row of rows) list.push([numberOf(row[0]), textOf(row[1])])
      if (list.length > TOUCHED || rows.some((row) => row[2] === 1)) all()
    }

    function all(): void {
      everything = true
      list = []
    }

    function holders(tenantNo: number, id: string): void {
      const folded = fold(id)
      for (const path of dictionary.references(tenantNo)) {
        add(connection.rows(HOLDERS, tenantNo, path.pathNo, id))
        if (folded !== id) add(connection.rows(HOLDERS, tenantNo, path.pathNo, folded))
      }
    }

    function membersOf(rowNo: number): void {
      add(connection.rows(MEMBERS, rowNo))
    }

    return {
      holders,
      membersOf,
      named(tenantNo, rowNo, id) {
        holders(tenantNo, id)
        add(connection.rows(GROUPS, rowNo))
        membersOf(rowNo)
      },
      members({ added, removed }) {
        if (added.size + removed.size > TOUCHED) return all()
        for (const rowNo of [...added, ...removed]) add(connection.rows(ONE, rowNo))
      },
      text: () => (everything ? '*' : list.length === 0 ? null : JSON.stringify(list)),
    }
  }
}
