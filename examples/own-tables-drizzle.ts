// Keeps an app's own tables true with Drizzle on PostgreSQL: `transaction` wraps the client of the transaction.

import { and, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { bearer, lockstep } from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import type pg from 'pg'

const users = pgTable('users', { id: text().primaryKey(), email: text().notNull(), active: integer().notNull() })
const memberships = pgTable('memberships', { groupId: text('group_id'), userId: text('user_id') })
const grants = pgTable('grants', { userId: text('user_id').notNull(), role: text().notNull() })
const sessions = pgTable('sessions', { userId: text('user_id').notNull() })

/** SCIM in the app's own database. */
export function createScim(pool: pg.Pool, token: string) {
  return lockstep({
    store: () => postgresStore({ pool }),
    authenticate: bearer({ [token]: { tenant: 'acme', actor: 'okta' } }),
    roles: { Admins: 'owner', Engineering: 'editor' },
    transaction: (tx) => drizzle(tx),
    on: {
      'user.created': ({ user, db }) => db.insert(users).values({ id: user.id, email: user.userName, active: 1 }),
      'user.deactivated': async ({ user, db }) => {
        await db.update(users).set({ active: 0 }).where(eq(users.id, user.id))
        await db.delete(sessions).where(eq(sessions.userId, user.id))
      },
      'membership.added': async ({ group, users, db }) => {
        for (const ids of users.chunks(1_000))
          await db.insert(memberships).values(ids.map((userId) => ({ groupId: group.id, userId })))
      },
      'role.granted': ({ user, role, db }) => db.insert(grants).values({ userId: user.id, role }),
      'role.revoked': ({ user, role, db }) =>
        db.delete(grants).where(and(eq(grants.userId, user.id), eq(grants.role, role))),
    },
  })
}
