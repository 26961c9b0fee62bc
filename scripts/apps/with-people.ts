// Tries the apps that had people before SCIM, as their customers' administrators would.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import type { TestServer } from '../../test/postgres.ts'
import { type Answer, ask, MEMBERS, provision, pushGroup, type Target } from './provision.ts'
import { fetchFrom, start } from './running.ts'

const json = <T>(response: Response) => response.json() as Promise<T>
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const deactivate = { schemas: [PATCH], Operations: [{ op: 'replace', path: 'active', value: false }] }

/** What an app answers to whoever connects a customer. */
interface Connected {
  readonly url: string
  readonly token: string
  readonly adopted: number
  readonly refused: readonly unknown[]
}

/** Express and Drizzle on PostgreSQL: 5,000 people, roles, seats, and sessions. */
export async function tryExpressWithDrizzle(folder: string, server: TestServer): Promise<void> {
  const database = await server.database()
  const pool = new pg.Pool({ connectionString: database.url })
  await pool.query(`create table customers (id text primary key, seats integer not null);
    create table users (id text primary key, customer text not null, email text not null, email_verified boolean not null default false,
      name text not null, role text not null default 'viewer', disabled boolean not null default false,
      created_at timestamptz not null default now());
    create table sessions (token uuid primary key default gen_random_uuid(), "user" text not null);
    insert into customers values ('acme', 6000);
    insert into users (id, customer, email, email_verified, name, created_at)
      select 'u' || n, 'acme', 'p' || n || '@acme.example', true, 'Person ' || n, '2020-01-01' from generate_series(1, ${MEMBERS}) n`)
  const app = await start([process.execPath, 'express-drizzle/app.ts'], folder, (base) => ({
    DATABASE_URL: database.url,
    APP_URL: base,
  }))
  try {
    const target = { name: 'express-drizzle', ...(await connect(app.base)) }
    await provision(folder, target)
    await pushGroup(target, 'Engineering')
    await ask(target, 201, 'POST', '/Groups', { schemas: [GROUP], displayName: 'Admins', members: [{ value: 'u1' }] })
    const roles = await pool.query(
      'select role, count(*)::int as many from users where id ~ $1 group by 1 order by 1',
      ['^u'],
    )
    assert.deepEqual(roles.rows, [
      { role: 'editor', many: MEMBERS - 1 },
      { role: 'owner', many: 1 },
    ])
    await trySessions(target, app.base, pool)
    await trySeats(target, pool)
  } finally {
    await app.stop()
    await pool.end()
    await database.drop()
  }
}

/** Whoever is deactivated is signed out, and the last owner can't be. */
async function trySessions(target: Target, base: string, pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query(`insert into sessions ("user") values ('u17') returning token`)
  const me = () => fetch(`${base}/me`, { headers: { authorization: `Bearer ${rows[0].token}` } })
  assert.deepEqual(await (await me()).json(), { name: 'Person 17', role: 'editor' })
  await ask(target, 200, 'PATCH', '/Users/u17', deactivate)
  assert.equal((await me()).status, 401)
  const refused = await ask(target, 403, 'PATCH', '/Users/u1', deactivate)
  assert.match(String(refused.detail), /owner/)
}

/** A person whom the app has gets no second account, and there are no more people than seats. */
async function trySeats(target: Target, pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into users (id, customer, email, email_verified, name) values ('late', 'acme', 'late@acme.example', true, 'Late')`,
  )
  const emails = [{ value: 'late@acme.example', primary: true }]
  const late = { schemas: [USER], userName: 'l.ate', externalId: '00u1', emails }
  assert.equal((await ask(target, 201, 'POST', '/Users', late)).id, 'late')
  await pool.query('update customers set seats = (select count(*) from users where not disabled)')
  const refused = await ask(target, 403, 'POST', '/Users', { schemas: [USER], userName: 'one.more@acme.example' })
  assert.match(String(refused.detail), /seats are taken/)
}

/** Prisma itself: what it writes is in the transaction of Lockstep's, nested writes included. */
export async function tryPrisma(folder: string, server: TestServer): Promise<void> {
  const database = await server.database()
  const pool = new pg.Pool({ connectionString: database.url })
  await pool.query(`create type "Role" as enum ('OWNER', 'EDITOR', 'VIEWER');
    create table "Customer" (id text primary key, seats integer not null);
    create table "User" (id text primary key, "customerId" text not null references "Customer", email text not null,
      "emailVerified" timestamp(3), name text, role "Role" not null default 'VIEWER', "disabledAt" timestamp(3),
      "createdAt" timestamp(3) not null default current_timestamp, unique ("customerId", email));
    create table "Session" (id text primary key, "userId" text not null references "User" on delete cascade);
    insert into "Customer" values ('acme', 6000);
    insert into "User" (id, "customerId", email, "emailVerified", name)
      select 'u' || n, 'acme', 'p' || n || '@acme.example', now(), 'Person ' || n from generate_series(1, ${MEMBERS}) n;
    insert into "Session" values ('s1', 'u17')`)
  const app = await start([process.execPath, 'prisma/app.ts'], folder, (base) => ({
    DATABASE_URL: database.url,
    APP_URL: base,
  }))
  try {
    const target = { name: 'prisma', ...(await connect(app.base)) }
    await provision(folder, target)
    await pushGroup(target)
    const owners = { schemas: [GROUP], displayName: 'Admins', members: [{ value: 'u1' }] }
    await ask(target, 201, 'POST', '/Groups', owners)
    await ask(target, 200, 'PATCH', '/Users/u17', deactivate)
    const refused = await ask(target, 403, 'PATCH', '/Users/u1', deactivate)
    assert.match(String(refused.detail), /OWNER/)
    const { rows } = await pool.query(`select id, role, "disabledAt" is null as active,
      (select count(*)::int from "Session") as sessions from "User" where id in ('u1', 'u17') order by id`)
    assert.deepEqual(rows, [
      { id: 'u1', role: 'OWNER', active: true, sessions: 0 },
      { id: 'u17', role: 'VIEWER', active: false, sessions: 0 },
    ])
  } finally {
    await app.stop()
    await pool.end()
    await database.drop()
  }
}

/** Tables of Prisma's shape, by the handlers of the route; `answer` is Next.js itself where that is installed. */
export async function tryNextWithPrisma(folder: string, server: TestServer, next: boolean): Promise<void> {
  const database = await server.database()
  const pool = new pg.Pool({ connectionString: database.url })
  await pool.query(`create table "User" (id text primary key, "orgId" text not null, email text not null, name text,
      active boolean not null default true, "createdAt" timestamp(3) not null default current_timestamp, unique ("orgId", email));
    create table "Session" (id text primary key, "userId" text not null references "User" on delete cascade on update cascade);
    insert into "User" (id, "orgId", email, name)
      select 'u' || n, 'acme', 'p' || n || '@acme.example', 'Person ' || n from generate_series(1, ${MEMBERS}) n;
    insert into "Session" values ('s1', 'u17')`)
  const env = (base: string) => ({ DATABASE_URL: database.url, APP_URL: base })
  const program = [join(folder, 'node_modules/.bin/next'), 'start', 'next-prisma']
  const app = next ? await start(program, folder, env) : undefined
  try {
    if (app === undefined) Object.assign(process.env, env('https://app.example'))
    const handlers = app === undefined ? await routes(folder) : undefined
    const made = handlers === undefined ? await connect(app?.base ?? '') : await handlers.connect()
    const target: Target = { name: 'next-prisma', ...made, ...(handlers && { fetch: handlers.answer }) }
    await provision(folder, target)
    await pushGroup(target)
    await ask(target, 200, 'PATCH', '/Users/u17', deactivate)
    const left = await pool.query(
      'select active, (select count(*)::int from "Session") as sessions from "User" where id = $1',
      ['u17'],
    )
    assert.deepEqual(left.rows, [{ active: false, sessions: 0 }])
    await handlers?.close()
  } finally {
    await app?.stop()
    await pool.end()
    await database.drop()
  }
}

/** The files of the routes, called as Next.js calls them. */
async function routes(folder: string) {
  const load = (path: string) => import(pathToFileURL(join(folder, 'next-prisma', path)).href)
  const route = await load('app/t/[tenant]/scim/v2/[[...path]]/route.ts')
  const customers = await load('app/customers/[tenant]/scim/route.ts')
  const params = Promise.resolve({ tenant: 'acme' })
  const answer: Answer = (request) => route[request.method](request, { params })
  const connect = async (): Promise<Connected> =>
    (await customers.POST(new Request('https://app.example', { method: 'POST' }), { params })).json()
  const { scim, pool: own } = await load('scim.ts')
  const close = async () => {
    await scim.close()
    await own.end()
  }
  return { answer, connect: async () => checked(await connect()), close }
}

async function connect(base: string): Promise<Connected> {
  const response = await fetch(`${base}/customers/acme/scim`, { method: 'POST' })
  return checked((await response.json()) as Connected)
}

function checked(made: Connected): Connected {
  assert.deepEqual([made.adopted, made.refused], [MEMBERS, []])
  return made
}

/** Sub-domains: each customer has people and tokens of its own. */
export async function tryFastifyWithSubdomains(folder: string): Promise<void> {
  const app = await start([process.execPath, 'fastify-subdomains/app.ts'], folder, () => ({
    DATABASE: join(folder, 'subdomains.db'),
    DOMAIN: 'app.example',
  }))
  try {
    const answer = fetchFrom(app.port)
    const post = async (customer: string): Promise<Pick<Connected, 'url' | 'token'>> =>
      answer(new Request(`http://${customer}.app.example/scim-token`, { method: 'POST' })).then(
        json<Pick<Connected, 'url' | 'token'>>,
      )
    const [acme, globex] = [await post('acme'), await post('globex')]
    assert.equal(acme.url, 'https://acme.app.example/scim/v2')
    for (const made of [acme, globex]) {
      await provision(folder, { name: 'fastify-subdomains', ...made, fetch: answer })
    }
    const target = { name: 'fastify-subdomains', ...acme, fetch: answer }
    const ann = { schemas: [USER], userName: 'ann@acme.example' }
    const { meta } = await ask(target, 201, 'POST', '/Users', ann)
    assert.match((meta as { readonly location: string }).location, /^https:\/\/acme\.app\.example\/scim\/v2\/Users\//)
    await ask({ ...target, url: globex.url }, 401, 'GET', '/Users')
    const people = async (customer: string) => {
      const rows = await answer(new Request(`http://${customer}.app.example/people`)).then(
        json<readonly { readonly login: string }[]>,
      )
      return rows.filter(({ login }) => login === ann.userName).length
    }
    assert.deepEqual([await people('acme'), await people('globex')], [1, 0])
  } finally {
    await app.stop()
  }
}
