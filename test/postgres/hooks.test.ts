// Hooks that fail or misbehave inside a PostgreSQL transaction.

import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDirectory } from '../../src/directory/index.ts'
import { environment, LENIENT } from '../../src/index.ts'
import { ConfigError } from '../../src/protocol/index.ts'
import { type PostgresClient, type PostgresStore, postgresStore } from '../../src/store/postgres/postgres.ts'
import { startPostgres, type TestDatabase, type TestServer } from '../postgres.ts'
import { creating, idsOn, querying, replacing, USER } from '../store.contract.ts'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

describe.each([['a URL'], ['a pool of the host']])('a function of the host inside a commit, with %s', (how) => {
  let place: TestDatabase
  let pool: pg.Pool
  let store: PostgresStore
  beforeEach(async () => {
    place = await server.database()
    pool = new pg.Pool({ connectionString: place.url })
    pool.on('error', () => {})
    await pool.query(`create table account (id text primary key); insert into account values ('there')`)
    await pool.query('create table seat (account text references account (id) deferrable initially deferred)')
    store = await postgresStore(how === 'a URL' ? { url: place.url } : { pool })
    await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    return async () => {
      await store.close()
      await pool.end()
      await place.drop()
    }
  })

  const people = async () => idsOn(await store.find(querying([USER])))
  const swallow = async (tx: PostgresClient) => {
    try {
      await tx.query('insert into account values ($1)', ['there'])
    } catch {
      // Is there already: fine, it thinks.
    }
  }

  test('that never ends holds up its tenant for a time only, and its connection is used by nobody else', async () => {
    await store.close()
    // Half a minute is a moment here.
    const setTimer: typeof environment.setTimer = (ms, call, options) =>
      environment.setTimer(ms === 30_000 ? 50 : ms, call, options)
    const quick = { ...environment, setTimer }
    store = await postgresStore({ ...(how === 'a URL' ? { url: place.url } : { pool }), environment: quick })
    let late = Promise.resolve<unknown>(undefined)
    const stuck = store.commit([creating('u1', { userName: 'ada' })], (tx) => {
      const started = new Promise<void>((resolve) => setTimeout(resolve, 400))
      // It goes on once nobody waits for it, and what it writes is nobody's.
      late = started.then(() => tx.query('insert into account values ($1)', ['late'])).catch((error: unknown) => error)
      return new Promise<void>(() => {})
    })
    await expect(stuck).rejects.toThrow(/has not ended after 30 s.*nothing is written/)
    await store.commit([creating('u2', { userName: 'bob' })])
    expect(await people()).toEqual(['u2'])
    expect(await late).toBeInstanceOf(Error)
    expect((await pool.query('select id from account')).rows).toEqual([{ id: 'there' }])
  })

  test('that swallows an error of its own fails its write, and no other', async () => {
    const [one, wrong, other] = await Promise.allSettled([
      store.commit([creating('u1', { userName: 'ada' })]),
      store.commit([creating('u2', { userName: 'bob' })], swallow),
      store.commit([creating('u3', { userName: 'cat' })]),
    ])
    expect([one.status, wrong.status, other.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const reason = wrong.status === 'rejected' ? wrong.reason : undefined
    expect(reason).toBeInstanceOf(ConfigError)
    expect(String(reason)).toMatch(/hooks\.commit: went on after a statement of its own had failed.*savepoint/)
    expect(await people()).toEqual(['u1', 'u3'])
    expect((await store.changes('acme', 0, 10)).map(({ id, place }) => [id, place])).toEqual([
      ['u1', 1],
      ['u3', 2],
    ])
  })

  test('that does not wait for the statement that fails is found out as well', async () => {
    const refused = store.commit([creating('u1', { userName: 'ada' })], (tx) => {
      tx.query(`insert into account values ('there')`).catch(() => {})
    })
    await expect(refused).rejects.toThrow(/went on after a statement/)
    expect(await people()).toEqual([])
  })

  test('that puts a savepoint around what may fail goes through', async () => {
    await store.commit([creating('u1', { userName: 'ada' })], async (tx) => {
      await tx.query('savepoint mine')
      await swallow(tx)
      await tx.query('rollback to savepoint mine')
    })
    expect(await people()).toEqual(['u1'])
  })

  test.each([
    [['rollback'], /ended the transaction that it was called in;/, []],
    [['commit'], /ended the transaction that it was called in;/, ['u1']],
    [['rollback', 'begin'], /began another one/, []],
    [['commit', 'begin'], /began another one/, ['u1']],
  ])('that sends %s gets an error', async (statements, told, kept) => {
    const refused = store.commit([creating('u1', { userName: 'ada' })], async (tx) => {
      for (const one of statements) await tx.query(one)
    })
    await expect(refused).rejects.toThrow(told)
    await store.commit([replacing('u9', {}, { userName: 'x' })]).catch(() => {})
    await store.commit([creating('u2', { userName: 'bob' })])
    expect(await people()).toEqual([...kept, 'u2'])
    expect(await store.tenants()).toMatchObject([{ place: kept.length + 1, resources: { User: kept.length + 1 } }])
  })

  test('that throws after waiting leaves nothing', async () => {
    const refused = store.commit([creating('u1', { userName: 'ada' })], async (tx) => {
      await tx.query(`insert into account values ('new')`)
      throw new Error('no seat left')
    })
    await expect(refused).rejects.toThrow('no seat left')
    expect(await people()).toEqual([])
    expect((await pool.query('select id from account')).rows).toEqual([{ id: 'there' }])
  })

  test('whose rows a deferred key of its own refuses at COMMIT fails with that, once', async () => {
    let calls = 0
    const refused = store.commit([creating('u1', { userName: 'ada' })], async (tx) => {
      calls++
      await tx.query(`insert into seat values ('nobody')`)
    })
    await expect(refused).rejects.toThrow(/foreign key/)
    expect(calls).toBe(1)
    expect(await people()).toEqual([])
  })

  test('through a directory: watchers do not hear of a user who was not stored', async () => {
    const directory = createDirectory({ store, hooks: { commit: (_change, tx) => swallow(tx) } })
    const context = { tenant: 'acme', actor: 'tester', allow: LENIENT }
    await expect(directory.create(context, 'User', { userName: 'ada' })).rejects.toThrow(/hooks\.commit/)
    expect(await people()).toEqual([])
  })
})
