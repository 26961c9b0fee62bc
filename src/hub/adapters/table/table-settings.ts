// What is configured of an app that is tables in a database: their names, and which column holds which attribute.

import { ConfigError, isObject, type Json, type JsonObject } from '../../../protocol/index.ts'

/** How a column holds the value of an attribute. */
export type ColumnForm = 'text' | 'boolean' | 'number' | 'json'

/** A column and the attribute that it holds. */
export interface Column {
  /** `userName`, `name.givenName`, `emails`, `urn:…:User:department`. */
  readonly attribute: string
  readonly column: string
  readonly as: ColumnForm
}

/** How a table says that an account is switched off. */
export interface ActiveColumn {
  readonly column: string
  /** `boolean`: true while it is on; `inverse`: true while it is off; `timestamp`: when it was switched off, null while it is on. */
  readonly as: 'boolean' | 'inverse' | 'timestamp'
}

/** A table of accounts. */
export interface AccountTable {
  /** With the schema before a dot: `app.people`. */
  readonly table: string
  readonly id: string
  /** Where ids of new rows come from: the database, or a random UUID. */
  readonly newId: 'database' | 'uuid'
  readonly columns: readonly Column[]
  readonly active?: ActiveColumn
  /** Columns that have the same value in every row of this app: an organisation's id. */
  readonly fixed: { readonly [column: string]: string | number | boolean }
  readonly match: readonly string[]
  readonly unique: readonly string[]
  /** Whether rows may be deleted. */
  readonly remove: boolean
}

/** The table that says who is in which group. */
export interface MembershipTable {
  readonly table: string
  readonly group: string
  readonly user: string
  readonly fixed: AccountTable['fixed']
}

/** An app's tables. */
export interface TableSettings {
  readonly users: AccountTable
  readonly groups?: AccountTable
  /** Without `groups` its group column holds names. */
  readonly memberships?: MembershipTable
}

/** Longest name of a table or column, as PostgreSQL has it. */
const NAME = 63
const MOST_COLUMNS = 100
/** What objects look like, for whoever has given none. */
const SHAPES: { readonly [at: string]: string } = {
  'options.users': ', like {"table": "staff", "id": "id", "columns": {"userName": "login"}}',
}

/** Reads the options of an app. Throws ConfigError, with the option's path. */
export function readTableSettings(options: JsonObject): TableSettings {
  known(options, 'options', ['users', 'groups', 'memberships'])
  const users = readAccounts(options.users, 'options.users', 'User')
  const memberships = options.memberships === undefined ? undefined : readMemberships(options.memberships)
  const groups = options.groups === undefined ? undefined : readAccounts(options.groups, 'options.groups', 'Group')
  if (groups !== undefined && memberships === undefined)
    throw new ConfigError('options.memberships', 'Groups need a table of memberships: {"table", "group", "user"}')
  if (users.active === undefined && !users.remove)
    throw new ConfigError('options.users.active', 'Name the column that switches accounts off, or let rows be removed')
  return {
    users,
    ...(groups === undefined ? {} : { groups }),
    ...(memberships === undefined ? {} : { memberships }),
  }
}

function readAccounts(value: Json | undefined, at: string, type: 'User' | 'Group'): AccountTable {
  const given = objectAt(value, at)
  known(given, at, ['table', 'id', 'newId', 'columns', 'active', 'fixed', 'match', 'unique', 'remove'])
  const columns = readColumns(given.columns, `${at}.columns`)
  const held = new Set(columns.map(({ attribute }) => attribute))
  const first = type === 'User' ? 'userName' : 'displayName'
  if (!held.has(first)) throw new ConfigError(`${at}.columns`, `A column must hold ${first}`)
  const names = (name: 'match' | 'unique', usual: readonly string[]) => {
    if (given[name] === undefined) return usual.filter((one) => held.has(one))
    const list: readonly Json[] = Array.isArray(given[name]) ? given[name] : []
    if (list.length > 0 && list.every((one) => typeof one === 'string' && held.has(one))) return list as string[]
    throw new ConfigError(
      `${at}.${name}`,
      `This must be a list of attributes that columns hold: ${[...held].join(', ')}`,
    )
  }
  const active = given.active === undefined || type === 'Group' ? undefined : readActive(given.active, `${at}.active`)
  return {
    table: tableAt(given.table, `${at}.table`),
    id: given.id === undefined ? 'id' : nameAt(given.id, `${at}.id`),
    newId: oneOf(given.newId, `${at}.newId`, ['database', 'uuid']),
    columns,
    ...(active === undefined ? {} : { active }),
    fixed: readFixed(given.fixed, `${at}.fixed`),
    match: names('match', ['externalId', first]),
    unique: names('unique', [first]),
    remove: given.remove !== false,
  }
}

function readColumns(value: Json | undefined, at: string): readonly Column[] {
  const given = Object.entries(objectAt(value, at))
  if (given.length === 0 || given.length > MOST_COLUMNS)
    throw new ConfigError(at, `This must name 1 to ${MOST_COLUMNS} attributes with the columns that hold them`)
  return given.map(([attribute, held]) => {
    const place = `${at}.${attribute}`
    if (/^(?:id|active|members|meta|schemas|groups|password)\b/.test(attribute))
      throw new ConfigError(place, 'This attribute is no column; the switch is "active" of the table')
    if (!isObject(held)) return { attribute, column: nameAt(held, place), as: 'text' }
    known(held, place, ['column', 'as'])
    const as = oneOf(held.as, `${place}.as`, ['text', 'boolean', 'number', 'json'])
    return { attribute, column: nameAt(held.column, `${place}.column`), as }
  })
}

function readActive(value: Json, at: string): ActiveColumn {
  if (!isObject(value)) return { column: nameAt(value, at), as: 'boolean' }
  known(value, at, ['column', 'as'])
  const as = oneOf(value.as, `${at}.as`, ['boolean', 'inverse', 'timestamp'])
  return { column: nameAt(value.column, `${at}.column`), as }
}

function readMemberships(value: Json): MembershipTable {
  const at = 'options.memberships'
  const given = objectAt(value, at)
  known(given, at, ['table', 'group', 'user', 'fixed'])
  return {
    table: tableAt(given.table, `${at}.table`),
    group: nameAt(given.group, `${at}.group`),
    user: nameAt(given.user, `${at}.user`),
    fixed: readFixed(given.fixed, `${at}.fixed`),
  }
}

function readFixed(value: Json | undefined, at: string): AccountTable['fixed'] {
  if (value === undefined) return {}
  return Object.fromEntries(
    Object.entries(objectAt(value, at)).map(([column, one]) => {
      if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean')
        throw new ConfigError(`${at}.${column}`, 'This must be a text, a number or a boolean')
      return [nameAt(column, at), one]
    }),
  )
}

function objectAt(value: Json | undefined, at: string): JsonObject {
  if (isObject(value)) return value
  throw new ConfigError(at, `This must be an object${SHAPES[at] ?? ''}`)
}

function known(given: JsonObject, at: string, names: readonly string[]): void {
  const other = Object.keys(given).find((name) => !names.includes(name))
  if (other !== undefined)
    throw new ConfigError(`${at}.${other}`, `This is not known here; known are ${names.join(', ')}`)
}

function nameAt(value: Json | undefined, at: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= NAME && !/[\0?]/.test(value)) return value
  throw new ConfigError(at, `This must be the name of a column, of 1 to ${NAME} characters, without question marks`)
}

function tableAt(value: Json | undefined, at: string): string {
  const parts = typeof value === 'string' ? value.split('.') : []
  if (parts.length === 1 || parts.length === 2) for (const part of parts) nameAt(part, at)
  else throw new ConfigError(at, 'This must be the name of a table, with its schema before a dot if it needs one')
  return parts.join('.')
}

/** One of a few words; the first when nothing is given. */
function oneOf<const Word extends string>(value: Json | undefined, at: string, words: readonly Word[]): Word {
  const found = value === undefined ? words[0] : words.find((word) => word === value)
  if (found !== undefined) return found
  throw new ConfigError(at, `This must be one of ${words.join(', ')}`)
}
