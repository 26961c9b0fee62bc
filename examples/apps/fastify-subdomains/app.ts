// An app with a sub-domain for each customer, in Fastify on SQLite: SCIM takes the customer from the sub-domain.

import { DatabaseSync } from 'node:sqlite'
import fastify from 'fastify'
import { lockstep } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'

const database = new DatabaseSync(process.env.DATABASE ?? 'app.db')
database.exec(`pragma journal_mode = wal;
  create table if not exists people (customer, id, login, active, primary key (customer, id)) without rowid`)

const scim = lockstep({
  store: () => sqliteStore({ database }),
  url: `https://:tenant.${process.env.DOMAIN}/scim/v2`,
  on: {
    'user.created': ({ tenant, user, db }) => {
      db.prepare('insert into people values (?, ?, ?, ?)').run(tenant, user.id, user.userName, active(user))
    },
    'user.updated': ({ tenant, user, db }) => {
      const change = db.prepare('update people set login = ?, active = ? where customer = ? and id = ?')
      change.run(user.userName, active(user), tenant, user.id)
    },
    'user.deleted': ({ tenant, user, db }) => {
      db.prepare('delete from people where customer = ? and id = ?').run(tenant, user.id)
    },
  },
})

const active = (user: { readonly active?: boolean }) => (user.active === false ? 0 : 1)
const customerOf = (host: string) => host.split('.')[0] ?? ''

const app = fastify({ trustProxy: process.env.TRUST_PROXY === 'yes' })
app.register(scim.fastify())
app.get('/people', (request) =>
  database.prepare('select id, login, active from people where customer = ?').all(customerOf(request.hostname)),
)
// A real app asks for one of the customer's own administrators here.
app.post('/scim-token', async (request) => {
  const tenant = customerOf(request.hostname)
  const { token } = await scim.credentials(tenant).mint({ label: 'Identity provider' })
  return { url: scim.url(tenant), token }
})
await app.listen({ port: Number(process.env.PORT ?? 3000) })
