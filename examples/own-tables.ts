// Keeps an app's own tables true with node:sqlite: the rows and the SCIM data are written in one transaction.

import { bearer, lockstep, ScimError } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'

/** The app's tables. */
export const TABLES = `
  create table if not exists users (id text primary key, email text not null unique, active integer not null);
  create table if not exists memberships (group_id text, user_id text, primary key (group_id, user_id));
  create table if not exists grants (user_id text, role text, primary key (user_id, role));
  create table if not exists sessions (user_id text not null)`

/** SCIM in the app's own database file. `mail` stands for whatever may not be done in a transaction. */
export function createScim(file: string, token: string, mail: (to: string) => unknown) {
  return lockstep({
    // The app's tables and Lockstep's, which all begin with lockstep_, share the file.
    store: () => sqliteStore(file, { shared: true }),
    authenticate: bearer({ [token]: { tenant: 'acme', actor: 'okta' } }),
    roles: { Admins: 'owner', Engineering: 'editor' },
    guards: { seats: 50, lastOf: 'owner', deactivations: { most: 20, within: '1h' } },
    on: {
      'user.created': ({ user, db }) => {
        if (!user.userName.endsWith('@acme.example')) throw new ScimError(400, 'Only addresses of acme.example')
        db.prepare('insert into users values (?, ?, 1)').run(user.id, user.userName)
      },
      'user.updated': ({ user, changed, db }) => {
        if (changed.has('userName')) db.prepare('update users set email = ? where id = ?').run(user.userName, user.id)
      },
      // Also for who is deleted, and for who comes inactive.
      'user.deactivated': ({ user, db }) => {
        db.prepare('update users set active = 0 where id = ?').run(user.id)
        db.prepare('delete from sessions where user_id = ?').run(user.id)
      },
      'user.reactivated': ({ user, db }) => void db.prepare('update users set active = 1 where id = ?').run(user.id),
      'membership.added': ({ group, users, db }) => {
        const add = db.prepare('insert into memberships values (?, ?)')
        for (const id of users.ids) add.run(group.id, id)
      },
      'membership.removed': ({ group, users, db }) => {
        const remove = db.prepare('delete from memberships where group_id = ? and user_id = ?')
        for (const id of users.ids) remove.run(group.id, id)
      },
      'role.granted': ({ user, role, db }) => void db.prepare('insert into grants values (?, ?)').run(user.id, role),
      'role.revoked': ({ user, role, db }) =>
        void db.prepare('delete from grants where user_id = ? and role = ?').run(user.id, role),
    },
    after: {
      'user.created': ({ user }) => mail(user.userName),
    },
  })
}
