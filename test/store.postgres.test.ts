// The store contract on PostgreSQL, with every statement checked for Citus.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase } from '../src/store/postgres/database.ts'
import { postgresStore } from '../src/store/postgres/postgres.ts'
import { wasCommitted } from '../src/store/postgres/unknown-outcome.ts'
import { listeningPool, withoutTenant } from './postgres/statements.ts'
import { startPostgres, type TestServer } from './postgres.ts'
import { creating, storeContract, workContract } from './store.contract.ts'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const heard = new Set<string>()

const open = async () => {
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
}

storeContract('postgres', open)
workContract('postgres', open)

describe('the statements of the whole contract', () => {
  test('and those besides: of the sweep, and of who asks what became of a transaction, are heard too', async () => {
    const place = await server.database()
    const pool = listeningPool(place.url, heard)
    const store = await postgresStore({ pool })
    const tenant = 'acme'
    await store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])
    await store.commit([creating('u', { userName: 'u' }), creating('g', { displayName: 'g' }, { members: ['u'] })])
    await store.commit([{ write: 'record', record: { tenant, kind: 'k', key: 'k' }, value: 1 }])
    const tenantNo = Number((await server.admin('select t from lockstep.tenant', place.name)).rows[0].t)
    const sent = { mark: 1, at: 1, outcomes: [], affected: [], records: undefined }
    const known = { tenantNo, name: tenant, records: 0, paths: new Map() }
    expect(await wasCommitted(createDatabase(pool), known, sent)).toBe(false)
    // Long enough ago that nobody relies on it any more.
    await server.admin(
      `insert into lockstep.gone (t, a, at) select t, a, 1 from lockstep.path where path = 'userName'`,
      place.name,
    )
    await store.commit([{ write: 'tenant', tenant, as: 'gone', at: 1 }])
    const left = async () =>
      Number((await server.admin('select count(*) from lockstep.gone where a >= 0', place.name)).rows[0].count)
    await expect.poll(left, { timeout: 20_000 }).toBe(0)
    await store.close()
    await pool.end()
    await place.drop()
    for (const table of ['member', 'value_index', 'resource', 'change', 'record', 'counter', 'path']) {
      expect([...heard]).toContainEqual(expect.stringMatching(new RegExp(`^delete from lockstep\\.${table} .*\\$1`)))
    }
    expect([...heard]).toContainEqual(expect.stringContaining('i.t = $1 and i.a = $2'))
    expect([...heard]).toContainEqual(expect.stringContaining('select c.mark'))
  })

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
    'insert into lockstep.member (t, g, m) select $1, d.g, d.m from unnest($2::bigint[], $3::bigint[]) d(g, m)',
    'insert into lockstep.counter as c (t, y, n) select $1::bigint, $2, $3 on conflict (t, y) do nothing',
    'insert into lockstep.member (t, g, m) select s.t, d.g, d.m from s, unnest($2::bigint[]) d(g, m) where s.t = $1',
    `with s as (
       update lockstep.tenant_state s set place = s.place + 1 where s.t = $1 returning s.t
     ) select s.t from s where s.t = $1`,
    'with d as materialized (delete from lockstep.member x where x.t = $1 returning x.m) select d.m from d',
  ])('one that does not would be found: %s', (sql) => {
    expect(withoutTenant(sql)).not.toEqual([])
  })
})
