// Finds out what a write makes look different besides the resource itself, for the watchers.

import { fold } from '../../protocol/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Connection, SqlRow } from './connection.ts'
import type { Dictionary } from './dictionary.ts'
import type { MemberChanges } from './members.ts'

/** Collects what a write makes look different besides the resource itself. */
export interface AffectedByWrite {
  /** Resources that refer to this id show its name. */
  readonly holders: (tenantNo: number, id: string) => void
  /** The name of a resource changed: those that refer to it, the groups it is in, and its members if it is a group. */
  readonly named: (tenantNo: number, rowNo: number, id: string) => void
  /** The `groups` of a group's members change, and those of members of groups within it. */
  readonly membersOf: (rowNo: number) => void
  /** The `groups` of members that joined or left change. */
  readonly members: (members: MemberChanges) => void
  /** The column `touch` of the log line: null for nothing, '*' for all of the tenant, else types and ids. */
  readonly text: () => string | null
}

/** Resources that one write names; beyond that it says "all of the tenant". */
const MOST = 500

const HOLDERS = `select r.y, r.id from lockstep_value_index i cross join lockstep_resource r on r.k = i.k
  where i.t = ? and i.a = ? and i.v = ? limit ${MOST + 1}`
const GROUPS = `select r.y, r.id from lockstep_member x cross join lockstep_resource r on r.k = x.g where x.m = ? limit ${MOST + 1}`
const MEMBERS = `select r.y, r.id, exists (select 1 from lockstep_member z where z.g = r.k)
  from lockstep_member x cross join lockstep_resource r on r.k = x.m where x.g = ? limit ${MOST + 1}`
const ONE =
  'select y, id, exists (select 1 from lockstep_member z where z.g = r.k) from lockstep_resource r where k = ?'

/** Creates the collection for the writes of one connection. */
export function createAffected(
  connection: Connection,
  dictionary: Dictionary,
): { readonly start: () => AffectedByWrite } {
  return { start }

  function start(): AffectedByWrite {
    let list: [number, string][] = []
    let everything = false

    /** Rows of type and id; a third column is 1 for a group with members, whose members are affected too. */
    function add(rows: readonly SqlRow[]): void {
      if (everything) return
      for (const row of rows) list.push([numberOf(row[0]), textOf(row[1])])
      if (list.length > MOST || rows.some((row) => row[2] === 1)) all()
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
        if (added.size + removed.size > MOST) return all()
        for (const rowNo of [...added, ...removed]) add(connection.rows(ONE, rowNo))
      },
      text: () => (everything ? '*' : list.length === 0 ? null : JSON.stringify(list)),
    }
  }
}
