import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/protocol/index.ts'
import { type SqliteStore, sqliteStore } from '../../src/store/sqlite.ts'
import { creating, idsOn, querying, USER } from '../store.contract.ts'

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
  ])('that %s is told so, and others lose nothing', async (_what, meddle, kept) => {
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
    // Nobody else was carried out twice, or taken back.
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

  test('that hands back something to wait for is refused, whatever kind of promise it is', async () => {
    // biome-ignore lint/suspicious/noThenProperty: query builders are awaited like this.
    const builder = { then: () => expect.unreachable('nobody asked for it to be carried out') }
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
