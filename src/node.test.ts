// The bridge to node:http over real sockets.

import { createServer, request as httpRequest, type IncomingMessage, METHODS, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import express from 'express'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { bearer } from './access/index.ts'
import { createDirectory } from './directory/index.ts'
import { type Answer, type Fetch, readBody, type Serving, send, serve, toNode } from './node.ts'
import { createUnsent } from './node-send.ts'
import { LIMITS } from './protocol/index.ts'
import { createProvider } from './provider/index.ts'
import { memoryStore } from './store/memory/memory.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const close of closing.splice(0).reverse()) await close()
})

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

function provider(complaints: unknown[] = []) {
  const directory = createDirectory({ store: memoryStore() })
  const authenticate = bearer({ secret: { tenant: 'acme', actor: 'test' } })
  return createProvider({ directory, authenticate, report: (problem) => complaints.push(problem.error) })
}

async function start(listener: Parameters<typeof serve>[0]): Promise<Serving & { readonly port: number }> {
  const serving = await serve(listener)
  closing.push(() => {
    serving.server.closeAllConnections()
    return serving.close()
  })
  return { ...serving, port: (serving.server.address() as AddressInfo).port }
}

/** Sends bytes as they are; gives what came back until the other side closed. */
function raw(port: number, text: string): { readonly socket: Socket; readonly answer: Promise<string> } {
  const socket = connect(port, '127.0.0.1')
  closing.push(() => socket.destroy())
  let received = ''
  socket.setEncoding('latin1').on('data', (more: string) => {
    received += more
  })
  const answer = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(received))
    socket.once('error', () => resolve(received))
  })
  socket.write(text)
  return { socket, answer }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 400) throw new Error('it did not come to pass')
    await wait(10)
  }
}

/** A stream that says whether it was told that it is no longer read. */
function endless() {
  const state = { begun: 0, ended: 0 }
  const body: AsyncIterable<string> = {
    [Symbol.asyncIterator]() {
      return {
        async next() {
          state.begun++
          await wait(1)
          return { done: false, value: 'x'.repeat(65_536) }
        },
        async return() {
          state.ended++
          return { done: true, value: undefined }
        },
      }
    },
  }
  return { state, body }
}

describe('bodies that break off', () => {
  test.each([
    ['the provider itself', (complaints: unknown[]) => provider(complaints).fetch],
    [
      'a function around it',
      (complaints: unknown[]) => {
        const { fetch } = provider(complaints)
        return (request: Request) => fetch(request)
      },
    ],
  ] as const)('are reported to no one: no complaint, and the server lives (%s)', async (_name, make) => {
    const complaints: unknown[] = []
    const log = vi.spyOn(console, 'error').mockImplementation((...args) => void complaints.push(args))
    const { port, url } = await start(make(complaints) as Fetch)
    const head =
      'POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Length: 1000\r\n\r\n'
    for (const [text, how] of [
      [`${head}{"schemas"`, 'destroy'],
      [head, 'destroy'],
      [`${head}{"schemas"`, 'end'],
      [`${head}{"schemas"`, 'resetAndDestroy'],
    ] as const) {
      const { socket } = raw(port, text)
      await wait(40)
      socket[how]()
    }
    await wait(100)
    expect(complaints).toEqual([])
    expect(log).not.toHaveBeenCalled()
    expect((await fetch(`${url}/scim/v2/ServiceProviderConfig`)).status).toBe(200)
  })
})

describe('bodies that a framework has read already', () => {
  test('behind express.json() and express.raw() they are read all the same', async () => {
    for (const parser of [express.json({ type: '*/*' }), express.raw({ type: '*/*' }), express.text({ type: '*/*' })]) {
      const app = express()
      app.use(parser)
      app.use('/scim/v2', toNode(provider().fetch))
      const { url } = await start(app as never)
      const headers = { authorization: 'Bearer secret', 'content-type': 'application/scim+json' }
      const body = JSON.stringify({ schemas: [USER], userName: 'ada' })
      expect((await fetch(`${url}/scim/v2/Users`, { method: 'POST', headers, body })).status).toBe(201)
      expect((await fetch(`${url}/scim/v2/Users`, { method: 'POST', headers })).status).toBe(400)
    }
  })

  test('one that was read and thrown away is an error, not a wait without end', async () => {
    const complaints: unknown[] = []
    const inner = toNode(provider(complaints).fetch)
    const { url } = await start((request: IncomingMessage, response: ServerResponse) => {
      request.resume().once('end', () => setImmediate(() => inner(request, response)))
    })
    const headers = { authorization: 'Bearer secret', 'content-type': 'application/json' }
    const answer = await fetch(`${url}/scim/v2/Users`, { method: 'POST', headers, body: '{}' })
    expect(answer.status).toBe(500)
    expect(String(complaints[0])).toContain('was read before')
    expect((await fetch(`${url}/scim/v2/Users`, { method: 'POST', headers })).status).toBe(400)
  })
})

describe('bodies that are too long', () => {
  test('are answered with 413, which the client gets to read, and the connection is closed', async () => {
    const { port } = await start(provider().fetch)
    for (const length of [{ 'content-length': String(64 << 20) }, {}]) {
      const answer = await new Promise<{ status?: number; connection?: string; text: string }>((resolve, reject) => {
        const headers = { authorization: 'Bearer secret', ...length }
        const request = httpRequest({ port, method: 'POST', path: '/scim/v2/Users', headers, agent: false })
        request.once('response', (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (more: string) => {
            text += more
          })
          response.once('end', () => {
            const { connection } = response.headers
            resolve({
              text,
              ...(response.statusCode && { status: response.statusCode }),
              ...(connection && { connection }),
            })
          })
        })
        request.on('error', reject)
        const piece = Buffer.alloc(1 << 20, ' ')
        let sent = 0
        const pump = () => {
          while (sent++ < 64) if (!request.write(piece)) return void request.once('drain', pump)
          request.end()
        }
        pump()
      })
      expect(answer).toMatchObject({ status: 413, connection: 'close' })
      expect(JSON.parse(answer.text)).toMatchObject({ status: '413' })
    }
  })

  test('through a plain function they are not gathered without end', async () => {
    let read = 0
    const { port } = await start(async (request: Request) => {
      await request.text()
      read++
      return new Response(`${request.method}`)
    })
    const { socket, answer } = raw(port, 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    socket.on('error', () => {})
    const piece = `100000\r\n${'x'.repeat(1 << 20)}\r\n`
    for (let sent = 0; sent < 20 && socket.writable; sent++) {
      socket.write(piece)
      await wait(5)
    }
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(read).toBe(0)
  })
})

describe('streams', () => {
  const answering = (body: Answer['body']) => (request: IncomingMessage, response: ServerResponse) =>
    send(request, response, { status: 200, headers: [], ...(body === undefined ? {} : { body }) })

  test('are ended when the client goes away', async () => {
    const { state, body } = endless()
    const { port } = await start(answering(body))
    const { socket } = raw(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await until(() => state.begun > 3)
    socket.destroy()
    await until(() => state.ended === 1)
  })

  test('go no faster than they are taken', async () => {
    const { state, body } = endless()
    const { port } = await start(answering(body))
    const { socket } = raw(port, '')
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    // It stops by itself, however long a busy machine takes to fill the buffers on the way.
    let before = -1
    for (let tries = 0; state.begun !== before && tries < 50; tries++) {
      before = state.begun
      await wait(300)
    }
    expect(state.begun).toBe(before)
    socket.destroy()
    await until(() => state.ended === 1)
  })

  test('are cut off when nothing of them is taken for a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    closing.push(() => vi.useRealTimers())
    const { state, body } = endless()
    const { port } = await start(answering(body))
    const { socket } = raw(port, '')
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await wait(300)
    vi.advanceTimersByTime(59_000)
    await wait(50)
    expect(state.ended).toBe(0)
    vi.advanceTimersByTime(1_000)
    await until(() => state.ended === 1)
  })

  test('are ended at once for HEAD, and for a client that is gone already', async () => {
    const { state, body } = endless()
    const { port, url } = await start(async (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/late') await new Promise((resolve) => response.once('close', resolve))
      answering(body)(request, response)
    })
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200)
    await until(() => state.ended === 1)
    const { socket } = raw(port, 'GET /late HTTP/1.1\r\nHost: x\r\n\r\n')
    await wait(30)
    socket.destroy()
    await until(() => state.ended === 2)
    expect(state.begun).toBe(0)
  })

  test('that break off cut the connection and are told of', async () => {
    const told: unknown[] = []
    async function* breaking() {
      yield 'begin'
      throw new Error('no more')
    }
    const { url } = await start((request, response) =>
      send(request, response, { status: 200, headers: [], body: breaking() }, (error) => told.push(error)),
    )
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow()
    expect(String(told)).toContain('no more')
  })

  test('that a Response holds keep their bytes', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)
    const { url } = await start((_request: Request) => new Response(new Blob([bytes]).stream()))
    expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(bytes)
  })

  test('are not mixed up with what is said about a request that follows and makes no sense', async () => {
    const { state, body } = endless()
    const { port } = await start(answering(body))
    const { answer, socket } = raw(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await until(() => state.begun > 1)
    socket.write('this is no HTTP\r\n\r\n')
    expect(await answer).not.toContain('400 Bad Request')
    await until(() => state.ended === 1)
  })
})

describe('what a Request can\u2019t be made of', () => {
  test('is answered with a 4xx, and nothing is logged', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { port } = await start((_request: Request) => new Response('fine'))
    const ask = async (line: string, more = '') => {
      const { answer } = raw(port, `${line} HTTP/1.1\r\nHost: x\r\n${more}Connection: close\r\n\r\n`)
      return Number(/^HTTP\/1\.1 (\d{3}) /.exec(await answer)?.[1])
    }
    expect(await ask('TRACE /')).toBe(405)
    expect(await ask('CONNECT x:1')).toBe(405)
    for (const target of ['http://u:p@x/', 'http://u@x/', 'http://[/', 'http://x:99999/']) {
      expect(await ask(`GET ${target}`), target).toBe(400)
    }
    for (const line of ['TRACK /', 'FOO /', 'GET nowhere', 'GET', 'GET x:y']) expect(await ask(line), line).toBe(400)
    for (const value of ['a\0b', 'a\u0001b', 'a\u007fb']) expect(await ask('GET /', `X: ${value}\r\n`)).toBe(400)
    for (const target of ['/', '*', '/%', '/%ff', '//x/y', '/?#', 'ftp://x/y']) {
      expect(await ask(`OPTIONS ${target}`), target).toBe(200)
    }
    expect(await ask('GET /', 'X: \u00e9\u00ff\r\n')).toBe(200)
    expect(log).not.toHaveBeenCalled()
  })

  test.each(METHODS)('%s is answered', async (method) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { port } = await start((request: Request) => new Response(request.method))
    const { answer } = raw(port, `${method} / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
    expect(await answer).toMatch(['TRACE', 'CONNECT'].includes(method) ? /^HTTP\/1\.1 405 / : /^HTTP\/1\.1 200 /)
    expect(log).not.toHaveBeenCalled()
  })
})

describe('connections are let go', () => {
  /** Clients that send something and then neither read nor close. */
  const holding = (port: number, text: string, count = 5) =>
    Array.from({ length: count }, () => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})
      closing.push(() => socket.destroy())
      socket.write(text)
      return socket
    })
  const open = ({ server }: Serving) =>
    new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)))
  async function untilNone(serving: Serving): Promise<void> {
    for (let tries = 0; (await open(serving)) > 0; tries++) {
      if (tries > 1_500) throw new Error(`${await open(serving)} connections are still open`)
      await wait(10)
    }
  }

  test.each([
    ['what is no HTTP', 'this is no HTTP\r\n\r\n'],
    ['too long headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['a method that is no method', 'FOO / HTTP/1.1\r\n\r\n'],
    ['a tunnel', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n'],
    [
      'a body that is too long',
      `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Length: 99999999\r\n\r\n{`,
    ],
    ['an unwanted body', 'POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n{'],
  ])('after the answer to %s, even if the client never closes', async (_what, text) => {
    const serving = await start(provider().fetch)
    holding(serving.port, text)
    await until(() => serving.server.listening)
    await wait(50)
    expect(await open(serving)).toBe(5)
    await untilNone(serving)
  })

  test('of who sends nothing, or half a request, or half a body', { timeout: 60_000 }, async () => {
    const serving = await start(provider().fetch)
    serving.server.headersTimeout = 500
    serving.server.requestTimeout = 1_000
    holding(serving.port, '')
    holding(serving.port, 'GET / HTTP/1.1\r\nHost: x\r\n')
    holding(
      serving.port,
      'POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Length: 99\r\n\r\n{',
    )
    await wait(50)
    expect(await open(serving)).toBe(15)
    await untilNone(serving)
  })

  test('on which nothing moves while an answer is made, and not those on which it trickles', async () => {
    const encoder = new TextEncoder()
    let left = 30
    const trickle = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      await wait(50)
      if (left-- > 0) controller.enqueue(encoder.encode('.'))
      else controller.close()
    }
    const serving = await serve(
      (request: Request) =>
        request.url.endsWith('/silent')
          ? new Promise<Response>(() => {})
          : new Response(new ReadableStream({ pull: trickle })),
      { quietMs: 400 },
    )
    closing.push(() => serving.close())
    const { port } = serving.server.address() as AddressInfo
    const silent = raw(port, 'GET /silent HTTP/1.1\r\nHost: x\r\n\r\n')
    const slow = raw(port, 'GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await silent.answer).toBe('')
    expect((await slow.answer).match(/\./g)?.length).toBeGreaterThanOrEqual(30)
  })

  test('when there are more than are kept: the oldest without a request under way, and no other', async () => {
    let finish = () => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const serving = await serve(
      async (_request: Request) => {
        await finished
        return new Response('done')
      },
      { resting: 10 },
    )
    closing.push(() => serving.close())
    const { port } = serving.server.address() as AddressInfo
    const { answer } = raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await until(() => serving.server.listening)
    await wait(50)
    const sockets = holding(port, 'GET / HTTP/1.1\r\nX: half', 30)
    await until(() => sockets.filter(({ readableEnded, destroyed }) => readableEnded || destroyed).length >= 0)
    for (let tries = 0; (await open(serving)) > 11 && tries < 500; tries++) await wait(10)
    expect(await open(serving)).toBeLessThanOrEqual(11)
    finish()
    expect(await answer).toContain('done')
    for (const socket of sockets) socket.destroy()
  })
})

describe('answers that are not taken', () => {
  test('do not fill the memory: past a number of bytes the one that waits longest is cut off', async () => {
    const unsent = createUnsent(64 << 20)
    const cut: number[] = []
    let count = 0
    const { port } = await start((_request: IncomingMessage, response: ServerResponse) => {
      const number = count++
      response.once('close', () => {
        if (!response.writableFinished) cut.push(number)
      })
      response.end('x'.repeat(24 << 20))
      unsent.note(response)
    })
    for (let at = 0; at < 4; at++) {
      const { socket } = raw(port, '')
      socket.pause()
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      await until(() => count === at + 1)
    }
    await until(() => cut.length > 0)
    expect(cut[0]).toBe(0)
    expect(cut.length).toBeLessThan(4)
    // A client that takes its answer gets it.
    const whole = await fetch(`http://127.0.0.1:${port}/`)
    expect((await whole.text()).length).toBe(24 << 20)
  })
})

describe('hosts', () => {
  test('a Host header that is none is a 400, not a 500, and nothing is logged', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { port } = await start((_request: Request) => new Response('fine'))
    for (const host of ['][', 'a b', 'x:y:z', '%zz']) {
      const { answer } = raw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      expect(await answer, host).toMatch(/^HTTP\/1\.1 400 /)
    }
    expect(log).not.toHaveBeenCalled()
  })

  test('the base URL in an answer is that of the request, kept answers included', async () => {
    const scim = provider()
    const { port } = await start(scim.fetch)
    const ask = async (method: string, path: string, host: string, body = '') => {
      const head = `${method} /scim/v2${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer secret\r\nConnection: close\r\n`
      const { answer } = raw(port, `${head}Content-Length: ${body.length}\r\n\r\n${body}`)
      return JSON.parse((await answer).split('\r\n\r\n')[1] ?? '')
    }
    const { id } = await ask('POST', '/Users', 'one.example', JSON.stringify({ schemas: [USER], userName: 'ada' }))
    for (const host of ['one.example', 'one.example', 'two.example', 'one.example', 'two.example']) {
      expect((await ask('GET', `/Users/${id}`, host)).meta.location).toBe(`http://${host}/scim/v2/Users/${id}`)
    }
  })
})

test('a body at the limit is read whole, one past it is not', async () => {
  const lengths: (number | undefined)[] = []
  const { url } = await start(async (request: IncomingMessage, response: ServerResponse) => {
    lengths.push((await readBody(request, 1_000))?.length)
    response.end()
  })
  for (const length of [0, 1, 999, 1_000, 1_001]) await fetch(url, { method: 'POST', body: 'x'.repeat(length) })
  expect(lengths).toEqual([0, 1, 999, 1_000, undefined])
  expect(LIMITS.BODY_BYTES).toBeGreaterThan(1_000)
})

test('closing waits for the answer under way', async () => {
  const { url, close } = await start(async (_request: Request) => {
    await wait(200)
    return new Response('done')
  })
  const answer = fetch(url).then((response) => response.text())
  await wait(50)
  await close()
  expect(await answer).toBe('done')
})

test('closing does not wait for who has opened a connection and sent nothing', async () => {
  const { port, close } = await start(async (_request: Request) => {
    await wait(800)
    return new Response('done')
  })
  const { answer: nothing } = raw(port, '')
  const { answer } = raw(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await wait(50)
  const began = Date.now()
  await close()
  expect(Date.now() - began).toBeLessThan(5_000)
  expect(await nothing).toBe('')
  expect(await answer).toContain('done')
})

test('a plain listener may be served by the node:http server of the host too', async () => {
  const server = createServer(toNode(provider().fetch))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/scim/v2/ServiceProviderConfig`)
  expect(answer.status).toBe(200)
  expect((await fetch(`http://127.0.0.1:${port}/elsewhere`)).status).toBe(404)
})
