// Processes that contend for the same resources or connections neither deadlock nor starve.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Affected, Conflict, QueryTooLong, StoreUnavailable, type Write } from '../../src/store/index.ts'
import { createDatabase } from '../../src/store/postgres/database.ts'
import { createDictionary } from '../../src/store/postgres/dictionary.ts'
import { createMembers } from '../../src/store/postgres/member-stream.ts'
import { type PostgresStore, postgresStore } from '../../src/store/postgres/postgres.ts'
import { createReads } from '../../src/store/postgres/read.ts'
import { startPostgres, type TestDatabase, type TestServer } from '../postgres.ts'
import { creating, editing, querying, removing, replacing, USER } from '../store.contract.ts'

let server: TestServer
let database: TestDatabase
let one: PostgresStore
let other: PostgresStore
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())
beforeEach(async () => {
  database = await server.database()
  one = await postgresStore({ url: database.url, connections: 4, connectTimeoutMs: 1_500 })
  other = await postgresStore({ url: database.url, connections: 4 })
  await one.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
})
afterEach(async () => {
  await Promise.all([one.close(), other.close()])
  await database.drop()
})

test('a member removed while its group is emptied leaves it once', async () => {
  const ids = Array.from({ length: 20 }, (_, n) => `m${String(n).padStart(2, '0')}`)
  await one.commit([...ids.map((id) => creating(id, { userName: id })), creating('g', { displayName: 'g' })])
  for (const id of ids) {
    await one.commit([editing('g', [{ edit: 'add', members: [{ id }] }])])
    await Promise.all([one.commit([removing('User', id)]), other.commit([editing('g', [{ edit: 'clear' }])])])
  }
  const log = await one.changes('acme', 0, 1_000)
  for (const id of ids) {
    const left = log.filter((line) => line.id === 'g' && line.members?.ids?.removed.includes(id))
    expect(left, id).toHaveLength(1)
  }
})

test('two processes remove, rename and move people and groups without a deadlock', async () => {
  const groups = Array.from({ length: 8 }, (_, n) => `g${n}`)
  const people = Array.from({ length: 60 }, (_, n) => `p${n}`)
  await one.commit([
    ...people.map((id) => creating(id, { userName: id })),
    ...groups.map((id) => creating(id, { displayName: id }, { members: people })),
  ])
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed % below
  }
  const some = (ids: readonly string[], count: number) =>
    Array.from({ length: count }, () => ids[random(ids.length)] ?? '')
  const attempts: (() => Write[])[] = [
    () => some(people, 1).map((id) => removing('User', id)),
    () => some(people, 1).map((id) => creating(id, { userName: id, externalId: `x${id}` })),
    () => [removing('Group', some(groups, 1)[0] ?? '')],
    () => [creating(some(groups, 1)[0] ?? '', { displayName: 'again' }, { members: some(people, 1) })],
    () => some(groups, 2).map((id) => editing(id, [{ edit: 'add', members: some(people, 1).map((id) => ({ id })) }])),
    () => some(groups, 2).map((id) => editing(id, [{ edit: 'remove', ids: some(people, 3) }])),
    () => [editing(some(groups, 1)[0] ?? '', [{ edit: 'set', members: some(people, 2).map((id) => ({ id })) }])],
    // Each is the first to use a path.
    () => [
      replacing('p0', {}, { userName: `p${random(99)}` }),
      { write: 'record', record: { tenant: 'acme', kind: `k${random(3)}`, key: `k${random(3)}` }, value: 1 },
      { write: 'record', record: { tenant: 'acme', kind: `k${random(3)}`, key: `k${random(3)}` }, value: 2 },
    ],
  ]
  const done: unknown[] = []
  await Promise.all(
    Array.from({ length: 32 }, async (_, client) => {
      const store = client % 2 === 0 ? one : other
      for (let n = 0; n < 40; n++) {
        const writes = attempts[random(attempts.length)]?.() ?? []
        done.push(
          await store.commit(writes).then(
            () => true,
            (error: unknown) => error,
          ),
        )
      }
    }),
  )
  // Writers that were too late got a conflict; none was told that the database is unavailable.
  for (const one of done) if (one !== true) expect(one).toBeInstanceOf(Conflict)
  expect(done.filter((one) => one === true).length).toBeGreaterThan(100)
  const log = await one.changes('acme', 0, 100_000)
  expect(log.map(({ place }) => place)).toEqual(log.map((_, i) => i + 1))
  await Promise.all([one.close(), other.close()])
  // What connections have counted is there for sure when they are closed.
  const counted = 'select deadlocks::integer as n from pg_stat_database where datname = current_database()'
  expect((await server.admin(counted, database.name)).rows).toEqual([{ n: 0 }])
  one = await postgresStore({ url: database.url, connections: 4, connectTimeoutMs: 1_500 })
  other = await postgresStore({ url: database.url, connections: 4 })
})

test('processes take turns with one resource, and others are not delayed', async () => {
  const ref = (id: string) => ({ tenant: 'acme', type: 'User', id })
  let inside = 0
  let most = 0
  const alone = async () => {
    inside++
    most = Math.max(most, inside)
    await one.get(ref('x'))
    inside--
  }
  // Others hold nothing up, nor what is of another resource.
  await one.runExclusive?.(ref('a'), () => other.runExclusive?.(ref('b'), alone) ?? alone())
  most = 0
  for (let n = 0; n < 20; n++) {
    await Promise.all([one, other].map((store) => store.runExclusive?.(ref('a'), alone) ?? alone()))
  }
  expect(most).toBe(1)
  // The lock is given back with the connection, whatever the work came to.
  await expect(one.runExclusive?.(ref('a'), () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await other.runExclusive?.(ref('a'), alone)
})

test('a search that the database cancels is distinguished from an outage', async () => {
  await one.commit([creating('u', { userName: 'u', title: 'x' })])
  await server.admin(
    `alter table lockstep.resource rename to resource_slow;
     create view lockstep.resource as select r.* from lockstep.resource_slow r, pg_sleep(5)`,
    database.name,
  )
  const store = await postgresStore({ url: database.url, connections: 4, statementTimeoutMs: 300 })
  await expect(store.find(querying([USER], { filter: 'title co "x"' }))).rejects.toBeInstanceOf(QueryTooLong)
  // A look-up that took so long would be no fault of the search.
  await expect(store.get({ tenant: 'acme', type: 'User', id: 'u' })).rejects.toBeInstanceOf(StoreUnavailable)
  await store.close()
})

test('searches that read very much leave connections for other requests and tenants', async () => {
  await one.commit([{ write: 'tenant', tenant: 'beta', as: 'new', at: 1 }])
  await one.commit([creating('u', { userName: 'u', title: 'x' })])
  await one.commit([creating('u', { userName: 'u', title: 'x' }, { tenant: 'beta' })])
  const { rows } = await server.admin(`select t from lockstep.tenant where name = 'acme'`, database.name)
  // The searches of one tenant wait here.
  await server.admin(
    `alter table lockstep.resource rename to resource_slow;
     create function lockstep.waits(t bigint) returns boolean language plpgsql volatile as $$
       begin if t = ${rows[0].t} then perform pg_advisory_lock_shared(1); perform pg_advisory_unlock_shared(1); end if; return true; end $$;
     create view lockstep.resource as select r.* from lockstep.resource_slow r where lockstep.waits(r.t)`,
    database.name,
  )
  const holder = new pg.Client({ connectionString: database.url })
  await holder.connect()
  await holder.query('select pg_advisory_lock(1)')
  const dear = (tenant: string) => one.find({ ...querying([USER], { filter: 'title co "x"' }), tenant })
  const many = Array.from({ length: 12 }, () => dear('acme'))
  expect((await dear('beta')).resources).toHaveLength(1)
  expect(await one.records('acme', 'token')).toEqual([])
  await holder.query('select pg_advisory_unlock(1)')
  for (const page of await Promise.all(many)) expect(page.resources).toHaveLength(1)
  await holder.end()
})

test('a request that gets no connection in time learns that the database is busy, not down', async () => {
  expect(await one.records('acme', 'token')).toEqual([])
  const taken = await Promise.all(Array.from({ length: 4 }, () => one.pool.connect()))
  const late = await one.records('acme', 'token').catch((error: unknown) => error)
  expect(late).toBeInstanceOf(StoreUnavailable)
  expect(late).toMatchObject({ busy: true, message: expect.stringContaining('All connections') })
  for (const client of taken) client.release()
})

test('one connection is enough to work with', async () => {
  const store = await postgresStore({ url: database.url, connections: 1, connectTimeoutMs: 1_000 })
  await new Promise((resolve) => setTimeout(resolve, 100))
  await store.commit([creating('a', { userName: 'a' })])
  expect(await store.get({ tenant: 'acme', type: 'User', id: 'a' })).toMatchObject({ version: 1 })
  await store.close()
})

test('slow readers of large groups do not block others', async () => {
  const ids = Array.from({ length: 11_000 }, (_, n) => `m${n}`)
  for (let at = 0; at < ids.length; at += 2_000) {
    await one.commit(ids.slice(at, at + 2_000).map((id) => creating(id, { userName: id })))
  }
  await one.commit([
    creating('small', { displayName: 'small' }, { members: ids.slice(0, 1_500) }),
    creating('large', { displayName: 'large' }, { members: ids }),
  ])
  // One that fits in memory for a while holds no connection, and no snapshot, until it is taken.
  const small = Array.from({ length: 12 }, (_, n) =>
    one.members({ tenant: 'acme', type: 'Group', id: n % 2 === 0 ? 'small' : 'large' })[Symbol.asyncIterator](),
  )
  for (const reader of small) expect((await reader.next()).value).toHaveLength(1_000)
  const open = `select count(*)::integer as n from pg_stat_activity where datname = current_database() and state like 'idle in%'`
  expect((await server.admin(open, database.name)).rows).toEqual([{ n: 0 }])
  for (const [at, reader] of small.entries()) {
    let count = 1_000
    for (let next = await reader.next(); next.done !== true; next = await reader.next()) count += next.value.length
    expect(count).toBe(at % 2 === 0 ? 1_500 : 11_000)
  }

  // Of larger ones no more are under way than there are connections to spare; the next one waits, and is told when to come again.
  const way = createDatabase(one.pool)
  const reads = createReads(
    way,
    createDictionary(way, () => {}),
  )
  const members = createMembers(way, reads, { streams: 2, patienceMs: 500, ahead: 2_000 })
  const read = () => members({ tenant: 'acme', type: 'Group', id: 'large' })
  const slow = [read(), read()]
  try {
    for (const reader of slow) expect((await reader.next()).value).toHaveLength(1_000)
    await expect(read().next()).rejects.toBeInstanceOf(StoreUnavailable)
    expect(await one.get({ tenant: 'acme', type: 'User', id: 'm1' })).toMatchObject({ version: 1 })
    await one.commit([creating('later', { userName: 'later' })])
    for (const reader of slow) {
      let count = 1_000
      for (let next = await reader.next(); next.done !== true; next = await reader.next()) count += next.value.length
      expect(count).toBe(11_000)
    }
    // The turns are free again, also that of who wants no more.
    for (let n = 0; n < 4; n++) {
      const again = read()
      expect((await again.next()).value).toHaveLength(1_000)
      await again.return(undefined)
    }
  } finally {
    for (const reader of slow) await reader.return(undefined)
  }
})

test('when all connections are taken, what others change is still heard of', async () => {
  await other.records('acme', 'token')
  const taken = await Promise.all(Array.from({ length: 4 }, () => other.pool.connect()))
  try {
    const heard: Affected[] = []
    const leave = other.watch((affected) => heard.push(...affected))
    const at = Date.now()
    await one.commit([{ write: 'record', record: { tenant: 'acme', kind: 'token', key: 'x' }, value: 1 }])
    while (!heard.some((some) => 'everything' in some || ('records' in some && some.tenant === 'acme'))) {
      if (Date.now() - at > 3_000) throw new Error('nothing was heard')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    leave()
  } finally {
    for (const client of taken) client.release()
  }
})

test('a tenant is read out by looking at each resource twice, however large its groups are', async () => {
  const ids = Array.from({ length: 8_000 }, (_, n) => `m${n}`)
  for (let at = 0; at < ids.length; at += 2_000) {
    await one.commit(ids.slice(at, at + 2_000).map((id) => creating(id, { userName: id })))
  }
  await one.commit([creating('g', { displayName: 'g' }, { members: ids })])
  const read = async () => {
    // What a connection has counted is there for sure when it is closed.
    await one.close()
    const { rows } = await server.admin(
      `select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as n from pg_stat_user_tables where relname = 'resource'`,
      database.name,
    )
    one = await postgresStore({ url: database.url, connections: 4, connectTimeoutMs: 1_500 })
    return Number(rows[0].n)
  }
  const before = await read()
  let rows = 0
  for await (const chunk of one.exportTenant('acme')) rows += chunk.length
  expect(rows).toBeGreaterThan(8_000 * 2)
  expect((await read()) - before).toBeLessThan(8_000 * 2.5)
})

test('a password file that is away for a moment fails connections, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-password-'))
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, 'test\n')
  const url = new URL(database.url)
  url.password = ''
  const store = await postgresStore({
    url: url.href,
    passwordFile,
    connections: 1,
    connectTimeoutMs: 500,
    listen: false,
  })
  const ref = { tenant: 'acme', type: 'User', id: 'nobody' }
  expect(await store.get(ref)).toBeUndefined()
  const taken = await store.pool.connect()
  await rm(passwordFile)
  const waiting = store.get(ref).catch((error: unknown) => error)
  // Who waits is given a new connection just when this one is closed.
  while (store.pool.waitingCount === 0) await new Promise((resolve) => setImmediate(resolve))
  taken.release(true)
  expect(await waiting).toBeInstanceOf(StoreUnavailable)
  await writeFile(passwordFile, 'test')
  expect(await store.get(ref)).toBeUndefined()
  await store.close()
  await rm(folder, { recursive: true })
})

test('a missing password is reported clearly, and no connection is left half open', async () => {
  const rules = join(server.folder, 'pg_hba.conf')
  const before = await readFile(rules, 'utf8')
  await writeFile(rules, `host all guarded 127.0.0.1/32 scram-sha-256\n${before}`)
  await server.admin(`create role guarded login password 'secret'`)
  await server.admin('select pg_reload_conf()')
  const url = `postgres://guarded@127.0.0.1:${server.port}/${database.name}`
  try {
    // The new rules are read a moment later.
    await expect
      .poll(() => postgresStore(url).catch(String))
      .toMatch(/the server asks for a password, and none was given/)
    await expect(postgresStore(url)).rejects.toBeInstanceOf(StoreUnavailable)
    const half = `select count(*)::integer as n from pg_stat_activity where state = 'starting'`
    await expect.poll(async () => (await server.admin(half)).rows[0].n, { timeout: 5_000 }).toBe(0)
  } finally {
    await writeFile(rules, before)
    await server.admin('select pg_reload_conf()')
    await server.admin('drop role guarded')
  }
})
