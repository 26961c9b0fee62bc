// People in the app's own table on PostgreSQL: read through its pool, written in the transaction.

import { type Document, lockstep, type OwnRow, type OwnRows, ownResources, User } from 'lockstep'
import { postgresStore } from 'lockstep/postgres'
import { simulate, tellSimulation } from 'lockstep/simulate'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { emptyPlace, onPostgres } from '../database-under-test.ts'

/** What a pool and the client of a transaction have in common. */
interface Db {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}
interface Row {
  readonly id: string
  readonly email: string
  readonly active: boolean | null
}

const TABLE = `create table users (
  org text, id text collate "C", email text not null, active boolean, primary key (org, id), unique (org, email))`

async function select(db: Db, where: string, values: readonly unknown[]): Promise<readonly OwnRow[]> {
  const { rows } = await db.query(`select id, email, active from users where org = $1 and ${where}`, values)
  return (rows as readonly Row[]).map(({ id, email, active }) => ({
    id,
    document({ active: _, ...rest }: Document) {
      return { ...rest, userName: email, ...(active === null ? {} : { active }) }
    },
  }))
}

const users: OwnRows<Db> = {
  type: User,
  rows: (db, org, ids, locked) => select(db, `id = any($2) ${locked ? 'for update' : ''}`, [org, ids]),
  page: (db, org, after, limit) => select(db, 'id > $2 order by id limit $3', [org, after, limit]),
  async find(db, org, path, value) {
    if (path !== 'userName') return undefined
    return (await select(db, 'lower(email) = $2', [org, value])).map(({ id }) => id)
  },
  save: (db, org, id, { userName, active = null }) =>
    db.query(
      `insert into users (org, id, email, active) values ($1, $2, $3, $4)
       on conflict (org, id) do update set email = excluded.email, active = excluded.active`,
      [org, id, userName, active],
    ),
  remove: (db, org, id) => db.query('delete from users where org = $1 and id = $2', [org, id]),
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function app() {
  const place = await emptyPlace()
  closing.push(place.remove)
  const pool = new pg.Pool({ connectionString: place.database })
  closing.push(() => pool.end())
  await pool.query(TABLE)
  const store = ownResources<
    Db,
    Parameters<NonNullable<Parameters<Awaited<ReturnType<typeof postgresStore>>['commit']>[1]>>[0]
  >(await postgresStore({ pool }), { db: pool as unknown as Db, types: [users] })
  const scim = lockstep({ store, authenticate: () => ({ tenant: 'acme', actor: 'okta' }) })
  closing.push(scim.close)
  return { pool, scim, store }
}

describe.runIf(onPostgres)("people in the app's table on PostgreSQL", () => {
  test.each(['okta', 'entra'] as const)('%s does all its work', async (provider) => {
    const { scim } = await app()
    const played = await simulate(provider, { fetch: scim.fetch, token: 't', people: 3, seed: 1 })
    expect(played.works, tellSimulation(played)).toBe(true)
  })

  test('the row decides, and changes of both sides at once lose nothing', async () => {
    const { pool, scim, store } = await app()
    await pool.query(`insert into users values ('acme', '42', 'old@x.example', true)`)
    const ann = await scim.users('acme').get('42')
    expect(ann).toMatchObject({ id: '42', userName: 'old@x.example', active: true })
    const changes = Array.from({ length: 20 }, async (_, n) => {
      await pool.query(`update users set email = $1 where id = '42'`, [`n${n}@x.example`])
      const Operations = [{ op: 'replace', path: 'title', value: `n${n}` }]
      const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })
      const headers = { 'content-type': 'application/scim+json' }
      const url = 'http://app.example/scim/v2/Users/42'
      const answer = await scim.fetch(new Request(url, { method: 'PATCH', headers, body }))
      expect([200, 204]).toContain(answer.status)
    })
    await Promise.all(changes)
    const { rows } = await pool.query('select email from users')
    const shown = await scim.users('acme').get('42')
    expect(shown?.userName).toBe(rows[0]?.email)
    const log = await store.changes('acme', 0, 100)
    const names = log.flatMap(({ paths }) => paths.filter(({ path }) => path === 'title').map((one) => one.new))
    expect(names.toSorted()).toEqual(Array.from({ length: 20 }, (_, n) => `n${n}`).toSorted())
  })
})
