// Accounts as rows of a table, and rows as accounts.

import { type Document, isObject, type Json, type JsonObject, type ResourceType } from '../../../protocol/index.ts'
import type { Account } from '../../contract/index.ts'
import type { Row, SqlDatabase, SqlValue } from './sql-database.ts'
import type { AccountTable, ActiveColumn, Column } from './table-settings.ts'

/** Where the value of an attribute is in a document. */
interface Place {
  /** Top-level name, or the URN of an extension. */
  readonly top: string
  /** `givenName` of `name`, `department` of an extension. */
  readonly sub?: string
  /** A list of entries of which a column holds the `value` of the primary one. */
  readonly many: boolean
}

/** Accounts of one type as rows. */
export interface RowForm {
  /** All columns that are read. */
  readonly columns: readonly string[]
  readonly toAccount: (row: Row) => Account
  /** Values of columns for these attributes of a document, by top-level names; of all when none are named. */
  readonly toColumns: (
    document: Document,
    database: Pick<SqlDatabase, 'boolean'>,
    only?: ReadonlySet<string>,
  ) => ReadonlyMap<string, SqlValue>
  readonly comparable: (document: Document) => Document
  /** The column that holds an attribute. */
  readonly columnOf: (attribute: string) => string | undefined
}

/** Makes the form of a table. */
export function createRowForm(table: AccountTable, type: ResourceType | undefined): RowForm {
  const { id, columns, active } = table
  const places = columns.map((column) => ({ ...column, place: placeOf(column.attribute, type) }))
  const read = (row: Row): Document => {
    const document: { [name: string]: Json } = {}
    for (const { column, as, place } of places) {
      const value = fromColumn(row[column], as)
      if (value !== undefined) put(document, place, value)
    }
    if (active !== undefined) document.active = isOn(row[active.column], active)
    return document
  }
  return {
    columns: [id, ...columns.map(({ column }) => column), ...(active === undefined ? [] : [active.column])],
    toAccount: (row) => ({ id: String(row[id]), document: read(row) }),
    toColumns: (document, database, only) =>
      new Map(
        places
          .filter(({ place }) => only === undefined || only.has(place.top))
          .map(({ column, as, place }) => [column, toColumn(take(document, place), as, database)] as const),
      ),
    comparable: (document) => {
      const kept: { [name: string]: Json } = {}
      for (const { as, place } of places) {
        const value = plainValue(take(document, place), as)
        if (value !== undefined) put(kept, place, value)
      }
      if (active !== undefined) kept.active = document.active !== false
      return kept
    },
    columnOf: (attribute) =>
      columns.find((one) => one.attribute === attribute || `${one.attribute}.value` === attribute)?.column,
  }
}

function placeOf(attribute: string, type: ResourceType | undefined): Place {
  const extension = type?.extensions.find(({ schema }) => attribute.startsWith(`${schema.id}:`))
  if (extension !== undefined) {
    const { id } = extension.schema
    return { top: id, sub: attribute.slice(id.length + 1), many: false }
  }
  const [top = '', sub] = attribute.split('.')
  const found = type?.schema.attributes.find(({ name }) => name === top)
  const many = found?.multiValued === true && found.type === 'complex' && (sub === undefined || sub === 'value')
  return { top, ...(sub === undefined || many ? {} : { sub }), many }
}

function take(document: Document, { top, sub, many }: Place): Json | undefined {
  const value = document[top]
  if (sub !== undefined) return isObject(value) ? value[sub] : undefined
  if (!many || !Array.isArray(value)) return value
  const entries = value.filter((entry: Json): entry is JsonObject => isObject(entry))
  return (entries.find((entry) => entry.primary === true) ?? entries[0])?.value
}

function put(document: { [name: string]: Json }, { top, sub, many }: Place, value: Json): void {
  if (sub !== undefined) document[top] = { ...(document[top] as JsonObject | undefined), [sub]: value }
  else document[top] = many && !Array.isArray(value) ? [{ value }] : value
}

/** A value as the column gives it back. */
function plainValue(value: Json | undefined, as: Column['as']): Json | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (as === 'text')
    return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
  if (as === 'boolean') return value === true
  if (as === 'number') return Number(value)
  return value
}

function toColumn(value: Json | undefined, as: Column['as'], database: Pick<SqlDatabase, 'boolean'>): SqlValue {
  const plain = plainValue(value, as)
  if (plain === undefined) return null
  if (typeof plain === 'boolean') return database.boolean(plain)
  return as === 'json' ? JSON.stringify(plain) : (plain as string | number)
}

function fromColumn(value: unknown, as: Column['as']): Json | undefined {
  if (value === null || value === undefined || value === '') return undefined
  if (as === 'boolean') return isTrue(value)
  if (as === 'number') return Number(value)
  if (as === 'text') return value instanceof Date ? value.toISOString() : String(value)
  if (typeof value !== 'string') return value as Json
  try {
    return JSON.parse(value) as Json
  } catch {
    return value
  }
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === 1n || value === 'true' || value === 't' || value === '1'
}

function isOn(value: unknown, { as }: ActiveColumn): boolean {
  if (as === 'timestamp') return value === null || value === undefined
  return as === 'boolean' ? isTrue(value) : !isTrue(value)
}
