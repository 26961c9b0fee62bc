// Host names, public URL, trusted proxies and access to /metrics.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { folder, MAIN, startServer } from '../cli/run.ts'
import { emptyPlace, onPostgres } from '../database-under-test.ts'
import { type Serving, serve } from '../serve.ts'

// How requests reach the server, and what an operator learns of it: Host, proxies, /metrics, the first token, the log.
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function start(flags: { readonly [name: string]: string } = {}): Promise<Serving> {
  const server = await serve({ flags })
  ends.push(() => server.close())
  // Asked where it listens, whatever its public name is.
  return { ...server, url: `http://127.0.0.1:${server.port}` }
}

interface Got {
  readonly status: number
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  readonly text: string
}

/** GET with any headers, Host too, which fetch doesn't let be set. */
function get(url: string, headers: { readonly [name: string]: string } = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
    })
    sent.on('error', reject).end()
  })
}

async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk
  })
  socket.write(text)
  await once(socket, 'close')
  return answer
}

async function client(server: Serving) {
  const { base, token } = await server.connection('generic')
  const path = new URL(base).pathname
  return { path, headers: { authorization: `Bearer ${token}` }, token }
}

test('without a public URL only loopback names and literal addresses are hosts; others are 421', async () => {
  const server = await start()
  const { path, headers } = await client(server)
  for (const host of [
    'localhost',
    `localhost:${server.port}`,
    'scim.localhost',
    '127.0.0.1',
    '[::1]:8080',
    '10.1.2.3:80',
  ]) {
    const answer = await get(`${server.url}${path}/ServiceProviderConfig`, { ...headers, host })
    expect([host, answer.status]).toEqual([host, 200])
    expect(JSON.parse(answer.text).meta.location).toContain(`http://${host}/tenants/`)
  }
  for (const host of ['evil.example', 'localhost.evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'x_y'])
    for (const where of [`${path}/Users`, '/admin/v1/tenants', '/metrics', '/nothing']) {
      const answer = await get(`${server.url}${where}`, { ...headers, host })
      expect([host, where, answer.status]).toEqual([host, where, 421])
      expect(JSON.parse(answer.text).detail).toContain('--public-url')
    }
  // A monitoring system may use any host name.
  expect((await get(`${server.url}/healthz`, { host: 'lockstep.internal' })).status).toBe(200)
  const absolute = await raw(
    server.port,
    `GET http://evil.example${path}/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${headers.authorization}\r\nConnection: close\r\n\r\n`,
  )
  expect(absolute).toMatch(/^HTTP\/1\.1 421 /)
})

test('two Host headers, or none, are 400 wherever they are sent to', async () => {
  const server = await start()
  const { path } = await client(server)
  for (const where of [`${path}/Users`, '/healthz', '/readyz', '/metrics', '/admin/v1/tenants'])
    for (const hosts of ['Host: localhost\r\nHost: localhost', 'Host: localhost\r\nhost: evil.example', 'Accept: */*'])
      expect(await raw(server.port, `GET ${where} HTTP/1.1\r\n${hosts}\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 400 /,
      )
})

test('with a public URL any host is taken, and none of them is shown', async () => {
  const server = await start({ publicUrl: 'https://scim.example.com' })
  const { path, headers } = await client(server)
  const answer = await get(`${server.url}${path}/ServiceProviderConfig`, { ...headers, host: 'evil.example' })
  expect([answer.status, JSON.parse(answer.text).meta.location]).toEqual([
    200,
    `https://scim.example.com${path}/ServiceProviderConfig`,
  ])
})

test('host name and scheme are taken from a trusted proxy and from no other client', async () => {
  const forwarded = { host: 'scim.example.com', 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' }
  const trusting = await start({ trustedProxies: '10.0.0.0/8, 127.0.0.1' })
  const own = await client(trusting)
  const answer = await get(`${trusting.url}${own.path}/ServiceProviderConfig`, { ...own.headers, ...forwarded })
  expect([answer.status, JSON.parse(answer.text).meta.location]).toEqual([
    200,
    `https://scim.example.com${own.path}/ServiceProviderConfig`,
  ])
  // The proxy took it from another machine without TLS.
  const clear = { ...own.headers, ...forwarded, 'x-forwarded-proto': 'http' }
  expect((await get(`${trusting.url}${own.path}/Users`, clear)).status).toBe(403)

  const other = await start({ trustedProxies: '10.0.0.0/8' })
  const { path, headers } = await client(other)
  expect((await get(`${other.url}${path}/Users`, { ...headers, ...forwarded })).status).toBe(421)
  const plain = await get(`${other.url}${path}/ServiceProviderConfig`, { ...headers, ...forwarded, host: 'localhost' })
  expect(JSON.parse(plain.text).meta.location).toContain('http://localhost/')
})

test('SCIM answers are kept by no shared cache', async () => {
  const server = await start()
  const { path, headers } = await client(server)
  for (const where of ['/Users', '/Users/none', '/ServiceProviderConfig', '/Schemas', '/ResourceTypes', '/Me', '/x']) {
    const answer = await get(`${server.url}${path}${where}`, headers)
    expect([where, answer.headers['cache-control']]).toEqual([where, 'private, no-cache'])
  }
  const made = await fetch(`${server.url}${path}/Users`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/scim+json' },
    body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' }),
  })
  expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'private, no-cache'])
  const gone = await fetch(made.headers.get('location') ?? '', { method: 'DELETE', headers })
  expect([gone.status, gone.headers.get('cache-control')]).toEqual([204, 'private, no-cache'])
})

test('/metrics is for this machine alone, and not through a proxy on it', async () => {
  const server = await start()
  expect((await get(`${server.url}/metrics`)).status).toBe(200)
  for (const headers of [{ 'x-forwarded-for': '203.0.113.7' }, { forwarded: 'for=203.0.113.7' }, { via: '1.1 proxy' }])
    expect((await get(`${server.url}/metrics`, headers)).status).toBe(403)
  const behind = await start({ publicUrl: 'https://scim.example.com' })
  expect((await get(`${behind.url}/metrics`, { host: 'scim.example.com' })).status).toBe(403)
  expect((await get(`${behind.url}/metrics`)).status).toBe(200)
  const open = await start({ metrics: 'open' })
  expect((await get(`${open.url}/metrics`, { via: '1.1 proxy' })).status).toBe(200)
  const off = await start({ metrics: 'off' })
  expect((await get(`${off.url}/metrics`)).status).toBe(404)
})

test('/metrics asks for its token, from wherever it is read', async () => {
  const dir = folder()
  ends.push(dir.remove)
  const file = dir.path('metrics-token')
  writeFileSync(file, 'a-token-of-the-watchers\n')
  const server = await start({ metricsTokenFile: file, publicUrl: 'https://scim.example.com' })
  const authorization = 'Bearer a-token-of-the-watchers'
  expect((await get(`${server.url}/metrics`, { host: 'scim.example.com', authorization })).status).toBe(200)
  for (const wrong of ['', 'Bearer another-token-of-watchers', 'Bearer '])
    expect((await get(`${server.url}/metrics`, wrong === '' ? {} : { authorization: wrong })).status).toBe(401)
  const { headers } = await client(server)
  expect((await get(`${server.url}/metrics`, headers)).status).toBe(401)
})

test('a first start prints its token on a terminal only; elsewhere it says how to make one, which works', async () => {
  const { database, remove } = await emptyPlace()
  ends.push(remove)
  const server = await startServer(['--database', database], { LOCKSTEP_FIRST_TOKEN: '' })
  ends.push(() => server.stop('SIGKILL'))
  expect(server.greeting).not.toContain('lk_')
  const command = /First token +(.*)/.exec(server.greeting)?.[1] ?? ''
  expect(command).toContain('connection create default')
  // What is printed names the database without its password, which people have elsewhere.
  const typed = onPostgres ? command.replace(/--database .*/, `--database '${database}'`) : command
  const made = execFileSync('/bin/sh', ['-c', typed], { encoding: 'utf8', env: { ...process.env } })
  const token = /lk_default_[\w-]{43}/.exec(made)?.[0] ?? ''
  const headers = { authorization: `Bearer ${token}` }
  expect((await get(`${server.url}/tenants/default/scim/v2/Users`, headers)).status).toBe(200)
})

test('a log that cannot be written, on a full disk, does not stop the server', async () => {
  const { database, remove } = await emptyPlace()
  ends.push(remove)
  const full = openSync('/dev/full', 'w')
  ends.push(() => closeSync(full))
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', '--database', database], {
    stdio: ['ignore', 'pipe', full],
    env: { PATH: process.env.PATH ?? '' },
  })
  ends.push(() => child.kill('SIGKILL'))
  let greeting = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    greeting += chunk
  })
  await expect.poll(() => /running at (\S+)/.exec(greeting)?.[1], { timeout: 20_000 }).toBeDefined()
  const url = /running at (\S+)/.exec(greeting)?.[1] ?? ''
  const base = `${url}/tenants/default/scim/v2`
  // Each refused token is a line of the log.
  for (let at = 0; at < 3; at++) {
    expect((await get(`${base}/Users`, { authorization: `Bearer lk_default_${'x'.repeat(43)}` })).status).toBe(401)
  }
  expect((await get(`${url}/healthz`)).status).toBe(200)
  expect(child.exitCode).toBeNull()
})

test('at debug each request is a line without personal values; at warn a refused token is', async () => {
  const { database, remove } = await emptyPlace()
  ends.push(remove)
  const server = await startServer(['--database', database, '--log-level', 'debug'])
  ends.push(() => server.stop('SIGKILL'))
  const token = /lk_default_[\w-]{43}/.exec(server.greeting)?.[0] ?? ''
  const base = `${server.url}/tenants/default/scim/v2`
  const headers = { authorization: `Bearer ${token}` }
  await get(`${base}/Users?filter=userName%20eq%20%22secret%40example.com%22`, headers)
  await get(`${base}/Users?filter=nonsense`, headers)
  await get(`${base}/Users/secret-id`, headers)
  await get(`${server.url}/admin/v1/tenants/default/connections?secret`)
  await get(`${base}/Users/secret-id`, { ...headers, host: 'secret.example' })
  for (let at = 0; at < 30; at++) await get(`${base}/Users`, { authorization: `Bearer ${token.slice(0, -3)}xxx` })
  for (let at = 0; at < 30; at++) await get(`${server.url}/admin/v1/tenants`, { authorization: 'Bearer lka_secret' })
  const lines = () =>
    server
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  const requests = () => lines().filter(({ msg }) => msg === 'request')
  await expect.poll(() => requests().length).toBe(65)
  const [first, second, third] = requests()
  const known = {
    method: 'GET',
    tenant: 'default',
    connection: expect.stringMatching(/^generic-/),
    ms: expect.any(Number),
  }
  expect(first).toMatchObject({ level: 'debug', ...known, route: '/Users', status: 200 })
  expect(second).toMatchObject({ ...known, route: '/Users', status: 400, error: 'invalidFilter' })
  expect(third).toMatchObject({ ...known, route: '/Users/{id}', status: 404 })
  expect(requests()).toContainEqual(
    expect.objectContaining({ route: '/admin/v1/tenants/{tenant}/connections', status: 401 }),
  )
  expect(requests()).toContainEqual(expect.objectContaining({ route: '/{other}', status: 421 }))
  expect(server.stderr()).not.toContain('secret')
  expect(server.stderr()).not.toContain(token.slice(12))
  const refused = lines().filter(({ msg }) => msg === 'a token was refused')
  expect(refused.length).toBeGreaterThanOrEqual(1)
  expect(refused.length).toBeLessThan(10)
  expect(refused[0]).toMatchObject({ level: 'warn', reason: 'invalid', tenant: 'default', remote: '127.0.0.1' })
  const ofAdmin = lines().filter(({ msg }) => msg === 'a token of the admin API was refused')
  expect([ofAdmin.length >= 1, ofAdmin.length < 10]).toEqual([true, true])
  expect(ofAdmin[0]).toMatchObject({ level: 'warn', remote: '127.0.0.1' })
  expect((await get(`${server.url}/metrics`)).text).toMatch(/lockstep_refused_tokens_total\{reason="admin"\} 30\b/)
})

test.skipIf(onPostgres)(
  'while nothing can be written the server is not ready and says why, and is ready again after it',
  async () => {
    const { database, remove } = await emptyPlace()
    ends.push(remove)
    const server = await serve({ database })
    ends.push(() => server.close())
    const { path, headers } = await client(server)
    const post = (userName: string) =>
      fetch(`${server.url}${path}/Users`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/scim+json' },
        body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName }),
      })
    expect((await post('a')).status).toBe(201)
    const other = new DatabaseSync(database.slice('sqlite:'.length))
    other.exec('begin immediate')
    const refused = await post('b')
    expect(refused.status).toBe(503)
    const ready = await get(`${server.url}/readyz`)
    expect(ready.status).toBe(503)
    expect(JSON.parse(ready.text).status).toMatch(/another process is writing/)
    const metric = async () => /^lockstep_database_writable (\d)$/m.exec((await get(`${server.url}/metrics`)).text)?.[1]
    expect(await metric()).toBe('0')
    expect((await get(`${server.url}${path}/Users`, headers)).status).toBe(200)
    other.exec('rollback')
    other.close()
    await expect.poll(async () => (await get(`${server.url}/readyz`)).status, { timeout: 20_000 }).toBe(200)
    expect(await metric()).toBe('1')
  },
)

test('numbers by which trouble is seen to come, of single tenants where they are asked for', async () => {
  const server = await start({ metricsTenants: 'on' })
  const { token, tenant, connection } = await server.connection('generic', { lifetimeMs: 3_600_000 })
  const base = `${server.url}/tenants/${tenant}/scim/v2`
  expect((await get(`${base}/Users`, { authorization: `Bearer ${token}` })).status).toBe(200)
  expect((await get(`${base}/Users?filter=x`, { authorization: `Bearer ${token}` })).status).toBe(400)
  expect((await get(`${base}/Users`, { authorization: 'Bearer nonsense' })).status).toBe(401)
  const { text } = await get(`${server.url}/metrics`)
  for (const status of [400, 401])
    expect(text).toContain(`lockstep_tenant_refusals_total{tenant="${tenant}",status="${status}"} 1`)
  expect(text).toMatch(/^lockstep_event_loop_delay_seconds\{quantile="0\.99"\} [\d.e-]+$/m)
  expect(text).toMatch(/^lockstep_database_writable 1$/m)
  const ends = new RegExp(
    `^lockstep_token_expires_seconds\\{tenant="${tenant}",connection="${connection}"\\} (\\d+)$`,
    'm',
  )
  expect(Number(ends.exec(text)?.[1])).toBeGreaterThan(3_500)
  const plain = await start()
  const other = await client(plain)
  await get(`${plain.url}${other.path}/Users`, other.headers)
  const alone = (await get(`${plain.url}/metrics`)).text
  expect(alone).toMatch(/^lockstep_token_expires_seconds \d+$/m)
  expect(alone).not.toContain('tenant=')
  if (!onPostgres) {
    expect(text).toMatch(/^lockstep_database_bytes\{file="wal"\} \d+$/m)
    expect(text).toMatch(/^lockstep_disk_free_bytes \d+$/m)
  }
})
