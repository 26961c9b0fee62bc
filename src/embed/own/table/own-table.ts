// A resource type in a table of the app, by the names of its columns: all of it becomes SQL on them.

import { type Document, invalidValue, isObject, type JsonObject, type ResourceType } from '../../../protocol/index.ts'
import { runSteps, type Steps, step } from '../../../store/index.ts'
import type { OwnRow, OwnRows, Soon } from '../rows.ts'
import { quoted } from './columns.ts'
import {
  changesOf,
  rowsOf,
  type SqlConnection,
  type SqlRow,
  type SqlValue,
  type Statement,
  statementFor,
} from './connection.ts'
import { firstPath, valueIn, withValue } from './document.ts'
import type { OwnTableOptions } from './options.ts'
import { holdersOf, searchTable } from './search.ts'
import { amongIds, castOf, isId, isSqlValue, ofTenant, orderedId, readTable, type Table, withId } from './table.ts'

/**
 * A resource type that lives in a table of the app, for `ownResources`: columns are declared, and reading, writing, filters, sorting and
 * counting become SQL on them. What the columns don't say is kept as `rest` has it, and a filter that asks for it is answered from
 * Lockstep's own indexes. The connection is one of SQLite (`node:sqlite`, better-sqlite3) or a pool of `pg`, whatever the app itself asks
 * with: SQL, Drizzle, Kysely. Throws ConfigError for a column that can't be.
 *
 * @example
 * ```ts
 * const users = ownTable(User, {
 *   table: 'users',
 *   tenant: 'org_id',
 *   id: 'id',
 *   columns: { userName: 'email', active: 'active', 'name.givenName': 'first_name' },
 * })
 * const store = ownResources(sqliteStore({ database }), { db: database, types: [users] })
 * ```
 */
export function ownTable<T extends ResourceType>(type: T, options: OwnTableOptions<T>): OwnRows<SqlConnection> {
  const table = readTable(type, options as OwnTableOptions<ResourceType>)
  return {
    type,
    rows(db, tenant, ids, locked) {
      const able = ids.filter((id) => isId(table, id))
      if (able.length === 0) return []
      return select(db, table, tenant, (statement) => {
        const lock = locked && statement.dialect === 'postgres' ? ' for update' : ''
        return ` and ${amongIds(table, able, statement)}${lock}`
      })
    },
    page(db, tenant, after, limit) {
      return select(db, table, tenant, (statement) => {
        const order = orderedId(table, statement)
        const beyond = after === '' ? '' : ` and ${order} > ${statement.bind(after)}${castOf(table, statement)}`
        return `${beyond} order by ${order} limit ${statement.bind(limit)}`
      })
    },
    find: (db, tenant, path, value) => holdersOf(db, table, tenant, path, value),
    search: (db, tenant, search) => searchTable(db, table, tenant, search),
    save: (db, tenant, id, document) => runSteps(save(db, table, tenant, id, document)),
    remove(db, tenant, id) {
      const statement = statementFor(db)
      const where = `${ofTenant(table, tenant, statement)} and ${withId(table, id, statement)}`
      return changesOf(db, `delete from ${table.name} where ${where}`, statement.values)
    },
    clear(db, tenant) {
      const statement = statementFor(db)
      return changesOf(db, `delete from ${table.name} where ${ofTenant(table, tenant, statement)}`, statement.values)
    },
  }
}

/** Rows of a tenant, with what more is asked of them. */
function select(
  db: SqlConnection,
  table: Table,
  tenant: string,
  more: (statement: Statement) => string,
): Soon<readonly OwnRow[]> {
  const statement = statementFor(db)
  const { id, created, json, columns, name } = table
  // Numbered, for two columns may have names that differ in case alone.
  const named = columns.map(({ sql }, at) => `${sql} as c${at}`)
  if (created !== undefined) named.push(`${created} as created`)
  if (json !== undefined) named.push(`${json} as rest`)
  const where = ofTenant(table, tenant, statement)
  const text = `select ${[`${id} as id`, ...named].join(', ')} from ${name} where ${where}${more(statement)}`
  return runSteps(
    (function* (): Steps<readonly OwnRow[]> {
      return (yield* step(rowsOf(db, text, statement.values))).map((row) => rowOf(table, row))
    })(),
  )
}

function rowOf(table: Table, row: SqlRow): OwnRow {
  const own = table.json === undefined ? undefined : objectIn(row.rest)
  return {
    id: String(row.id),
    created: timeOf(row.created),
    document(rest) {
      const { schemas, id } = rest
      let document: JsonObject = own === undefined ? rest : { ...(schemas && { schemas }), ...(id && { id }), ...own }
      for (const [at, column] of table.columns.entries()) {
        document = withValue(document, column, column.read(row[`c${at}`]))
      }
      return document
    },
  }
}

/** Writes a row: one that is there already, else a new one. */
function* save(db: SqlConnection, table: Table, tenant: string, id: string, document: Document): Steps<void> {
  const values = valuesOf(table, document)
  const update = statementFor(db)
  const set = values.map(([column, value]) => `${column} = ${update.bind(value)}`).join(', ')
  const where = `${ofTenant(table, tenant, update)} and ${withId(table, id, update)}`
  if ((yield* step(changesOf(db, `update ${table.name} set ${set} where ${where}`, update.values))) > 0) return
  const more = Object.entries(table.defaults?.({ tenant, id, document }) ?? {}).map(
    ([column, value]) => [quoted('defaults', column), value] as const,
  )
  const all = new Map<string, SqlValue>([...more, [table.tenant, tenant], [table.id, id], ...values])
  const insert = statementFor(db)
  const places = [...all.values()].map((value) => insert.bind(value)).join(', ')
  yield* step(
    changesOf(db, `insert into ${table.name} (${[...all.keys()].join(', ')}) values (${places})`, insert.values),
  )
}

/** What the columns of a row say of a document. Throws ScimError where attributes without a column are refused. */
function valuesOf(table: Table, document: Document): readonly (readonly [column: string, value: SqlValue])[] {
  const values: [string, SqlValue][] = []
  let rest: JsonObject = document
  for (const column of table.columns) {
    const value = column.write(valueIn(rest, column))
    if (!isSqlValue(value)) throw new TypeError(`The column of ${column.path} was given what is no value of SQL`)
    values.push([column.sql, value])
    rest = withValue(rest, column, undefined)
  }
  if (table.refuses) {
    const path = firstPath(rest)
    if (path !== undefined) throw invalidValue(`${path} is not kept here; leave it out`)
  }
  if (table.json !== undefined) {
    const { schemas: _, id: __, ...others } = rest
    values.push([table.json, JSON.stringify(others)])
  }
  return values
}

function objectIn(value: unknown): JsonObject {
  if (value === null || value === undefined) return {}
  const read: unknown = typeof value === 'string' ? JSON.parse(value) : value
  if (!isObject(read as JsonObject)) throw new TypeError('The rest of a row must be a JSON object')
  return read as JsonObject
}

/** A time in milliseconds since 1970. */
function timeOf(value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined
  const at = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number(value)
  return Number.isFinite(at) ? at : undefined
}
