// Several workers share a port, are restarted and stop together.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { folder, type Running, run, startServer } from '../cli/run.ts'
import { emptyPlace } from '../database-under-test.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function started(workers: number, args: readonly string[] = []) {
  const { database, remove } = await emptyPlace()
  ends.push(remove)
  const server = await startServer(['--workers', String(workers), '--database', database, ...args])
  ends.push(() => server.stop())
  const token = /Bearer token +(\S+)/.exec(server.greeting)?.[1] ?? ''
  return { server, database, token, base: `${server.url}/tenants/default/scim/v2` }
}

/** A request on a connection of its own, so that it may come to any worker; one that dies just then answers nothing. */
const ask = (url: string, token = '') =>
  fetch(url, {
    signal: AbortSignal.timeout(3_000),
    headers: { Connection: 'close', ...(token === '' ? {} : { Authorization: `Bearer ${token}` }) },
  })

const childrenOf = ({ pid }: Running) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

async function metric(server: Running, name: string): Promise<number> {
  const text = await (await ask(`${server.url}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1),
  )
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 50))
}

test('workers share the port and the database; one start is printed, and their numbers are added up', async () => {
  const { server, base, token, database } = await started(2)
  expect(server.greeting.match(/Bearer token/g)).toHaveLength(1)
  await until(async () => (await metric(server, 'lockstep_processes')) === 2)
  for (let at = 0; at < 20; at++) expect((await ask(`${base}/Users`, token)).status).toBe(200)
  const route = 'lockstep_http_requests_total{method="GET",route="/Users",status="200"}'
  await until(async () => (await metric(server, route)) === 20)
  expect(await metric(server, 'lockstep_database_up')).toBe(1)
  const { stdout } = await run(['connection', 'list', 'default', '--json', '--database', database])
  const [connection] = JSON.parse(stdout)
  await run(['connection', 'revoke', 'default', connection.connection, '--database', database])
  for (let at = 0; at < 10; at++) expect((await ask(`${base}/Users`, token)).status).toBe(401)
})

test('a worker that dies is started again, and the others go on', async () => {
  const { server, base, token } = await started(2)
  await until(async () => (await metric(server, 'lockstep_processes')) === 2)
  const before = childrenOf(server)
  process.kill(before[0] ?? 0, 'SIGKILL')
  await until(async () => (await ask(`${base}/Users`, token)).status === 200)
  await until(async () => (await metric(server, 'lockstep_processes')) === 2)
  const after = childrenOf(server)
  expect(after).toHaveLength(2)
  expect(after).toContain(before[1])
  expect(after).not.toContain(before[0])
  expect(server.stderr()).toContain('a worker has died')
})

test('on SIGTERM all workers finish their requests, and the exit code is 0', async () => {
  const { server, base, token } = await started(2)
  const { port, pathname } = new URL(`${base}/Users`)
  const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'slow' })
  const socket = connect(Number(port), '127.0.0.1')
  let answer = ''
  const ended = new Promise((resolve) => socket.once('close', resolve))
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text
  })
  const head = `POST ${pathname} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/scim+json\r\nContent-Length: ${body.length}\r\n\r\n`
  socket.write(head + body.slice(0, 10))
  await new Promise((resolve) => setTimeout(resolve, 200))
  const stopping = server.stop()
  // Nothing listens any more.
  await until(() =>
    ask(server.url).then(
      () => false,
      () => true,
    ),
  )
  socket.write(body.slice(10))
  await ended
  expect(answer).toContain('HTTP/1.1 201')
  expect(await stopping).toBe(0)
})

test('what keeps a worker from starting is said once, and nothing is left running', async () => {
  const dir = folder()
  ends.push(dir.remove)
  const taken = createServer().listen(0, '127.0.0.1')
  ends.push(() => taken.close())
  await new Promise((resolve) => taken.once('listening', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? String(address.port) : ''
  const args = ['serve', '--workers', '2', '--port', port, '--database', `sqlite:${dir.path('lockstep.db')}`]
  const { code, stdout, stderr } = await run(args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr.match(/is in use by another process/g)).toHaveLength(1)
})

test('a database in memory is refused for several', async () => {
  const { code, stderr } = await run(['serve', '--port', '0', '--workers', '2', '--database', 'sqlite::memory:'])
  expect(code).toBe(2)
  expect(stderr).toContain("can't share a database in memory")
})
