// Several servers on one PostgreSQL database: start, changes, rolling upgrade.

import { writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { postgresStore } from '../../src/store/postgres/postgres.ts'
import { folder, type Running, run, startServer } from '../cli/run.ts'
import { startPostgres, type TestDatabase, type TestServer } from '../postgres.ts'
import { createClient, user } from '../rfc/client.ts'
import { serve } from '../serve.ts'
import { openWire } from './wire.ts'

// Whole servers on one PostgreSQL: what several of them tell each other, what they do together at the start, and without it.

let postgres: TestServer
const ends: (() => unknown)[] = []
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function database(): Promise<TestDatabase> {
  const made = await postgres.database()
  ends.push(made.drop)
  return made
}

async function started(url: string, env: { readonly [name: string]: string } = {}): Promise<Running> {
  const server = await startServer(['--database', url, '--log-level', 'warn'], env)
  ends.push(() => server.stop('SIGKILL'))
  return server
}

/** Waits as long as it takes, within the test's own limit. */
const soon = { timeout: 20_000, interval: 50 }

describe('several servers', { timeout: 60_000 }, () => {
  test('that start at once on an empty database make its tables once, and one of them prints a token', async () => {
    const { url, name } = await database()
    const servers = await Promise.all(Array.from({ length: 4 }, () => started(url)))
    const tokens = servers.flatMap(({ greeting }) => /Bearer token +(\S+)/.exec(greeting)?.[1] ?? [])
    expect(tokens).toHaveLength(1)
    for (const { url: base } of servers) {
      const scim = createClient({ base: `${base}/tenants/default/scim/v2`, token: tokens[0] ?? '' })
      expect((await scim.get('/Users')).status).toBe(200)
    }
    const { rows } = await postgres.admin('select version::integer from lockstep.migration order by 1', name)
    expect(rows).toEqual(rows.map((_, at) => ({ version: at + 1 })))
    const { stdout } = await run(['connection', 'list', 'default', '--json', '--database', url])
    expect(JSON.parse(stdout)).toHaveLength(1)
    for (const server of servers) expect(server.stderr()).toBe('')
  })

  test('hear of a revoked token, a new schema and other settings, with and without the connection to listen on', async () => {
    const { url } = await database()
    const wire = await openWire(postgres.port)
    ends.push(wire.close)
    const through = new URL(url)
    through.port = String(wire.port)
    const one = await serve({ database: url })
    ends.push(one.close)
    const two = await serve({ database: through.href })
    ends.push(two.close)
    const tenant = await one.tenant()
    for (const cut of [false, true]) {
      const { token, connection } = await one.connection('strict', { tenant })
      const scim = createClient({ base: `${two.url}/tenants/${tenant}/scim/v2`, token })
      expect((await scim.get('/Users')).status).toBe(200)
      if (cut) wire.cut()
      const urn = `urn:example:${cut ? 'cut' : 'whole'}:User`
      const schema = { id: urn, name: 'Badge', attributes: [{ name: 'badge', type: 'string' }] }
      await one.tenancy.schemas.put(tenant, schema, { extend: ['User'], usage: one.directory, actor: 'test' })
      await expect.poll(async () => (await scim.get('/Schemas')).text, soon).toContain(urn)
      await one.tenancy.changeSettings(tenant, { features: { patch: cut } }, one.directory)
      const patch = async () => (await scim.get('/ServiceProviderConfig')).body.patch.supported
      await expect.poll(patch, soon).toBe(cut)
      await one.tenancy.connections.revoke(tenant, connection)
      await expect.poll(async () => (await scim.get('/Users')).status, soon).toBe(401)
    }
  })
})

describe('a rolling upgrade', { timeout: 60_000 }, () => {
  test('a step that only adds leaves processes of the release before at work, and lets new ones of it start', async () => {
    const { url, name } = await database()
    const old = await started(url)
    const token = /Bearer token +(\S+)/.exec(old.greeting)?.[1] ?? ''
    const scim = createClient({ base: `${old.url}/tenants/default/scim/v2`, token })
    const known = await scim.makeUser()
    let failed = 0
    let stopped = false
    const load = (async () => {
      while (!stopped) {
        const answers = [await scim.get(`/Users/${known.id}`), await scim.post('/Users', user())]
        failed += answers.filter(({ status }) => status >= 400).length
      }
    })()
    // What a later release would do, while the old one is at work.
    await postgres.admin(
      `begin;
       alter table lockstep.resource add column later text;
       alter table lockstep.tenant_state add column later bigint not null default 0;
       create table lockstep.later (t bigint primary key);
       create index later_at on lockstep.change (t, at);
       insert into lockstep.migration (version, needs) select max(version) + 1, 1 from lockstep.migration;
       commit`,
      name,
    )
    for (let at = 0; at < 10; at++) expect((await scim.get(`/Users/${known.id}`)).status).toBe(200)
    stopped = true
    await load
    expect(failed).toBe(0)
    const again = await started(url)
    const other = createClient({ base: `${again.url}/tenants/default/scim/v2`, token })
    expect((await other.get(`/Users/${known.id}`)).status).toBe(200)
    expect(again.greeting).not.toContain('Bearer token')
  })

  test('a step that the release before can not work with keeps it from starting, with a word', async () => {
    const { url, name } = await database()
    await (await started(url)).stop()
    await postgres.admin(
      'insert into lockstep.migration (version, needs) select max(version) + 1, max(version) + 1 from lockstep.migration',
      name,
    )
    const { code, stderr, stdout } = await run(['serve', '--port', '0', '--database', url])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(
      /changed by a later release .* at step \d+, this release knows up to \d+; install the later release/,
    )
  })
})

describe('without its database', { timeout: 90_000 }, () => {
  test('a server answers 503 on every route, says so to probes and metrics, and is well again by itself', async () => {
    const own = await startPostgres()
    ends.push(own.stop)
    const { url } = await own.database()
    const server = await serve({ database: url, flags: { logLevel: 'silent' } })
    ends.push(server.close)
    const { base, token } = await server.connection('strict')
    const scim = createClient({ base, token })
    const { id } = await scim.makeUser()
    const group = await scim.makeGroup()
    const admin = (await server.tenancy.adminTokens.create({})).token
    const ask = (path: string) => fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${admin}` } })
    const numbers = async () => (await ask('/metrics')).text()
    expect((await ask('/admin/v1/tenants')).status).toBe(200)
    expect(await numbers()).toMatch(/lockstep_database_connections\{state="idle"\} [1-9]/)
    await own.halt()

    const bulk = { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations: [] }
    const answers = [
      await scim.get('/Users'),
      await scim.get('/Users?count=1000'),
      await scim.get(`/Users/${id}`),
      await scim.get(`/Groups/${group.id}`),
      await scim.get('/'),
      await scim.filter('/Users', 'userName eq "x"'),
      await scim.filter('/Users', 'title co "x"'),
      await scim.search('', { filter: 'displayName pr' }),
      await scim.post('/Users', user()),
      await scim.put(`/Users/${id}`, user()),
      await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'x' }]),
      await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [{ value: id }] }]),
      await scim.del(`/Users/${id}`),
      await scim.as(`${token.slice(0, -2)}xx`).get('/Users'),
    ]
    for (const answer of answers) {
      expect([answer.status, answer.body.status], answer.text).toEqual([503, '503'])
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(answer.text).not.toMatch(/ECONN|postgres|127\.0\.0\.1:\d+.*refused/i)
    }
    // A bulk request carries out each operation by itself, and says of each what became of it.
    const operation = { method: 'POST', path: '/Users', bulkId: 'a', data: user() }
    const many = await scim.post('/Bulk', { ...bulk, Operations: [operation] })
    expect(many.status === 503 || many.body.Operations[0].status === '503', many.text).toBe(true)
    const refused = await ask('/admin/v1/tenants')
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true])
    expect((await ask('/healthz')).status).toBe(200)
    const ready = await ask('/readyz')
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'the database does not answer' }])
    const text = await numbers()
    expect(text).toMatch(/^lockstep_database_up 0$/m)
    expect(text).not.toMatch(/^lockstep_(tenants|resources)\b/m)
    expect(Number(/^lockstep_database_outages_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(answers.length)

    await own.start()
    await expect.poll(async () => (await ask('/readyz')).status, soon).toBe(200)
    expect((await scim.get(`/Users/${id}`)).status).toBe(200)
    expect((await scim.post('/Users', user())).status).toBe(201)
    expect(await numbers()).toMatch(/^lockstep_database_up 1$/m)
    // A thread for heavy requests has a pool of its own, and is well again too.
    await expect.poll(async () => (await scim.filter('/Users', 'title co "x"')).status, soon).toBe(200)
  })

  test.each([[[]], [['--workers', '2']]])(
    'that can be read but not written, from the start on (%j): what it can answer is answered, and the start is finished as soon as it can be',
    async (flags) => {
      const { url, name } = await database()
      const before = await started(url)
      const token = /Bearer token +(\S+)/.exec(before.greeting)?.[1] ?? ''
      await before.stop()
      await postgres.admin(`alter database ${name} set default_transaction_read_only = on`)
      const server = await startServer(['--database', url, '--log-level', 'warn', ...flags])
      ends.push(() => server.stop('SIGKILL'))
      expect(server.greeting).toMatch(/start is not finished: .*read-only transaction/)
      const scim = createClient({ base: `${server.url}/tenants/default/scim/v2`, token })
      expect((await scim.get('/Users')).status).toBe(200)
      expect((await scim.post('/Users', user())).status).toBe(503)
      const ready = await fetch(`${server.url}/readyz`)
      expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('read-only transaction')])
      expect(server.stderr()).toContain('the start could not be finished; trying again')
      await postgres.admin(`alter database ${name} set default_transaction_read_only = off`)
      await expect.poll(async () => (await scim.post('/Users', user())).status, soon).toBe(201)
      await expect.poll(() => server.output(), soon).toContain('New token')
      await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status, soon).toBe(200)
      expect(await server.stop()).toBe(0)
    },
  )

  test('that can only be read, as a standby is, gives out a tenant all the same', async () => {
    const { url, name } = await database()
    expect((await run(['tenant', 'create', 'acme', '--database', url])).code).toBe(0)
    await postgres.admin(`alter database ${name} set default_transaction_read_only = on`)
    const dir = folder()
    ends.push(dir.remove)
    const { code, stderr } = await run(['tenant', 'export', 'acme', dir.path('acme'), '--database', url])
    expect([code, stderr]).toEqual([0, ''])
  })

  test('that can not be written at the very first start: no more than one token is made, when it can', async () => {
    const { url, name } = await database()
    // The tables are there, and nothing else.
    await (await postgresStore({ url, listen: false })).close()
    await postgres.admin(`alter database ${name} set default_transaction_read_only = on`)
    const server = await started(url)
    expect(server.greeting).not.toContain('Bearer token')
    // Stopped in the middle, the process ends all the same.
    await expect.poll(async () => (await fetch(`${server.url}/readyz`)).text(), soon).not.toContain('starting')
    expect(await server.stop()).toBe(0)
    const next = await started(url)
    await postgres.admin(`alter database ${name} set default_transaction_read_only = off`)
    await expect.poll(() => next.output(), soon).toContain('Bearer token')
    const token = /Bearer token +(\S+)/.exec(next.output())?.[1] ?? ''
    expect((await createClient({ base: `${next.url}/tenants/default/scim/v2`, token }).get('/Users')).status).toBe(200)
    const { stdout } = await run(['connection', 'list', 'default', '--json', '--database', url])
    expect(JSON.parse(stdout)).toHaveLength(1)
  })

  test('whose start fails otherwise: the process says so and ends', async () => {
    const { url, name } = await database()
    await (await postgresStore({ url, listen: false })).close()
    // Nothing that passes: a right that is missing.
    await postgres.admin(
      `create function lockstep.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
       create trigger refuse before insert on lockstep.record for each row execute function lockstep.refuse()`,
      name,
    )
    for (const flags of [[], ['--workers', '2']]) {
      const { code, stderr } = await run(['serve', '--port', '0', '--database', url, ...flags])
      expect([code, stderr.trim() === ''], stderr).toEqual([1, false])
    }
  })

  test('that is empty is given no tables by a command that only looks, or would find nothing to change', async () => {
    const { url, name } = await database()
    for (const args of [
      ['tenant', 'list'],
      ['tenant', 'delete', 'acme', '--yes'],
      ['connection', 'list', 'default'],
      ['query', '/Users'],
    ]) {
      const { code, stderr } = await run([...args, '--database', url])
      expect([code, stderr], args.join(' ')).toEqual([
        expect.any(Number),
        expect.stringContaining('has no tables of Lockstep; start the server once'),
      ])
      expect(code).not.toBe(0)
    }
    const made = await postgres.admin(`select to_regnamespace('lockstep') as schema`, name)
    expect(made.rows).toEqual([{ schema: null }])
    expect((await run(['tenant', 'create', 'acme', '--database', url])).code).toBe(0)
  })

  test('a password that is changed in its file is used without a restart', async () => {
    const own = await startPostgres()
    ends.push(own.stop)
    const { url, name } = await own.database()
    await own.admin(`create role scim login password 'first'; grant create on database ${name} to scim`)
    const dir = folder()
    ends.push(dir.remove)
    const file = dir.path('password')
    writeFileSync(file, 'first\n')
    const address = new URL(url)
    address.username = 'scim'
    address.password = ''
    const server = await started(address.href, { LOCKSTEP_DATABASE_PASSWORD_FILE: file })
    const token = /Bearer token +(\S+)/.exec(server.greeting)?.[1] ?? ''
    const scim = createClient({ base: `${server.url}/tenants/default/scim/v2`, token })
    expect((await scim.post('/Users', user())).status).toBe(201)
    await own.admin(`alter role scim password 'secönd/@:'`)
    await own.admin(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'scim'`)
    await expect.poll(async () => (await scim.post('/Users', user())).status, soon).toBe(503)
    writeFileSync(file, 'secönd/@:')
    await expect.poll(async () => (await scim.post('/Users', user())).status, soon).toBe(201)
    expect(server.stderr()).not.toMatch(/first|sec.nd/)
  })
})
