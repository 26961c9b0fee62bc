// Groups that have no table of their own: names in a table of memberships.

import { AppError } from '../../contract/index.ts'
import { quoted, quotedTable, type Row } from './sql-database.ts'
import type { TableAccounts } from './table-accounts.ts'
import { clearMembers } from './table-members.ts'
import type { MembershipTable } from './table-settings.ts'
import { whereOf } from './table-statements.ts'

/** Names of one page. */
const PAGE = 500

/**
 * Groups by their names. One that has no members can't be told from one that is not there, and nothing has to be made: so every name is
 * that of a group.
 */
export function namedGroups(table: MembershipTable): TableAccounts {
  const group = quoted(table.group)
  const named = (id: string) => ({ id, document: { displayName: id } })
  return {
    list: async (query, after) => {
      const where = after === undefined ? whereOf(table.fixed, 'true') : whereOf(table.fixed, `${group} > ?`, after)
      const { rows } = await query(
        `select distinct ${group} from ${quotedTable(table.table)} where ${where.text} order by ${group} limit ${PAGE}`,
        where.values,
      )
      const names = rows.map((row: Row) => String(row[table.group]))
      const last = names.at(-1)
      return { accounts: names.map(named), ...(rows.length < PAGE || last === undefined ? {} : { next: last }) }
    },
    find: async (_query, { value }) => [named(value)],
    read: async (_query, id) => named(id),
    create: async (_query, { displayName }) => named(String(displayName)),
    update: async (_query, id, { after }) => {
      if (after.displayName === id) return true
      throw new AppError('refused', 'Groups without a table of their own are known by their name, which must stay')
    },
    switchOff: async () => undefined,
    remove: (query, id) => clearMembers(query, table, 'group', id),
  }
}
