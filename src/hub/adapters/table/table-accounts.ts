// Accounts in a table: listed, found, made, changed, switched off, removed.

import { randomUUID } from 'node:crypto'
import type { Document } from '../../../protocol/index.ts'
import { type Account, type AccountChange, type AccountPage, AppError, type MatchKey } from '../../contract/index.ts'
import { changedAttributes } from '../changed-attributes.ts'
import { type Query, quoted, quotedTable, type SqlDatabase, type SqlValue } from './sql-database.ts'
import type { RowForm } from './table-rows.ts'
import type { AccountTable } from './table-settings.ts'
import { insertRow, keyCondition, selectRows, switchColumn, updateRow, whereOf } from './table-statements.ts'

/** Rows of one page. */
const PAGE = 500

/** One table of accounts, within a transaction. */
export interface TableAccounts {
  list(query: Query, after: string | undefined): Promise<AccountPage>
  find(query: Query, key: MatchKey): Promise<readonly Account[]>
  read(query: Query, id: string): Promise<Account | undefined>
  create(query: Query, document: Document, database: SqlDatabase): Promise<Account>
  /** Returns whether there was such an account. */
  update(query: Query, id: string, change: AccountChange, database: SqlDatabase): Promise<boolean>
  /** Switches it off, whatever it was believed to be. */
  switchOff(query: Query, id: string, change: AccountChange, database: SqlDatabase): Promise<void>
  remove(query: Query, id: string): Promise<void>
}

/** Makes the statements of a table. */
export function tableAccounts(table: AccountTable, form: RowForm): TableAccounts {
  const { id: idColumn, fixed, active } = table
  const byId = `${quoted(idColumn)} = ?`
  const set = (
    query: Query,
    id: string,
    {
      change,
      on,
      database,
    }: { readonly change: AccountChange; readonly on: boolean | undefined; readonly database: SqlDatabase },
  ) => {
    const names = new Set(Object.keys(changedAttributes(change)))
    return updateRow(query, table, id, form.toColumns(change.after, database, names), on, database)
  }
  const read = async (query: Query, id: string) => {
    const [row] = await selectRows(query, table, form.columns, whereOf(fixed, byId, id), '')
    return row === undefined ? undefined : form.toAccount(row)
  }
  return {
    list: async (query, after) => {
      const where = after === undefined ? whereOf(fixed, 'true') : whereOf(fixed, `${quoted(idColumn)} > ?`, after)
      const rows = await selectRows(query, table, form.columns, where, `order by ${quoted(idColumn)} limit ${PAGE}`)
      const accounts = rows.map(form.toAccount)
      const last = accounts.at(-1)
      return { accounts, ...(rows.length < PAGE || last === undefined ? {} : { next: last.id }) }
    },
    find: async (query, key) => {
      const column = form.columnOf(key.attribute)
      if (column === undefined) throw new AppError('refused', `No column of ${table.table} holds ${key.attribute}`)
      const where = whereOf(fixed, keyCondition(column, key), key.value)
      return (await selectRows(query, table, form.columns, where, 'limit 2')).map(form.toAccount)
    },
    read,
    create: async (query, document, database) => {
      const on = document.active !== false
      const values = new Map<string, SqlValue>([
        ...form.toColumns(document, database),
        ...switchColumn(active, on, database),
        ...(table.newId === 'uuid' ? ([[idColumn, randomUUID()]] as const) : []),
      ])
      const made = form.toAccount(await insertRow(query, table, values, form.columns))
      if (on || active?.as !== 'timestamp') return made
      await updateRow(query, table, made.id, new Map(), false, database)
      return (await read(query, made.id)) ?? made
    },
    update: async (query, id, change, database) => {
      const names = changedAttributes(change)
      const on = 'active' in names ? change.after.active !== false : undefined
      return (await set(query, id, { change, on, database })) > 0
    },
    switchOff: async (query, id, change, database) => {
      await set(query, id, { change, on: false, database })
    },
    remove: async (query, id) => {
      const where = whereOf(fixed, byId, id)
      await query(`delete from ${quotedTable(table.table)} where ${where.text}`, where.values)
    },
  }
}
