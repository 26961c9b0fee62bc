// Keeps an app's own tables true with Kysely on PostgreSQL: a pool of one, the client of the transaction.

import { Kysely, PostgresDialect } from 'kysely'
import { bearer, lockstep } from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import type pg from 'pg'

interface Tables {
  users: { id: string; email: string; active: number }
  memberships: { group_id: string; user_id: string }
  grants: { user_id: string; role: string }
  sessions: { user_id: string }
}

/** SCIM in the app's own database. */
export function createScim(pool: pg.Pool, token: string) {
  return lockstep({
    store: () => postgresStore({ pool }),
    authenticate: bearer({ [token]: { tenant: 'acme', actor: 'okta' } }),
    roles: { Admins: 'owner', Engineering: 'editor' },
    transaction(tx) {
      const client = { query: tx.query.bind(tx), release() {} } as unknown as pg.PoolClient
      return new Kysely<Tables>({
        dialect: new PostgresDialect({ pool: { connect: async () => client, end: async () => {} } }),
      })
    },
    on: {
      'user.created': ({ user, db }) =>
        db.insertInto('users').values({ id: user.id, email: user.userName, active: 1 }).execute(),
      'user.deactivated': async ({ user, db }) => {
        await db.updateTable('users').set({ active: 0 }).where('id', '=', user.id).execute()
        await db.deleteFrom('sessions').where('user_id', '=', user.id).execute()
      },
      'membership.added': async ({ group, users, db }) => {
        for (const ids of users.chunks(1_000)) {
          const rows = ids.map((user_id) => ({ group_id: group.id, user_id }))
          await db.insertInto('memberships').values(rows).execute()
        }
      },
      'role.granted': ({ user, role, db }) => db.insertInto('grants').values({ user_id: user.id, role }).execute(),
      'role.revoked': ({ user, role, db }) =>
        db.deleteFrom('grants').where('user_id', '=', user.id).where('role', '=', role).execute(),
    },
  })
}
