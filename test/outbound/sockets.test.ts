// Tests requests that go out over real sockets, to servers on this machine, with names resolved by the tests.

import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createOutbound, type Outbound, type OutboundPolicy } from '../../src/outbound/index.ts'
import { CERTIFICATE, CERTIFICATE_KEY } from './certificate.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const LOOPBACK = [{ address: '127.0.0.0', bits: 8 }]

function outbound(policy: OutboundPolicy = {}): Outbound {
  const made = createOutbound({ allow: LOOPBACK, ca: CERTIFICATE, resolve: async () => ['127.0.0.1'], ...policy })
  open.push(made)
  return made
}

/** Starts a server on a free port of this machine, which ends its connections when it is closed. */
function listening(server: Server | TcpServer): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))
}

const https = (listener: RequestListener) =>
  listening(createHttpsServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY }, listener))
const http = (listener: RequestListener) => listening(createHttpServer(listener))
const tcp = (listener: (socket: Socket) => void) => listening(createTcpServer(listener))

/** A connection that ended without being asked anything counts as one that was made, so refusals are tested to make none. */
function counting(): Promise<{ readonly port: number; readonly connections: () => number }> {
  let made = 0
  return tcp((socket) => {
    made++
    socket.destroy()
  }).then((port) => ({ port, connections: () => made }))
}

const refused = { code: 'ERR_OUTBOUND_REFUSED' }

describe('where requests go', () => {
  test('a name is resolved, the certificate is checked against the name, and the answer is what the server said', async () => {
    const port = await https((request, response) => {
      response.writeHead(201, { 'x-host': request.headers.host ?? '', 'set-cookie': ['a=1', 'b=2'] })
      request.pipe(response)
    })
    const { fetch } = outbound()
    const answer = await fetch(`https://app.example.com:${port}/Users?x=1`, {
      method: 'POST',
      body: '{"userName":"jürgen"}',
      headers: { 'content-type': 'application/scim+json', host: 'other.example.com' },
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('x-host')).toBe(`app.example.com:${port}`)
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await answer.text()).toBe('{"userName":"jürgen"}')
    await expect(fetch(`https://app.example.org:${port}/`, {})).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_CONNECT',
      message: `app.example.org:${port} has a certificate for another name`,
    })
  })

  test('a name that leads to an inner address is refused, also when only one of its addresses is inner', async () => {
    const { port, connections } = await counting()
    for (const addresses of [['127.0.0.1'], ['1.1.1.1', '127.0.0.1'], ['::ffff:127.0.0.1'], ['::1'], ['0.0.0.0']]) {
      const { fetch } = outbound({ allow: [], resolve: async () => addresses })
      await expect(fetch(`https://app.example.com:${port}/`, {}), addresses.join()).rejects.toMatchObject({
        ...refused,
        message: expect.stringMatching(/^app\.example\.com leads to an address that is not public/),
      })
    }
    expect(connections()).toBe(0)
  })

  test('the connection goes to the addresses that were checked: a name that changes its answer is asked once for each', async () => {
    const port = await https((_, response) => response.end('ok'))
    const inner = await counting()
    let asked = 0
    // Good at the first look, inner at the second.
    const { fetch } = outbound({
      allow: [{ address: '127.0.0.1', bits: 32 }],
      resolve: async () => [asked++ === 0 ? '127.0.0.1' : '127.0.0.2'],
    })
    expect(await (await fetch(`https://app.example.com:${port}/`, {})).text()).toBe('ok')
    expect(asked).toBe(1)
    await expect(fetch(`https://b.example.com:${inner.port}/`, {})).rejects.toMatchObject(refused)
    expect(asked).toBe(2)
    expect(inner.connections()).toBe(0)
  })

  test('where the system leads an address elsewhere, what was reached is looked at again', async () => {
    const { port } = await counting()
    // Linux connects 0.0.0.0 to 127.0.0.1.
    const { fetch } = outbound({ allow: [{ address: '0.0.0.0', bits: 32 }], resolve: async () => ['0.0.0.0'] })
    await expect(fetch(`https://app.example.com:${port}/`, {})).rejects.toMatchObject(refused)
    await expect(fetch(`http://app.example.com:${port}/`, {})).rejects.toMatchObject(refused)
  })

  test('http, names without a dot and addresses as hosts are allowed inside an allowed network, and nowhere else', async () => {
    const port = await http((_, response) => response.end('inner'))
    const { fetch } = outbound()
    for (const host of ['127.0.0.1', 'localhost', 'app', 'app.internal', '0x7f000001'])
      expect(await (await fetch(`http://${host}:${port}/`, {})).text(), host).toBe('inner')
    const elsewhere = outbound({ resolve: async () => ['8.8.8.8'] })
    for (const url of ['http://app.example.com:8080/', 'https://app/', 'https://app.internal/'])
      await expect(elsewhere.fetch(url, {}), url).rejects.toMatchObject(refused)
  })

  test('a connection without TLS is never used for one with it', async () => {
    let secure = true
    const port = await http((_, response) => response.end())
    const { fetch } = outbound()
    await fetch(`http://app.example.com:${port}/`, {})
    await fetch(`https://app.example.com:${port}/`, {}).catch(() => {
      secure = false
    })
    expect(secure).toBe(false)
  })

  test('redirects are given back, or refused, and never followed', async () => {
    const inner = await counting()
    const port = await https((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${inner.port}/` }).end()
    })
    const { fetch } = outbound()
    const url = `https://app.example.com:${port}/`
    const answer = await fetch(url, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `http://127.0.0.1:${inner.port}/`])
    for (const redirect of [undefined, 'follow', 'error'] as const)
      await expect(fetch(url, redirect === undefined ? {} : { redirect })).rejects.toMatchObject({
        code: 'ERR_OUTBOUND_ANSWER',
        message: expect.stringContaining('redirects, which is not followed'),
      })
    expect(inner.connections()).toBe(0)
  })

  test('proxies of the environment are not used', async () => {
    const proxy = await counting()
    const before = { ...process.env }
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'NODE_USE_ENV_PROXY'])
      process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${proxy.port}`
    try {
      const port = await https((_, response) => response.end('direct'))
      const { fetch } = outbound()
      expect(await (await fetch(`https://app.example.com:${port}/`, {})).text()).toBe('direct')
    } finally {
      process.env = before
    }
    expect(proxy.connections()).toBe(0)
  })
})

describe('a proxy of the operator', () => {
  /** A proxy that sends every tunnel to one port. */
  async function proxyTo(port: number, status = 200) {
    const asked: string[] = []
    const server = createHttpServer()
    server.on('connect', (request, socket: Socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim())
      socket.on('error', () => undefined)
      if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
      const upstream = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        upstream.pipe(socket).pipe(upstream)
      })
      open.push({ close: () => upstream.destroy() })
    })
    return { asked, url: `http://me:secret%21@127.0.0.1:${await listening(server)}` }
  }

  test('gets the name, which nothing here resolves, and TLS goes through to the server', async () => {
    const port = await https((_, response) => response.end('through'))
    const proxy = await proxyTo(port)
    const resolve = () => Promise.reject(new Error('Not to be asked'))
    const { fetch } = outbound({ allow: [], proxy: proxy.url, resolve })
    for (let n = 0; n < 2; n++) expect(await (await fetch('https://app.example.com/', {})).text()).toBe('through')
    // The second request used the same connection.
    expect(proxy.asked).toEqual([`app.example.com:443 Basic ${btoa('me:secret!')}`])
    await expect(fetch('https://app.example.org/', {})).rejects.toMatchObject({
      message: 'app.example.org has a certificate for another name',
    })
    await expect(fetch('https://127.0.0.1/', {})).rejects.toMatchObject(refused)
  })

  test('that refuses, or is not there, is told without its address', async () => {
    const refusing = await proxyTo(0, 403)
    await expect(outbound({ proxy: refusing.url }).fetch('https://app.example.com/', {})).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_CONNECT',
      message: 'The proxy answered 403 for app.example.com',
    })
    const { fetch } = outbound({ proxy: 'http://127.0.0.1:1' })
    await expect(fetch('https://app.example.com/', {})).rejects.toMatchObject({
      message: 'The proxy refused the connection for app.example.com',
    })
  })
})

describe('limits', () => {
  test('an answer may have so many bytes, packed or not, and not one more', async () => {
    const sizes: { readonly [path: string]: Buffer } = {
      '/fits': Buffer.alloc(1_000, 'x'),
      '/more': Buffer.alloc(1_001, 'x'),
    }
    const port = await https((request, response) => {
      const [path = '', packed] = (request.url ?? '').split('?')
      const body = sizes[path] ?? Buffer.alloc(0)
      if (packed !== undefined) response.setHeader('content-encoding', 'gzip')
      response.end(packed === undefined ? body : gzipSync(body))
    })
    const fetch = outbound().within({ answerBytes: 1_000 })
    const url = `https://app.example.com:${port}`
    for (const query of ['', '?gzip']) {
      const answer = await fetch(`${url}/fits${query}`, {})
      expect((await answer.text()).length).toBe(1_000)
      expect(answer.headers.get('content-encoding')).toBe(null)
      await expect(fetch(`${url}/more${query}`, {})).rejects.toMatchObject({
        code: 'ERR_OUTBOUND_SIZE',
        message: `app.example.com:${port} answers with more than 1000 bytes`,
      })
    }
  })

  test('an answer without end is given up at the limit', async () => {
    let written = 0
    const port = await http((_, response) => {
      const chunk = Buffer.alloc(65_536)
      const more = () => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length
      }
      response.on('drain', more)
      more()
    })
    await expect(outbound().within({ answerBytes: 1_000_000 })(`http://app:${port}/`, {})).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_SIZE',
    })
    expect(written).toBeLessThan(20_000_000)
  })

  test('an answer that drips is given up when its time is over, and the time runs from the call', async () => {
    const port = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const timer = setInterval(() => socket.write('x-drip: 1\r\n'), 20)
      socket.on('close', () => clearInterval(timer))
    })
    const error = outbound().within({ timeMs: 300 })(`http://app:${port}/`, {})
    await expect(error).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_TIME',
      message: `No whole answer from app:${port} within 300 ms`,
    })
  })

  test('a connection that does not come about is given up, name and TLS included', async () => {
    const silent = await tcp(() => undefined)
    const limits = { CONNECT_MS: 200 }
    const error = { code: 'ERR_OUTBOUND_CONNECT', message: 'No connection to app.example.com within 200 ms' }
    await expect(outbound({ limits }).fetch(`https://app.example.com:${silent}/`, {})).rejects.toMatchObject(error)
    const resolve = () => new Promise<never>(() => undefined)
    await expect(outbound({ limits, resolve }).fetch('https://app.example.com/', {})).rejects.toMatchObject(error)
  })

  test('a host gets so many connections, and those that wait get their turn', async () => {
    let now = 0
    let most = 0
    const port = await http((_, response) => {
      most = Math.max(most, ++now)
      setTimeout(() => {
        now--
        response.end()
      }, 20)
    })
    const { fetch } = outbound({ limits: { SOCKETS_PER_HOST: 3 } })
    const answers = await Promise.all(Array.from({ length: 12 }, () => fetch(`http://app:${port}/`, {})))
    expect(answers.every(({ ok }) => ok)).toBe(true)
    expect(most).toBe(3)
  })

  test('connections that nobody uses keep out no other host', async () => {
    const ports = await Promise.all(Array.from({ length: 8 }, () => http((_, response) => response.end('ok'))))
    const { fetch } = outbound({ limits: { SOCKETS: 4 } })
    for (let round = 0; round < 3; round++) {
      await Promise.all(ports.map(async (port) => fetch(`http://app:${port}/`, {})))
      for (const port of ports) expect((await fetch(`http://app:${port}/`, {})).ok).toBe(true)
    }
  })

  test('where there is no room, a busy host makes way for one that waits, and what was given up is never sent', async () => {
    let now = 0
    let most = 0
    const asked: string[] = []
    const server = () =>
      http((request, response) => {
        asked.push(request.url ?? '')
        most = Math.max(most, ++now)
        setTimeout(() => {
          now--
          response.end()
        }, 20)
      })
    const [busy, other] = [await server(), await server()]
    const { fetch } = outbound({ limits: { SOCKETS: 2 } })
    const abort = new AbortController()
    const many = Promise.all(Array.from({ length: 30 }, () => fetch(`http://app:${busy}/busy`, {})))
    const givenUp = fetch(`http://app:${busy}/given-up`, { signal: abort.signal }).catch((error: unknown) => error)
    const late = fetch(`http://app:${other}/other`, {})
    abort.abort('enough')
    expect(await givenUp).toBe('enough')
    expect((await late).ok).toBe(true)
    const before = asked.length
    expect((await many).every(({ ok }) => ok)).toBe(true)
    expect(before).toBeLessThan(10)
    expect(asked.filter((url) => url !== '/busy')).toEqual(['/other'])
    expect(most).toBe(2)
  })

  test('one connection serves one request after another', async () => {
    const connections = new Set<Socket>()
    const server = createHttpsServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY }, (_, response) => response.end('{}'))
    server.on('secureConnection', (socket: Socket) => connections.add(socket))
    const port = await listening(server)
    const { fetch } = outbound()
    for (let n = 0; n < 20; n++) await fetch(`https://app.example.com:${port}/`, { method: 'POST', body: '{}' })
    expect(connections.size).toBe(1)
  })
})

describe('what goes wrong', () => {
  test('no server, none that speaks TLS or HTTP, one that ends too early', async () => {
    const { fetch } = outbound()
    const garbage = await tcp((socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
    const cut = await http((_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half')
      setTimeout(() => response.destroy(), 20)
    })
    const early = await tcp((socket) => socket.once('data', () => socket.destroy()))
    await expect(fetch('https://app.example.com:1/', {})).rejects.toMatchObject(refused)
    const gone = await tcp(() => undefined)
    await open.pop()?.close()
    const cases: readonly (readonly [url: string, code: string, message: string])[] = [
      [`http://app:${gone}/`, 'ERR_OUTBOUND_CONNECT', 'refused the connection'],
      [`https://app.example.com:${garbage}/`, 'ERR_OUTBOUND_CONNECT', 'does not speak TLS that fits'],
      [`http://app:${garbage}/`, 'ERR_OUTBOUND_BROKEN', 'did not answer in HTTP'],
      [`http://app:${cut}/`, 'ERR_OUTBOUND_BROKEN', 'ended the connection'],
      [`http://app:${early}/`, 'ERR_OUTBOUND_BROKEN', 'ended the connection'],
    ]
    for (const [url, code, message] of cases) {
      const error: unknown = await fetch(url, { method: 'POST', body: '{}' }).catch((thrown: unknown) => thrown)
      expect(error, url).toMatchObject({ code, message: expect.stringContaining(message) })
      // No address, and no error of the system, which has one.
      expect(JSON.stringify([String(error), (error as Error).cause])).not.toContain('127.0.0.1')
    }
  })

  test('an aborted request rejects with the reason, before and during it', async () => {
    const port = await http(() => undefined)
    const { fetch } = outbound()
    const reason = new Error('The lease is lost')
    await expect(fetch(`http://app:${port}/`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const atOnce = new AbortController()
    const begun = fetch(`http://app:${port}/`, { signal: atOnce.signal })
    atOnce.abort(reason)
    await expect(begun).rejects.toBe(reason)
    const abort = new AbortController()
    const running = fetch(`http://app:${port}/`, { signal: abort.signal })
    setTimeout(() => abort.abort(reason), 20)
    await expect(running).rejects.toBe(reason)
  })

  test('statuses and encodings that HTTP does not have, and headers that would break out of their line', async () => {
    const odd = await tcp((socket) => socket.end('HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n'))
    const packed = await http((_, response) => response.setHeader('content-encoding', 'zstd').end('x'))
    const broken = await http((_, response) => response.setHeader('content-encoding', 'gzip').end('x'))
    const { fetch } = outbound()
    for (const port of [odd, packed, broken])
      await expect(fetch(`http://app:${port}/`, {})).rejects.toMatchObject({ code: 'ERR_OUTBOUND_ANSWER' })
    await expect(fetch(`http://app:${odd}/`, { headers: { a: 'b\r\nc: d' } })).rejects.toMatchObject(refused)
  })

  test('a server that changes to another protocol, opens a tunnel, or never gets to the answer', async () => {
    const says = (text: string) => tcp((socket) => socket.once('data', () => socket.write(text)))
    const upgrade = await says('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ws\r\n\r\nxx')
    const { fetch, within } = outbound()
    await expect(fetch(`http://app:${upgrade}/`, {})).rejects.toMatchObject({ code: 'ERR_OUTBOUND_ANSWER' })
    const tunnel = await counting()
    for (const method of ['CONNECT', 'TRACE', 'track'])
      await expect(fetch(`http://app:${tunnel.port}/`, { method })).rejects.toMatchObject(refused)
    expect(tunnel.connections()).toBe(0)
    const hints = await tcp((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'), 5)
      socket.on('close', () => clearInterval(timer))
    })
    await expect(within({ timeMs: 200 })(`http://app:${hints}/`, {})).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_TIME',
    })
  })

  test('more bytes than an answer has are no part of the next one', async () => {
    const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n'
    const port = await tcp((socket) => socket.on('data', () => socket.write(`${answer}good${answer}evil`)))
    const { fetch } = outbound()
    for (let n = 0; n < 3; n++) expect(await (await fetch(`http://app:${port}/`, {})).text()).toBe('good')
  })

  test('an answer without a body, and bodies in every form', async () => {
    const port = await http((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const body = Buffer.concat(parts).toString()
        if (body === '') response.writeHead(204).end()
        else response.end(`${request.headers['content-type'] ?? ''}|${body}`)
      })
    })
    const { fetch } = outbound()
    const send = async (body: RequestInit['body']) =>
      (await fetch(`http://app:${port}/`, { method: 'POST', ...(body === undefined ? {} : { body }) })).text()
    expect(await send(undefined)).toBe('')
    expect(await send('text')).toBe('|text')
    expect(await send(new TextEncoder().encode('bytes'))).toBe('|bytes')
    expect(await send(new URLSearchParams({ grant_type: 'x' }))).toMatch(
      /^application\/x-www-form-urlencoded;charset=UTF-8\|grant_type=x$/,
    )
  })

  test('after it is closed nothing goes out', async () => {
    const port = await http(() => undefined)
    const { fetch, close } = outbound({ limits: { SOCKETS: 1 } })
    const running = fetch(`http://app:${port}/`, {}).catch((error: unknown) => error)
    const waiting = fetch(`http://app:${port}/`, {}).catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await close()
    expect(await running).toMatchObject({ code: 'ERR_OUTBOUND_BROKEN' })
    expect(await waiting).toMatchObject({ code: 'ERR_OUTBOUND_CONNECT' })
    await expect(fetch(`http://app:${port}/`, {})).rejects.toMatchObject({ code: 'ERR_OUTBOUND_CONNECT' })
  })
})
