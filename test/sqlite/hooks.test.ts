// Hooks that fail or misbehave inside a SQLite transaction.

import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDirectory } from '../../src/directory/index.ts'
import { environment } from '../../src/environment.ts'
import { ConfigError, LENIENT } from '../../src/protocol/index.ts'
import { StoreUnavailable } from '../../src/store/index.ts'
import { openConnection } from '../../src/store/sqlite/connection.ts'
import { createDictionary } from '../../src/store/sqlite/dictionary.ts'
import { type SqliteStore, sqliteStore } from '../../src/store/sqlite/sqlite.ts'
import { createWriter } from '../../src/store/sqlite/writer.ts'
import { creating, idsOn, querying, USER } from '../store.contract.ts'
import { makeFolder } from './folder.ts'

let store: SqliteStore
beforeEach(async () => {
  store = sqliteStore(':memory:')
  await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }], (tx) => {
    tx.exec('create table account (id text primary key)')
  })
})
afterEach(() => store.close())

describe('a function of the host inside a commit', () => {
  test.each<[string, (tx: DatabaseSync) => void, string[]]>([
    ['rolls back', (tx) => tx.exec('rollback'), []],
    ['rolls back and begins again', (tx) => tx.exec('rollback; begin'), []],
    ['commits', (tx) => tx.exec('commit'), ['u2']],
    ['commits and begins again', (tx) => tx.exec('commit; begin'), ['u2']],
    [
      'goes on after an error that rolled back',
      (tx) => {
        tx.exec(`insert into account values ('x')`)
        try {
          tx.exec(`insert or rollback into account values ('x')`)
        } catch {
          // Is there already: fine, it thinks.
        }
      },
      [],
    ],
  ])('that %s gets an error, and other writes lose nothing', async (_what, meddle, kept) => {
    const outcomes = await Promise.allSettled([
      store.commit([creating('u1', { userName: 'ada' })], (tx) => tx.exec(`insert into account values ('a')`)),
      store.commit([creating('u2', { userName: 'bob' })], meddle),
      store.commit([creating('u3', { userName: 'cat' })]),
      store.commit([creating('u4', { userName: 'dan' })], (tx) => tx.exec(`insert into account values ('d')`)),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    const reason = outcomes[1]?.status === 'rejected' ? outcomes[1].reason : undefined
    expect(reason).toBeInstanceOf(ConfigError)
    expect(String(reason)).toMatch(/hooks\.commit: ended the transaction that it was called in/)
    // No other write was repeated or rolled back.
    const ids = ['u1', ...kept, 'u3', 'u4']
    expect(idsOn(await store.find(querying([USER])))).toEqual(ids)
    await store.commit([creating('u5', { userName: 'eve' })])
    const log = await store.changes('acme', 0, 10)
    expect(log.map(({ id, place }) => [id, place])).toEqual([...ids, 'u5'].map((id, at) => [id, at + 1]))
    expect(await store.tenants()).toMatchObject([{ place: ids.length + 1, resources: { User: ids.length + 1 } }])
  })

  test('that catches an error of its own statement may go on: SQLite takes back that statement alone', async () => {
    await store.commit([creating('u1', { userName: 'ada' })], (tx) => {
      tx.exec(`insert into account values ('x')`)
      expect(() => tx.exec(`insert into account values ('x')`)).toThrow(/UNIQUE/)
    })
    expect(idsOn(await store.find(querying([USER])))).toEqual(['u1'])
  })

  test('that writes through another library to the same file is found out: that would vanish', async () => {
    const { folder, remove } = await makeFolder()
    const own = sqliteStore(join(folder, 'app.db'), { shared: true })
    const app = new Database(join(folder, 'app.db'))
    app.exec('create table account (id text)')
    await own.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    const intrude = () => void app.prepare('insert into account values (?)').run('u1')
    await expect(own.commit([creating('u1', { userName: 'ada' })], intrude)).rejects.toThrow(
      /hooks\.commit: wrote to the database through another SQLite library/,
    )
    await own.commit([creating('u2', { userName: 'bob' })], (tx) => tx.exec(`insert into account values ('u2')`))
    expect(idsOn(await own.find(querying([USER])))).toEqual(['u2'])
    // What the app wrote is there as well, though its user is not.
    expect(app.prepare('select id from account order by id').all()).toEqual([{ id: 'u1' }, { id: 'u2' }])
    app.close()
    await own.close()
    await remove()
  })

  test('has its own transaction, and concurrent ones share one sync before any is answered', async () => {
    const { folder, remove } = await makeFolder()
    const file = join(folder, 'app.db')
    await sqliteStore(file).close()
    const connection = openConnection(file, { cacheMib: 2, busyTimeoutMs: 1_000 })
    const synced: unknown[] = []
    const sync = () => {
      synced.push(
        connection.row('pragma synchronous')?.[0],
        connection.row('select count(*) from lockstep_change')?.[0],
      )
    }
    const writer = createWriter(connection, createDictionary(connection), { require() {}, sync, environment })
    writer.commit([{ writes: [{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }] }])
    const job = (id: string) => ({ writes: [creating(id, { userName: id })], inside: () => {} })
    expect(synced).toEqual([])
    expect(
      writer.commit([job('u1'), job('u2'), { writes: [creating('u3', { userName: 'u3' })] }, job('u4')]),
    ).toHaveLength(4)
    // Not by each COMMIT, but by one sync after all four.
    expect(synced).toEqual([1, 4])
    expect(connection.row('pragma synchronous')).toEqual([2])
    writer.commit([job('u5')])
    expect(synced).toHaveLength(2)
    const failing = createWriter(connection, createDictionary(connection), {
      environment,
      require() {},
      sync() {
        throw new Error('the disk is gone')
      },
    })
    const outcomes = failing.commit([job('u6'), job('u7')])
    expect(outcomes).toMatchObject([{ error: expect.any(StoreUnavailable) }, { error: expect.any(StoreUnavailable) }])
    expect(connection.row('pragma synchronous')).toEqual([2])
    connection.close()
    await remove()
  })

  test('that is asynchronous is refused before it has done anything', async () => {
    let calls = 0
    const hooks = {
      commit: async (_change: unknown, tx: DatabaseSync) => {
        calls++
        await Promise.resolve()
        tx.exec(`insert into account values ('stray')`)
      },
    }
    const directory = createDirectory({ store, hooks })
    const refused = directory.create({ tenant: 'acme', actor: 'x', allow: LENIENT }, 'User', { userName: 'ada' })
    await expect(refused).rejects.toThrow(/must be synchronous on SQLite/)
    await new Promise((resolve) => setImmediate(resolve))
    await store.commit([], (tx) => expect(tx.prepare('select * from account').all()).toEqual([]))
    expect(calls).toBe(0)
  })

  test('that hands back something to wait for is refused, whatever kind of promise it is', async () => {
    // biome-ignore lint/suspicious/noThenProperty: query builders are awaited like this.
    const builder = { then: () => expect.unreachable('it must not be executed') }
    const refused = store.commit([creating('u1', { userName: 'ada' })], () => builder as unknown as Promise<void>)
    await expect(refused).rejects.toThrow(/must be synchronous on SQLite/)
    expect(idsOn(await store.find(querying([USER])))).toEqual([])
  })

  test('whose rows a deferred key of its own refuses at COMMIT fails, and leaves nothing', async () => {
    await store.commit([], (tx) =>
      tx.exec('create table seat (account text references account (id) deferrable initially deferred)'),
    )
    const refused = store.commit([creating('u1', { userName: 'ada' })], (tx) => {
      tx.exec(`insert into seat values ('nobody')`)
    })
    await expect(refused).rejects.toThrow(/FOREIGN KEY/)
    await store.commit([creating('u2', { userName: 'bob' })])
    expect(idsOn(await store.find(querying([USER])))).toEqual(['u2'])
  })
})
