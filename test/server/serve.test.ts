// The standalone server: first start, tokens, changes at run time, health and shutdown.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createTenancy } from '../../src/tenancy/index.ts'
import { folder, type Running, run, startServer } from '../cli/run.ts'
import { emptyPlace } from '../database-under-test.ts'

const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end()
})

async function fresh() {
  const dir = folder()
  ended.push(dir.remove)
  const { database, remove } = await emptyPlace()
  ended.push(remove)
  const start = async (...args: string[]): Promise<Running> => {
    const server = await startServer(['--database', database, ...args])
    ended.push(() => server.stop('SIGKILL'))
    return server
  }
  const json = async (...args: string[]) => {
    const { stdout, stderr } = await run([...args, '--database', database, '--json'])
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }
  return { dir, database, start, json }
}

const tokenIn = (text: string) => /lk_default_[A-Za-z0-9_-]{43}/.exec(text)?.[0] ?? ''
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test('the first start prints a base URL, a token and a curl line that works; later ones print no token', async () => {
  const { start } = await fresh()
  const first = await start()
  expect(first.greeting).toContain(`${first.url}/tenants/default/scim/v2`)
  const curl = /^ {2}curl (.*)$/m.exec(first.greeting)?.[1] ?? ''
  const answer = await new Promise<string>((resolve, reject) => {
    execFile('/bin/sh', ['-c', `curl -s ${curl}`], (error, stdout) => (error ? reject(error) : resolve(stdout)))
  })
  expect(JSON.parse(answer)).toMatchObject({ totalResults: 0 })
  expect(await first.stop()).toBe(0)

  const second = await start()
  expect(second.greeting).toContain(second.url)
  expect(second.greeting).toMatch(/connection create/)
  expect(second.greeting).not.toContain('lk_')
  const again = await fetch(`${second.url}/tenants/default/scim/v2/Users`, bearer(tokenIn(first.greeting)))
  expect(again.status).toBe(200)
})

test('a token made or revoked on the command line counts at once in a running server', async () => {
  const { start, json } = await fresh()
  await start()
  const acme = await json('tenant', 'create', 'acme')
  const users = `${acme.baseUrl}/Users`
  expect((await fetch(users, bearer(acme.token))).status).toBe(200)
  const entra = await json('connection', 'create', 'acme', '--kind', 'entra')
  expect(entra.baseUrl).toBe(acme.baseUrl)
  expect((await fetch(users, bearer(entra.token))).status).toBe(200)
  await json('connection', 'revoke', 'acme', acme.connection)
  expect((await fetch(users, bearer(acme.token))).status).toBe(401)
  expect((await fetch(users, bearer(entra.token))).status).toBe(200)
})

test('P-020, P-021 without a valid token the answer is 401 with a challenge', async () => {
  const { start, json } = await fresh()
  const server = await start()
  const users = `${server.url}/tenants/default/scim/v2/Users`
  const none = await fetch(users)
  expect(none.status).toBe(401)
  expect(none.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]*"$/)
  expect(await none.json()).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '401' })
  const wrong = await fetch(users, bearer(`lk_default_${'x'.repeat(43)}`))
  expect(wrong.status).toBe(401)
  expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"')
  const acme = await json('tenant', 'create', 'acme')
  expect((await fetch(users, bearer(acme.token))).status).toBe(401)
})

test('P-023 a token with the right to read can not write', async () => {
  const { start, json } = await fresh()
  await start()
  await json('tenant', 'create', 'acme')
  const { baseUrl, token } = await json('connection', 'create', 'acme', '--rights', 'read:users')
  expect((await fetch(`${baseUrl}/Users`, bearer(token))).status).toBe(200)
  expect((await fetch(`${baseUrl}/Groups`, bearer(token))).status).toBe(403)
  const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' })
  const headers = { ...bearer(token).headers, 'content-type': 'application/scim+json' }
  expect((await fetch(`${baseUrl}/Users`, { method: 'POST', headers, body })).status).toBe(403)
})

test("P-046 a token of one tenant never reads or writes another's", async () => {
  const { start, json } = await fresh()
  await start()
  const acme = await json('tenant', 'create', 'acme')
  const beta = await json('tenant', 'create', 'beta')
  const headers = { authorization: `Bearer ${beta.token}`, 'content-type': 'application/scim+json' }
  const paths = [
    '/Users',
    '/Users/x',
    '/Groups',
    '/Groups/x',
    '/Me',
    '/Schemas',
    '/ResourceTypes',
    '/ServiceProviderConfig',
    '/',
  ]
  for (const path of paths) {
    expect([401, 404], path).toContain((await fetch(acme.baseUrl + path, { headers })).status)
  }
  for (const [method, path] of [
    ['POST', '/Users'],
    ['PUT', '/Users/x'],
    ['PATCH', '/Users/x'],
    ['DELETE', '/Users/x'],
    ['POST', '/Bulk'],
    ['POST', '/.search'],
    ['POST', '/Users/.search'],
  ]) {
    const options = { method: method ?? '', headers, ...(method === 'DELETE' ? {} : { body: '{}' }) }
    expect([401, 404], `${method} ${path}`).toContain((await fetch(acme.baseUrl + path, options)).status)
  }
})

test('a schema, a type and a setting changed beside the server count at once', async () => {
  const { dir, start, json } = await fresh()
  const server = await start()
  const acme = await json('tenant', 'create', 'acme')
  const { token: admin } = await json('admin', 'token')
  const get = async (path: string) => (await fetch(acme.baseUrl + path, bearer(acme.token))).json()
  const post = async (path: string, body: unknown) => {
    const headers = { ...bearer(acme.token).headers, 'content-type': 'application/scim+json' }
    return fetch(acme.baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) })
  }
  const urn = 'urn:example:scim:schemas:extension:badge:1.0:User'
  const user = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', urn], userName: 'ada', [urn]: { number: 7 } }
  expect(JSON.stringify(await get('/Schemas'))).not.toContain(urn)

  writeFileSync(
    dir.path('badge.json'),
    JSON.stringify({ id: urn, name: 'Badge', attributes: [{ name: 'number', type: 'integer' }] }),
  )
  await json('schema', 'put', dir.path('badge.json'), '--tenant', 'acme')
  expect(JSON.stringify(await get('/Schemas'))).toContain(urn)
  await json('schema', 'put', dir.path('badge.json'), '--extends', 'User', '--tenant', 'acme')
  expect(JSON.stringify(await get('/ResourceTypes'))).toContain(urn)
  const { id } = (await (await post('/Users', user)).json()) as { id: string }
  expect(await get(`/Users/${id}`)).toMatchObject({ [urn]: { number: 7 } })
  await json('schema', 'delete', urn, '--tenant', 'acme', '--force')
  expect(await get(`/Users/${id}`)).not.toHaveProperty([urn])

  const change = (features: unknown) =>
    fetch(`${server.url}/admin/v1/tenants/acme/settings`, {
      method: 'PATCH',
      headers: { ...bearer(admin).headers, 'content-type': 'application/json' },
      body: JSON.stringify({ features }),
    })
  expect((await change({ bulk: false })).status).toBe(200)
  expect(
    (await post('/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations: [] })).status,
  ).toBe(501)
  expect(await get('/ServiceProviderConfig')).toMatchObject({ bulk: { supported: false }, patch: { supported: true } })
})

test('health and metrics are there', async () => {
  const { start } = await fresh()
  const server = await start()
  expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' })
  const ready = await fetch(`${server.url}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok' }])
  await fetch(`${server.url}/tenants/default/scim/v2/Users/some-id`, bearer(tokenIn(server.greeting)))
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  expect(metrics).toMatch(/lockstep_http_requests_total\{method="GET",route="\/Users\/\{id\}",status="404"\} 1/)
  expect(metrics).toContain('lockstep_http_request_duration_seconds_bucket')
  expect(metrics).toMatch(/lockstep_write_batch_size_count [1-9]/)
  expect(metrics).not.toContain('some-id')
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    const refused = await fetch(`${server.url}${path}`, { method: 'POST' })
    expect([refused.status, refused.headers.get('allow')], path).toEqual([405, 'GET, HEAD'])
  }
})

test('SIGTERM ends with 0 when a tenant whose token was just used has been deleted', async () => {
  const place = await emptyPlace()
  const server = await startServer(['--database', place.database])
  const store = await place.open()
  const tenancy = createTenancy({ store })
  const tokens = new Map<string, string>()
  for (const name of ['gone', 'left']) {
    await tenancy.tenants.create(name)
    tokens.set(name, (await tenancy.connections.create(name)).token)
  }
  // The first uses are noted at once; those after them wait for the next minute, or the end.
  let second = 0
  for (let round = 0; round < 2; round++) {
    second = Date.now()
    for (const [name, token] of tokens) {
      const answer = await fetch(`${server.url}/tenants/${name}/scim/v2/Users`, {
        headers: { Authorization: `Bearer ${token}` },
      })
      expect(answer.status).toBe(200)
      await answer.text()
    }
  }
  await tenancy.tenants.delete('gone')
  expect(await server.stop()).toBe(0)
  expect(server.stderr()).toMatch(/"stopped"\}\s*$/)
  const [connection] = await tenancy.connections.list('left')
  expect(connection?.tokens[0]?.lastUsed).toBeGreaterThanOrEqual(second)
  await tenancy.close()
  await store.close()
  await place.remove()
}, 60_000)

test('SIGTERM finishes the request in flight and ends with 0', async () => {
  const { start } = await fresh()
  const server = await start()
  const encoder = new TextEncoder()
  const user = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'slow' })
  // The body comes in two halves, and the signal between them.
  let stopped: Promise<number | null> | undefined
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(encoder.encode(user.slice(0, 20)))
      await new Promise((resolve) => setTimeout(resolve, 200))
      stopped = server.stop('SIGTERM')
      await new Promise((resolve) => setTimeout(resolve, 300))
      controller.enqueue(encoder.encode(user.slice(20)))
      controller.close()
    },
  })
  const answer = await fetch(`${server.url}/tenants/default/scim/v2/Users`, {
    method: 'POST',
    headers: { ...bearer(tokenIn(server.greeting)).headers, 'content-type': 'application/scim+json' },
    body,
    duplex: 'half',
  } as RequestInit)
  expect(answer.status).toBe(201)
  await answer.arrayBuffer()
  expect(await stopped).toBe(0)
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
})

test('P-148 the log is JSON lines without tokens, names or URLs', async () => {
  const { start } = await fresh()
  const server = await start('--log-level', 'trace')
  const token = tokenIn(server.greeting)
  await fetch(`${server.url}/tenants/default/scim/v2/Users?filter=userName%20eq%20%22ada.lovelace%22`, bearer(token))
  await server.stop()
  const lines = server.stderr().trim().split('\n')
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
  expect(server.stderr()).not.toContain(token)
  expect(server.stderr()).not.toContain('ada.lovelace')
})

test.each([
  [['--port', 'abc'], /--port: "abc" was given for the port; allowed is a whole number/],
  [['--database', 'mysql:x'], /--database: "mysql:x" was given for the database; allowed is sqlite:PATH/],
  [
    ['--database', 'postgres://a:b@127.0.0.1:1/d'],
    /The database postgres:\/\/a@127\.0\.0\.1:1\/d can't be opened: nothing listens there/,
  ],
  [['--log-level', 'loud'], /allowed is one of silent/],
])('a wrong setting (%j) is refused at the start', async (args, message) => {
  const { code, stderr, stdout } = await run(['serve', ...args])
  expect(stderr).toMatch(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stdout).toBe('')
  expect(code).toBe(2)
})

test('a taken port, and a file that is not a database, are reported in one line', async () => {
  const { start, dir } = await fresh()
  const server = await start()
  const port = new URL(server.url).port
  const taken = await run(['serve', '--port', port, '--database', `sqlite:${dir.path('other.db')}`])
  expect(taken.stderr).toContain(`Port ${port} of 127.0.0.1 is in use`)
  expect(taken.code).not.toBe(0)
  writeFileSync(
    dir.path('text.db'),
    'This is no database, but a text that is long enough to be seen as one.'.repeat(20),
  )
  const none = await run(['serve', '--port', '0', '--database', `sqlite:${dir.path('text.db')}`])
  expect(none.stderr.trim().split('\n')).toHaveLength(1)
  expect(none.stderr).toContain('text.db')
  expect(none.code).not.toBe(0)
})

test('an upload that breaks off, wrong hosts and names that can be no tenant leave nothing in the log', async () => {
  const { start } = await fresh()
  const server = await start('--log-level', 'warn')
  const token = tokenIn(server.greeting)
  const { port } = new URL(server.url)
  const talk = (text: string, end: boolean) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1')
      let answer = ''
      socket.setEncoding('latin1').on('data', (more: string) => {
        answer += more
      })
      socket.on('error', () => undefined).once('close', () => resolve(answer))
      socket.write(text)
      if (!end) setTimeout(() => socket.resetAndDestroy(), 50)
    })
  const post = `POST /tenants/default/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Length: 500\r\n\r\n`
  await Promise.all([talk(post, false), talk(`${post}{"schemas":`, false)])
  const get = (path: string, host: string) =>
    talk(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, true)
  expect(await get('/tenants/default/scim/v2/Users', 'a b')).toMatch(/^HTTP\/1\.1 400 /)
  expect(await get('/admin/v1/tenants', '][')).toMatch(/^HTTP\/1\.1 400 /)
  const long = `/tenants/${'x'.repeat(5_000)}/scim/v2/ServiceProviderConfig`
  expect(await get(long, 'localhost')).toMatch(/^HTTP\/1\.1 404 /)
  expect(await get('/tenants/default/scim/v2/ServiceProviderConfig', 'localhost')).toMatch(/^HTTP\/1\.1 200 /)
  expect(server.stderr()).toBe('')
})

test('the admin API returns base URLs with --public-url', async () => {
  const { start, json } = await fresh()
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))
  await start('--public-url', 'https://scim.example.com', '--port', String(port))
  const { token } = await json('admin', 'token')
  const tenants = await (await fetch(`http://127.0.0.1:${port}/admin/v1/tenants`, bearer(token))).json()
  expect(tenants).toMatchObject({ items: [{ baseUrl: 'https://scim.example.com/tenants/default/scim/v2' }] })
})
