// Malformed HTTP gets a 4xx or a closed connection, never a 5xx.

import net from 'node:net'
import { expect, test } from 'vitest'
import { ERROR, USER } from './rfc/client.ts'
import { site } from './rfc/site.ts'

// What no HTTP client sends: broken requests on bare sockets. The server answers with a SCIM error or hangs up, and lives.
const at = site()
const scim = at.strict()

/** Sends bytes on a connection of its own and reads until the server hangs up, or for a moment. */
function exchange(parts: readonly (string | Uint8Array)[], waitMs = 700): Promise<string> {
  const { hostname, port } = new URL(scim.base)
  return new Promise((resolve) => {
    let answer = ''
    const socket = net.connect(Number(port), hostname)
    const done = () => {
      socket.destroy()
      resolve(answer)
    }
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text
    })
    socket.once('close', done).once('error', done)
    socket.setTimeout(waitMs, done)
    for (const part of parts) socket.write(part)
  })
}

const body = () => JSON.stringify({ schemas: [USER], userName: `raw-${Math.random()}` })

/** A request with the headers that make it a right one, and more. */
function request(line: string, headers: readonly string[] = [], content = ''): string {
  const { pathname } = new URL(scim.base)
  const all = [
    'Host: localhost',
    `Authorization: Bearer ${scim.token}`,
    'Content-Type: application/scim+json',
    ...headers,
  ]
  return `${line.replace('BASE', pathname)}\r\n${all.join('\r\n')}\r\n\r\n${content}`
}

const CASES: readonly (readonly [string, () => readonly (string | Uint8Array)[]])[] = [
  ['no HTTP at all', () => ['hello\r\n\r\n']],
  ['TLS on a plain port', () => [new Uint8Array([0x16, 0x03, 0x01, 0x00, 0xa5, 0x01, 0x00, 0x00, 0xa1, 0x03, 0x03])]],
  ['random bytes', () => [new Uint8Array(512).map((_, index) => (index * 73) % 251)]],
  ['an unknown method', () => [request('BREW BASE/Users HTTP/1.1')]],
  ['a method in lower case', () => [request('get BASE/Users HTTP/1.1')]],
  ['no version', () => [request('GET BASE/Users')]],
  ['a version of the future', () => [request('GET BASE/Users HTTP/9.9')]],
  ['no Host', () => [`GET /Users HTTP/1.1\r\nAuthorization: Bearer ${scim.token}\r\n\r\n`]],
  ['two Hosts', () => [request('GET BASE/Users HTTP/1.1', ['Host: other'])]],
  ['a target without a slash', () => [request('GET Users HTTP/1.1')]],
  ['an absolute target', () => [request('GET http://localhost/nowhere HTTP/1.1')]],
  ['CONNECT', () => ['CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n']],
  ['an asterisk', () => [request('OPTIONS * HTTP/1.1')]],
  ['an upgrade', () => [request('GET BASE/Users HTTP/1.1', ['Connection: Upgrade', 'Upgrade: websocket'])]],
  ['raw bytes in the target', () => [request('GET BASE/Users/\u00e4\u{1f642} HTTP/1.1')]],
  ['a NUL in the target', () => [request('GET BASE/Users/\u0000 HTTP/1.1')]],
  ['a NUL in a header', () => [request('GET BASE/Users HTTP/1.1', ['X-Odd: \u0000'])]],
  ['a header without a colon', () => [request('GET BASE/Users HTTP/1.1', ['nonsense'])]],
  ['a space before the colon', () => [request('GET BASE/Users HTTP/1.1', ['Content-Length : 3'])]],
  ['headers without end', () => [request('GET BASE/Users HTTP/1.1', [`X-Long: ${'x'.repeat(400_000)}`])]],
  [
    'very many headers',
    () => [
      request(
        'GET BASE/Users HTTP/1.1',
        Array.from({ length: 5_000 }, (_, n) => `X-${n}: y`),
      ),
    ],
  ],
  ['a length that is no number', () => [request('POST BASE/Users HTTP/1.1', ['Content-Length: x'], body())]],
  ['a negative length', () => [request('POST BASE/Users HTTP/1.1', ['Content-Length: -5'], body())]],
  ['two lengths', () => [request('POST BASE/Users HTTP/1.1', ['Content-Length: 3', 'Content-Length: 4'], body())]],
  [
    'a length and chunks',
    () => [request('POST BASE/Users HTTP/1.1', ['Content-Length: 3', 'Transfer-Encoding: chunked'], '0\r\n\r\n')],
  ],
  [
    'a chunk that is none',
    () => [request('POST BASE/Users HTTP/1.1', ['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n')],
  ],
  ['a length of petabytes', () => [request('POST BASE/Users HTTP/1.1', ['Content-Length: 999999999999999'], '{')]],
  ['a body that never comes', () => [request('POST BASE/Users HTTP/1.1', ['Content-Length: 100'], '{"schemas":')]],
  [
    'an unknown expectation',
    () => [request('POST BASE/Users HTTP/1.1', ['Expect: miracle', 'Content-Length: 2'], '{}')],
  ],
  ['an unknown transfer encoding', () => [request('POST BASE/Users HTTP/1.1', ['Transfer-Encoding: gzip'], '{}')]],
]

test.each(CASES)('%s: a 4xx with a SCIM error, or the line is cut; never a 5xx', async (_case, parts) => {
  const answer = await exchange(parts())
  if (answer !== '') {
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
    expect(status === 501 || (status >= 200 && status < 500), answer.slice(0, 300)).toBe(true)
    const content = answer.slice(answer.indexOf('\r\n\r\n') + 4)
    if (status >= 400 && content !== '')
      expect(JSON.parse(content)).toMatchObject({ schemas: [ERROR], status: String(status) })
  }
  expect((await scim.get('/Users?count=0')).status).toBe(200)
})

test('Expect: 100-continue is met before the body is sent', async () => {
  const content = body()
  const head = request('POST BASE/Users HTTP/1.1', ['Expect: 100-continue', `Content-Length: ${content.length}`])
  const answer = await exchange([head, content])
  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /)
})

test('RFC 9112 §3.2.2 a target in absolute form is read, and its host counts', async () => {
  const { pathname } = new URL(scim.base)
  const target = `http://scim.localhost:81${pathname}/ServiceProviderConfig`
  const answer = await exchange([request(`GET ${target} HTTP/1.1`, ['Connection: close'])])
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(answer).toContain(`"location":"${target}"`)
  expect(await exchange([request(`GET http://a%zz/${pathname}/Users HTTP/1.1`, ['Connection: close'])])).toMatch(
    / 400 /,
  )
})

test('requests sent one behind the other are answered in their order', async () => {
  const gets = ['/Users?count=0', '/Nope', '/ServiceProviderConfig', '/Users/none', '/Users?count=0']
  const answer = await exchange(gets.map((path) => request(`GET BASE${path} HTTP/1.1`)))
  expect([...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual([
    '200',
    '404',
    '200',
    '404',
    '200',
  ])
})

test('a client that disconnects during its request, or during the response, affects no other', async () => {
  const { hostname, port } = new URL(scim.base)
  await Promise.all(
    Array.from(
      { length: 100 },
      (_, index) =>
        new Promise<void>((resolve) => {
          const socket = net.connect(Number(port), hostname, () => {
            const content = body()
            const half = index % 2 === 0 ? content : content.slice(0, 10)
            socket.write(request('POST BASE/Users HTTP/1.1', [`Content-Length: ${content.length}`], half))
            setTimeout(() => socket.resetAndDestroy(), index % 7)
          })
          socket.once('close', () => resolve()).once('error', () => resolve())
        }),
    ),
  )
  expect((await scim.get('/Users?count=0')).status).toBe(200)
})
