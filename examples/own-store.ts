// A store of the app's own: people live in its table "users", whatever SCIM has no column for in Lockstep's.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { type Document, type Json, type OwnRow, type OwnRows, ownResources, type Store, User } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'

/** A row of the app's table. */
interface UserRow {
  readonly id: string
  readonly email: string
  readonly first_name: string | null
  readonly active: number | null
  readonly created_at: number
}

/** The app's table, if it isn't there yet. `changes` counts what happens to the rows of a customer. */
export function createTables(database: DatabaseSync): void {
  database.exec(`
    create table if not exists users (
      id text not null, org text not null, email text not null, first_name text, active integer,
      created_at integer not null default (unixepoch() * 1000), primary key (org, id), unique (org, email collate nocase)
    );
    create table if not exists changes (org text primary key, n integer not null);
    create trigger if not exists users_added after insert on users begin
      insert into changes values (new.org, 1) on conflict do update set n = n + 1; end;
    create trigger if not exists users_changed after update on users begin
      insert into changes values (new.org, 1) on conflict do update set n = n + 1; end;
    create trigger if not exists users_removed after delete on users begin
      insert into changes values (old.org, 1) on conflict do update set n = n + 1; end;
  `)
}

/** People in the table "users". */
const users: OwnRows<DatabaseSync> = {
  type: User,
  rows: (db, org, ids) =>
    select(db, 'where org = ? and id in (select value from json_each(?))', org, JSON.stringify(ids)),
  page: (db, org, after, limit) => select(db, 'where org = ? and id > ? order by id limit ?', org, after, limit),
  find(db, org, path, value) {
    if (path !== 'userName') return path === 'externalId' ? [] : undefined
    return select(db, 'where org = ? and email = ? collate nocase', org, value).map(({ id }) => id)
  },
  save(db, org, id, { userName, name, active }) {
    const sql = `
      insert into users (id, org, email, first_name, active) values (?, ?, ?, ?, ?)
      on conflict (org, id) do update set email = excluded.email, first_name = excluded.first_name, active = excluded.active`
    db.prepare(sql).run(id, org, text(userName) ?? id, text((name as Document | undefined)?.givenName), flag(active))
  },
  remove: (db, org, id) => db.prepare('delete from users where org = ? and id = ?').run(org, id),
  clear: (db, org) => db.prepare('delete from users where org = ?').run(org),
  stamp: (db, org) => Number(db.prepare('select n from changes where org = ?').get(org)?.n ?? 0),
}

/** A store on the app's own connection, for `lockstep({ store })` or `createDirectory({ store })`. */
export function openStore(database: DatabaseSync): Store<DatabaseSync> {
  createTables(database)
  return ownResources(sqliteStore({ database }), { db: database, types: [users] })
}

function select(db: DatabaseSync, where: string, ...values: SQLInputValue[]): readonly OwnRow[] {
  const columns = 'id, email, first_name, active, created_at'
  const rows = db.prepare(`select ${columns} from users ${where}`).all(...values) as unknown as readonly UserRow[]
  return rows.map((row) => ({ id: row.id, created: row.created_at, document: (rest) => documentOf(row, rest) }))
}

/** The row's columns take the place of what was known; a column that is null takes its attribute away. */
function documentOf(row: UserRow, rest: Document): Document {
  const { active: _, name: known, ...others } = rest
  const { givenName: __, ...names } = (known as Document | undefined) ?? {}
  const name = row.first_name === null ? names : { ...names, givenName: row.first_name }
  return {
    ...others,
    userName: row.email,
    ...(Object.keys(name).length === 0 ? {} : { name }),
    ...(row.active === null ? {} : { active: row.active === 1 }),
  }
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null
}

function flag(value: Json | undefined): number | null {
  return typeof value === 'boolean' ? Number(value) : null
}
