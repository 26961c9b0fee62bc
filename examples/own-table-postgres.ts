// People in the app's table "users" on PostgreSQL; the app itself asks with pg, Drizzle or Kysely.

import { eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { boolean, jsonb, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { Kysely, PostgresDialect } from 'kysely'
import { ownResources, ownTable, User } from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import type pg from 'pg'

/** The app's table, as Drizzle knows it. */
const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    org: text().notNull(),
    email: text().notNull(),
    firstName: text('first_name'),
    active: boolean().notNull().default(true),
    scim: jsonb(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().default(sql`now()`),
  },
  (table) => [unique().on(table.org, table.email)],
)

/** The same in SQL. An index on the lower case of the address serves look-ups by userName. */
export const TABLE = `
  create table users (
    id uuid primary key, org text not null, email text not null, first_name text, active boolean not null default true, scim jsonb,
    created_at timestamptz not null default now(), unique (org, email)
  );
  create index on users (org, lower(email))`

const people = ownTable(User, {
  table: 'users',
  tenant: users.org.name,
  id: users.id.name,
  idType: 'uuid',
  columns: {
    userName: users.email.name,
    'name.givenName': users.firstName.name,
    // May not be null here, and clients may leave it out.
    active: { column: users.active.name, read: (value) => value === true, write: (value) => value !== false },
  },
  rest: { column: users.scim.name },
  created: users.createdAt.name,
})

/** A store on the app's own pool, for `lockstep({ store: () => openStore(pool) })`. */
export async function openStore(pool: pg.Pool) {
  return ownResources(await postgresStore({ pool }), { db: pool, types: [people] })
}

/** What the app does itself shows in SCIM at the next read: with Drizzle… */
export function deactivate(pool: pg.Pool, id: string) {
  return drizzle(pool).update(users).set({ active: false }).where(eq(users.id, id))
}

/** …and with Kysely. */
export function rename(pool: pg.Pool, id: string, firstName: string) {
  const db = new Kysely<{ users: { id: string; first_name: string | null } }>({
    dialect: new PostgresDialect({ pool }),
  })
  return db.updateTable('users').set({ first_name: firstName }).where('id', '=', id).execute()
}
