// SCIM for an app on Prisma that has people already: they are adopted, and get roles, seats and sessions.

import { type EventDocument, lockstep, type User } from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import type { PrismaClient, Role } from './generated/client.ts'
import { pool, prisma, within } from './prisma.ts'

export const scim = lockstep({
  store: () => postgresStore({ pool }),
  url: `${process.env.APP_URL ?? ''}/t/:tenant/scim/v2`,
  transaction: within,
  match: async ({ tenant, user, email, find }) => {
    const known = (await find({ externalId: user.externalId })) ?? (await find({ userName: user.userName }))
    if (known || email === undefined) return known
    const row = await prisma.user.findFirst({
      where: { customerId: tenant, email: { equals: email, mode: 'insensitive' }, emailVerified: { not: null } },
    })
    return row ? { id: row.id, created: row.createdAt } : undefined
  },
  roles: { Admins: 'OWNER', Engineering: 'EDITOR' },
  guards: {
    lastOf: 'OWNER',
    seats: async (id, { db }) => (await db.customer.findUniqueOrThrow({ where: { id } })).seats,
  },
  on: {
    // `match` may have named somebody who is there.
    'user.created': ({ user, tenant, db }) =>
      db.user.upsert({
        where: { id: user.id },
        create: { id: user.id, customerId: tenant, ...columns(user) },
        update: columns(user),
      }),
    'user.updated': ({ user, db }) => db.user.update({ where: { id: user.id }, data: columns(user) }),
    'user.deactivated': ({ user, db }) =>
      db.user.update({ where: { id: user.id }, data: { disabledAt: new Date(), sessions: { deleteMany: {} } } }),
    'user.reactivated': ({ user, db }) => db.user.update({ where: { id: user.id }, data: { disabledAt: null } }),
    'user.deleted': ({ user, db }) => db.user.delete({ where: { id: user.id } }),
    'role.granted': ({ user, roles, db }) => setRole(db, user.id, roles),
    'role.revoked': ({ user, roles, db }) => setRole(db, user.id, roles),
  },
})

/** One column holds one role: the highest of all that the person has now. */
function setRole(db: PrismaClient, id: string, roles: readonly Role[]) {
  const role = roles.includes('OWNER') ? 'OWNER' : roles.includes('EDITOR') ? 'EDITOR' : 'VIEWER'
  return db.user.update({ where: { id }, data: { role } })
}

function columns({ userName, emails, displayName }: EventDocument<typeof User>) {
  return { email: emails?.find(({ primary }) => primary)?.value ?? userName, name: displayName ?? null }
}

/** Adopts the people of a customer, and makes what its administrator pastes into the identity provider. */
export async function connect(tenant: string) {
  const rows = await prisma.user.findMany({ where: { customerId: tenant } })
  const people = rows.map(({ id, email, name, disabledAt, createdAt }) => {
    const emails = [{ value: email, type: 'work', primary: true }]
    return { id, userName: email, displayName: name, emails, active: disabledAt === null, created: createdAt }
  })
  const { adopted, refused } = await scim.adopt(tenant, people)
  const { token } = await scim.credentials(tenant).mint({ label: 'Okta', kind: 'okta' })
  return { url: scim.url(tenant), token, adopted, refused }
}
