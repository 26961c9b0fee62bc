// SQLite files that are moved, replaced, deleted or damaged under an open store.

import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/protocol/index.ts'
import { StoreUnavailable } from '../../src/store/index.ts'
import { type SqliteStore, sqliteStore } from '../../src/store/sqlite/sqlite.ts'
import { creating, editing, idsOn, querying, USER } from '../store.contract.ts'
import { makeFolder } from './folder.ts'

let folder: string
let file: string
let remove: () => Promise<void>
const stores: SqliteStore[] = []

beforeEach(async () => {
  ;({ folder, remove } = await makeFolder())
  file = join(folder, 'scim.db')
})
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  await remove()
})

async function begin(threads: boolean): Promise<SqliteStore> {
  const store = sqliteStore(file, { threads })
  stores.push(store)
  await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
  await store.commit([creating('u1', { userName: 'ada' })])
  return store
}

const create = (store: SqliteStore, id: string) => store.commit([creating(id, { userName: id })])

/** The database as it is found on disk after a power failure. */
async function kept(): Promise<readonly string[]> {
  await cp(folder, `${folder}-after`, { recursive: true })
  const after = sqliteStore(join(`${folder}-after`, 'scim.db'))
  try {
    return idsOn(await after.find(querying([USER], { page: { offset: 0, limit: 1_000 } })))
  } finally {
    await after.close()
    rmSync(`${folder}-after`, { recursive: true })
  }
}

describe.each([[false], [true]])('beneath an open store, threads %s', (threads) => {
  test('another library takes the log away: nothing is acknowledged that is in no file', async () => {
    const store = await begin(threads)
    for (let n = 0; n < 20; n++) await create(store, `before${n}`)
    const app = new Database(file)
    app.exec('create table users (id text)')
    app.close()
    expect(existsSync(`${file}-wal`)).toBe(false)
    const acknowledged: string[] = []
    for (let n = 0; n < 5; n++) {
      const id = `after${n}`
      await create(store, id).then(
        () => acknowledged.push(id),
        (error: unknown) => {
          expect(error).toBeInstanceOf(StoreUnavailable)
          expect(String(error)).toMatch(/scim\.db-wal was deleted or replaced.*better-sqlite3.*restart/)
        },
      )
    }
    expect(acknowledged).toEqual([])
    const there = await kept()
    expect(there).toHaveLength(21)
    expect(there).toContain('before19')
  })

  test('the file is moved away and back: writes stop with the reason, and go on', async () => {
    const store = await begin(threads)
    renameSync(file, join(folder, 'elsewhere.db'))
    await expect(create(store, 'u2')).rejects.toThrow(/scim\.db was moved or deleted while it was open/)
    expect(existsSync(file)).toBe(false)
    renameSync(join(folder, 'elsewhere.db'), file)
    await create(store, 'u3')
    expect(await kept()).toEqual(['u1', 'u3'])
  })

  test('another file is put in its place: writes stop with the reason', async () => {
    const store = await begin(threads)
    await store.backup(join(folder, 'copy.db'))
    renameSync(join(folder, 'copy.db'), file)
    await expect(create(store, 'u2')).rejects.toThrow(/scim\.db was replaced by another file while it was open/)
  })

  test('the file is deleted: neither reading, writing nor copying creates an empty one', async () => {
    const store = await begin(threads)
    const ids = Array.from({ length: 1_100 }, (_, n) => `m${n}`)
    await store.commit(ids.map((id) => creating(id, { userName: id })))
    await store.commit([
      creating('g1', { displayName: 'g' }),
      editing('g1', [{ edit: 'add', members: ids.map((id) => ({ id })) }]),
    ])
    rmSync(file)
    await expect(create(store, 'u2')).rejects.toThrow(StoreUnavailable)
    const reading = (async () => {
      for await (const _ of store.members({ tenant: 'acme', type: 'Group', id: 'g1' })) break
    })()
    await expect(reading).rejects.toThrow(/moved or deleted/)
    await expect(store.backup(join(folder, 'copy.db'))).rejects.toThrow(/moved or deleted/)
    await expect(store.exportTenant('acme')[Symbol.asyncIterator]().next()).rejects.toThrow(/moved or deleted/)
    expect(existsSync(file)).toBe(false)
    expect(existsSync(join(folder, 'copy.db'))).toBe(false)
    // Nor does a restart beside the remaining files.
    expect(() => sqliteStore(file)).toThrow(/is not there, and its log .*scim\.db-wal holds/)
    expect(existsSync(file)).toBe(false)
  })
})

describe('a log whose database is gone or damaged', () => {
  let wal: Buffer
  beforeEach(async () => {
    const store = await begin(false)
    for (let n = 0; n < 20; n++) await create(store, `w${n}`)
    // As a crash leaves it.
    await cp(file, join(folder, 'left.db'))
    await cp(`${file}-wal`, join(folder, 'left.db-wal'))
    wal = readFileSync(join(folder, 'left.db-wal'))
    file = join(folder, 'left.db')
  })

  test.each<[string, () => void, RegExp]>([
    ['deleted', () => rmSync(file), /is not there, and its log .* holds writes that are nowhere else/],
    ['empty', () => truncateSync(file, 0), /is empty, and its log .* holds writes that are nowhere else/],
    [
      'overwritten',
      () => writeFileSync(file, 'x'.repeat(50_000)),
      /is damaged, or not an SQLite database, and its log .* holds writes that are nowhere else/,
    ],
  ])('%s: refused, and the log stays', (_what, damage, message) => {
    damage()
    const before = existsSync(file) ? readFileSync(file) : undefined
    for (const threads of [false, true]) {
      expect(() => sqliteStore(file, { threads })).toThrow(ConfigError)
      expect(() => sqliteStore(file, { threads })).toThrow(message)
    }
    expect(readFileSync(`${file}-wal`)).toEqual(wal)
    if (before === undefined) expect(existsSync(file)).toBe(false)
    else expect(readFileSync(file)).toEqual(before)
  })

  test('is taken up where the database is whole', async () => {
    const store = sqliteStore(file)
    stores.push(store)
    expect((await store.find(querying([USER]))).total).toBe(21)
  })

  test('an empty WAL does no harm', () => {
    rmSync(file)
    writeFileSync(`${file}-wal`, '')
    stores.push(sqliteStore(file))
  })
})

test('what earlier releases would take for nothing is refused by them: the version of the file is beyond theirs', async () => {
  await begin(false)
  const db = new DatabaseSync(file, { readOnly: true })
  expect(db.prepare('pragma user_version').get()).toEqual({ user_version: 1_000 })
  expect(db.prepare('pragma application_id').get()).toEqual({ application_id: 0x4c6b5374 })
  db.close()
})
