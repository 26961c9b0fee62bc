// SCIM for an app on Next.js whose tables are Prisma's: written by SQL on the connection of the transaction.

import { type EventDocument, lockstep, type User } from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import pg from 'pg'

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })

export const scim = lockstep({
  store: () => postgresStore({ pool }),
  url: `${process.env.APP_URL ?? ''}/t/:tenant/scim/v2`,
  match: async ({ tenant, user, find }) => {
    const known = (await find({ externalId: user.externalId })) ?? (await find({ userName: user.userName }))
    if (known) return known
    const sql = 'select id, "createdAt" as created from "User" where "orgId" = $1 and lower(email) = lower($2)'
    return (await pool.query(sql, [tenant, user.userName])).rows[0]
  },
  on: {
    'user.created': ({ user, tenant, db }) =>
      db.query(
        `insert into "User" (id, "orgId", email, name, active) values ($1, $2, $3, $4, $5)
         on conflict (id) do update set email = excluded.email, name = excluded.name, active = excluded.active`,
        [user.id, tenant, ...values(user)],
      ),
    'user.updated': ({ user, db }) =>
      db.query('update "User" set email = $2, name = $3, active = $4 where id = $1', [user.id, ...values(user)]),
    'user.deactivated': ({ user, db }) => db.query('delete from "Session" where "userId" = $1', [user.id]),
    'user.deleted': ({ user, db }) => db.query('delete from "User" where id = $1', [user.id]),
  },
})

function values({ userName, displayName, active }: EventDocument<typeof User>) {
  return [userName, displayName ?? null, active !== false]
}

/** Adopts the people of a customer, and makes what its administrator pastes into the identity provider. */
export async function connect(tenant: string) {
  const { rows } = await pool.query('select * from "User" where "orgId" = $1', [tenant])
  const people = rows.map(({ id, email, name, active, createdAt }) => {
    return { id, userName: email, displayName: name ?? undefined, active, created: createdAt }
  })
  const { adopted, refused } = await scim.adopt(tenant, people)
  const { token } = await scim.credentials(tenant).mint({ label: 'Okta', kind: 'okta' })
  return { url: scim.url(tenant), token, adopted, refused }
}
