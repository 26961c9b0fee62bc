// People in the app's table "users" by the names of its columns, on SQLite: node:sqlite, or better-sqlite3.

import type { DatabaseSync } from 'node:sqlite'
import type { Database } from 'better-sqlite3'
import { ownResources, ownTable, User } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'

/** The app's table. */
export const TABLE = `
  create table users (
    id text primary key, org text not null, email text not null collate nocase, first_name text, active integer not null default 1,
    role text not null default 'member', created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')), scim text,
    unique (org, email)
  )`

const users = ownTable(User, {
  table: 'users',
  tenant: 'org',
  id: 'id',
  columns: {
    userName: 'email',
    'name.givenName': 'first_name',
    // May not be null here, and clients may leave it out.
    active: { column: 'active', read: (value) => value === 1, write: (value) => (value === false ? 0 : 1) },
  },
  rest: { column: 'scim' },
  created: 'created_at',
})

/** A store on the app's own connection, for `lockstep({ store })`. */
export function openStore(database: DatabaseSync) {
  return ownResources(sqliteStore({ database }), { db: database, types: [users] })
}

/** The same with better-sqlite3. */
export function openOnBetterSqlite(database: Database) {
  return ownResources(sqliteStore({ database }), { db: database, types: [users] })
}
