// Edits the members of groups.

import { idsNamed } from '../../protocol/index.ts'
import { Conflict, type MemberEdit } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Connection, SqlValue } from './connection.ts'
import type { Dictionary } from './dictionary.ts'
import { compileMembers } from './member-filter.ts'

/** Members that really joined and left, by resource number. */
export interface MemberChanges {
  readonly added: ReadonlySet<number>
  readonly removed: ReadonlySet<number>
}

/** Finds resources of a tenant by id, whatever their type. */
export interface Finder {
  /** Number and type of a resource. */
  readonly find: (
    tenantNo: number,
    id: string,
    type?: string,
  ) => { readonly rowNo: number; readonly typeNo: number } | undefined
}

/** Creates the finder of one connection. */
export function createFinder(connection: Connection, dictionary: Dictionary): Finder {
  // Members of one list are mostly of one type: the last type found is tried first.
  let last = 0
  const probe = (tenantNo: number, typeNo: number, id: string) => {
    const row = connection.row('select k from lockstep_resource where t = ? and y = ? and id = ?', tenantNo, typeNo, id)
    return row === undefined ? undefined : { rowNo: numberOf(row[0]), typeNo }
  }
  return {
    find(tenantNo, id, type) {
      const first = (type === undefined ? undefined : dictionary.type(type)) ?? last
      const found = first === 0 ? undefined : probe(tenantNo, first, id)
      if (found !== undefined) {
        last = first
        return found
      }
      for (const typeNo of dictionary.types(tenantNo)) {
        if (typeNo === first) continue
        const other = probe(tenantNo, typeNo, id)
        if (other !== undefined) {
          last = typeNo
          return other
        }
      }
      return undefined
    },
  }
}

/** What edits of members are carried out with. */
interface MemberDeps {
  readonly connection: Connection
  readonly dictionary: Dictionary
  readonly finder: Finder
}

/**
 * Carries out edits on the rows of a group, in order, and returns the difference in the end: a member that joins and leaves again within
 * the list does not count. Throws `Conflict` member for an id of no resource, or of one of another type.
 */
export function editMembers(
  deps: MemberDeps,
  group: { readonly tenantNo: number; readonly rowNo: number },
  edits: readonly MemberEdit[],
  at: number,
): MemberChanges {
  const { connection, dictionary, finder } = deps
  const added = new Set<number>()
  const removed = new Set<number>()
  const { tenantNo, rowNo: groupNo } = group

  const add = (memberNo: number) => {
    if (connection.run('insert or ignore into lockstep_member (g, m) values (?, ?)', groupNo, memberNo) === 0) return
    if (!removed.delete(memberNo)) added.add(memberNo)
  }
  const remove = (memberNo: number) => {
    if (connection.run('delete from lockstep_member where g = ? and m = ?', groupNo, memberNo) === 0) return
    if (!added.delete(memberNo)) removed.add(memberNo)
  }
  const resolve = (members: readonly { readonly id: string; readonly type?: string }[]): number[] =>
    members.map((member) => {
      const found = finder.find(tenantNo, member.id, member.type)
      const type = found === undefined ? undefined : dictionary.typeName(found.typeNo)
      if (found === undefined || (member.type !== undefined && member.type !== type)) {
        throw new Conflict('member', at, member.id, type)
      }
      return found.rowNo
    })
  const all = () => connection.rows('select m from lockstep_member where g = ?', groupNo).map((row) => numberOf(row[0]))

  for (const edit of edits) {
    switch (edit.edit) {
      case 'add':
        // In order of number, so that both B-trees grow at one end.
        for (const memberNo of ordered(resolve(edit.members))) add(memberNo)
        break
      case 'remove':
        for (const id of edit.ids) {
          const found = finder.find(tenantNo, id)
          if (found !== undefined) remove(found.rowNo)
        }
        break
      case 'removeWhere':
        for (const memberNo of satisfying(deps, group, edit.filter)) remove(memberNo)
        break
      case 'clear':
        clear(all())
        break
      case 'set': {
        const wanted = new Set(resolve(edit.members))
        const there = all()
        if (wanted.size === 0) {
          clear(there)
          break
        }
        for (const memberNo of there) if (!wanted.has(memberNo)) remove(memberNo)
        for (const memberNo of ordered([...wanted])) add(memberNo)
        break
      }
    }
  }
  return { added, removed }

  function clear(there: readonly number[]): void {
    if (there.length === 0) return
    connection.run('delete from lockstep_member where g = ?', groupNo)
    for (const memberNo of there) if (!added.delete(memberNo)) removed.add(memberNo)
  }
}

/** The ids of resources by number, in order of id. */
export function idsOf(connection: Connection, numbers: Iterable<number>): string[] {
  const ids: string[] = []
  for (const rowNo of numbers) {
    const row = connection.row('select id from lockstep_resource where k = ?', rowNo)
    if (row !== undefined) ids.push(textOf(row[0]))
  }
  return ids.sort()
}

function ordered(numbers: number[]): number[] {
  return numbers.sort((a, b) => a - b)
}

/** The members that satisfy a filter. If it names them by id, only these are read. */
function satisfying(
  { connection, dictionary, finder }: MemberDeps,
  group: { readonly tenantNo: number; readonly rowNo: number },
  filter: Extract<MemberEdit, { edit: 'removeWhere' }>['filter'],
): number[] {
  const compiled = compileMembers(filter, dictionary)
  const values: SqlValue[] = [...compiled.values]
  const named = idsNamed(filter)
  if (named === undefined) {
    const sql = `select x.m from lockstep_member x cross join lockstep_resource e on e.k = x.m where x.g = ?${values.length + 1} and ${compiled.sql}`
    return connection.rows(sql, ...values, group.rowNo).map((row) => numberOf(row[0]))
  }
  const found: number[] = []
  const sql = `select 1 from lockstep_member x cross join lockstep_resource e on e.k = x.m where x.g = ?${values.length + 1} and x.m = ?${values.length + 2} and ${compiled.sql}`
  for (const id of named) {
    const one = finder.find(group.tenantNo, id)
    if (one !== undefined && connection.row(sql, ...values, group.rowNo, one.rowNo) !== undefined) found.push(one.rowNo)
  }
  return found
}
