// SCIM for an app that has people already: they are adopted, and get roles, seats and sessions.

import { and, eq, sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { type EventDocument, lockstep, type User } from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import pg from 'pg'
import { customers, sessions, users } from './schema.ts'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
export const db = drizzle(pool)

export const scim = lockstep({
  store: () => postgresStore({ pool }),
  url: `${process.env.APP_URL ?? ''}/t/:tenant/scim/v2`,
  transaction: (client) => drizzle(client),
  match: async ({ tenant, user, email = '', find }) => {
    const known = (await find({ externalId: user.externalId })) ?? (await find({ userName: user.userName }))
    if (known) return known
    const address = eq(sql`lower(${users.email})`, email.toLowerCase())
    const verified = and(eq(users.customer, tenant), address, eq(users.emailVerified, true))
    const [row] = await db.select().from(users).where(verified)
    return row && { id: row.id, created: row.createdAt }
  },
  roles: { Admins: 'owner', Engineering: 'editor' },
  guards: {
    lastOf: 'owner',
    seats: async (tenant, { db }) => (await db.select().from(customers).where(eq(customers.id, tenant)))[0]?.seats ?? 0,
  },
  on: {
    // `match` may have named somebody who is there.
    'user.created': ({ user, tenant, db }) =>
      db
        .insert(users)
        .values({ id: user.id, customer: tenant, ...columns(user) })
        .onConflictDoUpdate({ target: users.id, set: columns(user) }),
    'user.updated': ({ user, db }) => db.update(users).set(columns(user)).where(eq(users.id, user.id)),
    'user.deactivated': ({ user, db }) => db.delete(sessions).where(eq(sessions.user, user.id)),
    'user.deleted': ({ user, db }) => db.update(users).set({ disabled: true }).where(eq(users.id, user.id)),
    'role.granted': ({ user, roles, db }) => setRole(db, user.id, roles),
    'role.revoked': ({ user, roles, db }) => setRole(db, user.id, roles),
  },
})

/** One column holds one role: the highest of all that the person has now. */
function setRole(db: NodePgDatabase, id: string, roles: readonly ('owner' | 'editor')[]) {
  const role = roles.includes('owner') ? 'owner' : roles.includes('editor') ? 'editor' : 'viewer'
  return db.update(users).set({ role }).where(eq(users.id, id))
}

function columns({ userName, emails, displayName, active }: EventDocument<typeof User>) {
  const email = emails?.find(({ primary }) => primary)?.value ?? userName
  return { email, name: displayName ?? email, disabled: active === false }
}

/** Adopts the people of a customer, and makes what its administrator pastes into Okta. */
export async function connect(tenant: string) {
  const rows = await db.select().from(users).where(eq(users.customer, tenant))
  const people = rows.map(({ id, email, name, disabled, createdAt }) => {
    const emails = [{ value: email, type: 'work', primary: true }]
    return { id, userName: email, displayName: name, emails, active: !disabled, created: createdAt }
  })
  const { adopted, refused } = await scim.adopt(tenant, people)
  const { token } = await scim.credentials(tenant).mint({ label: 'Okta', kind: 'okta' })
  return { url: scim.url(tenant), token, adopted, refused }
}
