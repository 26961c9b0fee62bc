// Answers lists from the app's table: a filter, an order, a page and a count in SQL.

import type { PagePosition } from '../../../store/index.ts'
import { runSteps, type Steps, step } from '../../../store/index.ts'
import type { RowSearch, RowsFound, Soon } from '../rows.ts'
import { conditionOf, keyOf, keyValue, sortKeyOf } from './condition.ts'
import { rowsOf, type SqlConnection, type Statement, statementFor } from './connection.ts'
import { castOf, isId, ofTenant, orderedId, type Table } from './table.ts'

/** A page of a list; undefined if the columns don't say all that is asked. */
export function searchTable(
  db: SqlConnection,
  table: Table,
  tenant: string,
  search: RowSearch,
): Soon<RowsFound | undefined> {
  return runSteps(find(db, table, tenant, search))
}

function* find(db: SqlConnection, table: Table, tenant: string, search: RowSearch): Steps<RowsFound | undefined> {
  const statement = statementFor(db)
  const text = pageText(table, tenant, search, statement)
  if (text === undefined) return undefined
  const rows = yield* step(rowsOf(db, text, statement.values))
  const page = rows.map(({ id, key }): PagePosition => {
    const { sort } = search
    return sort === undefined ? { id: String(id) } : { id: String(id), key: keyOf(sort.target.leaf, key) }
  })
  if (!search.total) return { rows: page }
  const counting = statementFor(db)
  const where = matching(table, tenant, search, counting)
  const [counted] = yield* step(rowsOf(db, `select count(*) as n from ${table.name} where ${where}`, counting.values))
  return { rows: page, total: Number(counted?.n) }
}

/** The query for a page; undefined if the columns don't say all that is asked. */
function pageText(table: Table, tenant: string, search: RowSearch, statement: Statement): string | undefined {
  const { page, sort } = search
  const key = sort && sortKeyOf(sort.target, table, statement)
  if (sort !== undefined && key === undefined) return undefined
  const where = matching(table, tenant, search, statement)
  const after = 'after' in page ? page.after : undefined
  const beyond = after === undefined ? '' : beyondOf(after, search, key, table, statement)
  if (where === undefined || beyond === undefined) return undefined
  const direction = sort?.descending === true ? 'desc' : 'asc'
  const order = key === undefined ? '' : `(${key} is null) ${direction}, ${key} ${direction}, `
  const offset = 'offset' in page && page.offset > 0 ? page.offset : undefined
  const limit = ` limit ${statement.bind(page.limit + 1)}${offset === undefined ? '' : ` offset ${statement.bind(offset)}`}`
  const columns = `${table.id} as id${key === undefined ? '' : `, ${key} as key`}`
  return `select ${columns} from ${table.name} where ${where}${beyond} order by ${order}${orderedId(table, statement)}${limit}`
}

function matching(table: Table, tenant: string, { filter }: RowSearch, statement: Statement): string | undefined {
  const own = ofTenant(table, tenant, statement)
  if (filter === undefined) return own
  const condition = conditionOf(filter, table, statement)
  return condition && `${own} and ${condition}`
}

/** What comes after the end of the page before; undefined if it ended at what this table can't have. */
function beyondOf(
  after: PagePosition,
  { sort }: RowSearch,
  key: string | undefined,
  table: Table,
  statement: Statement,
): string | undefined {
  if (!isId(table, after.id)) return undefined
  const { bind } = statement
  const id = () => `${orderedId(table, statement)} > ${bind(after.id)}${castOf(table, statement)}`
  if (sort === undefined || key === undefined) return ` and ${id()}`
  if (after.key === null || after.key === undefined) {
    return sort.descending ? ` and (${key} is not null or ${id()})` : ` and (${key} is null and ${id()})`
  }
  const last = keyValue(sort.target.leaf, after.key)
  if (last === undefined) return undefined
  const further = `${key} ${sort.descending ? '<' : '>'} ${bind(last)}`
  const none = sort.descending ? '' : ` or ${key} is null`
  return ` and (${further} or (${key} = ${bind(last)} and ${id()})${none})`
}

/** Ids of rows that have a value; undefined if no column tells. */
export function holdersOf(
  db: SqlConnection,
  table: Table,
  tenant: string,
  path: string,
  value: string,
): Soon<readonly string[] | undefined> {
  const column = table.columns.find((one) => one.path === path)
  // What is in no column and not in the JSON of the row is known here alone.
  if (column === undefined) return table.json === undefined && !isInList(table, path) ? [] : undefined
  if (!column.plain || column.target.leaf.type !== 'string') return undefined
  const statement = statementFor(db)
  const where = ofTenant(table, tenant, statement)
  const condition = conditionOf({ op: 'eq', target: column.target, value }, table, statement)
  if (condition === undefined) return undefined
  const text = `select ${table.id} as id from ${table.name} where ${where} and ${condition}`
  return runSteps(ids(db, text, statement))
}

function* ids(db: SqlConnection, text: string, { values }: Statement): Steps<readonly string[]> {
  return (yield* step(rowsOf(db, text, values))).map(({ id }) => String(id))
}

/** Whether a column holds a value of the list that a path leads into. */
function isInList({ columns }: Table, path: string): boolean {
  return columns.some(
    ({ element, target }) =>
      element !== undefined &&
      (path === target.path || path === target.attribute.name || path.startsWith(`${target.attribute.name}.`)),
  )
}
