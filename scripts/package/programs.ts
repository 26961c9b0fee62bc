// The programs that the packed package is tried with.

/** A provider on SQLite in ten lines; prints `201 ada`. */
export const EMBEDDED = `
import { bearer, createDirectory, createProvider, Group, User } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'
const directory = createDirectory({ store: sqliteStore('trial.db'), types: [User, Group] })
const scim = createProvider({ directory, authenticate: bearer({ secret: { tenant: 'acme', actor: 'trial' } }) })
const created = await scim.fetch(new Request('http://localhost/scim/v2/Users', {
  method: 'POST',
  headers: { authorization: 'Bearer secret', 'content-type': 'application/scim+json' },
  body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' }),
}))
console.log(created.status, (await created.text()).includes('ada') ? 'ada' : 'nobody')
`

/** A provider on PostgreSQL, served on loopback and called by the typed client; prints `201 ada 1`. */
export function onPostgres(url: string): string {
  return `
import { createServer } from 'node:http'
import { bearer, createDirectory, createProvider, Group, User } from 'lockstep'
import { createClient, token } from 'lockstep/client'
import { toNode } from 'lockstep/node'
import { postgresStore } from 'lockstep/postgres'
const store = await postgresStore({ url: ${JSON.stringify(url)} })
const directory = createDirectory({ store, types: [User, Group] })
const scim = createProvider({ directory, authenticate: bearer({ secret: { tenant: 'acme', actor: 'trial' } }) })
const server = createServer(toNode(scim.fetch))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const client = createClient({ url: 'http://127.0.0.1:' + server.address().port + '/scim/v2', auth: token('secret') })
const body = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' }
const made = await client.send({ method: 'POST', path: '/Users', body })
const all = []
for await (const user of client.list(User)) all.push(user)
console.log(made.status, made.body.userName, all.length)
server.close()
server.closeAllConnections()
await store.close()
`
}

/** A server as one file: copies its database, and is refused a thread whose file it lacks; prints `copied refused`. */
export const BUNDLED = `
import { existsSync } from 'node:fs'
import { sqliteStore } from 'lockstep/sqlite'
async function trial() {
  const store = sqliteStore('bundled.db')
  await store.backup('bundled-copy.db')
  let refused = 'taken'
  try {
    sqliteStore('threads.db', { threads: true })
  } catch (error) {
    refused = error.message.startsWith('threads: can’t be true in a bundle') ? 'refused' : error.message
  }
  await store.close()
  console.log(existsSync('bundled-copy.db') ? 'copied' : 'lost', refused)
}
trial()
`

/** What runs anywhere: a provider in memory, a person with a password, a filter, and the client; `trial()` resolves to `201 ada`. */
export const PORTABLE = `
import { bearer, environment, lockstep, memoryStore, User } from 'lockstep'
import { createClient, filter, token } from 'lockstep/client'
import { parseFilter } from 'lockstep/protocol'
export async function trial() {
  const authenticate = bearer({ secret: { tenant: 'acme', actor: 'trial' } })
  const scim = lockstep({ store: () => memoryStore(), authenticate, url: 'http://localhost/scim/v2' })
  const here = { ...environment, fetch: (url, init) => scim.fetch(new Request(url, init)) }
  const client = createClient({ url: 'http://localhost/scim/v2', auth: token('secret'), environment: here })
  const body = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada', password: 'correct horse' }
  const made = await client.send({ method: 'POST', path: '/Users', body })
  parseFilter('userName eq "ada"')
  await client.update(User, made.body.id, (draft) => { draft.title = 'Countess' })
  const all = []
  for await (const user of client.list(User, { filter: filter\`userName eq \${'ada'}\` })) all.push(user.userName)
  return made.status + ' ' + all.join()
}
`
