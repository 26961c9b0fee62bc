// Lockstep in an app's own SQLite file, or on its connection.

import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDirectory } from '../../examples/own-connection.ts'
import { ConfigError, LENIENT } from '../../src/protocol/index.ts'
import { StoreUnavailable } from '../../src/store/index.ts'
import { type SqliteStore, sqliteStore } from '../../src/store/sqlite/sqlite.ts'
import { creating, editing, idsOn, querying, USER } from '../store.contract.ts'
import { makeFolder } from './folder.ts'

let folder: string
let file: string
let remove: () => Promise<void>
const open: { readonly close: () => unknown }[] = []

beforeEach(async () => {
  ;({ folder, remove } = await makeFolder())
  file = join(folder, 'app.db')
})
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
  await remove()
})

async function begin<Db>(store: SqliteStore<Db>): Promise<SqliteStore<Db>> {
  open.push(store)
  await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
  await store.commit([creating('u1', { userName: 'Ädä' }), creating('g1', { displayName: 'g' }, { members: ['u1'] })])
  return store
}

const APP = `create table tenant (name text); insert into tenant values ('of the app');
  create table resource (id text); create table change (n integer); create table type (a text); create view path as select 1;
  create index member_of on tenant (name)`

/** What an app sees of its file. */
function shown(): unknown {
  const db = new DatabaseSync(file)
  const value = (sql: string) => Object.values(db.prepare(sql).get() ?? {})[0]
  const all = [
    value('pragma user_version'),
    value('pragma application_id'),
    value('select group_concat(name) from tenant'),
    db
      .prepare(
        `select name, sql from sqlite_schema where name not like '%lockstep%' and name not like 'sqlite%' order by name`,
      )
      .all(),
  ]
  db.close()
  return all
}

function makeApp(version: number): unknown {
  const app = new DatabaseSync(file)
  app.exec(`${APP}; pragma user_version = ${version}; pragma application_id = 77`)
  app.close()
  return shown()
}

describe("an app's own file", () => {
  test.each([[0], [3], [5], [12], [1_000]])(
    'with user_version %s is shared when it is said so, and stays as it is',
    async (version) => {
      const before = makeApp(version)
      const store = await begin(sqliteStore(file, { shared: true }))
      expect(idsOn(await store.find(querying([USER], { filter: 'userName eq "äDÄ"' })))).toEqual(['u1'])
      await store.close()
      open.pop()
      expect(shown()).toEqual(before)
      // Once Lockstep's tables exist, the option is no longer needed.
      const again = sqliteStore(file)
      open.push(again)
      expect(idsOn(await again.find(querying([USER])))).toEqual(['u1'])
      expect(shown()).toEqual(before)
    },
  )

  test('is refused otherwise, in words, and not one byte of it changes', () => {
    makeApp(5)
    const before = readFileSync(file)
    expect(() => sqliteStore(file)).toThrow(ConfigError)
    expect(() => sqliteStore(file, { threads: true })).toThrow(
      /app\.db holds tables \(change, path …\) of another program and none of Lockstep's.*shared: true/,
    )
    expect(readFileSync(file)).toEqual(before)
    expect(existsSync(`${file}-wal`)).toBe(false)
  })

  test.each([
    ['one table', 'create table notes (text text)', /a table \(notes\)/],
    ['a mark alone', 'pragma application_id = 5', /holds marks of another program/],
    ['a version alone', 'pragma user_version = 7', /holds marks of another program/],
    [
      'tables with names that earlier releases had, but other columns',
      [
        'tenant',
        'type',
        'path',
        'counter',
        'block',
        'resource',
        'value_index',
        'member',
        'change',
        'record',
        'signal',
        'state',
      ]
        .map((name) => `create table ${name} (a, b)`)
        .concat('pragma user_version = 5')
        .join(';'),
      /of another program/,
    ],
  ])("that holds %s is another program's", (_what, sql, message) => {
    const app = new DatabaseSync(file)
    app.exec(sql)
    app.close()
    expect(() => sqliteStore(file)).toThrow(message)
  })

  test('that is no database at all is refused in words', () => {
    writeFileSync(file, 'name,mail\nada,ada@example.com\n'.repeat(100))
    expect(() => sqliteStore(file)).toThrow(/is damaged, or not an SQLite database.*was not touched/)
    expect(readFileSync(file, 'utf8')).toMatch(/^name,mail/)
  })
})

describe("the app's own connection", () => {
  const connections = {
    'better-sqlite3': () => new Database(file),
    'node:sqlite': () => new DatabaseSync(file),
    'better-sqlite3 in memory': () => new Database(':memory:'),
    'node:sqlite that reads big integers': () => new DatabaseSync(file, { readBigInts: true, returnArrays: false }),
    'better-sqlite3 that reads big integers': () => new Database(file).defaultSafeIntegers(true),
  }

  test.each(Object.entries(connections))('%s: its rows and ours are one transaction', async (_name, connect) => {
    const app = connect()
    open.push(app)
    app.exec(`${APP}; create table account (id text primary key)`)
    const store = await begin(sqliteStore({ database: app }))
    await store.commit([creating('u2', { userName: 'bob' })], (tx) => {
      expect(tx).toBe(app)
      app.prepare('insert into account values (?)').run('u2')
    })
    const refused = store.commit([creating('u3', { userName: 'cat' })], () => {
      app.prepare('insert into account values (?)').run('u3')
      app.prepare('insert into account values (?)').run('u2')
    })
    await expect(refused).rejects.toThrow(/UNIQUE constraint failed: account\.id/)
    expect(JSON.stringify(app.prepare('select id from account').all())).toBe('[{"id":"u2"}]')
    expect(idsOn(await store.find(querying([USER])))).toEqual(['u1', 'u2'])
    // What the app set for itself stays.
    expect(app.prepare('select name from tenant').get()).toEqual({ name: 'of the app' })
    await store.close()
    expect(app.prepare('select count(*) as n from lockstep_resource').get()).toMatchObject({ n: expect.anything() })
  })

  test('a transaction that the app leaves open has the write fail as what passes, and the app goes on', async () => {
    const app = new Database(file)
    open.push(app)
    const store = await begin(sqliteStore({ database: app }))
    app.exec('begin; create table mine (a)')
    const refused = store.commit([creating('u2', { userName: 'bob' })])
    await expect(refused).rejects.toThrow(StoreUnavailable)
    app.exec('commit')
    await store.commit([creating('u2', { userName: 'bob' })])
    expect(app.prepare('select count(*) as n from mine').get()).toEqual({ n: 0 })
  })

  test('nor does cleaning up take the transaction of the app back', async () => {
    const app = new Database(file)
    open.push(app)
    const store = await begin(sqliteStore({ database: app }))
    await store.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 1 }])
    app.exec('begin; create table mine (a); insert into mine values (1)')
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(app.inTransaction).toBe(true)
    app.exec('commit')
    expect(app.prepare('select a from mine').get()).toEqual({ a: 1 })
  })

  test('that the app closes too early has writes fail, and ends nothing else', async () => {
    const app = new Database(file)
    const store = await begin(sqliteStore({ database: app }))
    await store.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 1 }])
    app.close()
    await expect(store.commit([creating('u2', { userName: 'bob' })])).rejects.toThrow(/not open/)
    await new Promise((resolve) => setTimeout(resolve, 100))
  })

  test('every commit is synced, whatever the library leaves at first', async () => {
    const app = new Database(file)
    open.push(app)
    app.pragma('journal_mode = wal')
    app.pragma('synchronous = normal')
    await begin(sqliteStore({ database: app }))
    expect(app.pragma('synchronous', { simple: true })).toBe(2)
  })

  test('as the guide shows it', async () => {
    const app = new Database(file)
    open.push(app)
    const directory = openDirectory(app)
    const context = { tenant: 'acme', actor: 'test', allow: LENIENT }
    const { stored } = await directory.create(context, 'User', { userName: 'ada' })
    const accounts = () => app.prepare('select * from account').all()
    expect(accounts()).toEqual([{ id: stored.id, user_name: 'ada' }])
    await directory.remove(context, 'User', stored.id)
    expect(accounts()).toEqual([])
  })

  test('can have no thread beside it', () => {
    const app = new Database(':memory:')
    open.push(app)
    expect(() => sqliteStore({ database: app, threads: true } as { database: Database.Database })).toThrow(/threads/)
  })

  test('is copied and read as of one moment through itself', async () => {
    const app = new Database(file)
    open.push(app)
    const store = await begin(sqliteStore({ database: app }))
    const ids = Array.from({ length: 2_100 }, (_, n) => `m${n}`)
    await store.commit(ids.map((id) => creating(id, { userName: id })))
    await store.commit([editing('g1', [{ edit: 'set', members: ids.map((id) => ({ id })) }])])
    const found: string[] = []
    for await (const chunk of store.members({ tenant: 'acme', type: 'Group', id: 'g1' })) {
      if (found.length === 0) await store.commit([editing('g1', [{ edit: 'clear' }])])
      found.push(...chunk.map(({ id }) => id))
    }
    expect(found.sort()).toEqual(ids.sort())
    await store.backup(join(folder, 'copy.db'))
    const copy = sqliteStore(join(folder, 'copy.db'))
    open.push(copy)
    expect((await copy.tenants())[0]?.resources).toEqual({ User: 2_101, Group: 1 })
  })
})

describe('access to files', () => {
  const modeOf = (path: string) => statSync(path).mode & 0o777

  test.each([[false], [true]])(
    "is the owner's alone, whatever the folder and the umask say; threads %s",
    async (threads) => {
      const umask = process.umask(0)
      try {
        chmodSync(folder, 0o755)
        const store = await begin(sqliteStore(file, { threads }))
        await store.backup(join(folder, 'copy.db'))
        for (const name of ['app.db', 'app.db-wal', 'app.db-shm', 'copy.db'])
          expect(modeOf(join(folder, name)), name).toBe(0o600)
      } finally {
        process.umask(umask)
      }
    },
  )

  test('is restricted where an earlier release left it to everyone', async () => {
    await (await begin(sqliteStore(file))).close()
    open.pop()
    chmodSync(file, 0o644)
    const store = sqliteStore(file)
    open.push(store)
    for (const end of ['', '-wal', '-shm']) expect(modeOf(file + end), end).toBe(0o600)
  })

  test('stays with the app where the file is its own', async () => {
    makeApp(1)
    chmodSync(file, 0o664)
    await begin(sqliteStore(file, { shared: true }))
    expect(modeOf(file)).toBe(0o664)
  })
})
