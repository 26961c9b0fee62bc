// Two connections to a SQLite file, and processes on PostgreSQL whose connections are cut again and again.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { Store } from '../src/store/index.ts'
import { postgresStore } from '../src/store/postgres/postgres.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite.ts'
import { startPostgres, type TestDatabase, type TestServer } from './postgres.ts'

/** One store for each process that runs at the same time. `disturb` is called now and then. */
type Run = (stores: readonly [Store, ...Store[]], disturb: () => Promise<unknown>) => Promise<void>

/** Declares the tests. On PostgreSQL there are so many processes, and each cut ends this share of all connections. */
export function onRealDatabases(
  run: Run,
  { processes, share }: { readonly processes: number; readonly share: number },
): void {
  describe('on real databases', () => {
    test('SQLite: two connections to one file', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'lockstep-'))
      const file = join(folder, 'scim.db')
      const stores = [sqliteStore(file), sqliteStore(file)] as const
      await run(stores, async () => {})
      for (const store of stores) await store.close()
      await rm(folder, { recursive: true })
    })

    describe('PostgreSQL', () => {
      let server: TestServer
      let database: TestDatabase
      beforeAll(async () => {
        server = await startPostgres()
        database = await server.database()
      })
      afterAll(() => server.stop())

      test(`${processes} processes whose connections are cut again and again`, async () => {
        const stores: [Store, ...Store[]] = [await postgresStore(database.url)]
        while (stores.length < processes) stores.push(await postgresStore(database.url))
        const cut = `select pg_terminate_backend(pid) from pg_stat_activity
                     where datname = '${database.name}' and pid <> pg_backend_pid() and random() < ${share}`
        await run(stores, () => server.admin(cut))
        for (const store of stores) await store.close()
      })
    })
  })
}
