// The statements about accounts in a table: each with its values as parameters.

import { AppError, type MatchKey } from '../../contract/index.ts'
import { type Query, quoted, quotedTable, type Row, type SqlDatabase, type SqlValue } from './sql-database.ts'
import type { AccountTable, ActiveColumn } from './table-settings.ts'

/** A condition with its values. */
interface Where {
  readonly text: string
  readonly values: readonly SqlValue[]
}

/** The rows of one app in a table that may hold others': its fixed columns, and a condition. */
export function whereOf(fixed: AccountTable['fixed'], text: string, ...values: readonly SqlValue[]): Where {
  const names = Object.keys(fixed)
  return {
    text: [...names.map((name) => `${quoted(name)} = ?`), text].join(' and '),
    values: [...Object.values(fixed), ...values],
  }
}

/** Reads rows. `rest` orders and limits them. */
export async function selectRows(
  query: Query,
  { table }: Pick<AccountTable, 'table'>,
  columns: readonly string[],
  where: Where,
  rest: string,
): Promise<readonly Row[]> {
  const names = [...new Set(columns)].map(quoted).join(', ')
  const { rows } = await query(`select ${names} from ${quotedTable(table)} where ${where.text} ${rest}`, where.values)
  return rows
}

/** The condition that a column has a value. Ids are compared to the letter, names not. RFC 7643 §4.1. */
export function keyCondition(column: string, { attribute }: MatchKey): string {
  return attribute === 'externalId' ? `${quoted(column)} = ?` : `lower(${quoted(column)}) = lower(?)`
}

/** Inserts a row and gives its columns back. */
export async function insertRow(
  query: Query,
  { table, fixed }: Pick<AccountTable, 'table' | 'fixed'>,
  values: ReadonlyMap<string, SqlValue>,
  columns: readonly string[],
): Promise<Row> {
  const all = new Map<string, SqlValue>([...values, ...Object.entries(fixed)])
  const names = [...all.keys()].map(quoted).join(', ')
  const marks = [...all].map(() => '?').join(', ')
  const back = [...new Set(columns)].map(quoted).join(', ')
  const { rows } = await query(`insert into ${quotedTable(table)} (${names}) values (${marks}) returning ${back}`, [
    ...all.values(),
  ])
  const [row] = rows
  if (row !== undefined) return row
  throw new AppError('refused', `The table ${table} has taken no row; a trigger or a rule may have dropped it`)
}

/** Sets columns of a row, and the switch if it is given. Returns how many rows there were: 0 or 1. */
export async function updateRow(
  query: Query,
  { table, id, fixed, active }: AccountTable,
  account: string,
  values: ReadonlyMap<string, SqlValue>,
  on: boolean | undefined,
  database: Pick<SqlDatabase, 'boolean' | 'now'>,
): Promise<number> {
  const where = whereOf(fixed, `${quoted(id)} = ?`, account)
  const parts = [...values.keys()].map((column) => `${quoted(column)} = ?`)
  const given: SqlValue[] = [...values.values()]
  if (active !== undefined && on !== undefined) {
    const { text, value } = switchTo(active, on, database)
    parts.push(`${quoted(active.column)} = ${text}`)
    given.push(...value)
  }
  if (parts.length === 0) return 1
  const { count } = await query(`update ${quotedTable(table)} set ${parts.join(', ')} where ${where.text}`, [
    ...given,
    ...where.values,
  ])
  return count
}

/** The value of the switch, in SQL. When an account was switched off stays as it is. */
function switchTo(
  { column, as }: ActiveColumn,
  on: boolean,
  { boolean, now }: Pick<SqlDatabase, 'boolean' | 'now'>,
): { readonly text: string; readonly value: readonly SqlValue[] } {
  if (as !== 'timestamp') return { text: '?', value: [boolean(as === 'boolean' ? on : !on)] }
  return { text: on ? 'null' : `coalesce(${quoted(column)}, ${now})`, value: [] }
}

/** The switch as a new row has it: a column and its value; the present moment is set by an update that follows. */
export function switchColumn(
  active: ActiveColumn | undefined,
  on: boolean,
  { boolean }: Pick<SqlDatabase, 'boolean'>,
): readonly (readonly [string, SqlValue])[] {
  if (active === undefined || active.as === 'timestamp') return []
  return [[active.column, boolean(active.as === 'boolean' ? on : !on)]]
}
