// Two processes write to one PostgreSQL tenant without losing or duplicating anything.

import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/protocol/index.ts'
import { type Affected, Conflict } from '../../src/store/index.ts'
import { type PostgresStore, postgresStore } from '../../src/store/postgres/postgres.ts'
import { startPostgres, type TestDatabase, type TestServer } from '../postgres.ts'
import { creating, editing, GROUP, idsOn, querying, removing, replacing, USER } from '../store.contract.ts'
import { openPooler } from './pooler.ts'

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
  // Both make the tables, at the same time.
  ;[one, other] = await Promise.all([
    postgresStore({ url: database.url, connections: 5 }),
    postgresStore({ url: database.url, connections: 5, listen: false }),
  ])
  await one.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
})
afterEach(async () => {
  await Promise.all([one.close(), other.close()])
  await database.drop()
})

const user = (id: string) => ({ tenant: 'acme', type: 'User', id })

describe('two processes', () => {
  test('write to one tenant: log positions have no gaps or duplicates, and a reader of the log skips no line', async () => {
    let writing = true
    const seen: number[] = []
    const follower = (async () => {
      for (;;) {
        const done = !writing
        const lines = await other.changes('acme', seen.at(-1) ?? 0, 100)
        seen.push(...lines.map(({ place }) => place))
        if (done && lines.length === 0) return
      }
    })()
    const write = (store: PostgresStore, name: string) =>
      Promise.all(
        Array.from({ length: 8 }, async (_, w) => {
          for (let n = 0; n < 25; n++) {
            const id = `${name}${w}x${n}`
            await store.commit([creating(id, { userName: id })])
          }
        }),
      )
    await Promise.all([write(one, 'a'), write(other, 'b')])
    writing = false
    await follower
    expect(seen).toEqual(Array.from({ length: 400 }, (_, i) => i + 1))
    expect(await one.tenants()).toMatchObject([{ place: 400, resources: { User: 400 } }])
    expect((await other.find(querying([USER]))).total).toBe(400)
  })

  test('take one name: one of them gets it', async () => {
    for (let round = 0; round < 10; round++) {
      const results = await Promise.allSettled(
        [one, other].flatMap((store, s) =>
          [0, 1].map((n) => store.commit([creating(`r${round}s${s}n${n}`, { userName: `Round${round}` })])),
        ),
      )
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ reason: 'unique', what: 'userName' })
      }
    }
  })

  test('change one version: one of them does', async () => {
    await one.commit([creating('u', { userName: 'u' })])
    for (let version = 1; version < 10; version++) {
      const results = await Promise.allSettled(
        [one, other].map((store) =>
          store.commit([
            replacing('u', { userName: 'u' }, { userName: 'u', title: String(version) }, { ifVersion: version }),
          ]),
        ),
      )
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
    expect(await one.get(user('u'))).toMatchObject({ version: 10 })
  })

  test('remove a user and add it to groups: no group keeps a deleted member', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `m${n}`)
    await one.commit([
      ...ids.map((id) => creating(id, { userName: id })),
      creating('g', { displayName: 'g' }),
      creating('h', { displayName: 'h' }),
    ])
    await Promise.all(
      ids.flatMap((id) => [
        one.commit([editing('g', [{ edit: 'add', members: [{ id }] }])]).catch((error) => {
          expect(error).toMatchObject({ reason: 'member' })
        }),
        other.commit([removing('User', id)]),
        one.commit([editing('h', [{ edit: 'add', members: [{ id }] }])]).catch((error) => {
          expect(error).toMatchObject({ reason: 'member' })
        }),
      ]),
    )
    const left = await server.admin(
      'select m from lockstep.member x where not exists (select 1 from lockstep.resource r where r.t = x.t and r.k = x.m)',
      database.name,
    )
    expect(left.rows).toEqual([])
    expect((await one.find(querying([USER]))).total).toBe(0)
    for (const id of ['g', 'h']) expect(await one.memberCount({ tenant: 'acme', type: 'Group', id }, 99)).toBe(0)
    // Each that was in a group has left it with a line of its own.
    const log = await one.changes('acme', 0, 1_000)
    expect(log.map(({ place }) => place)).toEqual(log.map((_, i) => i + 1))
    for (const id of ['g', 'h']) {
      const moves = log.filter((line) => line.id === id && line.members !== undefined)
      const sum = moves.reduce((all, { members }) => all + (members?.added ?? 0) - (members?.removed ?? 0), 0)
      expect(sum).toBe(0)
    }
  })

  test('write to different tenants without waiting for each other', async () => {
    await one.commit([{ write: 'tenant', tenant: 'beta', as: 'new', at: 1 }])
    await one.commit([creating('u', { userName: 'u' }), creating('v', { userName: 'v' })])
    const holder = new pg.Client({ connectionString: database.url })
    await holder.connect()
    await holder.query('begin')
    await holder.query(
      `select 1 from lockstep.tenant_state where t = (select t from lockstep.tenant where name = 'acme') for update`,
    )
    let written = false
    const held = one.commit([creating('w', { userName: 'w' })]).then(() => {
      written = true
    })
    await one.commit([creating('u', { userName: 'u' }, { tenant: 'beta' })])
    await other.commit([creating('v', { userName: 'v' }, { tenant: 'beta' })])
    expect(written).toBe(false)
    await holder.query('commit')
    await holder.end()
    await held
  })

  test('recreate a tenant: a process that knew the old one writes to the new one', async () => {
    await other.commit([creating('old', { userName: 'old' })])
    await one.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 2 }])
    await one.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 3 }])
    await other.commit([creating('new', { userName: 'old' })])
    expect(idsOn(await one.find(querying([USER])))).toEqual(['new'])
    expect(await one.changes('acme', 0, 10)).toMatchObject([{ id: 'new', place: 1 }])
    // What the old one left goes away by itself.
    await until(async () => (await countRows('resource')) === 1 && (await countRows('value_index')) === 1)
    await until(async () => (await countRows('gone where a >= 0')) === 0)
    expect(await countRows('change')).toBe(1)
  })
})

const countRows = async (table: string) =>
  Number((await server.admin(`select count(*) from lockstep.${table}`, database.name)).rows[0].count)

describe('writes that arrive together', () => {
  test('share transactions', async () => {
    const batches: number[] = []
    const store = await postgresStore({ url: database.url, batch: (commits) => batches.push(commits) })
    await Promise.all(Array.from({ length: 64 }, (_, n) => store.commit([creating(`u${n}`, { userName: `u${n}` })])))
    expect(batches.reduce((sum, n) => sum + n, 0)).toBe(64)
    expect(batches.length).toBeLessThan(5)
    await store.close()
  })

  test('of two tenants in one commit are refused', async () => {
    const error = await one
      .commit([creating('a', { userName: 'a' }), creating('b', { userName: 'b' }, { tenant: 'beta' })])
      .catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ConfigError)
  })

  test('one that no database takes fails alone', async () => {
    const results = await Promise.allSettled([
      one.commit([creating('a', { userName: 'a' })]),
      one.commit([creating('b', { userName: 'nul \0 in it' })]),
      one.commit([creating('c', { userName: 'c' })]),
      // Text it would take, but no filter could read it.
      one.commit([creating('d', { userName: 'd', title: 'nul \0 in it' })]),
      one.commit([creating('e', { userName: 'e', title: 'half \ud800' })]),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'rejected'])
    await one.commit([creating('f', { userName: 'f', title: 'a backslash \\u0000 in it' })])
    expect(idsOn(await one.find(querying([USER], { filter: 'title co "backslash"' })))).toEqual(['f'])
    expect(idsOn(await one.find(querying([USER])))).toEqual(['a', 'c', 'f'])
  })

  test('what runs inside is in the same transaction, and may take its time', async () => {
    await server.admin('create table public.own (id text)', database.name)
    await one.commit([creating('a', { userName: 'a' })], async (tx, changes) => {
      await tx.query({ text: 'insert into public.own (id) values ($1)', values: [changes[0]?.id] })
    })
    const failed = one.commit([creating('b', { userName: 'b' })], async (tx) => {
      await tx.query('insert into public.own (id) values (1)')
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    const { rows } = await server.admin('select id from public.own', database.name)
    expect(rows).toEqual([{ id: 'a' }])
    expect(await one.get(user('b'))).toBeUndefined()
  })
})

describe('what others change is heard of', () => {
  const record = { tenant: 'acme', kind: 'token', key: 'x' }
  const hears = async (listener: PostgresStore, writer: PostgresStore) => {
    await listener.records('acme', 'token')
    const heard: Affected[] = []
    const leave = listener.watch((affected) => heard.push(...affected))
    await writer.commit([{ write: 'record', record, value: Math.random() }])
    const at = Date.now()
    await until(() => heard.some((one) => 'records' in one && one.tenant === 'acme'), 3_000)
    leave()
    return Date.now() - at
  }

  test('by a notice, by looking, and by looking when the connection for notices is gone', async () => {
    await hears(one, other)
    await hears(other, one)
    await server.admin(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database.name}' and pid <> pg_backend_pid()`,
    )
    // A commit that is caught on a connection just cut may have to be tried again; to be heard of it needs no notice.
    await until(
      () =>
        hears(one, other).then(
          () => true,
          () => false,
        ),
      5_000,
    )
    // And it listens again: a change of an unused tenant is learnt only from a notification.
    const heard: Affected[] = []
    const leave = one.watch((affected) => heard.push(...affected))
    await until(async () => {
      await server.admin(`select pg_notify('lockstep', 'x nobody')`, database.name)
      return heard.some((some) => 'records' in some && some.tenant === 'nobody')
    }, 5_000)
    leave()
    await hears(one, other)
  })

  test('a deleted tenant, and a recreated one', async () => {
    await other.records('acme', 'token')
    const heard: Affected[] = []
    other.watch((affected) => heard.push(...affected))
    await one.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 2 }])
    await until(() => heard.some((some) => 'all' in some && some.tenant === 'acme'), 3_000)
    expect(await other.records('acme', 'token')).toEqual([])
  })

  test('when looking fails for long, everything counts as changed', async () => {
    const port = server.port
    await other.records('acme', 'token')
    const heard: Affected[] = []
    other.watch((affected) => heard.push(...affected))
    await server.halt()
    await until(() => heard.some((some) => 'everything' in some), 10_000)
    await server.start()
    expect(server.port).toBe(port)
    await until(() => hears(other, one).then(Boolean, () => false), 10_000)
  })

  test('a new index path is used by the other one', async () => {
    await one.commit([creating('a', { userName: 'a', title: 'Dr' }), creating('b', { userName: 'b', title: 'Dr' })])
    expect(idsOn(await other.find(querying([USER], { filter: 'title eq "dr"' })))).toEqual(['a', 'b'])
    const entry = { path: 'title', value: 'dr' }
    await one.commit(['a', 'b'].map((id) => ({ write: 'reindex', ref: user(id), unindex: [], index: [entry] })))
    await one.commit([{ write: 'indexed', tenant: 'acme', type: 'User', paths: ['title'], as: 'complete' }])
    const light = () => other.weigh(querying([USER], { filter: 'title eq "dr"', page: { offset: 0, limit: 10 } }))
    await until(async () => {
      await other.find(querying([USER], { page: { offset: 0, limit: 1 } }))
      return light() === 'light'
    }, 3_000)
    expect(idsOn(await other.find(querying([USER], { filter: 'title eq "dr"' })))).toEqual(['a', 'b'])
  })
})

describe('pages', () => {
  test('a deep startIndex is right while another process adds and removes', async () => {
    const idOf = (n: number) => `p${String(n).padStart(5, '0')}`
    const ids = new Set<string>()
    const add = async (store: PostgresStore, from: number, to: number, step = 1) => {
      const some = []
      for (let n = from; n < to; n += step) some.push(idOf(n))
      await store.commit(some.map((id) => creating(id, { userName: id })))
      for (const id of some) ids.add(id)
    }
    const expectPages = async (store: PostgresStore) => {
      const all = [...ids].sort()
      for (const offset of [
        0,
        1,
        1_000,
        1_023,
        1_024,
        1_025,
        2_047,
        2_500,
        all.length - 3,
        all.length,
        all.length + 5,
      ]) {
        const page = await store.find(querying([USER], { page: { offset, limit: 5 } }))
        expect(idsOn(page), `from ${offset}`).toEqual(all.slice(offset, offset + 5))
        expect(page.total).toBe(all.length)
      }
    }
    await add(one, 0, 6_000, 2)
    await expectPages(one)
    await add(other, 1, 3_000, 2)
    await expectPages(one)
    await other.commit(
      Array.from({ length: 500 }, (_, n) => {
        ids.delete(idOf(n))
        return removing('User', idOf(n))
      }),
    )
    await expectPages(one)
    await expectPages(other)
    await one.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 2 }])
    await one.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 3 }])
    ids.clear()
    await add(one, 0, 2_000)
    await expectPages(one)
  }, 60_000)

  test('a group of many members is given whole while others write', async () => {
    const ids = Array.from({ length: 3_000 }, (_, n) => `q${String(n).padStart(5, '0')}`)
    await one.commit(ids.map((id) => creating(id, { userName: id })))
    await one.commit([creating('g', { displayName: 'g' }, { members: ids })])
    const seen: string[] = []
    for await (const chunk of one.members({ tenant: 'acme', type: 'Group', id: 'g' })) {
      seen.push(...chunk.map(({ id }) => id))
      await other.commit([editing('g', [{ edit: 'remove', ids: ids.slice(-100) }])])
    }
    expect(seen).toEqual(ids)
    // Who stops early gives the connection back.
    for (let n = 0; n < 12; n++) {
      for await (const _ of one.members({ tenant: 'acme', type: 'Group', id: 'g' })) break
    }
    expect((await one.find(querying([GROUP]))).total).toBe(1)
  }, 60_000)
})

describe('texts', () => {
  test('of any length are found, ordered and kept unique', async () => {
    const long = 'x'.repeat(5_000)
    const names = [`${long}a`, `${long}b`, `${long}`, 'x', 'y', `${'z'.repeat(499)}\u{10400}z`]
    await one.commit(names.map((userName, n) => creating(`t${n}`, { userName })))
    const ids = async (filter: string) => idsOn(await one.find(querying([USER], { filter })))
    expect(await ids(`userName eq "${long.toUpperCase()}A"`)).toEqual(['t0'])
    expect(await ids(`userName eq "${long}"`)).toEqual(['t2'])
    expect(await ids('userName sw "xxx"')).toEqual(['t0', 't1', 't2'])
    expect(await ids(`userName sw "${long}"`)).toEqual(['t0', 't1', 't2'])
    expect(await ids('userName ew "b"')).toEqual(['t1'])
    expect(await ids('userName co "xa"')).toEqual(['t0'])
    expect(await ids(`userName gt "${long}"`)).toEqual(['t0', 't1', 't4', 't5'])
    expect(await ids('userName gt "x"')).toEqual(['t0', 't1', 't2', 't4', 't5'])
    expect(await ids('userName co "\u{10400}"')).toEqual(['t5'])
    const taken = await one.commit([creating('t9', { userName: `${long}B` })]).catch((error: unknown) => error)
    expect(taken).toBeInstanceOf(Conflict)
    await one.commit([removing('User', 't1')])
    await one.commit([creating('t9', { userName: `${long}B` })])
    expect(await ids('userName ew "b"')).toEqual(['t9'])
  })

  test('with NUL, which PostgreSQL text cannot contain, match nothing, and compare as in other stores', async () => {
    await one.commit(['a', 'ab', 'b'].map((id) => creating(id, { userName: id })))
    expect(await one.get(user('a\0'))).toBeUndefined()
    expect(await one.names('acme', ['a\0', 'a'])).toHaveLength(1)
    const ids = async (filter: string) => idsOn(await one.find(querying([USER], { filter })))
    expect(await ids('userName eq "a\\u0000"')).toEqual([])
    expect(await ids('userName ne "a\\u0000"')).toEqual(['a', 'ab', 'b'])
    expect(await ids('userName gt "a\\u0000"')).toEqual(['ab', 'b'])
    expect(await ids('userName le "a\\u0000"')).toEqual(['a'])
  })
})

describe('opening', () => {
  test('a database that a later release has brought further is taken as it is', async () => {
    await server.admin('insert into lockstep.migration (version, needs) values (999, 1)', database.name)
    const store = await postgresStore(database.url)
    await store.commit([creating('u', { userName: 'u' })])
    await store.close()
  })

  test('waits for another process that creates the tables, longer than the statement timeout', async () => {
    const maker = new pg.Client({ connectionString: database.url })
    await maker.connect()
    await maker.query('drop schema lockstep cascade')
    await maker.query('begin')
    await maker.query('select pg_advisory_xact_lock(7246101643)')
    const opening = postgresStore({ url: database.url, statementTimeoutMs: 300 })
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await maker.query('commit')
    await maker.end()
    const store = await opening
    // From then on the configured timeout applies.
    expect((await store.pool.query({ text: 'show lock_timeout' })).rows).toEqual([{ lock_timeout: '150ms' }])
    await store.close()
  })

  test('through a pooler that mixes up prepared statements is refused with a word', async () => {
    const pooler = await openPooler(server.port)
    try {
      const through = database.url.replace(`:${server.port}/`, `:${pooler.port}/`)
      await expect(postgresStore(through)).rejects.toThrow(/^database: is reached through a pooler .* pgbouncer 1\.21/)
    } finally {
      await pooler.close()
    }
  })

  test('needs UTF8', async () => {
    const name = `ascii_${process.pid}`
    await server.admin(
      `create database ${name} template template0 encoding 'SQL_ASCII' locale 'C' locale_provider libc`,
    )
    await expect(postgresStore(server.url(name))).rejects.toThrow(/^database: must have the encoding UTF8/)
    await server.admin(`drop database ${name} (force)`)
  })

  test('needs the right to make its tables, once', async () => {
    await server.admin(
      `create role guest login password 'guest'; revoke create on database ${database.name} from public`,
    )
    await server.admin('drop schema lockstep cascade', database.name)
    const url = database.url.replace('postgres:test@', 'guest:guest@')
    await expect(postgresStore(url)).rejects.toThrow(
      /^database: must let its user create .* grant create on the database/,
    )
    await server.admin(`grant create on database ${database.name} to guest`)
    const store = await postgresStore(url)
    await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    await store.close()
    // A schema that was made for it will do as well.
    await server.admin(
      `drop schema lockstep cascade; revoke create on database ${database.name} from guest; create schema lockstep authorization guest`,
      database.name,
    )
    await (await postgresStore(url)).close()
    await server.admin('drop owned by guest', database.name)
    await server.admin('drop role guest')
  })

  test('says what it is given wrongly, and that backups are made otherwise', async () => {
    await expect(postgresStore({})).rejects.toThrow(/either a URL or a pool/)
    await expect(one.backup('/tmp/x')).rejects.toThrow(/pg_dump/)
    await expect(postgresStore('postgres://nobody@127.0.0.1:1/x')).rejects.toMatchObject({ name: 'StoreUnavailable' })
  })
})

async function until(holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('waited too long')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
