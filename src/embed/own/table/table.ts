// A table as the app declared it, read and checked once.

import { ConfigError, type ResourceType } from '../../../protocol/index.ts'
import { type Column, quoted, readColumns } from './columns.ts'
import type { SqlValue, Statement } from './connection.ts'
import type { OwnTableOptions } from './options.ts'

/** A table of the app. All names are quoted. */
export interface Table {
  readonly type: ResourceType
  readonly name: string
  readonly tenant: string
  readonly id: string
  readonly idType: 'text' | 'uuid'
  readonly columns: readonly Column[]
  /** The column of JSON, if there is one. */
  readonly json?: string | undefined
  /** Whether attributes without a column are refused. */
  readonly refuses: boolean
  readonly created?: string | undefined
  readonly where?: string | undefined
  readonly defaults?: OwnTableOptions<ResourceType>['defaults']
}

const OPTIONS: ReadonlySet<string> = new Set([
  'table',
  'tenant',
  'id',
  'idType',
  'columns',
  'rest',
  'created',
  'defaults',
  'where',
] satisfies (keyof OwnTableOptions<ResourceType>)[])

/** Reads the options of a table. Throws ConfigError. */
export function readTable(type: ResourceType, options: OwnTableOptions<ResourceType>): Table {
  const [unknown] = Object.keys(options).filter((name) => !OPTIONS.has(name))
  if (unknown !== undefined) throw new ConfigError(unknown, 'is no option of a table')
  const { idType = 'text', rest = 'keep', created, where, defaults } = options
  if (idType !== 'text' && idType !== 'uuid') {
    throw new ConfigError('idType', 'must be text or uuid; Lockstep makes ids, so a number needs a column beside it')
  }
  if (rest !== 'keep' && rest !== 'refuse' && typeof rest?.column !== 'string') {
    throw new ConfigError('rest', "must be 'keep', 'refuse' or { column }")
  }
  if (typeof options.table !== 'string') throw new ConfigError('table', 'must be the name of a table')
  const table: Table = {
    type,
    name: options.table
      .split('.')
      .map((part) => quoted('table', part))
      .join('.'),
    tenant: quoted('tenant', options.tenant),
    id: quoted('id', options.id),
    idType,
    columns: readColumns(type, options.columns),
    refuses: rest === 'refuse',
    ...(typeof rest === 'object' ? { json: quoted('rest', rest.column) } : {}),
    ...(created === undefined ? {} : { created: quoted('created', created) }),
    where,
    defaults,
  }
  // Whoever is created without it gets it.
  const needsActive = table.refuses && type.schema.attributes.some(({ name }) => name === 'active')
  if (needsActive && !table.columns.some(({ path }) => path === 'active')) {
    throw new ConfigError('columns', `need one for active: every ${type.name} gets it, and nothing else is kept`)
  }
  const taken = [table.tenant, table.id, table.json, table.created, ...table.columns.map(({ sql }) => sql)]
  const [twice] = taken.filter((name, at) => name !== undefined && taken.indexOf(name) !== at)
  if (twice !== undefined) throw new ConfigError('columns', `name ${twice} twice: a column holds one thing`)
  return table
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** PostgreSQL takes no NUL. */
const ID = /^[^\0]*$/

/** Whether a row can have this id: databases refuse to compare a UUID with what is none. */
export function isId({ idType }: Table, id: string): boolean {
  return idType === 'uuid' ? UUID.test(id) : ID.test(id)
}

/** The rows of a tenant. */
export function ofTenant({ tenant, where }: Table, of: string, { bind }: Statement): string {
  return `${tenant} = ${bind(of)}${where === undefined ? '' : ` and (${where})`}`
}

/** The row of an id. */
export function withId(table: Table, id: string, statement: Statement): string {
  return `${table.id} = ${statement.bind(id)}${castOf(table, statement)}`
}

/** The rows of several ids. */
export function amongIds(table: Table, ids: readonly string[], { bind, dialect }: Statement): string {
  const list = bind(JSON.stringify(ids))
  if (dialect === 'sqlite') return `${table.id} in (select value from json_each(${list}))`
  const cast = table.idType === 'uuid' ? 'value::uuid' : 'value'
  return `${table.id} in (select ${cast} from json_array_elements_text(${list}::json))`
}

/** The id in the order of its text by code point. UUIDs have that order themselves. */
export function orderedId({ id, idType }: Table, { dialect }: Statement): string {
  if (dialect === 'sqlite') return `(${id} collate binary)`
  return idType === 'uuid' ? id : `(${id} collate "C")`
}

/** What a value that is compared with an id needs behind it. */
export function castOf({ idType }: Table, { dialect }: Statement): string {
  return dialect === 'postgres' && idType === 'uuid' ? '::uuid' : ''
}

/** A value for a column that the app converts itself; SQL has no lists. */
export function isSqlValue(value: unknown): value is SqlValue {
  return (
    value === null ||
    ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ||
    value instanceof Date ||
    value instanceof Uint8Array
  )
}
