// Concurrent GETs on PostgreSQL share statements and each get their own answer.

import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MemberEdit, StoreUnavailable } from '../../src/store/index.ts'
import { type PostgresStore, postgresStore } from '../../src/store/postgres/postgres.ts'
import { startPostgres, type TestDatabase, type TestServer } from '../postgres.ts'
import { creating, editing, querying, USER } from '../store.contract.ts'
import { openWire } from './wire.ts'

const PEOPLE = 250

let server: TestServer
let database: TestDatabase
let pool: pg.Pool
let store: PostgresStore
let asked: string[] = []

const user = (n: number, tenant = 'acme') => ({ tenant, type: 'User', id: `u${n}` })

beforeAll(async () => {
  server = await startPostgres()
  database = await server.database()
  pool = new pg.Pool({ connectionString: database.url, max: 4 })
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    Object.assign(client, {
      query(...args: unknown[]) {
        asked.push(String((args[0] as { readonly text?: string }).text))
        return query(...args)
      },
    })
  })
  store = await postgresStore({ pool, listen: false })
  for (const tenant of ['acme', 'beta']) await store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])
  const numbers = Array.from({ length: PEOPLE }, (_, n) => n)
  await store.commit(numbers.map((n) => creating(`u${n}`, { userName: `user ${n}` })))
  await store.commit([creating('u1', { userName: 'somebody else' }, { tenant: 'beta' })])
  await store.commit([creating('g', { displayName: 'G' }, { members: ['u3'] })])
})
afterAll(async () => {
  await store.close()
  await pool.end()
  await server.stop()
})

test('concurrent reads share a statement, and each caller gets its own resource', async () => {
  await store.get(user(0))
  asked = []
  const wanted = Array.from({ length: PEOPLE }, (_, n) => user(n))
  const found = await Promise.all(wanted.map((ref) => store.get(ref)))
  expect(found.map((stored) => stored?.id)).toEqual(wanted.map(({ id }) => id))
  expect(found.map((stored) => JSON.parse(stored?.text ?? '{}').userName)).toEqual(wanted.map((_, n) => `user ${n}`))
  expect(asked.filter((sql) => sql.includes('lockstep.resource'))).toHaveLength(3)
})

test('duplicates, unknown ids, other tenants, other types, with groups and without', async () => {
  await store.get(user(0))
  const [twice, again, nobody, elsewhere, group, noGroup, grouped, plain] = await Promise.all([
    store.get(user(1)),
    store.get(user(1)),
    store.get(user(PEOPLE)),
    store.get(user(1, 'beta')),
    store.get({ tenant: 'acme', type: 'Group', id: 'g' }),
    store.get({ tenant: 'acme', type: 'User', id: 'g' }),
    store.get(user(3), { groups: true }),
    store.get(user(3)),
  ])
  expect(twice).toEqual(again)
  expect(twice).toMatchObject({ tenant: 'acme', id: 'u1', version: 1 })
  expect(nobody).toBeUndefined()
  expect(elsewhere).toMatchObject({ tenant: 'beta', id: 'u1', display: 'somebody else' })
  expect(group).toMatchObject({ type: 'Group', id: 'g' })
  expect(noGroup).toBeUndefined()
  expect(grouped?.groups).toEqual([{ id: 'g', display: 'G', direct: true }])
  expect(plain).not.toHaveProperty('groups')
})

test('a read sees every write before it, whatever it is batched with', async () => {
  for (let n = 0; n < 20; n++) {
    const others = Array.from({ length: 30 }, (_, at) => store.get(user(at)))
    const edit: MemberEdit = n % 2 === 0 ? { edit: 'remove', ids: ['u3'] } : { edit: 'add', members: [{ id: 'u3' }] }
    await store.commit([editing('g', [edit])])
    const seen = await store.get(user(3), { groups: true })
    expect(seen?.groups).toHaveLength(n % 2)
    await Promise.all(others)
  }
})

test('an unreachable database fails every waiting read, and is used again when it is back', async () => {
  const { port } = new URL(database.url)
  const wire = await openWire(Number(port))
  const url = new URL(database.url)
  url.port = String(wire.port)
  const other = await postgresStore({ url: String(url), connections: 2, listen: false })
  const three = () => Promise.allSettled([1, 2, 3].map((n) => other.get(user(n))))
  await three()
  wire.refuse(true)
  wire.cut()
  for (const outcome of await three()) {
    expect(outcome.status === 'rejected' && outcome.reason).toBeInstanceOf(StoreUnavailable)
  }
  wire.refuse(false)
  for (const outcome of await three()) expect(outcome).toMatchObject({ status: 'fulfilled', value: { version: 1 } })
  await other.close()
  await wire.close()
})

test('a pool of one connection is shared by all reads, and none is kept to listen', { timeout: 60_000 }, async () => {
  const one = new pg.Pool({ connectionString: database.url, max: 1 })
  one.on('error', () => {})
  const single = await postgresStore({ pool: one })
  await single.commit([creating('single', { userName: 'single' })])
  const found = await Promise.all([
    single.get(user(0)),
    single.find(querying([USER])),
    single.get({ ...user(0), id: 'single' }),
  ])
  expect(found[2]?.id).toBe('single')
  await expect(postgresStore({ pool: one, listen: true })).rejects.toThrow(/^listen: must be false with a pool of one/)
  await single.close()
  await one.end()
})
