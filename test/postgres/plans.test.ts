// PostgreSQL answers the queries of identity providers from an index.

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { EnterpriseUser } from '../../src/protocol/index.ts'
import type { Query } from '../../src/store/index.ts'
import { type PostgresStore, postgresStore } from '../../src/store/postgres/postgres.ts'
import { startPostgres, type TestDatabase, type TestServer } from '../postgres.ts'
import { creating, GROUP, querying, USER } from '../store.contract.ts'

/** People in the tenant that is asked. `LOCKSTEP_PLANS=1000000` makes a million, which takes a minute. */
const PEOPLE = Number(process.env.LOCKSTEP_PLANS ?? 100_000)
const GROUPS = Math.floor(PEOPLE / 100)

// A million people would take their time.
vi.setConfig({ testTimeout: 180_000 })

let server: TestServer
let database: TestDatabase
let store: PostgresStore
let pool: pg.Pool
let admin: pg.Client
const heard: { readonly text: string; readonly values: unknown[]; readonly name?: string }[] = []

/** What the tenant has declared indexed. */
const DECLARED = ['title', 'name.familyName', `${EnterpriseUser.id}:department`]

/** How many of these numbers, from 1 to PEOPLE divided by `per`, begin with these digits. */
const beginning = (digits: string, per = 1) =>
  Array.from({ length: PEOPLE / per }, (_, at) => String(at + 1)).filter((text) => text.startsWith(digits)).length

const idOf = (n: number) => `0192f000-0000-7000-8000-${String(n).padStart(12, '0')}`

beforeAll(async () => {
  server = await startPostgres()
  database = await server.database()
  pool = new pg.Pool({ connectionString: database.url, max: 4 })
  const { query } = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown }
  pool.on('connect', (client) => {
    Object.assign(client, {
      query(...args: unknown[]) {
        const [asked] = args as [{ text: string; values?: unknown[]; name?: string } | string]
        if (typeof asked === 'object' && asked.values !== undefined) heard.push({ ...asked, values: asked.values })
        return query.apply(client, args)
      },
    })
  })
  store = await postgresStore({ pool })
  admin = new pg.Client({ connectionString: database.url })
  await admin.connect()
  for (const tenant of ['acme', 'beta']) {
    await store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])
    // One of each by the store itself, which makes the index paths.
    const person = {
      userName: 'first@x.example',
      externalId: 'first',
      displayName: 'First',
      emails: [{ value: 'first@x.example', type: 'work' }],
    }
    await store.commit([creating('u', person, { tenant }), creating('g', { displayName: 'First' }, { tenant })])
    await store.commit([{ write: 'indexed', tenant, type: 'User', paths: DECLARED, as: 'empty' }])
    await fill(tenant, tenant === 'acme' ? PEOPLE : PEOPLE / 4)
    await store.commit([{ write: 'indexed', tenant, type: 'User', paths: DECLARED, as: 'complete' }])
  }
  await admin.query('vacuum analyze')
}, 600_000)

afterAll(async () => {
  await store.close()
  await pool.end()
  await admin.end()
  await server.stop()
})

/** Rows as the store would have written them, but all at once. */
async function fill(tenant: string, people: number): Promise<void> {
  const t = `(select t from lockstep.tenant where name = '${tenant}')`
  const a = (y: string, path: string) =>
    `(select a from lockstep.path where t = ${t} and y = '${y}' and path = '${path}')`
  const id = (n: string) => `'0192f000-0000-7000-8000-' || lpad((${n})::text, 12, '0')`
  const text = `'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"' || ${id('n')} || '","userName":"user' || n || '@x.example",'`
  await admin.query(
    `insert into lockstep.resource (t, k, version, created, modified, y, id, display, entries, text)
     select ${t}, n + 1000, 1, n, n, 'User', ${id('n')}, 'User ' || n, '{}',
       ${text} || '"title":"Title ' || n / 10 || '","name":{"familyName":"Family ' || n || '"},"emails":[{"value":"user' || n || '@x.example","type":"work"}],"active":true}'
     from generate_series(1, ${people}) n`,
  )
  const entries: [string, string][] = [
    ['userName', `'user' || n || '@x.example'`],
    ['externalId', `'ext' || n`],
    ['displayName', `'user ' || n`],
    ['emails.value', `'user' || n || '@x.example'`],
    ['title', `'title ' || n / 10`],
    ['name.familyName', `'family ' || n`],
    [`${EnterpriseUser.id}:department`, `'department ' || n % 1000`],
  ]
  for (const [path, value] of entries) {
    await admin.query(
      `insert into lockstep.value_index (t, a, v, x, k)
       select ${t}, ${a('User', path)}, ${value}, ${path === 'userName' ? '0' : 'n + 1000'}, n + 1000
       from generate_series(1, ${people}) n`,
    )
  }
  const groups = Math.floor(people / 100)
  const k = `n + 1000 + ${people}`
  await admin.query(
    `insert into lockstep.resource (t, k, version, created, modified, y, id, display, entries, text)
     select ${t}, ${k}, 1, n, n, 'Group', ${id(`n + ${people}`)}, 'Group ' || n, '{}', '{"displayName":"Group ' || n || '"}'
     from generate_series(1, ${groups}) n`,
  )
  await admin.query(
    `insert into lockstep.value_index (t, a, v, x, k)
     select ${t}, ${a('Group', 'displayName')}, 'group ' || n, ${k}, ${k} from generate_series(1, ${groups}) n`,
  )
  await admin.query(
    `insert into lockstep.member (t, g, m) select ${t}, ${k}, m + 1000
     from generate_series(1, ${groups}) n, generate_series(1, 1000) m where m <= 20 or (m % ${groups}) = n`,
  )
  await admin.query(
    `insert into lockstep.change (t, place, at, version, mark, y, id, op, actor, detail)
     select ${t}, n + 10, n, 1, 0, 'User', ${id('n')}, 'create', 'x', '{"paths":[]}' from generate_series(1, ${people}) n`,
  )
  await admin.query(`update lockstep.tenant_state set place = ${people + 10}, next_k = ${people * 2} where t = ${t}`)
  await admin.query(
    `update lockstep.counter set n = case y when 'User' then ${people} else ${groups} end where t = ${t}`,
  )
}

/** The plans of all that a piece of work asks: for the values at hand, and, where a statement is prepared, for any. */
async function plansOf(work: () => Promise<unknown>): Promise<string[]> {
  heard.length = 0
  for (let times = 0; times < 3; times++) await work()
  const prepared = new Set(heard.flatMap(({ text, name }) => (name === undefined ? [] : [text])))
  const statements = new Map(heard.map(({ text, values }) => [text, values]))
  const plans: string[] = []
  for (const [text, values] of statements) {
    const asked = [await admin.query({ text: `explain (costs off) ${text}`, values, rowMode: 'array' })]
    if (prepared.has(text)) {
      asked.push(await admin.query({ text: `explain (costs off, generic_plan) ${text}`, rowMode: 'array' }))
    }
    for (const { rows } of asked) plans.push(`${text}\n${rows.map((row: unknown[]) => row[0]).join('\n')}`)
  }
  return plans
}

/** A plan without what only runs if a condition holds that is checked once, before: that lines of the log were cut, for instance. */
function withoutGuarded(plan: string): string {
  const kept: string[] = []
  let guard = Number.POSITIVE_INFINITY
  for (const line of plan.split('\n')) {
    const indent = line.search(/\S/)
    if (indent < guard) guard = Number.POSITIVE_INFINITY
    if (guard === Number.POSITIVE_INFINITY) kept.push(line)
    if (line.includes('One-Time Filter: ')) guard = Math.min(guard, indent)
  }
  return kept.join('\n')
}

const SCANS = /Seq Scan on (resource|value_index|member|change)\b/

async function expectIndexed(work: () => Promise<unknown>): Promise<void> {
  const plans = await plansOf(work)
  expect(plans.length).toBeGreaterThan(0)
  expect(plans.filter((plan) => SCANS.test(withoutGuarded(plan)))).toEqual([])
}

const page: Query['page'] = { offset: 0, limit: 100 }

describe('what identity providers ask is answered by an index', () => {
  test.each([
    ['userName eq "user77@x.example"', 1],
    ['userName eq "nobody"', 0],
    ['externalId eq "ext77"', 1],
    ['emails[type eq "work" and value eq "user77@x.example"]', 1],
    ['emails.value eq "user77@x.example"', 1],
    ['userName eq "user77@x.example" and active eq true', 1],
    ['userName eq "user77@x.example" or externalId eq "ext78"', 2],
    ['userName sw "user77@"', 1],
    ['userName sw "user7777"', beginning('7777')],
    [`id eq "${idOf(77)}"`, 1],
    [`meta.lastModified gt "${new Date(PEOPLE - 50).toISOString()}"`, 50],
    [`meta.created ge "${new Date(PEOPLE - 50).toISOString()}"`, 51],
    ['displayName eq "user 77"', 1],
    ['title eq "Title 77"', 10],
    ['title sw "title 777"', 10 * beginning('777', 10)],
    ['title eq "title 77" and userName eq "user777@x.example"', 1],
    ['name.familyName eq "family 77"', 1],
    ['name[familyName sw "family 7777"]', beginning('7777')],
    [`${EnterpriseUser.id}:department eq "Department 77"`, PEOPLE / 1_000],
  ])('users: %s', async (filter, total) => {
    for (const totals of [true, false]) {
      const query = querying([USER], { filter, page, total: totals, groups: true })
      await expectIndexed(() => store.find(query))
    }
    const found = await store.find(querying([USER], { filter, page }))
    expect(found.total).toBe(total)
  })

  test.each([
    ['displayName eq "group 77"', 1],
    [`members.value eq "${idOf(900)}"`, 1],
    [`members[value eq "${idOf(900)}"]`, 1],
    [`members eq "${idOf(900)}"`, 1],
    [`displayName eq "group 7" and members.value eq "${idOf(7)}"`, 1],
  ])('groups: %s', async (filter, total) => {
    await expectIndexed(() => store.find(querying([GROUP], { filter, page })))
    expect((await store.find(querying([GROUP], { filter, page }))).total).toBe(total)
  })

  test('pages, near and far, by position and by cursor', async () => {
    await store.find(querying([USER], { page: { offset: PEOPLE - 500, limit: 10 } }))
    for (const spot of [
      page,
      { offset: PEOPLE - 1_000, limit: 100 },
      { after: { id: idOf(PEOPLE / 2) }, limit: 100 },
    ]) {
      await expectIndexed(() => store.find(querying([USER], { page: spot, groups: true })))
    }
  })

  test('one resource, its groups, its members, its holders', async () => {
    const user = { tenant: 'acme', type: 'User', id: idOf(77) }
    const group = { tenant: 'acme', type: 'Group', id: idOf(PEOPLE + 7) }
    await expectIndexed(() => store.get(user))
    await expectIndexed(() => store.get(user, { groups: true }))
    const several = [7, 77, 777].map((n) => ({ ...user, id: idOf(n) }))
    await expectIndexed(() => Promise.all(several.map((one) => store.get(one))))
    await expectIndexed(() => Promise.all(several.map((one) => store.get(one, { groups: true }))))
    await expectIndexed(() => store.names('acme', [idOf(1), idOf(2), idOf(PEOPLE + 1)]))
    await expectIndexed(() => store.memberCount(group, 1_000))
    await expectIndexed(async () => {
      for await (const _ of store.members(group));
    })
    await expectIndexed(() => store.holders('acme', 'User', { path: 'emails.value', value: 'user77@x.example' }, 10))
    await expectIndexed(() => store.changes('acme', PEOPLE - 100, 50))
    expect(GROUPS).toBeGreaterThan(7)
  })
})

describe('writes find what they need by an index', () => {
  test('creating, changing, joining, removing', async () => {
    const isRead = ({ text }: { text: string }) => !/^(begin|commit|rollback|set|explain)/.test(text)
    heard.length = 0
    await store.commit([creating('w1', { userName: 'w1' }), creating('w2', { userName: 'w2' })])
    await store.commit([creating('w3', { userName: 'w1' })]).catch(() => {})
    await store.commit([
      {
        write: 'update',
        draft: { tenant: 'acme', type: 'Group', id: idOf(PEOPLE + 7), text: '', display: '' },
        at: 9,
        same: true,
        unindex: [],
        index: [],
        members: [
          { edit: 'add', members: [{ id: 'w1' }] },
          { edit: 'remove', ids: [idOf(3)] },
        ],
        log: { op: 'patch', actor: 'x', paths: [] },
      },
    ])
    await store.commit([
      {
        write: 'remove',
        ref: { tenant: 'acme', type: 'User', id: 'w1' },
        at: 9,
        log: { op: 'delete', actor: 'x', paths: [] },
      },
    ])
    const statements = heard.filter(isRead)
    expect(statements.length).toBeGreaterThan(10)
    const plans: string[] = []
    for (const { text } of statements) {
      const { rows } = await admin.query({ text: `explain (costs off, generic_plan) ${text}`, rowMode: 'array' })
      plans.push(`${text}\n${rows.map((row: unknown[]) => row[0]).join('\n')}`)
    }
    expect(plans.filter((plan) => SCANS.test(plan))).toEqual([])
  })
})
