// Keeps an app's own tables true with pg: handlers get the client that the transaction runs on.

import { bearer, lockstep } from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import type pg from 'pg'

/** SCIM in the app's own database, in the schema `lockstep`. */
export function createScim(pool: pg.Pool, token: string) {
  return lockstep({
    store: () => postgresStore({ pool }),
    authenticate: bearer({ [token]: { tenant: 'acme', actor: 'okta' } }),
    roles: { Admins: 'owner', Engineering: 'editor' },
    on: {
      // A statement that fails gives up the whole transaction: say what is to be done instead.
      'user.created': ({ user, db }) =>
        db.query('insert into users values ($1, $2, 1) on conflict (id) do nothing', [user.id, user.userName]),
      'user.deactivated': async ({ user, db }) => {
        await db.query('update users set active = 0 where id = $1', [user.id])
        await db.query('delete from sessions where user_id = $1', [user.id])
      },
      'membership.added': async ({ group, users, db }) => {
        for (const ids of users.chunks(1_000))
          await db.query('insert into memberships select $1, unnest($2::text[])', [group.id, ids])
      },
      'role.granted': ({ user, role, db }) => db.query('insert into grants values ($1, $2)', [user.id, role]),
      'role.revoked': ({ user, role, db }) =>
        db.query('delete from grants where user_id = $1 and role = $2', [user.id, role]),
    },
  })
}
