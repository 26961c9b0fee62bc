// Heavy requests take turns, time out, and stop when their client disconnects.

import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { STRICT, User } from '../../src/protocol/index.ts'
import { onPostgres } from '../database-under-test.ts'
import { holdWrites } from '../held-writes.ts'
import { type Serving, serve } from '../serve.ts'

// Threads for heavy requests over real HTTP, on each store: whose turn it is, what is dropped, what is stopped.

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Site {
  readonly url: string
  readonly token: string
  readonly tenant: string
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 1_500) throw new Error('it did not come to pass')
    await wait(20)
  }
}

/** A tenant whose people have long texts, so that a search through all of them takes long. */
async function tenantWith(server: Serving, people: number): Promise<Site> {
  const { base, token, tenant } = await server.connection('strict')
  await server.tenancy.ready(tenant)
  const context = { tenant, actor: 'test', allow: STRICT }
  const nickName = 'abc '.repeat(4_000)
  for (let at = 0; at < people; at += 50) {
    await Promise.all(
      Array.from({ length: Math.min(50, people - at) }, (_, n) => {
        const body = { schemas: [User.schema.id], userName: `u${at + n}`, nickName }
        return server.directory.create(context, 'User', body)
      }),
    )
  }
  return { url: base, token, tenant }
}

const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const dear = (terms = 500) =>
  JSON.stringify({
    schemas: [SEARCH],
    filter: Array.from({ length: terms }, (_, at) => `nickName co "${'abc '.repeat(8)}z${at}"`).join(' or '),
  })
/** 300 KB: too large for the event loop. */
const large = (name: string) =>
  JSON.stringify({
    schemas: [User.schema.id],
    userName: name,
    photos: Array.from({ length: 300 }, (_, at) => ({ value: `https://x.example/${at}/${'p'.repeat(1_000)}` })),
  })

const headersOf = ({ token }: Site) => ({
  authorization: `Bearer ${token}`,
  'content-type': 'application/scim+json',
})

const post = (site: Site, path: string, body: string) =>
  fetch(`${site.url}${path}`, { method: 'POST', headers: headersOf(site), body })

/** Sends a request and disconnects. */
function abandoned(site: Site, path: string, body: string): Socket {
  const { port, pathname } = new URL(site.url)
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {})
  closing.push(() => socket.destroy())
  const headers = Object.entries({ ...headersOf(site), host: 'localhost', 'content-length': String(body.length) })
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.write(`POST ${pathname}${path} HTTP/1.1\r\n${head}\r\n${body}`)
  return socket
}

/** A number of /metrics. */
async function metric(server: Serving, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1) ?? Number.NaN)
}

/** What the database server is at work on, besides looking for notices. */
async function runningStatements(database: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  const { rows } = await client.query(
    `select query from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid() and query ~ 'nickName'`,
  )
  await client.end()
  return rows.map(({ query }) => query)
}

const now = (server: Serving, state: string) => metric(server, `lockstep_heavy_requests{state="${state}"}`)
const past = (server: Serving, outcome: string) => metric(server, `lockstep_heavy_requests_total{outcome="${outcome}"}`)

// They fill threads and queues on purpose and look at what is under way: on a machine that is busy with other things one may come too late.
const AGAIN = { retry: 1 }

describe('heavy requests', AGAIN, () => {
  let server: Serving
  let busy: Site
  let other: Site
  beforeAll(async () => {
    // Waiting times are tested below. Here a slow machine must not cause refusals.
    server = await serve({ flags: { requestSeconds: '300' } })
    busy = await tenantWith(server, 400)
    other = await tenantWith(server, 1)
    // A thread takes a moment to begin.
    expect((await post(other, '/Users', large('first'))).status).toBe(201)
  }, 120_000)
  afterAll(() => server.close())

  test('of one tenant delay no other tenant, however many there are', { timeout: 120_000 }, async () => {
    let done = 0
    const searches = Array.from({ length: 12 }, async () => {
      const { status } = await post(busy, '/Users/.search', dear(6))
      done++
      return status
    })
    await until(async () => (await now(server, 'waiting')) >= 8)
    const answer = await post(other, '/Users', large('second'))
    expect(answer.status).toBe(201)
    expect(done).toBeLessThan(8)
    expect(await Promise.all(searches)).toEqual(Array(12).fill(200))
    expect(await metric(server, 'lockstep_heavy_waited_seconds_total')).toBeGreaterThan(0)
  })

  test('are dropped or stopped when their client disconnects', { timeout: 120_000 }, async () => {
    const before = { dropped: await past(server, 'dropped'), stopped: await past(server, 'stopped') }
    const answered = await past(server, 'answered')
    const sockets = Array.from({ length: 12 }, () => abandoned(busy, '/Users/.search', dear()))
    await until(async () => (await now(server, 'running')) + (await now(server, 'waiting')) === 12)
    for (const socket of sockets) socket.destroy()
    await until(async () => (await now(server, 'running')) + (await now(server, 'waiting')) === 0)
    expect((await past(server, 'dropped')) - before.dropped).toBeGreaterThanOrEqual(8)
    expect((await past(server, 'stopped')) - before.stopped).toBeGreaterThanOrEqual(1)
    expect((await past(server, 'answered')) - answered).toBeLessThanOrEqual(3)
    // The database server has nothing more to do for them, long before they would have ended by themselves.
    if (onPostgres) {
      for (let tries = 0; tries < 500 && (await runningStatements(server.database)).length > 0; tries++) await wait(20)
      expect(await runningStatements(server.database)).toEqual([])
    }
    expect((await post(busy, '/Users/.search', dear(2))).status).toBe(200)
  })
})

describe('a heavy request that takes too long', AGAIN, () => {
  let server: Serving
  let site: Site
  beforeAll(async () => {
    server = await serve({ flags: { requestSeconds: '2' } })
    site = await tenantWith(server, 400)
    // A thread takes a moment to begin; on a busy machine longer than one may wait here.
    await until(async () => (await post(site, '/Users/.search', dear(2))).status === 200)
  }, 120_000)
  afterAll(() => server.close())

  test('is stopped, if it is a search, and refused for good with what would help', { timeout: 60_000 }, async () => {
    const answer = await post(site, '/Users/.search', dear())
    expect(answer.status).toBe(400)
    expect(answer.headers.get('retry-after')).toBeNull()
    const body = (await answer.json()) as { scimType: string; detail: string }
    expect(body.scimType).toBe('tooMany')
    expect(body.detail).toMatch(/longer than 2 s .*narrower filter/)
    expect(await past(server, 'timed_out')).toBeGreaterThanOrEqual(1)
  })

  test('is stopped, if it is a Bulk, between two operations: each says whether it was done', {
    timeout: 60_000,
  }, async () => {
    const Operations = Array.from({ length: 400 }, (_, at) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `b${at}`,
      data: {
        schemas: [User.schema.id],
        userName: `bulk${at}`,
        password: `correct horse ${at}`,
        title: 'x'.repeat(100),
      },
    }))
    const answer = await post(site, '/Bulk', JSON.stringify({ schemas: [BULK], Operations }))
    expect(answer.status).toBe(200)
    const results = ((await answer.json()) as { Operations: { status: string }[] }).Operations
    expect(results).toHaveLength(400)
    const made = results.filter(({ status }) => status === '201').length
    expect(results.filter(({ status }) => status === '503')).toHaveLength(400 - made)
    expect(made).toBeLessThan(400)
    const list = await fetch(`${site.url}/Users?filter=userName%20sw%20%22bulk%22&count=0`, {
      headers: headersOf(site),
    })
    expect(((await list.json()) as { totalResults: number }).totalResults).toBe(made)
  })

  test('is waited for once it is being committed, and its result is returned', { timeout: 60_000 }, async () => {
    // Once it has come through in time it will again, and be at its commit when the time is up.
    let tries = 0
    await until(async () => (await post(site, '/Users', large(`early${tries++}`))).status === 201)
    const release = await holdWrites(server.database)
    const late = post(site, '/Users', large('late'))
    await wait(3_500)
    await release()
    expect((await late).status).toBe(201)
  })
})
