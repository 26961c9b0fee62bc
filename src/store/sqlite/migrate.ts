// Creates the tables, and brings those of an earlier release up to date.

import { ConfigError } from '../../protocol/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Connection } from './connection.ts'
import { sql as tables } from './migrations/0001-tables.ts'
import { sql as goneTenants } from './migrations/0002-gone-tenants.ts'
import { sql as logByTime } from './migrations/0003-log-by-time.ts'
import { sql as memberNames } from './migrations/0004-names.ts'
import { sql as gonePaths } from './migrations/0005-gone-paths.ts'
import { earlier, indexes, sql as ownTables, renaming } from './migrations/0006-own-names.ts'
import { sql as work } from './migrations/0007-work.ts'

/** Steps of earlier releases, whose number is `user_version`; a new database begins with the step after them. */
export const EARLIER: readonly string[] = [tables, goneTenants, logByTime, memberNames, gonePaths]
/** The step that begins a new database. */
const FIRST = EARLIER.length + 1
/** Steps after that one. */
const LATER: readonly string[] = [work]
const LAST = FIRST + LATER.length

/** Marks files that hold nothing but Lockstep's tables: `LkSt`. */
export const APPLICATION_ID = 0x4c6b5374
/** The `user_version` of such a file: with it earlier releases refuse the file with an error, instead of creating their tables in it. */
const BEYOND_EARLIER = 1_000

/** Whose tables a database holds: those of an earlier release have no prefix. */
export type Owner = 'none' | 'lockstep' | 'earlier' | 'others'

/** Finds out whose tables a database holds. */
export function ownerOf(connection: Connection): Owner {
  const tables = tablesOf(connection)
  if (tables.has('lockstep_migration')) return 'lockstep'
  const version = pragma(connection, 'user_version')
  const stepped = version >= 1 && version < FIRST
  const complete = tables.has('gone') && tables.has('gone_path')
  if ((stepped || complete) && Object.keys(earlier).every((table) => columnsOf(connection, table) === earlier[table])) {
    return 'earlier'
  }
  return tables.size === 0 && version === 0 && pragma(connection, 'application_id') === 0 ? 'none' : 'others'
}

/** Throws ConfigError for a database of another program. */
export function requireOurs(connection: Connection, file: string): void {
  if (ownerOf(connection) !== 'others') return
  const [first, second] = tablesOf(connection)
  const what =
    first === undefined ? 'marks' : second === undefined ? `a table (${first})` : `tables (${first}, ${second} …)`
  const expected = `${file} holds ${what} of another program and none of Lockstep's, so nothing was changed in it; name another file. An app that keeps Lockstep's tables in its own file says so: sqliteStore(file, { shared: true })`
  throw new ConfigError('store.file', expected)
}

/**
 * Brings the tables up to date, once and in order, under the write lock, and marks a file that holds nothing else. `shared`: the file
 * belongs to an app, or may later. Refuses a file of a later release.
 */
export function migrate(connection: Connection, { shared }: { readonly shared: boolean }): void {
  const before = ownerOf(connection)
  if (before === 'lockstep' && versionOf(connection) === LAST) return
  // Creating indexes needs room to sort. On a connection of the host's, the pragma would drop the host's temporary tables.
  const spills = before === 'earlier' && !shared
  if (spills) connection.exec('pragma temp_store = file')
  connection.run('begin immediate')
  try {
    // Another process may have been faster.
    const owner = ownerOf(connection)
    if (!shared) requireOurs(connection, connection.file ?? 'the database')
    const alone = !shared && (owner === 'none' || (owner === 'earlier' && isAlone(connection)))
    if (owner !== 'lockstep') begin(connection, owner)
    const version = versionOf(connection)
    if (version > LAST) {
      const expected = `is of a later release: its tables have version ${version}, this release knows up to ${LAST}; install the newer release`
      throw new ConfigError('store.file', `The database ${expected}`)
    }
    for (const [at, step] of LATER.entries()) {
      if (FIRST + at < version) continue
      connection.exec(step)
      connection.run('insert into lockstep_migration (version) values (?)', FIRST + at + 1)
    }
    if (alone) {
      connection.run(`pragma application_id = ${APPLICATION_ID}`)
      connection.run(`pragma user_version = ${BEYOND_EARLIER}`)
    }
    connection.run('commit')
  } catch (error) {
    if (connection.inTransaction()) connection.run('rollback')
    throw error
  } finally {
    if (spills) connection.exec('pragma temp_store = memory')
  }
}

/** Whether a file holds nothing but Lockstep's tables. */
export function isOwn(connection: Connection): boolean {
  return pragma(connection, 'application_id') === APPLICATION_ID
}

function begin(connection: Connection, owner: Owner): void {
  if (owner === 'earlier') {
    for (const step of EARLIER.slice(earlierStep(connection))) connection.exec(step)
    connection.exec(renaming)
  } else {
    connection.exec(ownTables)
  }
  connection.exec(indexes)
  connection.run('create table lockstep_migration (version integer primary key) strict')
  connection.run('insert into lockstep_migration (version) values (?)', FIRST)
}

/** How many steps an earlier release has applied; an app that shares the file may have raised `user_version` since. */
function earlierStep(connection: Connection): number {
  return tablesOf(connection).has('gone_path') ? EARLIER.length : pragma(connection, 'user_version')
}

/** Whether there is nothing besides the tables of an earlier release. */
function isAlone(connection: Connection): boolean {
  const tables = tablesOf(connection)
  const ours = [...Object.keys(earlier), 'gone', 'gone_path'].filter((table) => tables.has(table))
  return tables.size === ours.length && pragma(connection, 'application_id') === 0
}

function versionOf(connection: Connection): number {
  return numberOf(connection.row('select max(version) from lockstep_migration')?.[0])
}

function tablesOf(connection: Connection): ReadonlySet<string> {
  const rows = connection.rows(
    `select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name`,
  )
  return new Set(rows.map(([name]) => textOf(name)))
}

function columnsOf(connection: Connection, table: string): string {
  return connection.rows('select name from pragma_table_info(?) order by cid', table).join()
}

function pragma(connection: Connection, name: string): number {
  return numberOf(connection.row(`pragma ${name}`)?.[0])
}
