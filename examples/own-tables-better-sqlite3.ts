// Keeps an app's own tables true with better-sqlite3: the app hands in its connection, and handlers get it back.

import type { Database } from 'better-sqlite3'
import { bearer, lockstep } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'

/** SCIM on the app's connection: two SQLite libraries in one process must not open one file. */
export function createScim(database: Database, token: string) {
  return lockstep({
    store: () => sqliteStore({ database }),
    authenticate: bearer({ [token]: { tenant: 'acme', actor: 'okta' } }),
    roles: { Admins: 'owner', Engineering: 'editor' },
    on: {
      'user.created': ({ user, db }) => db.prepare('insert into users values (?, ?, 1)').run(user.id, user.userName),
      'user.deactivated': ({ user, db }) => {
        db.prepare('update users set active = 0 where id = ?').run(user.id)
        db.prepare('delete from sessions where user_id = ?').run(user.id)
      },
      'membership.added': ({ group, users, db }) => {
        for (const id of users.ids) db.prepare('insert into memberships values (?, ?)').run(group.id, id)
      },
      'role.granted': ({ user, role, db }) => db.prepare('insert into grants values (?, ?)').run(user.id, role),
      'role.revoked': ({ user, role, db }) =>
        db.prepare('delete from grants where user_id = ? and role = ?').run(user.id, role),
    },
  })
}
