// SCIM in a function that many instances run, each with a pool of one connection.

import { lockstep } from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import pg from 'pg'

/** The handler of a platform that speaks Request and Response. */
export function createHandler(connectionString: string) {
  const pool = new pg.Pool({ connectionString, max: 1, idleTimeoutMillis: 1_000 })
  const scim = lockstep({
    store: () => postgresStore({ pool, listen: false }),
    url: 'https://app.example/t/:tenant/scim/v2',
  })
  return { scim, pool, fetch: (request: Request) => scim.fetch(request) }
}
