// The examples of own tables: each is run, and its tables are what the identity provider has made them.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Database from 'better-sqlite3'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createScim, TABLES } from '../../../examples/own-tables.ts'
import { createScim as onBetterSqlite3 } from '../../../examples/own-tables-better-sqlite3.ts'
import { createScim as onDrizzle } from '../../../examples/own-tables-drizzle.ts'
import { createScim as onKysely } from '../../../examples/own-tables-kysely.ts'
import { createScim as onPg } from '../../../examples/own-tables-pg.ts'
import { Group, PATCH_OP, User } from '../../../src/protocol/index.ts'
import { startPostgres, type TestServer } from '../../postgres.ts'
import { makeFolder } from '../../sqlite/folder.ts'

type Fetch = (request: Request) => Promise<Response>
type Rows = (sql: string) => Promise<readonly (readonly unknown[])[]>

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

/** What an identity provider does to two people and a group, and what the tables hold then. */
async function provision(fetch: Fetch, rows: Rows): Promise<void> {
  const call = async (method: string, path: string, body: object) => {
    const response = await fetch(
      new Request(`http://app.example/scim/v2${path}`, {
        method,
        headers: { authorization: 'Bearer secret', 'content-type': 'application/scim+json' },
        body: JSON.stringify(body),
      }),
    )
    return (await response.json()) as { id: string; status?: string; detail?: string }
  }
  const create = (userName: string) => call('POST', '/Users', { schemas: [User.schema.id], userName })
  const [ann, bea] = [await create('ann@acme.example'), await create('bea@acme.example')]
  const members = [ann, bea].map(({ id }) => ({ value: id }))
  await call('POST', '/Groups', { schemas: [Group.schema.id], displayName: 'Admins', members })
  expect(await rows('select email, active from users order by email')).toEqual([
    ['ann@acme.example', 1],
    ['bea@acme.example', 1],
  ])
  expect(await rows('select count(*) from memberships')).toEqual([[2]])
  await rows(`insert into sessions values ('${ann.id}')`)
  const Operations = [{ op: 'replace', path: 'active', value: false }]
  await call('PATCH', `/Users/${ann.id}`, { schemas: [PATCH_OP], Operations })
  expect(await rows('select active from users order by email')).toEqual([[0], [1]])
  expect(await rows('select user_id, role from grants')).toEqual([[bea.id, 'owner']])
  expect(await rows('select count(*) from sessions')).toEqual([[0]])
}

test('node:sqlite: rows, refusals and what comes after', async () => {
  const { folder, remove } = await makeFolder()
  const file = join(folder, 'app.db')
  const app = new DatabaseSync(file)
  app.exec(TABLES)
  const mails: string[] = []
  const scim = createScim(file, 'secret', (to) => mails.push(to))
  await provision(scim.fetch, async (sql) =>
    app
      .prepare(sql)
      .all()
      .map((row) => Object.values(row)),
  )
  await vi.waitFor(() => expect(mails.sort()).toEqual(['ann@acme.example', 'bea@acme.example']), { timeout: 10_000 })
  const refused = await scim.fetch(
    new Request('http://app.example/scim/v2/Users', {
      method: 'POST',
      headers: { authorization: 'Bearer secret', 'content-type': 'application/scim+json' },
      body: JSON.stringify({ schemas: [User.schema.id], userName: 'eve@evil.example' }),
    }),
  )
  expect([refused.status, await refused.json()]).toEqual([
    400,
    expect.objectContaining({ detail: 'Only addresses of acme.example' }),
  ])
  await scim.close()
  app.close()
  await remove()
})

test('better-sqlite3', async () => {
  const app = new Database(':memory:')
  app.exec(TABLES)
  const scim = onBetterSqlite3(app, 'secret')
  await provision(scim.fetch, async (sql) => {
    const statement = app.prepare(sql)
    if (statement.reader) return statement.raw().all() as unknown[][]
    statement.run()
    return []
  })
  await scim.close()
  app.close()
})

describe.each([
  ['pg', onPg],
  ['Drizzle', onDrizzle],
  ['Kysely', onKysely],
])('PostgreSQL by %s', (_name, create) => {
  test('keeps the tables', async () => {
    const place = await server.database()
    const pool = new pg.Pool({ connectionString: place.url })
    pool.on('error', () => {})
    await pool.query(TABLES)
    const scim = create(pool, 'secret')
    await provision(scim.fetch, async (sql) => {
      const { rows } = await pool.query({ text: sql, rowMode: 'array' })
      return rows.map((row: unknown[]) => row.map((value) => (/^\d+$/.test(String(value)) ? Number(value) : value)))
    })
    await scim.close()
    await pool.end()
    await place.drop()
  })
})
