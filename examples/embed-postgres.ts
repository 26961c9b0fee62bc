// SCIM in an Express app, on PostgreSQL: a URL for each customer, whose tokens are kept in the database.

import express from 'express'
import { lockstep } from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import type { Pool } from 'pg'

/** The app, with SCIM at /t/:tenant/scim/v2. */
export function createApp(pool: Pool) {
  const scim = lockstep({
    store: () => postgresStore({ pool }),
    url: 'https://app.example/t/:tenant/scim/v2',
  })
  const app = express()
  app.use(scim.express())
  // For your own administrators: put it behind your own sign-in.
  app.post('/customers/:tenant/scim', async (request, response) => {
    const { tenant } = request.params
    const { token } = await scim.credentials(tenant).mint({ label: 'Okta', kind: 'okta' })
    response.json({ url: scim.url(tenant), token })
  })
  return { app, scim }
}
