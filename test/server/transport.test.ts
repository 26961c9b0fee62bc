// Requests are refused from their headers, before the body is read.

import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Serving, serve } from '../serve.ts'

// What costs the server before it knows who asks, over real HTTP.

let server: Serving
beforeAll(async () => {
  server = await serve()
})
afterAll(() => server.close())

const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Sends bytes as they are; `heard` is what has come back so far, `answer` all until the other side closed. */
function raw(text: string) {
  const socket: Socket = connect(server.port, '127.0.0.1').on('error', () => {})
  closing.push(() => socket.destroy())
  let heard = ''
  socket.setEncoding('latin1').on('data', (more: string) => {
    heard += more
  })
  const answer = new Promise<string>((resolve) => socket.once('close', () => resolve(heard)))
  socket.write(text)
  return { socket, answer, heard: () => heard }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 1_000) throw new Error('it did not come to pass')
    await wait(10)
  }
}

async function heldBytes(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^lockstep_body_bytes (\d+)$/m.exec(text)?.[1] ?? Number.NaN)
}

const head = (path: string, headers: readonly string[]) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`

const places = () => [
  ['the admin API', '/admin/v1/tenants'],
  ['SCIM', `/tenants/acme/scim/v2/Users`],
]

test.each(places())('%s answers 401 before it has read the body, and keeps nothing of it', async (_name, path) => {
  const piece = 'x'.repeat(1 << 20)
  for (const length of ['Content-Length: 15728640', 'Transfer-Encoding: chunked']) {
    const sent = Array.from({ length: 40 }, () => raw(head(path, [length])))
    for (const { socket } of sent) socket.write(length.startsWith('T') ? `100000\r\n${piece}\r\n` : piece)
    await until(() => sent.every(({ heard }) => heard().startsWith('HTTP/1.1 401 ')))
    expect(await heldBytes()).toBe(0)
    // The clients neither send the rest nor close.
    await Promise.all(sent.map(({ answer }) => answer))
  }
})

test.each(places())('%s refuses a client that sends Expect from its headers, before the body', async (_name, path) => {
  const { answer } = raw(head(path, ['Content-Length: 15728640', 'Expect: 100-continue']))
  expect(await answer).toMatch(/^HTTP\/1\.1 401 .*\r\nConnection: close\r\n/s)
})

test('a client that may send its body gets 100 Continue', async () => {
  const { base, token } = await server.connection('strict')
  const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' })
  const { pathname } = new URL(base)
  const headers = [`Authorization: Bearer ${token}`, `Content-Length: ${body.length}`, 'Expect: 100-continue']
  const { socket, heard } = raw(head(`${pathname}/Users`, headers))
  await until(() => heard() === 'HTTP/1.1 100 Continue\r\n\r\n')
  socket.write(body)
  await until(() => heard().includes('HTTP/1.1 201 '))
})

test('an unread small body does not close the connection', async () => {
  const text = `${head('/admin/v1/tenants', ['Content-Length: 2'])}{}`
  const { socket, heard } = raw(text)
  await until(() => heard().split('HTTP/1.1 401 ').length === 2)
  socket.write(text)
  await until(() => heard().split('HTTP/1.1 401 ').length === 3)
})

test('the admin API reads no more than its own limit, also where no length is given', async () => {
  const { token } = await server.tenancy.adminTokens.create({})
  const piece = `100000\r\n${' '.repeat(1 << 20)}\r\n`
  const headers = [`Authorization: Bearer ${token}`, 'Content-Type: application/json', 'Transfer-Encoding: chunked']
  const { socket, heard } = raw(head('/admin/v1/tenants', headers))
  for (let sent = 0; sent < 5; sent++) socket.write(piece)
  await until(() => heard().startsWith('HTTP/1.1 413 '))
  expect(heard()).toContain('ERR_TOO_LARGE')
  expect(await heldBytes()).toBe(0)
})

test.each(['TRACE', 'TRACK', 'CONNECT'])('%s is refused on every path, and is no mistake of ours', async (method) => {
  for (const path of ['/admin/v1/tenants', '/admin/v1', '/tenants/acme/scim/v2/Users', '/healthz', '/', '*']) {
    const { answer } = raw(
      `${method} ${method === 'CONNECT' ? 'x:1' : path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    )
    expect(await answer, path).toMatch(/^HTTP\/1\.1 4\d\d /)
  }
})

test.each([
  'http://u:p@x/admin/v1/tenants',
  'http://[/admin/v1',
  'x:y',
  '//u:p@x/admin/v1/tenants',
  '/admin/v1/%ff',
  '/admin/v1/tenants?x=%',
  '/admin//\\x',
])('the target %s is refused, and is no mistake of ours', async (target) => {
  for (const method of ['GET', 'POST', 'OPTIONS']) {
    const { answer } = raw(`${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    expect(await answer, method).toMatch(/^HTTP\/1\.1 4\d\d /)
  }
})

test('another version of the admin API is not there', async () => {
  const { token } = await server.tenancy.adminTokens.create({})
  const headers = { authorization: `Bearer ${token}` }
  for (const path of ['/admin/v2/tenants', '/admin/v11/tenants', '/admin/xx/tenants', '/admin/v1x/tenants']) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect((await fetch(`${server.url}${path}`, { method, headers })).status, `${method} ${path}`).toBe(404)
    }
  }
  expect((await fetch(`${server.url}/admin/v1/tenants`, { method: 'DELETE', headers })).status).toBe(405)
})
