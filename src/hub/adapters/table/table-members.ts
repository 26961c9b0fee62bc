// Who is in which group, in a table of memberships.

import type { MemberChange, MemberPage } from '../../contract/index.ts'
import { type Query, quoted, quotedTable, type SqlValue } from './sql-database.ts'
import type { MembershipTable } from './table-settings.ts'
import { insertRow, selectRows, whereOf } from './table-statements.ts'

/** Members of one page. */
const PAGE = 1_000

/** Members join and leave. Those who are there, or gone, already are left alone. */
export async function changeMembers(
  query: Query,
  table: MembershipTable,
  id: string,
  { add, remove }: MemberChange,
): Promise<void> {
  if (remove.length > 0) await deleteMembers(query, table, among(table, id, remove))
  if (add.length === 0) return
  const where = among(table, id, add)
  const there = new Set((await selectRows(query, table, [table.user], where, '')).map((row) => String(row[table.user])))
  for (const user of new Set(add)) {
    if (there.has(user)) continue
    const values = new Map<string, SqlValue>([
      [table.group, id],
      [table.user, user],
    ])
    await insertRow(query, table, values, [table.user])
  }
}

/** Takes somebody out of all groups, or everybody out of one. */
export async function clearMembers(
  query: Query,
  table: MembershipTable,
  by: 'group' | 'user',
  id: string,
): Promise<void> {
  await deleteMembers(query, table, whereOf(table.fixed, `${quoted(table[by])} = ?`, id))
}

/** One page of the members of a group, in the order of their ids. */
export async function pageOfMembers(
  query: Query,
  table: MembershipTable,
  id: string,
  after: string | undefined,
): Promise<MemberPage> {
  const user = quoted(table.user)
  const group = `${quoted(table.group)} = ?`
  const where =
    after === undefined ? whereOf(table.fixed, group, id) : whereOf(table.fixed, `${group} and ${user} > ?`, id, after)
  const rows = await selectRows(query, table, [table.user], where, `order by ${user} limit ${PAGE}`)
  const ids = [...new Set(rows.map((row) => String(row[table.user])))]
  const last = ids.at(-1)
  return { ids, ...(rows.length < PAGE || last === undefined ? {} : { next: last }) }
}

function among(table: MembershipTable, id: string, users: readonly string[]) {
  const marks = users.map(() => '?').join(', ')
  return whereOf(table.fixed, `${quoted(table.group)} = ? and ${quoted(table.user)} in (${marks})`, id, ...users)
}

async function deleteMembers(
  query: Query,
  table: MembershipTable,
  where: { readonly text: string; readonly values: readonly SqlValue[] },
): Promise<void> {
  await query(`delete from ${quotedTable(table.table)} where ${where.text}`, where.values)
}
