// Shares the app's own SQLite connection, so its rows and Lockstep's commit together.

import type { Database } from 'better-sqlite3'
import { createDirectory } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'

/** Opens a directory that writes through the app's connection, so both commit in one transaction. */
export function openDirectory(database: Database) {
  database.exec('create table if not exists account (id text primary key, user_name text not null)')
  const add = database.prepare('insert into account (id, user_name) values (?, ?)')
  const remove = database.prepare('delete from account where id = ?')
  return createDirectory({
    store: sqliteStore({ database }),
    hooks: {
      commit({ type, id, op, paths }) {
        if (type !== 'User') return
        if (op === 'create') add.run(id, paths.find(({ path }) => path === 'userName')?.new)
        if (op === 'delete') remove.run(id)
      },
    },
  })
}
