// Tests offloading with real threads: streaming, turns, stopping, and threads that end.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Serving, serve } from '../../../test/serve.ts'
import { Group, STRICT, User } from '../../protocol/index.ts'
import type { Call } from '../../provider/index.ts'
import { createSiteDirectory } from '../../site/directory.ts'
import { sqliteStore } from '../../store/sqlite/sqlite.ts'
import { createTenancy } from '../../tenancy/index.ts'
import { createOffload, type OffloadOptions } from './offload.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 500) throw new Error('it did not come to pass')
    await wait(10)
  }
}

/** Long enough that no buffer between here and there holds a whole group. */
const LONG = 'x'.repeat(2_000)
const MEMBERS = 8_000

// They look at what is under way: on a machine that is busy with other things one may come too late.
const AGAIN = { retry: 1 }

describe('a large group over HTTP', AGAIN, () => {
  let server: Serving
  let token = ''
  let tenant = ''
  let group = ''
  let people: readonly string[] = []
  beforeAll(async () => {
    server = await serve()
    const made = await server.connection('strict')
    token = made.token
    tenant = made.tenant
    const context = { tenant, actor: 'test', allow: STRICT }
    await server.tenancy.ready(tenant)
    people = await Promise.all(
      Array.from({ length: MEMBERS }, async (_, at) => {
        const body = { schemas: [User.schema.id], userName: `u${at}`, displayName: `${LONG}${at}` }
        return (await server.directory.create(context, 'User', body)).stored.id
      }),
    )
    const members = people.map((value) => ({ value }))
    const body = { schemas: [Group.schema.id], displayName: 'all', members }
    group = (await server.directory.create(context, 'Group', body)).stored.id
  }, 120_000)
  afterAll(() => server.close())

  const url = () => `${server.url}/tenants/${tenant}/scim/v2/Groups/${group}`
  const authorized = () => ({ headers: { authorization: `Bearer ${token}` } })

  /** A client that asks and then takes nothing. */
  function stalled(method = 'GET'): Socket {
    const socket = connect(server.port, '127.0.0.1')
    closing.push(() => socket.destroy())
    socket.pause()
    const { pathname } = new URL(url())
    socket.write(`${method} ${pathname} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    return socket
  }

  /** Whether an old state of the database is still being read, so that its log can't be cleared. */
  function isHeld(): boolean | undefined {
    const db = new DatabaseSync(server.database.slice('sqlite:'.length))
    try {
      // Something newer than what they read.
      db.exec(`pragma busy_timeout = 0; create table if not exists held (n); insert into held values (1)`)
      const { busy } = db.prepare('pragma wal_checkpoint(truncate)').get() as { busy: number }
      return busy === 1
    } catch (error) {
      // The server itself is writing just now: nothing can be said, so look again.
      if (error instanceof Error && /locked/.test(error.message)) return undefined
      throw error
    } finally {
      db.close()
    }
  }

  test('a slow client holds its snapshot while it reads, and nothing once it has gone', {
    timeout: 60_000,
  }, async () => {
    await until(() => isHeld() === false)
    const sockets = Array.from({ length: 6 }, () => stalled())
    await until(() => isHeld() === true)
    await wait(200)
    for (const socket of sockets) socket.destroy()
    await until(() => isHeld() === false)
  })

  test('clients that go before the answer begins, and HEAD, leave nothing behind', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round++) {
      const socket = stalled()
      await wait(round)
      socket.destroy()
    }
    for (let round = 0; round < 3; round++) {
      const head = await fetch(url(), { method: 'HEAD', ...authorized() })
      expect(head.status).toBe(200)
      expect(head.headers.get('etag')).toBe('W/"1"')
    }
    await until(() => isHeld() === false)
  })

  test('is whole, of one moment, also beside writers', { timeout: 60_000 }, async () => {
    const context = { tenant, actor: 'test', allow: STRICT }
    const answer = await fetch(url(), authorized())
    const [first = ''] = people
    const Operations = [{ op: 'remove', path: `members[value eq "${first}"]` }]
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
    await server.directory.patch(context, 'Group', group, { schemas, Operations })
    const body = (await answer.json()) as { members: { value: string }[] }
    expect(body.members).toHaveLength(MEMBERS)
    const again = (await (await fetch(url(), authorized())).json()) as { members: { value: string }[] }
    expect(again.members).toHaveLength(MEMBERS - 1)
  })

  test('a list with it is sent while it is read, too', { timeout: 60_000 }, async () => {
    const answer = await fetch(url().replace(/\/[^/]+$/, ''), authorized())
    expect(answer.headers.get('content-length')).toBeNull()
    const { Resources, totalResults } = (await answer.json()) as {
      Resources: { members: unknown[] }[]
      totalResults: number
    }
    expect(totalResults).toBe(1)
    expect(Resources[0]?.members.length).toBeGreaterThanOrEqual(MEMBERS - 1)
  })

  test('closing the server waits for an answer under way', { timeout: 60_000 }, async () => {
    const other = await serve({ database: server.database })
    const answer = await fetch(`${other.url}/tenants/${tenant}/scim/v2/Groups/${group}`, authorized())
    const closed = other.close()
    const { members } = (await answer.json()) as { members: unknown[] }
    expect(members.length).toBeGreaterThanOrEqual(MEMBERS - 1)
    await closed
  })
})

describe('threads', AGAIN, () => {
  function start({
    file,
    died,
    ...more
  }: Partial<OffloadOptions> & { readonly file: string; readonly died?: (cause: Error) => void }) {
    const store = sqliteStore(file, { threads: true, ...(died === undefined ? {} : { died }) })
    const problems: unknown[] = []
    const skipped: unknown[] = []
    const offload = createOffload({
      settings: { database: file },
      writerPort: () => store.writerPort(),
      report: (problem) => problems.push(problem),
      skipped: (note) => skipped.push(note),
      ...more,
    })
    closing.push(async () => {
      await offload.close()
      await store.close()
    })
    return { store, offload, problems, skipped }
  }

  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'lockstep-'))
    closing.push(() => rmSync(path, { recursive: true, force: true }))
    return path
  }

  async function callOf(
    store: ReturnType<typeof sqliteStore>,
    method: string,
    path: string,
    tenant = 'acme',
  ): Promise<Call> {
    const tenancy = createTenancy({ store })
    await tenancy.tenants.create(tenant).catch(() => undefined)
    const { token } = await tenancy.connections.create(tenant, { kind: 'generic' })
    await tenancy.close()
    const header = (name: string) => (name === 'authorization' ? `Bearer ${token}` : undefined)
    const base = `http://x/tenants/${tenant}/scim/v2`
    return { method, path, search: '', base, tenant, header, body: async () => new Uint8Array() }
  }

  test('are begun when needed, no more than allowed, and let go when idle', async () => {
    const { offload, store } = start({ file: join(folder(), 'test.db'), idleMs: 100 })
    const call = await callOf(store, 'GET', '/Users')
    expect(offload.load()).toMatchObject({ threads: 0, waiting: 0, running: 0 })
    const running = Promise.all(Array.from({ length: 5 }, () => offload.run(call, undefined)))
    expect(offload.load()).toMatchObject({ running: 0, waiting: 5 })
    let most = 0
    while (offload.load().outcomes.answered < 5) {
      most = Math.max(most, offload.load().running)
      expect(offload.load().threads).toBeLessThanOrEqual(3)
      await wait(1)
    }
    // Of three threads one tenant gets two.
    expect(most).toBeLessThanOrEqual(2)
    expect((await running).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(offload.load()).toMatchObject({ waiting: 0, running: 0, outcomes: { answered: 5 } })
    await until(() => offload.load().threads === 0)
    expect((await offload.run(call, undefined)).status).toBe(200)
  })

  test('never go all to the tenants of one node, which may hang', async () => {
    const { offload, store } = start({
      file: join(folder(), 'test.db'),
      nodeOf: (tenant) => (tenant === 'other' ? 'b' : 'a'),
    })
    const [acme, beta, other] = await Promise.all(
      ['acme', 'beta', 'other'].map((tenant) => callOf(store, 'GET', '/Users', tenant)),
    )
    if (acme === undefined || beta === undefined || other === undefined) throw new Error('three calls')
    const ask = (...calls: readonly Call[]) => Promise.all(calls.map((call) => offload.run(call, undefined)))
    // Until all three threads are there.
    await until(async () => {
      const answers = ask(acme, acme, other)
      const { running } = offload.load()
      await answers
      return running === 3
    })
    const hung = ask(acme, beta, acme, beta)
    expect(offload.load()).toMatchObject({ running: 2, waiting: 2 })
    const well = ask(other)
    expect(offload.load()).toMatchObject({ running: 3, waiting: 2 })
    expect([...(await hung), ...(await well)].map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  test('one that ends says so, to try again, and another one takes its place', async () => {
    const file = join(folder(), 'later', 'test.db')
    const real = start({ file: join(folder(), 'real.db') })
    const call = await callOf(real.store, 'GET', '/Users')
    const offload = createOffload({
      settings: { database: file },
      writerPort: () => real.store.writerPort(),
      report: () => {},
      skipped: () => {},
    })
    closing.push(() => offload.close())
    await expect(offload.run(call, undefined)).rejects.toMatchObject({ name: 'ThreadEnded', retryAfterMs: 1_000 })
    await until(() => offload.load().threads === 0)
    expect(offload.load()).toMatchObject({ waiting: 0, running: 0, outcomes: { failed: 1 } })
    mkdirSync(join(file, '..'))
    const store = sqliteStore(file)
    const again = await callOf(store, 'GET', '/Users')
    await store.close()
    expect((await offload.run(again, undefined)).status).toBe(200)
  })

  test('write again at once when the writer thread was replaced, and report why it ended', async () => {
    const causes: Error[] = []
    const { offload, store } = start({ file: join(folder(), 'test.db'), most: 1, died: (cause) => causes.push(cause) })
    const call = await callOf(store, 'POST', '/Users')
    const create = (name: string) =>
      offload.run(call, new TextEncoder().encode(JSON.stringify({ schemas: [User.schema.id], userName: name })))
    expect((await create('ada')).status).toBe(201)
    for (const round of [1, 2]) {
      const port = store.writerPort()
      port.postMessage(['this is no JSON'])
      await until(() => causes.length === round)
      port.close()
      // Writes that the old one had received are answered 503; later ones succeed.
      let tries = 0
      await until(async () => (await create(`first${round}-${tries++}`)).status === 201)
      expect(tries).toBeLessThanOrEqual(2)
      for (const n of [1, 2, 3]) expect((await create(`u${round}${n}`)).status).toBe(201)
    }
    expect(offload.load()).toMatchObject({ threads: 1, outcomes: { failed: 0 } })
    expect(causes[0]?.message).toMatch(/thread that writes the database has ended: .*JSON/)
    expect(causes[0]?.cause).toBeInstanceOf(SyntaxError)
  })

  test('closing the store is not reported as the end of its writer thread', async () => {
    const causes: Error[] = []
    const store = sqliteStore(join(folder(), 'test.db'), { threads: true, died: (cause) => causes.push(cause) })
    await store.close()
    expect(causes).toEqual([])
  })

  test('tell what no schema knows, and write through the one writer', async () => {
    const { offload, store, skipped } = start({ file: join(folder(), 'test.db') })
    const call = await callOf(store, 'POST', '/Users')
    const body = JSON.stringify({ schemas: [User.schema.id], userName: 'ada', shoeSize: 38 })
    const answer = await offload.run(call, new TextEncoder().encode(body))
    expect(answer.status).toBe(201)
    expect(skipped).toMatchObject([{ tenant: 'acme', type: 'User', paths: ['shoeSize'] }])
    const tenancy = createTenancy({ store })
    const directory = createSiteDirectory(store, tenancy)
    const changes = await directory.changes('acme', 0, 10)
    expect(changes.filter(({ type }) => type === 'User')).toHaveLength(1)
    await tenancy.close()
  })

  test('If-Match (P-505): of writers here and in the threads, exactly one wins', { timeout: 60_000 }, async () => {
    const { offload, store } = start({ file: join(folder(), 'test.db') })
    const post = await callOf(store, 'POST', '/Users')
    const tenancy = createTenancy({ store })
    await tenancy.ready('acme')
    const directory = createSiteDirectory(store, tenancy)
    const context = { tenant: 'acme', actor: 'test', allow: STRICT }
    const body = { schemas: [User.schema.id], userName: 'ada' }
    const { stored } = await directory.create(context, 'User', body)
    for (let version = 1; version <= 10; version++) {
      const ifMatch = `W/"${version}"`
      const Operations = (value: string) => [{ op: 'replace', path: 'title', value: `${value} ${version}` }]
      const patch = (value: string) => ({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: Operations(value),
      })
      const call: Call = {
        ...post,
        method: 'PATCH',
        path: `/Users/${stored.id}`,
        header: (name) => (name === 'if-match' ? ifMatch : post.header(name)),
      }
      const inThread = (value: string) =>
        offload.run(call, new TextEncoder().encode(JSON.stringify(patch(value)))).then(({ status }) => status)
      const here = (value: string) =>
        directory.patch(context, 'User', stored.id, patch(value), { ifMatch }).then(
          () => 200,
          (error) => error.status,
        )
      const came = await Promise.all([inThread('a'), here('b'), inThread('c'), here('d')])
      expect(came.toSorted()).toEqual([200, 412, 412, 412])
    }
    await tenancy.close()
  })
})
