// SCIM in an Express app, on SQLite: one customer, one token.

import express from 'express'
import { bearer, lockstep } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'

/** The app, with SCIM at /scim/v2. */
export function createApp(file: string, token: string) {
  const scim = lockstep({
    store: () => sqliteStore(file, { shared: true }),
    authenticate: bearer({ [token]: { tenant: 'acme', actor: 'okta', kind: 'okta' } }),
  })
  const app = express()
  app.use(scim.express())
  app.use(express.json())
  app.get('/people', async (_request, response) => {
    const names: string[] = []
    for await (const { userName } of scim.users('acme').list({ active: true })) names.push(userName)
    response.json(names)
  })
  return { app, scim }
}
