import type { DatabaseSync } from 'node:sqlite'
import { sql as tables } from './migrations/sqlite/0001-tables.ts'
import { sql as goneTenants } from './migrations/sqlite/0002-gone-tenants.ts'
import { sql as logByTime } from './migrations/sqlite/0003-log-by-time.ts'
import { sql as memberNames } from './migrations/sqlite/0004-names.ts'
import { sql as gonePaths } from './migrations/sqlite/0005-gone-paths.ts'

/** Every migration, in order; the number of those applied is the database's `user_version`. */
const MIGRATIONS: readonly string[] = [tables, goneTenants, logByTime, memberNames, gonePaths]

/** Brings the tables up to date, once, in order, under the write lock. Refuses a file from a later release. */
export function migrate(db: DatabaseSync): void {
  if (versionOf(db) === MIGRATIONS.length) return
  db.exec('begin immediate')
  try {
    // Another process may have been quicker.
    const version = versionOf(db)
    if (version > MIGRATIONS.length) {
      throw new Error(
        `the database is of a later release: its tables have version ${version}, this release knows up to ${MIGRATIONS.length}; install the newer release`,
      )
    }
    for (const sql of MIGRATIONS.slice(version)) db.exec(sql)
    db.exec(`pragma user_version = ${MIGRATIONS.length}`)
    db.exec('commit')
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    throw error
  }
}

function versionOf(db: DatabaseSync): number {
  const row = db.prepare('pragma user_version').get()
  return Number(row?.user_version ?? 0)
}
