// People in a table of the app by its columns: the contract, providers, filters in SQL, what the app changes.

import { DatabaseSync } from 'node:sqlite'
import BetterSqlite from 'better-sqlite3'
import {
  lockstep,
  type OwnRows,
  type OwnTableOptions,
  ownResources,
  ownTable,
  type ResourceType,
  type SqlConnection,
  type Store,
  User,
} from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import { simulate, tellSimulation } from 'lockstep/simulate'
import { sqliteStore } from 'lockstep/sqlite'
import { storeContract } from 'lockstep/store-testing'
import pg from 'pg'
import * as vitest from 'vitest'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { openOnBetterSqlite, openStore, TABLE } from '../../examples/own-table.ts'
import * as postgres from '../../examples/own-table-postgres.ts'
import { emptyPlace, onPostgres } from '../database-under-test.ts'

/** As much of an answer as the tests look at. */
interface Answer {
  readonly id?: string
  readonly scimType?: string
  readonly detail?: string
  readonly totalResults?: number
  readonly nextCursor?: string
  readonly Resources?: readonly { readonly id: string; readonly userName: string }[]
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** An app's database: its SQL, and the store over its table. */
interface Opened {
  readonly store: Store
  readonly run: (text: string) => Promise<readonly unknown[]>
  readonly close: () => Promise<void>
}

async function openExample(): Promise<Opened> {
  if (onPostgres) return openPool(postgres.TABLE, postgres.openStore)
  const database = new DatabaseSync(':memory:')
  database.exec(TABLE)
  return onConnection(database, openStore(database) as Store)
}

function onConnection(database: DatabaseSync | BetterSqlite.Database, store: Store): Opened {
  return {
    store,
    async run(text) {
      if (/^select/i.test(text)) return database.prepare(text).all()
      database.exec(text)
      return []
    },
    async close() {
      await store.close()
      database.close()
    },
  }
}

async function openPool(table: string, openOver: (pool: pg.Pool) => Promise<unknown>): Promise<Opened> {
  const place = await emptyPlace()
  const pool = new pg.Pool({ connectionString: place.database })
  pool.on('error', () => undefined)
  await pool.query(table)
  const store = (await openOver(pool)) as Store
  return {
    store,
    run: async (text) => (await pool.query(text)).rows,
    async close() {
      await store.close()
      await pool.end()
      await place.remove()
    },
  }
}

/** A table of other columns, whose rest is kept as a test wants it. */
async function openTable(table: string, users: OwnRows<SqlConnection>): Promise<Opened> {
  if (onPostgres) {
    return openPool(table, async (pool) => ownResources(await postgresStore({ pool }), { db: pool, types: [users] }))
  }
  const database = new DatabaseSync(':memory:')
  database.exec(table)
  return onConnection(database, ownResources(sqliteStore({ database }), { db: database, types: [users] }) as Store)
}

function appOver({ store, run, close }: Opened) {
  const scim = lockstep({ store, authenticate: () => ({ tenant: 'acme', actor: 'okta' }) })
  closing.push(close, scim.close)
  const call = async (method: string, path: string, body?: unknown) => {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/scim+json' } }
    const response = await scim.fetch(new Request(`http://app.example/scim/v2${path}`, { method, ...init }))
    const text = await response.text()
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Answer }
  }
  const find = async (filter: string, more = '') =>
    (await call('GET', `/Users?filter=${encodeURIComponent(filter)}${more}`)).body
  const add = (userName: string, more: object = {}) =>
    call('POST', '/Users', { schemas: [User.schema.id], userName, ...more })
  return { scim, store, run, call, find, add }
}

const KEPT = `
  create table people (
    id text not null, org text not null, login text not null, given text, dept text, staff text, active ${onPostgres ? 'boolean' : 'integer'},
    primary key (org, id), unique (org, login)
  )`
const COLUMNS = {
  userName: 'login',
  'name.givenName': 'given',
  displayName: 'dept',
  externalId: 'staff',
  active: 'active',
} as const
const kept = ownTable(User, { table: 'people', tenant: 'org', id: 'id', columns: COLUMNS })

/** A database for all rules, emptied for each: making one takes longer than a rule does. */
let shared: { readonly pool: pg.Pool; readonly remove: () => Promise<void> } | undefined
async function emptied() {
  if (shared === undefined) {
    const place = await emptyPlace()
    shared = { pool: new pg.Pool({ connectionString: place.database }), remove: place.remove }
    shared.pool.on('error', () => undefined)
    await shared.pool.query(KEPT)
    await shared.pool.query('create table begun as table lockstep.tenant_state')
  }
  const { pool } = shared
  const { rows } = await pool.query<{ readonly name: string }>(
    `select 'lockstep.' || tablename as name from pg_tables where schemaname = 'lockstep' and tablename <> 'migration'`,
  )
  await pool.query(`truncate people, ${rows.map(({ name }) => name).join(', ')}`)
  // The tenant that stands for the whole database.
  await pool.query('insert into lockstep.tenant_state select * from begun')
  const store = ownResources(await postgresStore({ pool }), { db: pool, types: [kept] })
  return { store: store as Store, close: store.close }
}
afterAll(async () => {
  await shared?.pool.end()
  await shared?.remove()
})

// The other half of the contract, work, is the base's own.
storeContract(
  vitest,
  "people in the app's columns, the rest in ours",
  onPostgres ? emptied : () => openTable(KEPT, kept),
  {
    half: 'resources',
  },
)
// Once: on PostgreSQL a database is made for each rule.
if (!onPostgres) {
  const inJson = ownTable(User, {
    table: 'people',
    tenant: 'org',
    id: 'id',
    columns: { userName: 'login', active: 'active' },
    rest: { column: 'extra' },
  })
  storeContract(
    vitest,
    "people in the app's columns, the rest in its JSON",
    () => openTable(KEPT.replace('staff text', 'extra text'), inJson),
    // Attributes in the JSON column are compared by the database.
    { half: 'resources', folding: 'database' },
  )
}

describe("people in the app's columns", () => {
  test.each(['okta', 'entra'] as const)('%s does all its work', async (provider) => {
    const { scim } = appOver(await openExample())
    const played = await simulate(provider, { fetch: scim.fetch, token: 't', people: 3, seed: 1 })
    expect(played.works, tellSimulation(played)).toBe(true)
  })

  test('rows are written and read, whoever changes them', async () => {
    const { add, call, run } = appOver(await openExample())
    const { body } = await add('ann@x.example', { name: { givenName: 'Ann', familyName: 'Lee' }, externalId: 'e1' })
    const rows = await run('select email, first_name, scim from users')
    expect(rows).toMatchObject([{ email: 'ann@x.example', first_name: 'Ann' }])
    const scim = (rows as readonly { scim: unknown }[])[0]?.scim
    expect(typeof scim === 'string' ? JSON.parse(scim) : scim).toEqual({
      name: { familyName: 'Lee' },
      externalId: 'e1',
    })
    await run(`update users set first_name = null, active = ${onPostgres ? 'false' : '0'}`)
    expect((await call('GET', `/Users/${body.id}`)).body).toMatchObject({
      active: false,
      name: { familyName: 'Lee' },
      externalId: 'e1',
      meta: { version: 'W/"2"' },
    })
    expect((await call('GET', '/Users/no-such-id')).status).toBe(404)
    expect((await call('DELETE', `/Users/${body.id}`)).status).toBe(204)
    expect(await run('select id from users')).toEqual([])
  })

  /** Ann, Bea (whose department is kept elsewhere) and Cay, whom the app added itself, and whose values it changed since. */
  async function three() {
    const app = appOver(await openTable(KEPT, kept))
    await app.add('Ann@x.example', { name: { givenName: 'Ann' }, active: true, title: 'Dr' })
    await app.add('bea@x.example', { name: { givenName: 'bea_%' }, active: false, externalId: 'E-2' })
    await app.run(
      `insert into people (id, org, login, given, active) values ('c', 'acme', 'cay@y.example', null, ${onPostgres ? 'true' : '1'}), ('d', 'other', 'ann@x.example', 'Ann', null)`,
    )
    await app.run(`update people set dept = 'Sales' where login = 'bea@x.example'`)
    return app
  }

  test.each([
    ['userName eq "ANN@X.example"', ['Ann@x.example']],
    ['userName ne "ann@x.example"', ['bea@x.example', 'cay@y.example']],
    ['userName sw "ANN"', ['Ann@x.example']],
    ['userName ew "X.example"', ['Ann@x.example', 'bea@x.example']],
    ['userName co "N@x"', ['Ann@x.example']],
    ['userName gt "b"', ['bea@x.example', 'cay@y.example']],
    ['userName le "bea@x.example"', ['Ann@x.example', 'bea@x.example']],
    ['name.givenName sw "bea_%"', ['bea@x.example']],
    ['name.givenName sw "a_"', []],
    ['name.givenName pr', ['Ann@x.example', 'bea@x.example']],
    ['not (name.givenName pr)', ['cay@y.example']],
    ['name.givenName ne "ann"', ['bea@x.example', 'cay@y.example']],
    ['active eq true', ['Ann@x.example', 'cay@y.example']],
    ['active eq false or displayName eq "SALES"', ['bea@x.example']],
    ['displayName eq "sales" and active ne true', ['bea@x.example']],
    ['externalId eq "e-2"', []],
    ['externalId eq "E-2"', ['bea@x.example']],
    ['id eq "c"', ['cay@y.example']],
    ['id eq "d"', []],
    // Not in a column.
    ['title eq "dr"', ['Ann@x.example']],
    ['title eq "dr" and userName co "x.example"', ['Ann@x.example']],
    ['not (title pr)', ['bea@x.example', 'cay@y.example']],
    ['userName eq "ånn@x.example"', []],
  ] as const)('%s', async (filter, names) => {
    const { find } = await three()
    const found = await find(filter)
    expect((found.Resources ?? []).map(({ userName }) => userName).sort()).toEqual(names)
    expect(found.totalResults).toBe(names.length)
  })

  test('what the app has changed since is looked at with both parts of a filter', async () => {
    const { find, run } = await three()
    await run(`update people set active = ${onPostgres ? 'false' : '0'} where login = 'Ann@x.example'`)
    // The title is known here alone, and the column has changed.
    expect((await find('title eq "dr" and active eq false')).totalResults).toBe(1)
    expect((await find('title eq "dr" and active eq true')).totalResults).toBe(0)
  })

  test('lists are sorted, counted and cut in pages by the columns', async () => {
    const { call, run } = await three()
    await run(`update people set given = 'Zoe' where id = 'c'`)
    await run(`update people set given = null where login = 'Ann@x.example'`)
    const names = async (query: string) => {
      const { body } = await call('GET', `/Users?${query}`)
      return [body.totalResults, ...(body.Resources ?? []).map(({ userName }) => userName[0]?.toLowerCase())]
    }
    expect(await names('sortBy=name.givenName')).toEqual([3, 'b', 'c', 'a'])
    expect(await names('sortBy=name.givenName&sortOrder=descending')).toEqual([3, 'a', 'c', 'b'])
    expect(await names('sortBy=userName&startIndex=2&count=1')).toEqual([3, 'b'])
    expect(await names('sortBy=title')).toEqual([3, 'a', expect.anything(), expect.anything()])
    expect(await names('count=0')).toEqual([3])
    for (const query of [
      'sortBy=name.givenName',
      'sortBy=name.givenName&sortOrder=descending',
      'sortBy=active',
      'filter=userName pr',
    ]) {
      const seen: string[] = []
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const { body }: { body: Answer } = await call('GET', `/Users?${query}&count=1&cursor=${cursor}`)
        seen.push(...(body.Resources ?? []).map(({ id }) => id))
        cursor = body.nextCursor
      }
      expect([query, seen.length, new Set(seen).size]).toEqual([query, 3, 3])
    }
  })

  test('a value in a list has a column, and attributes without one are refused', async () => {
    const users = ownTable(User, {
      table: 'people',
      tenant: 'org',
      id: 'id',
      columns: { userName: 'login', active: 'active', 'emails[type eq "work"].value': 'given' },
      rest: 'refuse',
    })
    const { add, call, find, run } = appOver(await openTable(KEPT, users))
    const emails = [{ type: 'work', value: 'ann@work.example' }]
    const { body, status } = await add('ann', { emails })
    expect([status, body.detail]).toEqual([201, undefined])
    expect(await run('select login, given from people')).toEqual([{ login: 'ann', given: 'ann@work.example' }])
    expect((await find('emails.value eq "ann@work.example"')).totalResults).toBe(1)
    await run(`update people set given = 'ann@new.example'`)
    expect((await find('emails[type eq "work"].value eq "ann@new.example"')).totalResults).toBe(1)
    await run('update people set given = null')
    expect((await call('GET', `/Users/${body.id}`)).body).not.toHaveProperty('emails')
    const refused = await add('bea', { name: { familyName: 'Lee' } })
    expect([refused.status, refused.body.scimType, refused.body.detail]).toEqual([
      400,
      'invalidValue',
      'name.familyName is not kept here; leave it out',
    ])
    expect((await add('bea', { emails: [{ type: 'home', value: 'b@x' }] })).body.detail).toMatch(/^emails is not kept/)
  })

  test('thousands of rows that the app has had all along are met together', async () => {
    const { find, run, store } = appOver(await openTable(KEPT, kept))
    const rows = Array.from(
      { length: 1_200 },
      (_, n) => `('p${n}', 'acme', 'p${n}@x.example', ${onPostgres ? 'true' : '1'})`,
    )
    await run(`insert into people (id, org, login, active) values ${rows.join(', ')}`)
    expect((await find('title pr')).totalResults).toBe(0)
    expect((await find('not (title pr)', '&count=1')).totalResults).toBe(1_200)
    expect((await store.changes('acme', 0, 5_000)).length).toBe(1_200)
  })

  test('rows that are hidden are not shown, and new ones get what the table wants', async () => {
    const users = ownTable(User, {
      table: 'people',
      tenant: 'org',
      id: 'id',
      columns: { userName: 'login' },
      where: 'staff is null',
      defaults: ({ tenant, document }) => ({ dept: `${tenant}/${document.userName}` }),
    })
    const { add, call, run } = appOver(await openTable(KEPT, users))
    const { body } = await add('ann')
    expect(await run('select dept from people')).toEqual([{ dept: 'acme/ann' }])
    await run(`update people set staff = 'left'`)
    expect((await call('GET', '/Users')).body.totalResults).toBe(0)
    expect((await call('GET', `/Users/${body.id}`)).status).toBe(404)
  })

  test('ids and values that a database takes badly are only not found', async () => {
    const { call, find } = appOver(await openExample())
    expect((await call('GET', '/Users/a%00b')).status).toBe(404)
    expect((await find('userName eq "a\\u0000b"')).totalResults).toBe(0)
    expect((await find('id eq "x\' or 1=1 --"')).totalResults).toBe(0)
    expect((await find('name.givenName co "\\"; drop table users"')).totalResults).toBe(0)
  })

  test.each([
    [{ columns: { userName: 'login', nope: 'x' } }, /columns\["nope"\]: names no attribute of User/],
    [{ columns: { active: 'active' } }, /columns: need one for userName/],
    [{ columns: { userName: 'login', emails: 'x' } }, /has several parts; name each|name one value of it/],
    [{ columns: { userName: 'login', 'emails.value': 'x' } }, /is a list; name one value of it/],
    [{ columns: { userName: 'login', password: 'x' } }, /can't be a column/],
    [{ columns: { userName: 'login', active: 'login' } }, /"login" twice/],
    [{ columns: { userName: '' } }, /must be a name in the database/],
    [{ idType: 'integer' }, /idType: must be text or uuid/],
    [{ rest: 'drop' }, /rest: must be/],
    [{ rest: 'refuse' }, /columns: need one for active/],
    [{ colums: {} }, /colums: is no option of a table/],
  ])('what makes no sense is refused in words: %j', (wrong, words) => {
    const given = { table: 'people', tenant: 'org', id: 'id', columns: { userName: 'login' }, ...wrong }
    expect(() => ownTable(User as ResourceType, given as OwnTableOptions<ResourceType>)).toThrow(words)
  })
})

describe.skipIf(onPostgres)('better-sqlite3', () => {
  test('Okta does all its work', async () => {
    const database = new BetterSqlite(':memory:')
    database.exec(TABLE)
    const { scim } = appOver(onConnection(database, openOnBetterSqlite(database) as Store))
    const played = await simulate('okta', { fetch: scim.fetch, token: 't', people: 3, seed: 1 })
    expect(played.works, tellSimulation(played)).toBe(true)
  })
})

describe.runIf(onPostgres)('the app itself', () => {
  test('asks with Drizzle and Kysely, and SCIM shows what they wrote', async () => {
    let pool: pg.Pool | undefined
    const opened = await openPool(postgres.TABLE, (own) => {
      pool = own
      return postgres.openStore(own)
    })
    const { add, call } = appOver(opened)
    const { body } = await add('ann@x.example', { active: true })
    if (pool === undefined || body.id === undefined) throw new Error('Nothing was opened')
    await postgres.deactivate(pool, body.id)
    await postgres.rename(pool, body.id, 'Ann')
    expect((await call('GET', `/Users/${body.id}`)).body).toMatchObject({ active: false, name: { givenName: 'Ann' } })
  })
})
