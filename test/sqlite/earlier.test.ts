// SQLite files of earlier releases are migrated.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EARLIER } from '../../src/store/sqlite/migrate.ts'
import { type SqliteStore, sqliteStore } from '../../src/store/sqlite/sqlite.ts'
import { creating, editing, GROUP, querying, removing, replacing, USER } from '../store.contract.ts'
import { makeFolder } from './folder.ts'

let folder: string
let remove: () => Promise<void>
const stores: SqliteStore[] = []
beforeEach(async () => {
  ;({ folder, remove } = await makeFolder())
})
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  await remove()
})

function openStore(file: string, options: { readonly shared?: boolean } = {}): SqliteStore {
  const store = sqliteStore(file, options)
  stores.push(store)
  return store
}

/** Everything that a store shows of the tenant. */
async function everything(store: SqliteStore): Promise<unknown> {
  const rows: unknown[] = []
  for await (const chunk of store.exportTenant('acme')) rows.push(...chunk)
  const found = await store.find(querying([USER, GROUP], { groups: true }))
  return [rows, found, await store.tenants(), await store.find(querying([USER], { filter: 'userName eq "ADA"' }))]
}

async function fill(store: SqliteStore): Promise<void> {
  await store.commit([{ write: 'tenant', tenant: 'gone', as: 'new', at: 1 }])
  await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
  await store.commit([creating('u1', { userName: 'ada' }, { secret: 'hash' }), creating('u2', { userName: 'Åse' })])
  await store.commit([creating('g1', { displayName: 'g' }, { members: ['u1', 'u2'] })])
  await store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' })])
  await store.commit([editing('g1', [{ edit: 'remove', ids: ['u2'] }])])
  await store.commit([{ write: 'record', record: { tenant: 'acme', kind: 'k', key: 'x' }, tag: 't', value: { a: 1 } }])
  await store.commit([{ write: 'record', record: { tenant: '', kind: 'k', key: 'x' }, value: 'of all' }])
  await store.commit([{ write: 'tenant', tenant: 'gone', as: 'gone', at: 1 }])
}

/** Makes a file by the steps of an earlier release, with the rows of a new one. */
function makeEarlier(file: string, from: string, steps: number): DatabaseSync {
  const db = new DatabaseSync(file)
  for (const step of EARLIER.slice(0, steps)) db.exec(step)
  db.exec(`pragma journal_mode = wal; attach '${from}' as now`)
  const tables = db.prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite%'`).all()
  const columns = db.prepare('select group_concat(name) as columns from pragma_table_info(?)')
  for (const { name } of tables) {
    // Without those that later steps have added.
    const all = String(columns.get(name ?? '')?.columns)
    db.exec(`insert into ${name} (${all}) select ${all} from now.lockstep_${name}`)
  }
  db.exec(`detach now; pragma user_version = ${steps}`)
  return db
}

describe('a file of an earlier release', () => {
  test.each([[1], [2], [3], [4], [5]])(
    'at step %s is taken over where it lies, with all that it holds',
    async (steps) => {
      const now = join(folder, 'now.db')
      const first = openStore(now)
      await fill(first)
      const before = await everything(first)
      await first.close()
      stores.pop()
      const file = join(folder, 'earlier.db')
      makeEarlier(file, now, steps).close()

      const store = openStore(file)
      expect(await everything(store)).toEqual(before)
      expect(await store.secret({ tenant: 'acme', type: 'User', id: 'u1' })).toBe('hash')
      expect(await store.records('', 'k')).toMatchObject([{ value: 'of all' }])
      // Numbers go on where they were.
      await store.commit([creating('u3', { userName: 'cat' }), removing('User', 'u2')])
      expect((await store.changes('acme', 5, 10)).map(({ place, id }) => [place, id])).toEqual([
        [6, 'u3'],
        [7, 'u2'],
      ])
      await store.close()
      stores.pop()
      // The same tables and indexes as a new file has, and nothing else.
      const schema = (path: string) => {
        const db = new DatabaseSync(path, { readOnly: true })
        const rows = db.prepare('select type, name, tbl_name, sql from sqlite_schema order by name').all()
        expect(db.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
        expect(db.prepare('pragma application_id').get()).toEqual({ application_id: 0x4c6b5374 })
        db.close()
        return rows.map((row) => ({
          ...row,
          sql: String(row.sql)
            .replaceAll(/["\s]+/g, ' ')
            .replaceAll(/ ?([(),]) ?/g, '$1'),
        }))
      }
      expect(schema(file)).toEqual(schema(now))
    },
  )

  test("that an app shares keeps what is the app's", async () => {
    const now = join(folder, 'now.db')
    await fill(openStore(now))
    await stores.pop()?.close()
    const file = join(folder, 'earlier.db')
    const app = makeEarlier(file, now, 5)
    // It has counted on, which earlier releases didn't bear.
    app.exec(`create table account (id text); insert into account values ('a'); pragma user_version = 9`)
    app.close()
    const store = openStore(file, { shared: true })
    expect((await store.tenants())[0]?.tenant).toBe('acme')
    const db = new DatabaseSync(file)
    expect(db.prepare('select id from account').all()).toEqual([{ id: 'a' }])
    expect(db.prepare('pragma user_version').get()).toEqual({ user_version: 9 })
    expect(db.prepare('pragma application_id').get()).toEqual({ application_id: 0 })
    db.close()
  })

  test('is migrated by the first of several processes', async () => {
    const now = join(folder, 'now.db')
    await fill(openStore(now))
    const file = join(folder, 'earlier.db')
    makeEarlier(file, now, 5).close()
    const [one, other] = [openStore(file), openStore(file)]
    await one.commit([creating('u3', { userName: 'cat' })])
    expect(await everything(other)).toEqual(await everything(one))
  })
})
