import { afterAll, beforeAll } from 'vitest'
import { postgresStore } from '../src/store/postgres.ts'
import { startPostgres, type TestServer } from './postgres.ts'
import { storeContract } from './store.contract.ts'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

storeContract('postgres', async () => {
  const database = await server.database()
  const store = await postgresStore(database.url)
  return {
    store,
    async close() {
      await store.close()
      await database.drop()
    },
  }
})
