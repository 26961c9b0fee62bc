import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresStore } from '../src/store/postgres.ts'
import { listeningPool, withoutTenant } from './postgres/statements.ts'
import { startPostgres, type TestServer } from './postgres.ts'
import { storeContract } from './store.contract.ts'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const heard = new Set<string>()

storeContract('postgres', async () => {
  const database = await server.database()
  const pool = listeningPool(database.url, heard)
  const store = await postgresStore({ pool })
  return {
    store,
    async close() {
      await store.close()
      await pool.end()
      await database.drop()
    },
  }
})

describe('the statements of the whole contract', () => {
  test('each names its tenant wherever it names a table, so that it stays on one node of a cluster', () => {
    expect(heard.size).toBeGreaterThan(150)
    const wrong = [...heard].flatMap((sql) => withoutTenant(sql).map((part) => `${part} in ${sql}`))
    expect(wrong).toEqual([])
  })

  test('none has what a cluster refuses or can first refuse at COMMIT', () => {
    const refused =
      /\bmerge into\b|\bserial\b|\bnextval\b|\bserializable\b|\bdeferrable\b|\bset null\b|gen_random_uuid|random\(\)|\bnow\(\)|clock_timestamp/i
    expect([...heard].filter((sql) => refused.test(sql))).toEqual([])
  })

  test.each([
    'select r.id from lockstep.resource r where r.id = $1',
    'select r.id from lockstep.member x join lockstep.resource r on r.k = x.m where x.t = $1',
    'delete from lockstep.record where key = $2',
    'update lockstep.tenant_state set place = 1',
    'insert into lockstep.member (g, m) values ($1, $2)',
  ])('one that does not would be found: %s', (sql) => {
    expect(withoutTenant(sql)).not.toEqual([])
  })
})
