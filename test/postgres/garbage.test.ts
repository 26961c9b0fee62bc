// Garbage on PostgreSQL, collected while others write.

import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NEVER } from '../../src/store/index.ts'
import { postgresStore } from '../../src/store/postgres/postgres.ts'
import { startPostgres, type TestServer } from '../postgres.ts'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

test('an item that a writer puts in the place of an expired one stays, though it was found expired', async () => {
  const database = await server.database()
  const first = await postgresStore({ url: database.url, listen: false })
  await first.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
  await first.commit([{ write: 'item', item: { tenant: 'acme', queue: 'q', key: 'k' }, set: { lane: 1 } }])
  await first.close()
  const writer = new pg.Client({ connectionString: database.url })
  await writer.connect()
  await writer.query('update lockstep.item set expires = 5')
  await writer.query('begin')
  await writer.query(`update lockstep.item set expires = ${NEVER}`)
  const collecting = await postgresStore({ url: database.url, listen: false })
  const waiting = async () =>
    (
      await server.admin(
        `select count(*)::int as count from pg_stat_activity
         where datname = '${database.name}' and wait_event_type = 'Lock' and query like 'delete from lockstep.item%'`,
      )
    ).rows[0].count
  await expect.poll(waiting, { timeout: 20_000 }).toBe(1)
  await writer.query('commit')
  await writer.end()
  // It waits for the portion that is being deleted.
  await collecting.close()
  expect((await server.admin('select key from lockstep.item', database.name)).rows).toEqual([{ key: 'k' }])
  await database.drop()
})
