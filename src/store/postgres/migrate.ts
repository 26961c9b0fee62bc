// Creates the tables of the store, and brings them up to date.

import { ConfigError } from '../../protocol/index.ts'
import type { Database } from './database.ts'
import { codeOf } from './faults.ts'
import { sql as tables } from './migrations/0001-tables.ts'
import { sql as changedTenants } from './migrations/0002-changed-tenants.ts'
import { sql as work } from './migrations/0003-work.ts'

/** A step of the tables. */
interface Migration {
  readonly sql: string
  /** How many steps a process must know to use the tables after this one. A step that only adds needs no more than the one before. */
  readonly needs: number
}

/** All steps, in order. */
const MIGRATIONS: readonly Migration[] = [
  { sql: tables, needs: 1 },
  // A process that doesn't note its changes would go unnoticed.
  { sql: changedTenants, needs: 2 },
  // A process that doesn't mark readers of the log as behind would leave them asleep; one that ignores cuts would answer from a cut log.
  { sql: work, needs: 3 },
]
/** The oldest server that is supported. */
const OLDEST = 14
/** Key of the advisory lock that one process at a time migrates under; any number, as long as it stays. */
const LOCK = 7_246_101_643
/** How long to wait for one statement of a step, or for another process that migrates. */
const PATIENCE_MS = 24 * 3_600_000

/**
 * Brings the tables up to date; one process does it, the others wait. Tables of a later release are used as they are if its steps only
 * add. Without `create`, a database without tables is refused. Throws ConfigError for that, for tables that need the later release, and
 * for a server that can't be used.
 */
export async function migrate(
  database: Database,
  { create = true }: { readonly create?: boolean } = {},
): Promise<void> {
  await requireServer(database)
  const { version, needs } = await stateOf(database)
  if (version === 0 && !create) {
    throw new ConfigError(
      'database',
      'has no tables of Lockstep; start the server once (lockstep serve), or name another database',
    )
  }
  if (needs > MIGRATIONS.length) {
    const expected = `was changed by a later release in a way that this one can't work with: its tables are at step ${version}, this release knows up to ${MIGRATIONS.length}; install the later release`
    throw new ConfigError('database', expected)
  }
  if (version >= MIGRATIONS.length) return
  await database.session(async ({ client, rows, commit }) => {
    const patiently = (text: string) => client.query({ text, query_timeout: PATIENCE_MS })
    await rows('begin')
    try {
      // A step on a large table takes longer than any request may, and so does waiting for another process that migrates.
      await rows('set local statement_timeout = 0')
      await rows('set local lock_timeout = 0')
      await patiently(`select pg_advisory_xact_lock(${LOCK})`)
      // While it waits for a table, all others wait behind it: not for long.
      await rows('set local lock_timeout to default')
      // "If not exists" requires the right to create it even where it exists.
      const [schema] = await rows(`select to_regnamespace('lockstep') is not null`)
      if (schema?.[0] !== true) await rows('create schema lockstep')
      await rows('create table if not exists lockstep.migration (version integer primary key, needs integer not null)')
      const [row] = await rows('select coalesce(max(version), 0) from lockstep.migration')
      const version = Number(row?.[0] ?? 0)
      for (const [at, { sql, needs }] of MIGRATIONS.entries()) {
        if (at < version) continue
        for (const statement of statementsOf(sql)) await patiently(statement)
        await rows(`insert into lockstep.migration (version, needs) values (${at + 1}, ${needs})`)
      }
      await commit()
    } catch (error) {
      await rows('rollback').catch(() => {})
      if (codeOf(error) === '42501') {
        const expected =
          'must let its user create the schema "lockstep": grant create on the database, or create the schema for it'
        throw new ConfigError('database', expected, { cause: error })
      }
      throw error
    }
  })
}

async function requireServer(database: Database): Promise<void> {
  const row = await database.row(
    `select current_setting('server_version_num')::integer, current_setting('server_version'), current_setting('server_encoding')`,
  )
  const [number, version, encoding] = row ?? []
  if (Number(number) < OLDEST * 10_000) {
    throw new ConfigError('database', `must be PostgreSQL ${OLDEST} or newer; this server is ${version}`)
  }
  if (encoding !== 'UTF8') {
    throw new ConfigError('database', `must have the encoding UTF8, to hold every name; this one has ${encoding}`)
  }
}

async function stateOf(database: Database): Promise<{ readonly version: number; readonly needs: number }> {
  const row = await database.row(`select to_regclass('lockstep.migration') is not null`)
  if (row?.[0] !== true) return { version: 0, needs: 0 }
  const [version, needs] =
    (await database.row('select coalesce(max(version), 0), coalesce(max(needs), 0) from lockstep.migration')) ?? []
  return { version: Number(version ?? 0), needs: Number(needs ?? 0) }
}

/** A prepared statement holds a single statement. */
function statementsOf(sql: string): readonly string[] {
  return sql
    .replace(/^[ \t]*--.*$/gm, '')
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
