// A provider beneath embed, mounted by its bridge and its fetch in node:http, Express, Fastify and Hono.

import { createServer, type RequestListener, type Server } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { bearer, createDirectory, createProvider, Group, memoryStore, type Provider, User } from 'lockstep'
import { toNode } from 'lockstep/node'
import { afterEach, describe, expect, test } from 'vitest'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function provider(): Provider {
  const directory = createDirectory({ store: memoryStore(), types: [User, Group] })
  return createProvider({ directory, authenticate: bearer({ secret: { tenant: 'acme', actor: 'test' } }) })
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const mounts: readonly (readonly [string, (scim: Provider) => Promise<(request: Request) => Promise<Response>>])[] = [
  ['node:http', async (scim) => through(await listen(createServer(toNode(scim.fetch))))],
  [
    'Express',
    async (scim) => {
      const app = express().use('/scim/v2', toNode(scim.fetch)).use(express.json())
      return through(await listen(createServer(app as RequestListener)))
    },
  ],
  [
    'Fastify',
    async (scim) => {
      const app = fastify()
      const answer = toNode(scim.fetch)
      app.register(async (scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
        scope.all('/scim/v2/*', (request, reply) => {
          reply.hijack()
          answer(request.raw, reply.raw)
        })
      })
      closing.push(() => app.close())
      return through(await app.listen({ port: 0, host: '127.0.0.1' }))
    },
  ],
  [
    'Hono',
    async (scim) => async (request) => new Hono().all('/scim/v2/*', (c) => scim.fetch(c.req.raw)).fetch(request),
  ],
]

function through(url: string) {
  return async (request: Request) => {
    const { pathname, search } = new URL(request.url)
    const body = request.method === 'GET' ? null : await request.text()
    return fetch(`${url}${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      body: body === '' ? null : body,
    })
  }
}

function request(method: string, path: string, body?: unknown, token = 'secret'): Request {
  return new Request(`http://localhost/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

describe.each(mounts)('mounted in %s', (_name, mount) => {
  test('a user is made, found, changed and deleted', async () => {
    const send = await mount(provider())
    const created = await send(request('POST', '/Users', { schemas: [USER], userName: 'ada' }))
    expect(created.status).toBe(201)
    const user = (await created.json()) as { id: string; meta: { location: string } }
    expect(user.meta.location).toMatch(/^http:\/\/[^/]+\/scim\/v2\/Users\//)
    const found = (await (await send(request('GET', '/Users?filter=userName+eq+%22ADA%22'))).json()) as {
      totalResults: number
    }
    expect(found.totalResults).toBe(1)
    const operations = [{ op: 'replace', path: 'active', value: false }]
    const patch = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
    const patched = await send(request('PATCH', `/Users/${user.id}`, patch))
    expect(await patched.json()).toMatchObject({ active: false })
    expect((await send(request('DELETE', `/Users/${user.id}`))).status).toBe(204)
    const gone = await send(request('GET', `/Users/${user.id}`))
    expect(gone.status).toBe(404)
    expect(await gone.json()).toMatchObject({ status: '404' })
  })

  test('a group of 5,000 members is made, as identity providers push it', async () => {
    const send = await mount(provider())
    const members: { value: string }[] = []
    for (let at = 0; at < 50; at++) {
      const made = await send(request('POST', '/Users', { schemas: [USER], userName: `u${at}` }))
      members.push({ value: ((await made.json()) as { id: string }).id })
    }
    const many = Array.from({ length: 5_000 }, (_, at) => ({ ...members[at % 50], display: `Member number ${at}` }))
    const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'All', members: many }
    const pushed = await send(request('POST', '/Groups', group))
    expect(pushed.status, await pushed.clone().text()).toBe(201)
    expect(((await pushed.json()) as { members: unknown[] }).members).toHaveLength(50)
  })

  test('a base URL that was pasted with its slash is taken', async () => {
    const send = await mount(provider())
    expect((await send(request('GET', '//Users'))).status).toBe(200)
  })

  test('a wrong token is refused, and the configuration is public', async () => {
    const send = await mount(provider())
    const refused = await send(request('GET', '/Users', undefined, 'wrong'))
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('invalid_token')
    const config = await send(new Request('http://localhost/scim/v2/ServiceProviderConfig'))
    expect(config.status).toBe(200)
  })
})

describe('mounted otherwise', () => {
  const users = { headers: { authorization: 'Bearer secret' } }
  const made = (basePath?: string, publicUrl?: string) => {
    const directory = createDirectory({ store: memoryStore(), types: [User, Group] })
    const authenticate = bearer({ secret: { tenant: 'acme', actor: 'test' } })
    return createProvider({ directory, authenticate, basePath, publicUrl })
  }
  const create = {
    method: 'POST',
    headers: { ...users.headers, 'content-type': 'application/scim+json' },
    body: JSON.stringify({ schemas: [USER], userName: 'ada' }),
  }

  test('Express says where, also a router within a router', async () => {
    const app = express()
    const inner = express.Router()
    inner.use('/scim', toNode(made().fetch))
    app.use('/api/:customer', inner)
    const url = await listen(createServer(app))
    const answer = await fetch(`${url}/api/acme/scim/Users`, create)
    expect(answer.status).toBe(201)
    const location = answer.headers.get('location') ?? ''
    expect(location).toMatch(`${url}/api/acme/scim/Users/`)
    expect((await fetch(location, users)).status).toBe(200)
  })

  test('express.json() before it is taken, too', async () => {
    const app = express()
    app.use(express.json({ type: ['application/json', 'application/scim+json'] }))
    app.use('/scim/v2', toNode(made().fetch))
    expect((await fetch(`${await listen(createServer(app))}/scim/v2/Users`, create)).status).toBe(201)
  })

  test('a path elsewhere is answered in words', async () => {
    const url = await listen(createServer(toNode(made().fetch)))
    for (const send of [
      (path: string) => fetch(url + path, users),
      (path: string) => made().fetch(new Request(url + path, users)),
    ]) {
      const answer = await send('/api/v2/Users')
      expect([answer.status, await answer.json()]).toMatchObject([
        404,
        { status: '404', detail: expect.stringMatching(/There is no SCIM at \/api\/v2\/Users.*basePath/) },
      ])
    }
  })

  test.each(['scim', 'https://app.example.com/scim', '/scim?x', '/a b'])('the base path %j is refused', (basePath) => {
    expect(() => made(basePath)).toThrow(/must be a path that begins with a slash/)
  })

  test.each(['x', 'app.example.com', 'ftp://app.example.com', 'https://u:p@app.example.com', 'https://a.example/?q'])(
    'the public URL %j is refused, without being repeated',
    (publicUrl) => {
      expect(() => made(undefined, publicUrl)).toThrow(/absolute http or https URL/)
    },
  )

  test.each([
    ['/scim/v2/', 'https://app.example.com/'],
    ['/scim/v2', 'https://app.example.com'],
  ])('slashes at the end of %s and %s make no difference', async (basePath, publicUrl) => {
    const answer = await made(basePath, publicUrl).fetch(new Request('http://localhost/scim/v2/Users', create))
    expect(answer.headers.get('location')).toMatch(/^https:\/\/app\.example\.com\/scim\/v2\/Users\/[^/]+$/)
  })

  test('at the root', async () => {
    const answer = await made('/').fetch(new Request('http://localhost/Users', create))
    expect(answer.headers.get('location')).toMatch(/^http:\/\/localhost\/Users\/[^/]+$/)
  })

  test('a Request whose body was read is no empty one', async () => {
    const problems: unknown[] = []
    const directory = createDirectory({ store: memoryStore(), types: [User, Group] })
    const authenticate = bearer({ secret: { tenant: 'acme', actor: 'test' } })
    const scim = createProvider({ directory, authenticate, report: ({ error }) => problems.push(error) })
    const read = new Request('http://localhost/scim/v2/Users', create)
    await read.text()
    expect((await scim.fetch(read)).status).toBe(500)
    expect(String(problems[0])).toContain('mount this before what reads bodies')
  })

  test('over HTTP/2 the host is the one that was asked for', async () => {
    const server = createHttp2(toNode(made().fetch) as never)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise((resolve) => server.close(resolve)))
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    closing.push(() => client.destroy())
    const asked = client.request({ ':path': '/scim/v2/ServiceProviderConfig', ':authority': 'scim.example.com' })
    let text = ''
    for await (const chunk of asked.setEncoding('utf8')) text += chunk
    expect(JSON.parse(text).meta.location).toBe('http://scim.example.com/scim/v2/ServiceProviderConfig')
  })
})
