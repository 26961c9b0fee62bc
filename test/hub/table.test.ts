// Tests the table adapter on SQLite and PostgreSQL: the contract suite in several forms, and what goes wrong.

import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environment } from '../../src/environment.ts'
import { TABLE_KIND } from '../../src/hub/adapters/table/table-kind.ts'
import { type Adapter, type AppSettings, compileMap } from '../../src/hub/index.ts'
import { adapterContract } from '../../src/hub/testing.ts'
import { EnterpriseUser, Group, type JsonObject, User } from '../../src/protocol/index.ts'
import { folder } from '../cli/run.ts'
import { startPostgres, type TestDatabase, type TestServer } from '../postgres.ts'

const CANARY = 'canary-db-password'
const types = [User, Group]
const call = { signal: new AbortController().signal, headers: {} }

let server: TestServer
let postgres: TestDatabase
const dir = folder()
const file = dir.path('app.db')
beforeAll(async () => {
  server = await startPostgres()
  postgres = await server.database()
  new DatabaseSync(file).close()
})
afterAll(async () => {
  await server.stop()
  dir.remove()
})

const settingsOf = (options: JsonObject): AppSettings =>
  ({
    id: 'desk',
    label: 'Desk',
    adapter: 'table',
    options,
    credentials: { kind: 'connection', env: 'LOCKSTEP_APP_DESK' },
  }) as unknown as AppSettings

const opened: Adapter[] = []
afterAll(() => Promise.all(opened.map((adapter) => adapter.close?.())))

/** Opens the adapter on a database. The credentials are what an environment variable would hold. */
function open(options: JsonObject, url: string): Adapter {
  const settings = settingsOf(options)
  TABLE_KIND.check(settings)
  const adapter = TABLE_KIND.open(settings, { tenant: 'acme', environment, secret: async () => url, types })
  opened.push(adapter)
  return adapter
}

/** Databases, with what differs in how tables are made. */
const DATABASES = [
  {
    name: 'SQLite',
    url: () => `sqlite:${file}`,
    run: async (sql: string) => {
      const database = new DatabaseSync(file)
      try {
        if (/^select/i.test(sql))
          return database
            .prepare(sql)
            .all()
            .map((row) => ({ ...row }))
        database.exec(sql)
        return []
      } finally {
        database.close()
      }
    },
    serial: 'integer primary key',
    boolean: 'integer',
    time: 'text',
  },
  {
    name: 'PostgreSQL',
    url: () => postgres.url,
    run: async (sql: string) => {
      const client = new pg.Client({ connectionString: postgres.url })
      await client.connect()
      try {
        return (await client.query(sql)).rows as readonly { readonly [column: string]: unknown }[]
      } finally {
        await client.end()
      }
    },
    serial: 'bigint generated always as identity primary key',
    boolean: 'boolean',
    time: 'timestamptz',
  },
] as const

/** A user with what a table of a few columns keeps. */
const user = (name: string) => ({
  userName: `${name}@example.com`,
  externalId: name,
  displayName: `Ada ${name}`,
  name: { familyName: name },
  emails: [{ value: `${name}@example.com`, type: 'work', primary: true }],
  [EnterpriseUser.id]: { department: 'R & D' },
  active: true,
})

describe.each(DATABASES)('$name', ({ url, run, serial, boolean, time }) => {
  describe('people with numbered ids, teams and memberships', () => {
    const options = {
      users: {
        table: 'people',
        columns: {
          userName: 'login',
          externalId: 'ref',
          displayName: 'full name',
          'name.familyName': 'family',
          emails: 'mail',
          [`${EnterpriseUser.id}:department`]: 'dept',
        },
        active: 'enabled',
      },
      groups: { table: 'teams', columns: { displayName: 'title', externalId: 'ref' } },
      memberships: { table: 'people_teams', group: 'team', user: 'person' },
    }
    beforeAll(() =>
      run(`create table people (id ${serial}, login text not null unique, ref text, "full name" text, family text, mail text, dept text, enabled ${boolean} not null);
        create unique index people_login on people (lower(login));
        create table teams (id ${serial}, title text not null unique, ref text);
        create table people_teams (team bigint not null references teams (id), person bigint not null references people (id), primary key (team, person));`),
    )
    adapterContract(test, async () => ({ adapter: open(options, url()), user, secret: CANARY }))

    test('the map that is built in compiles against what the tables hold', () => {
      const settings = settingsOf(options)
      const map = TABLE_KIND.defaultMap(settings)
      for (const type of ['User', 'Group'] as const) {
        const accountType = TABLE_KIND.accountSchema(type, settings, types)
        const sourceType = type === 'User' ? types[0] : Group
        if (sourceType === undefined) throw new Error('No type')
        compileMap(map[type] ?? {}, { type, sourceType, accountType, grants: [] })
      }
      expect(Object.keys(map.User ?? {}).sort()).toEqual(
        [
          'active',
          'displayName',
          'emails',
          'externalId',
          'name.familyName',
          `${EnterpriseUser.id}:department`,
          'userName',
        ].sort(),
      )
    })

    test('a row that another table still needs is refused with the words of the database, and stays', async () => {
      const adapter = open(options, url())
      const { id } = await adapter.create('User', user('needed'), call)
      await run(
        `create table orders_${boolean} (person bigint references people (id)); insert into orders_${boolean} values (${id})`,
      )
      await expect(adapter.remove('User', id, call)).rejects.toMatchObject({
        trouble: 'refused',
        message: expect.stringMatching(/foreign key/i),
      })
      expect(await adapter.read('User', id, call)).toBeDefined()
    })
  })

  describe('people with keys of text, a time of leaving, an organisation of several, roles by name', () => {
    const options = {
      users: {
        table: 'members"; drop table x; --',
        id: 'key',
        newId: 'uuid',
        columns: { userName: 'login', displayName: { column: 'label', as: 'json' } },
        active: { column: 'left_at', as: 'timestamp' },
        fixed: { org: 7 },
      },
      memberships: { table: 'roles', group: 'role', user: 'member', fixed: { org: 7 } },
    }
    const table = '"members""; drop table x; --"'
    beforeAll(() =>
      run(`create table ${table} (key text primary key, login text not null, label text, left_at ${time}, org integer not null, unique (org, login));
        create table roles (role text not null, member text not null, org integer not null);
        insert into ${table} (key, login, org) values ('other', 'other', 8);
        insert into roles values ('elsewhere', 'other', 8)`),
    )
    // Every name is that of a group: one that was removed is still read, and none is renamed.
    const named = /^(a group is made|members of a group that is gone|renaming a group)/
    adapterContract(
      (name, body) => (named.test(name) ? undefined : test(name, body)),
      async () => ({
        adapter: open(options, url()),
        user: (name) => ({ userName: name, displayName: `Ada ${name}`, active: true }),
        group: (name) => ({ displayName: name }),
      }),
    )

    test('rows of others are neither listed nor found, read, changed or removed', async () => {
      const adapter = open(options, url())
      expect((await adapter.list('User', undefined, call)).accounts.map(({ id }) => id)).not.toContain('other')
      expect(await adapter.find('User', { attribute: 'userName', value: 'other' }, call)).toEqual([])
      expect(await adapter.read('User', 'other', call)).toBeUndefined()
      const change = { before: {}, after: { userName: 'x', active: false }, uncertain: [] }
      await expect(adapter.update('User', 'other', change, call)).rejects.toMatchObject({ trouble: 'gone' })
      await adapter.disable('other', change, call)
      await adapter.remove('User', 'other', call)
      expect((await adapter.list('Group', undefined, call)).accounts.map(({ id }) => id)).not.toContain('elsewhere')
      expect(await run(`select login, left_at from ${table} where org = 8`)).toEqual([
        { login: 'other', left_at: null },
      ])
      expect(await run('select member from roles where org = 8')).toEqual([{ member: 'other' }])
    })

    test('when somebody left stays as it was', async () => {
      const adapter = open(options, url())
      const { id } = await adapter.create('User', { userName: 'leaver', active: true }, call)
      const off = {
        before: { userName: 'leaver', active: true },
        after: { userName: 'leaver', active: false },
        uncertain: [],
      }
      await adapter.disable(id, off, call)
      await run(`update ${table} set left_at = '2020-01-01T00:00:00Z' where key = '${id}'`)
      await adapter.disable(id, off, call)
      const [row] = await run(`select left_at from ${table} where key = '${id}'`)
      expect(new Date(String(row?.left_at)).toISOString()).toBe('2020-01-01T00:00:00.000Z')
    })

    test('a group without a table of its own is not renamed', async () => {
      const change = { before: { displayName: 'a' }, after: { displayName: 'b' }, uncertain: [] }
      await expect(open(options, url()).update('Group', 'a', change, call)).rejects.toMatchObject({
        trouble: 'refused',
      })
    })
  })

  describe('people without a switch, whose rows are deleted', () => {
    const options = { users: { table: 'plain', columns: { userName: 'login', externalId: 'ref' } } }
    beforeAll(() => run(`create table plain (id ${serial}, login text unique, ref text unique)`))
    adapterContract(test, async () => ({
      adapter: open(options, url()),
      user: (name) => ({ userName: name, externalId: name, active: true }),
    }))
  })

  test('a table or a column that is not there is no success, and the message names it', async () => {
    const none = open({ users: { table: 'nowhere', columns: { userName: 'login' }, active: 'on' } }, url())
    await expect(none.list('User', undefined, call)).rejects.toMatchObject({
      trouble: 'unavailable',
      message: expect.stringContaining('nowhere'),
    })
  })

  test('lists have pages', async () => {
    await run(`create table many (id ${serial}, login text)`)
    for (let n = 0; n < 3; n++)
      await run(`insert into many (login) values ${Array.from({ length: 400 }, (_, i) => `('u${n}-${i}')`).join(', ')}`)
    const adapter = open({ users: { table: 'many', columns: { userName: 'login' } } }, url())
    const ids = new Set<string>()
    let pages = 0
    for (let after: string | undefined; ; pages++) {
      const page = await adapter.list('User', after, call)
      for (const { id } of page.accounts) ids.add(id)
      if (page.next === undefined) break
      after = page.next
    }
    expect([ids.size, pages]).toEqual([1_200, 2])
  })
})

describe('what goes wrong', () => {
  const options = { users: { table: 'people', columns: { userName: 'login' }, active: 'enabled' } }

  test.each([
    ['sqlite:/nowhere/app.db', 'unavailable'],
    ['postgres://me:canary-db-password@127.0.0.1:1/app', 'unavailable'],
    ['mysql://x', 'credentials'],
    ['', 'credentials'],
  ])('%s is %s, and no message has the password', async (url, trouble) => {
    const error = await open(options, url)
      .list('User', undefined, call)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ trouble })
    expect(String(error)).not.toContain(CANARY)
  })

  test('a wrong password is a matter of credentials; a right one set later is used', async () => {
    let url = postgres.url.replace(/:[^:@/]+@/, `:${CANARY}@`)
    const adapter = TABLE_KIND.open(settingsOf(options), {
      tenant: 'acme',
      environment,
      secret: async () => url,
      types,
    })
    opened.push(adapter)
    const error = await adapter.list('User', undefined, call).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ trouble: 'credentials' })
    expect(String(error)).not.toContain(CANARY)
    url = postgres.url
    await expect(adapter.list('User', undefined, call)).resolves.toBeDefined()
  })

  test('a file that another process writes to is tried again by the hub, not waited for', async () => {
    const other = new DatabaseSync(file)
    other.exec('begin immediate')
    try {
      const adapter = open(options, `sqlite:${file}`)
      await expect(adapter.create('User', { userName: 'x' }, call)).rejects.toMatchObject({ trouble: 'unavailable' })
    } finally {
      other.exec('rollback')
      other.close()
    }
  })

  test.each([
    [{}, 'options.users'],
    [{ users: { table: 'a.b.c', columns: { userName: 'x' } } }, 'options.users.table'],
    [{ users: { table: 'a', columns: {} } }, 'options.users.columns'],
    [{ users: { table: 'a', columns: { displayName: 'x' } } }, 'options.users.columns'],
    [{ users: { table: 'a', columns: { userName: 'x', active: 'y' } } }, 'options.users.columns.active'],
    [
      { users: { table: 'a', columns: { userName: { column: 'x', as: 'blob' } } } },
      'options.users.columns.userName.as',
    ],
    [{ users: { table: 'a', columns: { userName: 'x' }, remove: false } }, 'options.users.active'],
    [{ users: { table: 'a', columns: { userName: 'x' }, match: ['emails'] } }, 'options.users.match'],
    [{ users: { table: 'a', columns: { userName: 'x' }, more: 1 } }, 'options.users.more'],
    [{ users: { table: 'a', columns: { userName: 'x?' } } }, 'options.users.columns.userName'],
    [
      { users: { table: 'a', columns: { userName: 'x' } }, groups: { table: 'g', columns: { displayName: 'x' } } },
      'options.memberships',
    ],
  ])('options %j are refused at %s', (given, at) => {
    expect(() => TABLE_KIND.check(settingsOf(given))).toThrow(at)
  })

  test('the database must be named by an environment variable, which tenants may not do', () => {
    const credentials = { kind: 'connection', sealed: 's1' } as const
    expect(() => TABLE_KIND.check({ options, credentials })).toThrow('environment variable')
    expect(() => TABLE_KIND.check({ options })).toThrow('environment variable')
  })

  test('a table without memberships can have no groups in scope', () => {
    const { groups: _groups, memberships: _memberships, ...users } = { groups: 0, memberships: 0, ...options }
    const settings = { ...settingsOf(users), scope: { users: {}, groups: {} } }
    expect(() => TABLE_KIND.check(settings)).toThrow('scope.groups: The app keeps no groups')
  })
})
